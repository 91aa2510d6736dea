package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/calls"
	"incore/model/modeltest"
)

// answered is a signal with that code at an address.
func answered(code string, at uint64, also ...func(*world)) func(*world) {
	return func(w *world) {
		w.e.Signal.Code, w.e.Signal.Addr = code, at
		for _, f := range also {
			f(w)
		}
	}
}

// growing is a region d that grows down, above the others, and what is mapped below it.
func growing(below ...model.VMA) func(*world) {
	return func(w *world) {
		r := modeltest.Region("d", baseD, two)
		w.p.Regions = append(w.p.Regions, r)
		w.p.VMAs = append(append(w.p.VMAs, below...), model.VMA{Start: baseD, End: baseD + 2*modeltest.PageSize, Prot: modeltest.RW, GrowsDown: true})
	}
}

// baseD is where what grows down begins; its page by page neighbor is 300 pages below.
const baseD = 0x7f0010000000

var (
	some = []model.Page{modeltest.MappedPage, modeltest.ReadOnlyPage, modeltest.NoAccessPage, modeltest.HolePage, modeltest.GuardPage}

	at = func(page uint64) uint64 { return modeltest.BaseA + 8 + page*modeltest.PageSize }
)

var signalCases = []explainCase{
	{"write to read-only", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and touch wrote to it.",
		"mprotect a[1] rw."},
	{"in a child", "in kid touch a", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and touch wrote to it.",
		"in kid mprotect a[1] rw."},
	{"execute", "touch a exec", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and touch executed it.",
		"mprotect a[1] rx."},
	{"execute an absent page", "touch a exec", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(0), func(w *world) { w.e.Minor, w.e.Ret = 1, 0 }),
		"a[0] has protection rw, and touch executed it. The kernel first served the fetch as a read, which brought the page in; then it was refused.",
		"mprotect a[0] rwx."},
	{"PROT_NONE", "touch a read", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)),
		"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. touch read from it.",
		"mprotect a[2] r."},
	{"memset", "memset a 0", "memset", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)),
		"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. memset wrote to it.",
		"mprotect a[2] rw."},
	{"copy to", "memcpy a b", "memcpy", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and memcpy wrote to it.",
		"mprotect a[1] rw."},
	{"copy from", "memmove b a", "memmove", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)),
		"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. memmove read from it.",
		"mprotect a[2] r."},
	{"copy onto itself", "memcpy a[1..2] a[1]", "memcpy", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and memcpy wrote to it.",
		"mprotect a[1] rw."},
	{"compare", "memcmp a b", "memcmp", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)),
		"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. memcmp read from it.",
		"mprotect a[2] r."},
	{"malloc", "malloc c 1", "malloc", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and malloc keeps its account in it.",
		"mprotect a[1] rw."},
	{"calloc", "calloc c 1 1", "calloc", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and calloc keeps its account in it.",
		"mprotect a[1] rw."},
	{"aligned_alloc", "aligned_alloc c 64B 1", "aligned_alloc", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and aligned_alloc keeps its account in it.",
		"mprotect a[1] rw."},
	{"malloc_trim", "malloc_trim 0", "malloc_trim", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and malloc_trim keeps its account in it.",
		"mprotect a[1] rw."},
	{"mallopt", "mallopt top_pad 0", "mallopt", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and mallopt keeps its account in it.",
		"mprotect a[1] rw."},
	{"realloc", "realloc b 1", "realloc", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and realloc keeps its account in it.",
		"mprotect a[1] rw."},
	{"free", "free a", "free", "SIGSEGV", "", some, answered("SEGV_MAPERR", at(3)),
		"a[3] is a hole: no mapping covers it.",
		"Name pages that are mapped; mmap makes new ones."},
	{"allowed, so the cause is another", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(0)), "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"hole", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", at(3)),
		"a[3] is a hole: no mapping covers it.",
		"Name pages that are mapped; mmap makes new ones."},
	{"past the region", "touch a[4..9]", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", modeltest.BaseA+5*modeltest.PageSize),
		"The range reaches past the end of a, which has 5 pages; nothing is mapped at 0x7f0000005000.",
		"Name pages that are mapped; mmap makes new ones."},
	{"the kernel's addresses", "touch 0xffff_8000_0000_0000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", 0xffff_8000_0000_0000),
		"0xffff800000000000 lies in the part of the addresses that the kernel keeps for itself.",
		"Give an address within a region."},
	{"nobody's addresses", "madvise 0x8000_0000_0000_0000,4096 hugepage", "madvise", "ENOMEM", "", some, func(w *world) { w.p.Limits.AddressEnd = 1<<47 - 4096 },
		"0x8000000000000000 lies past the addresses that a process can have: they end at 0x7ffffffff000 (TASK_SIZE). The advice skips holes: what is mapped in the range, before and after, was advised all the same.",
		"Name pages that are mapped."},
	{"guard", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", at(4)),
		"a[4] is a guard page (MADV_GUARD_INSTALL): any access to it is SIGSEGV, whatever its protection.",
		"madvise a[4] guard_remove."},
	{"not canonical", "touch 0x8000_0000_0000_0000,1", "touch", "SIGSEGV", "", some, answered("SI_KERNEL", 0),
		"The address is not one that the processor takes: its upper bits are not all the same. The processor does not say which it was.",
		"Give an address within a region."},
	{"a tag, which the processor ignores", "touch 0x8000_0000_0000_0000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", 0),
		"The processor ignores the top byte of an address: 0x8000000000000000 is 0x0. 0x0 is a hole: no mapping covers it.",
		"Name pages that are mapped; mmap makes new ones."},
	{"SI_KERNEL of an address that is one", "touch a", "touch", "SIGSEGV", "", some, answered("SI_KERNEL", 0), calls.NotKnown, ""},
	{"a protection key", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_PKUERR", at(0)),
		"The kernel's code for it, SEGV_PKUERR, means that a protection key forbids the access (pkeys(7)).", ""},
	{"an instruction, sent", "touch a", "touch", "SIGILL", "", some, answered("SI_USER", 0),
		"A process sent the signal (kill, SI_USER): no access was answered with it.", ""},
	{"a trap, sent", "touch a", "touch", "SIGTRAP", "", some, answered("SI_TKILL", 0),
		"A process sent the signal (kill, SI_TKILL): no access was answered with it.", ""},
	{"a sum, sent", "touch a", "touch", "SIGFPE", "", some, answered("SI_USER", 0),
		"A process sent the signal (kill, SI_USER): no access was answered with it.", ""},
	{"what grows down, too close", "touch 0x7f000ffff000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", baseD-modeltest.PageSize,
		growing(model.VMA{Start: baseD - 99*modeltest.PageSize, End: baseD - 2*modeltest.PageSize, Prot: modeltest.RW})),
		"d begins at 0x7f0010000000 and grows down where what lies below it is accessed, but not as far as 0x7f000ffff000: 1 page would be left between it and the mapping below, and the kernel keeps 256.",
		"munmap what lies below it first."},
	{"what grows down, locked", "touch 0x7f000ffff000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", baseD-modeltest.PageSize, growing(), func(w *world) {
		limit(8<<10, 8<<10)(w)
		w.p.VMAs[len(w.p.VMAs)-1].Lock = model.Locked
	}),
		"d begins at 0x7f0010000000 and grows down where what lies below it is accessed, but not as far as 0x7f000ffff000: it is locked, so what is added is locked too. RLIMIT_MEMLOCK is 8K; 8K was locked before, and this would lock 4K more: 4K too much.",
		"munlock d first."},
	{"what grows down, too long", "touch 0x7f000f000000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", 0x7f000f000000, growing()),
		"d begins at 0x7f0010000000 and grows down where what lies below it is accessed, but not as far as 0x7f000f000000: it would be 16.0M long then. Why the kernel refuses that is not known.",
		"Access the page right below it."},
	{"far below what grows down", "touch 0x10000,1", "touch", "SIGSEGV", "", []model.Page{modeltest.HolePage}, answered("SEGV_MAPERR", 0x10000, func(w *world) {
		w.p.VMAs[0].GrowsDown = true
	}),
		"0x10000 is a hole: no mapping covers it.",
		"Name pages that are mapped; mmap makes new ones."},
	{"the stack, which is not meant", "touch a[4..9]", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", modeltest.BaseA+5*modeltest.PageSize, growing(), func(w *world) {
		w.p.VMAs = append(w.p.VMAs[:1], model.VMA{Start: baseD, End: baseD + modeltest.PageSize, GrowsDown: true, Path: "[stack]"})
	}),
		"The range reaches past the end of a, which has 5 pages; nothing is mapped at 0x7f0000005000.",
		"Name pages that are mapped; mmap makes new ones."},
	{"unaligned", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRALN", at(0)),
		"The access at a[0] was not aligned as the processor asks.",
		""},
	{"broken memory", "touch a", "touch", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(0)),
		"The kernel has marked the memory behind a[0] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"hugetlb", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(0), hugeTLB),
		"a[0] is of hugetlb pages without a reservation, and none was free: the pool has 4, of which 0 are free.",
		"As root, sysctl vm.nr_hugepages=5 makes the pool larger, where memory in such pieces is free."},
	{"swap", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(0)),
		"a[0] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"past the end of a file", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofFile),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"past the end of a memfd", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"a memfd in mode 2", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd, system(never)),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"scratch, read", "touch a read", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"scratch, written", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"shared anonymous memory", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Anon)),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"a segment", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Shm)),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"another code", "touch a", "touch", "SIGBUS", "", two, answered("SI_USER", 0), "A process sent the signal (kill, SI_USER): no access was answered with it.", ""},
}

