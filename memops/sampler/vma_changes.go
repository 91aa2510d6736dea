//go:build linux && (amd64 || arm64)

package sampler

import (
	"slices"
	"sort"

	"incore/model"
)

// A list of 65,000 VMAs is 47 MB of smaps, which the kernel takes a quarter of a second for. What a call
// does to it is known but for a few VMAs about its span: of these the borders and rights are asked
// (PROCMAP_QUERY, or maps), and all others stay. Whether a VMA is locked only smaps tells; but nothing except a
// call of the mlock family changes that, and by how much VmLck says. Where it says something else than
// the list would then say, or the list would not add up to VmSize, all of smaps is read after all.

// MendFrom is from how many VMAs on a list is mended instead of read anew. It is a variable for tests alone.
var MendFrom = 2048

// mostChanges is how many calls may lie between two lists.
const mostChanges = 64

// Change is what a call may have done to the VMAs of a span.
type Change struct {
	Span  model.Span // page by page
	Kind  ChangeKind // what of them changed
	To    model.Lock // of relocked and mapped
	OK    bool       // the call did what it was asked
	VmLck int64      // by how much VmLck grew, bytes
	Flags model.VMA  // of mapped: those that no call tells but smaps
}

// ChangeKind is what a call changes of VMAs.
type ChangeKind uint8

// The kinds of changes.
const (
	Reshaped ChangeKind = iota // rights and borders
	Relocked                   // and locks
	Sealed
	Unmapped
	Mapped // in place of what was there
)

// changes are what calls may have done to the VMAs since they were read.
type changes struct {
	list  []Change
	whole bool // and nobody knows what else
}

// Note takes note of a call, or of something unknown, which nil is.
func (s *Sampler) Note(c *Change) {
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

func (s *Sampler) takeChanges() changes {
	s.changesMu.Lock()
	defer s.changesMu.Unlock()
	c := s.changes
	s.changes = changes{}
	return c
}

// mended is the list of VMAs after some calls; ok is false where it does not follow from them.
func (s *Sampler) mended(vmSize int64, calls []Change) (vmas []model.VMA, ok bool) {
	vmas = slices.Clone(s.vmas)
	for i := range calls {
		if c := &calls[i]; c.Span.Len > 0 {
			if vmas, ok = c.apply(vmas); !ok {
				return nil, false
			}
		}
	}
	ask := s.proc.QueryVMAs()
	for i := range calls {
		if c := &calls[i]; c.Span.Len > 0 {
			if vmas, ok = reask(vmas, c.Span, ask); !ok {
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
func (c *Change) apply(vmas []model.VMA) (_ []model.VMA, ok bool) {
	if c.Kind == Reshaped {
		return vmas, true
	}
	vmas = borderAt(borderAt(vmas, c.Span.Addr), c.Span.End())
	lo := sort.Search(len(vmas), func(k int) bool { return vmas[k].End > c.Span.Addr })
	hi := lo + sort.Search(len(vmas)-lo, func(k int) bool { return vmas[lo+k].Start >= c.Span.End() })
	switch part := vmas[lo:hi]; c.Kind {
	case Relocked:
		return vmas, c.relock(part)
	case Sealed:
		for i := range part {
			part[i].Sealed = part[i].Sealed || c.OK
		}
	default:
		for i := range part {
			if part[i].Lock != model.Unlocked {
				c.VmLck += int64(part[i].End - part[i].Start)
			}
		}
		var now []model.VMA
		if c.Kind == Mapped {
			v := c.Flags
			v.Start, v.End, v.Lock = c.Span.Addr, c.Span.End(), c.To
			if v.Lock != model.Unlocked {
				c.VmLck -= int64(c.Span.Len)
			}
			now = []model.VMA{v}
		}
		return slices.Replace(vmas, lo, hi, now...), c.VmLck == 0
	}
	return vmas, true
}

// relock locks or unlocks, in the order of addresses, as much as VmLck says (mm/mlock.c,
// apply_vma_lock_flags). Where a lock of one kind became one of the other, VmLck says nothing.
func (c *Change) relock(part []model.VMA) (ok bool) {
	left := c.VmLck
	if c.To == model.Unlocked {
		left = -left
	}
	for i := range part {
		v := &part[i]
		n := int64(v.End - v.Start)
		switch changes := (v.Lock == model.Unlocked) != (c.To == model.Unlocked); {
		case !changes && v.Lock != c.To:
			if !c.OK {
				return false
			}
			v.Lock = c.To
		case changes && left >= n:
			left -= n
			v.Lock = c.To
		case changes && (left > 0 || c.OK):
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
// neighbors are asked too, since a call can join VMAs; ok is false where they do not fit together.
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
		if o.Start > at || ok && (v.Lock != o.Lock || v.Sealed != o.Sealed || v.GrowsDown != o.GrowsDown || v.HugeTLB != o.HugeTLB || v.Key != o.Key) {
			return false
		}
		v.Lock, v.Sealed, v.GrowsDown, v.HugeTLB, v.Key, ok = o.Lock, o.Sealed, o.GrowsDown, o.HugeTLB, o.Key, true
		at = min(o.End, v.End)
	}
	return ok && at == v.End
}
