//go:build linux && (amd64 || arm64)

package memops_test

import (
	"runtime"

	"incore/model"
	"incore/model/lang"
)

// observed is what the reference has to be told, because Linux leaves it to the kernel:
// where a new or moved region lies, and where the VMA ends that a region begins in.
type observed struct {
	addr   uint64
	vmaEnd uint64    // page number
	vmas   []refSpan // before the call, of an mremap
	after  []refSpan // after it
	maps   []uint64  // where the mappings lie that asides made or moved, in order
	brk    uint64    // where the break was, if that was asked first of all
	aside  uint64    // where the first mapping lies that an aside made
}

// run says how a command should end and changes the reference accordingly.
func (r *reference) run(p *refProcess, c model.Command, seen observed) refOutcome {
	on := func(t model.Target, f func(*refProcess, uint64, uint64) refOutcome) refOutcome {
		addr, length, _ := r.span(p, t)
		return f(p, addr, length)
	}
	p.learnBreak(seen)
	if r.ofHeap(p, c) {
		out, _ := r.heapCall(p, c, seen)
		return out
	}
	switch c := c.(type) {
	case lang.Mmap:
		return r.mmap(p, c, seen.addr)
	case lang.Munmap:
		return on(c.T, r.munmap)
	case lang.Mremap:
		if !plainRemap(c) {
			return r.remap(p, c, seen)
		}
		return r.mremap(p, c, seen.vmaEnd, seen.addr/uint64(r.pageSize))
	case lang.Truncate:
		return r.truncate(p, c)
	case lang.Mseal:
		return on(c.T, r.mseal)
	case lang.Mlock:
		addr, length, _ := r.span(p, c.T)
		return r.mlock(p, addr, length, model.Locked)
	case lang.Mlock2:
		addr, length, _ := r.span(p, c.T)
		lock := model.Locked
		if c.OnFault {
			lock = model.OnFault
		}
		return r.mlock(p, addr, length, lock)
	case lang.Munlock:
		return on(c.T, r.munlock)
	case lang.Mlockall:
		return r.mlockall(p, c)
	case lang.Munlockall:
		return r.munlockall(p)
	case lang.Mprotect:
		addr, length, _ := r.span(p, c.T)
		return r.mprotect(p, addr, length, c.Prot)
	case lang.Madvise:
		addr, length, _ := r.span(p, c.T)
		return r.madvise(p, addr, length, c.Advice)
	case lang.Msync:
		addr, length, _ := r.span(p, c.T)
		return r.msync(p, addr, length, c.Mode)
	case lang.Mincore:
		return on(c.T, r.mincore)
	}
	return r.runHeap(p, c, seen)
}

// runHeap is run for what brk, malloc and System V have.
func (r *reference) runHeap(p *refProcess, c model.Command, seen observed) refOutcome {
	switch c := c.(type) {
	case lang.Brk:
		return r.moveHeap(p, c)
	case lang.Shmget:
		return r.shmget(p, c, seen)
	case lang.Shmat:
		return r.shmat(p, c, seen)
	case lang.Shmdt:
		return r.shmdt(p, c)
	case lang.Shmctl:
		return r.shmctl(p, c)
	case lang.Mallopt:
		p.maps = true
		return refOutcome{ret: 1}
	case lang.Malloc:
		return r.malloc(p, c.Name, c.Size.Bytes(r.pageSize), seen)
	case lang.Calloc:
		return r.calloc(p, c, seen)
	case lang.Realloc:
		return r.realloc(p, c, seen)
	case lang.Free:
		return r.free(p, c.Name)
	}
	return r.runMore(p, c)
}

// ofHeap reports whether a call is of malloc's family, in a process where not each block has a mapping.
func (r *reference) ofHeap(p *refProcess, c model.Command) bool {
	switch c := c.(type) {
	case lang.Malloc, lang.Calloc, lang.Realloc, lang.Free, lang.AlignedAlloc, lang.MallocTrim:
		return !p.maps
	case lang.Mallopt:
		return p.arena != nil || !p.maps && (c.Option != "mmap_threshold" || c.Value.N != 0)
	}
	return false
}

