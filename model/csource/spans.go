package csource

import (
	"slices"
	"sort"

	"incore/model"
)

// spans are stretches of addresses, in order and apart.
type spans []model.Span

// from returns the first stretch that ends behind an address.
func (s spans) from(addr uint64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].End() > addr })
}

// add adds a stretch.
func (s *spans) add(at model.Span) {
	if at.Len == 0 {
		return
	}
	lo, hi := at.Addr, at.End()
	i := s.from(lo)
	if i > 0 && (*s)[i-1].End() == lo {
		i--
	}
	j := i
	for ; j < len(*s) && (*s)[j].Addr <= hi; j++ {
		lo, hi = min(lo, (*s)[j].Addr), max(hi, (*s)[j].End())
	}
	*s = slices.Replace(*s, i, j, model.Span{Addr: lo, Len: hi - lo})
}

// remove takes a stretch away.
func (s *spans) remove(at model.Span) {
	i := s.from(at.Addr)
	var left []model.Span
	j := i
	for ; j < len(*s) && (*s)[j].Addr < at.End(); j++ {
		x := (*s)[j]
		if x.Addr < at.Addr {
			left = append(left, model.Span{Addr: x.Addr, Len: at.Addr - x.Addr})
		}
		if x.End() > at.End() {
			left = append(left, model.Span{Addr: at.End(), Len: x.End() - at.End()})
		}
	}
	*s = slices.Replace(*s, i, j, left...)
}

// hits reports whether a part of a stretch is in s.
func (s spans) hits(at model.Span) bool {
	i := s.from(at.Addr)
	return at.Len > 0 && i < len(s) && s[i].Addr < at.End()
}

// within returns the parts of a stretch that are in s.
func (s spans) within(at model.Span) (parts []model.Span) {
	for _, x := range s[s.from(at.Addr):] {
		lo, hi := max(x.Addr, at.Addr), min(x.End(), at.End())
		if lo >= hi {
			break
		}
		parts = append(parts, model.Span{Addr: lo, Len: hi - lo})
	}
	return parts
}

// sum returns how many bytes they are.
func (s spans) sum() (n uint64) {
	for _, x := range s {
		n += x.Len
	}
	return n
}
