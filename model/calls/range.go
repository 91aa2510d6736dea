package calls

import (
	"cmp"
	"fmt"

	"incore/model"
)

// Calls that are told an address and a length. How each rounds them is of Linux 6.18: mm/mlock.c
// (do_mlock), mm/mprotect.c (do_mprotect_pkey), mm/mmap.c and mm/vma.c (munmap), mm/madvise.c
// (do_madvise), mm/msync.c, mm/mincore.c and mm/mseal.c.

// ranged is such a call: how its command C is followed.
type ranged[C model.Command] struct {
	on       func(C) model.Target
	more     func(*reacher, C) []model.Arg                     // what the kernel is handed behind address and length; nil is nothing
	first    func(*reacher, C) bool                            // what is checked before the range; it says what fails, and reports whether all is well
	charge   func(*reacher, model.Span) bool                   // what is checked once the range is rounded, likewise
	nonempty bool                                              // a length of 0 is EINVAL
	past     string                                            // the errno of a range that goes past the last address; "" is EINVAL
	mayEnd   bool                                              // one that ends with the last address does not go past it
	effect   func(*reacher, C, model.Span) string              // what comes of it where nothing stops it; nil where its pages say all
	special  func(C, model.VMA) bool                           // reports whether a mapping has rules of its own for it, besides those that have them for all
	leaves   func(model.VMA) bool                              // reports whether it does nothing to a mapping, and succeeds all the same; nil: there is no such
	reads    func(C) bool                                      // reports whether it brings in what a file has
	mapping  func(*reacher, C, model.VMA, *stop)               // what of a mapping stops it
	page     func(*reacher, C, model.Range, model.Page, *stop) // what of pages that are alike stops it
}

// reach follows the command of such a call.
func (x ranged[C]) reach(r *reacher, cmd model.Command) {
	c, ok := cmd.(C)
	if !ok {
		return
	}
	s, ok := r.resolve(x.on(c))
	if !ok {
		return
	}
	args := []model.Arg{addrOf(s.Addr), lenOf(s.Len)}
	if x.more != nil {
		args = append(args, x.more(r, c)...)
	}
	r.call(c.Verb(), args...)
	if v := ofCall(r.Call).since; !r.since(v) {
		r.fails("ENOSYS", "%s came with Linux %v; this is %s", r.Call, v, r.kernel)
		return
	}
	if x.first != nil && !x.first(r, c) {
		return
	}
	s.Addr = r.p.Limits.Meant(r.Call, s.Addr)
	taken, ok := x.taken(r, s)
	if !ok {
		return
	}
	if taken.Len == 0 {
		r.out.Effect = "a range of no bytes: nothing"
		return
	}
	r.out.Note = r.rounding(s, taken)
	if r.out.Effect = r.pagesOf(taken.Len); x.effect != nil {
		r.out.Effect = x.effect(r, c, taken)
	}
	x.walk(r, c, taken)
	if r.out.Parts == nil && r.out.Why != "" {
		r.out.Effect, r.out.Note = "", ""
	}
}

// taken returns the range of whole pages that the kernel makes of a span. It reports false where the kernel
// refuses all of it before it looks at a page. mlock and its like round outwards, the others take nothing but
// an aligned address.
func (x ranged[C]) taken(r *reacher, s model.Span) (model.Span, bool) {
	off := s.Addr % uint64(r.p.PageSize)
	if off != 0 && !r.locks() {
		r.fails("EINVAL", "%s", r.notAligned(s))
		return s, false
	}
	t := model.Span{Addr: s.Addr - off, Len: r.up(s.Len + off)}
	if x.charge != nil && !x.charge(r, t) {
		return t, false
	}
	switch empty := t.Len == 0 && s.Len > 0; {
	case x.nonempty && s.Len == 0:
		r.fails("EINVAL", "a length of 0")
		return t, false
	case t.End() < t.Addr || empty && !x.mayEnd:
		r.fails(cmp.Or(x.past, "EINVAL"), "the range goes past the last address")
		return t, false
	}
	return t, true
}

// notAligned says that a call takes no such address.
func (r *reacher) notAligned(s model.Span) string {
	why := "not the start of a page"
	if b := r.block(s.Addr); b != nil {
		return why + ": " + b.Name + " is malloc's"
	}
	if p := r.pages(); p.Len > 0 {
		why += ": name " + r.target(p.Addr, p.End())
	}
	return why
}

// rounding says that more is reached than was named.
func (r *reacher) rounding(s, taken model.Span) string {
	if taken == s {
		return ""
	}
	to := r.target(taken.Addr, taken.End())
	if r.locks() {
		return fmt.Sprintf("rounded outwards to %s: its neighbors are reached too", to)
	}
	return fmt.Sprintf("rounded up to %s: the rest of the page is reached too", to)
}
