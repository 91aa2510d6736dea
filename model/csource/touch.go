package csource

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// touchVerbs is touch.
var touchVerbs = []verb{{
	name:    "touch",
	write:   writes((*cProgram).touch),
	again:   repeats(func(t *cTold, st *cStep, c lang.Touch) { t.touchAgain(c, st.event) }),
	warn:    (*cTold).warnOfTouch,
	targets: one(func(c lang.Touch) model.Target { return c.T }),
	asks:    func(s *cSlice, _ *cStep) { s.contents = true },
	wanted:  func(s *cSlice, _ *cStep, _ bool) bool { return s.contents },
	kind: asked(func(c lang.Touch) string {
		if c.Every <= 1 {
			return c.Verb() + " " + string(c.Access)
		}
		return ""
	}),
	fills: true,
	leaves: func(begin *spans, st *cStep) {
		c, _ := st.command.(lang.Touch)
		if e := st.event; c.Access == lang.Write && c.Every <= 1 && len(st.own) == 1 && e.OK() && e.Args[0].Value == st.own[0].Addr {
			begin.add(st.own[0])
		}
	},
}}

// warnOfTouch says what of a touch C cannot do.
func (t *cTold) warnOfTouch(target *cStep) {
	c, _ := target.command.(lang.Touch)
	e := target.event
	if c.Access == lang.Exec && e.Signal == nil {
		if t.runs = t.returns(target) && !strings.Contains(e.Result, "; "); !t.runs {
			t.cannot("incore runs the first instruction of each page and no more; C can only call a page as a function")
		}
	}
	if strings.Contains(e.Result, "interrupted") {
		t.cannot("the touch was interrupted")
	}
}

// cAccess returns the access of a page at p. What it writes is what incore's touch does, on x86-64 the instruction ret, so that
// a page that was written can be called as a function.
func cAccess(a lang.Access, p string) string {
	switch a {
	case lang.Read:
		return "(void)*" + p + ";"
	case lang.Exec:
		return "((void (*)(void))" + p + ")();"
	}
	return "*" + p + ` = '\xc3';`
}

// accesses is cAccess, but for pages that can be called.
func (p *cProgram) accesses(a lang.Access, at string) string {
	if a == lang.Exec && p.runs {
		return "run(" + at + ");"
	}
	return cAccess(a, at)
}

// touch is a loop of volatile accesses, which a compiler may not leave out.
func (p *cProgram) touch(c lang.Touch) {
	if c.Access == lang.Write {
		c.T = p.here().BehindHeader(c.T)
	}
	addr, length := p.at(c.T)
	if p.missing {
		return
	}
	s, e := p.span(c.T), &p.event
	g := e.Signal
	p.catcher(c.T)
	if p.runs {
		p.runner()
	}
	switch last := s.Addr + s.Len - 1; {
	case g != nil && c.Access == lang.Exec:
		if e.Ret > 0 {
			p.say("the pages before it ran, and are left out; this one did not")
		}
		p.line(cAccess(lang.Exec, paren(p.address(g.Addr))))
	case g != nil && s.Len > 0 && last < s.Addr:
		p.say("the range ends past the last address; it is the first access that is answered")
		p.access(c.Access, addr)
	case g != nil && c.Random:
		p.inThatOrder(c, s, e.Ret+1)
	default:
		p.touches(c, addr, length, s, p.pause(c))
	}
}

// access is one of a single page.
func (p *cProgram) access(a lang.Access, addr string) {
	if strings.ContainsAny(addr, " (") {
		addr = "(" + addr + ")"
	}
	cast := "(volatile char *)"
	if a == lang.Exec && !p.runs {
		cast = ""
	}
	p.line(p.accesses(a, cast+addr))
}

// touchAgain touches what was touched before the call, as far as it went.
func (p *cProgram) touchAgain(c lang.Touch, e *model.Event) {
	if c.Access == lang.Exec { // to fetch an instruction is to read it
		if c.Access = lang.Read; fetched(e) {
			defer p.access(lang.Read, p.address(e.Signal.Addr))
		}
	}
	if e.Ret <= 0 {
		return
	}
	if c.Access == lang.Write {
		c.T = p.here().BehindHeader(c.T)
	}
	addr, length := p.at(c.T)
	if p.missing {
		return
	}
	s := p.span(c.T)
	n := uint64(e.Ret)
	if n == p.count(c, s) {
		p.touches(c, addr, length, s, "")
		return
	}
	if c.Random {
		p.inThatOrder(c, s, e.Ret)
		return
	}
	c.Random = false
	s.Len = n*uint64(max(c.Every, 1))*uint64(p.pageSize) - s.Addr%uint64(p.pageSize)
	p.touches(c, addr, p.length(s.Len), s, "")
}

