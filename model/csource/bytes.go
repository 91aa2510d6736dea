package csource

import (
	"fmt"
	"math"

	"incore/model"
	"incore/model/lang"
)

// bytes adds the calls of string.h and of malloc.
func (p *cProgram) bytes(c model.Command) bool {
	switch c := c.(type) {
	case lang.Memset:
		p.header("string.h")
		addr, length := p.at(c.T)
		if p.event.Signal != nil && !p.inSetup {
			p.byByte(c.T)
			p.loopOver(addr, length, fmt.Sprintf("*p = %#x;", c.Byte))
			break
		}
		p.line(cCall("", "memset", []string{addr, fmt.Sprintf("%#x", c.Byte), length}, ";")...)
	case lang.Memcpy:
		p.two("memcpy", c.Dst, c.Src)
	case lang.Memmove:
		p.two("memmove", c.Dst, c.Src)
	case lang.Memcmp:
		p.two("memcmp", c.A, c.B)
	case lang.Brk:
		p.brk(c)
	case lang.Malloc:
		p.malloc(p.variable(c.Name), p.size(c.Size))
	case lang.Free:
		_, v := p.region(c.Name)
		if v == "" {
			return false
		}
		p.header("stdlib.h")
		p.line("free(" + v + ");")
	case lang.Mallopt:
		p.header("malloc.h", "stdio.h")
		p.line("if (mallopt(M_MMAP_THRESHOLD, "+p.size(c.Threshold)+") == 0)", cIndent+`puts("mallopt failed");`)
	default:
		return false
	}
	return true
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

// bytesAgain makes a call of string.h of before the call again, as far as it went.
func (p *cProgram) bytesAgain(c model.Command, e *model.Event) {
	g := e.Signal
	if c, ok := c.(lang.Memcmp); ok {
		if g != nil {
			p.cannot("a memcmp before it was answered with a signal, and what it had read is left out")
			return
		}
		dst, length := p.at(c.A)
		src, _ := p.at(c.B)
		p.say("memcmp, up to where they differ")
		p.eachByte("memcmp", dst, src, length, false)
		return
	}
	if g == nil {
		p.command(c)
		return
	}
	part := func(t model.Target) uint64 { // how many bytes lie before the one that was answered
		if s := p.span(t); g.Addr >= s.Addr && g.Addr-s.Addr < s.Len {
			return g.Addr - s.Addr
		}
		return math.MaxUint64
	}
	cut := func(t model.Target, n uint64) model.Target {
		s := p.span(t)
		if i := p.space.index(t.Region); t.Form != model.RawSpan && i >= 0 {
			return model.Target{Form: model.ByteSpan, Region: t.Region, Off: s.Addr - p.space.regions[i].Exact().Addr, Len: n}
		}
		return model.Target{Form: model.RawSpan, Off: s.Addr, Len: n}
	}
	switch c := c.(type) {
	case lang.Memset:
		if n := part(c.T); n > 0 && n < math.MaxUint64 {
			p.command(lang.Memset{T: cut(c.T, n), Byte: c.Byte})
		}
	case lang.Memcpy:
		n := min(part(c.Dst), part(c.Src))
		if n > 0 && n < math.MaxUint64 {
			p.command(lang.Memcpy{Dst: cut(c.Dst, n), Src: cut(c.Src, n)})
		}
		if _, counts := lang.Inner(p.event.Command).(lang.Mincore); counts && n == part(c.Dst) && n < part(c.Src) {
			from := cut(c.Src, 1)
			from.Off += n
			addr, _ := p.at(from)
			p.access(lang.Read, addr) // what was to be written was read
		}
	case lang.Memmove:
		if a, b := p.span(c.Dst), p.span(c.Src); a.Addr > b.Addr && a.Addr < b.End() {
			p.cannot("a memmove before it was answered with a signal halfway, from its end on, and that is left out")
		} else if n := min(part(c.Dst), part(c.Src)); n > 0 && n < math.MaxUint64 {
			p.command(lang.Memmove{Dst: cut(c.Dst, n), Src: cut(c.Src, n)})
		}
	}
}

func (p *cProgram) malloc(v, length string) {
	p.header("stdlib.h")
	p.line("char *" + v + " = malloc(" + length + ");")
	p.unless(v+" == NULL", "malloc")
}

// brk moves the end of the heap from where it is. Down takes a heap that is there.
func (p *cProgram) brk(c lang.Brk) {
	p.gnu = true
	p.header("unistd.h")
	sign := " + "
	if c.Down {
		sign = " - "
	}
	p.check("brk", "(char *)sbrk(0)"+sign+paren(p.size(c.Size)))
}
