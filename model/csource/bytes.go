package csource

import (
	"fmt"
	"math"

	"incore/model"
	"incore/model/lang"
)

// byteVerbs is what string.h has.
var byteVerbs = []verb{
	{
		name:    "read",
		write:   writes(func(p *cProgram, c lang.ReadFile) { p.transfer("read", c.T) }),
		again:   repeats(func(t *cTold, st *cStep, c lang.ReadFile) { t.transferAgain(c, st.event) }),
		targets: one(func(c lang.ReadFile) model.Target { return c.T }), lengthLast: true,
		asks:   func(s *cSlice, _ *cStep) { s.contents = true },
		wanted: func(s *cSlice, _ *cStep, _ bool) bool { return s.contents },
		fills:  true, leaves: overwritten,
	},
	{
		name:    "write",
		write:   writes(func(p *cProgram, c lang.WriteFile) { p.transfer("write", c.T) }),
		again:   repeats(func(t *cTold, st *cStep, c lang.WriteFile) { t.transferAgain(c, st.event) }),
		targets: one(func(c lang.WriteFile) model.Target { return c.T }), lengthLast: true,
		asks:    func(s *cSlice, _ *cStep) { s.contents = true },
		aliases: true,
		wanted:  func(s *cSlice, _ *cStep, _ bool) bool { return s.resident() }, // it reads, which brings pages in
	},
	{
		name:    "memset",
		write:   writes((*cProgram).memset),
		again:   repeats(func(t *cTold, st *cStep, c lang.Memset) { t.memsetAgain(c, st.event) }),
		targets: one(func(c lang.Memset) model.Target { return c.T }), lengthLast: true,
		asks:   func(s *cSlice, _ *cStep) { s.contents = true },
		wanted: func(s *cSlice, _ *cStep, _ bool) bool { return s.contents },
		kind:   sameKind,
		fills:  true, leaves: overwritten,
	},
	{
		name:    "memcpy",
		write:   writes(func(p *cProgram, c lang.Memcpy) { p.two(c.Verb(), c.Dst, c.Src) }),
		again:   repeats(func(t *cTold, st *cStep, c lang.Memcpy) { t.memcpyAgain(c, st.event) }),
		targets: asked(func(c lang.Memcpy) []model.Target { return []model.Target{c.Dst, c.Src} }), lengthLast: true,
		asks:   func(s *cSlice, _ *cStep) { s.contents = true },
		wanted: func(s *cSlice, _ *cStep, _ bool) bool { return s.contents },
		fills:  true, leaves: overwritten,
	},
	{
		name:    "memmove",
		write:   writes(func(p *cProgram, c lang.Memmove) { p.two(c.Verb(), c.Dst, c.Src) }),
		again:   repeats(func(t *cTold, st *cStep, c lang.Memmove) { t.memmoveAgain(c, st.event) }),
		targets: asked(func(c lang.Memmove) []model.Target { return []model.Target{c.Dst, c.Src} }), lengthLast: true,
		asks:   func(s *cSlice, _ *cStep) { s.contents = true },
		wanted: func(s *cSlice, _ *cStep, _ bool) bool { return s.contents },
		fills:  true, leaves: overwritten,
	},
	{
		name:    "memcmp",
		write:   writes(func(p *cProgram, c lang.Memcmp) { p.two(c.Verb(), c.A, c.B) }),
		again:   repeats(func(t *cTold, st *cStep, c lang.Memcmp) { t.memcmpAgain(c, st.event) }),
		warn:    (*cTold).warnOfContents,
		tells:   true,
		targets: asked(func(c lang.Memcmp) []model.Target { return []model.Target{c.A, c.B} }), lengthLast: true,
		asks:    func(s *cSlice, _ *cStep) { s.contents = true },
		aliases: true,
		wanted:  func(s *cSlice, _ *cStep, _ bool) bool { return s.resident() }, // it reads, which brings pages in
	},
}

func (p *cProgram) memset(c lang.Memset) {
	p.header("string.h")
	addr, length := p.at(c.T)
	if p.event.Signal != nil && !p.inSetup {
		p.byByte(c.T)
		p.loopOver(addr, length, fmt.Sprintf("*p = %#x;", c.Byte))
		return
	}
	p.line(cCall("", "memset", []string{addr, fmt.Sprintf("%#x", c.Byte), length}, ";")...)
}

// transfer is read or write, of a memory file that goes with the program.
func (p *cProgram) transfer(name string, t model.Target) {
	p.gnu = true
	p.header("sys/mman.h", "unistd.h")
	addr, length := p.at(t)
	fd := p.fresh("fd")
	p.line("int " + fd + ` = memfd_create("incore", MFD_CLOEXEC);`)
	p.unless(fd+" == -1", "memfd_create")
	if s := p.span(t); name == "read" && s.Len > 0 {
		p.check("ftruncate", fd, p.length(min(s.Len, math.MaxInt32&^0xfff)))
	}
	if p.span(t).Len > math.MaxInt64 {
		many := p.fresh("many")
		p.line("volatile size_t "+many+" = "+length+";", "/* volatile, or gcc warns that nothing is as long */")
		length = many
	}
	p.check(name, fd, addr, length)
}

// transferAgain makes a transfer of before the call again, where it had transferred something.
func (p *cProgram) transferAgain(c model.Command, e *model.Event) {
	if e.OK() {
		p.command(c)
	}
}

