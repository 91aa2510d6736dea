//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"

	"golang.org/x/sys/unix"

	"incore/memops/malloc"
	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

// malloc is malloc(3).
func (p *process) malloc(c lang.Malloc) (model.Event, error) {
	size := c.Size.Bytes(p.lab.pageSize)
	e := model.Event{Call: "malloc", Args: []model.Arg{strace.Len(size)}}
	return p.allocate(e, c.Name, size, func(a *malloc.Arena, m *heapMemory) (uint64, bool, error) { return a.Malloc(m, size) })
}

// calloc is calloc(3).
func (p *process) calloc(c lang.Calloc) (model.Event, error) {
	n, size := uint64(c.N), c.Size.Bytes(p.lab.pageSize)
	over, bytes := bits.Mul64(n, size)
	if over > 0 {
		bytes = math.MaxUint64
	}
	cleared := uint64(0)
	e := model.Event{Call: "calloc", Args: []model.Arg{strace.Word(n, ""), strace.Len(size)}}
	e, err := p.allocate(e, c.Name, bytes, func(a *malloc.Arena, m *heapMemory) (addr uint64, ok bool, err error) {
		addr, cleared, ok, err = a.Calloc(m, n, size)
		return addr, ok, err
	})
	switch {
	case err != nil || e.Signal != nil:
	case over > 0:
		e.Result = "NULL: the product does not fit into 64 bits"
	case e.Errno == "" && cleared == 0:
		e.Result += "; it is zero as the kernel brings it, and is not touched"
	case e.Errno == "":
		e.Result += fmt.Sprintf("; %s of it were cleared", model.Plural(int64(cleared), "byte"))
	}
	return e, err
}

// alignedAlloc is aligned_alloc(3), which is memalign in glibc 2.36.
func (p *process) alignedAlloc(c lang.AlignedAlloc) (model.Event, error) {
	align, size := c.Align.Bytes(p.lab.pageSize), c.Size.Bytes(p.lab.pageSize)
	e := model.Event{Call: "aligned_alloc", Args: []model.Arg{strace.Len(align), strace.Len(size)}}
	e, err := p.allocate(e, c.Name, size, func(a *malloc.Arena, m *heapMemory) (uint64, bool, error) {
		if align > malloc.MostAlignment {
			return 0, false, nil
		}
		return a.AlignedAlloc(m, align, size)
	})
	switch {
	case err != nil || e.Signal != nil:
	case align > malloc.MostAlignment:
		e.Errno, e.ErrText = strace.Errno(unix.EINVAL)
		e.Result = "NULL: no power of two that is not less fits into 64 bits"
	case e.Errno != "" && size <= malloc.MostRequest && size+align > malloc.MostRequest:
		e.Result = "NULL: with the room to align it, it is more than PTRDIFF_MAX bytes, which is not even asked for"
	case e.Errno == "" && align > malloc.ChunkAlign && align&(align-1) != 0:
		e.Result += fmt.Sprintf("; %d is no power of two, and the next one was taken", align)
	}
	return e, err
}

// allocate runs the allocator for a new block of size bytes: its calls are asides, its stores are
// the subject's, and what both cost is told as that of e's call.
func (p *process) allocate(
	e model.Event, name string, size uint64, take func(*malloc.Arena, *heapMemory) (addr uint64, ok bool, err error),
) (model.Event, error) {
	if err := p.nameIsFree(name); err != nil {
		return model.Event{}, err
	}
	if name == heapName {
		return model.Event{}, fmt.Errorf("%s is the name of the region that brk moves the end of: take another", heapName)
	}
	// What malloc writes itself, its headers and what a chunk is split into, lies on a few pages.
	if err := p.affordNew(e.Call, 4*p.lab.pageSize); err != nil {
		return model.Event{}, err
	}
	m, a := &heapMemory{in: p, e: &e}, p.arena()
	threshold, _ := a.Thresholds()
	addr, ok, err := take(a, m)
	signalled, err := m.end(err)
	switch {
	case signalled || err != nil:
		return e, err
	case !ok:
		noBlock(&e, size)
		return e, nil
	}
	e.Result = p.placed(&e, name, addr, size)
	if _, _, own := a.MappingOf(addr); own {
		e.Result += fmt.Sprintf(" of its own, since the chunk is not under the threshold of %s", model.FormatBytes(int64(threshold)))
	}
	return e, nil
}

