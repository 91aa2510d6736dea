package calls

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"incore/model"
	"incore/model/lang"
)

// heapFamily is brk, and what malloc does of the library's own accord.
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
	{
		call: "malloc", verb: "malloc", page: "malloc(3)", what: "Allocates memory as glibc does: from the heap, or by an mmap of its own.", ok: value("the address of the block"),
		args:    []argument{arg("size", explainLength)},
		telling: telling{failed: "NULL, and errno is %s."},
		causes:  causes{"ENOMEM": {blockTooLong, blockRefused}},
		reach:   following((*reacher).mallocs),
		access:  keepsAccount,
		mapping: mapsBlock,
	},
	{
		call: "calloc", verb: "calloc", page: "malloc(3)", what: "Allocates memory for an array, all of it zero.", ok: value("the address of the block"),
		args:    []argument{arg("nmemb", explainCount), arg("size", explainLength)},
		telling: telling{failed: "NULL, and errno is %s."},
		causes:  causes{"ENOMEM": {arrayTooLong, blockRefused}},
		reach:   following((*reacher).callocs),
		access:  keepsAccount,
		mapping: mapsBlock,
	},
	{
		call: "realloc", verb: "realloc", page: "malloc(3)", what: "Makes a block longer or shorter, where it is or elsewhere.",
		ok:      value("the address of the block, which may be another than before"),
		args:    []argument{arg("ptr", explainAddress), arg("size", explainLength)},
		telling: telling{failed: "NULL, and errno is %s. The block stays as it was."},
		causes:  causes{"ENOMEM": {blockTooLong, chunkTooLong, blockRefused}},
		reach:   following((*reacher).reallocs),
		access:  keepsAccount,
		mapping: mapsBlock,
	},
	{
		call: "free", verb: "free", page: "free(3)", what: "Gives back what malloc gave.", ok: said("free returns nothing"),
		args:   []argument{arg("ptr", explainAddress)},
		reach:  following((*reacher).frees),
		access: keepsAccount,
	},
	{
		call: "mallopt", verb: "mallopt", page: "mallopt(3)", what: "Sets how malloc works.", ok: said("1: it is set"),
		args: []argument{arg("param", flagBits("")), arg("value", explainLength)},
		constants: map[string]string{
			"M_MMAP_THRESHOLD": "from this size on a block is an mmap of its own",
		},
		telling: telling{library: true},
		reach:   following((*reacher).setsThreshold),
	},
}

// keepsAccount tells how malloc and its like access memory themselves.
func keepsAccount(failure) (need model.Prot, did string) {
	return model.ProtWrite, "keeps its account in"
}

// mapsBlock returns the mapping that malloc and its like make for a block.
func mapsBlock(f failure) (lang.Mmap, bool) {
	if f.Call != model.CallMmap {
		return lang.Mmap{}, false
	}
	return lang.Mmap{Backing: model.Anon, Prot: model.ProtRead | model.ProtWrite, Size: model.Size{N: f.length(0), Unit: model.Bytes}}, true
}

// nameForBlock reports whether a new block can have a name.
func (r *reacher) nameForBlock(name string) bool {
	if name == string(model.Heap) {
		r.refuse("heap is the region that brk moves the end of: take another name")
		return false
	}
	return r.nameIsFree(name)
}

// mallocs follows malloc as far as the state tells: where it takes a block from hangs on what it keeps account of.
func (r *reacher) mallocs(c lang.Malloc) {
	if !r.nameForBlock(c.Name) {
		return
	}
	n := c.Size.Bytes(r.p.PageSize)
	r.call("malloc", lenOf(n))
	if n > math.MaxInt64 {
		r.fails("ENOMEM", "malloc gives no more than 2^63-1 bytes")
		return
	}
	r.out.Effect = fmt.Sprintf("%s of the heap, or, from mmap_threshold on, of a mapping of its own", model.FormatSize(n))
}

// callocs follows calloc. What it clears hangs on where the block comes from.
func (r *reacher) callocs(c lang.Calloc) {
	if !r.nameForBlock(c.Name) {
		return
	}
	size := c.Size.Bytes(r.p.PageSize)
	r.call("calloc", wordOf(strconv.FormatInt(c.N, 10)), lenOf(size))
	over, bytes := bits.Mul64(uint64(c.N), size)
	if over > 0 || bytes > math.MaxInt64 {
		r.fails("ENOMEM", "calloc sees that the product is more than 2^63-1 bytes")
		return
	}
	r.out.Effect = fmt.Sprintf("%s of the heap, cleared, or, from mmap_threshold on, of a mapping that is zero already", model.FormatSize(bytes))
}

// setsThreshold is mallopt.
func (r *reacher) setsThreshold(c lang.Mallopt) {
	n := c.Threshold.Bytes(r.p.PageSize)
	if n > math.MaxInt32 {
		r.refuse(fmt.Sprintf("mallopt takes an int: at most %d bytes", math.MaxInt32))
		return
	}
	r.call("mallopt", wordOf("M_MMAP_THRESHOLD"), lenOf(n))
	r.out.Effect = fmt.Sprintf("from %s on malloc maps what the heap has no room for", model.FormatSize(n))
}

