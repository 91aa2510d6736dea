//go:build linux && (amd64 || arm64)

package memops

import (
	"slices"
	"sort"

	"golang.org/x/sys/unix"

	"incore/model"
)

// A list of 65,000 VMAs is 47 MB of smaps, which the kernel takes a quarter of a second for. What a call
// does to it is known but for a few VMAs about its span: of these the borders and rights are asked
// (PROCMAP_QUERY, or maps), and all others stay. Whether a VMA is locked only smaps tells; but nothing except a
// call of the mlock family changes that, and by how much VmLck says. Where it says something else than
// the list would then say, or the list would not add up to VmSize, all of smaps is read after all.

// mendFrom is from how many VMAs on a list is mended instead of read anew. Tests change it.
var mendFrom = 2048

// mostChanges is how many calls may lie between two lists.
const mostChanges = 64

// vmaChange is what a call may have done to the VMAs of a span.
type vmaChange struct {
	span  model.Span // page by page
	kind  changeKind
	to    model.Lock // of relocked and mapped
	ok    bool       // the call did what it was asked
	vmlck int64      // by how much VmLck grew, bytes
	flags model.VMA  // of mapped: those that no call tells but smaps
}

type changeKind uint8

const (
	reshaped changeKind = iota // rights and borders
	relocked                   // and locks
	sealed
	unmapped
	mapped // in place of what was there
)

// changes are what calls may have done to the VMAs since they were read.
type changes struct {
	list  []vmaChange
	whole bool // and nobody knows what else
}

// note takes note of a call, or of something unknown, which nil is.
func (s *sampler) note(c *vmaChange) {
	s.changesMu.Lock()
	defer s.changesMu.Unlock()
	s.split.Add(1)
	if c == nil || len(s.changes.list) >= mostChanges {
		s.changes = changes{whole: true}
	} else if !s.changes.whole {
		s.changes.list = append(s.changes.list, *c)
	}
	s.dirty.Store(true)
}

func (s *sampler) takeChanges() changes {
	s.changesMu.Lock()
	defer s.changesMu.Unlock()
	c := s.changes
	s.changes = changes{}
	return c
}

// leavesVMAs reports whether a call never changes the VMAs of its process.
func leavesVMAs(call string) bool {
	switch call {
	case "capget", "capset", "close", "fadvise64", "ftruncate", "memfd_create", "mincore", "msync", "openat",
		"prlimit64", "shmctl", "shmget", "unlinkat":
		return true
	}
	return false
}

// changeOf is what a call may have done, and nil where that is not a matter of one span.
func (p *process) changeOf(e *model.Event) *vmaChange {
	arg := func(i int) uint64 { return e.Args[i].Value }
	c := vmaChange{ok: e.OK(), vmlck: e.VmLck}
	switch e.Call {
	case "mprotect", "madvise":
		c.span = model.Span{Addr: arg(0), Len: arg(1)}
	case "mlock", "mlock2", "munlock":
		c.kind, c.span, c.to = relocked, model.Span{Addr: arg(0), Len: arg(1)}, model.Locked
		if e.Call == "munlock" {
			c.to = model.Unlocked
		} else if e.Call == "mlock2" && arg(2)&mlockOnFault != 0 {
			c.to = model.OnFault
		}
	case "mseal":
		if c.kind = sealed; !c.ok && e.Errno == "ENOMEM" {
			return nil // a part of them may be sealed
		}
		c.span = model.Span{Addr: arg(0), Len: arg(1)}
	case "munmap":
		if c.span = (model.Span{Addr: arg(0), Len: arg(1)}); c.ok {
			c.kind = unmapped
		}
	case "mremap":
		if c.ok {
			return nil
		}
		c.span = model.Span{Addr: arg(0), Len: max(arg(1), arg(2))}
	case "mmap":
		return p.changeOfMmap(e, c)
	default:
		return nil
	}
	if c.span = p.lab.wholePages(c.span); c.span.Len == 0 || c.span.End() < c.span.Addr {
		return nil
	}
	return &c
}

// changeOfMmap is changeOf for mmap. A mapping that is to be locked is left to smaps where it
// takes the place of others.
func (p *process) changeOfMmap(e *model.Event, c vmaChange) *vmaChange {
	flags, future := e.Args[3].Value, p.future
	c.span = model.Span{Addr: e.Args[0].Value, Len: e.Args[1].Value}
	if flags&unix.MAP_HUGETLB != 0 {
		return nil
	}
	if !c.ok {
		if c.span = p.lab.wholePages(c.span); flags&unix.MAP_FIXED == 0 || c.span.Len == 0 || c.span.End() < c.span.Addr {
			c.span = model.Span{} // it did nothing
		}
		return &c
	}
	if locks := flags&unix.MAP_LOCKED != 0 || future.locked; locks {
		if flags&unix.MAP_FIXED != 0 {
			return nil
		}
		if c.to = model.Locked; future.locked && future.onFault {
			c.to = model.OnFault
		}
	}
	c.kind, c.span.Addr = mapped, uint64(e.Ret)
	c.span = p.lab.wholePages(c.span)
	c.flags.GrowsDown = flags&unix.MAP_GROWSDOWN != 0
	return &c
}

// wholePages is a span from where its first page begins to where its last one ends.
func (l *Lab) wholePages(s model.Span) model.Span {
	ps := uint64(l.pageSize)
	lo := s.Addr &^ (ps - 1)
	return model.Span{Addr: lo, Len: (s.Addr + s.Len - lo + ps - 1) &^ (ps - 1)}
}

