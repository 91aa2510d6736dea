// Package malloc is the rule by which glibc's malloc takes memory from a process: from the heap or by a mapping
// of its own. It makes no system call: it asks a [Process].
package malloc

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Arena is malloc's view of the heap: the main arena of glibc 2.36 (malloc/malloc.c) for
// 64-bit machines. It takes each decision that glibc takes: sizes of chunks, which free
// chunk is split, when the break is moved and when a mapping of its own is made, what goes
// back to the kernel. The words that it stores in memory are those that glibc stores in
// front of and behind chunks, so pages are touched as glibc touches them.
//
// The links of free chunks are stored too, and those read that glibc follows: what was written
// over them is found (CorruptError) and not followed, since the way is known here.
//
// What is left out, because it has no place here:
//   - other arenas: the subject's calls all come from one thread;
//   - addresses in glibc's own data, which the subject has not: where a list ends at its bin there is a 0,
//     and the key of the tcache, which glibc draws at random, is a constant;
//   - huge pages for the heap (the tunable glibc.malloc.hugetlb), other tunables, and perturbing.
type Arena struct {
	pageSize uint64 // bytes
	chunks   map[uint64]chunk
	mapped   map[uint64]mapping // of the chunks that have one of their own
	// bins are the free chunks, as bin_index orders them; bins[1] is the unsorted list. Each
	// goes from its last chunk to its first, in glibc's words from bk to fd: the one to take
	// comes first.
	bins [binCount][]uint64
	// fast and cache are the fastbins and the tcache: lists of chunks by size, the one to take last. Their
	// neighbors take them for chunks in use.
	fast          [fastBins][]uint64
	cache         [cacheBins][]uint64
	hasFast       bool   // something came into a fastbin since they were last emptied (have_fastchunks)
	cacheAt       uint64 // address of the tcache's own block, which is in the heap; 0 before there is one
	top           uint64 // address of the chunk that ends at the end of the heap
	topSize       uint64 // bytes; 0 before the first malloc from the heap
	topHead       uint64 // the second word of top as it stands in memory
	lastRemainder uint64
	scattered     bool // an mmap stood in for brk once: the heap is not one piece any more

	mmapThreshold uint64 // bytes, compared with the size of the chunk
	trimThreshold uint64 // bytes of top from which on free gives memory back
	topPad        uint64 // bytes that top gets beyond what is asked for, and keeps when it is trimmed
	mostMmaps     uint64 // chunks that may have a mapping of their own
	fixed         bool   // mallopt was called: the thresholds do not move any more
}

// mapping is what a chunk has to itself: so many bytes of it lie before the chunk, where it was aligned,
// and size are the chunk.
type mapping struct{ lead, size uint64 }

// length is how long the mapping is, in bytes.
func (g mapping) length() uint64 { return g.lead + g.size }

// chunk is a part of the heap, in use or free. It begins with two words: the size of the
// chunk before it, where that is free, and its own size with flags in the low bits.
type chunk struct {
	size     uint64 // bytes, with its header
	prevFree uint64 // size of the chunk before it where that is free, or 0
	free     bool   // it is in a bin
	cached   bool   // it is in a fastbin or in the tcache
}

// Sizes in bytes, and flags (malloc/malloc.c). They are the same on x86-64 and arm64.
const (
	WordSize   = 8  // SIZE_SZ
	headerSize = 16 // CHUNK_HDR_SZ: from a chunk to what malloc returns
	minChunk   = 32 // MINSIZE

	prevInUse = 1 // PREV_INUSE
	isMmapped = 2 // IS_MMAPPED

	firstTopPad            = 128 << 10 // DEFAULT_TOP_PAD of malloc-machine.h
	firstThreshold         = 128 << 10 // DEFAULT_MMAP_THRESHOLD, DEFAULT_TRIM_THRESHOLD
	mostThreshold          = 32 << 20  // DEFAULT_MMAP_THRESHOLD_MAX
	firstMmaps             = 65536     // DEFAULT_MMAP_MAX
	mmapAsMorecore         = 1 << 20   // MMAP_AS_MORECORE_SIZE
	consolidateSize        = 64 << 10  // FASTBIN_CONSOLIDATION_THRESHOLD
	binCount               = 128       // NBINS
	unsorted               = 1         // the bin of what was just freed
	firstLarge             = 1024      // MIN_LARGE_SIZE: smaller chunks have a bin for each size
	mostUnsorted           = 10000     // MAX_ITERS: chunks that one malloc sorts into bins
	MostRequest            = 1<<63 - 1 // PTRDIFF_MAX
	MostAlignment          = 1 << 63   // SIZE_MAX / 2 + 1
	ChunkAlign      uint64 = 16        // MALLOC_ALIGNMENT
)

