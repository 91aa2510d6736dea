package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// nameIsFree refuses a name that a region has.
func (r *reacher) nameIsFree(name string) bool {
	if r.p.Region(name) != nil {
		r.refuse("there is a region " + name + " already")
		return false
	}
	return true
}

// newRegion says what a mapping of so many bytes comes to.
func (r *reacher) newRegion(asked, n uint64) {
	r.out.Effect = "a new region of " + r.pagesOf(n)
	if asked != n {
		r.out.Note = "rounded up to " + r.pagesOf(n)
	}
}

func (r *reacher) mmaps(c lang.Mmap) {
	if !r.nameIsFree(c.Name) {
		return
	}
	of := r.p.Region(c.Alias)
	switch {
	case c.Alias != "" && of == nil:
		r.out.Effect = "the file or segment of " + c.Alias + " once more" // a segment is there without a region
		return
	case c.Alias != "":
		c.Backing, c.Shared = of.Backing, c.Shared || !c.Private && of.Shared
	}
	at := model.Span{Len: c.Size.Bytes(r.p.PageSize)}
	if where := c.Where(); where != nil {
		s, ok := r.resolve(*where)
		if !ok {
			return
		}
		at.Addr = s.Addr
	}
	if c.Backing == model.Shm {
		r.call(model.CallShmat, wordOf(fmt.Sprint(of.ShmID)), r.fixed(c, at), wordOf("flags"))
	} else {
		if c.Alias == "" {
			off := c.Offset.Bytes(r.p.PageSize)
			r.opens(c, max(off, off+at.Len))
		}
		r.call(model.CallMmap, r.fixed(c, at), lenOf(at.Len), model.ProtFlags.Arg(uint64(c.Prot)), mmapFlags(c), wordOf(mmapDescriptor(c)), offsetOf(c.Offset.Bytes(r.p.PageSize)))
	}
	n := r.asked()
	r.newRegion(at.Len, n)
	if c.Replaces() && n > 0 {
		r.replaces(model.Span{Addr: at.Addr, Len: n})
	}
	r.mayMap(c, at, n)
	if c.Tidy && r.out.Answer == "" {
		advised := model.Event{Proc: r.Proc, Call: model.CallMadvise, Aside: true}
		advised.Args = []model.Arg{wordOf("its address"), lenOf(n), wordOf(adviceConstant(lang.TidyAdvice(c.Backing)))}
		r.out.Calls = append(r.out.Calls, advised)
	}
}

// replaces says what MAP_FIXED takes the place of.
func (r *reacher) replaces(s model.Span) {
	r.reaches(r.p, s)
	if len(r.out.Parts) > 0 {
		r.out.Effect += " in the place of what lies there"
	}
}

// fixed returns the address that a mapping is to have.
func (r *reacher) fixed(c lang.Mmap, at model.Span) model.Arg {
	if c.Where() == nil {
		return wordOf("NULL")
	}
	return addrOf(at.Addr)
}

// opens are the calls that make or open the file behind a mapping.
func (r *reacher) opens(c lang.Mmap, n uint64) {
	switch c.Backing {
	case model.Memfd:
		flags := model.FlagsArg(model.MfdCloexec)
		if c.HugeTLB {
			flags = model.FlagsArg(model.MfdCloexec, model.MfdHugeTLB)
		}
		r.call("memfd_create", wordOf(fmt.Sprintf("%q", c.Name)), flags)
		r.call("ftruncate", wordOf("fd"), lenOf(n))
	case model.Secret:
		r.call("memfd_secret", model.FlagsArg(model.SecretCloexec))
		r.call("ftruncate", wordOf("fd"), lenOf(n))
	case model.Scratch:
		r.call("openat", wordOf("a new file"))
		r.call("ftruncate", wordOf("fd"), lenOf(n))
	case model.FileOf:
		r.call("openat", wordOf("AT_FDCWD"), wordOf(fmt.Sprintf("%q", model.Visible(c.Path))), wordOf("O_RDONLY|…"))
	}
}

// offsetOf returns the offset of mmap, as strace prints it.
func offsetOf(n uint64) model.Arg {
	if n == 0 {
		return wordOf("0")
	}
	return wordOf(fmt.Sprintf("%#x", n))
}

// descriptor is what mmap is told to map.
func mmapDescriptor(c lang.Mmap) string {
	if c.Backing == model.Anon {
		return "-1"
	}
	return "fd"
}