// mended is the list of VMAs after some calls; ok is false where it does not follow from them.
func (s *sampler) mended(vmSize int64, calls []vmaChange) (vmas []model.VMA, ok bool) {
	vmas = slices.Clone(s.vmas)
	for i := range calls {
		if c := &calls[i]; c.span.Len > 0 {
			if vmas, ok = c.apply(vmas); !ok {
				return nil, false
			}
		}
	}
	ask := s.proc.QueryVMAs()
	for i := range calls {
		if c := &calls[i]; c.span.Len > 0 {
			if vmas, ok = reask(vmas, c.span, ask); !ok {
				return nil, false
			}
		}
	}
	var sum uint64
	for i := range vmas {
		if v := &vmas[i]; v.Start < 1<<63 { // [vsyscall] is of no process
			sum += v.End - v.Start
		}
	}
	return vmas, sum == uint64(vmSize)
}

// apply does to the list what the call did, but for what it did to rights, and to VMAs that are alike
// now: a list with a border too many. ok is false where VmLck says something else.
func (c *vmaChange) apply(vmas []model.VMA) (_ []model.VMA, ok bool) {
	if c.kind == reshaped {
		return vmas, true
	}
	vmas = borderAt(borderAt(vmas, c.span.Addr), c.span.End())
	lo := sort.Search(len(vmas), func(k int) bool { return vmas[k].End > c.span.Addr })
	hi := lo + sort.Search(len(vmas)-lo, func(k int) bool { return vmas[lo+k].Start >= c.span.End() })
	switch part := vmas[lo:hi]; c.kind {
	case relocked:
		return vmas, c.relock(part)
	case sealed:
		for i := range part {
			part[i].Sealed = part[i].Sealed || c.ok
		}
	default:
		for i := range part {
			if part[i].Lock != model.Unlocked {
				c.vmlck += int64(part[i].End - part[i].Start)
			}
		}
		var now []model.VMA
		if c.kind == mapped {
			v := c.flags
			v.Start, v.End, v.Lock = c.span.Addr, c.span.End(), c.to
			if v.Lock != model.Unlocked {
				c.vmlck -= int64(c.span.Len)
			}
			now = []model.VMA{v}
		}
		return slices.Replace(vmas, lo, hi, now...), c.vmlck == 0
	}
	return vmas, true
}

// relock locks or unlocks, in the order of addresses, as much as VmLck says (mm/mlock.c,
// apply_vma_lock_flags). Where a lock of one kind became one of the other, VmLck says nothing.
func (c *vmaChange) relock(part []model.VMA) (ok bool) {
	left := c.vmlck
	if c.to == model.Unlocked {
		left = -left
	}
	for i := range part {
		v := &part[i]
		n := int64(v.End - v.Start)
		switch changes := (v.Lock == model.Unlocked) != (c.to == model.Unlocked); {
		case !changes && v.Lock != c.to:
			if !c.ok {
				return false
			}
			v.Lock = c.to
		case changes && left >= n:
			left -= n
			v.Lock = c.to
		case changes && (left > 0 || c.ok):
			return false
		}
	}
	return left == 0
}

// borderAt splits the VMA that has an address inside.
func borderAt(vmas []model.VMA, addr uint64) []model.VMA {
	k := sort.Search(len(vmas), func(k int) bool { return vmas[k].End > addr })
	if k == len(vmas) || vmas[k].Start >= addr {
		return vmas
	}
	upper := vmas[k]
	upper.Start = addr
	vmas[k].End = addr
	return slices.Insert(vmas, k+1, upper)
}

// reask takes the borders and rights about a span from the kernel, and the rest from the list. The
// neighbours are asked too, since a call can join VMAs; ok is false where they do not fit together.
func reask(vmas []model.VMA, span model.Span, ask func(model.Span) ([]model.VMA, bool)) (_ []model.VMA, ok bool) {
	lo := sort.Search(len(vmas), func(k int) bool { return vmas[k].End >= span.Addr })
	hi := lo + sort.Search(len(vmas)-lo, func(k int) bool { return vmas[lo+k].Start > span.End() })
	for range 4 {
		around := span
		if lo < hi {
			from, to := min(span.Addr, vmas[lo].Start), max(span.End(), vmas[hi-1].End)
			around = model.Span{Addr: from, Len: to - from}
		}
		now, fine := ask(around)
		if !fine {
			return nil, false
		}
		switch n := len(now); {
		case n > 0 && now[0].Start < around.Addr && lo > 0: // it has been joined to one before
			lo--
			continue
		case n > 0 && now[n-1].End > around.End() && hi < len(vmas):
			hi++
			continue
		}
		for i := range now {
			if !takeFlags(&now[i], vmas[lo:hi]) {
				return nil, false
			}
		}
		return slices.Replace(vmas, lo, hi, now...), true
	}
	return nil, false
}

// takeFlags gives a VMA the flags that only smaps tells from those that lay where it does; ok is false
// where these differ, or something lay nowhere.
func takeFlags(v *model.VMA, old []model.VMA) (ok bool) {
	at := v.Start
	for i := range old {
		o := &old[i]
		if o.End <= at || o.Start >= v.End {
			continue
		}
		if o.Start > at || ok && (v.Lock != o.Lock || v.Sealed != o.Sealed || v.GrowsDown != o.GrowsDown || v.HugeTLB != o.HugeTLB) {
			return false
		}
		v.Lock, v.Sealed, v.GrowsDown, v.HugeTLB, ok = o.Lock, o.Sealed, o.GrowsDown, o.HugeTLB, true
		at = min(o.End, v.End)
	}
	return ok && at == v.End
}
