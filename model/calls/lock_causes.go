package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// lockBudget returns what the kernel's check against RLIMIT_MEMLOCK sees: what was
// locked before the call, and the limit in whole pages. limited is false for a
// process that has no limit or stands above it.
func (f failure) lockBudget() (before, limit int64, limited bool) {
	l, ps := f.p.Limits, f.p.PageSize
	if l.IPCLock || l.MemlockSoft == model.Unlimited || ps == 0 {
		return 0, 0, false
	}
	return f.lockedBefore(), l.MemlockSoft / ps * ps, true
}

// memlock returns the limit, and in how many pages it ends where it is not a whole number.
func (f failure) memlock() string {
	soft, ps := f.p.Limits.MemlockSoft, f.p.PageSize
	if soft%ps == 0 {
		return exact(uint64(soft))
	}
	return fmt.Sprintf("%s, %s", exact(uint64(soft)), model.Plural(soft/ps, "whole page"))
}

// raise returns how the process comes to a limit that allows need bytes.
func (f failure) raise(need uint64) string {
	need = f.rounded(need, 0)
	if need > defaultSpace {
		return "Lock less: a process does not have so many addresses."
	}
	if hard := f.p.Limits.MemlockHard; hard == model.Unlimited || need <= uint64(hard) {
		return f.run("setrlimit memlock %s", sizeWord(need)) + fmt.Sprintf(" allows it: the hard limit is %s.", model.FormatLimit(hard))
	}
	return "Start incore with a higher limit (ulimit -l), or " + f.privilege("CAP_IPC_LOCK") + "."
}

// charge returns the sentence part for more bytes that RLIMIT_MEMLOCK does not allow, and "" where
// it does. The kernel charges what is mapped, touched or not.
func (f failure) charge(more uint64) string {
	before, limit, limited := f.lockBudget()
	if !limited || before <= limit && more <= uint64(limit-before) {
		return ""
	}
	return fmt.Sprintf("RLIMIT_MEMLOCK is %s; %s was locked before, and this would lock %s more: %s too much.",
		f.memlock(), model.FormatBytes(before), model.FormatSize(more), model.FormatSize(more-uint64(limit-before)))
}

// toLock returns how much of the span a lock would add: what is locked already counts once
// (mm/mlock.c, count_mm_mlocked_page_nr).
func (f failure) toLock() uint64 {
	s := f.pages()
	more := s.Len
	for _, v := range f.p.VMAsIn(s) {
		if v.Lock != model.Unlocked {
			more -= min(v.End, s.End()) - max(v.Start, s.Addr)
		}
	}
	return more
}

// lockOverLimit explains what mlock checks first, so where it changed VmLck it is not the cause.
func lockOverLimit(f failure) (why, try string) {
	before, limit, limited := f.lockBudget()
	if !limited || f.VmLck != 0 {
		return "", ""
	}
	more := f.toLock()
	switch {
	case before > limit:
		return fmt.Sprintf("RLIMIT_MEMLOCK is %s, and %s is locked already, which is more: what is locked stays so when the limit is lowered or CAP_IPC_LOCK is dropped, but even to lock that again fails. Nothing changed.",
			f.memlock(), model.FormatBytes(before)), f.run("munlock") + " something first. " + f.raise(uint64(before)+more)
	case more <= uint64(limit-before):
		return "", ""
	}
	try = f.raise(uint64(before) + more)
	room, frees := (limit-before)/f.p.PageSize, before > 0 && more <= uint64(limit)
	switch {
	case room > 0 && frees:
		try = fmt.Sprintf("Lock at most %s more, or munlock something first. %s", model.Plural(room, "page"), try)
	case room > 0:
		try = fmt.Sprintf("Lock at most %s more. %s", model.Plural(room, "page"), try)
	case frees:
		try = f.run("munlock") + " something first. " + try
	}
	return f.charge(more) + " Over the limit it is all or nothing, so nothing was locked.", try
}

func lockForbidden(f failure) (why, try string) {
	return f.forbidden(max(f.toLock(), uint64(f.p.PageSize)))
}

// lockallForbidden is lockForbidden of mlockall. After mlockall future there is a page to spare, for a first mapping.
func lockallForbidden(f failure) (why, try string) {
	if c, ok := f.cmd.(lang.Mlockall); ok && c.Current {
		return f.forbidden(uint64(f.p.Stat.VmSize - f.lockedBefore()))
	}
	return f.forbidden(uint64(f.p.PageSize))
}

// forbidden says that the process may lock nothing, and what to try where the call would lock more bytes.
// What it has locked from before counts too: a limit below the sum only turns EPERM into another refusal.
func (f failure) forbidden(more uint64) (why, try string) {
	if f.p.Limits.MemlockSoft != 0 || f.p.Limits.IPCLock {
		return "", ""
	}
	return "RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		f.raise(uint64(f.lockedBefore()) + more)
}

// lockedBefore returns how much was locked before the call, in bytes.
func (f failure) lockedBefore() int64 { return f.p.Stat.VmLck - f.VmLck }

func lockHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	s := f.pages()
	why = f.holeAt(at) + " " + f.before(at, "has its lock, but the call ended before it brought anything in; nothing after it was locked",
		"It is the first page of the range, so nothing was locked.")
	if at == s.Addr {
		return why, "Name pages that are mapped."
	}
	onFault := ""
	if c, ok := f.cmd.(lang.Mlock2); ok && c.OnFault {
		onFault = " onfault"
	}
	return why, f.run("%s %s%s, and what is mapped after the hole by itself.", f.Call, f.target(s.Addr, at), onFault)
}

