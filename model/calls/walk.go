package calls

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// stop is where a call ends before the end of its range, or what keeps it from being done.
type stop struct {
	at          uint64 // the page, bytes
	answer, why string
	nothing     bool // it is found before anything is done
	goesOn      bool // it is told in the end, and what follows is done all the same
}

// walk goes through the pages of a range in the order of the kernel, up to what stops it.
func (r *reacher) walk(c model.Command, t model.Span) {
	end := t.End()
	if r.unsure(t) {
		r.reaches(r.p, t)
		return
	}
	last := r.mappingStop(c, t)
	if last.nothing {
		r.fails(last.answer, "%s", last.why)
		return
	}
	if last.answer != "" {
		end = last.at
	}
	for rg, pg := range r.p.PagesIn(model.Span{Addr: t.Addr, Len: end - t.Addr}) {
		st := r.pageStop(c, rg, pg)
		if st.nothing {
			r.fails(st.answer, "%s", st.why)
			return
		}
		if st.answer != "" && !st.goesOn {
			last, end = st, st.at
			break
		}
		if last.answer == "" {
			last = st
		}
	}
	if last.answer != "" {
		r.ends(last.answer, "%s", last.why)
	}
	r.reaches(r.p, model.Span{Addr: t.Addr, Len: end - t.Addr})
}

// unsure reports whether a range has what is by rules of its own, the kernel's mappings and
// hugetlb pages, or is to be brought in from a file of the user's that may have become shorter, or
// the process has so many mappings that a call may not part one: nothing is said then of how a
// call will end.
func (r *reacher) unsure(t model.Span) bool {
	special := func(v model.VMA) bool { return kernels(v) != "" || v.HugeTLB || v.Sealed && r.Call == "madvise" }
	populates := false
	if a, ok := r.cmd.(lang.Madvise); ok {
		populates = adviceIs(a.Advice, "populate_read", "populate_write")
	}
	ofFile := func(reg *model.Region) bool { return reg.Backing == model.FileOf }
	return slices.ContainsFunc(r.p.VMAsIn(t), special) || populates && slices.ContainsFunc(r.p.RegionsIn(t), ofFile) ||
		int64(r.vmaCount())+2 >= r.maxVMAs()
}

// mappingStop is what of a mapping, as the list of them has it, stops a call.
func (r *reacher) mappingStop(c model.Command, t model.Span) stop {
	for _, v := range r.p.VMAsIn(t) {
		at := max(v.Start, t.Addr)
		st := stop{at: at}
		switch c := c.(type) {
		case lang.Munmap:
			if v.Sealed {
				st.answer, st.why, st.nothing = "EPERM", r.name(at)+" is sealed: nothing is unmapped", true
			}
		case lang.Mprotect:
			reg := r.regionAt(at)
			switch {
			case v.Sealed:
				st.answer, st.why, st.nothing = "EPERM", r.name(at)+" is sealed", !r.since(flagSince["seal by VMA"])
			case v.Shared && reg != nil && reg.Backing == model.FileOf && c.Prot&model.ProtWrite != 0:
				st.answer, st.why = "EACCES", r.name(at)+" is shared, and its file is open for reading alone"
			}
		case lang.Madvise:
			st.answer, st.why = r.adviceStop(c.Advice, v, r.name(at))
		}
		if st.answer != "" {
			return st
		}
	}
	return stop{}
}

// adviceStop is what of a mapping does not go with an advice.
func (r *reacher) adviceStop(a lang.Advice, v model.VMA, name string) (answer, why string) {
	switch {
	case v.Lock != model.Unlocked && adviceIs(a, "dontneed", "free", "cold", "pageout", "remove", "guard_install"):
		return "EINVAL", name + " is locked: munlock it first"
	case adviceIs(a, "free", "wipeonfork") && !privateAnon(v):
		return "EINVAL", name + " is not private anonymous memory"
	case a == "remove" && privateAnon(v):
		return "EINVAL", name + " has no file to punch a hole into"
	case a == "remove" && !v.Shared:
		return "EACCES", name + " is private: a hole is punched through a shared mapping"
	case a == "populate_write" && v.Prot&model.ProtWrite == 0:
		return "EINVAL", name + " may not be written"
	case a == "populate_read" && v.Prot&model.ProtRead == 0:
		return "EINVAL", name + " may not be read"
	}
	return "", ""
}

