package model

import (
	"fmt"
	"math"
)

// shmget, shmat, shmctl (ipc/shm.c).

func segmentSize(f failure) (why, try string) {
	if f.span().Len == 0 {
		return "A segment has at least one byte.", "Give a size of 1 page or more."
	}
	return fmt.Sprintf("%s is more than a segment may have (kernel.shmmax).", formatBytes(f.span().Len)), "Ask for less."
}

func segmentsFull(f failure) (why, try string) {
	if n := f.span().Len; n > math.MaxInt64 {
		return fmt.Sprintf("%s is more than all segments of the system may have together (kernel.shmall).", formatBytes(n)), "Ask for less."
	}
	return "The system has as many segments, or as many pages in segments, as it may (kernel.shmmni, kernel.shmall). Segments stay until somebody removes them.",
		"As their owner, ipcs -m shows them and ipcrm -m removes one."
}

// segmentNotPromised: the whole segment is counted as it is made (mm/shmem.c, shmem_acct_size).
func segmentNotPromised(f failure) (why, try string) { return f.notPromised(f.asked(), true, false) }

func segmentKeyTaken(f failure) (why, try string) {
	return "Somebody else made a segment with the same random key in this very moment.", "Try again."
}

func segmentGone(f failure) (why, try string) {
	return "The segment is gone: it was removed (IPC_RMID), and no process has it attached any more.", f.run("shmget") + " another one."
}

// attachForbidden: incore makes segments with the mode 0600, in which nobody may execute
// (ipc/util.c, ipcperms).
func attachForbidden(f failure) (why, try string) {
	if c, ok := f.mapping(); !ok || c.Prot&ProtExec == 0 {
		return "", ""
	}
	return "The segment's mode, 0600, lets nobody execute what is in it, but a process with CAP_IPC_OWNER.", "Attach it r or rw."
}

// segmentLockForbidden: SHM_LOCK without CAP_IPC_LOCK.
func segmentLockForbidden(f failure) (why, try string) {
	if c, ok := f.cmd.(Shmctl); !ok || c.Op != "lock" {
		return "", ""
	}
	return lockForbidden(f)
}

// segmentOverLimit: SHM_LOCK has a budget of the user's, as large as RLIMIT_MEMLOCK of who
// locks, and apart from that of mlock (mm/mlock.c, user_shm_lock). What other programs of the
// user have locked counts, and is not known here.
func segmentOverLimit(f failure) (why, try string) {
	c, ok := f.cmd.(Shmctl)
	_, limit, limited := f.lockBudget()
	if !ok || c.Op != "lock" || !limited {
		return "", ""
	}
	why = fmt.Sprintf("SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, %s, and apart from that of mlock.", f.memlock())
	r := f.p.Region(c.Name)
	if r == nil {
		return why + " This segment does not fit into it.", f.run("shmctl") + " another one unlock."
	}
	taken := f.segmentsLocked(r.ShmID)
	if sum := taken + r.Len; sum > uint64(limit) {
		why = fmt.Sprintf("%s %s has %s, other segments of this session have locked %s: %s too much.", why, r.Name, formatBytes(r.Len), formatBytes(taken), formatBytes(sum-uint64(limit)))
	} else {
		why = fmt.Sprintf("%s %s has %s, other segments of this session have locked %s, and other programs of the user have the rest.", why, r.Name, formatBytes(r.Len), formatBytes(taken))
	}
	return why, f.run("shmctl") + " another one unlock. " + f.raise(taken+r.Len)
}

// segmentsLocked is how long the session's segments are that have SHM_LOCK, but for one.
func (f failure) segmentsLocked(but int) (bytes uint64) {
	seen := map[int]bool{but: true}
	for i := range f.s.Procs {
		for j := range f.s.Procs[i].Regions {
			r := &f.s.Procs[i].Regions[j]
			locked := func(p Page) bool { return p.Lock == ShmLocked }
			if r.Backing == Shm && !seen[r.ShmID] && r.Pages.Count(Range{0, r.Pages.Len()}, locked) > 0 {
				seen[r.ShmID] = true
				bytes += r.Len
			}
		}
	}
	return bytes
}
