package model

import (
	"errors"
	"fmt"
	"iter"
	"sort"
)

// ErrNoRegion is wrapped by Resolve's error where a target names a region that is not there.
var ErrNoRegion = errors.New("no such region")

// NoRegion is the error that says that the process has no region of that name. It wraps
// ErrNoRegion, and names a process that is not the first one: the same name can stand for a
// region of another.
func (p *Process) NoRegion(name string) error {
	if g := p.GoneRegion(name); g != nil {
		return fmt.Errorf("%s: %w any more: %s", name, ErrNoRegion, g.Since())
	}
	if p.Name == "" || p.Name == Main {
		return fmt.Errorf("%s: %w", name, ErrNoRegion)
	}
	return fmt.Errorf("%s: %w in process %s", name, ErrNoRegion, p.Name)
}

// Resolve turns a target into the address and length that the kernel is handed.
// A target that reaches past its region is passed on as it was written. The name of a region that is
// gone stands for its last addresses.
func (p *Process) Resolve(t Target) (Span, error) {
	if t.Form == RawSpan {
		return Span{t.Off, t.Len}, nil
	}
	r := p.Named(t.Region)
	if r == nil {
		return Span{}, p.NoRegion(t.Region)
	}
	ps := uint64(p.PageSize)
	switch t.Form {
	case PageSpan:
		return Span{r.Base + uint64(t.First)*ps, uint64(t.Last-t.First+1) * ps}, nil
	case PageTail:
		if lo := uint64(t.First) * ps; lo < r.Len {
			return Span{r.Base + lo, r.Len - lo}, nil
		}
		return Span{}, fmt.Errorf("%s has %d pages: [%d..] names none", r.Name, (r.Len+ps-1)/ps, t.First)
	case ByteSpan:
		return Span{r.Exact().Addr + t.Off, t.Len}, nil
	case PageBytes:
		return Span{r.Base + uint64(t.First)*ps + t.Off, t.Len}, nil
	}
	return r.Exact(), nil
}

// BehindHeader returns pages from the first of a block of malloc's on as they are from where the block begins: what a touch writes to.
// What lies before that is the header of its chunk, which glibc reads as it frees the block (malloc/malloc.c, munmap_chunk), or another's.
func (p *Process) BehindHeader(t Target) Target {
	if t.Form != PageSpan && t.Form != PageTail && t.Form != PageBytes {
		return t // the others count from where the block begins, or are raw
	}
	r := p.Region(t.Region)
	if s, err := p.Resolve(t); r != nil && r.Malloc != "" && err == nil && s.Addr < r.Start && s.Len > 0 {
		return Target{Form: ByteSpan, Region: t.Region, Len: max(s.End(), r.Start+1) - r.Start}
	}
	return t
}

// PagesIn yields, in order of address, the pages that a span touches, as runs: the
// address of the first page, how many, and what is known of them. Memory outside
// of all regions has no residency (NotAsked); memory that no VMA covers is a hole.
func (p *Process) PagesIn(s Span) iter.Seq2[Range, Page] {
	return func(yield func(Range, Page) bool) {
		ps := uint64(p.PageSize)
		if s.Len == 0 || ps == 0 {
			return
		}
		last := s.Addr + s.Len - 1
		if last < s.Addr {
			last = ^uint64(0)
		}
		for pg, end := s.Addr/ps, last/ps+1; pg < end; {
			hi, v := p.pageRun(pg, end)
			if !yield(Range{int64(pg), int64(hi)}, v) {
				return
			}
			pg = max(hi, pg+1) // a VMA that ends within a page, which only a broken record has
		}
	}
}

// pageRun returns what is known of page number pg (an address divided by the page
// size), and the end of the run of such pages, at most end. Another region may lie in
// the hole of one, and so may what is of no region, as a table of malloc's.
func (p *Process) pageRun(pg, end uint64) (uint64, Page) {
	ps := uint64(p.PageSize)
	regions := p.RegionsIn(Span{pg * ps, ps})
	if base, ok := p.nextRegion(pg * ps); ok && base/ps > pg {
		end = min(end, base/ps)
	}
	for _, r := range regions {
		lo := r.Base / ps
		if n := uint64(r.Pages.Len()); pg >= lo && pg < lo+n {
			run := r.Pages[r.Pages.Find(int64(pg-lo))]
			end = min(end, lo+uint64(run.End))
			if run.Val.Has(InVMA) {
				return end, run.Val
			}
		} else if lo > pg {
			end = min(end, lo)
		}
	}
	k := sort.Search(len(p.VMAs), func(k int) bool { return p.VMAs[k].End > pg*ps })
	if k == len(p.VMAs) {
		return end, Page{}
	}
	if v := p.VMAs[k]; v.Start > pg*ps {
		return min(end, v.Start/ps), Page{}
	}
	v := p.VMAs[k]
	return min(end, v.End/ps), Page{Mapping: InVMA | Unread, Lock: v.Lock, Prot: v.Prot}
}

// nextRegion returns the lowest address above addr that a region begins at; ok is false where there is none.
func (p *Process) nextRegion(addr uint64) (base uint64, ok bool) {
	if p.indexed() {
		return p.index.bases.behind(addr)
	}
	for i := range p.Regions {
		if b := p.Regions[i].Base; b > addr && (!ok || b < base) {
			base, ok = b, true
		}
	}
	return base, ok
}

// VMAsIn returns the part of the process's VMA list that overlaps a span. An empty span
// overlaps none; one that goes past the last address ends there.
func (p *Process) VMAsIn(s Span) []VMA {
	if s.Len == 0 {
		return nil
	}
	last := s.End() - 1
	if last < s.Addr {
		last = ^uint64(0)
	}
	lo := sort.Search(len(p.VMAs), func(k int) bool { return p.VMAs[k].End > s.Addr })
	hi := lo
	for hi < len(p.VMAs) && p.VMAs[hi].Start <= last {
		hi++
	}
	return p.VMAs[lo:hi]
}

// PageName returns the page that holds an address as the language names it, a[3], or
// the address itself where no region has it, nor had it last. Of a hole with another region in it,
// that region's page is named.
func (p *Process) PageName(addr uint64) string { return p.PageNameAs(addr) }

// PageNameAs is PageName where some regions were named: of several that are gone and had the address, one of those is meant.
func (p *Process) PageNameAs(addr uint64, named ...string) string {
	name := fmt.Sprintf("%#x", addr)
	if g := p.GoneAt(addr, named...); g != nil && p.PageSize > 0 && len(p.VMAsIn(Span{addr, 1})) == 0 {
		name = fmt.Sprintf("%s[%d]", g.Name, (addr-g.Base)/uint64(p.PageSize))
	}
	for _, r := range p.RegionsIn(Span{addr, 1}) {
		ps := uint64(p.PageSize)
		if ps == 0 || addr < r.Base {
			continue
		}
		if page := (addr - r.Base) / ps; page < uint64(r.Pages.Len()) {
			name = fmt.Sprintf("%s[%d]", r.Name, page)
			if r.Pages.At(int64(page)).Has(InVMA) {
				break
			}
		}
	}
	return name
}
