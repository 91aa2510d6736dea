package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// brk, malloc, free. brk(2) says ENOMEM of everything that it does not do, by the library's
// wrapper: the call itself returns the break as it is (mm/mmap.c, brk).

// oldBreak is where the heap ended before the call: what the last brk that was told of
// returned, in this process or in that which forked it.
func (f failure) oldBreak() (uint64, bool) {
	proc := f.Proc
	for _, e := range slices.Backward(f.s.Events) {
		switch {
		case e.Errno != "":
		case e.Call == "clone" && e.Result == proc:
			proc = e.Proc
		case e.Call == "brk" && e.Proc == proc:
			return uint64(e.Ret), true
		}
	}
	return 0, false
}

// future tells whether mlockall future is in force, and whether that is known: the oldest
// events are not kept. A child does not inherit it, and exec ends it (mlockall(2)).
func (f failure) future() (inForce, known bool) {
	for _, e := range slices.Backward(f.s.Events) {
		switch {
		case e.Errno != "":
		case e.Call == "clone" && e.Result == f.Proc, e.Call == "" && e.Command == model.Command(lang.Reset{}):
			return false, true
		case e.Proc != f.Proc:
		case e.Call == "munlockall", e.Call == "execve":
			return false, true
		case e.Call == "mlockall":
			c, _ := lang.Inner(e.Command).(lang.Mlockall)
			return c.Future, true
		}
	}
	return false, len(f.s.Events) == 0 || f.s.Events[0].Seq <= 1
}

// growth is by how many bytes, in whole pages, a brk was to make the heap longer, and where
// its pages ended.
func (f failure) heapGrowth() (end, more uint64) {
	old, ok := f.oldBreak()
	end = f.rounded(old, 0)
	if to := f.rounded(f.span().Addr, 0); ok && to > end {
		return end, to - end
	}
	return end, 0
}

func heapTooLong(f failure) (why, try string) {
	if b, ok := f.cmd.(lang.Brk); ok && b.Down { // below address 0 it is a number near 2^64
		return "", ""
	}
	_, more := f.heapGrowth()
	return f.tooLong(more)
}

// heapSealed: to make the heap shorter is to unmap its end.
func heapSealed(f failure) (why, try string) {
	old, ok := f.oldBreak()
	if to := f.rounded(f.span().Addr, 0); ok && to < old {
		for _, v := range f.p.VMAsIn(model.Span{Addr: to, Len: old - to}) {
			if v.Sealed {
				f.Args = []model.Arg{{Kind: model.ArgAddr, Value: to}, {Kind: model.ArgLen, Value: old - to}}
				return sealed(f)
			}
		}
	}
	return "", ""
}

// heapBelowStart is what is left where the heap was to become shorter.
func heapBelowStart(f failure) (why, try string) {
	if c, ok := f.cmd.(lang.Brk); !ok || !c.Down {
		return "", ""
	}
	r := f.p.Region(string(model.Heap))
	if r != nil && r.Backing == model.Heap && f.span().Addr >= r.Base && f.span().Addr < 1<<63 {
		return "", ""
	}
	if r == nil || r.Backing != model.Heap {
		return "The heap is empty, and its end cannot move below where it began.", f.run("brk +64K") + " makes it longer."
	}
	return fmt.Sprintf("The heap has %s, and its end cannot move below where it began.", model.Plural(r.Pages.Len(), "page")), "Give a smaller size."
}

// heapInTheWay: the heap grows up to the next mapping, and keeps a page between; more where
// that one grows down (mm/mmap.c, brk; vm_start_gap).
func heapInTheWay(f failure) (why, try string) {
	end, more := f.heapGrowth()
	ps := uint64(f.p.PageSize)
	if more == 0 {
		return "", ""
	}
	for _, v := range f.p.VMAsIn(model.Span{Addr: end, Len: min(more+ps*guardGap, math.MaxUint64-end)}) {
		gap := int64(1)
		if v.GrowsDown {
			gap = guardGap
		}
		if v.Start < end || v.Start-end >= more+uint64(gap)*ps {
			continue
		}
		return fmt.Sprintf("The pages of the heap end at %#x, and %s is in the way: %s are free up to it, and %s must stay free between.", end,
			f.name(v.Start), model.FormatSize(v.Start-end), model.Plural(gap, "page")), "Add less, or munmap what is in the way."
	}
	return "", ""
}

func heapLockedOverLimit(f failure) (why, try string) {
	_, more := f.heapGrowth()
	charge := f.charge(more)
	inForce, known := f.future()
	if charge == "" || more == 0 || known && !inForce {
		return "", ""
	}
	before, _, _ := f.lockBudget()
	try = f.run("munlockall, or mlockall current, ends that. ") + f.raise(uint64(before)+more)
	if !known {
		return "Where mlockall future is in force, what is added to the heap is locked: that was too long ago to be known here. " + charge + " Nothing was added.", try
	}
	return "mlockall future is in force, so what is added to the heap is locked. " + charge + " Nothing was added.", try
}

func heapNotPromised(f failure) (why, try string) {
	_, more := f.heapGrowth()
	return f.notPromised(more, more > 0, false)
}

func heapProcessLimit(f failure) (why, try string) {
	_, more := f.heapGrowth()
	if more == 0 {
		return "", ""
	}
	return f.processLimit(more, true)
}

// mallocTooLong: glibc refuses more than PTRDIFF_MAX without asking the kernel (malloc/malloc.c).
func mallocTooLong(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Malloc)
	if !ok || c.Size.Bytes(f.p.PageSize) <= math.MaxInt64 {
		return "", ""
	}
	return fmt.Sprintf("%d bytes are more than malloc gives anyone, which is 2^63-1: it did not even ask the kernel.", c.Size.Bytes(f.p.PageSize)), "Ask for less."
}

// mallocRefused: malloc tries brk and mmap, one after the other, and gives up where both
// fail. Those calls have been told before it.
func mallocRefused(f failure) (why, try string) {
	for _, e := range slices.Backward(f.s.Events) {
		if e.Seq == f.Seq && !e.Aside {
			continue // malloc itself
		}
		if !e.Aside || e.Line() != f.Line() || e.Proc != f.Proc {
			break
		}
		if e.Errno == "" {
			continue
		}
		if why, try = f.explain(e, f.s); why != "" {
			return fmt.Sprintf("Neither brk nor mmap gave malloc the memory. Of %s: %s", e.Call, why), try
		}
	}
	return "", ""
}