// count returns how many pages a touch of a span is.
func (p *cProgram) count(c lang.Touch, s model.Span) uint64 {
	if s.Len == 0 {
		return 0
	}
	ps := uint64(p.pageSize)
	return (s.Addr%ps+s.Len-1)/(ps*uint64(max(c.Every, 1))) + 1
}

// mostOrder is how many numbers a program lists.
const mostOrder = 256

// inThatOrder touches the first n pages in incore's order, in which they are numbered.
func (p *cProgram) inThatOrder(c lang.Touch, s model.Span, n int64) {
	if n > mostOrder {
		p.cannot("incore's order of pages at random is another, and which page is met first depends on it")
		n = mostOrder
	}
	order, ps := model.NewOrder(p.count(c, s)), uint64(p.pageSize)
	first := s.Addr - s.Addr%ps
	var numbers []string
	for i := range n {
		numbers = append(numbers, fmt.Sprint(order.At(uint64(i))*uint64(max(c.Every, 1))))
	}
	v := p.fresh("order")
	p.header("stddef.h")
	p.say("incore's order: it looks random, and is the same each time")
	list := cCall("size_t "+v+"[] = ", "", numbers, ";")
	list[0] = strings.Replace(list[0], "= (", "= {", 1)
	list[len(list)-1] = strings.TrimSuffix(list[len(list)-1], ");") + "};"
	p.line(list...)
	at := fmt.Sprintf("%s + %s[i] * page", p.address(first), v)
	if s.Addr != first {
		at = fmt.Sprintf("(%s[i] == 0 ? %s : %s)", v, p.address(s.Addr), at)
	}
	p.line(fmt.Sprintf("for (size_t i = 0; i < sizeof %s / sizeof *%s; i++) {", v, v), cIndent+"volatile char *p = "+at+";",
		cIndent+p.accesses(c.Access, "p"), "}")
}

// touches are the accesses of a touch.
func (p *cProgram) touches(c lang.Touch, addr, length string, s model.Span, pause string) {
	ps := uint64(p.pageSize)
	every := max(c.Every, 1)
	first := s.Addr - s.Addr%ps
	count := p.count(c, s)
	switch {
	case count == 0:
		p.say("no page: nothing is touched")
		return
	case count == 1 && pause == "":
		p.access(c.Access, addr)
		return
	case c.Random:
		stride := p.pagesOf(uint64(every))
		p.header("stddef.h")
		at := addr + " + i * 2654435761 % " + cNumber(count) + " * " + paren(stride)
		if s.Addr != first { // the first page is touched where the range begins: before a block lies what malloc keeps of it
			p.header("stdint.h")
			at = "i == 0 ? " + addr + " : (char *)((uintptr_t)(" + addr + ") / page * page)" + strings.TrimPrefix(at, addr)
		}
		p.say("an order that looks random: the multiplier is a prime, so each page comes once (incore's order is another)")
		p.line(fmt.Sprintf("for (size_t i = 0; i < %s; i++) {", cNumber(count)),
			cIndent+"volatile char *p = "+at+";",
			cIndent+p.accesses(c.Access, "p"))
	default:
		p.inOrder(addr, length, s.Addr == first, uint64(every))
		if pause == "" {
			p.line(cIndent + p.accesses(c.Access, "p"))
			return
		}
		lines := p.lines()
		lines[len(lines)-1] += " {"
		p.line(cIndent + p.accesses(c.Access, "p"))
	}
	if pause != "" {
		p.line(cIndent + pause)
	}
	p.line("}")
}

// lines returns those where lines go now.
func (p *cProgram) lines() []string {
	if p.inSetup {
		return p.setup
	}
	return p.body
}

// pause returns what a touch at a pace does between two pages; "" at full speed.
func (p *cProgram) pause(c lang.Touch) string {
	if !c.Paced || c.Rate <= 0 {
		return ""
	}
	p.gnu = true
	p.header("unistd.h")
	return fmt.Sprintf("usleep(%d); /* %s */", 1_000_000/int64(c.Rate), c.Rate)
}

// inOrder is the head of a loop over pages, from where a range begins: the others are
// reached at their start.
func (p *cProgram) inOrder(addr, length string, aligned bool, every uint64) {
	begin, end, step := "volatile char *p = "+addr+";", "p < "+addr+" + "+length+";", ""
	if aligned {
		step = "p += " + p.pagesOf(every)
	} else {
		p.header("stdint.h")
		step = fmt.Sprintf("p = (char *)(((uintptr_t)p / page + %d) * page)", every)
	}
	if one := "for (" + begin + " " + end + " " + step + ")"; len(one) <= cWidth {
		p.line(one)
		return
	}
	p.line("for ("+begin, "     "+end, "     "+step+")")
}
