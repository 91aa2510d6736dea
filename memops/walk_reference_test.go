//go:build linux && (amd64 || arm64)

package memops_test

import (
	"cmp"
	"maps"
	"slices"

	"incore/memops/malloc"
	"incore/model"
	"incore/model/lang"
)

// reference is what all processes of a walk should look like.
type reference struct {
	machine
	procs    map[string]*refProcess
	segments []*refSegment // that shmget made, in that order
	swap     bool          // there is swap, or has been: what is not locked may leave
	disk     bool          // something is, or was, of a disk: reading it is a major fault
	wrong    wrongRule
}

// machine is what a kernel and a user bring along. It is found out before the walk, and
// not by the walk.
type machine struct {
	pageSize   int64
	kernel     kernelVersion
	advices    map[lang.Advice]bool // that the kernel knows
	mlock2     bool
	guards     bool  // the page table tells guard pages
	removes    bool  // MADV_REMOVE takes a mapping that may only be read
	hugeShm    bool  // shmem may come in huge pages: one touch, many pages
	zeroTold   bool  // the zero page is told from others
	scratch    bool  // there is a disk for a scratch file
	ownSize    int64 // bytes of VmSize that are the subject's own
	ownData    int64 // bytes of it that RLIMIT_DATA counts
	ownProgram int64 // bytes that the subject's program has of data
	ownLocks   int64 // bytes that mlockall locks of it
	limits     model.Limits

	root        bool // the superuser, who has all capabilities again after an execve
	sysResource bool // CAP_SYS_RESOURCE: the hard limit may be raised
}

// wrongRule is a mistake that a test puts into the reference, to see that it is found.
type wrongRule uint8

const (
	noWrongRule          wrongRule = iota
	munlockIsExact                 // munlock leaves the pages that it covers only a part of
	mlockAllOrNothing              // a hole keeps mlock from locking what lies before it
	forkKeepsLocks                 // a child has its parent's locks
	dontneedDropsAll               // MADV_DONTNEED works on locked pages
	truncateLeavesCopies           // a shorter file leaves the copies of private mappings
	shortIsFault                   // read and write answer with EFAULT what came through in part
	brkKeepsPages                  // a break that moves down leaves what is mapped
	dontUnmapKeepsLocks            // what MREMAP_DONTUNMAP leaves is locked as before
)

// refProcess is one process.
type refProcess struct {
	name      string
	pages     map[uint64]*refPage // by page number: address / page size
	regions   map[string]refRegion
	gone      map[string]refRegion // where those lay of which nothing is left, by the names that they had last
	maps      bool                 // mallopt was called: malloc maps each block
	cache     uint64               // page number of the tcache, which the first of malloc and its like maps; 0: none yet
	uncounted int64                // pages that VmLck counts though nothing locks them: what MREMAP_DONTUNMAP left
	mdwe      bool                 // PR_SET_MDWE
	brk       refBreak
	arena     *malloc.Arena // malloc's account of a heap; nil: it was not called, or maps each block
	torn      bool          // a signal ended malloc or its like
	future    model.Lock    // MCL_FUTURE: what a new mapping is locked as
	ownLock   model.Lock    // of the subject's own memory: only mlockall reaches it
	limits    model.Limits
	own       []model.VMA // the subject's own memory, which no region has
}

// refRegion is where a region lies.
type refRegion struct {
	base    uint64 // page number
	pages   int64
	heap    bool            // it is brk's
	segment *refSegment     // what it has attached, or nil
	block   int64           // how many pages the mapping of a block of malloc has; 0: it is none
	start   uint64          // address of a block that has no pages for itself, as those in the heap
	loose   bool            // it is such a block
	lost    map[uint64]bool // page numbers of it that are gone
	size    uint64          // bytes of a block
	file    *refObject      // what can be mapped again, and made longer or shorter; or nil
}