// runMore is run for what reaches memory as a program does, and for what is about a
// process.
func (r *reference) runMore(p *refProcess, c model.Command) refOutcome {
	two := func(a, b model.Target, f func(p *refProcess, a, b, n uint64) refOutcome) refOutcome {
		x, n, _ := r.span(p, a)
		y, _, _ := r.span(p, b)
		return f(p, x, y, n)
	}
	switch c := c.(type) {
	case lang.Touch:
		addr, length, _ := r.span(p, c.T)
		return r.touch(p, addr, length, c)
	case lang.Memset:
		addr, length, _ := r.span(p, c.T)
		return r.memset(p, addr, length, c.Byte)
	case lang.Memcpy:
		return two(c.Dst, c.Src, r.copyBytes)
	case lang.Memmove:
		return two(c.Dst, c.Src, r.moveBytes)
	case lang.Memcmp:
		return two(c.A, c.B, r.compareBytes)
	case lang.Fork:
		return r.fork(p, c.Name)
	case lang.Execve:
		return r.exec(p)
	case lang.Exit, lang.Kill:
		return r.end(p)
	case lang.Setrlimit:
		return r.setrlimit(p, c)
	case lang.Capset:
		return r.dropIPCLock(p)
	case lang.ReadFile:
		addr, length, _ := r.span(p, c.T)
		return r.transfer(p, addr, length, lang.Write)
	case lang.WriteFile:
		addr, length, _ := r.span(p, c.T)
		return r.transfer(p, addr, length, lang.Read)
	case lang.Prctl:
		return r.prctl(p, c)
	case lang.Syscall:
		return r.raw(p, c)
	}
	panic("the walk has no rule for " + c.String())
}

// admits reports whether a command may be run: it is not one that incore refuses, it stays
// away from the subject's own memory, and what comes of it is known.
func (r *reference) admits(p *refProcess, c model.Command) bool {
	if r.ofHeap(p, c) {
		return r.admitsHeap(p, c)
	}
	switch c := c.(type) {
	case lang.Mmap:
		return r.admitsMmap(p, c)
	case lang.Fork: // where RLIMIT_AS is below what is mapped incore refuses a child, since that could map nothing
		return r.procs[c.Name] == nil && r.mayExpand(p, 0, false)
	case lang.Execve:
		return r.admitsExec(p)
	case lang.Mprotect:
		addr, length, ok := r.span(p, c.T)
		return ok && r.apart(p, c.T, false) && r.admitsWritable(p, addr, length, c.Prot)
	case lang.Mremap:
		if !plainRemap(c) {
			_, ok := r.remapping(p, c)
			return ok
		}
		reg, ok := p.regions[c.T.Region]
		if p.looseOn(reg.base, reg.base+uint64(reg.pages)) {
			return false
		}
		if !ok || reg.block > 0 || reg.heap || reg.loose {
			return false
		}
		for n := reg.base; n < reg.base+uint64(reg.pages); n++ { // a block that lies in a hole of it does not move
			if pg := p.pages[n]; pg != nil && (pg.region == "" || p.regions[pg.region].block > 0 || p.regions[pg.region].heap) {
				return false
			}
		}
		first := p.pages[reg.base]
		return first == nil || first.region == c.T.Region // else it is another's page that would grow
	case lang.Truncate:
		return p.admitsTruncate(c, r.pageSize)
	case lang.Touch:
		addr, _, _ := r.span(p, c.T)
		// Where none can begin, and what is there may not be executed, the processor has two answers to give.
		return r.apart(p, c.T, true) && (c.Access != lang.Exec || !(runtime.GOARCH == "arm64" && addr%4 != 0) && r.all(p, c.T, (*refPage).harmless))
	case lang.Memset:
		return r.apart(p, c.T, true)
	case lang.Memcpy:
		return r.pair(p, c.Dst, c.Src)
	case lang.Memmove:
		return r.pair(p, c.Dst, c.Src)
	case lang.Memcmp:
		return r.pair(p, c.A, c.B) && r.all(p, c.A, (*refPage).known) && r.all(p, c.B, (*refPage).known)
	case lang.Syscall:
		addr, ok := r.rawAddr(p, c)
		return ok && r.apart(p, model.Target{Form: model.RawSpan, Off: addr, Len: c.Args[1].Value}, false) &&
			(c.Name != "mprotect" || r.admitsWritable(p, addr, c.Args[1].Value, model.Prot(c.Args[2].Value&7)))
	}
	return r.admitsMore(p, c)
}

