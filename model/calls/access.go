package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// What the subject's own loops access, byte by byte: no call, and the faults are the pages'.

// past refuses a range that a loop cannot be handed: there is no kernel to say EINVAL.
func (r *reacher) past(s model.Span) bool {
	if r.p.Limits.Wraps(s) {
		r.refuse("the range goes past the last address there is")
		return true
	}
	return false
}

// touches: the first access is where the span begins, the others where their pages begin.
func (r *reacher) touches(c lang.Touch) {
	s, ok := r.resolve(c.T)
	if !ok || r.past(s) {
		return
	}
	how := string(c.Access)
	if c.Every > 1 {
		how += fmt.Sprintf(", every %d", c.Every)
	}
	if c.Random {
		how += ", random"
	}
	r.call("touch", addrOf(s.Addr), lenOf(s.Len), wordOf(how))
	if s.Len == 0 {
		r.out.Effect = "a range of no bytes: nothing"
		return
	}
	s.Addr = r.p.Limits.Reached(s.Addr)
	ps, every := uint64(r.p.PageSize), max(c.Every, 1)
	first, last := s.Addr/ps, (s.End()-1)/ps
	n := int64((last-first)/uint64(every)) + 1
	r.out.Effect = fmt.Sprintf("a %s of one byte in each of %s", c.Access, model.Plural(n, "page"))
	if n == 1 {
		r.out.Effect = fmt.Sprintf("a %s of one byte", c.Access)
	}
	if c.Paced && c.Rate > 0 {
		r.out.Effect += " at " + c.Rate.String()
	}
	reached := model.Span{Addr: first * ps, Len: (last - first + 1) * ps}
	switch st := r.signalAt(reached, accessRight(c.Access), uint64(every)); {
	case st.answer == "":
	case c.Random && n > 1: // in which order, and so with which signal, is not followed
		r.out.Note = "a signal ends it where it comes to such a page: " + st.why
	default:
		r.ends(st.answer, "%s", st.why)
		reached.Len = st.at - reached.Addr
	}
	r.reaches(r.p, reached)
	if every == 1 {
		return
	}
	for i := range r.out.Parts {
		p := &r.out.Parts[i]
		p.Every, p.First = every, int64(first)-int64(r.p.Region(p.Region).Base/ps)
	}
	r.dropEmpty()
}

// accessRight is what a page has to allow. A page that may be written or executed may be read as
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