func TestExplainSignals(t *testing.T) { runExplain(t, signalCases) }

// loopCases are the signals that the subject's other loops can get as touch does.
var loopCases = []explainCase{
	{"past the end", "memset a 0", "memset", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofFile),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"past the end", "memcpy a b", "memcpy", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"past the end", "memmove b a", "memmove", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"past the end", "memcmp a b", "memcmp", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd),
		"a[1] is mapped, and the kernel could not bring it in: whether what is behind it ends before it is not known.",
		""},
	{"broken memory", "malloc c 1", "malloc", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)),
		"The kernel has marked the memory behind a[1] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"broken memory", "calloc c 1 1", "calloc", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)),
		"The kernel has marked the memory behind a[1] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"broken memory", "aligned_alloc c 64B 1", "aligned_alloc", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)),
		"The kernel has marked the memory behind a[1] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"broken memory", "malloc_trim 0", "malloc_trim", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)),
		"The kernel has marked the memory behind a[1] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"broken memory", "mallopt top_pad 0", "mallopt", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)),
		"The kernel has marked the memory behind a[1] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"broken memory", "realloc b 1", "realloc", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)),
		"The kernel has marked the memory behind a[1] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"broken memory", "free a", "free", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)),
		"The kernel has marked the memory behind a[1] as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.",
		""},
	{"a write to read-only", "memcpy a b", "memcpy", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)),
		"a[1] has protection r, and memcpy wrote to it.",
		"mprotect a[1] rw."},
}

func TestExplainLoops(t *testing.T) { runExplain(t, loopCases) }
