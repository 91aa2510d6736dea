package csource

import (
	"incore/model"
	"incore/model/lang"
)

// lockAll is mlockall. Here it locks the program's own code, its libraries and its stack too,
// of which the subject has next to nothing; where the limit is near, what it came to is made
// piece by piece instead.
func (t *cTold) lockAll(st *cStep, c lang.Mlockall) {
	p := t.cProgram
	if !c.Current || t.roomy(st) {
		p.command(c)
		return
	}
	t.pieced, t.before, t.halved = true, t.before || t.halved, false
	p.header("sys/mman.h")
	p.say(c.String() + ", without what this program itself is made of: the limit is near, and the subject has no libc")
	p.ignored = "-"
	if len(p.space.locked) > 0 || p.space.future {
		p.line("munlockall();")
	}
	for _, part := range p.space.mapped {
		t.lockPart(part, c.OnFault)
	}
	if st.self > 0 {
		p.line("mlock(own, " + p.length(uint64(st.self)) + ");")
	}
	if c.Future {
		flags := "MCL_FUTURE"
		if c.OnFault {
			p.gnu = true
			flags += " | MCL_ONFAULT"
		}
		p.line("mlockall(" + flags + ");")
	}
	p.ignored = ""
}

// makeOwn maps as much as the subject itself had locked, where mlockall is made piece by piece.
func (t *cTold) makeOwn() {
	most := int64(0)
	for _, i := range t.kept {
		if st := &t.slice.steps[i]; st.self > most && !t.roomy(st) {
			most = st.self
		}
	}
	if p := t.cProgram; most > 0 {
		p.gnu = true
		p.header("sys/mman.h")
		p.say("what the subject itself is made of, which mlockall locks as well")
		p.line(cCall("char *own = ", "mmap", []string{"NULL", p.length(uint64(most)), "PROT_READ", "MAP_PRIVATE | MAP_ANONYMOUS", "-1", "0"}, ";")...)
		p.unless("own == MAP_FAILED", "mmap")
	}
}

// lockPart locks a stretch of what is mapped.
func (t *cTold) lockPart(part model.Span, onFault bool) {
	p := t.cProgram
	for part.Len > 0 {
		n, length := -1, part.Len
		for i := range p.space.regions { // region by region
			if r := &p.space.regions[i]; part.Addr >= r.Base && part.Addr-r.Base < r.Len {
				n, length = p.space.number[i], min(part.Len, r.Len-(part.Addr-r.Base))
			} else if r.Base > part.Addr {
				length = min(length, r.Base-part.Addr)
			}
		}
		if n >= 0 && p.vars[n] != "" {
			args := []string{p.address(part.Addr), p.length(length)}
			if onFault {
				p.gnu = true
				p.line(cCall("", "mlock2", append(args, "MLOCK_ONFAULT"), ";")...)
			} else {
				p.line(cCall("", "mlock", args, ";")...)
			}
		}
		part = model.Span{Addr: part.Addr + length, Len: part.Len - length}
	}
}

// roomy reports whether what the program itself is made of can be locked as well without any
// call being refused for it.
func (t *cTold) roomy(st *cStep) bool {
	if t.slice.limits == (model.Limits{}) || t.slice.limits.IPCLock && !t.slice.dropped() {
		return true
	}
	most := t.slice.space.mapped.sum()
	lowest := t.slice.limits.MemlockSoft
	after := false
	for i := range t.slice.steps {
		x := &t.slice.steps[i]
		after = after || x == st
		if m := x.event.Mapped; m != nil {
			most += m.Len
		}
		if c, ok := lockLimit(x.command); ok && x.event.OK() {
			if n := limitOf(c.Soft, t.pageSize); !after || n != model.Unlimited && (lowest == model.Unlimited || n < lowest) {
				lowest = n
			}
		}
	}
	return lowest == model.Unlimited || uint64(lowest) >= most+cSpare
}