// noBlock is what an allocator says that has no memory for size bytes.
func noBlock(e *model.Event, size uint64) {
	e.Errno, e.ErrText = strace.Errno(unix.ENOMEM)
	e.Result = "NULL: neither brk nor mmap gave the memory"
	if size > malloc.MostRequest {
		e.Result = "NULL: more than PTRDIFF_MAX bytes, which " + e.Call + " does not even ask for"
	}
}

// placed tells in a call's event where a block lies, and returns what it was made of.
func (p *process) placed(e *model.Event, name string, addr, size uint64) string {
	h, a := &p.heap, p.arena()
	if h.blocks == nil {
		h.blocks = map[string]uint64{}
	}
	h.blocks[name] = addr
	e.Ret, e.RetHex = int64(addr), true
	ps := uint64(p.lab.pageSize)
	info := model.RegionInfo{
		Name: name, Base: addr &^ (ps - 1), Backing: model.Heap, Malloc: model.FromBrk, Start: addr, Size: size,
	}
	info.Len = p.lab.roundUp(addr+max(size, 1), 0) - info.Base
	e.Mapped = &info
	switch _, length, own := a.MappingOf(addr); {
	case own:
		info.Malloc, info.Backing = model.FromMmap, model.Anon
		return "mmap: " + model.FormatBytes(int64(length))
	case !h.holds(addr):
		info.Malloc, info.Backing = model.FromMmap, model.Anon
		return "mmap: a chunk in a mapping that stands in for brk"
	}
	return fmt.Sprintf("brk: a chunk of %d bytes in the heap", a.ChunkOf(addr))
}

// holds reports whether an address lies in what brk has mapped.
func (h *heap) holds(addr uint64) bool { return h.start <= addr && addr < h.end }

// arena is the process's.
func (p *process) arena() *malloc.Arena {
	h := &p.heap
	if h.arena == nil {
		h.arena = malloc.New(p.lab.pageSize)
	}
	return h.arena
}

// realloc is realloc(3). Of a block whose header was overwritten see free.
func (p *process) realloc(c lang.Realloc) (model.Event, error) {
	size := c.Size.Bytes(p.lab.pageSize)
	was, err := p.blockOf(c.Name)
	if err != nil {
		return model.Event{}, err
	}
	e := model.Event{Call: "realloc", Args: []model.Arg{strace.Addr(was), strace.Len(size)}}
	if size == 0 {
		e, err := p.freed(e, c.Name, was)
		if err == nil && e.Signal == nil {
			e.Result = "NULL, since 0 bytes free the block; " + e.Result
		}
		return e, err
	}
	m, a := &heapMemory{in: p, e: &e, freeing: c.Name}, p.arena()
	_, _, remapped := a.MappingOf(was)
	to, ok, err := a.Realloc(m, was, size)
	signalled, err := m.end(err)
	switch {
	case signalled || err != nil:
		return e, err
	case !ok:
		noBlock(&e, size)
		e.Result += "; the block is as it was"
		return e, nil
	}
	if to != was {
		p.holes.Forget(c.Name) // where it was, and the munmap that took that away, are of it no more
	}
	of := p.placed(&e, c.Name, to, size)
	switch {
	case m.copied > 0:
		e.Result = fmt.Sprintf("moved, %s were copied; %s", model.Plural(int64(m.copied), "byte"), of)
	case to == was:
		e.Result = "in its place; " + of
	case remapped:
		e.Result = "moved by mremap, and no byte was copied; " + of
	}
	return e, nil
}

// free gives back what malloc gave, at the address that it gave it at. A block whose
// header was overwritten, or taken away, is answered as glibc's reading of it would be:
// with the signal, or, where glibc would abort, by refusing.
func (p *process) free(c lang.Free) (model.Event, error) {
	addr, err := p.blockOf(c.Name)
	if err != nil {
		return model.Event{}, err
	}
	return p.freed(model.Event{Call: "free", Args: []model.Arg{strace.Addr(addr)}}, c.Name, addr)
}

