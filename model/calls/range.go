package calls

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// Calls that are told an address and a length. How each rounds them is of Linux 6.18: mm/mlock.c
// (do_mlock), mm/mprotect.c (do_mprotect_pkey), mm/mmap.c and mm/vma.c (munmap), mm/madvise.c
// (do_madvise), mm/msync.c, mm/mincore.c and mm/mseal.c.

// MincorePages is how many pages incore asks mincore(2) about in one call, at most: as many as the
// vector in the subject has bytes. More take several calls, one behind the other.
const MincorePages = 4096

// ranged is what such a command comes to.
func (r *reacher) ranged(c model.Command) {
	t, more := rangeOf(c)
	s, ok := r.resolve(t)
	if !ok {
		return
	}
	r.call(c.Verb(), append([]model.Arg{addrOf(s.Addr), lenOf(s.Len)}, more...)...)
	if v, ok := callSince[r.Call]; ok && !r.since(v) {
		r.fails("ENOSYS", "%s came with Linux %v; this is %s", r.Call, v, r.kernel)
		return
	}
	if a, advises := c.(lang.Madvise); advises {
		// The kernel looks at the advice before it looks at the range (mm/madvise.c, madvise_behavior_valid).
		if v, ok := adviceSince[a.Advice]; ok && !r.since(v) {
			r.fails("EINVAL", "%s came with Linux %v; this is %s", adviceConstant(a.Advice), v, r.kernel)
			return
		}
	}
	s.Addr = r.p.Limits.Meant(r.Call, s.Addr)
	taken, ok := r.taken(s)
	if !ok {
		return
	}
	if taken.Len == 0 {
		r.out.Effect = "a range of no bytes: nothing"
		return
	}
	r.out.Note = r.rounding(s, taken)
	r.out.Effect = r.effect(c, taken)
	r.walk(c, taken)
	if r.out.Parts == nil && r.out.Why != "" {
		r.out.Effect, r.out.Note = "", ""
	}
}

// rangeOf is the target of a command, and what it hands the kernel behind address and length.
func rangeOf(c model.Command) (t model.Target, more []model.Arg) {
	switch c := c.(type) {
	case lang.Mlock:
		return c.T, nil
	case lang.Mlock2:
		if c.OnFault {
			return c.T, []model.Arg{wordOf("MLOCK_ONFAULT")}
		}
		return c.T, []model.Arg{wordOf("0")}
	case lang.Munlock:
		return c.T, nil
	case lang.Munmap:
		return c.T, nil
	case lang.Mprotect:
		return c.T, []model.Arg{wordOf(protConstant(c.Prot))}
	case lang.Madvise:
		return c.T, []model.Arg{wordOf(adviceConstant(c.Advice))}
	case lang.Msync:
		return c.T, []model.Arg{wordOf("MS_" + strings.ToUpper(string(c.Mode)))}
	case lang.Mseal:
		return c.T, []model.Arg{wordOf("0")}
	case lang.Mincore:
		return c.T, []model.Arg{wordOf("vec")}
	}
	return t, nil
}

