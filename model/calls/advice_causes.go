package calls

import (
	"fmt"

	"incore/model"
)

// advised says what became of the range before the page on which the advice failed.
func (f failure) advised(at uint64) string {
	return f.before(at, "was advised; nothing after it was", "It comes first, so nothing was done.")
}

func adviceOnLocked(f failure) (why, try string) {
	a := f.advice()
	if !advices[a].takesAway {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.Lock != model.Unlocked })
	if !ok {
		return "", ""
	}
	name := f.part(at, v)
	try = f.run("munlock %s first.", name)
	if a == adviceDontneed && f.since(advices[adviceDontneedLocked].since) {
		try = f.run("munlock %s first, or madvise %s dontneed_locked.", name, name)
	}
	if v.Secret() {
		if try = ""; a == adviceDontneed && f.since(advices[adviceDontneedLocked].since) {
			try = f.run("madvise %s dontneed_locked takes them out of the page table; they stay in memory.", name)
		}
		return fmt.Sprintf("%s is locked, and %s may not take locked pages away.%s %s", name, adviceConstant(a), secretStaysLocked, f.advised(at)), try
	}
	return fmt.Sprintf("%s is locked, and %s may not take locked pages away. %s", name, adviceConstant(a), f.advised(at)), try
}

func adviceAnonymousOnly(f failure) (why, try string) {
	a := f.advice()
	if !advices[a].anonOnly {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return !privateAnon(v) })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is for private anonymous memory, and %s is not. %s", adviceConstant(a),
		f.part(at, v), f.advised(at)), "Map it private anon."
}

// adviceHuge explains an advice that hugetlb pages do not know. Of the advices that take pages away, hugetlb pages know dontneed alone
// (mm/madvise.c, madvise_dontneed_free_valid_vma, can_madv_lru_vma, is_valid_guard_vma).
func adviceHuge(f failure) (why, try string) {
	a, since := f.advice(), sinceHugeDontneed
	old := a == adviceDontneed && !f.since(since)
	if !old && !advices[a].notHuge {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.HugeTLB })
	if !ok {
		return "", ""
	}
	if old {
		return fmt.Sprintf("%s is of hugetlb pages, which MADV_DONTNEED takes since Linux %v; this is %s. %s", f.part(at, v), since, f.kernel, f.advised(at)),
			f.run("munmap %s gives them back to the pool.", f.part(at, v))
	}
	return fmt.Sprintf("%s is of hugetlb pages, which are not reclaimed and do not know %s. %s", f.part(at, v), adviceConstant(a), f.advised(at)),
		f.run("madvise %s dontneed gives them back to the pool.", f.part(at, v))
}

// adviceHugeFork explains MADV_DOFORK of hugetlb pages. What is allowed up to 6.18 is EINVAL later. The kernel's reason is not known here.
func adviceHugeFork(f failure) (why, try string) {
	if f.advice() != adviceDofork || !f.since(sinceHugeDofork) {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.HugeTLB })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is of hugetlb pages, for which this kernel refuses MADV_DOFORK; Linux 6.18 took it. %s", f.part(at, v), f.advised(at)),
		"Without MADV_DONTFORK a child has them anyway; after it, map them anew."
}

// adviceGuardOnFile explains guard pages in a file. Until 6.15 guard pages were for private anonymous memory alone.
func adviceGuardOnFile(f failure) (why, try string) {
	if !advices[f.advice()].guards || f.since(sinceGuardFile) {
		return "", ""
	}
	at, _, ok := f.firstVMA(func(v model.VMA) bool { return !privateAnon(v) })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("Before Linux 6.15 guard pages are for private anonymous memory, and %s is not; this is %s. %s",
		f.name(at), f.kernel, f.advised(at)), "Map it private anon."
}

// adviceRemoveNoFile explains MADV_REMOVE where there is no file. A hole is punched into what has a file behind it, private or shared.
func adviceRemoveNoFile(f failure) (why, try string) {
	if f.advice() != adviceRemove {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return privateAnon(v) && kernels(v) == "" })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("MADV_REMOVE punches a hole in a file or in shared memory, and %s is private anonymous memory. %s", f.part(at, v), f.advised(at)),
		f.run("madvise %s dontneed throws its contents away.", f.part(at, v))
}

// adviceRemovePrivate explains MADV_REMOVE of what may not be written to its file. It takes a shared mapping of a file that is open for writing.
func adviceRemovePrivate(f failure) (why, try string) {
	if f.advice() != adviceRemove {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		r := f.regionAt(v.Start)
		return !v.Shared || r != nil && r.Backing == model.FileOf
	})
	switch {
	case !ok:
		return "", ""
	case v.Shared:
		return fmt.Sprintf("MADV_REMOVE punches a hole in a file, and the file behind %s is open for reading alone. %s", f.part(at, v), f.advised(at)),
			"Take a scratch file or a memfd, mapped shared."
	}
	return fmt.Sprintf("MADV_REMOVE punches a hole in a file by way of a shared mapping, and %s is private. %s", f.part(at, v), f.advised(at)), "Map it shared."
}

func adviceRemoveUnsupported(f failure) (why, try string) {
	if at, v, ok := f.firstSecret(); ok {
		return fmt.Sprintf("%s is secret memory, into which no hole can be punched (fallocate). %s", f.part(at, v), f.advised(at)), "Take a memfd, mapped shared."
	}
	return "The file system on which the file lies cannot punch holes in files (fallocate).", "Take a memfd, mapped shared."
}

