package model

// fork(2) makes the pages of both processes read-only in their page tables (mm/memory.c, copy_present_ptes). The next write
// to a page makes it writable again. No file of /proc says which pages are, so the state keeps which were not written since.

// Writer is a command that may write to memory, to what the first address of its call names.
type Writer interface {
	Command
	// Writes reports whether it does, and to every how many-th page: 1 is each.
	Writes() (every int64, ok bool)
}

// written returns the pages that a call has written, all of them; none where it did not get to its end.
func (e *Event) written() (s Span, every int64) {
	w, ok := e.Command.(Writer)
	if !ok || !e.OK() || e.Aside || len(e.Args) == 0 {
		return Span{}, 0
	}
	every, ok = w.Writes()
	if !ok {
		return Span{}, 0
	}
	s.Addr = e.Args[0].Value
	for _, a := range e.Args {
		if a.Kind == ArgLen {
			s.Len = a.Value
			break
		}
	}
	return s, max(every, 1)
}

// forked says of regions that the process was made by a fork, or has just forked a process which has these too.
func (p *Process) forked(regions []RegionInfo) {
	p.Regions = append([]*Region(nil), p.Regions...)
	for i := range regions {
		if k := p.position(regions[i].Name); k >= 0 {
			r := *p.Regions[k]
			r.Unwritten = Runs[bool](nil).Add(r.Pages.Len(), true)
			p.Regions[k] = &r
		}
	}
}

// applyWritten takes note of pages that were written. Where they would make too many runs nothing is noted.
func (p *Process) applyWritten(s Span, every int64) {
	ps := uint64(p.PageSize)
	if s.Len == 0 || ps == 0 || s.Addr+s.Len < s.Addr {
		return
	}
	first, last := s.Addr/ps, (s.Addr+s.Len-1)/ps
	if every > 1 && (last-first)/uint64(every) > HeatRuns {
		return
	}
	copied := false
	for _, was := range p.RegionsIn(s) {
		if was.Unwritten == nil {
			continue
		}
		if !copied {
			p.Regions, copied = append([]*Region(nil), p.Regions...), true
		}
		r := *was
		base := int64(r.Base / ps)
		r.Unwritten = markWritten(r.Unwritten, int64(first)-base, int64(last)-base+1, every)
		p.Regions[p.position(r.Name)] = &r
	}
}

// markWritten marks each every-th page from lo on, which may lie before the first, to before hi. It is nil where no
// page is left that was not written.
func markWritten(runs Runs[bool], lo, hi, every int64) Runs[bool] {
	if lo < 0 {
		lo += (-lo + every - 1) / every * every
	}
	hi = min(hi, runs.Len())
	var out Runs[bool]
	put := func(from, to int64) {
		for part, v := range runs.In(Range{from, to}) {
			out = out.Add(part.Len(), v)
		}
	}
	at := int64(0)
	for lo < hi {
		end := lo + 1
		if every == 1 {
			end = hi
		}
		put(at, lo)
		out = out.Add(end-lo, false)
		at, lo = end, lo+max(every, end-lo)
	}
	put(at, runs.Len())
	if out.Count(Range{0, out.Len()}, func(b bool) bool { return b }) == 0 {
		return nil
	}
	return out
}

// MayFault reports whether a write to the page of the region may be the first since a fork.
func (r *Region) MayFault(page int64) bool {
	return r.Unwritten.Len() > page && r.Unwritten.At(page)
}