// ofMalloc returns the region of a block of malloc's, and reaches all of it.
func (r *reacher) ofMalloc(name, call string, also ...model.Arg) *model.Region {
	reg := r.p.Region(name)
	switch {
	case reg == nil:
		r.refuse(r.p.NoRegion(name).Error())
		r.out.Unknown = true
		return nil
	case reg.Malloc == "":
		r.refuse(name + " is not malloc's: munmap gives it back")
		return nil
	}
	r.call(call, append([]model.Arg{addrOf(reg.Start)}, also...)...)
	r.whole(&model.Process{Name: r.p.Name, PageSize: r.p.PageSize, Regions: []*model.Region{reg}})
	return reg
}

// reallocs follows realloc. Whether there is room behind a block of the heap hangs on what malloc keeps account of.
func (r *reacher) reallocs(c lang.Realloc) {
	size := c.Size.Bytes(r.p.PageSize)
	switch reg := r.ofMalloc(c.Name, "realloc", lenOf(size)); {
	case reg == nil:
	case size == 0:
		r.out.Effect = "the block is freed"
	case size > math.MaxInt64:
		r.fails("ENOMEM", "realloc gives no more than 2^63-1 bytes")
	case reg.Malloc == model.FromMmap:
		r.out.Effect = "mremap of the mapping that the block has to itself"
		r.out.Note = "it may move, and nothing is copied"
	default:
		r.out.Effect = "the block stays where it is if there is room, and is copied to another place if there is not"
	}
}

// frees follows what free gives back.
func (r *reacher) frees(c lang.Free) {
	reg := r.ofMalloc(c.Name, "free")
	if reg == nil {
		return
	}
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

// explainCount explains how many elements an array is to have.
func explainCount(asked) (string, []Bit) { return "how many elements the array has", nil }

// explainBreak explains where the break is to be.
func explainBreak(w asked) (string, []Bit) {
	if w.Kind != model.ArgAddr {
		return "asks where the break is, and moves nothing", nil
	}
	return "where the break is to be", nil
}

// brk, malloc, free. brk(2) says ENOMEM of everything that it does not do, by the library's
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

// blockTooLong explains a size that malloc does not even ask for. Glibc refuses more than PTRDIFF_MAX without asking the
// kernel (malloc/malloc.c).
func blockTooLong(f failure) (why, try string) {
	if len(f.Args) == 0 || f.Args[len(f.Args)-1].Value <= math.MaxInt64 {
		return "", ""
	}
	return fmt.Sprintf("%d bytes are more than %s gives anyone, which is 2^63-1: it did not even ask the kernel.", f.Args[len(f.Args)-1].Value, f.Call), "Ask for less."
}

// chunkTooLong explains a size that is in bounds, while the chunk that realloc would copy it to is not: with its header it is
// longer than PTRDIFF_MAX, for which _int_realloc does not ask (malloc/malloc.c).
func chunkTooLong(f failure) (why, try string) {
	const header = 8 // what a chunk has before its bytes and does not share (SIZE_SZ)
	if f.length(0) < math.MaxInt64+1-header+1 {
		return "", ""
	}
	return "With the header of its chunk that is more than realloc gives anyone, which is 2^63-1 bytes: it did not even ask the kernel.", "Ask for less."
}

// arrayTooLong explains a product that calloc does not even ask for, or that does not fit into 64 bits.
func arrayTooLong(f failure) (why, try string) {
	if len(f.Args) < 2 {
		return "", ""
	}
	n, size := f.Args[0].Value, f.Args[1].Value
	switch over, bytes := bits.Mul64(n, size); {
	case over > 0:
		return fmt.Sprintf("%d times %d bytes do not fit into 64 bits. calloc looks at that: malloc(n * size) would have got a block that is far too small.", n, size), "Ask for less."
	case bytes > math.MaxInt64:
		return fmt.Sprintf("%d bytes are more than calloc gives anyone, which is 2^63-1: it did not even ask the kernel.", bytes), "Ask for less."
	}
	return "", ""
}

// blockRefused explains an allocation by the calls that it made. Malloc and its like try brk and mmap, one after the other, and
// give up where both fail. Those calls have been told before it.
func blockRefused(f failure) (why, try string) {
	for _, e := range slices.Backward(f.s.Events) {
		if e.Seq == f.Seq && !e.Aside {
			continue // the call itself
		}
		if !e.Aside || e.Line() != f.Line() || e.Proc != f.Proc {
			break
		}
		if e.Errno == "" {
			continue
		}
		if why, try = Explain(e, f.s); why != "" {
			return fmt.Sprintf("Neither brk nor mmap gave %s the memory. Of %s: %s", f.Call, e.Call, why), try
		}
	}
	return "", ""
}
