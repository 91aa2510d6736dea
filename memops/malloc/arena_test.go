package malloc

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
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
	touched   map[uint64]bool // pages that were reached, by their first address
	faults    int             // how often a page was reached first
}

func newFakeSystem(page uint64) *fakeSystem {
	const start = 0x10000000
	return &fakeSystem{
		page: page, start: start, end: start, next: 0x7f0000000000,
		mappings: map[uint64]uint64{}, words: map[uint64]uint64{}, live: map[uint64]uint64{}, touched: map[uint64]bool{},
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
func (f *fakeSystem) touch(addr, length uint64) {
	if length > 0 && !f.has(addr, addr+length) {
		f.complain("%d bytes at %#x are reached, where nothing is", length, addr)
	}
	for at := alignDown(addr, f.page); at < addr+length; at += f.page {
		if !f.touched[at] {
			f.touched[at] = true
			f.faults++
		}
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
		if f.touched[addr+at] {
			f.touched[f.next+at] = true
		}
	}
	delete(f.mappings, addr)
	f.drop(addr, addr+length)
	return f.next, true, nil
}

func (f *fakeSystem) Room(uint64) error { return nil }

func (f *fakeSystem) Copy(to, from, length uint64) error {
	f.touch(from, length)
	f.touch(to, length)
	return nil
}

func (f *fakeSystem) Clear(addr, length uint64) error {
	f.touch(addr, length)
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
	f.touch(addr, WordSize)
}

func (f *fakeSystem) Check(addr, stored uint64) error {
	f.touch(addr, WordSize)
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
		for _, addr := range bin {
			binned[addr]++
			if c := a.chunks[addr]; !c.free || n != unsorted && n != binOf(c.size) {
				f.complain("bin %d has the chunk of %d bytes at %#x", n, c.size, addr)
			}
		}
	}
	for _, addr := range slices.Sorted(maps.Keys(a.chunks)) {
		c := a.chunks[addr]
		next, ok := a.chunks[addr+c.size]
		fence := c.size == headerSize
		switch {
		case c.free && binned[addr] != 1, !c.free && binned[addr] != 0:
			f.complain("the chunk at %#x is in %d bins", addr, binned[addr])
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
	if a.topSize > 0 && (f.words[a.top+WordSize] != a.topSize|prevInUse || !f.has(a.top, a.top+a.topSize)) {
		f.complain("top is %d bytes at %#x, and in memory %#x", a.topSize, a.top, f.words[a.top+WordSize])
	}
	for block := range f.live {
		if _, own := a.mapped[block-headerSize]; !own && a.chunks[block-headerSize].free {
			f.complain("the block at %#x is in use and free", block)
		}
	}
}

var requestGen = rapid.OneOf(
	rapid.Uint64Range(0, 200), rapid.Uint64Range(0, 5000), rapid.Uint64Range(100_000, 300_000),
	rapid.SampledFrom([]uint64{24, 25, 1000, 1008, 1009, 65_536, 131_048, 131_049, 1 << 20, 40 << 20, 1 << 50, MostRequest, MostRequest + 1}),
)

// Whatever is asked in whatever order, no block overlaps another, none is written into, and
// the account is right.
func TestArena(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFakeSystem(rapid.SampledFrom([]uint64{4096, 16384, 65536}).Draw(t, "page"))
		f.start += rapid.SampledFrom([]uint64{0, 0, 100, 8}).Draw(t, "odd start")
		f.end = f.start
		a := New(int64(f.page))
		ended := false // where glibc would have aborted
		act := func(what func()) func(*rapid.T) {
			return func(t *rapid.T) {
				if ended {
					return // as the process
				}
				what()
				if !ended {
					f.checkArena(a)
				}
				if f.complaint != "" {
					t.Fatal(f.complaint)
				}
			}
		}
		malloc := func() {
			size := requestGen.Draw(t, "size")
			block, ok, err := a.Malloc(f, size)
			if ended = err != nil; ended && !errors.Is(err, errUneven) {
				t.Fatalf("malloc(%d): %v", size, err)
			}
			if ok {
				f.given(block, size)
			}
		}
		free := func() {
			if len(f.live) == 0 {
				return
			}
			block := rapid.SampledFrom(slices.Sorted(maps.Keys(f.live))).Draw(t, "block")
			size := f.live[block]
			delete(f.live, block)
			if err := a.Free(f, block); err != nil {
				t.Fatalf("free(%#x) of %d bytes: %v", block, size, err)
			}
			if err := a.Free(f, block); err == nil && a.topSize > 0 {
				t.Fatalf("free(%#x) a second time", block)
			}
		}
		calloc := func() {
			n, size := rapid.Uint64Range(0, 9).Draw(t, "n"), requestGen.Draw(t, "size")
			block, _, ok, err := a.Calloc(f, n, size)
			if ended = err != nil; ended && !errors.Is(err, errUneven) {
				t.Fatalf("calloc(%d, %d): %v", n, size, err)
			}
			if ok {
				f.given(block, n*size)
			}
		}
		realloc := func() {
			if len(f.live) == 0 {
				return
			}
			block := rapid.SampledFrom(slices.Sorted(maps.Keys(f.live))).Draw(t, "block")
			was, size := f.live[block], requestGen.Draw(t, "size")
			delete(f.live, block)
			to, ok, err := a.Realloc(f, block, size)
			switch ended = err != nil; {
			case ended && !errors.Is(err, errUneven):
				t.Fatalf("realloc(%#x, %d) of %d bytes: %v", block, size, was, err)
			case !ok:
				f.live[block] = was
			case size > 0:
				f.given(to, size)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"calloc": act(calloc), "realloc": act(realloc), "realloc2": act(realloc),
			"malloc": act(malloc), "malloc2": act(malloc), "free": act(free),
			"mallopt": act(func() { a.FixThreshold(rapid.Uint64Range(0, 400_000).Draw(t, "threshold")) }),
			"foreign brk": act(func() {
				_, _, _ = f.Sbrk(rapid.Int64Range(0, 20_000).Draw(t, "bytes"))
			}),
			"wall":  act(func() { f.wall = f.end + rapid.Uint64Range(0, 400_000).Draw(t, "room") }),
			"mmaps": act(func() { f.noMmap = rapid.Bool().Draw(t, "none") }),
			"fork":  act(func() { a = a.Clone() }),
		})
	})
}

// glibcAnswers is what glibc 2.36 answered to calls drawn at random (x86-64, Debian 12, pages of
// 4 KiB, GLIBC_TUNABLES=glibc.malloc.tcache_count=0, mallopt(M_MXFAST, 0)). A line is a call
// and its answer:
//
//	m BLOCK SIZE = B AT HEAD HEAP   malloc: where in the heap, the word before it, how large the heap is then
//	m BLOCK SIZE = M HEAD HEAP      a mapping of its own
//	m BLOCK SIZE = X HEAD HEAP      in the mapping that stands in for brk
//	f BLOCK = F HEAP                free
//	t SIZE = T                      mallopt(M_MMAP_THRESHOLD)
//	b SIZE = S 0 HEAP               sbrk, by the program
//	w SIZE = W 1                    a mapping is put so far above the heap
//
// In glibc 2.35 to 2.37 a second such mapping can be smaller than in all others, because two
// arguments of sysmalloc_mmap_fallback are the wrong way round: calls where that makes a
// difference are left out.
//
//go:embed testdata/glibc-malloc.txt
var glibcAnswers string

func TestArenaIsGlibc(t *testing.T) {
	f := newFakeSystem(4096)
	a := New(4096)
	if _, _, err := a.Malloc(f, 640); err != nil { // for the tcache, at the first malloc
		t.Fatal(err)
	}
	blocks := map[uint64]uint64{}
	for line := range strings.Lines(glibcAnswers) {
		call, want, _ := strings.Cut(strings.TrimSpace(line), " = ")
		var what string
		var n, size uint64
		_, _ = fmt.Sscan(call, &what, &n, &size) // only malloc has a third word
		got := ""
		switch heap := func() uint64 { return f.end - f.start }; what {
		case "m":
			p, ok, err := a.Malloc(f, size)
			if !ok || err != nil {
				t.Fatalf("%s: %v", call, err)
			}
			blocks[n] = p
			head := f.words[p-WordSize]
			switch {
			case head&isMmapped != 0:
				got = fmt.Sprint("M ", head, " ", heap())
			case p < f.end:
				got = fmt.Sprint("B ", p-f.start, " ", head, " ", heap())
			default:
				got = fmt.Sprint("X ", head, " ", heap())
			}
		case "f":
			if err := a.Free(f, blocks[n]); err != nil {
				t.Fatalf("%s: %v", call, err)
			}
			got = fmt.Sprint("F ", heap())
		case "t":
			a.FixThreshold(n)
			got = "T"
		case "b":
			_, _, _ = f.Sbrk(int64(n))
			got = fmt.Sprint("S 0 ", heap())
		case "w":
			f.wall = alignUp(f.end, f.page) + n - f.page // a page stays between
			got = "W 1"
		}
		if got != want {
			t.Fatalf("%s: %s, and in glibc %s", call, got, want)
		}
	}
	if f.complaint != "" {
		t.Error(f.complaint)
	}
}

func TestChunkSize(t *testing.T) {
	for request, want := range map[uint64]uint64{
		0: 32, 1: 32, 24: 32, 25: 48, 40: 48, 41: 64, 4096: 4112, 131_048: 131_056, 131_056: 131_072,
	} {
		if got := chunkSize(request); got != want {
			t.Errorf("a request of %d bytes takes %d, not %d", request, got, want)
		}
	}
}

func TestArenaAborts(t *testing.T) {
	f := newFakeSystem(4096)
	a := New(4096)
	p, _, _ := a.Malloc(f, 100)
	if err := a.Free(f, p+16); !errors.Is(err, errNotBlock) {
		t.Errorf("free in the middle of a block: %v", err)
	}
	f.words[p-WordSize] = 0x4141414141414141
	var corrupt *CorruptError
	if err := a.Free(f, p); !errors.As(err, &corrupt) || corrupt.Addr != p-WordSize {
		t.Errorf("free of a block with another header: %v", err)
	}
	f.words[a.top+WordSize] = 0
	if _, _, err := a.Malloc(f, 100); !errors.As(err, &corrupt) {
		t.Errorf("malloc from a top with another size: %v", err)
	}
	f.Store(a.top+WordSize, a.topSize|prevInUse)
	f.end -= 3 * 4096
	a.FixThreshold(1 << 20)
	if _, _, err := a.Malloc(f, 150_000); !errors.Is(err, errBreakBelowTop) {
		t.Errorf("malloc after the break went down: %v", err)
	}
}
