package calls

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// notPromised returns the sentence for more bytes that vm.overcommit_memory refuses, and "" where
// it does not (proc_sys_vm(5); mm/util.c, __vm_enough_memory). counted says whether this
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
				model.FormatSize(more), model.FormatSize(all), model.FormatSize(more-all), rule), f.less()
		case !f.since(sinceGuess):
			return fmt.Sprintf("vm.overcommit_memory is 0, and before Linux %v the kernel then refuses what is more than it believes to be free; this is %s, MemAvailable is %s, and this needs %s. %s",
				sinceGuess, f.kernel, model.FormatBytes(sys.MemAvailable), model.FormatSize(more), rule), f.less()
		}
		return "", ""
	}
	sum := fmt.Sprintf("vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is %s, %s is promised already (Committed_AS), and this needs %s",
		model.FormatBytes(sys.CommitLimit), model.FormatBytes(sys.Committed), model.FormatSize(more))
	if try = "Ask for less."; noreserve {
		try = "Map less; noreserve does not help in this mode."
	}
	switch left := sys.CommitLimit - sys.Committed; {
	case left < 0 || more > uint64(left):
		return fmt.Sprintf("%s: %s too much.", sum, model.FormatSize(more-uint64(left))), try
	case more > uint64(max(0, left-f.kept())):
		return fmt.Sprintf("%s. A part of the rest is kept for root and for a way out (vm.admin_reserve_kbytes, vm.user_reserve_kbytes).", sum), try
	}
	return "", ""
}

// kept returns what mode 2 keeps back from a process, at most: 8M for root and 128M, or a 32nd of
// its size, for a way out (mm/util.c, where nobody set the two).
func (f failure) kept() int64 { return 8<<20 + min(f.p.Stat.VmSize/32, 128<<20) }

// processLimit returns the sentence for more bytes of address space that a limit of the process
// refuses, and "" where none does (mm/mmap.c, may_expand_vm). data says whether they are private
// and writable: RLIMIT_DATA counts those alone.
func (f failure) processLimit(more uint64, data bool) (why, try string) {
	l, stat := f.p.Limits, f.p.Stat
	if !l.Known {
		return "", ""
	}
	if over := f.over(l.Space, stat.VmSize, more); over > 0 {
		return fmt.Sprintf("RLIMIT_AS, which is of the address space of the process, is %s; VmSize is %s, and this needs %s more: %s too much.",
			model.FormatLimit(l.Space), model.FormatBytes(stat.VmSize), model.FormatSize(more), model.FormatSize(over)), "Ask for less, or " + f.higher(lang.LimitAS, uint64(stat.VmSize)+more, "-v")
	}
	if over := f.over(f.dataLimit(), stat.VmData, more); data && over > 0 {
		return fmt.Sprintf("RLIMIT_DATA, which is of the private writable memory of the process, is %s; VmData is %s, and this needs %s more: %s too much.",
			model.FormatLimit(f.dataLimit()), model.FormatBytes(stat.VmData), model.FormatSize(more), model.FormatSize(over)), "Ask for less, or " + f.higher(lang.LimitData, uint64(stat.VmData)+more, "-d")
	}
	return "", ""
}

// dataLimit returns what RLIMIT_DATA refuses from on. A soft limit of 0 stands for the hard one (mm/vma.c, may_expand_vm: valgrind sets it), but where
// the break moves (linux/mm.h, check_data_rlimit).
func (f failure) dataLimit() int64 {
	if l := f.p.Limits; l.Data == 0 && f.Call != model.CallBrk {
		return l.DataHard
	}
	return f.p.Limits.Data
}

// higher returns how a limit becomes as high as is needed: by setrlimit where the hard one allows it. flag is ulimit's.
func (f failure) higher(of lang.Limit, need uint64, flag string) string {
	if _, hard := f.limit(of); hard == model.Unlimited || f.rounded(need, 0) <= uint64(hard) {
		return f.run("setrlimit %s %s", of, sizeWord(f.rounded(need, 0))) + ": the hard limit is " + model.FormatLimit(hard) + "."
	}
	return "start incore with a higher limit: ulimit " + flag + " says it."
}

// over returns by how many bytes a sum is over a limit, of which whole pages count.
func (f failure) over(limit, has int64, more uint64) uint64 {
	if limit == model.Unlimited || f.p.PageSize <= 0 {
		return 0
	}
	left := limit/f.p.PageSize*f.p.PageSize - has
	switch {
	case left < 0:
		return more + uint64(-left)
	case more > uint64(left):
		return more - uint64(left)
	}
	return 0
}

