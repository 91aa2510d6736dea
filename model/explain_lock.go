package model

import "fmt"

// lockBudget is what the kernel's check against RLIMIT_MEMLOCK sees: what was
// locked before the call, and the limit in whole pages. limited is false for a
// process that has no limit or stands above it.
func (f failure) lockBudget() (before, limit int64, limited bool) {
	l, ps := f.p.Limits, f.p.PageSize
	if l.IPCLock || l.MemlockSoft == Unlimited || ps == 0 {
		return 0, 0, false
	}
	return f.p.Stat.VmLck - f.VmLck, l.MemlockSoft / ps * ps, true
}

// overLimit is the sentence for a call that would have locked more than it may.
func (f failure) overLimit(before, more, limit int64) (why, try string) {
	try = "Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."
	switch room := (limit - before) / f.p.PageSize; {
	case before > limit:
		return fmt.Sprintf("RLIMIT_MEMLOCK is %s, and %s is locked already: the limit was lowered, and now even locking again what is locked fails. Nothing changed.",
			FormatBytes(f.p.Limits.MemlockSoft), FormatBytes(before)), "munlock something first. " + try
	case room > 0:
		try = fmt.Sprintf("Lock at most %s more, or munlock something first. %s", plural(room, "page"), try)
	default:
		try = "munlock something first. " + try
	}
	return fmt.Sprintf("RLIMIT_MEMLOCK is %s; %s was locked before, and this would lock %s more: %s too much. Over the limit it is all or nothing, so nothing was locked.",
		FormatBytes(f.p.Limits.MemlockSoft), FormatBytes(before), FormatBytes(more), FormatBytes(before+more-limit)), try
}

// lockOverLimit is what mlock checks first, so where it changed VmLck it is not the cause.
func lockOverLimit(f failure) (why, try string) {
	before, limit, limited := f.lockBudget()
	if !limited || f.VmLck != 0 {
		return "", ""
	}
	s := f.pages()
	more := s.Len
	for _, v := range f.p.VMAsIn(s) {
		if v.Lock != Unlocked {
			more -= min(v.End, s.End()) - max(v.Start, s.Addr)
		}
	}
	if before <= limit && more <= uint64(limit-before) {
		return "", ""
	}
	return f.overLimit(before, int64(min(more, 1<<62)), limit)
}

func lockForbidden(f failure) (why, try string) {
	if f.p.Limits.MemlockSoft != 0 || f.p.Limits.IPCLock {
		return "", ""
	}
	return "RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"Start incore with a limit above 0 (ulimit -l), or as a user who has CAP_IPC_LOCK."
}

func lockHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	s := f.pages()
	why = f.holeAt(at) + " " + f.before(at, "is locked now but was not brought in; nothing after it was locked",
		"It is the first page of the range, so nothing was locked.")
	if at > s.Addr {
		return why, fmt.Sprintf("%s %s, and what is mapped after the hole by itself.", f.Call, f.target(s.Addr, at))
	}
	return why, "Name pages that are mapped."
}

// lockNoAccess: the whole range gets its lock flag, then it is brought in up to the first
// page that may not be accessed. With MLOCK_ONFAULT nothing is brought in.
func lockNoAccess(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v VMA) bool { return v.Prot == ProtNone && v.Lock == Locked })
	if !ok {
		return "", ""
	}
	s := f.pages()
	name := f.target(at, min(v.End, s.End()))
	return fmt.Sprintf("%s is PROT_NONE, so it could not be brought in. The whole range is locked all the same. %s", name,
			f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")),
		fmt.Sprintf("mprotect %s r first, or mlock2 %s onfault, which brings nothing in.", name, f.target(s.Addr, s.End()))
}

func lockGuard(f failure) (why, try string) {
	at, ok := f.find(func(p Page) bool { return p.Has(Guard) && p.Lock == Locked })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is a guard page, which cannot be brought in. The whole range is locked all the same. %s", f.name(at),
			f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")),
		fmt.Sprintf("madvise %s guard_remove first, or lock what lies around it.", f.name(at))
}

// lockPastEOF goes by what is left over: a page of a file mapping that is locked and
// absent after the kernel tried to bring it in.
func lockPastEOF(f failure) (why, try string) {
	for rg, pg := range f.p.PagesIn(f.pages()) {
		at := uint64(rg.Lo) * uint64(f.p.PageSize)
		if pg.Residency != Absent || pg.Lock != Locked || !f.hasFile(at) {
			continue
		}
		return fmt.Sprintf("%s could not be brought in: it lies past the end of the file, or the file could not be read. The whole range is locked all the same. %s", f.name(at),
				f.before(at, "was brought in", "It comes first, so nothing was brought in.")),
			"Lock only as much as the file is long."
	}
	return "", ""
}

// hasFile reports whether a file or a memfd lies behind an address.
func (f failure) hasFile(addr uint64) bool {
	vs := f.p.VMAsIn(Span{addr, 1})
	return len(vs) == 1 && (vs[0].Shared || !vs[0].privateAnon())
}

func lockNoMemory(f failure) (why, try string) {
	return "The range is locked, but memory for some of its pages could not be had: they are locked and absent.",
		"munmap or munlock something, or lock less."
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
	c, ok := f.cmd.(Mlockall)
	size := f.p.Stat.VmSize
	if !limited || !ok || !c.Current || size <= limit {
		return "", ""
	}
	return fmt.Sprintf("MCL_CURRENT counts the whole address space of the process, touched or not: VmSize is %s and RLIMIT_MEMLOCK is %s, %s too little. Nothing was locked.",
			FormatBytes(size), FormatBytes(f.p.Limits.MemlockSoft), FormatBytes(size-limit)),
		"mlock only what has to stay in, munmap something, or start incore with a higher limit (ulimit -l)."
}

func lockallFlags(f failure) (why, try string) {
	c, ok := f.cmd.(Mlockall)
	switch {
	case !ok:
		return "", ""
	case !c.Current && !c.Future && c.OnFault:
		return "MCL_ONFAULT only says how to lock; what to lock is not said.", "mlockall current onfault, or mlockall future onfault."
	case !c.Current && !c.Future:
		return "No flag says what to lock: what is mapped now, or what will be.", "mlockall current, mlockall future, or both."
	case c.OnFault && !f.since(4, 4):
		return fmt.Sprintf("MCL_ONFAULT came with Linux 4.4; this is %s.", f.kernel), "Leave out onfault."
	}
	return "", ""
}