// mmapFlags are the flags of mmap.
func mmapFlags(c lang.Mmap) model.Arg {
	flags := model.FlagsArg(model.MapPrivate)
	if c.Shared {
		flags = model.FlagsArg(model.MapShared)
	}
	if c.Droppable {
		flags = model.FlagsArg(model.MapDroppable)
	}
	for _, f := range []struct {
		set  bool
		flag model.Flag
	}{
		{c.Replaces(), model.MapFixed}, {c.Noreplace, model.MapFixedNoreplace}, {c.Low32, model.Map32Bit}, {c.Stack, model.MapStack}, {c.Backing == model.Anon, model.MapAnonymous}, {c.GrowsDown, model.MapGrowsDown},
		{c.Locked, model.MapLocked}, {c.Noreserve, model.MapNoreserve}, {c.Populate, model.MapPopulate}, {c.HugeTLB, model.MapHugeTLB},
	} {
		if f.set {
			flags.Value |= f.flag.Bits()
		}
	}
	return flags
}

// mayMap finds what is certain to refuse a mapping of n bytes, in the order of mm/mmap.c, do_mmap.
// What lies behind a file is not known here, nor whether it can be opened.
func (r *reacher) mayMap(c lang.Mmap, at model.Span, n uint64) {
	l := r.p.Limits
	before, limit, limited := r.lockBudget()
	future, known := r.future()
	huge := r.isHuge(c)
	const wx = model.ProtWrite | model.ProtExec
	off, ps := c.Offset.Bytes(r.p.PageSize), uint64(r.p.PageSize)
	switch {
	case c.Backing == model.Secret:
		r.mayMapSecret(c, at, n)
	case off%ps != 0 && c.Backing != model.Shm && off < defaultSpace && at.Len < defaultSpace && (c.Alias != "" || c.Backing == model.Anon || c.Backing == model.Memfd && !huge):
		r.fails("EINVAL", "the offset is not a multiple of the page size")
	case c.Backing != model.Anon && off > defaultSpace:
	case c.Noreplace && !huge && at.Addr%uint64(r.p.PageSize) == 0 && (c.Alias != "" || c.Backing == model.Anon || c.Backing == model.Memfd) && n > 0 && n <= defaultSpace>>1 && r.takenIn(model.Span{Addr: at.Addr, Len: n}):
		r.fails("EEXIST", "something is mapped there, and noreplace takes the place of nothing")
	case c.Backing != model.Anon && c.Backing != model.Memfd || c.Alias != "" || huge || r.vmaCount() >= r.maxVMAs():
	case at.Len == 0:
		r.fails("EINVAL", "a length of 0")
	case c.Backing == model.Anon && r.vmaCount() > 0 && max(at.Len, n) > r.addresses():
		r.fails("ENOMEM", "%s: a process has addresses for %s", model.FormatSize(max(at.Len, n)), model.FormatSize(r.addresses()))
	case n > defaultSpace>>1: // what is too long comes first
	case c.At != nil && at.Addr%uint64(r.p.PageSize) != 0:
		r.fails("EINVAL", "not the start of a page")
	case at.Addr > defaultSpace>>1 && at.Addr > r.highest():
	case c.Locked && l.MemlockSoft == 0 && !l.IPCLock:
		r.fails("EPERM", "RLIMIT_MEMLOCK is 0: nothing may be locked")
	case (c.Locked || known && future) && limited && uint64(max(0, before))+n > uint64(limit):
		r.fails("EAGAIN", "would be %s of %s locked: nothing is mapped", model.FormatSize(uint64(max(0, before))+n), model.FormatLimit(l.MemlockSoft))
	case c.Droppable && (c.DroppableWithMore() || !r.since(sinceDroppable)):
		r.fails("EINVAL", "droppable is for anonymous memory of ordinary pages, from Linux %v on", sinceDroppable)
	case c.Prot&wx == wx && r.setsMDWE():
		if why, _ := mapProcessLimit(r.failure); why == "" && !(c.Low32 && r.lowRoom() < n) { // which some kernels ask first
			r.fails("EACCES", "the process has PR_SET_MDWE: nothing may be written and executed")
		}
	case c.Droppable && known && future: // it is charged, and not locked
	case c.Locked || known && future:
		r.out.Effect += ", locked" // where it is too much, it is incore that refuses it
	case c.Populate:
		r.out.Effect += ", all of it brought in"
	case c.Low32 && r.lowRoom() < n:
		r.fails("ENOMEM", "%s, and between 1G and 2G the longest stretch that is free has %s", model.FormatSize(n), model.FormatSize(r.lowRoom()))
	case !c.Replaces(): // what MAP_FIXED takes away is no longer counted
		if !r.overProcessLimit(mapProcessLimit) {
			r.mayPromise(c, n)
		}
	}
}

