package model

import (
	"hash/maphash"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// regionIndex finds regions of a process by name and by address, so that what a command costs does
// not follow how many there are. It is two treaps that share what they have in common with those of
// older states, as a State is a value. It is good for as many regions as it has: a list that somebody
// made by hand is looked through instead.
type regionIndex struct {
	names *regionNode // by name
	bases *regionNode // by address, then by name
	n     int         // how many there are
	last  int         // the order of the newest
}

// regionNode is a node of a treap. It is never changed.
type regionNode struct {
	name        string
	base, end   uint64 // bytes
	order       int    // Region.order
	priority    uint64
	maxEnd      uint64 // the largest end below it, and its own
	left, right *regionNode
}

var indexSeed = maphash.MakeSeed()

func byName(a, b *regionNode) bool { return a.name < b.name }

func byBase(a, b *regionNode) bool { return a.base < b.base || a.base == b.base && a.name < b.name }

// with returns the node with other children.
func (n *regionNode) with(left, right *regionNode) *regionNode {
	c := *n
	c.left, c.right, c.maxEnd = left, right, n.end
	for _, k := range []*regionNode{left, right} {
		if k != nil {
			c.maxEnd = max(c.maxEnd, k.maxEnd)
		}
	}
	return &c
}

// split parts a treap into what is before k and what is not.
func split(t, k *regionNode, before func(a, b *regionNode) bool) (l, r *regionNode) {
	switch {
	case t == nil:
		return nil, nil
	case before(t, k):
		l, r = split(t.right, k, before)
		return t.with(t.left, l), r
	}
	l, r = split(t.left, k, before)
	return l, t.with(r, t.right)
}

// join returns all of l before all of r.
func join(l, r *regionNode) *regionNode {
	switch {
	case l == nil:
		return r
	case r == nil:
		return l
	case l.priority > r.priority:
		return l.with(l.left, join(l.right, r))
	}
	return r.with(join(l, r.left), r.right)
}

func insert(t, k *regionNode, before func(a, b *regionNode) bool) *regionNode {
	switch {
	case t == nil || k.priority > t.priority:
		return k.with(split(t, k, before))
	case before(k, t):
		return t.with(insert(t.left, k, before), t.right)
	}
	return t.with(t.left, insert(t.right, k, before))
}

func remove(t, k *regionNode, before func(a, b *regionNode) bool) *regionNode {
	switch {
	case t == nil:
		return nil
	case before(k, t):
		return t.with(remove(t.left, k, before), t.right)
	case before(t, k):
		return t.with(t.left, remove(t.right, k, before))
	}
	return join(t.left, t.right)
}

func (x *regionIndex) named(name string) *regionNode {
	for t := x.names; t != nil; {
		switch {
		case name == t.name:
			return t
		case name < t.name:
			t = t.left
		default:
			t = t.right
		}
	}
	return nil
}

func (x *regionIndex) add(r *Region) {
	k := &regionNode{name: r.Name, base: r.Base, end: r.Base + max(r.Len, uint64(1)), order: r.order, priority: maphash.String(indexSeed, r.Name)}
	if k.end < k.base {
		k.end = ^uint64(0)
	}
	k = k.with(nil, nil)
	x.names, x.bases = insert(x.names, k, byName), insert(x.bases, k, byBase)
	x.n++
}

func (x *regionIndex) drop(name string) {
	if k := x.named(name); k != nil {
		x.names, x.bases = remove(x.names, k, byName), remove(x.bases, k, byBase)
		x.n--
	}
}

// overlapping calls f for the regions that overlap the bytes from lo to before hi, by address.
func (t *regionNode) overlapping(lo, hi uint64, f func(*regionNode)) {
	if t == nil || t.maxEnd <= lo {
		return
	}
	t.left.overlapping(lo, hi, f)
	if t.base >= hi {
		return
	}
	if t.end > lo {
		f(t)
	}
	t.right.overlapping(lo, hi, f)
}

// behind returns the lowest address above addr that a region begins at; ok is false where there is none.
func (t *regionNode) behind(addr uint64) (base uint64, ok bool) {
	for t != nil {
		if t.base > addr {
			base, ok = t.base, true
			t = t.left
		} else {
			t = t.right
		}
	}
	return base, ok
}

// indexed reports whether the index fits the regions.
func (p *Process) indexed() bool { return p.index.n == len(p.Regions) }

// position returns the place in Regions of the region of that name, or -1.
func (p *Process) position(name string) int {
	if !p.indexed() {
		return slices.IndexFunc(p.Regions, func(r *Region) bool { return r.Name == name })
	}
	k := p.index.named(name)
	if k == nil {
		return -1
	}
	return p.ordered(k.order)
}

// ordered returns the place in Regions of the region of that order.
func (p *Process) ordered(order int) int {
	return sort.Search(len(p.Regions), func(i int) bool { return p.Regions[i].order >= order })
}

// Region returns the region of that name, or nil. What it points to is the process's: not to be
// changed.
func (p *Process) Region(name string) *Region {
	if i := p.position(name); i >= 0 {
		return p.Regions[i]
	}
	return nil
}

// NextName returns the name of what comes off a region: the region's, with the first number from 2 on behind it that
// makes it no other region's.
func (p *Process) NextName(region string) string {
	const longest = 32 // a name that can be typed
	stem := region
	if i := strings.LastIndexByte(region, '_'); i > 0 && strings.Trim(region[i+1:], "0123456789") == "" {
		stem = region[:i]
	}
	for n := 2; ; n++ {
		number := "_" + strconv.Itoa(n)
		if name := stem[:min(len(stem), longest-len(number))] + number; p.Region(name) == nil {
			return name
		}
	}
}

// RegionsIn returns the regions that overlap a span, in the order in which they were mapped. A span
// that goes past the last address ends there.
func (p *Process) RegionsIn(s Span) (list []*Region) {
	if s.Len == 0 {
		return nil
	}
	hi := s.End()
	if hi < s.Addr {
		hi = ^uint64(0)
	}
	if !p.indexed() {
		for _, r := range p.Regions {
			if r.Base < hi && (r.Base+r.Len > s.Addr || r.Base+r.Len < r.Base) {
				list = append(list, r)
			}
		}
		return list
	}
	var orders []int
	p.index.bases.overlapping(s.Addr, hi, func(k *regionNode) { orders = append(orders, k.order) })
	slices.Sort(orders)
	for _, o := range orders {
		list = append(list, p.Regions[p.ordered(o)])
	}
	return list
}

// RegionsOf returns the regions that are called so, or that one of the addresses lies in, in the order
// in which they were mapped.
func (p *Process) RegionsOf(names []string, addrs []uint64) (list []*Region) {
	var at []int
	for _, name := range names {
		if i := p.position(name); i >= 0 {
			at = append(at, i)
		}
	}
	for _, a := range addrs {
		for _, r := range p.RegionsIn(Span{a, 1}) {
			at = append(at, p.position(r.Name))
		}
	}
	slices.Sort(at)
	for _, i := range slices.Compact(at) {
		list = append(list, p.Regions[i])
	}
	return list
}

// reindex makes the index anew.
func (p *Process) reindex() {
	p.Regions, p.index = slices.Clone(p.Regions), regionIndex{}
	for i, was := range p.Regions {
		r := *was
		p.index.last++
		r.order = p.index.last
		p.Regions[i] = &r
		p.index.add(&r)
	}
}

// applyRegions takes note of what an event means for the regions. A region that moved or has another
// length keeps its place in the list, and what was seen of the pages that it still has. The list of an
// older state stays as it was: what is behind its end may be written to, since states are folded on once.
func (p *Process) applyRegions(e Event) {
	if !p.indexed() {
		p.reindex()
	}
	p.leaves(e)
	var gone []int
	for _, name := range e.Gone {
		if i := p.position(name); i >= 0 && !slices.Contains(gone, i) {
			gone = append(gone, i)
		}
	}
	if len(gone) > 0 {
		slices.Sort(gone)
		p.Regions = without(p.Regions, gone)
		for _, name := range e.Gone {
			p.index.drop(name)
		}
	}
	if m := e.Mapped; m != nil && p.PageSize > 0 {
		p.applyMapped(m)
	}
}

// without returns the list without the regions at some places, which are in order. What goes from either end of
// the list costs no copy of it, and the list that older states have is left as it is.
func without(list []*Region, gone []int) []*Region {
	for len(gone) > 0 && gone[len(gone)-1] == len(list)-1 {
		list, gone = list[:len(list)-1:len(list)-1], gone[:len(gone)-1]
	}
	first := 0
	for first < len(gone) && gone[first] == first {
		first++
	}
	list = list[first:]
	if len(gone) == first {
		return list
	}
	out, from := make([]*Region, 0, len(list)+1), 0
	for _, i := range gone[first:] {
		out = append(out, list[from:i-first]...)
		from = i - first + 1
	}
	return append(out, list[from:]...)
}

func (p *Process) applyMapped(m *RegionInfo) {
	n := int64(m.Len / uint64(p.PageSize))
	if m.Len%uint64(p.PageSize) != 0 {
		n++
	}
	r := &Region{RegionInfo: *m}
	i := p.position(m.Name)
	if i >= 0 {
		old := p.Regions[i]
		r.order = old.order
		r.Pages = resized(old.Pages, n, Page{Mapping: InVMA})
		r.Changed, r.ChangedBlock = resized(old.Changed, n, 0), old.ChangedBlock
		if old.Unwritten != nil {
			r.Unwritten = resized(old.Unwritten, n, false)
		}
		if old.Heat != nil {
			r.Heat = resized(old.Heat, n, Heat{})
		}
		p.index.drop(m.Name)
		p.Regions = slices.Clone(p.Regions)
		p.Regions[i] = r
	} else {
		p.index.last++
		r.order = p.index.last
		r.Pages = resized(nil, n, Page{Mapping: InVMA})
		r.Changed = resized(nil, n, time.Duration(0))
		p.Regions = append(p.Regions, r)
	}
	p.index.add(r)
}

// applyResized takes note of how long a file is by now.
func (p *Process) applyResized(f Resized) {
	if r := p.Region(f.Region); r != nil {
		info := r.RegionInfo
		info.FileLen, info.Sized = f.FileLen, true
		p.applyRegions(Event{Mapped: &info})
	}
}

// applySample takes note of what a sample saw of the regions.
func (p *Process) applySample(s Sample) {
	copied := false
	for k := range s.Regions {
		seen := &s.Regions[k]
		i := k // the sample has them in the same order
		if i >= len(p.Regions) || p.Regions[i].Name != seen.Name {
			i = p.position(seen.Name)
		}
		// A sample begun before a munmap and an mmap of the same name can have
		// another length than the region has now; it is of the old one.
		if i < 0 || p.Regions[i].Pages.Len() != seen.Pages.Len() || p.Regions[i].Segment == seen.Segment && p.Regions[i].Pages.Equal(seen.Pages) {
			continue
		}
		if !copied {
			p.Regions, copied = slices.Clone(p.Regions), true
		}
		r := *p.Regions[i]
		r.Changed, r.ChangedBlock = changes(r.Changed, r.ChangedBlock, r.Pages, seen.Pages, s.Time)
		r.Pages, r.Segment = seen.Pages, seen.Segment
		p.Regions[i] = &r
	}
}
