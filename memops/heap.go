//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sys/unix"

	"incore/memops/malloc"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// heapVerbs are those of the heap and of the allocator on it.
var heapVerbs = family{
	verbOf((*process).brk),
	verbOf((*process).malloc),
	verbOf((*process).calloc),
	verbOf((*process).alignedAlloc),
	verbOf((*process).realloc),
	verbOf((*process).free),
	verbOf((*process).mallocTrim),
	verbOf((*process).mallopt),
}

// heapName is the region of what brk maps.
const heapName = "heap"

// heap is what a process knows of its heap, as its C library would: where the break is,
// and what malloc keeps account of. The subject has no library, so incore does.
type heap struct {
	asked bool   // where the break is
	start uint64 // the break before the first brk, bytes
	end   uint64 // the break now, bytes; it need not lie where a page ends
	first uint64 // the page that the region begins with, bytes

	arena  *malloc.Arena     // nil before the first malloc
	blocks map[string]uint64 // what malloc gave, by region
	// jumped says that a signal ended malloc or free at a store. What lies in memory then
	// need not be what the arena says, as in a program that jumps out of its handler.
	jumped bool
}

// ownEnd is where the subject's own memory ends. The kernel puts the first break behind the
// program; at random, or, where addresses are not randomized (personality(2),
// vm.randomize_va_space), right behind its last page.
func (h *heap) ownEnd() uint64 {
	if h.asked {
		return min(h.start, subject.OwnEnd)
	}
	return subject.OwnEnd
}

// forked is the heap of a child, which has a copy of the memory, and so of malloc's account.
// After an exec there is a new one, with nothing in it.
func (h heap) forked() heap {
	if h.arena != nil {
		h.arena = h.arena.Clone()
	}
	h.blocks = maps.Clone(h.blocks)
	return h
}

// brk moves the end of the heap: brk(2) as the library's wrapper tells of it. The call
// itself returns the break as it is afterwards, and where that is not the one asked for, it
// failed (man-pages, brk(2), "C library/kernel differences").
func (p *process) brk(c lang.Brk) (model.Event, error) {
	if err := p.findBreak(); err != nil {
		return model.Event{}, err
	}
	n := c.Size.Bytes(p.lab.pageSize)
	to := p.heap.end + n
	if c.Down {
		to = p.heap.end - n
	} else if err := p.affordGrowth("brk", int64(min(n, most))); err != nil {
		return model.Event{}, err
	}
	return p.moveBreak(to)
}

// findBreak asks once where the break is, and refuses where the name of the heap is taken.
func (p *process) findBreak() error {
	if r := p.here().Region(heapName); r != nil && r.Backing != model.Heap {
		return fmt.Errorf("there is a region %s already, which is not what brk moves the end of: munmap it first", heapName)
	}
	h := &p.heap
	if h.asked {
		return nil
	}
	e, err := p.syscall("brk", unix.SYS_BRK, strace.Word(0, "NULL"))
	if err != nil {
		return err
	}
	e.RetHex = true
	h.asked, h.start, h.end = true, uint64(e.Ret), uint64(e.Ret)
	p.aside(e)
	return nil
}

// moveBreak makes the call.
func (p *process) moveBreak(to uint64) (model.Event, error) {
	here := p.here()
	e, err := p.syscall("brk", unix.SYS_BRK, strace.Addr(to))
	if err != nil {
		return e, err
	}
	if got := uint64(e.Ret); got != to {
		e.Ret = -1
		e.Errno, e.ErrText = strace.Errno(unix.ENOMEM)
		e.Result = fmt.Sprintf("the kernel left the break where it was, at %#x", got)
		return e, nil
	}
	e.RetHex = true
	p.follow(&e, here, to)
	return e, nil
}

// follow tells in a successful brk's event what it means for the regions. The kernel maps
// whole pages: those from the first break, rounded up, to the break, rounded up (mm/mmap.c).
func (p *process) follow(e *model.Event, here *model.Process, to uint64) {
	h := &p.heap
	was, now := p.lab.roundUp(h.end, 0), p.lab.roundUp(to, 0)
	h.end = to
	if now < was {
		// Whatever lies there by now: blocks of malloc, and regions that fill a hole.
		e.Gone = p.unmapped(here, model.Span{Addr: now, Len: was - now}, "")
	}
	region := here.Region(heapName)
	if region == nil {
		h.first = was // the heap was empty, or what it had was unmapped otherwise
	}
	if now > was || now < was && region != nil && !slices.Contains(e.Gone, heapName) {
		e.Mapped = &model.RegionInfo{Name: heapName, Base: h.first, Len: now - h.first, Backing: model.Heap}
	}
}

// asideOfHeap tells of a call that malloc or free makes, and of what it changed.
func (p *process) asideOfHeap(e model.Event) {
	if e.Mapped != nil {
		p.holes.Begin(e.Mapped.Name, e.Mapped.Len, p.lab.pageSize)
	}
	for _, name := range e.Gone {
		p.holes.Forget(name)
	}
	p.aside(e)
}
