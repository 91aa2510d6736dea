package model

import (
	"fmt"
	"strings"
)

// onSpan makes a call of sys/mman.h whose first arguments are a target's address and length.
func (p *cProgram) onSpan(name string, t Target, more ...string) {
	p.header("sys/mman.h")
	addr, length := p.at(t)
	p.check(name, append([]string{addr, length}, more...)...)
}

// newAdvices are the constants that glibc has had only since the version named, by the value
// that they have everywhere (linux/asm-generic/mman-common.h).
var newAdvices = map[Advice][2]string{
	"cold": {"20", "Linux 5.4"}, "pageout": {"21", "Linux 5.4"},
	"populate_read": {"22", "Linux 5.14"}, "populate_write": {"23", "Linux 5.14"}, "dontneed_locked": {"24", "Linux 5.18"},
	"collapse": {"25", "Linux 6.1"}, "guard_install": {"102", "Linux 6.13"}, "guard_remove": {"103", "Linux 6.13"},
}

// pages adds the commands about pages: locks, protection, advice and touches.
func (p *cProgram) pages(c Command) bool {
	switch c := c.(type) {
	case Mlock:
		p.onSpan("mlock", c.T)
	case Mlock2:
		p.gnu = true
		flags := "0"
		if c.OnFault {
			flags = "MLOCK_ONFAULT"
		}
		p.say("glibc 2.27, Linux 4.4")
		p.onSpan("mlock2", c.T, flags)
	case Munlock:
		p.onSpan("munlock", c.T)
	case Mlockall:
		p.header("sys/mman.h")
		var flags []string
		for i, set := range []bool{c.Current, c.Future, c.OnFault} {
			if set {
				flags = append(flags, []string{"MCL_CURRENT", "MCL_FUTURE", "MCL_ONFAULT"}[i])
			}
		}
		if flags == nil {
			flags = []string{"0"}
		}
		p.gnu = p.gnu || c.OnFault
		p.check("mlockall", strings.Join(flags, " | "))
	case Munlockall:
		p.header("sys/mman.h")
		p.check("munlockall")
	case Mprotect:
		p.onSpan("mprotect", c.T, cProt(c.Prot))
	case Madvise:
		p.gnu = true
		name := "MADV_" + strings.ToUpper(string(c.Advice))
		if v, ok := newAdvices[c.Advice]; ok {
			p.define(name, v[0], v[1])
		}
		p.onSpan("madvise", c.T, name)
	case PosixFadvise:
		p.fadvise(c)
	case Msync:
		p.onSpan("msync", c.T, "MS_"+strings.ToUpper(string(c.Mode)))
	case Mincore:
		p.mincore(c)
	case Touch:
		p.touch(c)
	default:
		return false
	}
	return true
}

// fadvise asks for the descriptor of the region's file. Its function returns the error, and
// leaves errno alone.
func (p *cProgram) fadvise(c PosixFadvise) {
	p.gnu = true
	p.header("fcntl.h", "stdio.h", "string.h")
	s := p.span(c.T)
	addr, length := p.at(c.T)
	if c.T.Form == RawSpan {
		for _, r := range p.regions {
			if s.Addr >= r.Base && s.Addr-r.Base < r.Len {
				p.region(r.Name)
				addr = fmt.Sprintf("%s + %d", cName(r.Name), s.Addr-r.Base)
			}
		}
	}
	fd, offset := "-1", "0"
	if p.fd {
		fd = "fd"
		if _, after, ok := strings.Cut(addr, " + "); ok {
			offset = after
		}
	}
	p.line(cCall("int error = ", "posix_fadvise", []string{fd, offset, length, "POSIX_FADV_" + strings.ToUpper(string(c.Advice))}, ";")...)
	p.line("if (error != 0)", cIndent+`fprintf(stderr, "posix_fadvise: %s\n", strerror(error));`+p.outcome("fadvise64"))
}

// mincore counts what the vector says.
func (p *cProgram) mincore(c Mincore) {
	p.gnu = true
	p.header("sys/mman.h", "stdio.h", "stdlib.h")
	addr, length := p.at(c.T)
	ps := uint64(p.pageSize)
	pages := p.span(c.T).Len/ps + min(1, p.span(c.T).Len%ps)
	p.line("size_t n = "+cNumber(pages)+"; /* pages, and bytes of the vector */", "unsigned char *core = malloc(n);")
	p.line(cCall("if (", "mincore", []string{addr, length, "core"}, " == -1) {")...)
	p.line(cIndent + `perror("mincore");` + p.outcome("mincore"))
	p.line("} else {",
		cIndent+"size_t in = 0;",
		cIndent+"for (size_t i = 0; i < n; i++)",
		cIndent+cIndent+"in += core[i] & 1;",
		cIndent+`printf("%zu of %zu resident\n", in, n);`,
		"}")
}

// cAccess is the access of a page at p. What it writes is what incore's touch does, on x86-64 the instruction ret, so that
// a page that was written can be called as a function.
func cAccess(a Access, p string) string {
	switch a {
	case Read:
		return "(void)*" + p + ";"
	case Exec:
		return "((void (*)(void))" + p + ")();"
	}
	return "*" + p + ` = '\xc3';`
}

