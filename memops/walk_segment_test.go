//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// refSegment is a System V shared memory segment. It is the system's, and there until it is removed and nobody has it attached.
type refSegment struct {
	name, proc string // as shmget called it, and where
	object     *refObject
	removed    bool // IPC_RMID: it goes with its last attachment
	locked     bool // SHM_LOCK
}

// refAttachment is what one shmat has made: a file of its own, so nothing that another one made joins it.
type refAttachment struct {
	of       *refSegment
	readOnly bool // it can never be made writable
}

// attached reports whether a process has a segment, or any has.
func (r *reference) attached(s *refSegment) bool {
	for _, p := range r.procs {
		if p.attached(s) {
			return true
		}
	}
	return false
}

func (p *refProcess) attached(s *refSegment) bool {
	for _, pg := range p.pages {
		if pg.attach != nil && pg.attach.of == s {
			return true
		}
	}
	return false
}

// there reports whether a segment is there still.
func (r *reference) there(s *refSegment) bool { return !s.removed || r.attached(s) }

// segment is the one that a region has, or the last that shmget called so, in this process before others; nil where there is none.
func (r *reference) segment(p *refProcess, name string) (found *refSegment) {
	if reg, ok := p.regions[name]; ok {
		return reg.segment
	}
	for _, s := range r.segments {
		if s.name == name && (found == nil || s.proc == p.name || found.proc != p.name) {
			found = s
		}
	}
	return found
}

// shmget makes a segment and attaches it. One that cannot be attached is removed again.
func (r *reference) shmget(p *refProcess, c lang.Shmget, seen observed) refOutcome {
	size := c.Size.Bytes(r.pageSize)
	if size == 0 {
		return refOutcome{errno: "EINVAL"}
	}
	s := &refSegment{name: c.Name, proc: p.name, object: &refObject{size: size, pageSize: uint64(r.pageSize), huge: r.hugeShm}}
	s.object.segment = s
	r.segments = append(r.segments, s)
	out := r.attach(p, c.Name, s, seen.addr, false)
	s.removed = out.errno != ""
	return out
}

// shmat attaches a segment once more, and takes the place of nothing (ipc/shm.c, do_shmat).
func (r *reference) shmat(p *refProcess, c lang.Shmat, seen observed) refOutcome {
	s, at := r.segment(p, c.Of), seen.addr
	if c.At != nil {
		at, _, _ = r.span(p, *c.At)
		if c.Round {
			at -= at % uint64(r.pageSize)
		}
		lo, hi := r.cover(at, s.object.size)
		if !r.aligned(at) || p.anyMapped(lo, hi) {
			return refOutcome{errno: "EINVAL"}
		}
	}
	if !r.there(s) {
		return refOutcome{errno: "EINVAL"}
	}
	return r.attach(p, c.Name, s, at, c.ReadOnly)
}

func (r *reference) attach(p *refProcess, name string, s *refSegment, at uint64, readOnly bool) refOutcome {
	lo, pages := at/uint64(r.pageSize), s.object.end()
	if p.future != model.Unlocked && !r.within(p, r.locked(p)+int64(pages)) {
		return refOutcome{errno: "EAGAIN"}
	}
	if !r.mayExpand(p, int64(pages), false) {
		return refOutcome{errno: "ENOMEM"}
	}
	vma := refVMA{prot: model.ProtRead | model.ProtWrite, shared: true, back: s.object, lock: p.future, attach: &refAttachment{s, readOnly}}
	if readOnly {
		vma.prot = model.ProtRead
	}
	p.regions[name] = refRegion{base: lo, pages: int64(pages), segment: s}
	for i := range pages {
		p.pages[lo+i] = &refPage{refVMA: vma, index: int64(i), region: name}
	}
	if p.future != model.Unlocked {
		p.populate(lo, lo+pages, true)
	}
	return refOutcome{}
}

// detaching is the attachment that a shmdt finds from an address on: the first page above it that lies where it would if the attachment
// began there (ipc/shm.c, ksys_shmdt).
func (p *refProcess) detaching(base uint64) *refAttachment {
	for _, n := range p.sortedPages() {
		if pg := p.pages[n]; n >= base && pg.attach != nil && int64(n-base) == pg.index {
			return pg.attach
		}
	}
	return nil
}

// shmdt unmaps all that is left of the attachment, but for what is sealed, of which it says nothing.
func (r *reference) shmdt(p *refProcess, c lang.Shmdt) refOutcome {
	addr, _, _ := r.span(p, model.Target{Form: model.WholeRegion, Region: c.Name})
	base := addr / uint64(r.pageSize)
	a := p.detaching(base)
	if a == nil || !r.aligned(addr) {
		return refOutcome{errno: "EINVAL"}
	}
	for _, n := range p.sortedPages() {
		if pg := p.pages[n]; n >= base && pg.attach == a && int64(n-base) == pg.index && !pg.sealed {
			p.unmap(n, n+1)
		}
	}
	return refOutcome{}
}