// pageStop is what of pages that are alike stops a call that comes to them, or is told in the end.
// They are told by number: an address divided by the page size.
func (r *reacher) pageStop(c model.Command, rg model.Range, pg model.Page) stop {
	hole, locked := !pg.Has(model.InVMA), pg.Lock == model.Locked || pg.Lock == model.OnFault
	at := uint64(rg.Lo) * uint64(r.p.PageSize)
	st := stop{at: at}
	switch c := c.(type) {
	case lang.Mlock:
		return r.lockStop(st, pg, "locked", true)
	case lang.Mlock2:
		return r.lockStop(st, pg, "locked", !c.OnFault)
	case lang.Munlock:
		return r.lockStop(st, pg, "unlocked", false)
	case lang.Madvise:
		return r.advisedPage(c.Advice, st, rg, pg)
	case lang.Mprotect:
		if hole {
			st.answer, st.why = "ENOMEM", r.stopsAtHole(at, "protected", ", nothing after it")
		}
	case lang.Mincore, lang.Mseal:
		if hole {
			st.answer, st.why, st.nothing = "ENOMEM", r.hasHole(at, "nothing is done"), true
		}
	case lang.Msync:
		switch {
		case hole:
			st.answer, st.why, st.goesOn = "ENOMEM", r.hasHole(at, "what is mapped is written all the same"), true
		case c.Mode == "invalidate" && locked:
			st.answer, st.why = "EBUSY", r.name(at)+" is locked"
		}
	}
	return st
}

// hasHole says of a page that it is a hole, and what becomes of the others.
func (r *reacher) hasHole(at uint64, rest string) string {
	if r.regionAt(at) == nil && r.mapped(r.pages()) == 0 {
		return "nothing is mapped at " + r.name(at)
	}
	return r.name(at) + " is a hole: " + rest
}

// stopsAtHole is hasHole of a call that ends there; after says what becomes of what lies behind it.
func (r *reacher) stopsAtHole(at uint64, done, after string) string {
	if at <= r.pages().Addr {
		return r.hasHole(at, "nothing is "+done)
	}
	return r.hasHole(at, "what lies before it is "+done+after)
}

// lockStop: a lock and its end stop at a hole. What cannot be brought in is locked all the same,
// as is all behind it; only then it is told (mm/mlock.c, do_mlock).
func (r *reacher) lockStop(st stop, pg model.Page, word string, populates bool) stop {
	switch {
	case !pg.Has(model.InVMA):
		st.answer, st.why = "ENOMEM", r.stopsAtHole(st.at, word, ", nothing after it")
	case populates && pg.Prot == model.ProtNone:
		st.answer, st.why, st.goesOn = "ENOMEM", r.name(st.at)+" is PROT_NONE: locked, and not brought in", true
	case populates && pg.Has(model.Guard):
		st.answer, st.why, st.goesOn = "ENOMEM", r.name(st.at)+" is a guard page: locked, and not brought in", true
	}
	return st
}

// advisedPage: an advice skips holes, and tells of them in the end; populating stops at one since Linux 6.10.
func (r *reacher) advisedPage(a lang.Advice, st stop, rg model.Range, pg model.Page) stop {
	populates := adviceIs(a, "populate_read", "populate_write")
	switch {
	case !pg.Has(model.InVMA) && populates && r.since(flagSince["populate in one"]):
		st.answer, st.why = "ENOMEM", r.stopsAtHole(st.at, "brought in", "")
	case !pg.Has(model.InVMA):
		st.answer, st.why, st.goesOn = "ENOMEM", r.hasHole(st.at, "the rest is advised all the same"), true
	case populates && pg.Has(model.Guard):
		st.answer, st.why = "EFAULT", r.name(st.at)+" is a guard page: what lies before it is brought in"
	case populates:
		if end, ok := r.fileEnd(st.at, pg); ok && end < uint64(rg.Hi) {
			st.at = max(st.at, end*uint64(r.p.PageSize))
			st.answer, st.why = "EFAULT", r.name(st.at)+" lies behind the end of its file: what lies before it is brought in"
		}
	}
	return st
}
