package model

import "fmt"

// notPromised is the sentence for more bytes that vm.overcommit_memory refuses, and "" where
// it does not (proc_sys_vm(5); mm/util.c, __vm_enough_memory). counted tells whether this
// mapping is counted at all, and reserve whether noreserve leaves it out: it does where
// the mode is not 2.
func (f failure) notPromised(more uint64, counted, noreserve bool) (why, try string) {
	sys := f.sys
	if !counted || sys.MemTotal == 0 || sys.Overcommit == 1 || noreserve && sys.Overcommit == 0 {
		return "", ""
	}
	const rule = "Memory that may come to be written is counted when it is mapped, not when it is touched."
	if sys.Overcommit == 0 {
		all := uint64(sys.MemTotal + sys.SwapTotal)
		switch {
		case more > all:
			return fmt.Sprintf("vm.overcommit_memory is 0, and %s is more than all memory and swap of the machine, %s: %s too much. %s",
				formatBytes(more), formatBytes(all), formatBytes(more-all), rule), f.less()
		case !f.since(flagSince["guess"]):
			return fmt.Sprintf("vm.overcommit_memory is 0, and before Linux %v the kernel then refuses what is more than it believes to be free; this is %s, MemAvailable is %s, and this needs %s. %s",
				flagSince["guess"], f.kernel, FormatBytes(sys.MemAvailable), formatBytes(more), rule), f.less()
		}
		return "", ""
	}
	sum := fmt.Sprintf("vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is %s, %s is promised already (Committed_AS), and this needs %s",
		FormatBytes(sys.CommitLimit), FormatBytes(sys.Committed), formatBytes(more))
	if try = "Ask for less."; noreserve {
		try = "Map less; noreserve does not help in this mode."
	}
	switch left := sys.CommitLimit - sys.Committed; {
	case left < 0 || more > uint64(left):
		return fmt.Sprintf("%s: %s too much.", sum, formatBytes(more-uint64(left))), try
	case more > uint64(max(0, left-f.kept())):
		return fmt.Sprintf("%s. A part of the rest is kept for root and for a way out (vm.admin_reserve_kbytes, vm.user_reserve_kbytes).", sum), try
	}
	return "", ""
}

// kept is at most what mode 2 keeps back from a process: 8M for root and 128M, or a 32nd of
// its size, for a way out (mm/util.c, where nobody set the two).
func (f failure) kept() int64 { return 8<<20 + min(f.p.Stat.VmSize/32, 128<<20) }

// processLimit is what is left where neither the machine nor the number of VMAs refused
// more bytes of address space (mm/mmap.c, may_expand_vm). Nothing tells these two limits of
// the process here; RLIMIT_DATA is of private writable memory alone.
func (f failure) processLimit(more uint64, data bool) (why, try string) {
	limit, try := "RLIMIT_AS, of its address space", "Ask for less, or start incore with a higher limit: ulimit -v says it."
	if data {
		limit = "RLIMIT_AS, of its address space, or RLIMIT_DATA, of its private writable memory"
		try = "Ask for less, or start incore with higher limits: ulimit -v and ulimit -d say them."
	}
	size := fmt.Sprintf("VmSize is %s, and this needs %s more", FormatBytes(f.p.Stat.VmSize), formatBytes(more))
	if f.sys.MemTotal == 0 {
		return fmt.Sprintf("%s. The machine does not promise so much (vm.overcommit_memory), or it is over a limit of the process: %s.", size, limit), try
	}
	return fmt.Sprintf("%s. The machine would allow it (vm.overcommit_memory), but it is over a limit of the process: %s.", size, limit), try
}

// less is what to try where a mapping is counted.
func (f failure) less() string {
	if _, ok := f.cmd.(Mmap); ok && f.Call == "mmap" {
		return "Map less, or add noreserve, which is not counted."
	}
	return "Ask for less."
}

// counted reports whether the kernel counts an mmap as memory that it promises (mm/vma.c,
// accountable_mapping; mm/shmem.c, shmem_acct_size). Hugetlb pages and what a file holds
// have their place already.
func (f failure) counted(c Mmap) bool {
	if f.isHuge(c) {
		return false
	}
	return !c.Shared && c.Prot&ProtWrite != 0 || c.Shared && f.behind(c) == Anon
}

func mapNotPromised(f failure) (why, try string) {
	c, ok := f.mapping()
	if !ok {
		return "", ""
	}
	return f.notPromised(f.asked(), f.counted(c), c.Noreserve)
}

func mapProcessLimit(f failure) (why, try string) {
	c, ok := f.mapping()
	return f.processLimit(f.asked(), ok && !c.Shared && c.Prot&ProtWrite != 0)
}

// growth is by how much mremap would make a mapping longer, and the VMA that it is of.
func (f failure) growth() (more uint64, v VMA, ok bool) {
	old, size := f.rounded(f.length(0), 0), f.rounded(f.length(1), 0)
	v, ok = f.vmaAt(f.span().Addr)
	return size - min(size, old), v, ok && size > old
}

func remapNotPromised(f failure) (why, try string) {
	more, v, ok := f.growth()
	return f.notPromised(more, ok && !v.Shared && v.Prot&ProtWrite != 0, false)
}

func remapProcessLimit(f failure) (why, try string) {
	more, v, ok := f.growth()
	if !ok {
		return "", ""
	}
	return f.processLimit(more, !v.Shared && v.Prot&ProtWrite != 0)
}

// gains is how many bytes of private memory mprotect would have made writable: only then it
// is counted (mm/mprotect.c, mprotect_fixup). The call stops at the first VMA that is
// refused, so what was changed before it is not among them.
func (f failure) gains() (at, more uint64, ok bool) {
	c, is := f.cmd.(Mprotect)
	if !is || c.Prot&ProtWrite == 0 {
		return 0, 0, false
	}
	at, v, ok := f.firstVMA(func(v VMA) bool { return !v.Shared && !v.HugeTLB && v.Prot&ProtWrite == 0 })
	return at, min(v.End, f.pages().End()) - at, ok
}

func protectNotPromised(f failure) (why, try string) {
	at, more, ok := f.gains()
	if !ok {
		return "", ""
	}
	if why, _ = f.notPromised(more, true, false); why == "" {
		return "", ""
	}
	return why + " " + f.before(at, "has the new protection; nothing after it has", "Nothing was changed."), "Make fewer pages writable."
}

func protectProcessLimit(f failure) (why, try string) {
	at, more, ok := f.gains()
	if !ok {
		return "", ""
	}
	cause := "nothing else refuses to make mapped memory writable"
	if f.sys.MemTotal == 0 {
		cause = "or the machine does not promise so much (vm.overcommit_memory)"
	}
	return fmt.Sprintf("%s more of private writable memory is over RLIMIT_DATA of the process: %s. %s", formatBytes(more), cause,
			f.before(at, "has the new protection; nothing after it has", "Nothing was changed.")),
		"Make fewer pages writable, or start incore with a higher limit: ulimit -d says it."
}
