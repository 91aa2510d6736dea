package model

import (
	"slices"
	"sort"
	"time"
)

// HeatRuns is how many runs the heat of a region has at most, so that accesses to every
// second page of terabytes do not fill the memory, and so that folding them does not hold a screen
// up. Where there would be more, pages are told of in blocks: each as the hottest of its block
// (Region.HeatBlock).
const HeatRuns = 1 << 16

// applyAccessed folds accesses into the process. What it costs follows the runs.
func (p *Process) applyAccessed(a Accessed) {
	var sum Latencies
	if p.Latencies != nil {
		sum = *p.Latencies
	}
	sum.Join(&a.Latencies)
	p.Latencies = &sum
	if p.PageSize <= 0 {
		return
	}
	if len(a.Runs) == 0 {
		return
	}
	reached := p.RegionsIn(spanOf(a.Runs))
	p.Regions = slices.Clone(p.Regions)
	for _, was := range reached {
		heat, block := heated(was.Heat, was, uint64(p.PageSize), a.Runs, a.Time)
		if heat != nil && len(p.RegionsIn(was.Span())) > 1 { // one in a hole of the other, mostly
			heat = withoutHoles(heat, was.Pages)
		}
		r := *was
		r.HeatBlock, r.Heat = block, heat
		p.Regions[p.position(was.Name)] = &r
	}
}

// spanOf returns the addresses from the first access to the last.
func spanOf(runs []AccessRun) Span {
	lo, hi := ^uint64(0), uint64(0)
	for _, r := range runs {
		if r.Count > 0 {
			lo, hi = min(lo, r.Addr), max(hi, r.Last())
		}
	}
	if hi < lo {
		return Span{}
	}
	return Span{lo, hi - lo + 1}
}

// withoutHoles is heat but for pages that nothing of the region is mapped at: who accessed
// these accessed another region.
func withoutHoles(heat Runs[Heat], pages Runs[Page]) Runs[Heat] {
	h := heating{old: heat}
	var lo int64
	for _, run := range pages {
		if !run.Val.Has(InVMA) {
			h.keep(lo)
			h.change(run.End, func(Heat) Heat { return Heat{} })
		}
		lo = run.End
	}
	h.keep(heat.Len())
	return h.out
}

// heated returns the heat of a region after accesses at a time, and in blocks of how many pages it is
// told; old itself where none reached it.
func heated(old Runs[Heat], r *Region, pageSize uint64, runs []AccessRun, at time.Duration) (Runs[Heat], int64) {
	n := r.Pages.Len()
	length := uint64(n) * pageSize
	k := sort.Search(len(runs), func(k int) bool { return runs[k].Count > 0 && runs[k].Last() >= r.Base })
	if k == len(runs) || n == 0 || runs[k].Addr >= r.Base && runs[k].Addr-r.Base >= length {
		return old, r.HeatBlock
	}
	h := heating{old: old, block: r.HeatBlock}
	if old.Len() != n { // the first
		h.old = Runs[Heat]{{n, Heat{}}}
	}
	h.out = make(Runs[Heat], 0, len(h.old)+2*(len(runs)-k)+2)
	for _, run := range runs[k:] {
		first, count := run.within(r.Base, length)
		if count == 0 {
			continue
		}
		hotter := func(was Heat) Heat { return was.after(run.Fault, at) }
		page := func(i uint64) int64 { return int64((first + i*run.Stride) / pageSize) }
		if run.Stride > pageSize && count > HeatRuns/2 {
			h.block = max(h.block, int64((run.Stride+pageSize-1)/pageSize))
		}
		if run.Stride <= pageSize || count > HeatRuns/2 {
			h.keep(page(0))
			h.change(page(count-1)+1, hotter)
			continue
		}
		for i := range count {
			h.keep(page(i))
			h.change(page(i)+1, hotter)
		}
	}
	h.keep(n)
	return h.out, h.block
}

// within tells of the part of the run that lies in length bytes from base on: how far behind base its
// first access is, and how many there are.
func (r AccessRun) within(base, length uint64) (first, count uint64) {
	if r.Count <= 0 || r.Last() < base {
		return 0, 0
	}
	last := r.Last() - base
	if r.Addr >= base {
		first = r.Addr - base
	} else {
		before := base - r.Addr
		first = ((before-1)/r.Stride+1)*r.Stride - before
	}
	switch {
	case first >= length: // or it has one before and one behind
		return 0, 0
	case r.Stride == 0:
		return first, 1
	}
	return first, (min(last, length-1)-first)/r.Stride + 1
}

// after returns what becomes of a page's heat by one more access.
func (h Heat) after(fault FaultKind, at time.Duration) Heat {
	h.Last = at
	switch {
	case fault == MinorFault && h.Minor != ^uint32(0):
		h.Minor++
	case fault == MajorFault && h.Major != ^uint32(0):
		h.Major++
	}
	return h
}

