package malloc

import "math/bits"

// Realloc makes the block larger or smaller, in its place where that can be, and returns where it
// is then (__libc_realloc, _int_realloc). A size of 0 frees it: addr is 0. ok is false where there
// is no memory for it: NULL and ENOMEM, and the block stays.
func (a *Arena) Realloc(m Process, block, size uint64) (addr uint64, ok bool, err error) {
	if size == 0 {
		return 0, true, a.Free(m, block)
	}
	at, need := block-headerSize, chunkSize(min(size, MostRequest))
	if g, own := a.mapped[at]; own {
		if err := m.Check(at+WordSize, g.size|isMmapped); err != nil || size > MostRequest {
			return 0, false, err
		}
		return a.reallocMapping(m, at, g, need)
	}
	c, found := a.chunks[at]
	switch {
	case !found || c.free || c.size < minChunk:
		return 0, false, errNotBlock
	case c.cached:
		return 0, false, errTwice
	}
	// The size that the block has is read before the one that is asked for is looked at.
	if err := m.Check(at+WordSize, c.head()); err != nil || size > MostRequest {
		return 0, false, err
	}
	if err := a.startCache(m); err != nil {
		return 0, false, err
	}
	return a.reallocChunk(m, at, need)
}

// reallocMapping is Realloc of a chunk that has a mapping of its own: mremap, and where that fails
// a new block, which is copied to.
func (a *Arena) reallocMapping(m Process, at uint64, g mapping, need uint64) (addr uint64, ok bool, err error) {
	if err := checkLead(m, at, g); err != nil {
		return 0, false, err
	}
	want := alignUp(need+g.lead+WordSize, a.pageSize)
	if want == g.length() {
		return at + headerSize, true, nil
	}
	to, ok, err := m.Mremap(at-g.lead, g.length(), want)
	if err != nil {
		return 0, false, err
	}
	if ok {
		delete(a.mapped, at)
		to += g.lead
		a.mapped[to] = mapping{lead: g.lead, size: want - g.lead}
		m.Store(to+WordSize, (want-g.lead)|isMmapped)
		return to + headerSize, true, nil
	}
	if g.size-WordSize >= need {
		return at + headerSize, true, nil // smaller would do, and need not be
	}
	if err := m.Room(g.size - headerSize); err != nil {
		return 0, false, err
	}
	if addr, ok, err = a.Malloc(m, need-WordSize); !ok || err != nil {
		return 0, false, err
	}
	if err := m.Copy(addr, at+headerSize, g.size-headerSize); err != nil {
		return 0, false, err
	}
	return addr, true, a.unmapChunk(m, at, g)
}

// reallocChunk is Realloc of a chunk of the heap (_int_realloc): it takes from top or from the free
// chunk behind it, and where neither is enough it is copied to a new one.
func (a *Arena) reallocChunk(m Process, at, need uint64) (addr uint64, ok bool, err error) {
	c := a.chunks[at]
	next, size := at+c.size, c.size
	if err := a.checkNext(m, next); err != nil {
		return 0, false, err
	}
	behind := a.chunks[next]
	switch {
	case size >= need:
	case next == a.top && size+a.topSize >= need+minChunk:
		left := size + a.topSize - need
		a.set(m, at, chunk{size: need, prevFree: c.prevFree})
		a.setTop(m, at+need, left)
		return at + headerSize, true, nil
	case next != a.top && behind.free && size+behind.size >= need:
		if err := a.unlink(m, next); err != nil {
			return 0, false, err
		}
		delete(a.chunks, next)
		size += behind.size
	default:
		if err := m.Room(size - WordSize); err != nil {
			return 0, false, err
		}
		// Not malloc is asked, so not the tcache.
		if need > MostRequest {
			return 0, false, nil
		}
		to, ok, err := a.take(m, need)
		if !ok || err != nil {
			return 0, false, err
		}
		if to != next {
			if err := m.Copy(to+headerSize, at+headerSize, size-WordSize); err != nil {
				return 0, false, err
			}
			return to + headerSize, true, a.release(m, at)
		}
		// The new chunk is the one behind: both together are the block, and nothing is copied.
		size += a.chunks[next].size
		delete(a.chunks, next)
	}
	return at + headerSize, true, a.cut(m, at, size, need)
}

// cut makes a chunk in use that has size bytes need bytes long, and frees what is left where that
// can be a chunk.
func (a *Arena) cut(m Process, at, size, need uint64) error {
	c := chunk{size: size, prevFree: a.chunks[at].prevFree}
	left := size - need
	if left < minChunk {
		a.set(m, at, c)
		a.inUseBefore(m, at+size)
		return nil
	}
	c.size = need
	a.set(m, at, c)
	a.set(m, at+need, chunk{size: left})
	a.inUseBefore(m, at+size)
	return a.release(m, at+need)
}

// inUseBefore says in a chunk, or in top, that the one before it is in use.
func (a *Arena) inUseBefore(m Process, at uint64) {
	if at == a.top {
		a.setTop(m, a.top, a.topSize)
		return
	}
	a.markAfter(m, at, 0)
}

// Calloc returns the address of a block of n times size bytes, all zero (__libc_calloc). It does not look into the tcache. cleared is
// how many bytes were written for that: none of a block with a mapping of its own, and none that
// brk has only just brought. ok is false where there is no memory for it, and where the product
// does not fit into 64 bits: NULL, and ENOMEM.
func (a *Arena) Calloc(m Process, n, size uint64) (addr, cleared uint64, ok bool, err error) {
	over, bytes := bits.Mul64(n, size)
	if over != 0 || bytes > MostRequest {
		return 0, 0, false, nil
	}
	need := chunkSize(bytes)
	if a.fromHeap(need) {
		if err := m.Room(bytes); err != nil {
			return 0, 0, false, err
		}
	}
	if err := a.startCache(m); err != nil {
		return 0, 0, false, err
	}
	at, top, used := uint64(0), a.top, a.topSize
	if at, ok, err = a.take(m, need); !ok || err != nil {
		return 0, 0, false, err
	}
	addr = at + headerSize
	if _, own := a.mapped[at]; own {
		return addr, 0, true, nil
	}
	length := a.chunks[at].size
	if at == top && used > 0 && length > used {
		length = used // what brk brings is zero (MORECORE_CLEARS of malloc-machine.h is 2)
	}
	cleared = length - WordSize
	return addr, cleared, true, m.Clear(addr, cleared)
}

// fromHeap reports whether a chunk of need bytes is made of the heap, and not of a mapping of its own. What
// would come of fastbins is not known before it has.
func (a *Arena) fromHeap(need uint64) bool {
	if need < a.mmapThreshold || need+minChunk <= a.topSize || a.hasFast || uint64(len(a.mapped)) >= a.mostMmaps {
		return true
	}
	for _, bin := range a.bins {
		for _, addr := range bin {
			if a.chunks[addr].size >= need {
				return true
			}
		}
	}
	return false
}
