package model

import (
	"fmt"
	"math"
	"strings"
)

// privateAnon reports whether the VMA is private memory without a file behind it;
// maps gives some of those names in brackets.
func (v VMA) privateAnon() bool {
	return !v.Shared && (v.Path == "" || strings.HasPrefix(v.Path, "["))
}

// mapTooLong goes by 47 bits of addresses, which is what x86-64 gives a process that
// asks for no more, and arm64 with the commonest configurations stays close to.
func mapTooLong(f failure) (why, try string) {
	n := f.span().Len
	if n < 1<<47 {
		return "", ""
	}
	return fmt.Sprintf("The mapping would be %s long, more than the addresses that a process has (128T on x86-64).",
		formatBytes(n)), "Map less."
}

// mapOvercommit: what may come to need memory of its own is counted when it is
// mapped (proc(5), vm.overcommit_memory); a private read-only mapping and a shared
// one of a file are not.
func mapOvercommit(f failure) (why, try string) {
	c, ok := f.cmd.(Mmap)
	counted := !c.Shared && c.Prot&ProtWrite != 0 || c.Shared && c.Backing == Anon
	if !ok || !counted || c.Noreserve {
		return "", ""
	}
	return fmt.Sprintf("The kernel did not promise %s of memory: a mapping like this is counted against what it will commit when it is made (vm.overcommit_memory), not when it is touched.",
			formatBytes(f.span().Len)),
		"Map less, or add noreserve, which promises nothing (it does not help where vm.overcommit_memory is 2)."
}

func mapLockedOverLimit(f failure) (why, try string) {
	c, ok := f.cmd.(Mmap)
	before, limit, limited := f.lockBudget()
	ps := uint64(f.p.PageSize)
	if !ok || !limited {
		return "", ""
	}
	n := f.span().Len
	if n > math.MaxInt64-ps {
		return "", ""
	}
	more := int64((n + ps - 1) / ps * ps)
	if before+more <= limit {
		return "", ""
	}
	cause, other := "mlockall future is in force, so a new mapping is locked, even a PROT_NONE one.",
		"munlockall, or mlockall current, ends that."
	if c.Locked {
		cause, other = "MAP_LOCKED locks the mapping as it is made.", "Leave out locked."
	}
	return fmt.Sprintf("%s RLIMIT_MEMLOCK is %s, %s is locked already, and this would lock %s more: %s too much. Nothing was mapped.", cause,
			FormatBytes(f.p.Limits.MemlockSoft), FormatBytes(before), FormatBytes(more), FormatBytes(before+more-limit)),
		other + " Or map less, or start incore with a higher limit (ulimit -l)."
}

func mapLockForbidden(f failure) (why, try string) {
	if c, ok := f.cmd.(Mmap); !ok || !c.Locked {
		return "", ""
	}
	return lockForbidden(f)
}

func mapNoExec(f failure) (why, try string) {
	if c, ok := f.cmd.(Mmap); !ok || c.Backing == Anon || c.Prot&ProtExec == 0 {
		return "", ""
	}
	return "The file behind the mapping lies where nothing may be executed (a noexec mount).", "Map it without x, or take anon."
}

func fileTooLong(f failure) (why, try string) {
	n := f.span().Len
	if n <= math.MaxInt64 && f.Errno != "EFBIG" {
		return "", ""
	}
	return fmt.Sprintf("The memory file behind the mapping cannot be %s long: a file's length is a signed 64-bit number, and less on some file systems.",
		formatBytes(n)), "Map less."
}

func protectHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " " + f.before(at, "has the new protection; nothing after it has",
		"It is the first page of the range, so nothing was changed."), "Name pages that are mapped."
}

func protectForbidden(f failure) (why, try string) {
	return "What is mapped there does not allow such access: its file was opened without it, or a security module (SELinux, execmem) forbids it.", ""
}

func mincoreHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " mincore answers only for ranges that are mapped throughout.", "Name pages that are mapped."
}
