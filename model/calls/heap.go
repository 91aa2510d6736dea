package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// movesHeap is brk, and what malloc and free come to as far as the state tells: where malloc
// takes a block from hangs on what it keeps account of.
func (r *reacher) movesHeap(c model.Command) {
	switch c := c.(type) {
	case lang.Brk:
		r.brk(c)
	case lang.Malloc:
		if c.Name == string(model.Heap) {
			r.refuse("heap is the region that brk moves the end of: take another name")
			return
		}
		if !r.nameIsFree(c.Name) {
			return
		}
		n := c.Size.Bytes(r.p.PageSize)
		r.call("malloc", lenOf(n))
		if n > math.MaxInt64 {
			r.fails("ENOMEM", "malloc gives no more than 2^63-1 bytes")
			return
		}
		r.out.Effect = fmt.Sprintf("%s of the heap, or, from mmap_threshold on, of a mapping of its own", model.FormatSize(n))
	case lang.Free:
		r.free(c)
	case lang.Mallopt:
		n := c.Threshold.Bytes(r.p.PageSize)
		if n > math.MaxInt32 {
			r.refuse(fmt.Sprintf("mallopt takes an int: at most %d bytes", math.MaxInt32))
			return
		}
		r.call("mallopt", wordOf("M_MMAP_THRESHOLD"), lenOf(n))
		r.out.Effect = fmt.Sprintf("from %s on malloc maps what the heap has no room for", model.FormatSize(n))
	}
}

func (r *reacher) free(c lang.Free) {
	reg := r.p.Region(c.Name)
	switch {
	case reg == nil:
		r.refuse(r.p.NoRegion(c.Name).Error())
		r.out.Unknown = true
		return
	case reg.Malloc == "":
		r.refuse(c.Name + " is not malloc's: munmap gives it back")
		return
	}
	r.call("free", addrOf(reg.Start))
	r.whole(&model.Process{Name: r.p.Name, PageSize: r.p.PageSize, Regions: []*model.Region{reg}})
	if reg.Malloc == model.FromMmap {
		r.out.Effect = "munmap of the mapping that the block has to itself"
		return
	}
	r.out.Effect = "kept for the next malloc, or given back by brk at the end of the heap"
	r.out.Note = "other blocks on its pages stay"
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
		r.call("brk", wordOf("NULL"))
		r.call("brk", wordOf("the break and "+model.FormatSize(n)+" "+word))
		r.out.Effect = fmt.Sprintf("the heap is %s %s", model.FormatSize(n), map[bool]string{false: "longer", true: "shorter"}[c.Down])
		return
	}
	to := old + n
	if c.Down {
		to = old - n
	}
	r.call("brk", addrOf(to))
	if c.Down && n > old || !c.Down && to < old {
		return // it goes around the end of the addresses
	}
	was, now := r.up(old), r.up(to)
	switch {
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

// breakNow is where the heap ends, as far as the log tells: exec and reset forget it.
func (r *reacher) breakNow() (uint64, bool) {
	for _, e := range slices.Backward(r.s.Events) {
		switch {
		case e.Errno != "":
		case e.Call == "brk" && e.Proc == r.Proc:
			return uint64(e.Ret), true
		case e.Call == "execve" && e.Proc == r.Proc, e.Call == "" && e.Command == model.Command(lang.Reset{}):
			return 0, false
		case e.Call == "clone" && e.Result == r.Proc:
			return 0, false
		}
	}
	return 0, false
}
