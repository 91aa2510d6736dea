package malloc

import "errors"

// errBreakBelowTop: the program moved the break down into what malloc holds.
var errBreakBelowTop = errors.New("the break was moved below the end of malloc's heap: glibc would end the process here, with SIGABRT (break adjusted to free malloc space)")

// errUneven: the program moved the break to where no page ends, at a moment when malloc
// could not make up for it.
var errUneven = errors.New("the heap does not end where a page ends: glibc would end the process here, with SIGABRT (an assertion of sysmalloc)")

// errNotBlock: nothing that malloc gave begins there.
var errNotBlock = errors.New("glibc would end the process here, with SIGABRT (free(): invalid pointer)")

// Free takes a block back.
func (a *Arena) Free(m Process, block uint64) error {
	addr := block - headerSize
	if size, ok := a.mapped[addr]; ok {
		return a.unmap(m, addr, size)
	}
	c, ok := a.chunks[addr]
	if !ok || c.free || c.size < minChunk {
		return errNotBlock
	}
	if err := m.Check(addr+WordSize, c.head()); err != nil {
		return err
	}
	return a.release(m, addr)
}

// unmap gives a chunk's own mapping back. A program that frees such a block will soon want
// another, so the next one comes from the heap (malloc/malloc.c, __libc_free).
func (a *Arena) unmap(m Process, addr, size uint64) error {
	head := size | isMmapped
	if err := m.Check(addr+WordSize, head); err != nil {
		return err
	}
	if !a.fixed && head > a.mmapThreshold && head <= mostThreshold {
		a.mmapThreshold, a.trimThreshold = size, 2*size
	}
	delete(a.mapped, addr)
	return m.Munmap(addr, size)
}

// release makes a chunk of the heap free, joined with its free neighbors (_int_free).
func (a *Arena) release(m Process, addr uint64) error {
	c := a.chunks[addr]
	size := c.size
	next := addr + size
	if c.prevFree != 0 {
		delete(a.chunks, addr)
		addr -= c.prevFree
		size += c.prevFree
		a.unlink(addr)
	}
	if next == a.top {
		delete(a.chunks, addr)
		size += a.topSize
		a.setTop(m, addr, size)
	} else {
		if n := a.chunks[next]; n.free {
			a.unlink(next)
			delete(a.chunks, next)
			size += n.size
		}
		a.set(m, addr, chunk{size: size, free: true})
		a.markAfter(m, addr+size, size)
		a.bins[unsorted] = append(a.bins[unsorted], addr)
	}
	if size >= trimConsiderSize && a.topSize >= a.trimThreshold {
		return a.trim(m)
	}
	return nil
}

// trim gives what top has beyond its pad back to the kernel, in whole pages (systrim).
func (a *Arena) trim(m Process) error {
	area := a.topSize - minChunk - 1
	if area <= topPad {
		return nil
	}
	extra := alignDown(area-topPad, a.pageSize)
	was, err := m.Brk()
	if err != nil || extra == 0 || was != a.top+a.topSize {
		return err
	}
	if _, _, err = m.Sbrk(-int64(extra)); err != nil {
		return err
	}
	now, err := m.Brk()
	if err == nil && now != was {
		a.setTop(m, a.top, a.topSize-(was-now))
	}
	return err
}

// FixThreshold sets the mmap threshold, in bytes, and keeps it and the trim threshold where they are
// from then on (mallopt(3), M_MMAP_THRESHOLD).
func (a *Arena) FixThreshold(threshold uint64) { a.mmapThreshold, a.fixed = threshold, true }
