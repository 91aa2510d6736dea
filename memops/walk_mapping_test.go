//go:build linux && (amd64 || arm64)

package memops_test

import (
	"incore/model"
	"incore/model/lang"
)

// mmap maps a region. Where no address was asked for, the kernel chooses one, and the
// reference takes it from there.
func (r *reference) mmap(p *refProcess, c lang.Mmap, chosen uint64) refOutcome {
	length := c.Size.Bytes(r.pageSize)
	addr := chosen
	if c.At != nil {
		addr, _, _ = r.span(p, *c.At)
	}
	pages := r.roundUp(length) / uint64(r.pageSize)
	lock := p.future
	if c.Locked && lock == model.Unlocked {
		lock = model.Locked
	}
	lo := addr / uint64(r.pageSize)
	off := c.Offset.Bytes(r.pageSize)
	switch {
	case length == 0, !r.aligned(addr), !r.aligned(off):
		return refOutcome{errno: "EINVAL"}
	case c.Noreplace && p.anyMapped(lo, lo+pages): // before the limit is asked (mm/mmap.c, do_mmap)
		return refOutcome{errno: "EEXIST"}
	case c.Locked && !p.mayLock():
		return refOutcome{errno: "EPERM"}
	case lock != model.Unlocked && !r.within(p, r.locked(p)+int64(pages)):
		// What lies there already, and is locked, still counts (mm/mmap.c, do_mmap).
		return refOutcome{errno: "EAGAIN"}
	case c.Droppable && (c.Backing != model.Anon || c.Locked || !r.kernel.atLeast(6, 11)):
		return refOutcome{errno: "EINVAL"}
	case p.mdwe && deniesExec(c.Prot, c.Prot):
		return refOutcome{errno: "EACCES"}
	case p.sealed(lo, lo+pages):
		return refOutcome{errno: "EPERM"}
	case !r.mayExpand(p, int64(pages)-p.mapped(lo, lo+pages), c.Prot&model.ProtWrite != 0 && !c.Shared):
		p.split(lo, lo+pages) // what lies there was to go
		return refOutcome{errno: "ENOMEM"}
	}
	back, file := r.object(p, c), (*refObject)(nil)
	if c.Backing == model.Memfd || c.Backing == model.Scratch || c.Alias != "" {
		file = back
	}
	if c.Replaces() {
		p.unmap(lo, lo+pages)
	}
	p.regions[c.Name] = refRegion{base: lo, pages: int64(pages), file: file}
	for i := range pages {
		p.pages[lo+i] = &refPage{refVMA: r.newVMA(c, back, lock), index: int64(i), region: c.Name}
		if file != nil {
			p.pages[lo+i].index += int64(off / uint64(r.pageSize))
		}
	}
	if c.Populate || lock != model.Unlocked {
		p.populate(lo, lo+pages, true) // mmap(2): what cannot come in is no failure
	}
	for n := lo; c.Tidy && n < lo+pages; n++ {
		if back != nil && back.disk {
			p.pages[n].reading = "random"
		} else {
			p.pages[n].noHuge = true
		}
	}
	return refOutcome{}
}

// newVMA is what a new mapping says of its pages. What may be dropped is charged as it would be locked, and is not (mm/vma.c, vma_supports_mlock).
func (r *reference) newVMA(c lang.Mmap, back *refObject, lock model.Lock) refVMA {
	noHuge := c.Stack && r.kernel.atLeast(6, 7)
	if c.Droppable {
		return refVMA{prot: c.Prot, noReserve: true, wipeOnFork: true, dontDump: true, droppable: true, noHuge: noHuge}
	}
	return refVMA{prot: c.Prot, shared: c.Shared, back: back, lock: lock, noReserve: c.Noreserve, noHuge: noHuge}
}

// deniesExec reports whether PR_SET_MDWE forbids a protection after another: what may be written beside, and what could not be
// executed before (linux/mman.h, map_deny_write_exec).
func deniesExec(before, prot model.Prot) bool {
	return prot&model.ProtExec != 0 && (prot&model.ProtWrite != 0 || before&model.ProtExec == 0)
}

// munmap unmaps; holes in the range are no error (munmap(2)).
func (r *reference) munmap(p *refProcess, addr, length uint64) refOutcome {
	if !r.aligned(addr) || length == 0 || r.roundUp(length) == 0 || addr >= taskSize || length > taskSize-addr {
		return refOutcome{errno: "EINVAL"}
	}
	lo, hi := r.cover(addr, length)
	if p.sealed(lo, hi) {
		return refOutcome{errno: "EPERM"}
	}
	p.unmap(lo, hi)
	return refOutcome{}
}

// mprotect goes from page to page: what lies before a hole or a sealed page is changed
// (mm/mprotect.c, do_mprotect_pkey). A private mapping that is locked and can be written
// from now on is populated, so that writing does not have to copy.
func (r *reference) mprotect(p *refProcess, addr, length uint64, prot model.Prot) refOutcome {
	switch {
	case !r.aligned(addr):
		return refOutcome{errno: "EINVAL"}
	case length == 0:
		return refOutcome{}
	case addr+r.roundUp(length) <= addr:
		return refOutcome{errno: "ENOMEM"}
	}
	lo, hi := r.cover(addr, length)
	for n := lo; n < hi; {
		pg := p.pages[n]
		switch {
		case pg == nil:
			return refOutcome{errno: "ENOMEM"}
		case p.mdwe && deniesExec(pg.prot, prot):
			return refOutcome{errno: "EACCES"}
		case pg.attach != nil && pg.attach.readOnly && prot&model.ProtWrite != 0:
			return refOutcome{errno: "EACCES"}
		case pg.sealed:
			return refOutcome{errno: "EPERM"}
		}
		end := p.stretch(n, hi)
		populate := pg.lock != model.Unlocked && !pg.shared && !pg.accessible(lang.Write) && prot&model.ProtWrite != 0
		for i := n; i < end; i++ {
			p.pages[i].prot = prot
		}
		if populate {
			p.populate(n, end, true)
		}
		n = end
	}
	return refOutcome{}
}

// mseal seals all of a range or nothing (mseal(2)).
func (r *reference) mseal(p *refProcess, addr, length uint64) refOutcome {
	if !r.aligned(addr) || length != 0 && r.roundUp(length) == 0 || addr+r.roundUp(length) < addr {
		return refOutcome{errno: "EINVAL"}
	}
	lo, hi := r.cover(addr, length)
	if p.hasHole(lo, hi) {
		return refOutcome{errno: "ENOMEM"}
	}
	for n := lo; n < hi; n++ {
		p.pages[n].sealed = true
	}
	return refOutcome{}
}

// mincore answers of what is mapped, and of a hole with ENOMEM (mincore(2)).
func (r *reference) mincore(p *refProcess, addr, length uint64) refOutcome {
	switch {
	case !r.aligned(addr):
		return refOutcome{errno: "EINVAL"}
	case length == 0:
		return refOutcome{}
	case addr >= taskSize || length > taskSize-addr:
		return refOutcome{errno: "ENOMEM"}
	}
	lo, hi := r.cover(addr, length)
	if p.hasHole(lo, hi) {
		return refOutcome{errno: "ENOMEM"}
	}
	return refOutcome{}
}
