package malloc

// Malloc returns the address of a block of size bytes. ok is false where there is no
// memory for it: NULL, and ENOMEM (__libc_malloc).
func (a *Arena) Malloc(m Process, size uint64) (addr uint64, ok bool, err error) {
	if size > MostRequest {
		return 0, false, nil
	}
	need := chunkSize(size)
	if addr, ok, err = a.fromCache(m, need); !ok && err == nil {
		addr, ok, err = a.take(m, need)
	}
	if !ok || err != nil {
		return 0, false, err
	}
	return addr + headerSize, true, nil
}

// take returns a chunk of need bytes (_int_malloc). It is not looked for in the tcache, which is filled with more of its size
// where these are met.
func (a *Arena) take(m Process, need uint64) (addr uint64, ok bool, err error) {
	switch {
	case need <= mostFast:
		if addr, ok, err = a.fromFast(m, need); ok || err != nil {
			return addr, ok, err
		}
		fallthrough
	case need < firstLarge:
		if addr, ok, err = a.fromSmall(m, need); ok || err != nil {
			return addr, ok, err
		}
	case a.hasFast:
		if err := a.consolidate(m); err != nil {
			return 0, false, err
		}
	}
	for {
		if addr, ok, err = a.fitting(m, need); ok || err != nil {
			return addr, ok, err
		}
		if a.topSize > 0 {
			if err := m.Check(a.top+WordSize, a.topHead); err != nil {
				return 0, false, err
			}
		}
		if a.topSize >= need+minChunk {
			return a.cutTop(m, need), true, nil
		}
		if !a.hasFast {
			return a.fromSystem(m, need)
		}
		if err := a.consolidate(m); err != nil {
			return 0, false, err
		}
	}
}

// fromSystem asks the kernel, where nothing that is there will do: only here the threshold is looked at (sysmalloc).
func (a *Arena) fromSystem(m Process, need uint64) (addr uint64, ok bool, err error) {
	if need >= a.mmapThreshold && uint64(len(a.mapped)) < a.mostMmaps {
		if addr, ok, err = a.mapChunk(m, need); ok || err != nil {
			return addr, ok, err
		}
	}
	if err := a.grow(m, need); err != nil || a.topSize < need+minChunk {
		return 0, false, err
	}
	return a.cutTop(m, need), true, nil
}

// cutTop takes a chunk off the front of top.
func (a *Arena) cutTop(m Process, need uint64) (addr uint64) {
	addr = a.top
	a.set(m, addr, chunk{size: need})
	a.setTop(m, addr+need, a.topSize-need)
	return addr
}

// mapChunk makes a chunk with a mapping of its own (sysmalloc_mmap). Nothing lies behind it
// whose header it could use a word of.
func (a *Arena) mapChunk(m Process, need uint64) (addr uint64, ok bool, err error) {
	size := alignUp(need+WordSize, a.pageSize)
	if size <= need { // it wrapped around
		return 0, false, nil
	}
	at, ok, err := m.Mmap(size)
	if !ok || err != nil {
		return 0, false, err
	}
	a.mapped[at] = mapping{size: size}
	m.Store(at, 0)
	m.Store(at+WordSize, size|isMmapped)
	return at, true, nil
}

// grow makes top larger, or begins a new one elsewhere, so that need bytes fit where the
// kernel allows it (sysmalloc).
func (a *Arena) grow(m Process, need uint64) error {
	if a.topSize > 0 && (a.top+a.topSize)%a.pageSize != 0 {
		return errUneven
	}
	size := need + a.topPad + minChunk
	if !a.scattered {
		size -= a.topSize
	}
	size = alignUp(size, a.pageSize)
	begin, ok, err := uint64(0), false, error(nil)
	if int64(size) > 0 {
		begin, ok, err = m.Sbrk(int64(size))
	}
	if err != nil {
		return err
	}
	end := uint64(0) // where it is known without asking
	if !ok {
		if begin, size, ok, err = a.standIn(m, size, need); !ok || err != nil {
			return err
		}
		end = begin + size
	}
	oldEnd := a.top + a.topSize
	switch {
	case begin == oldEnd && end == 0:
		a.setTop(m, a.top, a.topSize+size)
		return nil
	case !a.scattered && a.topSize > 0 && begin < oldEnd:
		return errBreakBelowTop
	}
	return a.moveTop(m, begin, size, end)
}

// standIn maps memory where brk did not give any (sysmalloc_mmap_fallback, as it is from
// glibc 2.38 on: 2.35 to 2.37 mix up two of its arguments). The heap is not one piece from
// then on.
func (a *Arena) standIn(m Process, size, need uint64) (at, length uint64, ok bool, err error) {
	if !a.scattered {
		size = alignUp(size+a.topSize, a.pageSize)
	}
	size = max(size, mmapAsMorecore)
	if size <= need {
		return 0, 0, false, nil
	}
	if at, ok, err = m.Mmap(size); ok {
		a.scattered = true
	}
	return at, size, ok, err
}

// moveTop begins a new top at begin, where size bytes are new, up to end where that is
// known: at the first malloc, after the program moved the break itself, or in a mapping.
func (a *Arena) moveTop(m Process, begin, size, end uint64) error {
	at, more := begin, uint64(0)
	switch {
	case !a.scattered:
		if odd := begin % ChunkAlign; odd > 0 {
			at += ChunkAlign - odd
		}
		// What is left of the old top cannot be joined, so it is asked for again, and the
		// end is brought to the end of a page.
		more = at - begin + a.topSize
		more += alignUp(begin+size+more, a.pageSize) - (begin + size + more)
		ok, err := true, error(nil)
		end, err = m.Brk()
		if err == nil && more > 0 {
			_, ok, err = m.Sbrk(int64(more))
		}
		if err != nil {
			return err
		}
		if !ok {
			more = 0
		}
	case begin%ChunkAlign != 0:
		return errUneven
	case end == 0:
		var err error
		if end, err = m.Brk(); err != nil {
			return err
		}
	}
	oldTop, oldSize := a.top, a.topSize
	a.setTop(m, at, end-at+more)
	if oldSize == 0 {
		return nil
	}
	// Two chunks that are in use and too small to be given out part the old top from what
	// does not belong to malloc.
	rest := alignDown(oldSize-2*headerSize, ChunkAlign)
	a.set(m, oldTop, chunk{size: rest})
	a.set(m, oldTop+rest, chunk{size: headerSize})
	a.set(m, oldTop+rest+headerSize, chunk{size: headerSize})
	if rest < minChunk {
		return nil
	}
	return a.release(m, oldTop)
}
