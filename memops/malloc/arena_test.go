package malloc

import (
	"errors"
	"maps"
	"slices"
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
		aligned := func() {
			align := rapid.OneOf(rapid.Uint64Range(0, 100), rapid.SampledFrom([]uint64{256, 4096, 1 << 20, 1 << 62, MostAlignment})).Draw(t, "align")
			size := requestGen.Draw(t, "size")
			block, ok, err := a.AlignedAlloc(f, align, size)
			if ended = err != nil; ended && !errors.Is(err, errUneven) && !errors.Is(err, errWrapped) {
				t.Fatalf("aligned_alloc(%d, %d): %v", align, size, err)
			}
			if ok {
				f.given(block, size)
			}
			if ok && align&(align-1) == 0 && align > 0 && block%align != 0 {
				t.Fatalf("aligned_alloc(%d, %d) is %#x", align, size, block)
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
			"aligned_alloc": act(aligned),
			"mallopt": act(func() {
				o := rapid.SampledFrom([]Option{TrimThreshold, TopPad, MmapThreshold, MmapMax}).Draw(t, "option")
				if err := a.Mallopt(f, o, rapid.Uint64Range(0, 400_000).Draw(t, "value")); err != nil {
					t.Fatal(err)
				}
			}),
			"malloc_trim": act(func() {
				if _, err := a.Trim(f, rapid.Uint64Range(0, 200_000).Draw(t, "pad")); err != nil {
					t.Fatal(err)
				}
			}),
			"foreign brk": act(func() {
				_, _, _ = f.Sbrk(rapid.Int64Range(0, 20_000).Draw(t, "bytes"))
			}),
			"wall":  act(func() { f.wall = f.end + rapid.Uint64Range(0, 400_000).Draw(t, "room") }),
			"mmaps": act(func() { f.noMmap = rapid.Bool().Draw(t, "none") }),
			"fork":  act(func() { a = a.Clone() }),
		})
	})
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
	f.Store(a.top+WordSize, a.topHead)
	f.end -= 3 * 4096
	_ = a.Mallopt(f, MmapThreshold, 1<<20)
	if _, _, err := a.Malloc(f, 150_000); !errors.Is(err, errBreakBelowTop) {
		t.Errorf("malloc after the break went down: %v", err)
	}
}
