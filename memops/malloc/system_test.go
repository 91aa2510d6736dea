package malloc

import (
	"fmt"
	"maps"
	"slices"
)

// fakeSystem is a process with nothing in it but a heap.
type fakeSystem struct {
	page      uint64
	start     uint64
	end       uint64 // the break
	wall      uint64 // brk fails above it; 0: nowhere
	noMmap    bool
	next      uint64 // mappings are made downwards from here
	mappings  map[uint64]uint64
	words     map[uint64]uint64
	live      map[uint64]uint64 // blocks that the program holds, with the bytes it asked for
	complaint string
	touched   map[uint64]reached // pages, by their first address
	faults    int                // how often a page was reached first
	zeros     bool               // the kernel has a page of zeros, which a read maps and a write does not do with
}

// reached is how a page was: not at all, by reading alone, or by writing.
type reached int

const (
	untouched reached = iota
	wasRead
	wasWritten
)

func newFakeSystem(page uint64) *fakeSystem {
	const start = 0x10000000
	return &fakeSystem{
		page: page, start: start, end: start, next: 0x7f0000000000,
		mappings: map[uint64]uint64{}, words: map[uint64]uint64{}, live: map[uint64]uint64{}, touched: map[uint64]reached{},
	}
}

func (f *fakeSystem) complain(format string, args ...any) {
	if f.complaint == "" {
		f.complaint = fmt.Sprintf(format, args...)
	}
}

func (f *fakeSystem) Brk() (uint64, error) { return f.end, nil }

func (f *fakeSystem) Sbrk(delta int64) (uint64, bool, error) {
	old, to := f.end, f.end+uint64(delta)
	if delta > 0 && (to < old || to > 1<<40 || f.wall != 0 && to > f.wall) {
		return 0, false, nil
	}
	if to < f.start {
		return old, true, nil
	}
	for block := range f.live {
		if block >= to && block < old {
			f.complain("brk(%#x) takes the block at %#x away", to, block)
		}
	}
	f.end = to
	f.drop(alignUp(to, f.page), alignUp(old, f.page))
	return old, true, nil
}

// touch reaches the pages of bytes.
func (f *fakeSystem) touch(addr, length uint64, how reached) {
	if length > 0 && !f.has(addr, addr+length) {
		f.complain("%d bytes at %#x are reached, where nothing is", length, addr)
	}
	for at := alignDown(addr, f.page); at < addr+length; at += f.page {
		if f.touched[at] == untouched || f.zeros && f.touched[at] < how {
			f.faults++
		}
		f.touched[at] = max(f.touched[at], how)
	}
}

// drop takes pages away.
func (f *fakeSystem) drop(lo, hi uint64) {
	for at := lo; at < hi; at += f.page {
		delete(f.touched, at)
	}
}

func (f *fakeSystem) Mremap(addr, length, to uint64) (uint64, bool, error) {
	if f.mappings[addr] != length || to%f.page != 0 {
		f.complain("mremap(%#x, %d, %d) of a mapping of %d bytes", addr, length, to, f.mappings[addr])
	}
	if f.noMmap || to > 1<<40 {
		return 0, false, nil
	}
	if to <= length {
		f.mappings[addr] = to
		f.drop(addr+to, addr+length)
		return addr, true, nil
	}
	f.next -= to
	f.mappings[f.next] = to
	for at := uint64(0); at < length; at += f.page {
		if how := f.touched[addr+at]; how > untouched {
			f.touched[f.next+at] = how
		}
	}
	for at := uint64(0); at < length; at += WordSize {
		if word, ok := f.words[addr+at]; ok { // what is kept before a block goes along
			f.words[f.next+at] = word
		}
	}
	delete(f.mappings, addr)
	f.drop(addr, addr+length)
	return f.next, true, nil
}

func (f *fakeSystem) Room(uint64) error { return nil }

func (f *fakeSystem) Copy(to, from, length uint64) error {
	f.touch(from, length, wasRead)
	f.touch(to, length, wasWritten)
	return nil
}

func (f *fakeSystem) Clear(addr, length uint64) error {
	f.touch(addr, length, wasWritten)
	for at := addr; at < addr+length; at += WordSize {
		delete(f.words, at)
	}
	return nil
}

