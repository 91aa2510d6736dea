package calls

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// mallocFamily is malloc and its like, of the C library: of system calls they make brk and mmap.
var mallocFamily = []dossier{
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
		call: "aligned_alloc", verb: "aligned_alloc", page: "posix_memalign(3)", what: "Allocates memory at a multiple of an alignment.",
		ok:      value("the address of the block"),
		args:    []argument{arg("alignment", explainAlignment), arg("size", explainLength)},
		telling: telling{failed: "NULL, and errno is %s."},
		causes:  causes{"EINVAL": {noAlignment}, "ENOMEM": {blockTooLong, alignedTooLong, blockRefused}},
		reach:   following((*reacher).alignedAllocs),
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
		call: "malloc_trim", verb: "malloc_trim", page: "malloc_trim(3)", what: "Gives memory that is free in the heap back to the kernel.",
		ok:     said("1 where it gave back anything, else 0"),
		args:   []argument{arg("pad", explainLength)},
		reach:  following((*reacher).trims),
		access: keepsAccount,
	},
	{
		call: "mallopt", verb: "mallopt", page: "mallopt(3)", what: "Sets how malloc works.", ok: said("1: it is set"),
		args: []argument{arg("param", explainConstant), arg("value", explainOptionValue)},
		constants: map[string]string{
			"M_MMAP_THRESHOLD": "from this size on a block is an mmap of its own, where the heap has no room for it",
			"M_TRIM_THRESHOLD": "from this size on free gives the end of the heap back",
			"M_TOP_PAD":        "so much more is asked for when the heap grows, and kept at its end when it is trimmed",
			"M_MMAP_MAX":       "so many blocks at most have an mmap of their own",
		},
		telling: telling{library: true},
		reach:   following((*reacher).setsOption),
		access:  keepsAccount,
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
	if r.overDataLimit(n) {
		return
	}
	r.out.Effect = fmt.Sprintf("%s of the heap, or, from mmap_threshold on, of a mapping of its own", model.FormatSize(n))
}

// overDataLimit says that neither brk nor mmap can get malloc the memory for n bytes, and reports whether a limit of the process is so
// low. What malloc has free is of VmData, and may be all of that.
func (r *reacher) overDataLimit(n uint64) bool {
	held := uint64(max(0, r.p.Stat.VmData))
	if n <= held {
		return false
	}
	why, _ := r.processLimit(r.up(n-held), true)
	if why == "" {
		return false
	}
	of, limit := lang.LimitData, r.p.Limits.Data
	if r.over(r.p.Limits.Space, r.p.Stat.VmSize, r.up(n-held)) > 0 {
		of, limit = lang.LimitAS, r.p.Limits.Space
	}
	r.fails("ENOMEM", "neither brk nor an mmap gets %s: %s is %s", model.FormatSize(n), of.Constant(), model.FormatLimit(limit))
	return true
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
	if r.overDataLimit(bytes) {
		return
	}
	r.out.Effect = fmt.Sprintf("%s of the heap, cleared, or, from mmap_threshold on, of a mapping that is zero already", model.FormatSize(bytes))
}

// alignedAllocs follows aligned_alloc. Where the block lies in what malloc takes for it hangs on its account.
func (r *reacher) alignedAllocs(c lang.AlignedAlloc) {
	if !r.nameForBlock(c.Name) {
		return
	}
	align, n := c.Align.Bytes(r.p.PageSize), c.Size.Bytes(r.p.PageSize)
	r.call("aligned_alloc", lenOf(align), lenOf(n))
	switch {
	case align > mostAlignment:
		r.fails("EINVAL", "no power of two in 64 bits is as large as the alignment")
	case n > math.MaxInt64 || tooLongAligned(align, n):
		r.fails("ENOMEM", "aligned_alloc gives no more than 2^63-1 bytes, with the room to align them")
	case r.overDataLimit(n):
	default:
		r.out.Effect = fmt.Sprintf("%s at a multiple of %s, of the heap or of a mapping of its own", model.FormatSize(n), model.FormatSize(align))
		r.out.Note = "malloc takes so much more that an aligned block lies in it, and frees the rest"
	}
}

// mostAlignment is the largest power of two in 64 bits: glibc makes one of every alignment (malloc/malloc.c, _mid_memalign).
const mostAlignment = 1 << 63

// tooLongAligned reports whether glibc has no number for what it would take for an aligned block, which is so much more that
// both fit in and a chunk before it (_int_memalign). Of a small alignment it makes nothing.
func tooLongAligned(align, size uint64) bool {
	const least, most = 16, math.MaxInt64
	return align > least && size <= most && (align > most || size > most-align-48)
}

