package model_test

import (
	"testing"

	"incore/model"
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
		r := region("d", baseD, two)
		w.p.Regions = append(w.p.Regions, r)
		w.p.VMAs = append(append(w.p.VMAs, below...), model.VMA{Start: baseD, End: baseD + 2*pageSize, Prot: rw, GrowsDown: true})
	}
}

// baseD is where what grows down begins; its page by page neighbour is 300 pages below.
const baseD = 0x7f0010000000

var (
	some = []model.Page{mappedPage, readOnlyPage, noAccessPage, holePage, guardPage}

	at = func(page uint64) uint64 { return baseA + 8 + page*pageSize }
)

var signalCases = []explainCase{
	{"write to read-only", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)), `?`, `?`},
	{"in a child", "in kid touch a", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)), `?`, `?`},
	{"execute", "touch a exec", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)), `?`, `?`},
	{"execute an absent page", "touch a exec", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(0), func(w *world) { w.e.Minor, w.e.Ret = 1, 0 }), `?`, `?`},
	{"PROT_NONE", "touch a read", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)), `?`, `?`},
	{"memset", "memset a 0", "memset", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)), `?`, `?`},
	{"copy to", "memcpy a b", "memcpy", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)), `?`, `?`},
	{"copy from", "memmove b a", "memmove", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)), `?`, `?`},
	{"copy onto itself", "memcpy a[1..2] a[1]", "memcpy", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)), `?`, `?`},
	{"compare", "memcmp a b", "memcmp", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(2)), `?`, `?`},
	{"malloc", "malloc c 1", "malloc", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)), `?`, `?`},
	{"free", "free a", "free", "SIGSEGV", "", some, answered("SEGV_MAPERR", at(3)), `?`, `?`},
	{"allowed, so the cause is another", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(0)), "", ""},
	{"hole", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", at(3)), `?`, `?`},
	{"past the region", "touch a[4..9]", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", baseA+5*pageSize), `?`, `?`},
	{"the kernel's addresses", "touch 0xffff_8000_0000_0000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", 0xffff_8000_0000_0000), `?`, `?`},
	{"guard", "touch a", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", at(4)), `?`, `?`},
	{"not canonical", "touch 0x8000_0000_0000_0000,1", "touch", "SIGSEGV", "", some, answered("SI_KERNEL", 0), `?`, `?`},
	{"what grows down, too close", "touch 0x7f000ffff000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", baseD-pageSize,
		growing(model.VMA{Start: baseD - 99*pageSize, End: baseD - 2*pageSize, Prot: rw})), `?`, `?`},
	{"what grows down, locked", "touch 0x7f000ffff000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", baseD-pageSize, growing(), func(w *world) {
		limit(8<<10, 8<<10)(w)
		w.p.VMAs[len(w.p.VMAs)-1].Lock = model.Locked
	}), `?`, `?`},
	{"what grows down, too long", "touch 0x7f000f000000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", 0x7f000f000000, growing()), `?`, `?`},
	{"the stack, which is not meant", "touch a[4..9]", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", baseA+5*pageSize, growing(), func(w *world) {
		w.p.VMAs = append(w.p.VMAs[:1], model.VMA{Start: baseD, End: baseD + pageSize, GrowsDown: true, Path: "[stack]"})
	}), `?`, `?`},
	{"unaligned", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRALN", at(0)), `?`, `?`},
	{"broken memory", "touch a", "touch", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(0)), `?`, `?`},
	{"hugetlb", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(0), hugeTLB), `?`, `?`},
	{"swap", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(0)), `?`, `?`},
	{"past the end of a file", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofFile), `?`, `?`},
	{"past the end of a memfd", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd), `?`, `?`},
	{"a memfd in mode 2", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd, system(never)), `?`, `?`},
	{"scratch, read", "touch a read", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)), `?`, `?`},
	{"scratch, written", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)), `?`, `?`},
	{"shared anonymous memory", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Anon)), `?`, `?`},
	{"a segment", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Shm)), `?`, `?`},
	{"another code", "touch a", "touch", "SIGBUS", "", two, answered("SI_USER", 0), "", ""},
}

func TestExplainSignals(t *testing.T) { runExplain(t, signalCases) }

// loopCases are the signals that the subject's other loops can get as touch does.
var loopCases = []explainCase{
	{"past the end", "memset a 0", "memset", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofFile), `?`, `?`},
	{"past the end", "memcpy a b", "memcpy", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)), `?`, `?`},
	{"past the end", "memmove b a", "memmove", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch)), `?`, `?`},
	{"past the end", "memcmp a b", "memcmp", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd), `?`, `?`},
	{"broken memory", "malloc c 1", "malloc", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)), `?`, `?`},
	{"broken memory", "free a", "free", "SIGBUS", "", two, answered("BUS_MCEERR_AR", at(1)), `?`, `?`},
	{"a write to read-only", "memcpy a b", "memcpy", "SIGSEGV", "", some, answered("SEGV_ACCERR", at(1)), `?`, `?`},
}

func TestExplainLoops(t *testing.T) { runExplain(t, loopCases) }
