//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/model"
)

// held is how much the memory that processes can share holds, bytes, in memory and in swap:
// memory files, segments, shared anonymous memory and secret memory. Each is counted once, however many map
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

// sharedAnon is the memory of a mapping that is MAP_SHARED|MAP_ANONYMOUS. It is a file
// without a name or a descriptor (mm/shmem.c, shmem_zero_setup), which lives as long as any
// page of it is mapped by anyone, and keeps all that was ever written to it. To stat it takes
// CAP_CHECKPOINT_RESTORE (proc_pid_map_files(5)); mincore tells anyone what it holds, but only
// of pages that are mapped. Of secret memory, which has a descriptor, st_blocks is always 0. So what there was is remembered of a page that is not any more.
type sharedAnon struct {
	held   model.Runs[bool] // by page of the file: it is in memory, or in swap
	mapped model.Runs[bool] // by page of the file: a process had it mapped at the last look
	by     []*process       // that had
}

// lookAtSharedAnon learns what shared anonymous memory holds now. Pages that unmapper, a process
// that lives, does not map any more hold what they held when they were last looked at. Those
// that went with another process may have been written to since, and are counted as held. The
// lane must be held.
func (l *Lab) lookAtSharedAnon(unmapper *process) {
	now := map[fileID]*sharedAnon{}
	for _, p := range l.processes() {
		if !p.lives() || !p.mayShareAnon() {
			continue
		}
		text, err := p.proc.Smaps()
		if err != nil {
			continue // it dies
		}
		for _, v := range proc.SharedAnons(text) {
			id := fileID{v.Dev, v.Inode}
			a := now[id]
			if a == nil {
				a = &sharedAnon{}
				if old := l.sharedAnons[id]; old != nil {
					a.held = slices.Clone(old.held)
				}
				now[id] = a
			}
			if core, err := p.sampler.Residency(v.Start, v.End); err == nil {
				a.see(core, v, p, l.pageSize)
			}
		}
	}
	for id, a := range now {
		if old := l.sharedAnons[id]; old != nil && slices.ContainsFunc(old.by, func(p *process) bool { return p != unmapper && !slices.Contains(a.by, p) }) {
			a.lose(old.mapped)
		}
	}
	l.sharedAnons = now
}

// see notes what mincore says of a part of the file. It does not tell what is swapped out from
// what never was: of that the kernel tells how much there is, and the first pages are taken for it.
func (a *sharedAnon) see(core model.Runs[model.Residency], v proc.SharedAnon, p *process, pageSize int64) {
	at, swapped := int64(v.Offset)/pageSize, v.Swap/pageSize
	end := at + core.Len()
	a.held, a.mapped = a.held.Add(end-a.held.Len(), false), a.mapped.Add(end-a.mapped.Len(), false)
	a.mapped = a.mapped.Set(model.Range{Lo: at, Hi: end}, true)
	for part, r := range core.In(model.Range{Lo: 0, Hi: core.Len()}) {
		part.Lo, part.Hi = part.Lo+at, part.Hi+at
		a.held = a.held.Set(part, r == model.Resident)
		if r != model.Resident && swapped > 0 {
			part.Hi = min(part.Hi, part.Lo+swapped)
			a.held = a.held.Set(part, true)
			swapped -= part.Len()
		}
	}
	if !slices.Contains(a.by, p) {
		a.by = append(a.by, p)
	}
}

// lose counts as held what was mapped before, and is not any more.
func (a *sharedAnon) lose(before model.Runs[bool]) {
	for part, was := range before.In(model.Range{Lo: 0, Hi: before.Len()}) {
		if !was {
			continue
		}
		for gone, mapped := range a.mapped.Add(part.Hi-a.mapped.Len(), false).In(part) {
			if !mapped {
				a.held = a.held.Add(gone.Hi-a.held.Len(), false).Set(gone, true)
			}
		}
	}
}

// mayShareAnon reports whether a region of a process may be of such memory.
func (p *process) mayShareAnon() bool {
	here := p.lab.State().Process(p.name)
	return here != nil && p.sharesAnon && slices.ContainsFunc(here.Regions, isSharedAnon)
}

// isSharedAnon reports whether a region is of memory of which stat tells nothing.
func isSharedAnon(r *model.Region) bool {
	return r.Shared && (r.Backing == model.Anon || r.Backing == model.Secret)
}

// secretsOf is how much of secret memory a process has mapped, bytes, and its share of that.
func (p *process) secretsOf() (rss, pss int64) {
	if !p.lab.secrets || !p.mayShareAnon() {
		return 0, 0
	}
	text, err := p.proc.Smaps()
	if err != nil {
		return 0, 0
	}
	for _, v := range proc.SharedAnons(text) {
		rss, pss = rss+v.RSS, pss+v.Pss
	}
	return rss, pss
}

// aboutToUnmap is to be called before a call that may unmap pages, and what it returns after
// the call was answered: between them it is learnt what shared anonymous memory still holds in
// pages that are then not mapped any more.
func (p *process) aboutToUnmap(name string, args []model.Arg) (done func()) {
	s, ok := unmappedBy(name, args)
	if !ok || s.Len == 0 {
		return func() {}
	}
	if !p.sharesAnon {
		return func() {}
	}
	alone := p.lab.living() == 1
	for _, r := range p.here().RegionsIn(s) {
		if !isSharedAnon(r) {
			continue
		}
		apart := s.Addr >= r.Base+r.Len || s.End() > s.Addr && s.End() <= r.Base
		whole := s.Addr <= r.Base && (s.End() < s.Addr || s.End() >= r.Base+r.Len)
		if apart || whole && alone { // alone, its memory goes with it
			continue
		}
		p.lab.lookAtSharedAnon(nil)
		return func() { p.lab.lookAtSharedAnon(p) }
	}
	return func() {}
}

// unmappedBy is what a call may unmap: at least that, and more than that does no harm.
func unmappedBy(name string, args []model.Arg) (s model.Span, ok bool) {
	arg := func(i int) uint64 { return args[i].Value }
	switch {
	case name == "munmap":
		return model.Span{Addr: arg(0), Len: arg(1)}, true
	case name == "mremap" && args[3].Has(model.MremapFixed): // at its new place and its old one, and what lies between
		lo, hi := min(arg(0), arg(4)), max(arg(0), arg(4))
		return model.Span{Addr: lo, Len: hi - lo + max(arg(1), arg(2))}, true
	case name == "mremap" && arg(2) < arg(1):
		return model.Span{Addr: arg(0) + arg(2), Len: arg(1) - arg(2)}, true
	case name == "mmap" && arg(3)&unix.MAP_FIXED != 0:
		return model.Span{Addr: arg(0), Len: arg(1)}, true
	case name == "shmat" && arg(2)&shmRemap != 0: // as long as the segment is
		return model.Span{Addr: arg(1), Len: -arg(1)}, true
	}
	return s, false
}
