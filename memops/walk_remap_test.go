//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"slices"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// remapping is an mremap that is not of a whole region alone: of a part, of no bytes, to a place, leaving its mapping, staying.
type remapping struct {
	lang.Mremap
	addr        uint64 // bytes
	lo, old     uint64 // page number and pages
	size        uint64 // pages that it asks for
	to          uint64 // page number that At puts it at
	toUnaligned bool
	region      string // that the range begins in
	whole       bool   // the range is all of it
	next        string // the name of what moves, where it is not the whole
}

// plainRemap reports whether a mremap is of a region and nothing else, which has a rule that old kernels keep too.
func plainRemap(c lang.Mremap) bool {
	return c.T.Form == model.WholeRegion && c.At == nil && !c.DontUnmap && !c.Stay
}

func (r *reference) remapping(p *refProcess, c lang.Mremap) (m remapping, ok bool) {
	addr, length, ok := r.span(p, c.T)
	const most = 1 << 20 // bytes; what is longer wraps around, or is for others to look at
	if !ok || addr >= taskSize || length > most || p.reachesOwn(addr, max(length, 1)) {
		return m, false
	}
	ps := uint64(r.pageSize)
	m = remapping{Mremap: c, addr: addr, lo: addr / ps, old: r.roundUp(length) / ps, size: r.roundUp(c.Size.Bytes(r.pageSize)) / ps}
	for n := m.lo; n < m.lo+max(m.old, 1)+1; n++ { // what malloc and brk have does not move
		if pg := p.pages[n]; pg != nil && (pg.region == "" || p.regions[pg.region].block > 0 || p.regions[pg.region].heap) {
			return m, false
		}
	}
	if p.looseOn(m.lo, m.lo+max(m.old, 1)) {
		return m, false
	}
	if first := p.pages[m.lo]; first != nil {
		m.region = first.region
	} else if _, there := p.regions[c.T.Region]; there && c.T.Form != model.RawSpan {
		m.region = c.T.Region
	} else {
		return m, false
	}
	reg := p.regions[m.region]
	if reg.heap || reg.block > 0 || reg.loose {
		return m, false
	}
	m.whole, m.next = addr == reg.base*ps && m.old == uint64(reg.pages), p.nextName(m.region)
	if c.At == nil {
		return m, true
	}
	to, _, ok := r.span(p, *c.At)
	m.to, m.toUnaligned = to/ps, !r.aligned(to)
	return m, ok && to < taskSize && !p.reachesOwn(to-to%ps, max(1, m.size)*ps+ps)
}

// remap is mremap (mm/mremap.c, do_mremap, as it is from Linux 6.17 on). What it is asked to do can be refused before anything is looked
// at; a mapping that keeps its length and is told where to go can be several VMAs, of which each goes by itself.
func (r *reference) remap(p *refProcess, c lang.Mremap, seen observed) refOutcome {
	m, _ := r.remapping(p, c)
	moves := c.At != nil || c.DontUnmap
	switch {
	case !r.aligned(m.addr), m.size == 0:
		return refOutcome{errno: "EINVAL"}
	case c.At != nil && (m.toUnaligned || m.lo+m.old > m.to && m.to+m.size > m.lo):
		return refOutcome{errno: "EINVAL"}
	case moves && c.Stay, c.DontUnmap && m.old != m.size:
		return refOutcome{errno: "EINVAL"}
	case c.At != nil && m.old == m.size:
		return r.remapSeveral(p, m, seen)
	}
	if errno := r.mayRemap(p, m, seen.vmaOf(m.lo)); errno != "" {
		return refOutcome{errno: errno}
	}
	switch {
	case c.At != nil:
		if p.sealed(m.to, m.to+m.size) {
			return refOutcome{errno: "EPERM"}
		}
		if m.old > m.size && p.sealed(m.lo+m.size, m.lo+m.old) {
			p.unmap(m.to, m.to+m.size)
			return refOutcome{errno: "EPERM"}
		}
	case !moves && m.old > 0 && m.size <= m.old:
		if p.sealed(m.lo+m.size, m.lo+m.old) {
			return refOutcome{errno: "EPERM"}
		}
		return r.cutShort(p, m)
	case !moves && m.old > 0:
		if end := seen.vmaOf(m.lo).hi; end == m.lo+m.old && !p.anyMapped(end, m.lo+m.size) {
			return r.growInPlace(p, m)
		}
		fallthrough
	case !moves:
		if c.Stay {
			return refOutcome{errno: "ENOMEM"}
		}
	}
	if c.At == nil {
		m.to = seen.addr / uint64(r.pageSize)
	} else {
		p.unmap(m.to, m.to+m.size)
		if p.pages[m.lo] == nil { // a range of no bytes overlaps nothing, and was where it was to be mapped again
			return refOutcome{errno: "EFAULT"}
		}
		p.unmap(m.lo+min(m.size, m.old), m.lo+m.old)
	}
	part := refSpan{m.lo, m.lo + min(m.old, m.size)}
	moved := r.lift(p, m, part, m.to, seen)
	r.grow(p, moved, m.to, part.hi-part.lo, m.size, p.template(m.lo, moved))
	r.nameMoved(p, m, moved, m.size)
	if lock := moved[m.to].lock; m.size > m.old && lock != model.Unlocked {
		p.populate(m.to+m.old, m.to+m.size, true)
	}
	return refOutcome{}
}