// Process is what the arena has of a process: its break, its mappings, its memory. An
// error means that the call could not be made, or that memory did not answer as malloc
// left it; what it ends stays as it was at that moment.
type Process interface {
	// Brk is the break as the process knows it, sbrk(0).
	Brk() (uint64, error)
	// Sbrk moves the break and returns where it was; ok is false where the kernel refused.
	Sbrk(delta int64) (old uint64, ok bool, err error)
	// Mmap makes a mapping; ok is false where the kernel refused.
	Mmap(length uint64) (addr uint64, ok bool, err error)
	// Mremap makes a mapping longer or shorter, where it is or elsewhere; ok is false where the
	// kernel refused.
	Mremap(addr, length, to uint64) (moved uint64, ok bool, err error)
	// Munmap gives a mapping back.
	Munmap(addr, length uint64) error
	// Discard is madvise(MADV_DONTNEED), of which malloc does not look whether it worked.
	Discard(addr, length uint64) error
	// Store writes a word of a header, or a link.
	Store(addr, word uint64)
	// Room is an error where so many bytes more must not come into memory. It is asked before
	// anything is changed for the sake of a Copy or a Clear.
	Room(bytes uint64) error
	// Copy copies bytes of a block to another.
	Copy(to, from, length uint64) error
	// Clear writes zeros to bytes of a block.
	Clear(addr, length uint64) error
	// Read reads a word that may be the program's by now, whatever it is.
	Read(addr uint64) error
	// Check reads a word that malloc has stored.
	Check(addr, stored uint64) error
}

// New is the arena of a process that has called malloc not yet, with pages of so many bytes.
func New(pageSize int64) *Arena {
	return &Arena{
		pageSize: uint64(pageSize), chunks: map[uint64]chunk{}, mapped: map[uint64]mapping{},
		mmapThreshold: firstThreshold, trimThreshold: firstThreshold, topPad: firstTopPad, mostMmaps: firstMmaps,
	}
}

// Clone is the arena of a forked child.
func (a *Arena) Clone() *Arena {
	c := *a
	c.chunks, c.mapped = maps.Clone(a.chunks), maps.Clone(a.mapped)
	for i := range c.bins {
		c.bins[i] = slices.Clone(a.bins[i])
	}
	for i := range c.fast {
		c.fast[i] = slices.Clone(a.fast[i])
	}
	for i := range c.cache {
		c.cache[i] = slices.Clone(a.cache[i])
	}
	return &c
}

// chunkSize is what a request of so many bytes takes: a word for the header, and so much
// more that it is a multiple of 16 and at least 32 (request2size). The word behind it, of
// the next chunk's header, belongs to it while it is in use.
func chunkSize(request uint64) uint64 {
	return max(minChunk, alignUp(request+WordSize, ChunkAlign))
}

func alignUp(v, to uint64) uint64   { return (v + to - 1) &^ (to - 1) }
func alignDown(v, to uint64) uint64 { return v &^ (to - 1) }

// head is the second word of a chunk as it stands in memory.
func (c chunk) head() uint64 {
	if c.prevFree == 0 {
		return c.size | prevInUse
	}
	return c.size
}

// set writes a chunk's header.
func (a *Arena) set(m Process, addr uint64, c chunk) {
	a.chunks[addr] = c
	m.Store(addr+WordSize, c.head())
}

// setTop writes the header of the chunk at the end of the heap. No free chunk ever lies
// before it. Where the program moved the break itself its size need be no multiple of 8; the bits under
// that are then read as flags.
func (a *Arena) setTop(m Process, addr, size uint64) {
	a.top, a.topSize, a.topHead = addr, alignDown(size, WordSize), size|prevInUse
	m.Store(addr+WordSize, a.topHead)
}