func (f *fakeSystem) Discard(addr, length uint64) error {
	if addr%f.page != 0 || length%f.page != 0 || !f.has(addr, addr+length) {
		f.complain("madvise(%#x, %d)", addr, length)
	}
	for block, size := range f.live {
		if block < addr+length && addr < block+size {
			f.complain("madvise(%#x, %d) empties the block of %d bytes at %#x", addr, length, size, block)
		}
	}
	for at := range f.words {
		if at >= addr && at < addr+length {
			delete(f.words, at)
		}
	}
	f.drop(addr, addr+length)
	return nil
}

func (f *fakeSystem) Read(addr uint64) error {
	f.touch(addr, WordSize, wasRead)
	return nil
}

func (f *fakeSystem) Mmap(length uint64) (uint64, bool, error) {
	if f.noMmap || length > 1<<40 {
		return 0, false, nil
	}
	if length%f.page != 0 {
		f.complain("mmap of %d bytes", length)
	}
	f.next -= length
	f.mappings[f.next] = length
	return f.next, true, nil
}

func (f *fakeSystem) Munmap(addr, length uint64) error {
	if f.mappings[addr] != length {
		f.complain("munmap(%#x, %d) of a mapping of %d bytes", addr, length, f.mappings[addr])
	}
	delete(f.mappings, addr)
	f.drop(addr, addr+length)
	return nil
}

// has reports whether all bytes from lo to hi are mapped.
func (f *fakeSystem) has(lo, hi uint64) bool {
	if lo >= f.start && hi <= f.end {
		return true
	}
	for at, length := range f.mappings {
		if lo >= at && hi <= at+length {
			return true
		}
	}
	return false
}

func (f *fakeSystem) Store(addr, word uint64) {
	if addr%WordSize != 0 || !f.has(addr, addr+WordSize) {
		f.complain("a store at %#x, where nothing is", addr)
	}
	for block, size := range f.live {
		if addr+WordSize > block && addr < block+size {
			f.complain("a store at %#x, into the block of %d bytes at %#x", addr, size, block)
		}
	}
	f.words[addr] = word
	f.touch(addr, WordSize, wasWritten)
}

func (f *fakeSystem) Check(addr, stored uint64) error {
	f.touch(addr, WordSize, wasRead)
	if found := f.words[addr]; found != stored {
		return &CorruptError{Addr: addr, Stored: stored, Found: found}
	}
	return nil
}

// given holds what malloc promises of a block that it has just given.
func (f *fakeSystem) given(block, size uint64) {
	if block%16 != 0 {
		f.complain("a block at %#x", block)
	}
	if !f.has(block, block+max(size, 24)) {
		f.complain("a block of %d bytes at %#x, where nothing is", size, block)
	}
	for other, n := range f.live {
		if block < other+max(n, 1) && other < block+max(size, 1) {
			f.complain("blocks of %d bytes at %#x and of %d at %#x", size, block, n, other)
		}
	}
	f.live[block] = size
}

// checkArena holds what is so between two calls: chunks lie side by side, free ones are
// never neighbors and each is in one bin, and memory says the same as the arena.
func (f *fakeSystem) checkArena(a *Arena) {
	binned := map[uint64]int{}
	for n, bin := range a.bins {
		f.checkBin(a, n, bin)
		for _, addr := range bin {
			binned[addr]++
		}
	}
	cached := f.checkLists(a)
	for _, addr := range slices.Sorted(maps.Keys(a.chunks)) {
		c := a.chunks[addr]
		next, ok := a.chunks[addr+c.size]
		fence := c.size == headerSize
		switch {
		case c.free && binned[addr] != 1, !c.free && binned[addr] != 0:
			f.complain("the chunk at %#x is in %d bins", addr, binned[addr])
		case c.cached && (cached[addr] != 1 || c.free), !c.cached && cached[addr] != 0:
			f.complain("the chunk at %#x is in %d lists", addr, cached[addr])
		case !ok && !fence && addr+c.size != a.top:
			f.complain("nothing follows the chunk of %d bytes at %#x", c.size, addr)
		case c.free && (!ok || next.free || next.prevFree != c.size || f.words[addr+c.size] != c.size):
			f.complain("behind the free chunk of %d bytes at %#x: %+v", c.size, addr, next)
		case !c.free && ok && next.prevFree != 0:
			f.complain("the chunk at %#x is in use, and the next says it is free", addr)
		case f.words[addr+WordSize] != c.head():
			f.complain("the header at %#x is %#x in memory, not %#x", addr, f.words[addr+WordSize], c.head())
		}
	}
	if a.topSize > 0 && (f.words[a.top+WordSize] != a.topHead || !f.has(a.top, a.top+a.topSize)) {
		f.complain("top is %d bytes at %#x, and in memory %#x", a.topSize, a.top, f.words[a.top+WordSize])
	}
	for block := range f.live {
		c := a.chunks[block-headerSize]
		if _, own := a.mapped[block-headerSize]; !own && (c.free || c.cached) {
			f.complain("the block at %#x is in use and free", block)
		}
	}
}

