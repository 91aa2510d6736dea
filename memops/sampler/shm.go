//go:build linux && (amd64 || arm64)

package sampler

import (
	"golang.org/x/sys/unix"

	"incore/model"
)

// shmLocked is SHM_LOCKED (sys/shm.h), in the mode that IPC_STAT tells.
const shmLocked = 0o2000

// IsShmLocked asks whether a segment has SHM_LOCK, which no VMA tells of (shmctl(2)).
func IsShmLocked(id int) bool {
	var d unix.SysvShmDesc
	_, err := unix.SysvShmCtl(id, unix.IPC_STAT, &d)
	return err == nil && d.Perm.Mode&shmLocked != 0
}

// shmLockedPages are the pages of a region of a locked segment: those that no lock of their
// own holds are held by the segment's.
func shmLockedPages(pages model.Runs[model.Page]) model.Runs[model.Page] {
	out := make(model.Runs[model.Page], 0, len(pages))
	var lo int64
	for _, run := range pages {
		p := run.Val
		if p.Lock == model.Unlocked && p.Has(model.InVMA) {
			p.Lock = model.ShmLocked
		}
		out = out.Add(run.End-lo, p)
		lo = run.End
	}
	return out
}