// lockNotBroughtIn explains a page that could not be brought in. The whole range gets its lock flag, then it is brought in up to the first
// page that cannot be (mm/gup.c, __mm_populate). With MLOCK_ONFAULT nothing is brought in.
func lockNotBroughtIn(f failure) (why, try string) {
	s := f.pages()
	for rg, pg := range f.p.PagesIn(s) {
		if pg.Has(model.Mapped) && pg.Prot != model.ProtNone && !pg.Has(model.Guard) {
			continue // the case of nearly all, of which there may be many
		}
		at := max(uint64(rg.Lo)*uint64(f.p.PageSize), s.Addr)
		v, ok := f.vmaAt(at)
		if !ok {
			continue
		}
		switch name := f.name(at); {
		case pg.Lock == model.Locked && pg.Prot == model.ProtNone:
			name = f.part(at, v)
			why = fmt.Sprintf("%s is PROT_NONE, so it could not be brought in.", name)
			if try = f.run("mprotect %s r first.", name); f.since(sinceOnfaultProtNone) {
				try = f.run("mprotect %s r first, or mlock2 %s onfault, which brings nothing in.", name, f.target(s.Addr, s.End()))
			}
		case pg.Lock == model.OnFault && pg.Prot == model.ProtNone && !f.since(sinceOnfaultProtNone):
			name = f.part(at, v)
			return fmt.Sprintf("%s is PROT_NONE, which MLOCK_ONFAULT fails on too until Linux %v; this is %s. The whole range is locked all the same.",
				name, sinceOnfaultProtNone, f.kernel), f.run("mprotect %s r first.", name)
		case pg.Lock == model.Locked && pg.Has(model.Guard):
			why = fmt.Sprintf("%s is a guard page, which cannot be brought in.", name)
			try = f.run("madvise %s guard_remove first, or lock what lies around it.", name)
		case v.HugeTLB && !pg.Has(model.Mapped):
			return f.noHugePage(name, at) + " " + f.before(at, "was brought in", "It comes first, so nothing was brought in."), f.largerPool(1)
		case pg.Lock == model.Locked && pg.Residency != model.NotAsked && !pg.Has(model.Mapped) && (v.Shared || !privateAnon(v)):
			why, try = fmt.Sprintf("%s could not be brought in: %s.", name, f.behindPage(at)), "Lock only as much as there is."
		default:
			continue
		}
		return why + " The whole range is locked all the same. " + f.before(at, "was brought in; nothing after it was",
			"It comes first, so nothing was brought in."), try
	}
	return "", ""
}

func lockNoMemory(f failure) (why, try string) {
	return "The range is locked, but memory for some of its pages could not be had: they are locked and absent.",
		f.run("munmap") + " or munlock something, or lock less."
}

func unlockHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " " + f.before(at, "was unlocked; nothing after it was",
		"It is the first page of the range, so nothing was unlocked."), "Name pages that are mapped."
}

func lockallOverLimit(f failure) (why, try string) {
	_, limit, limited := f.lockBudget()
	c, ok := f.cmd.(lang.Mlockall)
	size := f.p.Stat.VmSize
	if !limited || !ok || !c.Current || size <= limit {
		return "", ""
	}
	return fmt.Sprintf("MCL_CURRENT counts the whole address space of the process, touched or not: VmSize is %s and RLIMIT_MEMLOCK is %s, %s too little. Nothing was locked.",
		model.FormatBytes(size), f.memlock(), model.FormatBytes(size-limit)), f.run("mlock") + " only what has to stay in, or munmap something. " + f.raise(uint64(size))
}

func lockallFlags(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mlockall)
	switch {
	case !ok:
		return "", ""
	case !c.Current && !c.Future && c.OnFault:
		return "MCL_ONFAULT only says how to lock; what to lock is not said.", f.run("mlockall current onfault, or mlockall future onfault.")
	case !c.Current && !c.Future:
		return "No flag says what to lock: what is mapped now, or what will be.", f.run("mlockall current, mlockall future, or both.")
	case c.OnFault && !f.since(sinceMclOnfault):
		return fmt.Sprintf("MCL_ONFAULT came with Linux %v; this is %s.", sinceMclOnfault, f.kernel), "Leave out onfault."
	}
	return "", ""
}

// mapLockedOverLimit explains RLIMIT_MEMLOCK. A new mapping is locked because the call says so, or because mlockall
// future did (mm/mmap.c, mlock_future_ok).
func mapLockedOverLimit(f failure) (why, try string) {
	more := f.asked()
	charge := f.charge(more)
	if charge == "" {
		return "", ""
	}
	before, _, _ := f.lockBudget()
	if c, ok := f.mapping(); ok && c.Replaces() {
		if at, v, is := f.firstVMA(func(v model.VMA) bool { return v.Lock != model.Unlocked }); is {
			// mm/mmap.c, do_mmap: mlock_future_ok comes before what lies there is unmapped.
			name := f.part(at, v)
			return fmt.Sprintf("The mapping is locked as it is made. %s What lies there, %s, is locked and counts until it is dropped, which comes after this check.%s",
				charge, name, f.unchanged("Nothing was changed.")), f.run("munlock %s first. ", name) + f.raise(uint64(before)+more)
		}
	}
	if c, ok := f.mapping(); ok && c.Locked {
		return "MAP_LOCKED locks the mapping as it is made. " + charge + " Nothing was mapped.",
			"Leave out locked, or map less. " + f.raise(uint64(before)+more)
	}
	return "mlockall future is in force, so a new mapping is locked, even one that may not be accessed. " + charge + " Nothing was mapped.",
		f.run("munlockall, or mlockall current, ends that. Or map less. ") + f.raise(uint64(before)+more)
}

func mapLockForbidden(f failure) (why, try string) {
	if c, ok := f.mapping(); !ok || !c.Locked {
		return "", ""
	}
	return f.forbidden(f.asked())
}
