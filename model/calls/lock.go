package calls

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// lockFamily is what locks and unlocks pages.
var lockFamily = []dossier{
	{
		call: "mlock", verb: "mlock", page: "mlock(2)", what: "Brings pages in, and keeps them in memory until they are unlocked.",
		ok: said("0: all of them are in memory, and locked"), round: roundsOutward,
		args: []argument{argStart, argLength},
		causes: causes{
			"EPERM":  {lockForbidden},
			"ENOMEM": {lockOverLimit, lockHole, splitTooManyVMAs, lockSecret, lockKeyDenied, lockNotBroughtIn},
			"EINVAL": {wrapsAround},
			"EAGAIN": {lockNoMemory},
		},
		reach: ranged[lang.Mlock]{
			on:     func(c lang.Mlock) model.Target { return c.T },
			charge: (*reacher).mayLock, mayEnd: true, leaves: getsNoLock,
			mapping: func(r *reacher, _ lang.Mlock, v model.VMA, st *stop) {
				if r.lockOfSecret(st, v); st.answer == "" {
					r.lockKeyStop(v, st)
				}
			},
			effect: func(r *reacher, _ lang.Mlock, t model.Span) string { return r.pagesOf(t.Len) + r.afterLock(t, false) },
			page: func(r *reacher, _ lang.Mlock, _ model.Range, pg model.Page, st *stop) {
				r.lockStop(st, pg, "locked", true)
			},
		}.reach,
	},
	{
		call: "mlock2", verb: "mlock2", page: "mlock2(2)", what: "Locks pages, at once or each as it is first touched.",
		ok: said("0: all are locked, now or each as it is touched"), round: roundsOutward,
		since: model.Version{4, 4}, without: "nothing can be locked on fault",
		args:  []argument{argStart, argLength, arg("flags", explainFlags("like mlock: all pages are brought in now"))},
		flags: map[model.Flag]string{model.MlockOnFault: "brings nothing in now; each page is locked as it is first touched"},
		causes: causes{
			"EPERM":  {lockForbidden},
			"ENOMEM": {lockOverLimit, lockHole, splitTooManyVMAs, lockSecret, lockKeyDenied, lockNotBroughtIn},
			"EINVAL": {wrapsAround},
			"EAGAIN": {lockNoMemory},
		},
		reach: ranged[lang.Mlock2]{
			on: func(c lang.Mlock2) model.Target { return c.T },
			more: func(_ *reacher, c lang.Mlock2) []model.Arg {
				if c.OnFault {
					return []model.Arg{model.FlagsArg(model.MlockOnFault)}
				}
				return []model.Arg{model.MlockFlags.Arg(0)}
			},
			charge: (*reacher).mayLock, mayEnd: true, leaves: getsNoLock,
			effect: func(r *reacher, c lang.Mlock2, t model.Span) string {
				return r.pagesOf(t.Len) + r.afterLock(t, c.OnFault)
			},
			mapping: func(r *reacher, c lang.Mlock2, v model.VMA, st *stop) {
				if r.lockOfSecret(st, v); !c.OnFault && st.answer == "" {
					r.lockKeyStop(v, st)
				}
			},
			page: func(r *reacher, c lang.Mlock2, _ model.Range, pg model.Page, st *stop) {
				r.lockStop(st, pg, "locked", !c.OnFault)
			},
		}.reach,
	},
	{
		call: "munlock", verb: "munlock", page: "munlock(2)", what: "Unlocks pages. Locks do not add up: one call undoes them all.",
		ok: said("0: none of them is locked"), round: roundsOutward,
		args: []argument{argStart, argLength},
		causes: causes{
			"ENOMEM": {unlockHole, splitTooManyVMAs},
			"EINVAL": {wrapsAround},
		},
		reach: ranged[lang.Munlock]{
			on:     func(c lang.Munlock) model.Target { return c.T },
			mayEnd: true, leaves: model.VMA.Secret,
			effect: func(r *reacher, _ lang.Munlock, t model.Span) string { return r.unlocks(t) },
			page: func(r *reacher, _ lang.Munlock, _ model.Range, pg model.Page, st *stop) {
				r.lockStop(st, pg, "unlocked", false)
			},
		}.reach,
	},
	{
		call: model.CallMlockall, verb: "mlockall", page: "mlockall(2)", what: "Locks the whole address space.", ok: done,
		args: []argument{arg("flags", explainFlags("none, which is refused"))},
		flags: map[model.Flag]string{
			model.MclCurrent: "all that is mapped now",
			model.MclFuture:  "all that will be mapped from now on",
			model.MclOnFault: "brings nothing in; each page is locked as it is first touched",
		},
		causes: causes{"EINVAL": {lockallFlags}, "EPERM": {lockallForbidden}, "ENOMEM": {lockallOverLimit}},
		reach:  following((*reacher).locksAll),
	},
	{
		call: model.CallMunlockall, verb: "munlockall", page: "munlockall(2)", what: "Unlocks the whole address space, and ends MCL_FUTURE.", ok: done,
		reach: func(r *reacher, _ model.Command) {
			r.call(model.CallMunlockall)
			r.out.Effect = "unlocks all that the process has, and what is mapped from now on"
			r.allLocks()
		},
	},
}

