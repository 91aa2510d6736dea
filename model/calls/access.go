package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// What the subject's own loops access, byte by byte: no call, and the faults are the pages'.

// accessRight returns what a page has to allow for an access. A page that may be written or executed may be read as
// well, or it may not: that is the processor's (arch/x86/mm/fault.c, access_error), so of a read
// any right will do here.
func accessRight(a lang.Access) model.Prot {
	switch a {
	case lang.Read:
		return model.ProtRead | model.ProtWrite | model.ProtExec
	case lang.Exec:
		return model.ProtExec
	}
	return model.ProtWrite
}

// signalAt returns the first page of a span, going from its first page by every, that answers an
// access with a signal; it has no answer where none is sure to.
func (r *reacher) signalAt(s model.Span, need model.Prot, every uint64) stop {
	st, key := r.pageStop(s, need, every), r.keyStop(s, need, every)
	if key.answer != "" && (st.answer == "" || key.at <= st.at) { // it is looked at before the protection (arch/x86/mm/fault.c, access_error)
		return key
	}
	if over := r.secretStop(s, every); over.answer != "" && (st.answer == "" || over.at < st.at) {
		return over
	}
	return st
}

// secretStop is signalAt for the pages of secret memory that RLIMIT_MEMLOCK does not allow. Of two mappings nothing is foreseen: they may
// be of the same pages.
func (r *reacher) secretStop(s model.Span, every uint64) stop {
	vmas := slices.DeleteFunc(slices.Clone(r.p.VMAsIn(s)), func(v model.VMA) bool { return !v.Secret() })
	if len(vmas) != 1 {
		return stop{}
	}
	_, left, known := r.secretsLeft()
	ps := uint64(r.p.PageSize)
	if !known {
		return stop{}
	}
	for rg, pg := range r.p.PagesIn(s) {
		page := s.Addr/ps + (uint64(rg.Lo)-s.Addr/ps+every-1)/every*every
		if page >= uint64(rg.Hi) || pg.Residency != model.Absent || page*ps < vmas[0].Start || page*ps >= vmas[0].End {
			continue
		}
		if n := (uint64(rg.Hi) - page + every - 1) / every; int64(n) > left {
			at := (page + uint64(max(0, left))*every) * ps
			return stop{at: at, answer: "SIGBUS", why: r.name(at) + " is secret memory, of which RLIMIT_MEMLOCK, " + r.memlock() + ", allows no page more"}
		} else {
			left -= int64(n)
		}
	}
	return stop{}
}

// keyStop is signalAt for protection keys alone.
func (r *reacher) keyStop(s model.Span, need model.Prot, every uint64) stop {
	ps := uint64(r.p.PageSize)
	first := s.Addr / ps
	for _, v := range r.p.VMAsIn(s) {
		if v.Key == 0 || !r.p.KeyRights(v.Key).Denies(need) {
			continue
		}
		page := first + (max(v.Start, s.Addr)/ps-first+every-1)/every*every
		if at := page * ps; at < min(v.End, s.End()) {
			return stop{at: at, answer: "SIGSEGV", why: fmt.Sprintf("%s has %s, by which the thread %s",
				r.name(at), r.p.KeyWords(v.Key), r.p.KeyRights(v.Key).Words())}
		}
	}
	return stop{}
}

// pageStop is signalAt for what is seen of the pages.
func (r *reacher) pageStop(s model.Span, need model.Prot, every uint64) stop {
	ps := uint64(r.p.PageSize)
	first := s.Addr / ps
	next := func(page uint64) uint64 { return first + (page-first+every-1)/every*every }
	// Of so many runs no more is said: this is asked at each key.
	const most = 1 << 15
	ended := slices.ContainsFunc(r.p.Regions, func(reg *model.Region) bool { return reg.Sized && reg.Backing != model.FileOf })
	n := 0
	for rg, pg := range r.p.PagesIn(s) {
		if n++; n > most {
			return stop{}
		}
		page := next(uint64(rg.Lo))
		if page >= uint64(rg.Hi) {
			continue
		}
		st := stop{at: page * ps, answer: "SIGSEGV"}
		var end uint64
		ends := false
		if ended {
			end, ends = r.fileEnd(st.at, pg)
		}
		// On x86-64 an instruction is fetched from an absent page as a read would be; only then it shows that
		// it may not be executed (arch/x86/mm/fault.c, access_error). arm64, which has tags, asks the VMA first
		// (arch/arm64/mm/fault.c, do_page_fault).
		if ends && need == model.ProtExec && r.p.Limits.TagBits == 0 && pg.Prot != model.ProtNone && page >= end {
			return r.behindFile(page)
		}
		switch {
		case !pg.Has(model.InVMA) && r.mayGrow(st.at):
			continue
		case !pg.Has(model.InVMA):
			st.why = r.holeIs(st.at)
			return st
		case pg.Has(model.Guard):
			st.why = r.name(st.at) + " is a guard page"
			return st
		case pg.Prot == model.ProtNone:
			st.why = r.name(st.at) + " is PROT_NONE"
			return st
		case pg.Prot&need == 0:
			st.why = fmt.Sprintf("%s has protection %s", r.name(st.at), pg.Prot)
			return st
		}
		if page = next(max(end, uint64(rg.Lo))); ends && page < uint64(rg.Hi) {
			return r.behindFile(page)
		}
	}
	return stop{}
}

func (r *reacher) behindFile(page uint64) stop {
	at := page * uint64(r.p.PageSize)
	return stop{at: at, answer: "SIGBUS", why: r.name(at) + " lies behind the end of its file"}
}

// fileEnd returns the first page, by number, behind the end of what lies behind a region; false where
// that is not known for sure, or where the pages are there all the same. A file of the user's may
// have another length by now.
func (r *reacher) fileEnd(at uint64, pg model.Page) (page uint64, ok bool) {
	reg := r.regionAt(at)
	if reg == nil || !reg.Sized || reg.Backing == model.FileOf || pg.Has(model.Mapped) || pg.Has(model.Swapped) || pg.Residency == model.Resident {
		return 0, false
	}
	ps := uint64(r.p.PageSize)
	in := reg.InFile()
	return reg.Base/ps + in/ps + (in%ps+ps-1)/ps, true
}

// mayGrow reports whether the mapping above an address in a hole grows down, so that an access
// below it may make it longer (mm/vma.c, expand_downwards). The process's stack does not come as
// far as to where mmap begins: 128M are kept for it, or RLIMIT_STACK (arch/x86/mm/mmap.c).
func (r *reacher) mayGrow(at uint64) bool {
	const stackGap = 128 << 20
	next := r.p.VMAsIn(model.Span{Addr: at, Len: math.MaxUint64 - at})
	if len(next) == 0 || !next[0].GrowsDown {
		return false
	}
	return next[0].Path != "[stack]" || next[0].Start-at < stackGap
}

// outwards returns a span rounded to the pages that its bytes lie on; it does not go past the last
// address.
func (r *reacher) outwards(s model.Span) model.Span {
	if s.Len == 0 {
		return model.Span{Addr: s.Addr, Len: 0}
	}
	ps := uint64(r.p.PageSize)
	lo, last := s.Addr/ps, (s.End()-1)/ps
	return model.Span{Addr: lo * ps, Len: (last - lo + 1) * ps}
}
