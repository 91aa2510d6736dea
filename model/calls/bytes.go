package calls

import (
	"fmt"
	"math"

	"incore/model"
	"incore/model/lang"
)

// byteFamily is what the subject's own loops access, byte by byte: no call, and the faults are the pages'.
var byteFamily = []dossier{
	{
		call: model.CallTouch, verb: "touch", page: "incore's own loop, no call", what: "Accesses one byte of each page.", ok: value("how many pages were accessed"), round: reachesPages,
		args:    []argument{argStart, argLength, arg("access", explainAccess)},
		telling: telling{counts: true},
		reach:   following((*reacher).touches),
		access: func(f failure) (need model.Prot, did string) {
			switch c, _ := f.cmd.(lang.Touch); c.Access {
			case lang.Read:
				return model.ProtRead, didRead
			case lang.Exec:
				return model.ProtExec, "executed"
			}
			return model.ProtWrite, didWrite
		},
	},
	{
		call: "memset", verb: "memset", page: "memset(3)", what: "Writes the same to all bytes.", ok: done,
		args:   []argument{arg("s", explainAddress), arg("c", explainedAs("the byte that is written")), arg("n", explainLength)},
		reach:  following((*reacher).sets),
		access: func(failure) (need model.Prot, did string) { return model.ProtWrite, didWrite },
	},
	{
		call: "memcpy", verb: "memcpy", page: "memcpy(3)", what: "Copies bytes upwards. The two ranges may not overlap.", ok: done,
		args:  []argument{arg("dest", explainAddress), arg("src", explainAddress), arg("n", explainLength)},
		reach: following(func(r *reacher, c lang.Memcpy) { r.copies(c.Verb(), c.Dst, c.Src, false) }),
		access: func(f failure) (need model.Prot, did string) {
			c, _ := f.cmd.(lang.Memcpy)
			return f.copied(c.Dst, c.Src)
		},
	},
	{
		call: "memmove", verb: "memmove", page: "memmove(3)", what: "Copies bytes; the two ranges may overlap.", ok: done,
		args:  []argument{arg("dest", explainAddress), arg("src", explainAddress), arg("n", explainLength)},
		reach: following(func(r *reacher, c lang.Memmove) { r.copies(c.Verb(), c.Dst, c.Src, true) }),
		access: func(f failure) (need model.Prot, did string) {
			c, _ := f.cmd.(lang.Memmove)
			return f.copied(c.Dst, c.Src)
		},
	},
	{
		call: "memcmp", verb: "memcmp", page: "memcmp(3)", what: "Compares bytes up to the first that differ.", ok: value("the first bytes that differ, the one less the other"),
		args:    []argument{arg("s1", explainAddress), arg("s2", explainAddress), arg("n", explainLength)},
		telling: telling{zero: "0: all bytes are equal."},
		reach:   following((*reacher).compares),
		access:  func(failure) (need model.Prot, did string) { return model.ProtRead, didRead },
	},
}

// What an access did.
const (
	didRead  = "read from"
	didWrite = "wrote to"
)

// past refuses a range that a loop cannot be handed: there is no kernel to say EINVAL.
func (r *reacher) past(s model.Span) bool {
	if r.p.Limits.Wraps(s) {
		r.refuse("the range goes past the last address there is")
		return true
	}
	return false
}

