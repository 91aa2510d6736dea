package malloc

import "errors"

// errWrapped: glibc does not look at this sum.
var errWrapped = errors.New("size and alignment together wrap around: glibc 2.36 would take a small block for it, and end with SIGSEGV")

// AlignedAlloc returns the address of a block of size bytes that is a multiple of align, which is made a power of two that is
// not less, and is at most MostAlignment. It is memalign in glibc 2.36 (_mid_memalign, _int_memalign); from 2.38 on an alignment that is
// no power of two is EINVAL. ok is false where there is no memory for it: NULL, and ENOMEM.
func (a *Arena) AlignedAlloc(m Process, align, size uint64) (addr uint64, ok bool, err error) {
	if align <= ChunkAlign {
		return a.Malloc(m, size)
	}
	power := uint64(minChunk)
	for power < align {
		power <<= 1
	}
	if align = power; size > MostRequest {
		return 0, false, nil
	}
	// So much is asked for that an aligned block lies in it, and the chunk before that can be one.
	need := chunkSize(size)
	most := need + align + minChunk
	switch {
	case most < need:
		return 0, false, errWrapped
	case most > MostRequest:
		return 0, false, nil
	}
	at, ok, err := a.take(m, chunkSize(most))
	if !ok || err != nil {
		return 0, false, err
	}
	if block := at + headerSize; block%align != 0 {
		to := alignUp(block, align) - headerSize
		if to-at < minChunk {
			to += align
		}
		if at, err = a.giveLead(m, at, to-at); err != nil {
			return 0, false, err
		}
	}
	if _, own := a.mapped[at]; own {
		return at + headerSize, true, nil
	}
	if c := a.chunks[at]; c.size > need+minChunk {
		a.set(m, at+need, chunk{size: c.size - need})
		a.set(m, at, chunk{size: need, prevFree: c.prevFree})
		err = a.release(m, at+need)
	}
	return at + headerSize, err == nil, err
}

// giveLead frees the first bytes of a chunk, or, where it has a mapping of its own, only says how many these are. It returns
// where the rest begins.
func (a *Arena) giveLead(m Process, at, lead uint64) (rest uint64, err error) {
	rest = at + lead
	if g, own := a.mapped[at]; own {
		delete(a.mapped, at)
		a.mapped[rest] = mapping{lead: g.lead + lead, size: g.size - lead}
		m.Store(rest, g.lead+lead)
		m.Store(rest+WordSize, (g.size-lead)|isMmapped)
		return rest, nil
	}
	c := a.chunks[at]
	a.set(m, rest, chunk{size: c.size - lead})
	a.inUseBefore(m, rest+c.size-lead)
	a.set(m, at, chunk{size: lead, prevFree: c.prevFree})
	return rest, a.release(m, at)
}
