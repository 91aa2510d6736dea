//go:build linux && (amd64 || arm64)

package memops_test

import (
	"incore/model"
	"incore/model/lang"
)

// madvise gives an advice to one VMA after the other. A hole is told at the end, and does
// not keep what lies behind it from the advice (madvise(2), ENOMEM); any other error ends
// the call (mm/madvise.c, madvise_walk_vmas).
func (r *reference) madvise(p *refProcess, addr, length uint64, a lang.Advice) refOutcome {
	if !r.advices[a] || !r.aligned(addr) || length != 0 && r.roundUp(length) == 0 || addr+r.roundUp(length) < addr {
		return refOutcome{errno: "EINVAL"}
	}
	lo, hi := r.cover(addr, length)
	switch a {
	case "populate_read":
		return r.madvisePopulate(p, lo, hi, lang.Read)
	case "populate_write":
		return r.madvisePopulate(p, lo, hi, lang.Write)
	}
	hole := ""
	for n := lo; n < hi; n++ {
		pg := p.pages[n]
		if pg == nil {
			hole = "ENOMEM"
			continue
		}
		if errno := r.advise(pg, a); errno != "" {
			return refOutcome{errno: errno}
		}
	}
	return refOutcome{errno: hole}
}

// madvisePopulate brings in one page after the other and ends at the first that cannot
// (madvise(2), MADV_POPULATE_READ). Before Linux 6.10 a hole ended it only after all that is mapped.
func (r *reference) madvisePopulate(p *refProcess, lo, hi uint64, by lang.Access) refOutcome {
	hole := ""
	for n := lo; n < hi; n++ {
		pg := p.pages[n]
		switch {
		case pg == nil && !r.kernel.atLeast(6, 10):
			hole = "ENOMEM"
			continue
		case pg == nil:
			return refOutcome{errno: "ENOMEM"}
		case !pg.accessible(by), by == lang.Read && pg.prot&model.ProtRead == 0:
			// What may only be written is populated by writing only (mm/gup.c,
			// check_vma_flags).
			return refOutcome{errno: "EINVAL"}
		}
		if signal, _ := pg.access(by); signal != "" {
			return refOutcome{errno: "EFAULT"}
		}
	}
	return refOutcome{errno: hole}
}

// discards reports whether an advice loses what the pages hold, which a seal forbids of
// anonymous pages that may not be written (mm/mseal.c, is_discard).
func discards(a lang.Advice) bool {
	switch a {
	case "free", "dontneed", "dontneed_locked", "remove", "dontfork", "wipeonfork", "guard_install":
		return true
	}
	return false
}

// advise gives an advice to one page.
func (r *reference) advise(pg *refPage, a lang.Advice) (errno string) {
	locked := pg.lock != model.Unlocked
	if pg.sealed && discards(a) && pg.back == nil && !pg.accessible(lang.Write) {
		return "EPERM"
	}
	switch a {
	case "keeponfork", "dodump":
		if pg.droppable {
			return "EINVAL"
		}
	}
	switch a {
	case "normal":
		pg.reading = ""
	case "random", "sequential":
		pg.reading = a
	case "dontfork", "dofork":
		pg.dontFork = a == "dontfork"
	case "wipeonfork", "keeponfork":
		if a == "wipeonfork" && pg.back != nil {
			return "EINVAL"
		}
		pg.wipeOnFork = a == "wipeonfork"
	case "dontdump", "dodump":
		pg.dontDump = a == "dontdump"
	case "nohugepage":
		pg.noHuge = true
	case "dontneed_locked":
		pg.drop()
	case "cold", "pageout", "dontneed", "free":
		if locked && (r.wrong != dontneedDropsAll || a != "dontneed") {
			return "EINVAL"
		}
		return r.release(pg, a)
	case "remove":
		return r.remove(pg, locked)
	case "guard_install", "guard_remove":
		return r.guard(pg, a == "guard_install", locked)
	}
	if b := pg.behind(); a == "willneed" && b != nil && pg.back.disk {
		pg.back.mayBeRead()
	}
	return "" // else willneed promises nothing of memory
}

// release is advice by which the kernel takes pages away, now or later.
func (r *reference) release(pg *refPage, a lang.Advice) (errno string) {
	switch {
	case a == "dontneed":
		pg.drop()
	case a == "free" && pg.back != nil:
		return "EINVAL"
	case a == "free" && pg.frame != nothing && pg.frame != zeroPage:
		pg.frame, pg.doubt = lazy, true
	case a == "pageout":
		r.pageOut(pg)
	}
	return ""
}

// pageOut may evict what has a place to go to. Without swap that is only a shmem page that
// nobody has written to: it is clean, and dropped like a page of a file (mm/vmscan.c,
// shrink_folio_list).
func (r *reference) pageOut(pg *refPage) {
	if b := pg.behind(); b != nil && b.frame == filled && (!b.written || pg.back.disk || r.swap) {
		b.frame = unsure
	}
	pg.maps = nil
	if pg.droppable && pg.frame != nothing && pg.frame != zeroPage {
		pg.frame, pg.doubt = lazy, true
	}
	if r.swap && (pg.frame == filled || pg.frame == some) {
		pg.frame = unsure
	}
}

// remove frees the object's pages, whoever maps them; private copies stay (madvise(2)).
// Since Linux 6.7, and where a distribution has taken that over, the mapping may be read-only, as
// long as it could be made writable (mm/madvise.c, madvise_remove).
func (r *reference) remove(pg *refPage, locked bool) (errno string) {
	switch {
	case locked, pg.back == nil:
		return "EINVAL"
	case !pg.shared, !pg.accessible(lang.Write) && !r.removes, pg.attach != nil && pg.attach.readOnly:
		return "EACCES"
	}
	if pg.behind() != nil {
		pg.back.pages[pg.index] = &refObjectPage{}
	}
	return ""
}

// guard installs and removes guard pages. What was there goes, and comes back as a fresh
// page. Before Linux 6.15 only anonymous memory has them.
func (r *reference) guard(pg *refPage, install, locked bool) (errno string) {
	if install && locked || pg.back != nil && !r.kernel.atLeast(6, 15) {
		return "EINVAL"
	}
	if install {
		pg.drop()
	}
	if pg.back != nil {
		pg.back.guarded = true
	}
	pg.guard = install
	return ""
}
