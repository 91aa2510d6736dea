package model

import (
	"fmt"
	"slices"
	"strings"
)

// GoneKept is how many regions of which nothing is left a State remembers of each process.
const GoneKept = 1024

// Gone is a region of which every page is gone. Its name stands for its last addresses, until it is taken again.
type Gone struct {
	RegionInfo
	// Command took the last of it away: munmap, free, an mmap at its place. It is nil where a fork left it out,
	// or where that is not known.
	Command Command
	// Parent is the process that had it, and forked this one, which did not get it: MADV_DONTFORK.
	// It is "" where the process had the region itself.
	Parent string
}

// Span returns where the region lay.
func (g *Gone) Span() Span { return Span{g.Base, g.Len} }

// Since says what took the region away: "a is gone since munmap a".
func (g *Gone) Since() string {
	line := lineOf(g.Command)
	switch {
	case g.Parent != "":
		return fmt.Sprintf("%s did not come with the fork: %s had it advised MADV_DONTFORK", g.Name, g.Parent)
	case line != "":
		return fmt.Sprintf("%s is gone since %s", g.Name, line)
	}
	return g.Name + " is gone"
}

// FreedTwice says why what malloc gave is not freed a second time, and is "" of a region that it did not give.
func (g *Gone) FreedTwice() string {
	if g.Malloc == "" {
		return ""
	}
	return g.Since() + ": to free it again is undefined (free(3)); glibc ends the program where it notices (double free detected)"
}

// GoneRegion returns what is remembered of the region that had the name last, or nil where there is one that has it, or
// never was one. What it points to is the process's: not to be changed.
func (p *Process) GoneRegion(name string) *Gone {
	for i := range slices.Backward(p.Gone) {
		if p.Gone[i].Name == name {
			if p.Region(name) != nil {
				return nil
			}
			return &p.Gone[i]
		}
	}
	return nil
}

// Named returns what a name stands for: a region, or one that is gone, at its last addresses. It is nil where the
// process never had such a region, or it is forgotten.
func (p *Process) Named(name string) *RegionInfo {
	if r := p.Region(name); r != nil {
		return &r.RegionInfo
	}
	if g := p.GoneRegion(name); g != nil {
		return &g.RegionInfo
	}
	return nil
}

// GoneNames are the names of regions that are gone and not taken again, the newest first.
func (p *Process) GoneNames() (names []string) {
	seen := map[string]bool{}
	for i := range slices.Backward(p.Gone) {
		if name := p.Gone[i].Name; !seen[name] && p.Region(name) == nil {
			names = append(names, name)
		}
		seen[p.Gone[i].Name] = true
	}
	return names
}

// GoneAt returns a region that is gone, of those whose names are not taken again, and that had an address; or nil. It is
// the first of those that are named, or else the newest.
func (p *Process) GoneAt(addr uint64, named ...string) *Gone {
	if len(p.Gone) == 0 {
		return nil
	}
	for _, name := range named {
		if g := p.GoneRegion(name); g != nil && addr >= g.Base && addr-g.Base < g.Len {
			return g
		}
	}
	for i := range slices.Backward(p.Gone) {
		if g := &p.Gone[i]; addr >= g.Base && addr-g.Base < g.Len && p.GoneRegion(g.Name) == g {
			return g
		}
	}
	return nil
}

// LiesIn says what of the session's a span has by now: "b lies there now", or "".
func (p *Process) LiesIn(s Span) string {
	var names []string
	for _, r := range p.RegionsIn(s) {
		lo, hi := max(s.Addr, r.Base), min(s.End(), r.Base+r.Len)
		if ps := uint64(p.PageSize); ps > 0 && lo < hi && r.Pages.Count(Range{int64((lo - r.Base) / ps), int64((hi - r.Base + ps - 1) / ps)}, func(p Page) bool { return p.Has(InVMA) }) > 0 {
			names = append(names, r.Name)
		}
	}
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0] + " lies there now"
	case 2, 3:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1] + " lie there now"
	default:
		return fmt.Sprintf("%s, %s and %d more lie there now", names[0], names[1], n-2)
	}
}

// leave remembers regions that are gone. What is behind the end of an older state's list may be written to, since states
// are folded on once.
func (p *Process) leave(gone ...Gone) {
	if over := len(p.Gone) + len(gone) - GoneKept; over > 0 { // half of them goes, so that this is seldom
		drop := min(len(p.Gone), max(over, GoneKept/2))
		p.Gone = append(make([]Gone, 0, GoneKept), p.Gone[drop:]...)
		gone = gone[max(0, len(gone)-GoneKept):]
	}
	p.Gone = append(p.Gone, gone...)
}

// leaves remembers the regions that an event says are gone, before they are dropped.
func (p *Process) leaves(e Event) {
	var gone []Gone
	for _, name := range e.Gone {
		if r := p.Region(name); r != nil {
			gone = append(gone, Gone{RegionInfo: r.RegionInfo, Command: e.Command})
		}
	}
	p.leave(gone...)
}

// leftOut remembers in a child what its parent remembers, and the parent's regions that it did not get.
func (p *Process) leftOut(parent *Process) {
	p.Gone = slices.Clone(parent.Gone)
	var gone []Gone
	for _, r := range parent.Regions {
		if p.Region(r.Name) == nil {
			gone = append(gone, Gone{RegionInfo: r.RegionInfo, Parent: parent.Name})
		}
	}
	p.leave(gone...)
}