// mayMapSecret is mayMap of secret memory, a mapping of which some kernels lock once all else is found right (mm/secretmem.c,
// secretmem_mmap).
func (r *reacher) mayMapSecret(c lang.Mmap, at model.Span, n uint64) {
	l, off, ps := r.p.Limits, c.Offset.Bytes(r.p.PageSize), uint64(r.p.PageSize)
	before, limit, limited := r.lockBudget()
	over := limited && uint64(max(0, before))+n > uint64(limit)
	future, known := r.future()
	aligned := c.At == nil || at.Addr%ps == 0
	switch since := ofCall("memfd_secret").since; {
	case c.Alias == "" && !r.since(since):
		r.fails("ENOSYS", "memfd_secret came with Linux %v; this is %s", since, r.kernel)
	case c.Alias == "" && l.Secrets == model.SecretsOff:
		r.fails("ENOSYS", "this kernel has no memfd_secret, or has it switched off")
	case c.Alias == "" && l.Secrets == "" && !r.since(sinceSecretOn):
		r.out.Note = "where the kernel was started with secretmem.enable=1; else it has no memfd_secret"
	case off > defaultSpace || max(at.Len, n) > defaultSpace>>1: // what is too long comes first
	case off%ps != 0:
		r.fails("EINVAL", "the offset is not a multiple of the page size")
	case c.HugeTLB:
		r.fails("EINVAL", "hugetlb is for anonymous memory and files of hugetlb pages")
	case r.vmaCount() >= r.maxVMAs(), at.Addr > defaultSpace>>1 && at.Addr > r.highest(), c.Low32 && r.lowRoom() < n+lowRandom:
	case at.Len == 0:
		r.fails("EINVAL", "a length of 0")
	case !aligned:
		r.fails("EINVAL", "not the start of a page")
	case c.Noreplace && r.takenIn(model.Span{Addr: at.Addr, Len: n}):
		r.fails("EEXIST", "something is mapped there, and noreplace takes the place of nothing")
	case c.Locked && l.MemlockSoft == 0 && !l.IPCLock:
		r.fails("EPERM", "RLIMIT_MEMLOCK is 0: nothing may be locked")
	case (c.Locked || known && future || l.Secrets == model.SecretsLocked && c.Shared && !c.Droppable && !c.Replaces() && c.Prot&model.ProtExec == 0 && !c.GrowsDown) && over:
		if !c.Locked && !(known && future) && r.overProcessLimit(mapProcessLimit) {
			return
		}
		r.fails("EAGAIN", "would be %s of %s, as locked memory is counted: nothing is mapped", model.FormatSize(uint64(max(0, before))+n), model.FormatLimit(l.MemlockSoft))
	case c.Droppable:
		r.fails("EINVAL", "droppable is for anonymous memory")
	case c.Prot&model.ProtExec != 0:
		r.fails("EPERM", "secret memory may not be executed")
	case c.GrowsDown:
		r.fails("EINVAL", "only private anonymous memory grows down")
	case !c.Replaces() && r.overProcessLimit(mapProcessLimit):
	case !c.Shared:
		r.fails("EINVAL", "secret memory is mapped shared: a private mapping would copy pages")
	default:
		r.out.Effect += " of secret memory"
	}
}

// takenIn reports whether anything is mapped in a span.
func (f failure) takenIn(s model.Span) bool { return f.vmaCount() > 0 && len(f.p.VMAsIn(s)) > 0 }

// mayPromise foresees what vm.overcommit_memory refuses of a mapping of n bytes (mm/util.c,
// __vm_enough_memory). In mode 2 something is kept back beside, which is not known here.
func (r *reacher) mayPromise(c lang.Mmap, n uint64) {
	sys := r.sys
	all, left := uint64(sys.MemTotal+sys.SwapTotal), uint64(max(0, sys.CommitLimit-sys.Committed))
	switch {
	case sys.MemTotal == 0 || !r.counted(c):
	case sys.Overcommit == 0 && !c.Noreserve && n > all:
		r.fails("ENOMEM", "more than all memory and swap, %s; noreserve is not counted", model.FormatSize(all))
	case sys.Overcommit == 2 && n > left:
		r.fails("ENOMEM", "more than the kernel has left to promise, %s (CommitLimit)", model.FormatSize(left))
	}
}

// highest returns the end of the last mapping that is the process's own.
func (r *reacher) highest() uint64 {
	if n := r.vmaCount(); n > 0 {
		return r.p.VMAs[n-1].End
	}
	return 0
}