// adviceDodumpDroppable explains MADV_DODUMP and MADV_KEEPONFORK of what the kernel may drop, which is never dumped, nor copied by fork (mm/madvise.c, madvise_vma_behavior,
// VM_DROPPABLE, Linux 6.11).
func adviceDodumpDroppable(f failure) (why, try string) {
	a := f.advice()
	if a != adviceDodump && a != adviceKeeponfork {
		return "", ""
	}
	at, v, ok := f.firstVMA(droppable)
	if !ok {
		return "", ""
	}
	stays := "stays out of core dumps"
	if a == adviceKeeponfork {
		stays = "is always wiped in a child"
	}
	return fmt.Sprintf("%s is droppable, and such memory %s. %s", f.part(at, v), stays, f.advised(at)), "Map it anew without droppable."
}

// droppable reports whether the kernel may drop what is in a mapping (MAP_DROPPABLE).
func droppable(v model.VMA) bool { return v.Flags.Has("dp") }

func adviceAccess(f failure) (why, try string) {
	a := f.advice()
	need, word := advices[a].needs, "read"
	if need == 0 {
		return "", ""
	}
	if need == model.ProtWrite {
		word = "write"
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.Prot&need == 0 && kernels(v) == "" })
	if !ok {
		return "", ""
	}
	name := f.part(at, v)
	return fmt.Sprintf("%s has protection %s, and %s needs a page that it may %s. %s", name, v.Prot, adviceConstant(a), word,
			f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")),
		f.run("mprotect %s %s first.", name, atLeastRead((v.Prot | need)))
}

// adviceKeyed explains a protection key that forbids to populate (mm/gup.c, check_vma_flags).
func adviceKeyed(f failure) (why, try string) {
	need := advices[f.advice()].needs
	at, v, ok := f.keyDenied(f.pages(), need)
	if need == 0 || !ok {
		return "", ""
	}
	return fmt.Sprintf("%s has %s, by which the thread %s. %s", f.part(at, v), f.p.KeyWords(v.Key), f.p.KeyRights(v.Key).Words(),
		f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")), ""
}

func adviceNotBuiltIn(f failure) (why, try string) {
	switch a := advices[f.advice()]; {
	case a.ofTHP:
		if f.sys.MemTotal == 0 || f.sys.THP != "" {
			return "", ""
		}
		return "This kernel was built without transparent huge pages: there is no /sys/kernel/mm/transparent_hugepage.", ""
	case a.ofKSM:
		if f.sys.MemTotal == 0 || f.sys.KSM != "" {
			return "", ""
		}
		return "This kernel was built without KSM, the merging of equal pages.", ""
	}
	return "", ""
}

func adviceHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	if advices[f.advice()].populates() && f.since(sincePopulateInOne) {
		return f.holeAt(at) + " " + f.before(at, "was brought in; nothing after it was",
			"It is the first page of the range, so nothing was brought in."), "Name pages that are mapped."
	}
	return f.holeAt(at) + " The advice skips holes: what is mapped in the range, before and after, was advised all the same.",
		"Name pages that are mapped."
}

func adviceNoHugePage(f failure) (why, try string) {
	if f.advice() != adviceCollapse {
		return "", ""
	}
	return "No huge page was to be had: memory of that size in one piece is short.", "Try again when more memory is free."
}

// adviceFault explains a page that could not be populated. Populating stops at a page that answers an access with a signal.
func adviceFault(f failure) (why, try string) {
	if !advices[f.advice()].populates() {
		return "", ""
	}
	for rg, pg := range f.p.PagesIn(f.pages()) {
		at := max(uint64(rg.Lo)*uint64(f.p.PageSize), f.pages().Addr)
		v, _ := f.vmaAt(at)
		done := f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")
		switch name := f.name(at); {
		case pg.Has(model.Guard):
			return fmt.Sprintf("%s is a guard page: an access would be SIGSEGV. %s", name, done),
				f.run("madvise %s guard_remove first, or populate what lies around it.", name)
		case v.HugeTLB && !pg.Has(model.Mapped):
			return f.noHugePage(name, at) + " " + done, f.largerPool(1)
		case pg.Has(model.InVMA) && !pg.Has(model.Mapped) && pg.Residency != model.NotAsked && (v.Shared || !privateAnon(v)):
			return fmt.Sprintf("%s could not be brought in; an access would be SIGBUS: %s. %s", name, f.behindPage(at), done), "Populate only as much as there is."
		}
	}
	return "", ""
}

func adviceBusy(f failure) (why, try string) {
	if f.advice() == adviceCollapse {
		return "The pages were busy for a moment, so that they could not be moved together.", "Try again."
	}
	return "", ""
}

// adviceOverMemcg explains a memory cgroup that is full: mm/khugepaged.c, madvise_collapse_errno.
func adviceOverMemcg(f failure) (why, try string) {
	if f.advice() != adviceCollapse {
		return "", ""
	}
	return "The memory cgroup of the process has no room for a huge page.", f.run("memcg max, or a larger limit, makes room.")
}

// adviceNoSwapFile explains MADV_WILLNEED without swap. Without swap in the kernel there is nothing to read ahead for memory
// without a file.
func adviceNoSwapFile(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return privateAnon(v) })
	if !ok || f.advice() != adviceWillneed {
		return "", ""
	}
	return fmt.Sprintf("MADV_WILLNEED reads ahead from a file or from swap; %s has no file, and this kernel was built without swap. %s", f.part(at, v), f.advised(at)), ""
}

func fileUnreadable(f failure) (why, try string) {
	return "The file system behind the range reported an error of its disk. What it was the call does not say; the kernel's log may.", ""
}

func brokenPage(f failure) (why, try string) {
	return "A page of the range is broken: the hardware reported an error.", ""
}