// less returns what to try where a mapping is counted.
func (f failure) less() string {
	if _, ok := f.cmd.(lang.Mmap); ok && f.Call == model.CallMmap {
		return "Map less, or add noreserve, which is not counted."
	}
	return "Ask for less."
}

// counted reports whether the kernel counts an mmap as memory that it promises (mm/vma.c,
// accountable_mapping; mm/shmem.c, shmem_acct_size). Hugetlb pages and what a file holds
// have their place already.
func (f failure) counted(c lang.Mmap) bool {
	if f.isHuge(c) || c.Droppable { // which counts as noreserve in each mode (mm/mmap.c, do_mmap; mm/vma.c, accountable_mapping)
		return false
	}
	return !c.Shared && c.Prot&model.ProtWrite != 0 || c.Shared && f.behind(c) == model.Anon
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
	more := f.asked()
	if ok && c.Replaces() { // what it takes the place of is taken off first
		for _, v := range f.p.VMAsIn(f.pages()) {
			more -= min(more, min(v.End, f.pages().End())-max(v.Start, f.pages().Addr))
		}
	}
	return f.processLimit(more, ok && !c.Shared && c.Prot&model.ProtWrite != 0 && !c.GrowsDown)
}

// overProcessLimit says that a limit of the process refuses the call, and reports whether one does.
func (r *reacher) overProcessLimit(limits func(failure) (why, try string)) bool {
	why, _ := limits(r.failure)
	if why != "" {
		r.fails("ENOMEM", "%s", strings.TrimSuffix(why, "."))
	}
	return why != ""
}

// growth returns by how much mremap would make a mapping longer, and the VMA that it is of.
func (f failure) growth() (more uint64, v model.VMA, ok bool) {
	old, size := f.rounded(f.length(0), 0), f.rounded(f.length(1), 0)
	v, ok = f.vmaAt(f.span().Addr)
	if f.flag(model.MremapDontUnmap) { // a second mapping
		old = 0
	}
	return size - min(size, old), v, ok && size > old
}

func remapNotPromised(f failure) (why, try string) {
	more, v, ok := f.growth()
	return f.notPromised(more, ok && !v.Shared && v.Prot&model.ProtWrite != 0, false)
}

func remapProcessLimit(f failure) (why, try string) {
	more, v, ok := f.growth()
	if !ok {
		return "", ""
	}
	return f.processLimit(more, !v.Shared && v.Prot&model.ProtWrite != 0)
}

// gains returns how many bytes of private memory mprotect would have made writable: only then it
// is counted (mm/mprotect.c, mprotect_fixup). The call stops at the first VMA that is
// refused, so what was changed before it is not among them.
func (f failure) gains() (at, more uint64, ok bool) {
	prot, is := protects(f.cmd)
	if !is || prot&model.ProtWrite == 0 {
		return 0, 0, false
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return !v.Shared && !v.HugeTLB && v.Prot&model.ProtWrite == 0 })
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
	if try = "Make fewer pages writable."; f.sys.Overcommit == 0 {
		try = "Make fewer pages writable, or map them with noreserve: those are not counted."
	}
	return why + f.protectedBefore(at), try
}

func protectProcessLimit(f failure) (why, try string) {
	at, more, ok := f.gains()
	if !ok || !f.p.Limits.Known {
		return "", ""
	}
	over := f.over(f.dataLimit(), f.p.Stat.VmData, more)
	if over == 0 {
		return "", ""
	}
	return fmt.Sprintf("RLIMIT_DATA, which is of the private writable memory of the process, is %s; VmData is %s, and this would make %s more writable: %s too much.",
			model.FormatLimit(f.dataLimit()), model.FormatBytes(f.p.Stat.VmData), model.FormatSize(more), model.FormatSize(over)) + f.protectedBefore(at),
		"Make fewer pages writable, or " + f.higher(lang.LimitData, uint64(f.p.Stat.VmData)+more, "-d")
}

// protectedBefore says what mprotect has changed before the page at which it stopped.
func (f failure) protectedBefore(at uint64) string {
	if at <= f.pages().Addr {
		return f.unchanged("Nothing was changed.")
	}
	return " " + f.before(at, "has the new protection; nothing after it has", "")
}