// locksAll is mlockall (mm/mlock.c). It is refused as a whole, or locks all that there is: what
// cannot be brought in is no error.
func (r *reacher) locksAll(c lang.Mlockall) {
	var flags uint64
	for _, f := range []struct {
		set  bool
		flag model.Flag
	}{{c.Current, model.MclCurrent}, {c.Future, model.MclFuture}, {c.OnFault, model.MclOnFault}} {
		if f.set {
			flags |= f.flag.Bits()
		}
	}
	r.call(model.CallMlockall, model.MlockallFlags.Arg(flags))
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
		r.allLocks()
	}
}

// allLocks reaches all that the process has, but for what keeps the lock that it has.
func (r *reacher) allLocks() {
	for _, reg := range r.p.Regions {
		if reg.Backing != model.Secret {
			r.add(r.p, reg, model.Range{Lo: 0, Hi: reg.Pages.Len()})
		}
	}
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

// notYetLocked returns what of a span is not locked, mapped or not, in bytes.
func (r *reacher) notYetLocked(t model.Span) uint64 {
	more := t.Len
	for rg, pg := range r.p.PagesIn(t) {
		if pg.Lock == model.Locked || pg.Lock == model.OnFault {
			more -= min(more, uint64(rg.Len())*uint64(r.p.PageSize))
		}
	}
	return more
}

// getsNoLock reports whether mlock leaves a mapping as it is: one that the kernel may drop, and one of secret memory (mm/mlock.c, mlock_fixup).
func getsNoLock(v model.VMA) bool { return droppable(v) || v.Secret() }

// lockOfSecret says that secret memory cannot be brought in. What else is in the range is locked all the same.
func (r *reacher) lockOfSecret(st *stop, v model.VMA) {
	if v.Secret() && v.Lock != model.OnFault {
		st.answer, st.why, st.goesOn = "ENOMEM", r.name(st.at)+" is secret memory: its lock stays as it is, and the kernel cannot bring it in", true
	}
}

// unlocks says how much of what munlock is told is locked.
func (r *reacher) unlocks(t model.Span) string {
	all := r.pagesOf(t.Len)
	if vmas := r.p.VMAsIn(t); slices.ContainsFunc(vmas, model.VMA.Secret) {
		return all + "; secret memory stays as it is, locked or not"
	}
	switch locked := t.Len - r.notYetLocked(t); locked {
	case 0:
		return all + ", none of them locked"
	case t.Len:
		return all
	default:
		return fmt.Sprintf("%s, %d of them locked", all, r.pageCount(locked))
	}
}

// afterLock says what a lock brings in, and how much is locked then.
func (r *reacher) afterLock(t model.Span, onFault bool) string {
	absent := int64(0)
	for rg, pg := range r.p.PagesIn(t) {
		if pg.Has(model.InVMA) && !pg.Has(model.Mapped) {
			absent += rg.Len()
		}
	}
	text := ""
	if absent > 0 && onFault {
		text = fmt.Sprintf(", %d as they are touched", absent)
	} else if absent > 0 {
		text = fmt.Sprintf(", %d to be brought in", absent)
	}
	more := r.notYetLocked(t)
	for _, v := range r.p.VMAsIn(t) { // which is charged, and gets no lock (mm/mlock.c, mlock_fixup)
		if droppable(v) {
			more -= min(more, min(v.End, t.End())-max(v.Start, t.Addr))
		}
	}
	text += "; then " + model.FormatSize(uint64(max(0, r.p.Stat.VmLck))+more)
	if l := r.p.Limits; l.MemlockSoft != model.Unlimited && !l.IPCLock {
		text += " of " + model.FormatBytes(l.MemlockSoft)
	}
	return text + " locked"
}

// lockStop says what stops a lock. A lock and its end stop at a hole. What cannot be brought in is locked all the same,
// as is all behind it; only then it is told (mm/mlock.c, do_mlock).
func (r *reacher) lockStop(st *stop, pg model.Page, word string, populates bool) {
	switch {
	case !pg.Has(model.InVMA):
		st.answer, st.why = "ENOMEM", r.stopsAtHole(st.at, word, ", nothing after it")
	case populates && pg.Prot == model.ProtNone:
		st.answer, st.why, st.goesOn = "ENOMEM", r.name(st.at)+" is PROT_NONE: locked, and not brought in", true
	case populates && pg.Has(model.Guard):
		st.answer, st.why, st.goesOn = "ENOMEM", r.name(st.at)+" is a guard page: locked, and not brought in", true
	}
}
