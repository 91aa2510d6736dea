//go:build linux && (amd64 || arm64)

package sampler

import (
	"golang.org/x/sys/unix"

	"incore/model"
)

// IsShmLocked asks whether a segment has SHM_LOCK, which no VMA tells of (shmctl(2)).
func IsShmLocked(id int) bool { return statShm(id).Mode&model.SegmentLocked != 0 }

// statShm asks about a segment; what is not there any more is zero.
func statShm(id int) model.Segment {
	var d unix.SysvShmDesc
	if _, err := unix.SysvShmCtl(id, unix.IPC_STAT, &d); err != nil {
		return model.Segment{}
	}
	return SegmentOf(&d)
}

// SegmentOf is what IPC_STAT has written.
func SegmentOf(d *unix.SysvShmDesc) model.Segment {
	return model.Segment{
		Attached: int64(d.Nattch), Mode: uint64(d.Perm.Mode), Size: uint64(d.Segsz), Creator: int(d.Cpid), Last: int(d.Lpid),
	}
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