// touches follows a touch. The first access is where the span begins, the others where their pages begin.
func (r *reacher) touches(c lang.Touch) {
	if c.Access == lang.Write {
		c.T = r.p.BehindHeader(c.T)
	}
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
	r.call(model.CallTouch, addrOf(s.Addr), lenOf(s.Len), wordOf(how))
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

// sets is memset. Where it stops half way is told.
func (r *reacher) sets(c lang.Memset) {
	s, ok := r.resolve(c.T)
	if !ok || r.past(s) {
		return
	}
	r.call(c.Verb(), addrOf(s.Addr), wordOf(fmt.Sprintf("%#x", c.Byte)), lenOf(s.Len))
	r.out.Effect = fmt.Sprintf("writes %s, on %s", model.Plural(int64(min(s.Len, math.MaxInt64)), "byte"), model.Plural(r.pageCount(r.outwards(s).Len), "page"))
	s.Addr = r.p.Limits.Reached(s.Addr)
	if st := r.signalAt(r.outwards(s), model.ProtWrite, 1); st.answer != "" {
		r.ends(st.answer, "%s", st.why)
		s.Len = max(st.at, s.Addr) - s.Addr
	}
	r.reaches(r.p, r.outwards(s))
}

// copies is memcpy or, where the two may overlap, memmove. Where it stops half way is told. What it comes to before
// that is not: a copy goes up or down.
func (r *reacher) copies(call string, to, from model.Target, overlap bool) {
	a, b, ok := r.two(call, to, from)
	if !ok {
		return
	}
	r.out.Effect = "copies " + model.Plural(int64(min(a.Len, math.MaxInt64)), "byte")
	if a.Addr < b.End() && b.Addr < a.End() && a.Addr != b.Addr && !overlap {
		r.out.Note = "the two overlap, which memcpy does not allow: memmove does"
	}
	r.accessesTwo(r.outwards(a), model.ProtWrite, r.outwards(b))
	r.reaches(r.p, r.outwards(a))
	r.reaches(r.p, r.outwards(b))
}

// compares is memcmp, which ends with the first difference. The first bytes are all that is sure to be looked at.
func (r *reacher) compares(c lang.Memcmp) {
	a, b, ok := r.two(c.Verb(), c.A, c.B)
	if !ok {
		return
	}
	r.out.Effect = "compares up to " + model.Plural(int64(min(a.Len, math.MaxInt64)), "byte")
	one, other := r.outwards(a), r.outwards(b)
	one.Len, other.Len = min(one.Len, uint64(r.p.PageSize)), min(other.Len, uint64(r.p.PageSize))
	r.accessesTwo(one, accessRight(lang.Read), other)
	r.reaches(r.p, r.outwards(a))
	r.reaches(r.p, r.outwards(b))
}

// two notes the call of a command that has two targets, and returns them as the processor takes them.
func (r *reacher) two(call string, first, second model.Target) (a, b model.Span, ok bool) {
	if a, ok = r.resolve(first); !ok {
		return a, b, false
	}
	if b, ok = r.resolve(second); !ok {
		return a, b, false
	}
	if a.Len != b.Len {
		r.refuse(fmt.Sprintf("two targets of one length: %s has %d bytes, %s has %d", first, a.Len, second, b.Len))
		return a, b, false
	}
	if r.past(a) || r.p.Limits.Wraps(b) {
		return a, b, false
	}
	r.call(call, addrOf(a.Addr), addrOf(b.Addr), lenOf(a.Len))
	a.Addr, b.Addr = r.p.Limits.Reached(a.Addr), r.p.Limits.Reached(b.Addr)
	return a, b, true
}

// accessesTwo tells the signal that an access of one of two ranges is sure to be answered with. need is what the pages
// of the first have to allow; the second is read.
func (r *reacher) accessesTwo(one model.Span, need model.Prot, other model.Span) {
	st := r.signalAt(other, accessRight(lang.Read), 1)
	if st.answer == "" {
		st = r.signalAt(one, need, 1)
	} else if r.signalAt(one, need, 1).answer != "" {
		st.answer = "" // which of the two comes first is not followed
	}
	if st.answer != "" {
		r.ends(st.answer, "%s", st.why)
	}
}

// explainAccess explains how touch reaches the pages.
func explainAccess(w asked) (string, []Bit) {
	switch c, _ := lang.Inner(w.event.Command).(lang.Touch); c.Access {
	case lang.Read:
		return "a byte of each is read", nil
	case lang.Write:
		return "a byte of each is written", nil
	case lang.Exec:
		return "one instruction of each is executed", nil
	}
	return "", nil
}