// checkBin holds that the chunks of a bin are free, of its sizes and in order, and that they are linked in memory: one way, the
// other way, and, of several sizes, those of different sizes in a ring.
func (f *fakeSystem) checkBin(a *Arena, n int, bin []uint64) {
	var sizes []uint64
	for i, addr := range bin {
		c := a.chunks[addr]
		switch {
		case !c.free || n != unsorted && n != binOf(c.size):
			f.complain("bin %d has the chunk of %d bytes at %#x", n, c.size, addr)
		case n != unsorted && i > 0 && a.chunks[bin[i-1]].size > c.size:
			f.complain("bin %d is not sorted", n)
		case f.words[addr+forward] != before(bin, i) || f.words[addr+backward] != behind(bin, i):
			f.complain("the chunk at %#x, place %d of bin %d, leads to %#x and %#x", addr, i, n, f.words[addr+forward], f.words[addr+backward])
		}
		switch last := i+1 == len(bin) || a.chunks[bin[i+1]].size != c.size; {
		case c.size < firstLarge:
		case n != unsorted && last:
			sizes = append(sizes, addr)
		case f.words[addr+forwardSize] != 0:
			f.complain("the chunk at %#x in bin %d leads to another size", addr, n)
		}
	}
	for i, addr := range sizes {
		smaller, larger := sizes[(i+len(sizes)-1)%len(sizes)], sizes[(i+1)%len(sizes)]
		if f.words[addr+forwardSize] != smaller || f.words[addr+backwardSize] != larger {
			f.complain("the chunk at %#x in bin %d leads to the sizes at %#x and %#x, not %#x and %#x",
				addr, n, f.words[addr+forwardSize], f.words[addr+backwardSize], smaller, larger)
		}
	}
}

// checkLists follows the lists of tcache and fastbins through memory as glibc does, and counts what is in them.
func (f *fakeSystem) checkLists(a *Arena) (cached map[uint64]int) {
	cached = map[uint64]int{}
	follow := func(list []uint64, size, skip uint64, most int) {
		if len(list) > most {
			f.complain("a list has %d chunks of %d bytes", len(list), size)
		}
		for i, addr := range slices.Backward(list) {
			cached[addr]++
			next := uint64(0)
			if i > 0 {
				next = list[i-1] + skip
			}
			if at := addr + forward; f.words[at] != at>>12^next || a.chunks[addr].size != size {
				f.complain("the chunk of %d bytes at %#x is in the list of %d, and leads to %#x", a.chunks[addr].size, addr, size, f.words[at])
			}
		}
	}
	for n, list := range a.fast {
		follow(list, uint64(n)*16+32, 0, len(a.chunks))
	}
	for n, list := range a.cache {
		follow(list, uint64(n)*16+32, 16, 7)
		if a.cacheAt == 0 {
			continue
		}
		head := uint64(0)
		if len(list) > 0 {
			head = list[len(list)-1] + 16
		}
		count := f.words[a.cacheAt+uint64(n)/4*8] >> (uint64(n) % 4 * 16) & 0xffff
		if count != uint64(len(list)) || f.words[a.cacheAt+128+uint64(n)*8] != head {
			f.complain("the tcache has %d chunks in list %d, and not %d", count, n, len(list))
		}
	}
	return cached
}
