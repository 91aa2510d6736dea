package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

// clock puts the kernel's own mappings behind a, which has two pages: 4 pages of [vvar], 2 of
// [vvar_vclock], 2 of [vdso], and [vsyscall] where it always is.
func clock(w *world) {
	at := uint64(modeltest.BaseA + 2*modeltest.PageSize)
	for _, v := range []struct {
		path  string
		pages uint64
		prot  model.Prot
	}{{"[vvar]", 4, model.ProtRead}, {"[vvar_vclock]", 2, model.ProtRead}, {"[vdso]", 2, model.ProtRead | model.ProtExec}} {
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: at, End: at + v.pages*modeltest.PageSize, Prot: v.prot, Path: v.path})
		at += v.pages * modeltest.PageSize
	}
	w.p.VMAs = append(w.p.VMAs, model.VMA{Start: vsyscall, End: vsyscall + modeltest.PageSize, Prot: model.ProtExec, Path: "[vsyscall]"})
}

const vsyscall = 0xffffffffff600000

var kernelCases = []explainCase{
	{"advice past a", "madvise a[1..2] dontneed", "madvise", "EINVAL", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not be split and takes few advices. Before it, a[1] was advised; nothing after it was.",
		"Stay within a: a[1]."},
	{"advice about all of it", "madvise a+8192,16384 pageout", "madvise", "EINVAL", "", two, clock,
		"At 0x7f0000002000 the kernel has mapped [vvar], its clock data, which does not take this advice. It comes first, so nothing was done.",
		"Give an address within a region."},
	{"populate past a", "madvise a[0..2] populate_write", "madvise", "EINVAL", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not be split and takes few advices. Before it, a was advised; nothing after it was.",
		"Stay within a: a."},
	{"remove past a", "madvise a[1..2] remove", "madvise", "EINVAL", "", two, func(w *world) {
		ofMemfd(w)
		clock(w)
	},
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not be split and takes few advices. Before it, a[1] was advised; nothing after it was.",
		"Stay within a: a[1]."},
	{"a lock comes before it", "madvise a[1..2] dontneed", "madvise", "EINVAL", "", []model.Page{modeltest.MappedPage, modeltest.LockedPage}, clock,
		"a[1] is locked, and MADV_DONTNEED may not take locked pages away. It comes first, so nothing was done.",
		"munlock a[1] first, or madvise a[1] dontneed_locked."},
	{"seal past a", "mseal a[0..2]", "mseal", "EINVAL", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not be split, and the range has only a part of it. Before it, a was sealed; nothing after it was.",
		"Stay within a: a."},
	{"map past a", "mmap c 4 at a[1]", "mmap", "EINVAL", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not be split, and the range has only a part of it. Nothing was changed.",
		"Stay within a: a[1]."},
	{"map anywhere", "mmap c 4", "mmap", "EINVAL", "", two, clock, "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"unmap past a", "munmap a[0..2]", "munmap", "EINVAL", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not be split, and the range has only a part of it. Nothing was changed.",
		"Stay within a: a."},
	{"unmap what lies behind as well", "munmap a[0..6]", "munmap", "EINVAL", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar_vclock], its clock data, which may not be split, and the range has only a part of it. Nothing was changed.",
		"Stay within a: a."},
	{"unmap the rest", "munmap 0x7f0000007000,4096", "munmap", "EINVAL", "", two, clock,
		"At 0x7f0000007000 the kernel has mapped [vvar_vclock], its clock data, which may not be split, and the range has only a part of it. Nothing was changed.",
		"Give an address within a region."},
	{"protect a part", "mprotect a[1..2] r", "mprotect", "EINVAL", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not be split, and the range has only a part of it. Before it, a[1] has the new protection; nothing after it has.",
		"Stay within a: a[1]."},
	{"protect past a", "mprotect a[1..2] rw", "mprotect", "EACCES", "", two, clock,
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which may not get more rights than r. Before it, a[1] has the new protection; nothing after it has.",
		"Stay within a: a[1]."},
	{"protect what may be, so the cause is another", "mprotect 0x7f0000008000,8192 rw", "mprotect", "EACCES", "", two, clock,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor).",
		""},
	{"read what is not there", "touch a[0..7] read", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", modeltest.BaseA+6*modeltest.PageSize, clock),
		"a ends at a[1]; behind it the kernel has mapped [vvar_vclock], its clock data, which has no memory behind this page on this machine.",
		"Stay within a: a."},
	{"write past a", "touch a[0..7]", "touch", "SIGSEGV", "", two, answered("SEGV_ACCERR", modeltest.BaseA+2*modeltest.PageSize, clock),
		"a ends at a[1]; behind it the kernel has mapped [vvar], its clock data, which has protection r, and touch wrote to it.",
		"Stay within a: a."},
	{"write to the code", "touch 0x7f0000008000,1", "touch", "SIGSEGV", "", two, answered("SEGV_ACCERR", modeltest.BaseA+8*modeltest.PageSize, clock),
		"At 0x7f0000008000 the kernel has mapped [vdso], its code for reading the clock, which has protection rx, and touch wrote to it.",
		"Give an address within a region."},
	{"read what may only be executed", "touch 0xffffffffff600000,1 read", "touch", "SIGSEGV", "", two, answered("SEGV_MAPERR", vsyscall, clock),
		"At 0xffffffffff600000 the kernel has mapped [vsyscall], its page for old programs, which may be executed, but neither read nor written.",
		"Give an address within a region."},
	{"execute none of its calls", "touch 0xffffffffff600001,1 exec", "touch", "SIGSEGV", "", two, answered("SEGV_MAPERR", vsyscall+1, clock),
		"At 0xffffffffff600001 the kernel has mapped [vsyscall], its page for old programs, which may be executed where one of its three calls begins, and nowhere else.",
		"Give an address within a region."},
	{"read where no such page is", "touch 0xffffffffff600000,1 read", "touch", "SIGSEGV", "", two, answered("SEGV_MAPERR", vsyscall),
		"0xffffffffff600000 lies in the part of the addresses that the kernel keeps for itself.",
		"Give an address within a region."},
	{"a call about the old page", "mincore 0xffffffffff600000,4096", "mincore", "ENOMEM", "", two, clock,
		"0xffffffffff600000 lies in the part of the addresses that the kernel keeps for itself. mincore answers only for ranges that are mapped throughout.",
		"Name pages that are mapped."},
}

func TestExplainKernels(t *testing.T) { runExplain(t, kernelCases) }