// signalAt is the first page of a span, going from its first page by every, that answers an
// access with a signal; it has no answer where none is sure to.
func (r *reacher) signalAt(s model.Span, need model.Prot, every uint64) stop {
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
			st.why = r.name(st.at) + " is a hole"
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

// fileEnd is the first page, by number, behind the end of what lies behind a region; false where
// that is not known for sure, or where the pages are there all the same. A file of the user's may
// have another length by now.
func (r *reacher) fileEnd(at uint64, pg model.Page) (page uint64, ok bool) {
	reg := r.regionAt(at)
	if reg == nil || !reg.Sized || reg.Backing == model.FileOf || pg.Has(model.Mapped) || pg.Has(model.Swapped) || pg.Residency == model.Resident {
		return 0, false
	}
	ps := uint64(r.p.PageSize)
	return reg.Base/ps + reg.FileLen/ps + (reg.FileLen%ps+ps-1)/ps, true
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

// dropEmpty drops the parts of which a touch leaves out every page.
func (r *reacher) dropEmpty() {
	out := r.out.Parts[:0]
	for _, p := range r.out.Parts {
		if p.Count() > 0 {
			out = append(out, p)
		}
	}
	r.out.Parts = out
}

// accesses are those of string.h. Where they stop half way is told, and what they come to before
// that is not: a copy goes up or down, and a comparison ends with the first difference.
func (r *reacher) accesses(c model.Command) {
	switch c := c.(type) {
	case lang.Memset:
		s, ok := r.resolve(c.T)
		if !ok || r.past(s) {
			return
		}
		r.call("memset", addrOf(s.Addr), wordOf(fmt.Sprintf("%#x", c.Byte)), lenOf(s.Len))
		r.out.Effect = fmt.Sprintf("writes %s, on %s", model.Plural(int64(min(s.Len, math.MaxInt64)), "byte"), model.Plural(r.pageCount(r.outwards(s).Len), "page"))
		s.Addr = r.p.Limits.Reached(s.Addr)
		if st := r.signalAt(r.outwards(s), model.ProtWrite, 1); st.answer != "" {
			r.ends(st.answer, "%s", st.why)
			s.Len = max(st.at, s.Addr) - s.Addr
		}
		r.reaches(r.p, r.outwards(s))
	case lang.Memcpy:
		r.two(c.Verb(), c.Dst, c.Src)
	case lang.Memmove:
		r.two(c.Verb(), c.Dst, c.Src)
	case lang.Memcmp:
		r.two(c.Verb(), c.A, c.B)
	}
}

// two is a copy or a comparison.
func (r *reacher) two(call string, first, second model.Target) {
	a, ok := r.resolve(first)
	if !ok {
		return
	}
	b, ok := r.resolve(second)
	if !ok {
		return
	}
	if a.Len != b.Len {
		r.refuse(fmt.Sprintf("two targets of one length: %s has %d bytes, %s has %d", first, a.Len, second, b.Len))
		return
	}
	if r.past(a) || r.p.Limits.Wraps(b) {
		return
	}
	r.call(call, addrOf(a.Addr), addrOf(b.Addr), lenOf(a.Len))
	a.Addr, b.Addr = r.p.Limits.Reached(a.Addr), r.p.Limits.Reached(b.Addr)
	n := model.Plural(int64(min(a.Len, math.MaxInt64)), "byte")
	need, one, other := model.ProtWrite, r.outwards(a), r.outwards(b)
	if r.out.Effect = "copies " + n; call == "memcmp" {
		r.out.Effect = "compares up to " + n
		need = accessRight(lang.Read)
		// The first bytes are all that is sure to be looked at.
		one.Len, other.Len = min(one.Len, uint64(r.p.PageSize)), min(other.Len, uint64(r.p.PageSize))
	} else if a.Addr < b.End() && b.Addr < a.End() && a.Addr != b.Addr && call == "memcpy" {
		r.out.Note = "the two overlap, which memcpy does not allow: memmove does"
	}
	st := r.signalAt(other, accessRight(lang.Read), 1)
	if st.answer == "" {
		st = r.signalAt(one, need, 1)
	} else if r.signalAt(one, need, 1).answer != "" {
		st.answer = "" // which of the two comes first is not followed
	}
	if st.answer != "" {
		r.ends(st.answer, "%s", st.why)
	}
	r.reaches(r.p, r.outwards(a))
	r.reaches(r.p, r.outwards(b))
}

// outwards is a span rounded to the pages that its bytes lie on; it does not go past the last
// address.
func (r *reacher) outwards(s model.Span) model.Span {
	if s.Len == 0 {
		return model.Span{Addr: s.Addr, Len: 0}
	}
	ps := uint64(r.p.PageSize)
	lo, last := s.Addr/ps, (s.End()-1)/ps
	return model.Span{Addr: lo * ps, Len: (last - lo + 1) * ps}
}

// advisesFile is posix_fadvise: it is about the file, whose pages those of the region are. What
// is to be read is rounded outwards, and what is to be dropped inwards, but at the end of the
// file; the others are about the file as a whole (mm/fadvise.c).
func (r *reacher) advisesFile(c lang.PosixFadvise) {
	s, ok := r.resolve(c.T)
	if !ok {
		return
	}
	reg := r.p.Region(c.T.Region)
	if c.T.Form == model.RawSpan {
		reg = r.regionAt(s.Addr)
	}
	fd, offset := "fd", uint64(0)
	if reg == nil || reg.Backing != model.Memfd && reg.Backing != model.Scratch && reg.Backing != model.FileOf {
		fd = "-1"
	} else {
		offset = s.Addr - reg.Base
	}
	r.call("fadvise64", wordOf(fd), lenOf(offset), lenOf(s.Len), wordOf("POSIX_FADV_"+upper(string(c.Advice))))
	if fd == "-1" {
		r.fails("EBADF", "no file lies behind it")
		return
	}
	ps := uint64(r.p.PageSize)
	end := offset + s.Len
	if s.Len == 0 || end < offset || end > math.MaxInt64 {
		end = math.MaxInt64 - ps
	}
	r.out.Effect = "about the file, whoever maps it"
	switch c.Advice {
	case "willneed":
		end = min(end, math.MaxInt64-ps) + ps - 1
	case "dontneed":
		offset = min(offset, math.MaxInt64) + ps - 1
		if reg.Sized && end == reg.FileLen {
			end += ps - 1
		}
		r.out.Note = "only whole pages are dropped, and none that is mapped or dirty"
	default:
		r.out.Effect = "about all of the file as it is read from now on"
		return
	}
	r.add(r.p, reg, model.Range{Lo: int64(offset / ps), Hi: int64(end / ps)})
}

// locksAll is mlockall (mm/mlock.c). It is refused as a whole, or locks all that there is: what
// cannot be brought in is no error.
func (r *reacher) locksAll(c lang.Mlockall) {
	var flags string
	for _, f := range []struct {
		set  bool
		name string
	}{{c.Current, "MCL_CURRENT"}, {c.Future, "MCL_FUTURE"}, {c.OnFault, "MCL_ONFAULT"}} {
		if f.set {
			flags = joined("|", flags, f.name)
		}
	}
	if flags == "" {
		flags = "0"
	}
	r.call("mlockall", wordOf(flags))
	l, ps := r.p.Limits, r.p.PageSize
	size := r.p.Stat.VmSize
	switch {
	case !c.Current && !c.Future:
		r.fails("EINVAL", "what to lock is not said: current, future, or both")
	case l.MemlockSoft == 0 && !l.IPCLock:
		r.fails("EPERM", "RLIMIT_MEMLOCK is 0: nothing may be locked")
	case c.Current && !l.IPCLock && l.MemlockSoft != model.Unlimited && size > l.MemlockSoft/ps*ps:
		r.fails("ENOMEM", "would be %s of %s, all that is mapped: nothing is locked", model.FormatBytes(size), model.FormatLimit(l.MemlockSoft))
	case !c.Current:
		r.out.Effect = "locks what is mapped from now on, and nothing of what there is"
	default:
		r.out.Effect = fmt.Sprintf("locks all of the process, %s, touched or not", model.FormatBytes(size))
		if c.OnFault {
			r.out.Effect = fmt.Sprintf("locks all of the process, %s, as it is touched", model.FormatBytes(size))
		}
		if c.Future {
			r.out.Note = "what is mapped from now on is locked too"
		}
		r.whole(r.p)
	}
}