// template is the page that what is new of a mapping is like: the one before it, or, where none moves, the one that is mapped a second time.
func (p *refProcess) template(lo uint64, moved map[uint64]*refPage) *refPage {
	if len(moved) > 0 {
		return nil
	}
	return p.pages[lo]
}

// mayRemap checks the VMA that a range begins in, as the kernel does first (check_prep_vma).
func (r *reference) mayRemap(p *refProcess, m remapping, vma refSpan) (errno string) {
	first := p.pages[m.lo]
	moves := m.At != nil || m.DontUnmap
	switch {
	case first == nil:
		return "EFAULT"
	case first.sealed:
		return "EPERM"
	case !moves && m.old > 0 && m.size <= m.old:
		return ""
	case m.old == 0 && !first.shared:
		return "EINVAL"
	case vma.hi < m.lo+min(m.old, m.size), m.size > m.old && vma.hi < m.lo+m.old:
		return "EFAULT"
	case m.size > m.old && first.lock != model.Unlocked && !r.within(p, r.locked(p)+int64(m.size-m.old)):
		return "EAGAIN"
	case m.size > m.old && !r.mayExpand(p, int64(m.size-m.old), first.isData()), m.DontUnmap && m.At == nil && !r.mayExpand(p, int64(m.old), first.isData()):
		return "ENOMEM"
	}
	return ""
}

// cutShort takes away what lies behind the new end.
func (r *reference) cutShort(p *refProcess, m remapping) refOutcome {
	if reg, ok := p.regions[m.region]; ok && m.whole {
		reg.pages = int64(m.size)
		p.regions[m.region] = reg
	}
	p.unmap(m.lo+m.size, m.lo+m.old)
	return refOutcome{}
}

// growInPlace adds pages behind the range, which are of the region that it ends in.
func (r *reference) growInPlace(p *refProcess, m remapping) refOutcome {
	last := p.pages[m.lo+m.old-1]
	name := last.region
	if m.whole {
		name = m.region
	}
	pages := map[uint64]*refPage{m.lo + m.old - 1: last}
	r.grow(p, pages, m.lo, m.old, m.size, nil)
	for n, pg := range pages {
		if n >= m.lo+m.old {
			pg.region = name
		}
	}
	reg := p.regions[name]
	reg.pages = max(reg.pages, int64(m.lo+m.size-reg.base))
	p.regions[name] = reg
	if last.lock != model.Unlocked {
		p.populate(m.lo+m.old, m.lo+m.size, true)
	}
	return refOutcome{}
}

// grow adds pages to those that lie from page number at on, until they are size.
func (r *reference) grow(p *refProcess, pages map[uint64]*refPage, at, have, size uint64, like *refPage) {
	for i := have; i < size; i++ {
		added := &refPage{}
		switch {
		case i == 0:
			added.refVMA, added.index = like.refVMA, like.index
		default:
			before := pages[at+i-1]
			added.refVMA, added.index = before.refVMA, before.index
			if before.back != nil {
				added.index++
			}
		}
		pages[at+i], p.pages[at+i] = added, added
	}
}

// remapSeveral moves the VMAs of a range, and what holes there are between them, one after the other, up to the first that cannot
// (remap_move). A segment goes by itself alone.
func (r *reference) remapSeveral(p *refProcess, m remapping, seen observed) refOutcome {
	end, errno := m.lo+m.old, ""
	moved := map[uint64]*refPage{}
	done := m.lo
	for _, vma := range seen.vmas {
		part := refSpan{max(vma.lo, m.lo), min(vma.hi, end)}
		if part.lo >= part.hi {
			continue
		}
		first := p.pages[part.lo]
		to := m.to + part.lo - m.lo
		switch {
		case done == m.lo && part.lo > m.lo:
			errno = "EFAULT"
		case first.attach != nil && (done > m.lo || vma.hi < end):
			errno = "EFAULT"
		case first.sealed, p.sealed(to, to+part.hi-part.lo):
			errno = "EPERM"
		}
		if errno != "" {
			break
		}
		p.unmap(to, to+part.hi-part.lo)
		if m.DontUnmap && !r.mayExpand(p, int64(part.hi-part.lo), first.isData()) {
			errno = "ENOMEM"
			break
		}
		for n, pg := range r.lift(p, m, part, to, seen) {
			moved[n] = pg
		}
		done = part.hi
	}
	switch {
	case done == m.lo && errno == "":
		return refOutcome{errno: "EFAULT"}
	case errno == "":
		r.nameMoved(p, m, moved, m.size)
	case done > m.lo:
		reg := p.regions[m.region]
		m.old = done - m.lo
		m.whole = m.addr == reg.base*uint64(r.pageSize) && m.old == uint64(reg.pages)
		r.nameMoved(p, m, moved, m.old)
	}
	return refOutcome{errno: errno}
}

