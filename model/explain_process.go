package model

import (
	"fmt"
	"slices"
)

// clone (fork), execve (exec), prlimit64 (setrlimit), kill.

// forkTooMany: kernel/fork.c, copy_process; fork(2).
func forkTooMany(f failure) (why, try string) {
	return "There are as many processes and threads as there may be: of this user (RLIMIT_NPROC), in the container or service (pids.max of its cgroup), or on the machine (kernel.threads-max, kernel.pid_max).",
		f.run("exit") + " in a process that is no longer needed, or start incore with a higher limit (ulimit -u)."
}

// forkNotPromised: the child's private writable memory is promised to it once more, though
// nothing is copied yet (kernel/fork.c, dup_mmap).
func forkNotPromised(f failure) (why, try string) {
	if f.sys.MemTotal == 0 || f.sys.Overcommit != 2 {
		return "", ""
	}
	var private uint64
	for _, v := range f.p.VMAs {
		if !v.Shared && !v.HugeTLB && v.Prot&ProtWrite != 0 {
			private += v.End - v.Start
		}
	}
	if left := f.sys.CommitLimit - f.sys.Committed; left >= 0 && private <= uint64(max(0, left-f.kept())) {
		return "", ""
	}
	over := ""
	if sum := uint64(f.sys.Committed) + private; sum > uint64(f.sys.CommitLimit) {
		over = fmt.Sprintf(": %s too much", formatBytes(sum-uint64(f.sys.CommitLimit)))
	}
	return fmt.Sprintf("vm.overcommit_memory is 2, and a child is promised its parent's private writable memory once more, %s, though nothing is copied yet. CommitLimit is %s, and %s is promised already (Committed_AS)%s.",
		formatBytes(private), FormatBytes(f.sys.CommitLimit), FormatBytes(f.sys.Committed), over), f.run("munmap") + " what the child does not need, or map it shared."
}

func execForbidden(f failure) (why, try string) {
	return "A memory file may not be executed here: a security module or a sandbox forbids it.", f.run("reset") + " starts a fresh process instead."
}

// execTooMany: the check of fork is put off until exec where it was passed by setuid (execve(2)).
func execTooMany(f failure) (why, try string) {
	return "The user has more processes than RLIMIT_NPROC allows, which exec asks about again.", "End some of them."
}

func execBusy(f failure) (why, try string) {
	return "The program's file is open for writing in some process.", "Try again."
}

func limitAboveHard(f failure) (why, try string) {
	c, ok := f.cmd.(Setrlimit)
	hard := f.p.Limits.MemlockHard
	if !ok || c.Hard == nil || hard == Unlimited || !c.Hard.Unlimited && c.Hard.Size.Bytes(f.p.PageSize) <= uint64(hard) {
		return "", ""
	}
	return fmt.Sprintf("The hard limit is %s, and only a process with CAP_SYS_RESOURCE may raise it, to %s.", exact(uint64(hard)), f.amount(*c.Hard)),
		f.run("setrlimit memlock %s is the most that this process may have.", sizeWord(uint64(hard)))
}

func limitSoftAboveHard(f failure) (why, try string) {
	c, ok := f.cmd.(Setrlimit)
	if !ok {
		return "", ""
	}
	hard := Amount{Unlimited: true}
	if n := f.p.Limits.MemlockHard; n != Unlimited {
		hard = Amount{Size: Size{uint64(n), Bytes}}
	}
	if c.Hard != nil {
		hard = *c.Hard
	}
	ps := f.p.PageSize
	if hard.Unlimited || !c.Soft.Unlimited && c.Soft.Size.Bytes(ps) <= hard.Size.Bytes(ps) {
		return "", ""
	}
	return fmt.Sprintf("The soft limit, %s, would be above the hard one, %s.", f.amount(c.Soft), f.amount(hard)),
		f.run("setrlimit memlock %s %s sets both, where the process may.", c.Soft, c.Soft)
}

// amount is a limit in words.
func (f failure) amount(a Amount) string {
	if a.Unlimited {
		return "unlimited"
	}
	return exact(a.Size.Bytes(f.p.PageSize))
}

func killNobody(f failure) (why, try string) {
	return "The process ended just before the signal was sent.", "reset starts a fresh one."
}

func killForbidden(f failure) (why, try string) {
	return "The process has rights that incore has not, or a security module forbids to signal it.", ""
}

func killAnswered(f failure) (why, try string) {
	why = fmt.Sprintf("kill sent it, and the subject answers a %s: no memory was accessed.", f.Signal.Name)
	if slices.Contains(heldSignals, f.Signal.Name) {
		try = f.run("signal %s die makes it the end.", f.Signal.Name)
	}
	return why, try
}
