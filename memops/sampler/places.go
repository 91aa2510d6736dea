//go:build linux && (amd64 || arm64)

package sampler

import (
	"maps"
	"math"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/order"
	"incore/memops/subject"
	"incore/model"
)

// places are where calls can have brought something into a page table. A place is what one table of the lowest
// level is about: 2 MiB with pages of 4 KiB, which is also what a huge page maps. They are a hint, and say
// where to look first: whether nothing lies elsewhere is asked of the kernel (sparse.go).
type places struct {
	wanted   bool   // PAGEMAP_SCAN, which tells by itself where something is, is missing
	pageSize uint64 // bytes
	size     uint64 // bytes of a place

	mu   order.Mutex[order.Notes]
	set  map[uint64]struct{} // numbers of places: addresses divided by size
	last uint64              // the one that was added last
}

// mostPlaces is how many places are remembered; what lies in others is found without a hint, or not at all.
const mostPlaces = 1 << 16

// placesOf is how many places a call may be about to be remembered: one that is about more has seldom filled them.
const placesOf = 1 << 11

// add adds the places of a span, where they are not too many.
func (p *places) add(s model.Span) {
	if !p.wanted || s.Len == 0 || s.Addr+(s.Len-1) < s.Addr {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	lo, hi := s.Addr/p.size, (s.Addr+(s.Len-1))/p.size
	if hi-lo >= placesOf || lo == hi && lo == p.last {
		return
	}
	p.last = hi
	for ; lo <= hi && len(p.set) < mostPlaces; lo++ {
		p.set[lo] = struct{}{}
	}
}

// accessed adds what a loop of the subject is about to access.
func (p *places) accessed(number uint64, args []uint64) {
	if !p.wanted {
		return
	}
	switch number {
	case subject.TouchRead, subject.TouchWrite, subject.TouchExec:
		if args[1] <= p.pageSize {
			p.add(model.Span{Addr: args[0], Len: args[1] * args[2]})
			return
		}
		for addr, n := args[0], args[2]; n > 0; addr, n = addr+args[1], n-1 {
			p.add(model.Span{Addr: addr, Len: 1})
		}
	case subject.Fill:
		p.add(model.Span{Addr: args[0], Len: args[2]})
	default: // to, from, length
		for _, addr := range args[:len(args)-1] {
			p.add(model.Span{Addr: addr, Len: args[len(args)-1]})
		}
	}
}

// called adds what a system call that has returned may have filled.
func (p *places) called(e *model.Event) {
	if !p.wanted || !e.OK() && e.Call != "madvise" && !strings.HasPrefix(e.Call, "mlock") { // which do a part
		return
	}
	switch e.Call {
	case "mprotect", "pkey_mprotect", "mseal", "mincore", "msync":
		return // nothing comes to be by them
	case "munmap":
		p.drop(model.Span{Addr: e.Args[0].Value, Len: e.Args[1].Value})
		return
	case "mmap":
		s := model.Span{Addr: uint64(e.Ret), Len: e.Args[1].Value}
		p.drop(s)
		if e.Args[3].Value&(unix.MAP_POPULATE|unix.MAP_LOCKED) != 0 {
			p.add(s)
		}
		return
	case "mremap":
		if len(e.Args) > 2 {
			p.moved(model.Span{Addr: e.Args[0].Value, Len: e.Args[1].Value}, uint64(e.Ret))
		}
	}
	for i, a := range e.Args {
		if a.Kind != model.ArgAddr {
			continue
		}
		if k := slices.IndexFunc(e.Args[i:], func(n model.Arg) bool { return n.Kind == model.ArgLen }); k >= 0 {
			p.add(model.Span{Addr: a.Value, Len: e.Args[i+k].Value})
		}
	}
}

// drop forgets the places that lie in a span that was unmapped. Those at its ends may have others in them.
func (p *places) drop(s model.Span) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lo, hi := (s.Addr+p.size-1)/p.size, (s.Addr+s.Len)/p.size
	maps.DeleteFunc(p.set, func(n uint64, _ struct{}) bool { return n >= lo && n < hi })
	p.last = math.MaxUint64
}

// moved adds where mremap has moved what was in a span.
func (p *places) moved(from model.Span, to uint64) {
	if from.Addr == to {
		return
	}
	for _, s := range p.in(from.Addr, from.End()) {
		lo := max(s.lo, from.Addr)
		p.add(model.Span{Addr: lo - from.Addr + to, Len: min(s.hi, from.End()) - lo})
	}
}

// in are the places that overlap the addresses from start to before end, in order, those side by side as one.
func (p *places) in(start, end uint64) (list []stretch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if start >= end || len(p.set) == 0 {
		return nil
	}
	lo, hi := start/p.size, (end-1)/p.size
	numbers := make([]uint64, 0, 16)
	if hi-lo < uint64(len(p.set)) {
		for n := lo; n <= hi; n++ {
			if _, ok := p.set[n]; ok {
				numbers = append(numbers, n)
			}
		}
	} else {
		for n := range p.set {
			if n >= lo && n <= hi {
				numbers = append(numbers, n)
			}
		}
		slices.Sort(numbers)
	}
	for _, n := range numbers {
		at := stretch{n * p.size, (n + 1) * p.size}
		if k := len(list) - 1; k >= 0 && list[k].hi == at.lo {
			list[k].hi = at.hi
		} else {
			list = append(list, at)
		}
	}
	return list
}

// inherit takes over what is known of the process that was forked: a child has a copy of its tables.
func (p *places) inherit(of *places) {
	of.mu.Lock()
	set := maps.Clone(of.set)
	of.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.Copy(p.set, set)
}

// clear forgets all: the address space is another.
func (p *places) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.set)
	p.last = math.MaxUint64
}

func newPlaces(wanted bool, pageSize int64) *places {
	return &places{wanted: wanted, pageSize: uint64(pageSize), size: uint64(pageSize) * uint64(pageSize) / kernel.EntryBytes, set: map[uint64]struct{}{}, last: math.MaxUint64}
}

// Accessing takes note of what a loop of the subject is about to access.
func (s *Sampler) Accessing(number uint64, args []uint64) { s.places.accessed(number, args) }

// Called takes note of what a system call that has returned may have filled.
func (s *Sampler) Called(e *model.Event) { s.places.called(e) }

// Inherit takes over what is known of the process that was forked. The child has so many VMAs.
func (s *Sampler) Inherit(parent *Sampler, vmas int) {
	s.places.inherit(parent.places)
	s.counted.Store(int64(vmas))
}
