package csource

import (
	"incore/model"
)

// A touch exec as C. incore runs one instruction of a page and no more, for which it sets the processor's trap
// flag from outside of any function. A page that touch has written begins with 0xc3: to x86-64 that is ret, which
// a call comes back from, and on arm64 a word of it and three zeros is an undefined instruction (UDF), which a
// handler of SIGILL comes back from. So such a page can be run by a call, and any other cannot.

// returns reports whether each page of the target begins with what touch writes, as far as that is sure: the
// memory is the process's own, and nothing else was written there since.
func (t *cTold) returns(target *cStep) bool {
	if len(target.own) != 1 || len(target.event.Args) == 0 || target.event.Args[0].Value != target.own[0].Addr || t.slice.cut {
		return false
	}
	at := target.own[0]
	var begin spans
	for i := range t.slice.steps {
		if leaves := t.slice.steps[i].verb.leaves; leaves != nil {
			leaves(&begin, &t.slice.steps[i])
		}
	}
	n := t.slice.space.inside(at)
	for i, number := range t.slice.space.number {
		if r := &t.slice.space.regions[i]; number == n && (r.Shared || r.Backing != model.Anon) {
			return false
		}
	}
	parts := begin.within(at)
	return n >= 0 && len(parts) == 1 && parts[0] == at
}

// unwritten takes off what is mapped anew, or not any more.
func unwritten(begin *spans, st *cStep) {
	begin.remove(st.makes)
	begin.remove(st.frees)
	overwritten(begin, st)
}

// overwritten takes off what a step is about.
func overwritten(begin *spans, st *cStep) {
	for _, own := range st.own {
		begin.remove(own)
	}
}

// runner gives the program a function that runs a page that begins with what touch writes.
func (p *cProgram) runner() {
	p.gnu, p.runs = true, true
	p.header("setjmp.h", "signal.h")
	p.top = append(p.top, "static sigjmp_buf back;", "", "static void caught(int sig)", "{", cIndent+"siglongjmp(back, sig);", "}", "",
		"/* Runs a page that begins with what was written: to x86-64 that is the instruction",
		"   ret, and to arm64 an undefined one, which is answered with SIGILL. */",
		"static void run(volatile char *p)", "{", cIndent+"if (sigsetjmp(back, 1) == 0)", cIndent+cIndent+"((void (*)(void))p)();", "}")
	p.line("struct sigaction act = {.sa_handler = caught};", "sigaction(SIGILL, &act, NULL);")
}
