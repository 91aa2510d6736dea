package csource

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// lay finds out whether it matters how the regions lie to each other: a call reaches past the
// end of one, or a region lies in a hole of another. Then the program puts them as they lay.
func (t *cTold) lay(target *cStep) {
	p := t.cProgram
	stray := target.stray && len(target.own) > 0
	for _, i := range t.kept {
		st := &t.slice.steps[i]
		stray = stray || st.stray
		p.mallocs = p.mallocs || st.event.Mapped != nil && st.event.Mapped.Malloc == model.FromMmap
	}
	if stray {
		p.cannot("what lies beside a block that malloc has mapped is the kernel's choice, and in this program something else may lie there")
	}
	made, cluster := t.made()
	if t.besideGone(target) {
		p.cannot("what malloc maps lies where the kernel chooses, and here that may be where a region lay that is gone")
	}
	if len(cluster) == 0 {
		return
	}
	lo, hi := cluster[0].Addr, cluster[len(cluster)-1].End()
	beside := func(at model.Span) bool {
		return at.End() >= at.Addr && at.Addr+cNear >= lo && at.Addr <= hi+cNear
	}
	holes := false
	look := func(st *cStep, setup bool) {
		for i, at := range st.own {
			if (st.out[i] || !made[st.in[i]]) && (beside(at) || at.Addr+cNear >= lo && at.Addr <= hi) {
				p.layout = true
				lo, hi = min(lo, at.Addr), max(hi, min(at.Addr+cNear, max(at.End(), at.Addr+1)))
			}
		}
		switch v := st.verb; {
		case v.digs:
			holes = true
			p.layout = p.layout || setup && st.laid // it moved into a hole of another
		case v.lies != nil:
			p.layout = p.layout || setup && v.lies(st.command) && (holes || st.laid)
		}
		if c, ok := st.command.(lang.Mremap); ok && (c.Stay || setup && c.T.Form != model.WholeRegion) { // where it is matters
			p.layout = true
			if e := st.event; len(e.Args) > 2 && e.Args[2].Value < cNear {
				hi = max(hi, e.Args[0].Value+e.Args[2].Value)
			}
		}
		if c, ok := st.command.(lang.Mmap); ok && c.HugeTLB && p.layout {
			p.cannot("where huge pages may lie is not where the others do")
		}
	}
	for _, i := range t.kept {
		look(&t.slice.steps[i], true)
	}
	look(target, false)
	ps := uint64(p.pageSize)
	p.roomLo, p.roomHi = lo&^(ps-1), (hi+ps-1)&^(ps-1)
	if target.verb.moves && target.event.Errno == "EFAULT" {
		// A mapping that is joined to one of libc's has its anon_vma from the beginning.
		p.layout = true
		p.roomLo, p.roomHi = p.roomLo-ps, p.roomHi+ps
	}
}

// besideGone reports whether a region is named that is gone, and malloc maps something else.
func (t *cTold) besideGone(target *cStep) bool {
	gone := slices.Clone(target.gone)
	for _, i := range t.kept {
		gone = append(gone, t.slice.steps[i].gone...)
	}
	return len(gone) > 0 && slices.ContainsFunc(t.kept, func(i int) bool {
		st := &t.slice.steps[i]
		return st.event.Mapped != nil && st.event.Mapped.Malloc == model.FromMmap && slices.ContainsFunc(gone, func(n int) bool { return n != st.made })
	})
}

// made returns the regions that the program makes, and where those of them lay that the kernel had
// put somewhere.
func (t *cTold) made() (made map[int]bool, cluster spans) {
	made = map[int]bool{}
	fixed := map[int]bool{} // put where the user said
	for i, n := range t.first.number {
		r := &t.first.regions[i]
		if t.slice.need[n] || t.slice.interest.hits(model.Span{Addr: r.Base, Len: r.Len}) {
			made[n] = true
			cluster.add(model.Span{Addr: r.Base, Len: r.Len})
		}
	}
	for _, i := range t.kept {
		st := &t.slice.steps[i]
		m := st.event.Mapped
		if m == nil {
			continue
		}
		made[st.made] = true
		at := model.Span{Addr: m.Base, Len: m.Len}
		if st.verb.fixed != nil {
			fixed[st.made] = st.verb.fixed(st, fixed)
		}
		if c, ok := st.command.(lang.Mmap); ok && (c.Low32 || c.Near != nil && c.Near.Form == model.RawSpan && c.Near.Off == m.Base) {
			fixed[st.made] = true // no room has both it and what the kernel puts high up
		}
		if m.Backing != model.Heap && m.Malloc == "" && !fixed[st.made] {
			cluster.add(at)
		}
	}
	return made, cluster
}

// near reports whether an address is in the room that the regions lie in.
func (p *cProgram) near(at uint64) bool { return p.layout && at >= p.roomLo && at <= p.roomHi }

// inRoom returns an address in it.
func (p *cProgram) inRoom(at uint64) string {
	if !p.near(at) {
		return fmt.Sprintf("(char *)%#x", at)
	}
	if at == p.roomLo {
		return "room"
	}
	return "room + " + p.length(at-p.roomLo)
}

// makeRoom looks for addresses that are free.
func (p *cProgram) makeRoom() {
	p.gnu = true
	p.header("sys/mman.h")
	size := p.roomHi - p.roomLo
	p.say("how the regions lie to each other matters: this is where there is room for all, with holes between")
	if p.mallocs {
		p.say("what malloc maps comes to lie above it, since the kernel takes the highest addresses that are free")
		size += cNear
	}
	length := p.length(size)
	p.line(cCall("char *room = ", "mmap", []string{"NULL", length, "PROT_NONE", "MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE", "-1", "0"}, ";")...)
	p.unless("room == MAP_FAILED", "mmap")
	p.line("munmap(room, " + length + ");")
}