// lift takes pages that one VMA has to another place, and leaves what MREMAP_DONTUNMAP leaves: the mapping, without what was in it, and
// without a lock in all of the VMA, which the account of what is locked goes on to count (dontunmap_complete).
func (r *reference) lift(p *refProcess, m remapping, part refSpan, to uint64, seen observed) map[uint64]*refPage {
	moved := map[uint64]*refPage{}
	for n := part.lo; n < part.hi; n++ {
		pg := p.pages[n]
		delete(p.pages, n)
		moved[to+n-part.lo] = pg
		if !m.DontUnmap {
			continue
		}
		left := *pg
		left.drop()
		left.guard = false
		p.pages[n] = &left
	}
	for n, pg := range moved {
		p.pages[n] = pg
	}
	p.split(part.lo, part.hi, to, to+part.hi-part.lo)
	if !m.DontUnmap || r.wrong == dontUnmapKeepsLocks {
		return moved
	}
	vma := spanOf(seen.after, part.lo)
	for n := vma.lo; n < vma.hi; n++ { // what has moved too, where it was joined to what it has left behind
		if pg := p.pages[n]; pg != nil && pg.lock != model.Unlocked {
			pg.lock = model.Unlocked
			p.uncounted++
		}
	}
	p.split(vma.lo, vma.hi) // nothing joins it to what is alike by now
	return moved
}

// nameMoved gives what has moved a name: that of the region where all of it has, else the next one of that kind. What fills a hole of it moves
// along.
func (r *reference) nameMoved(p *refProcess, m remapping, moved map[uint64]*refPage, size uint64) {
	reg, name := p.regions[m.region], m.region
	if !m.whole || m.DontUnmap || m.old == 0 {
		name = m.next
	}
	reg.base, reg.pages = m.to, int64(size)
	p.regions[name] = reg
	for _, pg := range moved {
		pg.region = name
	}
	p.unmap(0, 0)
}

// nextName is the next name behind that of a region that is free: a_2, a_3.
func (p *refProcess) nextName(region string) string {
	stem, _, _ := strings.Cut(region, "_")
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s_%d", stem, n)
		if _, taken := p.regions[name]; !taken {
			return name
		}
	}
}

// refSpan is page numbers, the second one past the end.
type refSpan struct{ lo, hi uint64 }

// vmaOf is the VMA of a page before the call, or nothing.
func (o observed) vmaOf(n uint64) refSpan { return spanOf(o.vmas, n) }

// spanOf is the one of some VMAs that has a page, or nothing.
func spanOf(vmas []refSpan, n uint64) refSpan {
	i := slices.IndexFunc(vmas, func(s refSpan) bool { return s.lo <= n && n < s.hi })
	if i < 0 {
		return refSpan{}
	}
	return vmas[i]
}

// mremapLine is an mremap in one of its forms; those that are not of a region alone are what Linux 6.17 made of them.
func mremapLine(d *dice, r *reference, p *refProcess) string {
	name, size := d.region(p), fmt.Sprint(1+d.below(maxRegion))
	form := d.below(4)
	if name == "" {
		return ""
	}
	if form == 0 || !r.kernel.atLeast(6, 17) {
		return "mremap " + name + " " + size
	}
	pages := int(p.regions[name].pages)
	lo := d.below(pages)
	n := 1 + d.below(pages-lo)
	part := fmt.Sprintf("%s[%d..%d]", name, lo, lo+n-1)
	t := of(d, name, part, part, fmt.Sprintf("%s+%d,0", name, lo*int(r.pageSize)), d.target(r, p))
	if at := p.regions[name].base + uint64(lo); t == part && at >= placeBase/uint64(r.pageSize) && at < placeBase/uint64(r.pageSize)+placePages {
		t = of(d, t, fmt.Sprintf("%#x,%d", at*uint64(r.pageSize), n*int(r.pageSize))) // an address that is the same each time
	}
	if t == name {
		n = pages
	}
	if d.oneIn(2) {
		size = fmt.Sprint(n)
	}
	words := []string{"mremap", t, of(d, size, size, size, size, size, "0", "100B")}
	switch where := d.below(8); {
	case where < 3:
		words = append(words, "at "+d.place(r))
	case where < 5:
		if on := d.region(p); on != "" {
			words = append(words, fmt.Sprintf("at %s[%d]", on, d.below(int(p.regions[on].pages))))
		}
	}
	words = append(words, when(d.oneIn(4), "dontunmap"), when(d.oneIn(5), "stay"))
	if t == "" {
		return ""
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}
