package malloc

import "slices"

// binOf is the bin of free chunks of that size, in bytes (bin_index).
func binOf(size uint64) int {
	switch {
	case size < firstLarge:
		return int(size >> 4)
	case size>>6 <= 48:
		return int(48 + size>>6)
	case size>>9 <= 20:
		return int(91 + size>>9)
	case size>>12 <= 10:
		return int(110 + size>>12)
	case size>>15 <= 4:
		return int(119 + size>>15)
	case size>>18 <= 2:
		return int(124 + size>>18)
	}
	return 126
}

// sortIn puts a chunk from the unsorted list into the bin of its size. A bin of several
// sizes is sorted; of equal chunks the one that came first stays at the end of its kind,
// and the others lie before it, oldest first.
func (a *Arena) sortIn(m Process, addr, size uint64) {
	n := binOf(size)
	at := len(a.bins[n])
	if size < firstLarge {
		a.insert(m, n, at, addr)
		return
	}
	lo, hi := a.ofSize(a.bins[n], size)
	if at = lo; lo < hi {
		at = hi - 1
	}
	a.insert(m, n, at, addr)
	if lo == hi {
		smaller, larger := a.otherSizes(n, at, at+1)
		a.storeSizes(m, addr, smaller, larger)
	}
}

// insert puts a chunk into a bin, and links it with those beside it.
func (a *Arena) insert(m Process, n, at int, addr uint64) {
	bin := slices.Insert(a.bins[n], at, addr)
	a.bins[n] = bin
	m.Store(addr+forward, before(bin, at))
	m.Store(addr+backward, behind(bin, at))
	a.linkBeside(m, bin, at, addr, addr)
}

// linkBeside writes into the chunks beside a place of a bin what lies there for them.
func (a *Arena) linkBeside(m Process, bin []uint64, at int, forBefore, forBehind uint64) {
	if at > 0 {
		m.Store(bin[at-1]+backward, forBefore)
	}
	if at+1 < len(bin) {
		m.Store(bin[at+1]+forward, forBehind)
	}
}

// before is the chunk that fd of one in a bin leads to, or 0 where that is the bin, and behind that of bk.
func before(bin []uint64, at int) uint64 {
	if at == 0 {
		return 0
	}
	return bin[at-1]
}

func behind(bin []uint64, at int) uint64 {
	if at+1 == len(bin) {
		return 0
	}
	return bin[at+1]
}

// otherSizes are, in a sorted bin, the chunks where the list of sizes hangs beside those from lo to before hi,
// which are of one size. The list is a ring.
func (a *Arena) otherSizes(n, lo, hi int) (smaller, larger uint64) {
	bin := a.bins[n]
	if smaller = bin[len(bin)-1]; lo > 0 {
		smaller = bin[lo-1]
	}
	if hi == len(bin) {
		hi = 0
	}
	_, end := a.ofSize(bin, a.chunks[bin[hi]].size)
	return smaller, bin[end-1]
}

// storeSizes hangs a chunk between two others in the list of sizes, which may be itself.
func (a *Arena) storeSizes(m Process, addr, smaller, larger uint64) {
	m.Store(addr+forwardSize, smaller)
	m.Store(addr+backwardSize, larger)
	if smaller != addr {
		m.Store(smaller+backwardSize, addr)
		m.Store(larger+forwardSize, addr)
	}
}

// put puts a chunk into the unsorted list.
func (a *Arena) put(m Process, addr, size uint64) {
	a.insert(m, unsorted, len(a.bins[unsorted]), addr)
	if size >= firstLarge {
		m.Store(addr+forwardSize, 0)
		m.Store(addr+backwardSize, 0)
	}
}

// ofSize is where in a sorted bin the chunks of that size lie, or would lie: from lo to
// before hi.
func (a *Arena) ofSize(bin []uint64, size uint64) (lo, hi int) {
	compare := func(addr, size uint64) int {
		switch s := a.chunks[addr].size; {
		case s < size:
			return -1
		case s > size:
			return 1
		}
		return 0
	}
	lo, _ = slices.BinarySearchFunc(bin, size, compare)
	hi, _ = slices.BinarySearchFunc(bin, size+1, compare)
	return lo, hi
}

// unlink takes a free chunk out of its bin, which is the unsorted list or that of its size (unlink_chunk).
func (a *Arena) unlink(m Process, addr uint64) error {
	for _, n := range []int{binOf(a.chunks[addr].size), unsorted} {
		if i := slices.Index(a.bins[n], addr); i >= 0 {
			return a.remove(m, n, i)
		}
	}
	return nil
}