// refOutcome is how a call should end.
type refOutcome struct {
	errno     string
	signal    *model.Signal // name, code and address
	ret       int64
	retUnsure bool
	addr      uint64      // that it returns, where that is known; else 0
	faults    model.Range // how many minor faults it can have, at least and at most; Hi is 0 where nothing is said
}

// String is the errno or the signal, or ok.
func (o refOutcome) String() string {
	switch {
	case o.errno != "":
		return o.errno
	case o.signal != nil:
		return o.signal.Name + " " + o.signal.Code
	}
	return "ok"
}

func newReference(m machine, wrong wrongRule) *reference {
	main := &refProcess{name: model.Main, pages: map[uint64]*refPage{}, regions: map[string]refRegion{}, gone: map[string]refRegion{}, limits: m.limits}
	return &reference{machine: m, procs: map[string]*refProcess{model.Main: main}, wrong: wrong}
}

// span is what a target means to a call, and whether it means anything: a name that is
// not there means nothing, and incore refuses it.
func (r *reference) span(p *refProcess, t model.Target) (addr, length uint64, ok bool) {
	if t.Form == model.RawSpan {
		return t.Off, t.Len, true
	}
	reg, ok := p.regions[t.Region]
	if !ok {
		reg, ok = p.gone[t.Region]
	}
	ps := uint64(r.pageSize)
	addr, length = reg.base*ps, uint64(reg.pages)*ps
	start := addr
	if reg.block > 0 {
		start += blockHead
		if t.Form == model.WholeRegion || t.Form == model.ByteSpan {
			addr, length = start, reg.size
		}
	}
	if reg.loose {
		start = reg.start
		if t.Form != model.PageSpan && t.Form != model.PageTail && t.Form != model.PageBytes {
			addr, length = start, reg.size
		}
	}
	switch t.Form {
	case model.PageSpan:
		addr, length = addr+uint64(t.First)*ps, uint64(t.Last-t.First+1)*ps
	case model.PageTail:
		addr, length = addr+uint64(t.First)*ps, uint64(reg.pages-t.First)*ps
		ok = ok && t.First < reg.pages
	case model.ByteSpan:
		addr, length = addr+t.Off, t.Len
	case model.PageBytes:
		addr, length = addr+uint64(t.First)*ps+t.Off, t.Len
	}
	return addr, length, ok
}

// aligned reports whether an address is a multiple of the page size.
func (r *reference) aligned(addr uint64) bool { return addr%uint64(r.pageSize) == 0 }

// roundUp rounds a length up to whole pages, and wraps around to 0 as PAGE_ALIGN does.
func (r *reference) roundUp(length uint64) uint64 {
	return (length + uint64(r.pageSize) - 1) &^ uint64(r.pageSize-1)
}

// cover are the page numbers from lo to before hi that a span touches, with both ends
// rounded outwards. The span must not wrap around.
func (r *reference) cover(addr, length uint64) (lo, hi uint64) {
	ps := uint64(r.pageSize)
	return addr / ps, (addr + length + ps - 1) / ps
}

// taskSize is no less than where user addresses end, on all of the machines that incore
// runs on; no region lies that high.
const taskSize = 1 << 56

// locked is how many pages of a process are locked, its own memory included.
func (r *reference) locked(p *refProcess) int64 {
	n := p.uncounted
	for _, pg := range p.pages {
		if pg.lock != model.Unlocked {
			n++
		}
	}
	if p.ownLock != model.Unlocked {
		n += r.ownLocks / r.pageSize
	}
	return n
}

// mayLock reports whether the process may lock anything at all (mlock(2), EPERM).
func (p *refProcess) mayLock() bool { return p.limits.IPCLock || p.limits.MemlockSoft != 0 }

// within reports whether so many locked pages are within RLIMIT_MEMLOCK, of which a part of
// a page is none (mm/mlock.c, do_mlock).
func (r *reference) within(p *refProcess, pages int64) bool {
	l := p.limits
	return l.IPCLock || l.MemlockSoft == model.Unlimited || pages <= l.MemlockSoft/r.pageSize
}