// trims follows malloc_trim. Which pages it gives back hangs on malloc's account.
func (r *reacher) trims(c lang.MallocTrim) {
	pad := c.Pad.Bytes(r.p.PageSize)
	r.call("malloc_trim", lenOf(pad))
	r.out.Effect = fmt.Sprintf("madvise gives back whole pages inside free chunks, and brk the end of the heap but for %s", model.FormatSize(pad))
	r.out.Note = "what waits in the tcache stays"
}

// setsOption is mallopt. It empties the fastbins first, and so can reach free chunks.
func (r *reacher) setsOption(c lang.Mallopt) {
	n := c.Number(r.p.PageSize)
	if n > math.MaxInt32 && !c.Never {
		r.refuse(fmt.Sprintf("mallopt takes an int: at most %d", math.MaxInt32))
		return
	}
	value := lenOf(n)
	if c.Never {
		value = wordOf("-1")
	}
	r.call("mallopt", wordOf("M_"+strings.ToUpper(string(c.Option))), value)
	size := model.FormatSize(n)
	r.out.Effect = map[lang.MalloptOption]string{
		"mmap_threshold": "from " + size + " on malloc maps what the heap has no room for",
		"trim_threshold": "from " + size + " at the end of the heap on, free gives it back",
		"top_pad":        "the heap grows by " + size + " more than is asked for, and keeps as much at its end",
		lang.MmapMax:     fmt.Sprintf("malloc maps %s of their own at most", model.Plural(int64(n), "block")),
	}[c.Option]
	if c.Never {
		r.out.Effect = "free gives nothing of the heap's end back"
	}
}

// explainOptionValue explains the value of an option of mallopt: a size, or how many mappings there may be.
func explainOptionValue(a asked) (string, []Bit) {
	if a.event.Args[0].Text == "M_MMAP_MAX" {
		return "how many blocks may have a mapping of their own", nil
	}
	if c, ok := lang.Inner(a.event.Command).(lang.Mallopt); ok && c.Never {
		return "never: no size is so large", nil
	}
	return explainLength(a)
}

// ofMalloc returns the region of a block of malloc's, and reaches all of it.
func (r *reacher) ofMalloc(name, call string, also ...model.Arg) *model.Region {
	reg := r.p.Region(name)
	switch {
	case reg == nil:
		why := r.p.NoRegion(name).Error()
		if g := r.p.GoneRegion(name); g != nil {
			why = cmp.Or(g.FreedTwice(), why)
		}
		r.refuse(why)
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
	case size > math.MaxInt64 && !headerReadable(reg.Pages.At(0)):
		r.out.Effect = "the header of the block is read first, and may not be"
	case size > math.MaxInt64:
		r.fails("ENOMEM", "realloc gives no more than 2^63-1 bytes")
	case reg.Malloc == model.FromMmap:
		r.out.Effect = "mremap of the mapping that the block has to itself"
		r.out.Note = "it may move, and nothing is copied"
	default:
		r.out.Effect = "the block stays where it is if there is room, and is copied to another place if there is not"
	}
}

// headerReadable reports whether the page with the header of a chunk can be read. glibc reads it before it looks at the size that is
// asked for (malloc/malloc.c, __libc_realloc).
func headerReadable(p model.Page) bool {
	return p.Has(model.InVMA) && !p.Has(model.Guard) && p.Prot&model.ProtRead != 0
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

// explainCount explains how many elements an array is to have.
func explainCount(asked) (string, []Bit) { return "how many elements the array has", nil }

// explainAlignment explains what a block is to lie at a multiple of.
func explainAlignment(a asked) (string, []Bit) {
	if n := a.Value; n > 0 && n&(n-1) != 0 {
		return "the address is to be a multiple of it; it is no power of two, and glibc up to 2.37 takes the next one (from 2.38 on: EINVAL)", nil
	}
	return "the address is to be a multiple of it, a power of two", nil
}

// noAlignment explains an alignment that no power of two reaches.
func noAlignment(f failure) (why, try string) {
	if f.length(0) <= mostAlignment {
		return "", ""
	}
	return fmt.Sprintf("An alignment is a power of two, and none in 64 bits is as large as %d.", f.length(0)), "Ask for a smaller alignment: 4K is a page, 2M a huge page."
}

// alignedTooLong explains a size that is in bounds, while what aligned_alloc would take to find an aligned block in is not.
func alignedTooLong(f failure) (why, try string) {
	if len(f.Args) < 2 || !tooLongAligned(f.Args[0].Value, f.Args[1].Value) {
		return "", ""
	}
	return fmt.Sprintf("aligned_alloc takes %d bytes more to find an aligned place in them, and all that is more than glibc gives anyone, "+
		"which is 2^63-1 bytes: it did not even ask the kernel.", f.Args[0].Value), "Ask for a smaller alignment."
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
