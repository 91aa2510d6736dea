package calls

import (
	"slices"

	"incore/model"
)

// stop is where a call ends before the end of its range, or what keeps it from being done.
type stop struct {
	at          uint64 // the page, bytes
	answer, why string
	nothing     bool // it is found before anything is done
	goesOn      bool // it is told in the end, and what follows is done all the same
}

// walk goes through the pages of a range in the order of the kernel, up to what stops it.
func (x ranged[C]) walk(r *reacher, c C, t model.Span) {
	end := t.End()
	if x.unsure(r, c, t) {
		r.reaches(r.p, t)
		return
	}
	last := x.mappingStop(r, c, t)
	if last.nothing {
		r.fails(last.answer, "%s", last.why)
		return
	}
	if last.answer != "" && !last.goesOn {
		end = last.at
	}
	for rg, pg := range r.p.PagesIn(model.Span{Addr: t.Addr, Len: end - t.Addr}) {
		st := stop{at: uint64(rg.Lo) * uint64(r.p.PageSize)}
		if x.page != nil {
			x.page(r, c, rg, pg, &st)
		}
		if st.nothing {
			r.fails(st.answer, "%s", st.why)
			return
		}
		if st.answer != "" && !st.goesOn {
			last, end = st, st.at
			break
		}
		if last.answer == "" || last.goesOn && st.answer != "" && st.at < last.at {
			last = st
		}
	}
	if last.answer != "" {
		r.ends(last.answer, "%s", last.why)
	}
	x.reaches(r, model.Span{Addr: t.Addr, Len: end - t.Addr})
}

// reaches says which pages are reached: those of a span, but for the mappings that the call leaves as they are.
func (x ranged[C]) reaches(r *reacher, s model.Span) {
	at := s.Addr
	if x.leaves != nil {
		for _, v := range r.p.VMAsIn(s) {
			if x.leaves(v) {
				r.reaches(r.p, model.Span{Addr: at, Len: max(v.Start, at) - at})
				at = min(v.End, s.End())
			}
		}
	}
	r.reaches(r.p, model.Span{Addr: at, Len: s.End() - at})
}

// unsure reports whether nothing is said of how a call will end: the range has what is by rules of its own, such as
// the kernel's mappings and hugetlb pages, or is to be brought in from a file of the user's that may have become
// shorter, or the process has so many mappings that a call may not part one.
func (x ranged[C]) unsure(r *reacher, c C, t model.Span) bool {
	special := func(v model.VMA) bool {
		return kernels(v) != "" || v.HugeTLB || x.special != nil && x.special(c, v)
	}
	ofFile := func(reg *model.Region) bool { return reg.Backing == model.FileOf }
	return slices.ContainsFunc(r.p.VMAsIn(t), special) || x.reads != nil && x.reads(c) && slices.ContainsFunc(r.p.RegionsIn(t), ofFile) ||
		int64(r.vmaCount())+2 >= r.maxVMAs()
}

// mappingStop returns what of a mapping, as the list of them has it, stops a call.
func (x ranged[C]) mappingStop(r *reacher, c C, t model.Span) stop {
	if x.mapping == nil {
		return stop{}
	}
	for _, v := range r.p.VMAsIn(t) {
		st := stop{at: max(v.Start, t.Addr)}
		if x.mapping(r, c, v, &st); st.answer != "" {
			return st
		}
	}
	return stop{}
}

// wholeOnly stops a call that takes a range that is mapped throughout, or does nothing.
func wholeOnly[C model.Command](r *reacher, _ C, _ model.Range, pg model.Page, st *stop) {
	if !pg.Has(model.InVMA) {
		st.answer, st.why, st.nothing = "ENOMEM", r.hasHole(st.at, "nothing is done"), true
	}
}

// hasHole says of a page that it is a hole, and what becomes of the others.
func (r *reacher) hasHole(at uint64, rest string) string {
	if r.regionAt(at) == nil && r.mapped(r.pages()) == 0 {
		return "nothing is mapped at " + r.name(at) + r.goneAt(at)
	}
	return r.holeIs(at) + ": " + rest
}

// stopsAtHole is hasHole of a call that ends there; after says what becomes of what lies behind it.
func (r *reacher) stopsAtHole(at uint64, done, after string) string {
	if at <= r.pages().Addr {
		return r.hasHole(at, "nothing is "+done)
	}
	return r.hasHole(at, "what lies before it is "+done+after)
}