// heating makes a new heat of an old one, from page to page.
type heating struct {
	old, out Runs[Heat]
	k        int   // the old run that the next page lies in
	block    int64 // pages that are told of as one; 0 and 1 are each by itself
}

// keep takes the pages before page end as they are.
func (h *heating) keep(end int64) {
	at := h.out.Len()
	if at >= end {
		return
	}
	last := h.k + sort.Search(len(h.old)-h.k, func(i int) bool { return h.old[h.k+i].End >= end })
	if last > h.k {
		h.out = h.out.Add(h.old[h.k].End-at, h.old[h.k].Val)
		h.out = append(h.out, h.old[h.k+1:last]...) // these differ from each other already
	}
	h.k = last
	h.add(end, h.old[last].Val)
}

// change takes the pages before page end as f has it.
func (h *heating) change(end int64, f func(Heat) Heat) {
	for h.out.Len() < end {
		run := h.old[h.k]
		h.add(min(run.End, end), f(run.Val))
	}
}

// add gives the pages before page end a value.
func (h *heating) add(end int64, v Heat) {
	h.out = h.out.Add(end-h.out.Len(), v)
	if h.k < len(h.old) && h.old[h.k].End <= end {
		h.k++
	}
	if len(h.out) > HeatRuns {
		var block int64
		h.out, block = coarser(h.out, HeatRuns/2)
		h.block = max(h.block, block)
	}
}

// coarser tells of the pages in blocks, of the least size with which there are at most so many runs.
func coarser(runs Runs[Heat], most int) (_ Runs[Heat], block int64) {
	for block = 1; len(runs) > most; {
		block *= 2
		runs = inBlocks(runs, block)
	}
	return runs, block
}

// inBlocks gives all pages of a block the heat of its hottest; block is a power of two.
func inBlocks(runs Runs[Heat], block int64) Runs[Heat] {
	out := make(Runs[Heat], 0, len(runs)/2+2)
	n := runs.Len()
	for k, lo := 0, int64(0); lo < n; {
		for runs[k].End <= lo {
			k++
		}
		hi, v := runs[k].End, runs[k].Val
		if hi < n {
			hi &^= block - 1
		}
		if hi <= lo { // the block has several runs
			hi = min(lo+block, n)
			for i := k + 1; i < len(runs) && runs[i-1].End < hi; i++ {
				v = v.or(runs[i].Val)
			}
		}
		out = out.Add(hi-lo, v)
		lo = hi
	}
	return out
}

// or returns the hotter of both.
func (h Heat) or(o Heat) Heat {
	return Heat{max(h.Last, o.Last), max(h.Minor, o.Minor), max(h.Major, o.Major)}
}

// unmapped returns the span of addresses that the call took from the regions that had them, all but
// the one named except, which the event itself tells of.
func (e Event) unmapped() (s Span, except string) {
	if e.Mapped != nil {
		s, except = Span{e.Mapped.Base, e.Mapped.Len}, e.Mapped.Name
	}
	switch {
	case !e.OK() || len(e.Args) < 2:
	case e.Call == CallMunmap:
		return Span{e.Args[0].Value, e.Args[1].Value}, ""
	case e.Call == CallMremap && e.Mapped == nil && e.Args[2].Value < e.Args[1].Value: // a part, cut short
		return Span{e.Args[0].Value + e.Args[2].Value, e.Args[1].Value - e.Args[2].Value}, ""
	case e.Mapped == nil:
	case e.Call == CallMmap || e.Call == CallShmat: // with MAP_FIXED in place of what was there
		return s, except
	case e.Call == CallMremap:
		was := Span{e.Args[0].Value, e.Args[1].Value}
		if s.Addr != was.Addr {
			return was, except
		}
		if s.Len < was.Len {
			return Span{s.End(), was.Len - s.Len}, except
		}
	}
	return Span{}, ""
}

// cool takes note that the pages of a span were unmapped.
func (p *Process) cool(except string, s Span) {
	last, copied := s.Addr+s.Len-1, false
	for _, was := range p.RegionsIn(s) {
		if was.Name == except || was.Heat == nil || last < was.Base || s.Addr >= was.Base && s.Addr-was.Base >= was.Len {
			continue
		}
		lo := max(s.Addr, was.Base) - was.Base
		gone := Range{int64(lo) / p.PageSize, int64(min(last-was.Base, was.Len-1))/p.PageSize + 1}
		if !copied {
			p.Regions, copied = slices.Clone(p.Regions), true
		}
		r := *was
		r.Heat = slices.Clone(was.Heat).Set(gone, Heat{})
		p.Regions[p.position(was.Name)] = &r
	}
}