// markAfter tells the chunk at addr how large the free chunk before it is, or with 0 that
// it is in use. It is never top: a free chunk that borders on top is joined with it.
func (a *Arena) markAfter(m Process, addr, prevFree uint64) {
	next := a.chunks[addr]
	next.prevFree = prevFree
	if prevFree != 0 {
		m.Store(addr, prevFree)
	}
	a.set(m, addr, next)
}

// use marks a free chunk, which is in no bin any more, as in use.
func (a *Arena) use(m Process, addr uint64) {
	c := a.chunks[addr]
	c.free = false
	a.chunks[addr] = c
	a.markAfter(m, addr+c.size, 0)
}

// Thresholds are the size of a chunk from which on malloc maps, and that of the top of the heap from which
// on free gives memory back, in bytes. Both move as glibc moves them.
func (a *Arena) Thresholds() (mmap, trim uint64) { return a.mmapThreshold, a.trimThreshold }

// ChunkOf is how large the chunk of a block is, in bytes, that lies in the heap.
func (a *Arena) ChunkOf(block uint64) (size uint64) { return a.chunks[block-headerSize].size }

// ListOf is where a block waits for the next request of its size: in "the tcache", in "a fastbin", or, as most do not, "".
func (a *Arena) ListOf(block uint64) string {
	c := a.chunks[block-headerSize]
	switch {
	case !c.cached:
		return ""
	case a.caches(c.size) && slices.Contains(a.cache[listOf(c.size)], block-headerSize):
		return "the tcache"
	}
	return "a fastbin"
}

// MappingOf is where the mapping of a block begins and how long it is, in bytes, where it has one of its own.
func (a *Arena) MappingOf(block uint64) (base, length uint64, own bool) {
	g, own := a.mapped[block-headerSize]
	return block - headerSize - g.lead, g.length(), own
}

// CorruptError says that memory which malloc wrote holds something else.
type CorruptError struct {
	Addr          uint64 // of the word, bytes
	Stored, Found uint64 // the word as malloc wrote it, and as it is
	Link          bool   // it is no size, but leads from one free chunk to another, or counts those of the tcache
	Lead          bool   // it is no size, but how far into its mapping a chunk begins
}

func (e *CorruptError) Error() string {
	if e.Link {
		return fmt.Sprintf("at %#x malloc wrote %#x, a word of its lists of free chunks, and now there is %#x: glibc would go by that, "+
			"and end the process with SIGABRT or SIGSEGV, or give out memory that is not free", e.Addr, e.Stored, e.Found)
	}
	if e.Lead {
		text := fmt.Sprintf("at %#x, before the size of the block, malloc wrote %#x, how far into its mapping the chunk begins, and now there is %#x: ", e.Addr, e.Stored, e.Found)
		if e.Found%leastPage != 0 {
			return text + "glibc would end the process here, with SIGABRT (munmap_chunk() or mremap_chunk(): invalid pointer)"
		}
		return text + "glibc would go by that, and unmap or move what is not the block's"
	}
	return fmt.Sprintf("at %#x malloc wrote %#x, the size of a chunk, and now there is %#x: glibc would end the process here, with SIGABRT",
		e.Addr, e.Stored, e.Found)
}

// leastPage divides every page size that there is.
const leastPage = 4096

// checkLead reads how far into its mapping a chunk begins (munmap_chunk, mremap_chunk). A write to the first byte of the mapping's
// first page, such as that of a touch, changes it.
func checkLead(m Process, addr uint64, g mapping) error {
	err := m.Check(addr, g.lead)
	if corrupt := (*CorruptError)(nil); errors.As(err, &corrupt) {
		corrupt.Lead = true
	}
	return err
}

// checkLink reads a word of the lists.
func checkLink(m Process, addr, stored uint64) error {
	err := m.Check(addr, stored)
	if corrupt := (*CorruptError)(nil); errors.As(err, &corrupt) {
		corrupt.Link = true
	}
	return err
}
