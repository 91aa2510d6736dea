package csource

import (
	"slices"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// onSpan makes a call of sys/mman.h whose first arguments are a target's address and length.
func (p *cProgram) onSpan(name string, t model.Target, more ...string) {
	p.header("sys/mman.h")
	addr, length := p.at(t)
	p.check(name, append([]string{addr, length}, more...)...)
}

// pageVerbs are the verbs that set or ask about the protection and the use of pages.
var pageVerbs = []verb{
	{
		name:    "mprotect",
		write:   writes(func(p *cProgram, c lang.Mprotect) { p.onSpan("mprotect", c.T, cProt(c.Prot)) }),
		targets: one(func(c lang.Mprotect) model.Target { return c.T }),
		refused: byRange,
		wanted:  func(_ *cSlice, st *cStep, _ bool) bool { return st.event.Errno != "EINVAL" },
		kind:    sameKind,
	},
	{
		name:  "pkey_alloc",
		write: writes((*cProgram).pkeyAlloc),
		wanted: func(s *cSlice, st *cStep, _ bool) bool {
			_, asks := s.target.command.(lang.PkeyAlloc) // where there are no keys the first answer is another one
			return st.event.OK() || asks
		},
		everywhere: true,
	},
	{
		name: "pkey_mprotect",
		write: writes(func(p *cProgram, c lang.PkeyMprotect) {
			p.gnu = true
			p.onSpan("pkey_mprotect", c.T, cProt(c.Prot), p.key(c.Key))
		}),
		targets: one(func(c lang.PkeyMprotect) model.Target { return c.T }),
		refused: byRange,
		wanted:  func(_ *cSlice, st *cStep, _ bool) bool { return st.event.Errno != "EINVAL" },
	},
	{
		name: "pkey_free",
		write: writes(func(p *cProgram, c lang.PkeyFree) {
			p.gnu = true
			p.header("sys/mman.h")
			p.check("pkey_free", p.key(c.Name))
		}),
		wanted:     func(_ *cSlice, st *cStep, _ bool) bool { return st.event.OK() },
		everywhere: true,
	},
	{
		name: "madvise", call: model.CallMadvise,
		write: writes((*cProgram).madvise),
		warn: func(t *cTold, target *cStep) {
			if c, _ := target.command.(lang.Madvise); c.Advice == adviceCollapse {
				t.cannot("whether the kernel finds a huge page depends on what memory is free")
			}
		},
		targets: one(func(c lang.Madvise) model.Target { return c.T }),
		asks: func(s *cSlice, t *cStep) {
			c, _ := t.command.(lang.Madvise)
			s.locks = true
			s.contents = c.Advice == adviceCollapse
			s.advice = c.Advice == adviceCollapse
		},
		refused: byRange,
		needs:   func(b *cBackward) { b.lockedPages = true }, // what is locked is refused, so that it was unlocked matters too
		done:    (*cSpace).advise,
		wanted: func(s *cSlice, st *cStep, _ bool) bool {
			c, _ := st.command.(lang.Madvise)
			switch a := advices[c.Advice]; {
			case a.guards:
				return true
			case a.contents:
				return s.contents
			case a.forks:
				return s.forks || s.advice
			}
			return s.advice
		},
		kind:  asked(func(c lang.Madvise) string { return c.Verb() + " " + string(c.Advice) }),
		fills: true,
		leaves: func(begin *spans, st *cStep) {
			if c, _ := st.command.(lang.Madvise); advices[c.Advice].clears {
				overwritten(begin, st)
			}
		},
	},
	{
		name:    "posix_fadvise",
		write:   writes((*cProgram).fadvise),
		targets: one(func(c lang.PosixFadvise) model.Target { return c.T }),
	},
	{
		name:    "msync",
		write:   writes(func(p *cProgram, c lang.Msync) { p.onSpan("msync", c.T, cSyncFlags(c.Mode)) }),
		targets: one(func(c lang.Msync) model.Target { return c.T }),
		asks:    func(s *cSlice, _ *cStep) { s.locks = true },
		refused: byRange,
	},
	{
		name:    "mincore",
		write:   writes((*cProgram).mincore),
		warn:    (*cTold).warnOfContents,
		tells:   true,
		targets: one(func(c lang.Mincore) model.Target { return c.T }),
		counts:  true,
		asks:    func(s *cSlice, _ *cStep) { s.contents, s.locks = true, true },
		aliases: true,
		refused: byItself,
	},
}

// cSyncFlags returns the flags of msync.
func cSyncFlags(m lang.SyncMode) string {
	return "MS_" + strings.ReplaceAll(strings.ToUpper(string(m)), ",", " | MS_")
}

// advice describes one advice of madvise.
type advice struct {
	value, since string // the constant, where glibc has it only since then, as it is everywhere (linux/asm-generic/mman-common.h)
	contents     bool   // it changes what is in pages, or which are there
	clears       bool   // what was in pages is gone, at once or after a fork
	guards       bool   // it makes guard pages, or plain ones of them
	forks        bool   // it is about what a fork makes of pages
}

// The advices that are told apart by name.
const (
	adviceDontfork lang.Advice = "dontfork"
	adviceDofork   lang.Advice = "dofork"
	adviceCollapse lang.Advice = "collapse"
)

// advices describes the advices of madvise that the C has to treat specially.
var advices = map[lang.Advice]advice{
	"dontneed":        {contents: true, clears: true},
	"free":            {contents: true, clears: true},
	"remove":          {contents: true, clears: true},
	"dontneed_locked": {value: "24", since: "Linux 5.18", contents: true, clears: true},
	"cold":            {value: "20", since: "Linux 5.4", contents: true},
	"pageout":         {value: "21", since: "Linux 5.4", contents: true},
	"populate_read":   {value: "22", since: "Linux 5.14", contents: true},
	"populate_write":  {value: "23", since: "Linux 5.14", contents: true},
	adviceCollapse:    {value: "25", since: "Linux 6.1", contents: true},
	"guard_install":   {value: "102", since: "Linux 6.13", guards: true, clears: true},
	"guard_remove":    {value: "103", since: "Linux 6.13", guards: true},
	adviceDontfork:    {forks: true},
	adviceDofork:      {forks: true},
	"wipeonfork":      {forks: true, clears: true},
	"keeponfork":      {forks: true},
}

// key returns the variable of a protection key. No region or process is called so, since their names have small letters.
func (p *cProgram) key(name string) string {
	v := "key_" + strings.ToUpper(name)
	if declared := "static int " + v + ";"; !slices.Contains(p.top, declared) {
		p.top = append(p.top, declared)
	}
	return v
}

// pkeyAlloc makes a protection key.
func (p *cProgram) pkeyAlloc(c lang.PkeyAlloc) {
	p.gnu = true
	p.header("sys/mman.h")
	rights := map[model.KeyRights]string{"": "0", model.KeyNoAccess: "PKEY_DISABLE_ACCESS", model.KeyNoWrite: "PKEY_DISABLE_WRITE"}[c.Rights]
	v := p.key(c.Name)
	p.line(v + " = pkey_alloc(0, " + rights + ");")
	if !p.inSetup || p.ignored == "" {
		p.unless(v+" == -1", "pkey_alloc")
	}
}

func (p *cProgram) madvise(c lang.Madvise) {
	p.gnu = true
	name := "MADV_" + strings.ToUpper(string(c.Advice))
	if a := advices[c.Advice]; a.value != "" {
		p.define(name, a.value, a.since)
	}
	p.onSpan("madvise", c.T, name)
}

// warnOfContents warns that the C cannot bring in the pages that a touch exec brought in. A call that reads
// pages, or counts them, may then answer otherwise.
func (t *cTold) warnOfContents(*cStep) {
	if slices.ContainsFunc(t.slice.steps, fetchedUnsaid) {
		t.cannot("a touch exec before it may have brought in the page that it was answered at, which is left out")
	}
	if t.slice.lost {
		t.cannot("the same file was mapped at another place too, and what was done there is left out")
	}
	if t.othersWrote() {
		t.cannot("what other processes of the session did with this file or shared memory is left out")
	}
}

// fadvise asks for the descriptor of the region's file. Its function returns the error, and
// leaves errno alone.
func (p *cProgram) fadvise(c lang.PosixFadvise) {
	p.names()
	p.header("fcntl.h")
	s := p.span(c.T)
	_, length := p.at(c.T)
	fd, offset := "-1", "0"
	for i := range p.space.regions {
		r := &p.space.regions[i]
		if n := p.space.number[i]; r.Name == c.T.Region || c.T.Form == model.RawSpan && s.Addr >= r.Base && s.Addr-r.Base < r.Len {
			if v := p.files[n]; v != "" && r.Backing != model.Shm {
				fd, offset = v, p.length(r.Offset+s.Addr-r.Base)
			}
		}
	}
	p.line(cCall("int error = ", "posix_fadvise", []string{fd, offset, length, "POSIX_FADV_" + strings.ToUpper(string(c.Advice))}, ";")...)
	p.line("if (error != 0) {", cIndent+`printf("posix_fadvise: %s\n", strerrorname_np(error));`+p.outcome("fadvise64"), cIndent+"return 1;", "}")
}

// mincore counts what the vector says.
func (p *cProgram) mincore(c lang.Mincore) {
	p.gnu = true
	p.header("sys/mman.h", "stdio.h")
	addr, length := p.at(c.T)
	ps := uint64(p.pageSize)
	s := p.span(c.T)
	pages := s.Len/ps + min(1, s.Len%ps)
	const most = 1 << 32
	if pages > most { // such a call is refused; it asks for no vector
		pages = 1
	}
	p.top = append(p.top, "static unsigned char core["+cNumber(max(pages, 1))+"]; /* a byte a page */")
	p.check("mincore", addr, length, "core")
	p.line("size_t n = "+cNumber(pages)+", resident = 0;", "for (size_t i = 0; i < n; i++)", cIndent+"resident += core[i] & 1;",
		`printf("%zu of %zu resident\n", resident, n);`)
}
