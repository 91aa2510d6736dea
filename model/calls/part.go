package calls

import (
	"math"
	"slices"

	"incore/model"
)

// Ranges returns the pages of the part as stretches, in order. Where a touch leaves pages out, those
// of within are told one by one, and outside of it the whole of what it goes through: a touch of
// every second page of a terabyte would have a hundred million.
func (p *Part) Ranges(within model.Range) []model.Range {
	if p.Every <= 1 {
		return p.Pages
	}
	var out []model.Range
	for _, rg := range p.Pages {
		if before := rg.Intersect(model.Range{Lo: rg.Lo, Hi: within.Lo}); before.Len() > 0 {
			out = append(out, before)
		}
		in := rg.Intersect(within)
		for i := p.next(in.Lo); i < in.Hi; i += p.Every {
			out = append(out, model.Range{Lo: i, Hi: i + 1})
			if i > math.MaxInt64-p.Every {
				break
			}
		}
		if behind := rg.Intersect(model.Range{Lo: max(rg.Lo, within.Hi), Hi: rg.Hi}); behind.Len() > 0 {
			out = append(out, behind)
		}
	}
	return out
}

// Count returns how many pages the part has.
func (p *Part) Count() (n int64) {
	for _, rg := range p.Pages {
		if p.Every <= 1 {
			n += rg.Len()
		} else if first := p.next(rg.Lo); first < rg.Hi {
			n += (rg.Hi-1-first)/p.Every + 1
		}
	}
	return n
}

// next returns the first page from i on that is reached.
func (p *Part) next(i int64) int64 {
	off := (i - p.First) % p.Every
	if off < 0 {
		off += p.Every
	}
	switch {
	case off == 0:
		return i
	case i > math.MaxInt64-(p.Every-off):
		return math.MaxInt64
	}
	return i + p.Every - off
}

// reaches adds the pages that a span of whole pages has of each region of a process.
func (r *reacher) reaches(p *model.Process, s model.Span) {
	if s.Len == 0 {
		return
	}
	ps := uint64(p.PageSize)
	lo, last := s.Addr/ps, (s.Addr+s.Len-1)/ps
	if s.Addr+s.Len-1 < s.Addr {
		last = math.MaxUint64 / ps
	}
	for _, reg := range p.Regions {
		base, n := reg.Base/ps, uint64(reg.Pages.Len())
		if n == 0 || last < base || lo >= base+n {
			continue
		}
		r.add(p, reg, model.Range{Lo: int64(max(lo, base) - base), Hi: int64(min(last+1, base+n) - base)})
	}
}

// add adds pages of a region, but for its holes.
func (r *reacher) add(p *model.Process, reg *model.Region, pages model.Range) {
	part := r.part(p.Name, reg.Name)
	for rg, pg := range reg.Pages.In(pages) {
		switch n := len(part.Pages); {
		case !pg.Has(model.InVMA):
		case n > 0 && part.Pages[n-1].Hi == rg.Lo:
			part.Pages[n-1].Hi = rg.Hi
		default:
			part.Pages = append(part.Pages, rg)
		}
	}
	part.Pages = merged(part.Pages)
	if len(part.Pages) == 0 {
		r.out.Parts = slices.DeleteFunc(r.out.Parts, func(q Part) bool { return q.Proc == p.Name && q.Region == reg.Name })
	}
}

// part returns the part of a region, made if there is none.
func (r *reacher) part(proc, region string) *Part {
	for i := range r.out.Parts {
		if p := &r.out.Parts[i]; p.Proc == proc && p.Region == region {
			return p
		}
	}
	r.out.Parts = append(r.out.Parts, Part{Proc: proc, Region: region, Every: 1})
	return &r.out.Parts[len(r.out.Parts)-1]
}

// merged sorts ranges and joins those that meet.
func merged(list []model.Range) []model.Range {
	slices.SortFunc(list, func(a, b model.Range) int {
		switch {
		case a.Lo < b.Lo:
			return -1
		case a.Lo > b.Lo:
			return 1
		}
		return 0
	})
	out := list[:0]
	for _, rg := range list {
		if n := len(out); n > 0 && rg.Lo <= out[n-1].Hi {
			out[n-1].Hi = max(out[n-1].Hi, rg.Hi)
			continue
		}
		out = append(out, rg)
	}
	return out
}

// whole adds all that a process has mapped by name.
func (r *reacher) whole(p *model.Process) {
	for i := range p.Regions {
		r.add(p, p.Regions[i], model.Range{Lo: 0, Hi: p.Regions[i].Pages.Len()})
	}
}

// mapped returns how much of a span of whole pages mappings cover, in bytes.
func (r *reacher) mapped(s model.Span) (bytes uint64) {
	for rg, pg := range r.p.PagesIn(s) {
		if pg.Has(model.InVMA) {
			bytes += uint64(rg.Len()) * uint64(r.p.PageSize)
		}
	}
	return bytes
}