// constant is the protection as C writes it: PROT_READ|PROT_WRITE.
func protConstant(p model.Prot) string {
	var words []string
	for i, w := range []string{"PROT_READ", "PROT_WRITE", "PROT_EXEC"} {
		if p&(1<<i) != 0 {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return "PROT_NONE"
	}
	return strings.Join(words, "|")
}

// taken is the range of whole pages that the kernel makes of a span; false where it refuses all
// of it before it looks at a page. mlock and its like round outwards, the others take nothing
// but an aligned address.
func (r *reacher) taken(s model.Span) (model.Span, bool) {
	off := s.Addr % uint64(r.p.PageSize)
	if off != 0 && !r.locks() {
		r.fails("EINVAL", "%s", r.notAligned(s))
		return s, false
	}
	t := model.Span{Addr: s.Addr - off, Len: r.up(s.Len + off)}
	if (r.Call == "mlock" || r.Call == "mlock2") && !r.mayLock(t) {
		return t, false
	}
	past := t.End() < t.Addr
	empty := t.Len == 0 && s.Len > 0
	switch r.Call {
	case "madvise", "mseal":
		past = past || empty
	case "mprotect":
		if past || empty {
			r.fails("ENOMEM", "the range goes past the last address")
			return t, false
		}
	case "munmap":
		if s.Len == 0 {
			r.fails("EINVAL", "a length of 0")
			return t, false
		}
		past = past || empty
	case "msync", "mincore":
		if past || empty && r.Call == "mincore" {
			r.fails("ENOMEM", "the range goes past the last address")
			return t, false
		}
	}
	if past {
		r.fails("EINVAL", "the range goes past the last address")
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
		return fmt.Sprintf("rounded outwards to %s: its neighbours are reached too", to)
	}
	return fmt.Sprintf("rounded up to %s: the rest of the page is reached too", to)
}

// mayLock is mlock's check of RLIMIT_MEMLOCK, which is the first that it makes. What is locked
// already is not charged again.
func (r *reacher) mayLock(t model.Span) bool {
	l := r.p.Limits
	if l.MemlockSoft == 0 && !l.IPCLock {
		r.fails("EPERM", "RLIMIT_MEMLOCK is 0: nothing may be locked")
		return false
	}
	before, limit, limited := r.lockBudget()
	if !limited {
		return true
	}
	more := r.notYetLocked(t)
	if before <= limit && more <= uint64(limit-before) {
		return true
	}
	r.fails("ENOMEM", "would be %s of %s: nothing is locked", model.FormatSize(uint64(before)+more), model.FormatLimit(l.MemlockSoft))
	return false
}

// notYetLocked is what of a span is not locked, mapped or not, in bytes.
func (r *reacher) notYetLocked(t model.Span) uint64 {
	more := t.Len
	for rg, pg := range r.p.PagesIn(t) {
		if pg.Lock == model.Locked || pg.Lock == model.OnFault {
			more -= min(more, uint64(rg.Len())*uint64(r.p.PageSize))
		}
	}
	return more
}

// effect is what comes of the call where nothing stops it.
func (r *reacher) effect(c model.Command, t model.Span) string {
	all := r.pagesOf(t.Len)
	switch c := c.(type) {
	case lang.Mlock, lang.Mlock2:
		return all + r.afterLock(c, t)
	case lang.Munlock:
		switch locked := t.Len - r.notYetLocked(t); locked {
		case 0:
			return all + ", none of them locked"
		case t.Len:
			return all
		default:
			return fmt.Sprintf("%s, %d of them locked", all, r.pageCount(locked))
		}
	case lang.Munmap:
		return r.unmaps(t)
	case lang.Mprotect:
		return all + " with protection " + c.Prot.String()
	case lang.Mincore:
		text := fmt.Sprintf("asks about %s and changes nothing", all)
		if n := (t.Len/uint64(r.p.PageSize) + MincorePages - 1) / MincorePages; n > 1 {
			text += fmt.Sprintf(", in %d calls", n)
		}
		return text
	case lang.Mseal:
		return all + " can then not be unmapped, moved or protected"
	}
	return all
}

// afterLock says what a lock brings in, and how much is locked then.
func (r *reacher) afterLock(c model.Command, t model.Span) string {
	absent := int64(0)
	for rg, pg := range r.p.PagesIn(t) {
		if pg.Has(model.InVMA) && !pg.Has(model.Mapped) {
			absent += rg.Len()
		}
	}
	text := ""
	if l, ok := c.(lang.Mlock2); absent > 0 && ok && l.OnFault {
		text = fmt.Sprintf(", %d as they are touched", absent)
	} else if absent > 0 {
		text = fmt.Sprintf(", %d to be brought in", absent)
	}
	text += "; then " + model.FormatSize(uint64(max(0, r.p.Stat.VmLck))+r.notYetLocked(t))
	if l := r.p.Limits; l.MemlockSoft != model.Unlimited && !l.IPCLock {
		text += " of " + model.FormatBytes(l.MemlockSoft)
	}
	return text + " locked"
}

// unmaps says what munmap leaves of the regions.
func (r *reacher) unmaps(t model.Span) string {
	for _, reg := range r.p.Regions {
		if reg.Base >= t.Addr && reg.Base+reg.Len <= t.End() {
			return r.pagesOf(r.mapped(t)) + ": " + reg.Name + " is gone then"
		}
	}
	return r.pagesOf(r.mapped(t)) + ": a hole is left"
}
