package csource

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// heapVerbs is brk, and what malloc does.
var heapVerbs = []verb{
	{
		name: "brk", call: model.CallBrk,
		write:  writes((*cProgram).brk),
		ofHeap: true,
		warn: func(t *cTold, target *cStep) {
			if c, _ := target.command.(lang.Brk); c.Down && target.event.Errno != "" {
				t.cannot("glibc has moved the break up before main, and so there is something to give back")
			}
		},
		asks: func(s *cSlice, t *cStep) {
			s.locks, s.heap = true, true
			if c, _ := t.command.(lang.Brk); c.Down {
				s.namedHeap()
			}
		},
		askLimit: (*cSlice).askLocked,
		done: func(s *cSpace, st *cStep) {
			if m := st.event.Mapped; m != nil && m.Backing == model.Heap {
				s.new(st, model.Span{Addr: m.Base, Len: m.Len})
			}
		},
		leaves: unwritten, charged: true, needsOld: true,
	},
	{
		name:     "malloc",
		write:    writes(func(p *cProgram, c lang.Malloc) { p.block(p.variable(c.Name), "malloc", p.blockSize(1, c.Size)) }),
		again:    repeats(func(t *cTold, st *cStep, c lang.Malloc) { t.makes(st, c) }),
		makes:    asked(func(c lang.Malloc) string { return c.Name }),
		ofHeap:   true,
		asks:     func(s *cSlice, _ *cStep) { s.locks, s.heap = true, true },
		askLimit: (*cSlice).askLocked,
		leaves:   unwritten, charged: true, needsOld: true,
	},
	{
		name: "calloc",
		write: writes(func(p *cProgram, c lang.Calloc) {
			p.block(p.variable(c.Name), "calloc", strconv.FormatInt(c.N, 10), p.blockSize(uint64(c.N), c.Size))
		}),
		again:    repeats(func(t *cTold, st *cStep, c lang.Calloc) { t.makes(st, c) }),
		makes:    asked(func(c lang.Calloc) string { return c.Name }),
		ofHeap:   true,
		asks:     func(s *cSlice, _ *cStep) { s.locks, s.heap = true, true },
		askLimit: (*cSlice).askLocked,
		leaves:   unwritten, charged: true, needsOld: true,
	},
	{
		name: "aligned_alloc",
		write: writes(func(p *cProgram, c lang.AlignedAlloc) {
			p.block(p.variable(c.Name), "aligned_alloc", p.blockSize(1, c.Align), p.blockSize(1, c.Size))
		}),
		again:    repeats(func(t *cTold, st *cStep, c lang.AlignedAlloc) { t.makes(st, c) }),
		makes:    asked(func(c lang.AlignedAlloc) string { return c.Name }),
		ofHeap:   true,
		asks:     func(s *cSlice, _ *cStep) { s.locks, s.heap = true, true },
		askLimit: (*cSlice).askLocked,
		leaves:   unwritten, charged: true, needsOld: true,
	},
	{
		name:  "realloc",
		write: says(func(p *cProgram, c lang.Realloc) bool { return p.realloc(c, "moved") }),
		again: repeats(func(t *cTold, _ *cStep, c lang.Realloc) {
			if _, v := t.region(c.Name); v != "" {
				t.realloc(c, v)
			}
		}),
		names:    named(func(c lang.Realloc) string { return c.Name }),
		ofHeap:   true,
		moves:    true,
		asks:     func(s *cSlice, _ *cStep) { s.locks, s.heap = true, true },
		askLimit: (*cSlice).askLocked,
		leaves:   unwritten, charged: true, needsOld: true,
	},
	{
		name: "free",
		write: says(func(p *cProgram, c lang.Free) bool {
			_, v := p.region(c.Name)
			if v == "" {
				return false
			}
			p.header("stdlib.h")
			p.catcher(model.Target{Region: c.Name})
			p.line("free(" + v + ");")
			return true
		}),
		names:  named(func(c lang.Free) string { return c.Name }),
		ofHeap: true,
		asks:   func(s *cSlice, _ *cStep) { s.heap = true },
		leaves: unwritten,
	},
	{
		name: "malloc_trim",
		write: writes(func(p *cProgram, c lang.MallocTrim) {
			p.header("malloc.h", "stdio.h")
			p.catcher(model.Target{})
			p.line("if (malloc_trim("+p.size(c.Pad)+") == 0)", cIndent+`puts("nothing was given back");`)
		}),
		ofHeap: true,
		asks:   (*cSlice).askHeap,
	},
	{
		name: "mallopt",
		write: writes(func(p *cProgram, c lang.Mallopt) {
			p.header("malloc.h", "stdio.h")
			p.catcher(model.Target{})
			value := p.size(c.Value)
			if c.Never {
				value = "-1"
			} else if c.Option == lang.MmapMax {
				value = strconv.FormatUint(c.Number(p.pageSize), 10)
			}
			p.line("if (mallopt(M_"+strings.ToUpper(string(c.Option))+", "+value+") == 0)", cIndent+`puts("mallopt failed");`)
		}),
		ofHeap: true,
		asks:   (*cSlice).askHeap,
	},
}