// remove takes the chunk at a place of a bin out of it, and reads the link there before.
func (a *Arena) remove(m Process, n, at int) error {
	bin := a.bins[n]
	addr := bin[at]
	if err := checkLink(m, addr+forward, before(bin, at)); err != nil {
		return err
	}
	if n >= binOf(firstLarge) {
		a.unhang(m, n, at)
	}
	a.linkBeside(m, bin, at, behind(bin, at), before(bin, at))
	a.bins[n] = slices.Delete(bin, at, at+1)
	return nil
}

// unhang takes a chunk out of the list of sizes, if it hangs there: another one of its size does then.
func (a *Arena) unhang(m Process, n, at int) {
	bin := a.bins[n]
	addr := bin[at]
	lo, hi := a.ofSize(bin, a.chunks[addr].size)
	if at != hi-1 {
		return
	}
	smaller, larger := a.otherSizes(n, lo, hi)
	switch {
	case lo < at && smaller == addr:
		a.storeSizes(m, bin[at-1], bin[at-1], bin[at-1])
	case lo < at:
		a.storeSizes(m, bin[at-1], smaller, larger)
	case smaller != addr:
		m.Store(smaller+backwardSize, larger)
		m.Store(larger+forwardSize, smaller)
	}
}

// fromSmall takes a chunk of exactly that size out of the bin that has no other, and moves those that are left there
// to the tcache as far as that has room.
func (a *Arena) fromSmall(m Process, need uint64) (addr uint64, ok bool, err error) {
	n := binOf(need)
	for len(a.bins[n]) > 0 && (!ok || a.hasRoom(need)) {
		one := a.bins[n][0]
		if err := a.remove(m, n, 0); err != nil {
			return 0, false, err
		}
		a.use(m, one)
		if !ok {
			addr, ok = one, true
			continue
		}
		a.cachePut(m, one, need)
	}
	return addr, ok, nil
}

// fitting takes the free chunk out of the bins that glibc takes for a chunk of need bytes:
// the smallest that is large enough. It first goes through what was freed since: what
// fits exactly goes to the tcache while that has room, and the rest is sorted into bins.
func (a *Arena) fitting(m Process, need uint64) (addr uint64, ok bool, err error) {
	cached := false
	for range mostUnsorted {
		list := a.bins[unsorted]
		if len(list) == 0 {
			break
		}
		addr = list[0]
		c := a.chunks[addr]
		if err := m.Check(addr+WordSize, c.head()); err != nil {
			return 0, false, err
		}
		// Small requests in a row are served from one place.
		last := need < firstLarge && len(list) == 1 && addr == a.lastRemainder && c.size > need+minChunk
		if err := a.remove(m, unsorted, 0); err != nil {
			return 0, false, err
		}
		switch {
		case last:
			a.split(m, addr, need)
			return addr, true, nil
		case c.size != need:
			a.sortIn(m, addr, c.size)
			continue
		}
		a.use(m, addr)
		if !a.cachePut(m, addr, need) {
			return addr, true, nil
		}
		cached = true
	}
	if cached {
		addr, err = a.cacheGet(m, need)
		return addr, err == nil, err
	}
	if addr, ok, err = a.bestFit(m, need); ok {
		a.split(m, addr, need)
	}
	return addr, ok, err
}

// bestFit takes the smallest chunk that is large enough out of the sorted bins.
func (a *Arena) bestFit(m Process, need uint64) (addr uint64, ok bool, err error) {
	n, at := binOf(need), 0
	if bin := a.bins[n]; need >= firstLarge && len(bin) > 0 && a.chunks[bin[len(bin)-1]].size >= need {
		first, _ := a.ofSize(bin, need)
		lo, hi := a.ofSize(bin, a.chunks[bin[first]].size)
		if at = hi - 1; at > lo {
			at-- // the end of its kind is where glibc's list of sizes hangs, and is spared
		}
	} else {
		for n++; n < binCount && len(a.bins[n]) == 0; n++ {
		}
		if n == binCount {
			return 0, false, nil
		}
	}
	addr = a.bins[n][at]
	if err := a.remove(m, n, at); err != nil {
		return 0, false, err
	}
	return addr, true, nil
}

// split takes need bytes off the front of a free chunk, which is in no bin any more. What
// is left over is a free chunk of its own, where it is large enough to be one.
func (a *Arena) split(m Process, addr, need uint64) {
	c := a.chunks[addr]
	left := c.size - need
	if left < minChunk {
		a.use(m, addr)
		return
	}
	rest := addr + need
	a.set(m, addr, chunk{size: need, prevFree: c.prevFree})
	a.set(m, rest, chunk{size: left, free: true})
	a.markAfter(m, rest+left, left)
	a.put(m, rest, left)
	if need < firstLarge {
		a.lastRemainder = rest
	}
}
