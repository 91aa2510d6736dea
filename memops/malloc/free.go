package malloc

import "errors"

// errBreakBelowTop: the program moved the break down into what malloc holds.
var errBreakBelowTop = errors.New("the break was moved below the end of malloc's heap: glibc would end the process here, with SIGABRT (break adjusted to free malloc space)")

// errUneven: the program moved the break to where no page ends, at a moment when malloc
// could not make up for it.
var errUneven = errors.New("the heap does not end where a page ends: glibc would end the process here, with SIGABRT (an assertion of sysmalloc)")

// errNotBlock: nothing that malloc gave begins there.
var errNotBlock = errors.New("glibc would end the process here, with SIGABRT (free(): invalid pointer)")

// errTwice: the block was freed before, and lies in the tcache or in a fastbin.
var errTwice = errors.New("the block is free already: glibc would end the process here, with SIGABRT (double free detected in tcache 2), or, where it does not notice, give it out twice")

// Free takes a block back (__libc_free).
func (a *Arena) Free(m Process, block uint64) error {
	addr := block - headerSize
	if g, ok := a.mapped[addr]; ok {
		return a.unmap(m, addr, g)
	}
	c, ok := a.chunks[addr]
	switch {
	case !ok || c.free || c.size < minChunk:
		return errNotBlock
	case c.cached:
		return errTwice
	}
	if err := m.Check(addr+WordSize, c.head()); err != nil {
		return err
	}
	if err := a.startCache(m); err != nil {
		return err
	}
	return a.release(m, addr)
}

// unmap gives a chunk's own mapping back. A program that frees such a block will soon want
// another, so the next one comes from the heap (malloc/malloc.c, __libc_free).
func (a *Arena) unmap(m Process, addr uint64, g mapping) error {
	head := g.size | isMmapped
	if err := m.Check(addr+WordSize, head); err != nil {
		return err
	}
	if err := checkLead(m, addr, g); err != nil {
		return err
	}
	if !a.fixed && head > a.mmapThreshold && head <= mostThreshold {
		a.mmapThreshold, a.trimThreshold = g.size, 2*g.size
	}
	return a.unmapChunk(m, addr, g)
}

// unmapChunk is munmap_chunk.
func (a *Arena) unmapChunk(m Process, addr uint64, g mapping) error {
	delete(a.mapped, addr)
	return m.Munmap(addr-g.lead, g.length())
}

// release takes a chunk of the heap that is in use (_int_free): into the tcache, a fastbin, or joined with its free
// neighbors.
func (a *Arena) release(m Process, addr uint64) error {
	c := a.chunks[addr]
	if a.caches(c.size) {
		// Where a block in the tcache has its key: glibc looks whether this one is there already.
		if err := m.Read(addr + backward); err != nil {
			return err
		}
		if err := a.checkCounts(m, listOf(c.size)); err != nil {
			return err
		}
		if a.cachePut(m, addr, c.size) {
			return nil
		}
	}
	if err := a.checkNext(m, addr+c.size); err != nil {
		return err
	}
	if c.size <= mostFast {
		a.hasFast = true
		a.push(m, &a.fast[listOf(c.size)], addr, 0)
		return nil
	}
	size, err := a.join(m, addr)
	if err != nil || size < consolidateSize {
		return err
	}
	if a.hasFast {
		if err := a.consolidate(m); err != nil {
			return err
		}
	}
	if a.topSize >= a.trimThreshold {
		_, err = a.trim(m, a.topPad)
	}
	return err
}

// checkNext reads the header behind a chunk, as glibc does before it trusts it.
func (a *Arena) checkNext(m Process, next uint64) error {
	if next == a.top {
		return m.Check(next+WordSize, a.topHead)
	}
	return m.Check(next+WordSize, a.chunks[next].head())
}

// join makes a chunk of the heap free, joined with its free neighbors, and returns how large it is then.
func (a *Arena) join(m Process, addr uint64) (size uint64, err error) {
	c := a.chunks[addr]
	size = c.size
	next := addr + size
	if c.prevFree != 0 {
		if err := a.unlink(m, addr-c.prevFree); err != nil {
			return 0, err
		}
		delete(a.chunks, addr)
		addr -= c.prevFree
		size += c.prevFree
	}
	if next == a.top {
		delete(a.chunks, addr)
		size += a.topSize
		a.setTop(m, addr, size)
		return size, nil
	}
	if n := a.chunks[next]; n.free {
		if err := a.unlink(m, next); err != nil {
			return 0, err
		}
		delete(a.chunks, next)
		size += n.size
	}
	a.set(m, addr, chunk{size: size, free: true})
	a.markAfter(m, addr+size, size)
	a.put(m, addr, size)
	return size, nil
}

// trim gives what top has beyond a pad back to the kernel, in whole pages (systrim), and reports whether the break moved. Of a
// top of just 32 bytes glibc takes 33, and the difference is as large as a number can be: the heap grows by the pad.
func (a *Arena) trim(m Process, pad uint64) (gave bool, err error) {
	area := a.topSize - minChunk - 1
	if a.topSize == 0 || area <= pad {
		return false, nil
	}
	extra := alignDown(area-pad, a.pageSize)
	if extra == 0 {
		return false, nil
	}
	was, err := m.Brk()
	if err != nil || was != a.top+a.topSize {
		return false, err
	}
	if _, _, err = m.Sbrk(-int64(extra)); err != nil {
		return false, err
	}
	now, err := m.Brk()
	if err == nil && now != was {
		a.setTop(m, a.top, a.topSize-(was-now))
	}
	return now != was, err
}
