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
