package calls

import (
	"fmt"
	"math"

	"incore/model"
	"incore/model/lang"
)

// shmget, shmat, shmctl (ipc/shm.c).

// segmentSize: the kernel asks shmmax first, and mm/shmem.c then whether a file can be so long.
func segmentSize(f failure) (why, try string) {
	switch n := f.span().Len; {
	case n == 0:
		return "A segment has at least one byte.", "Give a size of 1 page or more."
	case n > math.MaxInt64:
		return fmt.Sprintf("A segment cannot be %s long: its length is a signed 64-bit number, as that of a file.", model.FormatSize(n)), "Ask for less."
	}
	if most, ok := f.Looked.Setting("kernel.shmmax"); ok && most >= 0 && f.span().Len > uint64(most) {
		return fmt.Sprintf("%s is more than a segment may have: kernel.shmmax is %s.", model.FormatSize(f.span().Len), model.FormatBytes(most)), "Ask for less."
	}
	return "", ""
}

func segmentsFull(f failure) (why, try string) {
	const stay = " Segments stay until somebody removes them."
	most, ok := f.Looked.Setting("kernel.shmmni")
	why = "The system has as many segments, or as many pages in segments, as it may; which of the two is not known (kernel.shmmni, kernel.shmall)."
	if has, counted := f.Looked.Setting("segments"); ok && counted && has >= most {
		why = fmt.Sprintf("The system has %s, and kernel.shmmni, the most it may have, is %d.", model.Plural(has, "segment"), most)
	} else if ok && counted {
		why = fmt.Sprintf("The system has as many pages in segments as it may (kernel.shmall): of segments it has %d, and %d may be (kernel.shmmni).", has, most)
	}
	return why + stay, "As their owner, ipcs -m shows them and ipcrm -m removes one."
}

// segmentNotPromised: the whole segment is counted as it is made (mm/shmem.c, shmem_acct_size).
func segmentNotPromised(f failure) (why, try string) { return f.notPromised(f.asked(), true, false) }

func segmentKeyTaken(f failure) (why, try string) {
	return "Somebody else made a segment with the same random key in this very moment.", "Try again."
}

func segmentGone(f failure) (why, try string) {
	return "The segment is gone: it was removed (IPC_RMID), and no process has it attached any more.", "Make another one with shmget."
}

// attachForbidden: incore makes segments with the mode 0600, in which nobody may execute
// (ipc/util.c, ipcperms).
func attachForbidden(f failure) (why, try string) {
	if c, ok := f.mapping(); !ok || c.Prot&model.ProtExec == 0 {
		return "", ""
	}
	return "The segment's mode, 0600, lets nobody execute what is in it, but a process with CAP_IPC_OWNER.", "Attach it r or rw."
}

// segmentLockForbidden: SHM_LOCK without CAP_IPC_LOCK.
func segmentLockForbidden(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Shmctl)
	if !ok || c.Op != "lock" {
		return "", ""
	}
	if why, _ = lockForbidden(f); why == "" {
		return "", ""
	}
	taken, _ := f.segmentsLocked(c.Name)
	if r := f.p.Region(c.Name); r != nil {
		return why, f.raise(taken + f.rounded(r.Len, 0))
	}
	return why, "Raise the limit to the length of all segments that are to be locked."
}

// segmentOverLimit: SHM_LOCK has a budget of the user's, as large as RLIMIT_MEMLOCK of who
// locks, and apart from that of mlock (mm/mlock.c, user_shm_lock). What other programs of the
// user have locked counts, and is not known here.
func segmentOverLimit(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Shmctl)
	_, limit, limited := f.lockBudget()
	if !ok || c.Op != "lock" || !limited {
		return "", ""
	}
	why = fmt.Sprintf("SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, %s, and apart from that of mlock.", f.memlock())
	taken, other := f.segmentsLocked(c.Name)
	try = "Take a smaller segment."
	if other != "" {
		try = f.run("shmctl %s unlock first.", other)
	}
	r := f.p.Region(c.Name)
	if r == nil {
		return why + " This segment does not fit into it.", try
	}
	why = fmt.Sprintf("%s %s has %s, and other segments of this session have locked %s", why, r.Name, model.FormatSize(r.Len), model.FormatSize(taken))
	if sum := taken + f.rounded(r.Len, 0); sum > uint64(limit) {
		return fmt.Sprintf("%s: %s too much.", why, model.FormatSize(sum-uint64(limit))), try + " " + f.raise(sum)
	}
	return why + ". That would fit: what other programs of the user have locked counts too, and is not known here.", try + " As the same user, ipcs -m shows the segments that there are."
}

// segmentsLocked is how long the session's segments are that have SHM_LOCK, but for that of
// one region, and a region of this process that has such a segment.
func (f failure) segmentsLocked(but string) (bytes uint64, name string) {
	seen := map[int]bool{}
	if r := f.p.Region(but); r != nil {
		seen[r.ShmID] = true
	}
	locked := func(p model.Page) bool { return p.Lock == model.ShmLocked }
	for i := range f.s.Procs {
		for _, r := range f.s.Procs[i].Regions {
			if r.Backing != model.Shm || seen[r.ShmID] || r.Pages.Count(model.Range{Lo: 0, Hi: r.Pages.Len()}, locked) == 0 {
				continue
			}
			seen[r.ShmID] = true
			bytes += f.rounded(r.Len, 0)
			if f.s.Procs[i].Name == f.p.Name {
				name = r.Name
			}
		}
	}
	return bytes, name
}
