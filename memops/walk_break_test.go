//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// refBreak is the end of a process's heap. Where it lies before the first call is the kernel's choice.
type refBreak struct {
	known bool
	start uint64 // the break before the first call, bytes
	end   uint64 // the break now, bytes
	first uint64 // page number that the region of the heap begins with
}

// heapRegion is the region of what brk maps.
const heapRegion = "heap"

// learnBreak notes where the break was when it was first asked for.
func (p *refProcess) learnBreak(seen observed) {
	if !p.brk.known && seen.brk != 0 {
		p.brk = refBreak{known: true, start: seen.brk, end: seen.brk}
	}
}

// moveHeap is brk.
func (r *reference) moveHeap(p *refProcess, c lang.Brk) refOutcome {
	to := p.brk.end + c.Size.Bytes(r.pageSize)
	if c.Down {
		to = p.brk.end - c.Size.Bytes(r.pageSize)
	}
	if !r.moveBreak(p, to) {
		return refOutcome{errno: "ENOMEM"}
	}
	return refOutcome{}
}

// moveBreak moves the break, in whole pages, and reports whether that went (mm/mmap.c, brk). Down it takes away what is mapped in
// between, whatever that is by now, and fails where nothing is; up there must be nothing, with a page to spare.
func (r *reference) moveBreak(p *refProcess, to uint64) bool {
	b, ps := &p.brk, uint64(r.pageSize)
	was, now := r.roundUp(b.end)/ps, r.roundUp(to)/ps
	switch {
	case to == b.end: // a refusal answers with where the break is, so this is none
	case to < b.start, !r.breakWithin(p, to):
		return false
	case now == was:
	case now < was:
		if !p.anyMapped(now, was) || p.sealed(now, was) {
			return false
		}
		if r.wrong != brkKeepsPages {
			p.unmap(now, was)
		}
	default:
		if p.future != model.Unlocked && !r.within(p, r.locked(p)+int64(now-was)) || p.anyMapped(was, now+1) || !r.mayExpand(p, int64(now-was), true) {
			return false
		}
	}
	b.end = to
	_, there := p.regions[heapRegion]
	if !there {
		b.first = was
	}
	if now > was {
		for n := was; n < now; n++ {
			p.pages[n] = &refPage{refVMA: refVMA{prot: model.ProtRead | model.ProtWrite, lock: p.future}, region: heapRegion}
		}
		if p.future != model.Unlocked {
			p.populate(was, now, true)
		}
	}
	if now > was || there && now < was {
		p.regions[heapRegion] = refRegion{base: b.first, pages: int64(now - b.first), heap: true}
	}
	return true
}

// brkLine moves the end of the heap by pages or bytes: up while it is small, and below where it began.
func brkLine(d *dice, r *reference, p *refProcess) string {
	sign := of(d, "+", "+", "-")
	if p.regions[heapRegion].pages > 2*maxRegion {
		sign = "-"
	}
	return "brk " + sign + of(d, fmt.Sprint(d.below(20)), fmt.Sprint(1+d.below(4)), fmt.Sprintf("%dB", d.below(256)*int(r.pageSize)/64))
}

// names are what a target can begin with: the regions of the table, and those that others than mmap made.
func (p *refProcess) names() []string {
	list := slices.Clone(walkRegions)
	for _, name := range p.sortedRegions() {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	if _, gone := p.gone[heapRegion]; gone && !slices.Contains(list, heapRegion) {
		list = append(list, heapRegion)
	}
	return list
}