// admitsMore is admits for what brk, malloc and System V have, and for all that has a target and nothing else.
func (r *reference) admitsMore(p *refProcess, c model.Command) bool {
	switch c := c.(type) {
	case lang.Shmget:
		_, taken := p.regions[c.Name]
		return !taken
	case lang.Shmat:
		return r.admitsShmat(p, c)
	case lang.Shmdt:
		return r.admitsShmdt(p, c)
	case lang.Shmctl:
		return r.segment(p, c.Name) != nil
	case lang.AlignedAlloc, lang.MallocTrim:
		return false
	case lang.Mallopt:
		return c.Option == "mmap_threshold" && c.Value.N == 0
	case lang.Malloc:
		return p.admitsBlock(c.Name) && r.admitsCache(p, c.Size.Bytes(r.pageSize))
	case lang.Calloc:
		return p.admitsBlock(c.Name)
	case lang.Realloc:
		return r.admitsRealloc(p, c)
	case lang.Free:
		return r.admitsFree(p, c.Name)
	}
	t, ok := targetOf(c)
	return !ok || r.apart(p, t, false)
}

// targetOf is the target of a call that has one.
func targetOf(c model.Command) (t model.Target, ok bool) {
	switch c := c.(type) {
	case lang.Munmap:
		return c.T, true
	case lang.Mseal:
		return c.T, true
	case lang.Mlock:
		return c.T, true
	case lang.Mlock2:
		return c.T, true
	case lang.Munlock:
		return c.T, true
	case lang.Mprotect:
		return c.T, true
	case lang.Madvise:
		return c.T, true
	case lang.Msync:
		return c.T, true
	case lang.Mincore:
		return c.T, true
	case lang.ReadFile:
		return c.T, true
	case lang.WriteFile:
		return c.T, true
	}
	return t, false
}

// admitsMmap is admits for a new region: its name is free, what it is an alias of can be
// mapped again, and it does not lie on the subject's own memory.
func (r *reference) admitsMmap(p *refProcess, c lang.Mmap) bool {
	if _, taken := p.regions[c.Name]; taken || c.Alias != "" && p.regions[c.Alias].file == nil {
		return false
	}
	where := c.Where()
	if where == nil {
		return true
	}
	addr, _, ok := r.span(p, *where)
	return ok && addr < taskSize && !p.reachesOwn(addr, r.roundUp(c.Size.Bytes(r.pageSize)))
}

// all reports whether something holds for all pages that a target has.
func (r *reference) all(p *refProcess, t model.Target, holds func(*refPage) bool) bool {
	addr, length, _ := r.span(p, t)
	lo, hi := r.cover(addr, length)
	for n := lo; n < hi; n++ {
		if pg := p.pages[n]; pg != nil && !holds(pg) {
			return false
		}
	}
	return true
}

// pair reports whether two targets can be accessed, and are of one length.
func (r *reference) pair(p *refProcess, a, b model.Target) bool {
	_, n, _ := r.span(p, a)
	_, m, _ := r.span(p, b)
	return n == m && r.apart(p, a, true) && r.apart(p, b, true)
}

// apart reports whether a target is one, and away from the subject's own memory. What is
// accessed must be user memory besides.
func (r *reference) apart(p *refProcess, t model.Target, access bool) bool {
	addr, length, ok := r.span(p, t)
	if !ok {
		return false
	}
	if addr+length < addr || addr+length >= taskSize {
		// The kernel finds that out before it looks what is mapped, or rounds it to nothing,
		// or to the first page.
		return !access && !p.reachesOwn(addr, 1)
	}
	offset := addr % uint64(r.pageSize)
	return !p.reachesOwn(addr-offset, r.roundUp(length+offset))
}

// reachesOwn reports whether a range touches the subject's own memory.
func (p *refProcess) reachesOwn(addr, length uint64) bool {
	for _, v := range p.own {
		if v.Start < addr+max(length, 1) && addr < v.End {
			return true
		}
	}
	return false
}
