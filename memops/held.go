//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/model"
)

// held is how much the memory that processes can share holds, bytes, in memory and in swap:
// memory files, segments, and shared anonymous memory. Each is counted once, however many map
// it, and whether it is in anybody's page table or not: its pages stay when the last one drops
// them from there (madvise(2), MADV_DONTNEED; munmap(2)), and count in nobody's RSS then. Pages
// of hugetlb are not counted, nor are they in RSS: they come from a pool that is no longer
// available anyway. The lane must be held.
func (l *Lab) held() int64 {
	l.lookAtSharedAnon(nil)
	bytes := l.heldByFiles() + l.heldBySegments()
	for _, a := range l.sharedAnons {
		bytes += l.bytesOf(a.held.Count(model.Range{Lo: 0, Hi: a.held.Len()}, func(held bool) bool { return held }))
	}
	return bytes
}

// heldByFiles is what the memory files hold: their st_blocks, which for tmpfs count what is
// swapped out too (mm/shmem.c, shmem_recalc_inode).
func (l *Lab) heldByFiles() (bytes int64) {
	seen := map[fileID]bool{}
	for _, p := range l.processes() {
		if !p.lives() {
			continue
		}
		for _, f := range p.files.of {
			if stat, ok := f.stat(p); ok && f.memory && !seen[idOf(&stat)] {
				seen[idOf(&stat)] = true
				bytes += stat.Blocks * blockBytes
			}
		}
	}
	return bytes
}

// blockBytes is the unit of st_blocks (stat(3type)).
const blockBytes = 512

// fileID is what tells a file from every other.
type fileID struct{ dev, ino uint64 }

func idOf(stat *unix.Stat_t) fileID { return fileID{uint64(stat.Dev), stat.Ino} }

// path is where incore itself finds the file that a process has open.
func (f file) path(p *process) string { return fmt.Sprintf("/proc/%d/fd/%d", p.sub.PID, f.fd) }

// stat asks about the file that a process has open; ok is false where there is none.
func (f file) stat(p *process) (stat unix.Stat_t, ok bool) {
	return stat, f.fd != noFD && unix.Stat(f.path(p), &stat) == nil
}

// heldBySegments is what the segments that shmget made hold, with nobody attached too.
func (l *Lab) heldBySegments() (bytes int64) {
	if len(l.segments) == 0 {
		return 0
	}
	l.dropSegments()
	ours := map[int]bool{}
	for _, s := range l.segments {
		ours[s.id] = true
	}
	return proc.SegmentsHold(proc.ReadText("/proc/sysvipc/shm"), ours)
}