// admitsShmdt is admits for shmdt: nothing of the attachment is longer than the segment, as mremap can make it, since how far the kernel goes then
// depends on where its VMAs end.
func (r *reference) admitsShmdt(p *refProcess, c lang.Shmdt) bool {
	addr, _, ok := r.span(p, model.Target{Form: model.WholeRegion, Region: c.Name})
	if !ok {
		return false
	}
	a := p.detaching(addr / uint64(r.pageSize))
	for _, pg := range p.pages {
		if a != nil && pg.attach == a && pg.beyond() {
			return false
		}
	}
	return true
}

// shmctl: a segment is locked against a budget of the user's that knows nothing of mlock's (mm/mlock.c, user_shm_lock), by a process that
// may lock at all.
func (r *reference) shmctl(p *refProcess, c lang.Shmctl) refOutcome {
	s := r.segment(p, c.Name)
	if !r.there(s) {
		return refOutcome{errno: "EINVAL"}
	}
	switch c.Op {
	case "lock":
		if !p.mayLock() {
			return refOutcome{errno: "EPERM"}
		}
		sum := uint64(0)
		for _, other := range r.segments {
			if (other.locked || other == s) && r.there(other) {
				sum += other.object.end()
			}
		}
		if !s.locked && !r.within(p, int64(sum)) {
			return refOutcome{errno: "ENOMEM"}
		}
		s.locked = true
	case "unlock":
		s.locked = false
	case "rmid":
		s.removed = true
	}
	return refOutcome{}
}

// segmentTold holds what IPC_STAT says against the reference: how often it is attached is how many VMAs there are, so only whether.
func (r *reference) segmentTold(p *refProcess, c lang.Shmctl, told *model.Segment) string {
	s := r.segment(p, c.Name)
	switch {
	case told == nil:
		return "nothing is told of the segment"
	case told.Size != s.object.size:
		return fmt.Sprintf("its size is %d, the reference has %d", told.Size, s.object.size)
	case told.Mode&model.SegmentLocked != 0 != s.locked:
		return fmt.Sprintf("SHM_LOCK is not %v", s.locked)
	case told.Mode&model.SegmentRemoved != 0 != s.removed:
		return fmt.Sprintf("that it goes is not %v", s.removed)
	case told.Attached > 0 != r.attached(s):
		return fmt.Sprintf("it is attached %d times, the reference has %v", told.Attached, r.attached(s))
	}
	return ""
}

// admitsShmat is admits for a new region of a segment.
func (r *reference) admitsShmat(p *refProcess, c lang.Shmat) bool {
	_, taken := p.regions[c.Name]
	s := r.segment(p, c.Of)
	if taken || s == nil {
		return false
	}
	if c.At == nil {
		return true
	}
	addr, _, ok := r.span(p, *c.At)
	return ok && addr < taskSize && addr >= uint64(r.pageSize) && !p.reachesOwn(addr-addr%uint64(r.pageSize), r.roundUp(s.object.size))
}

func shmgetLine(d *dice, r *reference, p *refProcess) string {
	name := of(d, walkRegions...)
	if _, taken := p.regions[name]; taken {
		return ""
	}
	size := fmt.Sprint(1 + d.below(maxRegion))
	if d.oneIn(4) {
		size = fmt.Sprintf("%dB", d.below(256)*int(r.pageSize)/64)
	}
	return "shmget " + name + " " + size
}

func shmatLine(d *dice, r *reference, p *refProcess) string {
	free := slices.DeleteFunc(slices.Clone(walkRegions), func(name string) bool { return p.regions[name].pages > 0 })
	from := slices.DeleteFunc(p.names(), func(name string) bool { return r.segment(p, name) == nil })
	if len(free) == 0 || len(from) == 0 {
		return ""
	}
	name, source := of(d, free...), of(d, from...)
	line := "shmat " + name + " of " + source + of(d, "", "", " rdonly")
	switch where := d.below(6); {
	case where == 1:
		line += " at " + d.place(r)
	case where == 2:
		if on := d.region(p); on != "" {
			line += fmt.Sprintf(" at %s+%d,1", on, d.below(int(p.regions[on].pages+8))*int(r.pageSize)+of(d, 0, 0, 0, 1, 100))
		}
	default:
		return line
	}
	return line + of(d, "", " round")
}

func shmdtLine(d *dice, r *reference, p *refProcess) string {
	name := of(d, p.names()...)
	_, there := p.regions[name]
	_, gone := p.gone[name]
	return when((there || gone) && (p.regions[name].segment != nil || d.oneIn(4)), "shmdt "+name)
}

func shmctlLine(d *dice, r *reference, p *refProcess) string {
	name := of(d, p.names()...)
	op := of(d, "lock", "lock", "unlock", "rmid", "stat", "stat", "stat")
	return when(r.segment(p, name) != nil, "shmctl "+name+" "+op)
}