// freed is free of a block at an address, as the call that e is of.
func (p *process) freed(e model.Event, name string, addr uint64) (model.Event, error) {
	h := &p.heap
	m, a := &heapMemory{in: p, e: &e, freeing: name}, p.arena()
	threshold, _ := a.Thresholds()
	end := h.end
	base, length, own := a.MappingOf(addr)
	if signalled, err := m.end(a.Free(m, addr)); signalled || err != nil {
		return e, err
	}
	delete(h.blocks, name)
	e.Gone = []string{name}
	switch {
	case m.kept:
		e.Gone = nil
		e.Mapped = &model.RegionInfo{Name: name, Base: base, Len: length, Backing: model.Anon}
		e.Result = "munmap failed, which free does not look at: the mapping stays, and is nobody's"
	case own:
		e.Result = "munmap"
	case h.end < end:
		e.Result = "the top of the heap went back: brk"
	default:
		e.Result = "kept for the next malloc"
		if list := a.ListOf(addr); list != "" {
			e.Result += " of its size, in " + list
		}
	}
	if now, trim := a.Thresholds(); now != threshold {
		e.Result += fmt.Sprintf("; mmap_threshold is %s now, and the heap gives back what is over %s at its top",
			model.FormatBytes(int64(now)), model.FormatBytes(int64(trim)))
	}
	return e, nil
}

// blockOf returns the address of a block that malloc gave.
func (p *process) blockOf(name string) (uint64, error) {
	r := p.here().Region(name)
	addr, ok := p.heap.blocks[name]
	switch {
	case r == nil:
		if g := p.here().GoneRegion(name); g != nil && g.FreedTwice() != "" {
			return 0, errors.New(g.FreedTwice())
		}
		return 0, p.here().NoRegion(name)
	case r.Malloc == "" || !ok:
		return 0, fmt.Errorf("%s is not malloc's: munmap gives it back", name)
	}
	return addr, nil
}

// mallocTrim is malloc_trim(3).
func (p *process) mallocTrim(c lang.MallocTrim) (model.Event, error) {
	pad := c.Pad.Bytes(p.lab.pageSize)
	e := model.Event{Call: "malloc_trim", Args: []model.Arg{strace.Len(pad)}}
	m, end := &heapMemory{in: p, e: &e}, p.heap.end
	gave, err := p.arena().Trim(m, pad)
	if signalled, err := m.end(err); signalled || err != nil {
		return e, err
	}
	if gave {
		e.Ret = 1
	}
	var said []string
	if m.discarded > 0 {
		said = append(said, "madvise gave "+model.FormatBytes(int64(m.discarded))+" of free chunks back")
	}
	if m.undiscarded > 0 {
		said = append(said, "madvise failed for "+model.FormatBytes(int64(m.undiscarded))+", which malloc_trim does not look at")
	}
	switch {
	case p.heap.end < end:
		said = append(said, "brk gave "+model.FormatBytes(int64(end-p.heap.end))+" of the top back")
	case p.heap.end > end:
		said = append(said, "top was 32 bytes, of which glibc takes 33 off: the heap grew")
	}
	if e.Result = strings.Join(said, "; "); e.Result == "" {
		e.Result = "nothing to give back: no whole page is free, and the top is not over its pad"
	}
	return e, nil
}

// malloptOptions are the options of mallopt by their names, and what setting one means besides.
var malloptOptions = map[lang.MalloptOption]struct {
	number malloc.Option
	means  string
}{
	"mmap_threshold": {malloc.MmapThreshold, ""},
	"trim_threshold": {malloc.TrimThreshold, "free looks at it when 64K or more are free in one piece"},
	"top_pad":        {malloc.TopPad, "it is asked for in addition when the heap grows, and kept when it is trimmed"},
	lang.MmapMax:     {malloc.MmapMax, "more blocks than that come from the heap, whatever their size"},
}

// mallopt is mallopt(3), whose value is an int. glibc 2.36 refuses no value of these options.
func (p *process) mallopt(c lang.Mallopt) (model.Event, error) {
	n := c.Number(p.lab.pageSize)
	value := strace.Len(n)
	if c.Never {
		value = strace.Word(n, "-1")
	} else if n > math.MaxInt32 {
		return model.Event{}, fmt.Errorf("mallopt takes an int: at most %d", math.MaxInt32)
	}
	o := malloptOptions[c.Option]
	e := model.Event{Call: "mallopt", Args: []model.Arg{
		strace.Word(uint64(o.number), "M_"+strings.ToUpper(string(c.Option))), value,
	}}
	m := &heapMemory{in: p, e: &e}
	if signalled, err := m.end(p.arena().Mallopt(m, o.number, n)); signalled || err != nil {
		return e, err
	}
	if c.Never {
		o.means = "no size is so large: free gives nothing of the top back"
	}
	e.Ret, e.Result = 1, "no threshold grows by itself any more"
	if o.means != "" {
		e.Result = o.means + "; " + e.Result
	}
	return e, nil
}