// unmap takes pages away, and the regions of which none is left.
func (p *refProcess) unmap(lo, hi uint64) {
	for n := lo; n < hi; n++ {
		delete(p.pages, n)
	}
	p.lose(lo, hi)
	for name, reg := range p.regions {
		if !reg.loose && !slices.ContainsFunc(slices.Collect(maps.Values(p.pages)), func(pg *refPage) bool { return pg.region == name }) {
			p.gone[name] = p.regions[name]
			delete(p.regions, name)
		}
	}
}

// hasHole reports whether any of the pages is not mapped.
func (p *refProcess) hasHole(lo, hi uint64) bool {
	for n := lo; n < hi; n++ {
		if p.pages[n] == nil {
			return true
		}
	}
	return false
}

// anyMapped reports whether any of the pages is mapped.
func (p *refProcess) anyMapped(lo, hi uint64) bool {
	for n := lo; n < hi; n++ {
		if p.pages[n] != nil {
			return true
		}
	}
	return false
}

// mapped is how many of the pages are mapped.
func (p *refProcess) mapped(lo, hi uint64) (count int64) {
	for n := lo; n < hi; n++ {
		if p.pages[n] != nil {
			count++
		}
	}
	return count
}

// sealed reports whether any of the pages is sealed, so that they cannot be unmapped. The
// call that was to do it has split the VMAs at both ends by then, and leaves them so
// (mm/vma.c, vms_gather_munmap_vmas).
func (p *refProcess) sealed(lo, hi uint64) bool {
	for n := lo; n < hi; n++ {
		if pg := p.pages[n]; pg != nil && pg.sealed {
			p.split(lo, hi)
			return true
		}
	}
	return false
}

// split says that VMAs may begin at pages.
func (p *refProcess) split(pages ...uint64) {
	for _, n := range pages {
		if pg := p.pages[n]; pg != nil {
			pg.split = true
		}
	}
}

// stretch is where the pages end, at hi at the latest, that continue the page n in all
// that a VMA has: what the kernel treats in one go at most.
func (p *refProcess) stretch(n, hi uint64) uint64 {
	first := p.pages[n]
	for at := n + 1; at < hi; at++ {
		pg := p.pages[at]
		if pg == nil || pg.refVMA != first.refVMA || pg.back != nil && pg.index != first.index+int64(at-n) {
			return at
		}
	}
	return hi
}

// populate brings in pages as a call does that locks or populates them: with a write
// where the mapping is private and may be written, so that it need not be copied later
// (mm/gup.c, populate_vma_page_range). What is locked on fault stays out. It ends at the
// first page that cannot come in and reports that; or it goes on behind the VMA that has
// it, where errors are ignored. Where a VMA ends in a stretch of equal pages the kernel
// does not promise, so what of the rest came in is then not known.
func (p *refProcess) populate(lo, hi uint64, ignoreErrors bool) bool {
	for n := lo; n < hi; n++ {
		pg := p.pages[n]
		if pg == nil || pg.lock == model.OnFault && (kernelSince(5, 18) || pg.accessible(lang.Read)) {
			continue // before 5.18 what may not be accessed failed here even so
		}
		by := lang.Read
		if !pg.shared && pg.accessible(lang.Write) {
			by = lang.Write
		}
		if signal, _ := pg.access(by); signal == "" {
			continue
		}
		if !ignoreErrors {
			return false
		}
		end := p.stretch(n, hi)
		for ; pg.accessible(lang.Read) && n < end; n++ {
			p.pages[n].mayComeIn(by)
		}
		n = end - 1
	}
	return true
}

// sortedPages are the numbers of the pages that are mapped.
func (p *refProcess) sortedPages() []uint64 { return slices.Sorted(maps.Keys(p.pages)) }

// sortedRegions are the regions by address.
func (p *refProcess) sortedRegions() []string {
	return slices.SortedFunc(maps.Keys(p.regions), func(a, b string) int {
		return cmp.Compare(p.regions[a].base, p.regions[b].base)
	})
}