// byByte says why a library's function does not do where an access is answered with a signal.
func (p *cProgram) byByte(t model.Target) {
	p.catcher(t)
	p.say("byte by byte, as incore does it: a library's function takes more at a time, and may meet another page first")
}

// loopOver is a loop over bytes.
func (p *cProgram) loopOver(addr, length, does string) {
	p.line("for (volatile char *p = "+addr+"; p < "+addr+" + "+length+"; p++)", cIndent+does)
}

// two adds a call of string.h with two targets.
func (p *cProgram) two(name string, to, from model.Target) {
	p.header("string.h")
	dst, length := p.at(to)
	src, _ := p.at(from)
	a, b := p.span(to), p.span(from)
	overlap := a.Addr < b.End() && b.Addr < a.End()
	switch {
	case p.event.Signal != nil && !p.inSetup:
		met := to
		if g := p.event.Signal.Addr; g-a.Addr >= a.Len && g-b.Addr < b.Len {
			met = from
		}
		p.byByte(met)
		p.eachByte(name, dst, src, length, name == "memmove" && overlap && a.Addr > b.Addr)
	case name == "memcmp":
		p.header("stdio.h")
		p.line(cCall(`puts(`, "memcmp", []string{dst, src, length}, ` == 0 ? "equal" : "they differ");`)...)
	case name == "memcpy" && overlap:
		p.say("the ranges overlap, which memcpy does not allow, and memmove does: byte by byte, as incore does it")
		p.eachByte(name, dst, src, length, false)
	default:
		p.line(cCall("", name, []string{dst, src, length}, ";")...)
	}
}

// eachByte is a loop that copies or compares.
func (p *cProgram) eachByte(name, dst, src, length string, down bool) {
	to, from := p.fresh("to"), p.fresh("from")
	p.line("volatile char *"+to+" = "+dst+";", "volatile char *"+from+" = "+src+";")
	loop := "for (size_t i = 0; i < " + length + "; i++)"
	if down {
		loop = "for (size_t i = " + length + "; i-- > 0;)"
	}
	p.line(loop)
	if name == "memcmp" {
		p.line(cIndent+"if ("+to+"[i] != "+from+"[i])", cIndent+cIndent+"break;")
		return
	}
	p.line(cIndent + to + "[i] = " + from + "[i];")
}

// What follows makes a call of string.h of before the call again, as far as it went.

func (p *cProgram) memcmpAgain(c lang.Memcmp, e *model.Event) {
	if e.Signal != nil {
		p.cannot("a memcmp before it was answered with a signal, and what it had read is left out")
		return
	}
	dst, length := p.at(c.A)
	src, _ := p.at(c.B)
	p.say("memcmp, up to where they differ")
	p.eachByte("memcmp", dst, src, length, false)
}

func (p *cProgram) memsetAgain(c lang.Memset, e *model.Event) {
	if e.Signal == nil {
		p.command(c)
	} else if n := p.beforeSignal(c.T, e); n > 0 && n < math.MaxUint64 {
		p.command(lang.Memset{T: p.firstBytes(c.T, n), Byte: c.Byte})
	}
}

func (p *cProgram) memcpyAgain(c lang.Memcpy, e *model.Event) {
	if e.Signal == nil {
		p.command(c)
		return
	}
	to, from := p.beforeSignal(c.Dst, e), p.beforeSignal(c.Src, e)
	n := min(to, from)
	if n > 0 && n < math.MaxUint64 {
		p.command(lang.Memcpy{Dst: p.firstBytes(c.Dst, n), Src: p.firstBytes(c.Src, n)})
	}
	if verbOf(lang.Inner(p.event.Command)).counts && n == to && n < from {
		read := p.firstBytes(c.Src, 1)
		read.Off += n
		addr, _ := p.at(read)
		p.access(lang.Read, addr) // what was to be written was read
	}
}

func (p *cProgram) memmoveAgain(c lang.Memmove, e *model.Event) {
	if e.Signal == nil {
		p.command(c)
		return
	}
	if a, b := p.span(c.Dst), p.span(c.Src); a.Addr > b.Addr && a.Addr < b.End() {
		p.cannot("a memmove before it was answered with a signal halfway, from its end on, and that is left out")
	} else if n := min(p.beforeSignal(c.Dst, e), p.beforeSignal(c.Src, e)); n > 0 && n < math.MaxUint64 {
		p.command(lang.Memmove{Dst: p.firstBytes(c.Dst, n), Src: p.firstBytes(c.Src, n)})
	}
}

// beforeSignal returns how many bytes of a target lie before the one that was answered with a signal, or the highest number where
// that one is not of it.
func (p *cProgram) beforeSignal(t model.Target, e *model.Event) uint64 {
	if s, at := p.span(t), e.Signal.Addr; at >= s.Addr && at-s.Addr < s.Len {
		return at - s.Addr
	}
	return math.MaxUint64
}

// firstBytes returns the first n bytes of a target.
func (p *cProgram) firstBytes(t model.Target, n uint64) model.Target {
	s := p.span(t)
	if r, _, _ := p.space.named(t.Region); t.Form != model.RawSpan && r != nil {
		return model.Target{Form: model.ByteSpan, Region: t.Region, Off: s.Addr - r.Exact().Addr, Len: n}
	}
	return model.Target{Form: model.RawSpan, Off: s.Addr, Len: n}
}