// touch is a loop of volatile accesses, which a compiler may not leave out.
func (p *cProgram) touch(c Touch) {
	addr, length := p.at(c.T)
	if p.missing {
		return
	}
	if c.Access == Exec {
		p.say("Each page has to begin with a function. incore runs one instruction of each alone, which C cannot.")
	}
	ps, s := uint64(p.pageSize), p.span(c.T)
	if g := p.event.Signal; g != nil {
		p.say(fmt.Sprintf("here it was answered with %s %s, which without a handler ends the process", g.Name, g.Code))
	}
	every := max(c.Every, 1)
	first := s.Addr - s.Addr%ps
	count := uint64(0)
	if s.Len > 0 {
		count = (s.Addr+(s.Len-1)-first)/(ps*uint64(every)) + 1
	}
	cast := "(volatile char *)"
	if c.Access == Exec {
		cast = ""
	}
	pause := p.pause(c)
	switch {
	case count == 1 && pause == "":
		at := "(" + addr + ")"
		if !strings.ContainsAny(addr, " (") {
			at = addr
		}
		p.line(cAccess(c.Access, cast+at))
		return
	case c.Random:
		stride := p.pagesOf(uint64(every))
		p.header("stddef.h")
		if s.Addr != first {
			p.paged = true
			p.header("stdint.h")
			addr = "(char *)((uintptr_t)(" + addr + ") / page * page)"
		}
		p.say("an order that looks random: the multiplier is a prime, so each page comes once (incore's order is another)")
		p.line(fmt.Sprintf("size_t n = %s;", cNumber(count)), "for (size_t i = 0; i < n; i++) {",
			cIndent+"volatile char *p = "+addr+" + i * 2654435761 % n * "+paren(stride)+";",
			cIndent+cAccess(c.Access, "p"))
	default:
		p.inOrder(addr, length, s.Addr == first, uint64(every))
		if pause == "" {
			p.line(cIndent + cAccess(c.Access, "p"))
			return
		}
		p.body[len(p.body)-1] += " {"
		p.line(cIndent + cAccess(c.Access, "p"))
	}
	if pause != "" {
		p.line(cIndent + pause)
	}
	p.line("}")
}

// pause is what a touch at a pace does between two pages; "" at full speed.
func (p *cProgram) pause(c Touch) string {
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
		p.paged = true
		p.header("stdint.h")
		step = fmt.Sprintf("p = (char *)(((uintptr_t)p / page + %d) * page)", every)
	}
	if one := "for (" + begin + " " + end + " " + step + ")"; len(one) <= cWidth {
		p.line(one)
		return
	}
	p.line("for ("+begin, "     "+end, "     "+step+")")
}

// paren puts a product into parentheses.
func paren(s string) string {
	if strings.Contains(s, " ") {
		return "(" + s + ")"
	}
	return s
}

// bytes adds the calls of string.h and of malloc.
func (p *cProgram) bytes(c Command) bool {
	two := func(name string, to, from Target) {
		p.header("string.h")
		a, length := p.at(to)
		b, _ := p.at(from)
		if name == "memcmp" {
			p.header("stdio.h")
			p.line(cCall(`printf("%d\n", `, "memcmp", []string{a, b, length}, "); /* 0: they are equal */")...)
			return
		}
		p.line(cCall("", name, []string{a, b, length}, ";")...)
	}
	switch c := c.(type) {
	case Memset:
		p.header("string.h")
		addr, length := p.at(c.T)
		p.line(cCall("", "memset", []string{addr, fmt.Sprintf("%#x", c.Byte), length}, ";")...)
	case Memcpy:
		if a, b := p.span(c.Dst), p.span(c.Src); a.Addr < b.End() && b.Addr < a.End() && a.Addr != b.Addr {
			p.say("the ranges overlap, which memcpy does not allow: memmove does")
		}
		two("memcpy", c.Dst, c.Src)
	case Memmove:
		two("memmove", c.Dst, c.Src)
	case Memcmp:
		two("memcmp", c.A, c.B)
	case Brk:
		p.brk(c)
	case Malloc:
		p.malloc(cName(c.Name), p.size(c.Size))
	case Free:
		if p.region(c.Name) == nil {
			return false
		}
		p.header("stdlib.h")
		p.line("free(" + cName(c.Name) + ");")
	case Mallopt:
		p.header("malloc.h", "stdio.h")
		p.line("if (mallopt(M_MMAP_THRESHOLD, "+p.size(c.Threshold)+") == 0)", cIndent+`fputs("mallopt failed\n", stderr);`)
	default:
		return false
	}
	return true
}

func (p *cProgram) malloc(v, length string) {
	p.header("stdlib.h", "stdio.h")
	p.line("char *"+v+" = malloc("+length+");", "if ("+v+" == NULL)")
	p.failed("malloc")
}

// brk moves the end of the heap from where it is. Down takes a heap that is there.
func (p *cProgram) brk(c Brk) {
	p.gnu = true
	p.header("unistd.h")
	sign := " + "
	if c.Down {
		sign = " - "
		if p.has(string(Heap)) != nil {
			p.region(string(Heap))
		}
	}
	p.check("brk", "(char *)sbrk(0)"+sign+paren(p.size(c.Size)))
}