// askHeap asks for what was done with the heap. Where its account cannot be accessed, that is what the call is answered with.
func (s *cSlice) askHeap(t *cStep) {
	s.heap = true
	if sig := t.event.Signal; sig != nil {
		s.namedHeap()
		s.interest.add(model.Span{Addr: sig.Addr - sig.Addr%s.space.pageSize, Len: s.space.pageSize})
	}
}

// namedHeap asks for what was done with the region of the heap, if there is one.
func (s *cSlice) namedHeap() {
	if i := s.space.index(string(model.Heap)); i >= 0 {
		s.named(s.space.number[i])
	}
}

// blockSize returns the size of each of n parts of a block. One of which the compiler knows that no memory is so large would be a
// warning (gcc, -Walloc-size-larger-than).
func (p *cProgram) blockSize(n uint64, s model.Size) string {
	over, bytes := bits.Mul64(n, s.Bytes(p.pageSize))
	if over == 0 && bytes <= math.MaxInt64 {
		return p.size(s)
	}
	p.header("stddef.h")
	v := p.fresh("most")
	p.line("volatile size_t " + v + " = " + p.size(s) + "; /* volatile: gcc need not warn of it */")
	return v
}

// block is a call that gives a block, with what it is handed.
func (p *cProgram) block(v, call string, args ...string) {
	p.header("stdlib.h")
	p.catcher(model.Target{})
	kind := "char *"
	if p.dangles[p.begun] {
		kind = "char *volatile "
		p.say("volatile: what it leads to is used after it is freed, and gcc need not warn of it")
	}
	p.line(cCall(kind+v+" = ", call, args, ";")...)
	p.unless(v+" == NULL", call)
}

// realloc puts where a block is then into a variable, its own or a new one.
func (p *cProgram) realloc(c lang.Realloc, to string) bool {
	_, v := p.region(c.Name)
	if v == "" {
		return false
	}
	p.header("stdlib.h")
	p.catcher(model.Target{Region: c.Name})
	args := []string{v, p.blockSize(1, c.Size)}
	if c.Size.N == 0 {
		p.header("stdio.h")
		p.line(append(cCall("if (", "realloc", args, " != NULL)"), cIndent+`puts("realloc did not free it");`)...)
		return true
	}
	assign := to + " = "
	if to != v {
		assign = "char *" + assign
	}
	p.line(cCall(assign, "realloc", args, ";")...)
	p.unless(to+" == NULL", "realloc")
	return true
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

// heapBase is where the heap begins, counted back from the break.
func (p *cProgram) heapBase(r model.RegionInfo) {
	p.gnu = true
	p.header("unistd.h", "stdint.h")
	v := p.variable(r.Name)
	p.line("char *" + v + " = (char *)(((uintptr_t)sbrk(0) + page - 1) / page * page) - " + paren(p.length(r.Len)) + ";")
}
