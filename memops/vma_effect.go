//go:build linux && (amd64 || arm64)

package memops

import (
	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/sampler"
	"incore/model"
)

// leavesVMAs reports whether a call never changes the VMAs of its process.
func leavesVMAs(call string) bool {
	switch call {
	case "capget", "capset", "close", "fadvise64", "ftruncate", "memfd_create", "memfd_secret", "mincore", "msync", "openat",
		"pkey_alloc", "pkey_free", "prctl", "prlimit64", "read", "shmctl", "shmget", "unlinkat", "write":
		return true
	}
	return false
}

// changeOf is what a call may have done, and nil where that is not a matter of one span.
func (p *process) changeOf(e *model.Event) *sampler.Change {
	arg := func(i int) uint64 { return e.Args[i].Value }
	c := sampler.Change{OK: e.OK(), VmLck: e.VmLck}
	switch e.Call {
	case "mprotect", "madvise":
		c.Span = model.Span{Addr: arg(0), Len: arg(1)}
		if e.Call == "mprotect" && kernel.ProtectionKeys() > 0 && (arg(2) == unix.PROT_EXEC || p.hasKeys(c.Span)) {
			return nil // which can have another protection key by now
		}
	case "mlock", "mlock2", "munlock":
		if p.lab.secrets { // whose lock they leave as it is
			return nil
		}
		c.Kind, c.Span, c.To = sampler.Relocked, model.Span{Addr: arg(0), Len: arg(1)}, model.Locked
		if e.Call == "munlock" {
			c.To = model.Unlocked
		} else if e.Call == "mlock2" && arg(2)&mlockOnFault != 0 {
			c.To = model.OnFault
		}
	case "mseal":
		if c.Kind = sampler.Sealed; !c.OK && e.Errno == "ENOMEM" {
			return nil // a part of them may be sealed
		}
		c.Span = model.Span{Addr: arg(0), Len: arg(1)}
	case "munmap":
		if c.Span = (model.Span{Addr: arg(0), Len: arg(1)}); c.OK {
			c.Kind = sampler.Unmapped
		}
	case "mremap":
		if c.OK || e.Args[3].Has(model.MremapFixed) {
			return nil
		}
		c.Span = model.Span{Addr: arg(0), Len: max(arg(1), arg(2))}
	case "mmap":
		return p.changeOfMmap(e, c)
	default:
		return nil
	}
	if c.Span = wholePages(c.Span, p.lab.pageSize); c.Span.Len == 0 || c.Span.End() < c.Span.Addr {
		return nil
	}
	return &c
}

// changeOfMmap is changeOf for mmap. A mapping that is to be locked is left to smaps where it
// takes the place of others.
func (p *process) changeOfMmap(e *model.Event, c sampler.Change) *sampler.Change {
	flags, future := e.Args[3].Value, p.future
	c.Span = model.Span{Addr: e.Args[0].Value, Len: e.Args[1].Value}
	if flags&unix.MAP_HUGETLB != 0 || e.Args[3].Has(model.MapDroppable) || e.Args[3].Has(model.MapStack) || p.lab.secrets ||
		e.Args[2].Value == unix.PROT_EXEC && kernel.ProtectionKeys() > 0 { // of which smaps alone tells
		return nil
	}
	if !c.OK {
		if c.Span = wholePages(c.Span, p.lab.pageSize); flags&unix.MAP_FIXED == 0 || c.Span.Len == 0 || c.Span.End() < c.Span.Addr {
			c.Span = model.Span{} // it did nothing
		}
		return &c
	}
	if locks := flags&unix.MAP_LOCKED != 0 || future.locked; locks {
		if flags&unix.MAP_FIXED != 0 {
			return nil
		}
		if c.To = model.Locked; future.locked && future.onFault {
			c.To = model.OnFault
		}
	}
	c.Kind, c.Span.Addr = sampler.Mapped, uint64(e.Ret)
	c.Span = wholePages(c.Span, p.lab.pageSize)
	c.Flags.GrowsDown = flags&unix.MAP_GROWSDOWN != 0
	return &c
}

// wholePages is a span from where its first page begins to where its last one ends.
func wholePages(s model.Span, pageSize int64) model.Span {
	ps := uint64(pageSize)
	lo := s.Addr &^ (ps - 1)
	return model.Span{Addr: lo, Len: (s.Addr + s.Len - lo + ps - 1) &^ (ps - 1)}
}
