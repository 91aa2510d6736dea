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
func (a *Arena) sortIn(addr, size uint64) {
	bin := &a.bins[binOf(size)]
	at := len(*bin)
	if size >= firstLarge {
		lo, hi := a.ofSize(*bin, size)
		if at = lo; lo < hi {
			at = hi - 1
		}
	}
	*bin = slices.Insert(*bin, at, addr)
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

// unlink takes a free chunk out of its bin, which is the unsorted list or that of its size.
func (a *Arena) unlink(addr uint64) {
	for _, n := range []int{binOf(a.chunks[addr].size), unsorted} {
		if i := slices.Index(a.bins[n], addr); i >= 0 {
			a.bins[n] = slices.Delete(a.bins[n], i, i+1)
			return
		}
	}
}

// fitting takes the free chunk out of the bins that glibc takes for a chunk of need bytes:
// the smallest that is large enough. It first goes through what was freed since, which
// it takes where it fits exactly, and else sorts into bins. ok is false where nothing fits.
func (a *Arena) fitting(m Process, need uint64) (addr uint64, ok bool) {
	small := need < firstLarge
	if bin := &a.bins[binOf(need)]; small && len(*bin) > 0 {
		addr = (*bin)[0]
		*bin = slices.Delete(*bin, 0, 1)
		a.use(m, addr)
		return addr, true
	}
	for range mostUnsorted {
		list := &a.bins[unsorted]
		if len(*list) == 0 {
			break
		}
		addr = (*list)[0]
		size := a.chunks[addr].size
		// Small requests in a row are served from one place.
		last := small && len(*list) == 1 && addr == a.lastRemainder && size > need+minChunk
		*list = (*list)[1:]
		switch {
		case last:
			a.split(m, addr, need)
			return addr, true
		case size == need:
			a.use(m, addr)
			return addr, true
		}
		a.sortIn(addr, size)
	}
	addr, ok = a.bestFit(need)
	if ok {
		a.split(m, addr, need)
	}
	return addr, ok
}

// bestFit takes the smallest chunk that is large enough out of the sorted bins.
func (a *Arena) bestFit(need uint64) (addr uint64, ok bool) {
	n := binOf(need)
	if bin := a.bins[n]; need >= firstLarge && len(bin) > 0 && a.chunks[bin[len(bin)-1]].size >= need {
		first, _ := a.ofSize(bin, need)
		lo, hi := a.ofSize(bin, a.chunks[bin[first]].size)
		at := hi - 1
		if at > lo {
			at-- // the end of its kind is where glibc's list of sizes hangs, and is spared
		}
		addr = bin[at]
		a.bins[n] = slices.Delete(bin, at, at+1)
		return addr, true
	}
	for n++; n < binCount; n++ {
		if bin := a.bins[n]; len(bin) > 0 {
			addr = bin[0]
			a.bins[n] = slices.Delete(bin, 0, 1)
			return addr, true
		}
	}
	return 0, false
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
	a.bins[unsorted] = append(a.bins[unsorted], rest)
	if need < firstLarge {
		a.lastRemainder = rest
	}
}
