package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// heapFamily is brk.
var heapFamily = []dossier{
	{
		call: model.CallBrk, verb: "brk", page: "brk(2)", what: "Moves the end of the heap, the break.", ok: value("where the break is now"),
		args:    []argument{arg("addr", explainBreak)},
		telling: telling{unnamed: true},
		causes: causes{"ENOMEM": {
			heapTooLong, heapSealed, heapBelowStart, heapInTheWay, heapProcessLimit, heapLockedOverLimit, mapTooManyVMAs,
			heapNotPromised, heapFullOfVMAs, leftover("the kernel had no memory for its own tables"),
		}},
		reach: following((*reacher).brk),
	},
}

// brk moves the end of the heap by bytes, and the kernel maps or unmaps whole pages.
func (r *reacher) brk(c lang.Brk) {
	heap := r.p.Region(string(model.Heap))
	if heap != nil && heap.Backing != model.Heap {
		r.refuse("there is a region heap already, which is not what brk moves the end of")
		return
	}
	n := c.Size.Bytes(r.p.PageSize)
	old, known := r.breakNow()
	word := "more"
	if c.Down {
		word = "less"
	}
	if !known {
		r.call(model.CallBrk, wordOf("NULL"))
		r.call(model.CallBrk, wordOf("the break and "+model.FormatSize(n)+" "+word))
		r.out.Effect = fmt.Sprintf("the heap is %s %s", model.FormatSize(n), map[bool]string{false: "longer", true: "shorter"}[c.Down])
		return
	}
	to := old + n
	if c.Down {
		to = old - n
	}
	r.call(model.CallBrk, addrOf(to))
	if c.Down && n > old || !c.Down && to < old {
		return // it goes around the end of the addresses
	}
	was, now := r.up(old), r.up(to)
	switch {
	case now > was && r.overProcessLimit(heapProcessLimit):
		return
	case now > was:
		r.out.Effect = fmt.Sprintf("the heap gets %s", r.pagesOf(now-was))
	case now == was:
		r.out.Effect = "the break stays on its page: none is mapped or unmapped"
	default:
		r.out.Effect = fmt.Sprintf("the heap loses %s", r.pagesOf(was-now))
		r.reaches(r.p, model.Span{Addr: now, Len: was - now})
	}
	if c.Down && (heap == nil || to < heap.Base) && n > 0 {
		r.out.Effect, r.out.Parts = "", nil // its end cannot move below where it began, wherever that was
	}
}

// breakNow returns where the heap ends, as far as the log tells: exec and reset forget it.
func (r *reacher) breakNow() (uint64, bool) {
	for _, e := range slices.Backward(r.s.Events) {
		switch {
		case e.Errno != "":
		case e.Call == model.CallBrk && e.Proc == r.Proc:
			return uint64(e.Ret), true
		case e.Call == model.CallExecve && e.Proc == r.Proc, e.Call == "" && e.Command == model.Command(lang.Reset{}):
			return 0, false
		case e.Call == model.CallClone && e.Result == r.Proc:
			return 0, false
		}
	}
	return 0, false
}

// explainBreak explains where the break is to be.
func explainBreak(w asked) (string, []Bit) {
	if w.Kind != model.ArgAddr {
		return "asks where the break is, and moves nothing", nil
	}
	return "where the break is to be", nil
}

// brk(2) says ENOMEM of everything that it does not do, by the library's
// wrapper: the call itself returns the break as it is (mm/mmap.c, brk).

// oldBreak returns where the heap ended before the call: what the last brk that was told of
// returned, in this process or in that which forked it.
func (f failure) oldBreak() (uint64, bool) {
	proc := f.Proc
	for _, e := range slices.Backward(f.s.Events) {
		switch {
		case e.Errno != "":
		case e.Call == model.CallClone && e.Result == proc:
			proc = e.Proc
		case e.Call == model.CallBrk && e.Proc == proc:
			return uint64(e.Ret), true
		}
	}
	return 0, false
}

// future reports whether mlockall future is in force, and whether that is known: the oldest
// events are not kept. A child does not inherit it, and exec ends it (mlockall(2)).
func (f failure) future() (inForce, known bool) {
	for _, e := range slices.Backward(f.s.Events) {
		switch {
		case e.Errno != "":
		case e.Call == model.CallClone && e.Result == f.Proc, e.Call == "" && e.Command == model.Command(lang.Reset{}):
			return false, true
		case e.Proc != f.Proc:
		case e.Call == model.CallMunlockall, e.Call == model.CallExecve:
			return false, true
		case e.Call == model.CallMlockall:
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

// heapSealed explains a seal in the way of a shorter heap. To make the heap shorter is to unmap its end.
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

// heapBelowStart explains what is left where the heap was to become shorter.
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

// heapInTheWay explains a mapping in the way of a longer heap. The heap grows up to the next mapping, and keeps a page between; more where
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

// heapFullOfVMAs is mapFullOfVMAs of what takes the place of nothing.
func heapFullOfVMAs(f failure) (why, try string) {
	return f.tooManyVMAs(f.maxVMAs(), f.Call+" may not make another")
}
