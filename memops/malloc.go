//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"math"

	"golang.org/x/sys/unix"

	"incore/memops/malloc"
	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

// mMmapThreshold is M_MMAP_THRESHOLD (malloc.h).
const mMmapThreshold = -3

// malloc runs the allocator: its calls are asides, its stores are the
// subject's, and what both cost is told as malloc's.
func (p *process) malloc(c lang.Malloc) (model.Event, error) {
	if err := p.nameIsFree(c.Name); err != nil {
		return model.Event{}, err
	}
	if c.Name == heapName {
		return model.Event{}, fmt.Errorf("%s is the name of the region that brk moves the end of: take another", heapName)
	}
	// What malloc writes itself, its headers and what a chunk is split into, lies on a few pages.
	if err := p.affordNew("malloc", 4*p.lab.pageSize); err != nil {
		return model.Event{}, err
	}
	h, size := &p.heap, c.Size.Bytes(p.lab.pageSize)
	e := model.Event{Call: "malloc", Args: []model.Arg{strace.Len(size)}}
	m, a := &heapMemory{in: p, e: &e}, p.arena()
	threshold, _ := a.Thresholds()
	addr, ok, err := a.Malloc(m, size)
	if err == nil {
		err = m.flush()
	}
	switch {
	case errors.Is(err, errSignalled):
		return e, nil
	case err != nil:
		return e, err
	case !ok:
		e.Errno, e.ErrText = strace.Errno(unix.ENOMEM)
		e.Result = "NULL: neither brk nor mmap gave the memory"
		if size > malloc.MostRequest {
			e.Result = "NULL: more than PTRDIFF_MAX bytes, which malloc does not even ask for"
		}
		return e, nil
	}
	if h.blocks == nil {
		h.blocks = map[string]uint64{}
	}
	h.blocks[c.Name] = addr
	e.Ret, e.RetHex = int64(addr), true
	ps := uint64(p.lab.pageSize)
	info := model.RegionInfo{
		Name: c.Name, Base: addr &^ (ps - 1), Backing: model.Heap, Malloc: model.FromBrk, Start: addr, Size: size,
	}
	info.Len = p.lab.roundUp(addr+max(size, 1), 0) - info.Base
	e.Mapped = &info
	e.Result = fmt.Sprintf("brk: a chunk of %d bytes in the heap", a.ChunkOf(addr))
	switch _, length, own := a.MappingOf(addr); {
	case own:
		info.Malloc, info.Backing = model.FromMmap, model.Anon
		e.Result = fmt.Sprintf("mmap: %s of its own, since the chunk is not under the threshold of %s",
			model.FormatBytes(int64(length)), model.FormatBytes(int64(threshold)))
	case !h.holds(addr):
		info.Malloc, info.Backing = model.FromMmap, model.Anon
		e.Result = "mmap: a chunk in a mapping that stands in for brk"
	}
	return e, nil
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

// free gives back what malloc gave, at the address that it gave it at. A block whose
// header was overwritten, or taken away, is answered as glibc's reading of it would be:
// with the signal, or, where glibc would abort, by refusing.
func (p *process) free(c lang.Free) (model.Event, error) {
	r := p.here().Region(c.Name)
	h := &p.heap
	addr, ok := h.blocks[c.Name]
	switch {
	case r == nil:
		return model.Event{}, fmt.Errorf("%s: %w", c.Name, model.ErrNoRegion)
	case r.Malloc == "" || !ok:
		return model.Event{}, fmt.Errorf("%s is not malloc's: munmap gives it back", c.Name)
	}
	e := model.Event{Call: "free", Args: []model.Arg{strace.Addr(addr)}}
	m, a := &heapMemory{in: p, e: &e, freeing: c.Name}, p.arena()
	threshold, _ := a.Thresholds()
	end := h.end
	base, length, own := a.MappingOf(addr)
	err := a.Free(m, addr)
	if err == nil {
		err = m.flush()
	}
	if errors.Is(err, errSignalled) {
		return e, nil
	} else if err != nil {
		return e, err
	}
	delete(h.blocks, c.Name)
	e.Gone = []string{c.Name}
	switch {
	case m.kept:
		e.Gone = nil
		e.Mapped = &model.RegionInfo{Name: c.Name, Base: base, Len: length, Backing: model.Anon}
		e.Result = "munmap failed, which free does not look at: the mapping stays, and is nobody's"
	case own:
		e.Result = "munmap"
	case h.end < end:
		e.Result = "the top of the heap went back: brk"
	default:
		e.Result = "kept for the next malloc"
	}
	if now, trim := a.Thresholds(); now != threshold {
		e.Result += fmt.Sprintf("; mmap_threshold is %s now, and the heap gives back what is over %s at its top",
			model.FormatBytes(int64(now)), model.FormatBytes(int64(trim)))
	}
	return e, nil
}

// mallopt sets M_MMAP_THRESHOLD (mallopt(3)), whose value is an int.
func (p *process) mallopt(c lang.Mallopt) (model.Event, error) {
	n := c.Threshold.Bytes(p.lab.pageSize)
	if n > math.MaxInt32 {
		return model.Event{}, fmt.Errorf("mallopt takes an int: at most %d bytes", math.MaxInt32)
	}
	p.arena().FixThreshold(n)
	option := int64(mMmapThreshold)
	return model.Event{
		Call: "mallopt", Args: []model.Arg{strace.Word(uint64(option), "M_MMAP_THRESHOLD"), strace.Len(n)}, Ret: 1,
		Result: "and it does not grow by itself any more",
	}, nil
}
