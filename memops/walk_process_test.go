//go:build linux && (amd64 || arm64)

package memops_test

import (
	"maps"

	"incore/model"
	"incore/model/lang"
)

// fork makes a child (fork(2), mlock(2), mlockall(2)): private pages as if copied, shared
// objects the same, no locks and no MCL_FUTURE. MADV_DONTFORK leaves pages out,
// MADV_WIPEONFORK gives fresh ones.
func (r *reference) fork(p *refProcess, name string) refOutcome {
	child := &refProcess{
		name: name, pages: map[uint64]*refPage{}, regions: map[string]refRegion{}, limits: p.limits, own: p.own,
		maps: p.maps, cache: p.cache, mdwe: p.mdwe, brk: p.brk, gone: maps.Clone(p.gone),
	}
	for n, pg := range p.pages {
		if pg.dontFork {
			continue
		}
		copied := *pg
		copied.maps = nil
		copied.split = true // its lock may go, and joins nothing (kernel/fork.c, dup_mmap)
		if r.wrong != forkKeepsLocks {
			copied.lock = model.Unlocked
		}
		switch {
		case pg.wipeOnFork:
			copied.drop()
			copied.guard = false
		case pg.frame == zeroPage || pg.frame == some:
			// The kernel copies page tables only of a VMA of which some page was written
			// (mm/memory.c, vma_needs_copy): without them a child's page is not mapped.
			copied.frame = unsure
		}
		child.pages[n] = &copied
		if reg, ok := p.regions[pg.region]; ok {
			child.regions[pg.region] = reg
		}
	}
	child.torn = p.torn
	if p.arena != nil {
		child.arena = p.arena.Clone()
	}
	for name, reg := range p.regions {
		if reg.loose {
			reg.lost = maps.Clone(reg.lost)
			child.regions[name] = reg
			for n := reg.base; n < reg.base+uint64(reg.pages); n++ {
				if child.pages[n] == nil {
					child.lose(n, n+1)
				}
			}
		}
		if _, ok := child.regions[name]; !ok {
			child.gone[name] = reg
		}
	}
	r.procs[name] = child
	return refOutcome{}
}

// exec starts afresh (execve(2)): the limits stay, and the superuser has all capabilities
// again (capabilities(7)).
func (r *reference) exec(p *refProcess) refOutcome {
	clear(p.pages)
	maps.Copy(p.gone, p.regions)
	clear(p.regions)
	p.future, p.ownLock, p.own, p.maps, p.cache = model.Unlocked, model.Unlocked, nil, false, 0
	p.brk, p.uncounted, p.arena, p.torn = refBreak{}, 0, nil, false
	if r.root {
		p.limits.IPCLock = r.limits.IPCLock
	}
	return refOutcome{}
}

// end ends a process.
func (r *reference) end(p *refProcess) refOutcome {
	delete(r.procs, p.name)
	return refOutcome{}
}

// dropIPCLock puts the process under its limit for good.
func (r *reference) dropIPCLock(p *refProcess) refOutcome {
	p.limits.IPCLock = false
	return refOutcome{}
}

// mremap gives a region another length (mremap(2)). Shorter is an munmap of all that lies
// behind the new end. To be longer it must lie in one VMA; what is new of it is locked,
// and populated, as the rest is. Where it goes is the kernel's choice, and so is where the
// VMA of its first page ends: that much is asked.
func (r *reference) mremap(p *refProcess, c lang.Mremap, vmaEnd, moved uint64) refOutcome {
	reg := p.regions[c.T.Region]
	size := int64(r.roundUp(c.Size.Bytes(r.pageSize)) / uint64(r.pageSize))
	first, end := p.pages[reg.base], reg.base+uint64(reg.pages)
	switch {
	case size == 0:
		return refOutcome{errno: "EINVAL"}
	case first == nil:
		return refOutcome{errno: "EFAULT"}
	case first.sealed:
		return refOutcome{errno: "EPERM"}
	}
	if size <= reg.pages {
		if p.sealed(reg.base+uint64(size), end) {
			return refOutcome{errno: "EPERM"}
		}
		reg.pages = size
		p.regions[c.T.Region] = reg
		p.unmap(reg.base+uint64(size), end)
		return refOutcome{}
	}
	more := size - reg.pages
	switch {
	case p.stretch(reg.base, end) != end, vmaEnd < end:
		return refOutcome{errno: "EFAULT"}
	case first.lock != model.Unlocked && !r.within(p, r.locked(p)+more):
		return refOutcome{errno: "EAGAIN"}
	case !r.mayExpand(p, more, first.isData()):
		return refOutcome{errno: "ENOMEM"}
	}
	r.move(p, c.T.Region, moved, size)
	return refOutcome{}
}

// move has a region lie at page number to from now on, and have so many pages. What fills
// a hole of it as if it were of it moves along.
func (r *reference) move(p *refProcess, name string, to uint64, size int64) {
	reg := p.regions[name]
	old := map[uint64]*refPage{}
	for i := range uint64(reg.pages) {
		old[to+i] = p.pages[reg.base+i]
		delete(p.pages, reg.base+i)
	}
	last := old[to+uint64(reg.pages)-1]
	maps.Copy(p.pages, old)
	if to != reg.base {
		for _, pg := range old {
			pg.region = name
		}
	}
	for i := reg.pages; i < size; i++ {
		added := &refPage{refVMA: last.refVMA, region: name}
		if last.back != nil {
			added.index = last.index + i - reg.pages + 1
		}
		p.pages[to+uint64(i)] = added
	}
	moved := reg
	moved.base, moved.pages = to, size
	p.regions[name] = moved
	p.unmap(0, 0) // forget the regions of which all has moved along
	if last.lock != model.Unlocked {
		p.populate(to+uint64(reg.pages), to+uint64(size), true)
	}
}

// msync has nothing to write where all memory is anonymous or shmem; what is locked may
// not be invalidated (msync(2), EBUSY). A hole ends MS_ASYNC at once, and is told at the
// end by the others, which comes to the same.
func (r *reference) msync(p *refProcess, addr, length uint64, mode lang.SyncMode) refOutcome {
	switch {
	case !r.aligned(addr), mode.Has("sync") && mode.Has("async"):
		return refOutcome{errno: "EINVAL"}
	case addr+r.roundUp(length) < addr:
		return refOutcome{errno: "ENOMEM"}
	}
	lo, hi := r.cover(addr, r.roundUp(length))
	hole := ""
	for n := lo; n < hi; n++ {
		pg := p.pages[n]
		if pg == nil {
			hole = "ENOMEM"
		} else if mode.Has("invalidate") && pg.lock != model.Unlocked {
			return refOutcome{errno: "EBUSY"}
		}
	}
	return refOutcome{errno: hole}
}
