package malloc

// The lists from which a chunk is taken as it is, without being split or joined: tcache and fastbins.
const (
	cacheBins  = 64   // TCACHE_MAX_BINS: chunks of 32 to 1040 bytes
	cacheCount = 7    // TCACHE_FILL_COUNT: chunks of a size
	cacheBlock = 640  // sizeof (tcache_perthread_struct): 64 counts of 2 bytes, 64 addresses
	cacheHeads = 128  // where the addresses begin in it
	fastBins   = 7    // of the 10 that there are, those up to mostFast
	mostFast   = 0x80 // global_max_fast, as DEFAULT_MXFAST makes it: chunks of up to 128 bytes

	// cacheKey marks a block that lies in the tcache (tcache_key, which glibc draws at random when it starts).
	cacheKey = 0x6e636f72_65206b79
)

// The words of a free chunk, behind its header.
const (
	forward      = 2 * WordSize // fd, and next of tcache_entry
	backward     = 3 * WordSize // bk, and key of tcache_entry
	forwardSize  = 4 * WordSize // fd_nextsize
	backwardSize = 5 * WordSize // bk_nextsize
)

// listOf is the list of tcache or fastbins for chunks of that size (csize2tidx, fastbin_index).
func listOf(size uint64) int { return int((size - minChunk) / ChunkAlign) }

// mangled is a link as it stands at an address (PROTECT_PTR).
func mangled(at, to uint64) uint64 { return at>>12 ^ to }

// push puts a chunk on a list of fastbins or tcache. skip is how far behind its address a chunk is
// linked to: the tcache has the addresses of blocks.
func (a *Arena) push(m Process, list *[]uint64, addr, skip uint64) {
	next := uint64(0)
	if n := len(*list); n > 0 {
		next = (*list)[n-1] + skip
	}
	m.Store(addr+forward, mangled(addr+forward, next))
	*list = append(*list, addr)
	a.mark(addr, true)
}

// pop takes the chunk off a list that is the next one to take, and reads the link to that behind it.
func (a *Arena) pop(m Process, list *[]uint64, skip uint64) (addr uint64, err error) {
	n := len(*list) - 1
	addr = (*list)[n]
	next := uint64(0)
	if n > 0 {
		next = (*list)[n-1] + skip
	}
	if err := checkLink(m, addr+forward, mangled(addr+forward, next)); err != nil {
		return 0, err
	}
	*list = (*list)[:n]
	a.mark(addr, false)
	return addr, nil
}

// mark says whether a chunk lies in a fastbin or in the tcache.
func (a *Arena) mark(addr uint64, cached bool) {
	c := a.chunks[addr]
	c.cached = cached
	a.chunks[addr] = c
}

// startCache gives the tcache its block, at the first call that would look there (tcache_init). Without
// memory for it there is none yet.
func (a *Arena) startCache(m Process) error {
	if a.cacheAt != 0 {
		return nil
	}
	addr, ok, err := a.take(m, chunkSize(cacheBlock))
	if !ok || err != nil {
		return err
	}
	if err := m.Clear(addr+headerSize, cacheBlock); err != nil {
		return err
	}
	a.cacheAt = addr + headerSize
	return nil
}

// caches reports whether the tcache is there and takes chunks of that size.
func (a *Arena) caches(size uint64) bool {
	return a.cacheAt != 0 && size < minChunk+cacheBins*ChunkAlign
}

// cacheCounts is the word with the count of the list, and where it stands: four share one.
func (a *Arena) cacheCounts(list int) (addr, word uint64) {
	first := list &^ 3
	for i := range 4 {
		word |= uint64(len(a.cache[first+i])) << (16 * i)
	}
	return a.cacheAt + uint64(first)*2, word
}

// checkCounts reads how many chunks the tcache has of a size.
func (a *Arena) checkCounts(m Process, list int) error {
	addr, word := a.cacheCounts(list)
	return checkLink(m, addr, word)
}

// storeHead writes what the tcache's own block says of a list.
func (a *Arena) storeHead(m Process, n int) {
	m.Store(a.cacheCounts(n))
	head := uint64(0)
	if l := a.cache[n]; len(l) > 0 {
		head = l[len(l)-1] + headerSize
	}
	m.Store(a.cacheAt+cacheHeads+uint64(n)*WordSize, head)
}

// cachePut puts a chunk into the tcache (tcache_put). It reports whether there was room, and does nothing else.
func (a *Arena) cachePut(m Process, addr, size uint64) bool {
	n := listOf(size)
	if !a.hasRoom(size) {
		return false
	}
	a.push(m, &a.cache[n], addr, headerSize)
	m.Store(addr+backward, cacheKey)
	a.storeHead(m, n)
	return true
}

// hasRoom reports whether the tcache would take one more chunk of that size.
func (a *Arena) hasRoom(size uint64) bool {
	return a.caches(size) && len(a.cache[listOf(size)]) < cacheCount
}

// cacheGet takes a chunk of that size out of the tcache, which has one (tcache_get).
func (a *Arena) cacheGet(m Process, size uint64) (addr uint64, err error) {
	n := listOf(size)
	if addr, err = a.pop(m, &a.cache[n], headerSize); err != nil {
		return 0, err
	}
	m.Store(addr+backward, 0)
	a.storeHead(m, n)
	return addr, nil
}

// fromCache is what malloc does first: it looks into the tcache.
func (a *Arena) fromCache(m Process, need uint64) (addr uint64, ok bool, err error) {
	if err := a.startCache(m); err != nil || !a.caches(need) {
		return 0, false, err
	}
	if err := a.checkCounts(m, listOf(need)); err != nil || len(a.cache[listOf(need)]) == 0 {
		return 0, false, err
	}
	addr, err = a.cacheGet(m, need)
	return addr, err == nil, err
}

// fromFast takes a chunk of the fastbin of its size, and moves the others there to the tcache as far as that has room.
func (a *Arena) fromFast(m Process, need uint64) (addr uint64, ok bool, err error) {
	list := &a.fast[listOf(need)]
	if len(*list) == 0 {
		return 0, false, nil
	}
	if addr, err = a.pop(m, list, 0); err != nil {
		return 0, false, err
	}
	for len(*list) > 0 && a.hasRoom(need) {
		other, err := a.pop(m, list, 0)
		if err != nil {
			return 0, false, err
		}
		a.cachePut(m, other, need)
	}
	return addr, true, nil
}

// consolidate empties the fastbins: what is in them is joined with its free neighbors (malloc_consolidate).
func (a *Arena) consolidate(m Process) error {
	a.hasFast = false
	for n := range a.fast {
		for len(a.fast[n]) > 0 {
			addr, err := a.pop(m, &a.fast[n], 0)
			if err != nil {
				return err
			}
			if _, err := a.join(m, addr); err != nil {
				return err
			}
		}
	}
	return nil
}
