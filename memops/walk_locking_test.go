//go:build linux && (amd64 || arm64)

package memops_test

import (
	"incore/model"
	"incore/model/lang"
)

// mlock is mlock and mlock2, with lock the flag that they set. A part of a page counts as
// the page, and so does a length of 0 that does not begin at a page's start: the kernel
// rounds first and asks then (mm/mlock.c, do_mlock). For the same reason a length that
// wraps around to 0 when it is rounded locks nothing, and succeeds.
func (r *reference) mlock(p *refProcess, addr, length uint64, lock model.Lock) refOutcome {
	if !p.mayLock() {
		return refOutcome{errno: "EPERM"}
	}
	offset := addr % uint64(r.pageSize)
	addr, length = addr-offset, r.roundUp(length+offset)
	lo, pages := addr/uint64(r.pageSize), length/uint64(r.pageSize)
	// Over the limit nothing happens at all; what is locked already is not counted twice.
	if !r.within(p, r.locked(p)+r.added(p, lo, int64(pages))) {
		return refOutcome{errno: "ENOMEM"}
	}
	if errno := r.setLock(p, addr, length, lock); errno != "" {
		return refOutcome{errno: errno}
	}
	if !p.populate(lo, lo+pages, false) {
		return refOutcome{errno: "ENOMEM"} // mm/mlock.c, __mlock_posix_error_return
	}
	return refOutcome{}
}

// added is how many pages more a lock would count: holes too, which are found out later.
func (r *reference) added(p *refProcess, lo uint64, pages int64) int64 {
	n := pages
	if pages < taskSize/r.pageSize { // a longer range goes round, and no limit is that high
		for at := lo; at < lo+uint64(pages); at++ {
			if pg := p.pages[at]; pg != nil && pg.lock != model.Unlocked {
				n--
			}
		}
	}
	return n
}

// setLock changes the lock of whole pages up to the first hole (mm/mlock.c,
// apply_vma_lock_flags).
func (r *reference) setLock(p *refProcess, addr, length uint64, lock model.Lock) (errno string) {
	if addr+length < addr {
		return "EINVAL"
	}
	lo, hi := r.cover(addr, length)
	if r.wrong == mlockAllOrNothing && p.hasHole(lo, hi) {
		return "ENOMEM"
	}
	for n := lo; n < hi; n++ {
		pg := p.pages[n]
		if pg == nil {
			return "ENOMEM"
		}
		pg.setLock(lock)
	}
	return ""
}

// setLock gives a page a lock, if its memory can have one (mm/mlock.c, mlock_fixup).
func (pg *refPage) setLock(lock model.Lock) {
	if !pg.droppable {
		pg.lock = lock
	}
}

func (r *reference) munlock(p *refProcess, addr, length uint64) refOutcome {
	offset := addr % uint64(r.pageSize)
	if r.wrong == munlockIsExact && offset != 0 {
		return refOutcome{}
	}
	return refOutcome{errno: r.setLock(p, addr-offset, r.roundUp(length+offset), model.Unlocked)}
}

// mlockall locks what is mapped, what will be mapped, or both. Without MCL_FUTURE it ends
// what an earlier call said of the future (mm/mlock.c, apply_mlockall_flags). The limit is
// asked about the whole address space, holes and all that is locked included, but only
// for what is mapped now (mlockall(2), ENOMEM).
func (r *reference) mlockall(p *refProcess, c lang.Mlockall) refOutcome {
	if !c.Current && !c.Future {
		return refOutcome{errno: "EINVAL"}
	}
	if !p.mayLock() {
		return refOutcome{errno: "EPERM"}
	}
	if c.Current && !r.within(p, r.ownSize/r.pageSize+int64(len(p.pages))) {
		return refOutcome{errno: "ENOMEM"}
	}
	lock := model.Locked
	if c.OnFault {
		lock = model.OnFault
	}
	p.future = model.Unlocked
	if c.Future {
		p.future = lock
	}
	if c.Current {
		r.lockAll(p, lock)
	}
	return refOutcome{}
}

func (r *reference) munlockall(p *refProcess) refOutcome {
	p.future = model.Unlocked
	r.lockAll(p, model.Unlocked)
	return refOutcome{}
}

// lockAll gives all pages of a process a lock, and has them come in where the lock says so.
func (r *reference) lockAll(p *refProcess, lock model.Lock) {
	p.ownLock = lock
	numbers := p.sortedPages()
	for _, n := range numbers {
		p.pages[n].setLock(lock)
	}
	for i, j := 0, 0; i < len(numbers); i = j {
		for j = i + 1; j < len(numbers) && numbers[j] == numbers[j-1]+1; j++ {
		}
		if lock != model.Unlocked { // what is locked on fault stays out, and what may be dropped is not locked at all
			p.populate(numbers[i], numbers[j-1]+1, true)
		}
	}
}
