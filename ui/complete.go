package ui

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// verbs of the language, made once: the table is never written to.
var verbInfos = lang.Verbs()

// usageOf is how a verb is written and what it does, or "" for a word that is none.
func usageOf(verb string) (usage, help string) {
	for _, v := range verbInfos {
		if v.Name == verb {
			return v.Usage, v.Help
		}
	}
	return "", ""
}

func isVerb(word string) bool {
	usage, _ := usageOf(word)
	return usage != ""
}

// verbOf is the verb that a line is about: behind in it is the one that is to run there,
// once it is known.
func verbOf(line string) string {
	words := strings.Fields(line)
	for len(words) > 2 && words[0] == "in" && isVerb(words[2]) {
		words = words[2:]
	}
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// completer knows what words may follow in a line that is said of a process.
type completer struct {
	state *model.State
	proc  string
	// pages are what is selected of a region, or the page under its cursor; nil where nobody looks.
	pages func(proc, region string) model.Range
	names func(verb string) string // a name that is free, for what a verb makes
}

func (m *Model) completer() *completer {
	return &completer{
		state: &m.state, proc: m.view.current.proc,
		pages: func(proc, region string) model.Range {
			if at := (place{proc, region}); at != m.view.current {
				c := m.view.of(at).cursor
				return model.Range{Lo: c, Hi: c + 1}
			}
			return m.view.selection()
		},
		names: m.newName,
	}
}

// newName is a name for what a verb makes that nothing has.
func (m *Model) newName(verb string) string {
	if verb != "fork" {
		return m.freeName()
	}
	name := "child"
	for i := 2; m.state.Process(name) != nil; i++ {
		name = fmt.Sprintf("child%d", i)
	}
	return name
}

// words are the words that may stand where line ends and begin as its last word does, in the
// order of the language.
func (c *completer) words(line string) (out []string) {
	has := map[string]bool{}
	for w := range c.fitting(line) {
		if !has[w] {
			out, has[w] = append(out, w), true
		}
	}
	return out
}

// fitting yields those words, some of them more than once.
func (c *completer) fitting(line string) iter.Seq[string] {
	words := strings.Fields(line)
	last := ""
	if line != "" && !strings.HasSuffix(line, " ") && len(words) > 0 {
		last, words = words[len(words)-1], words[:len(words)-1]
	}
	return func(yield func(string) bool) {
		for _, w := range append(c.candidates(words, c.proc), c.parts(words, last)...) {
			if strings.HasPrefix(w, last) && !yield(w) {
				return
			}
		}
	}
}

// candidates are the words that may follow those before the caret, said of a process.
func (c *completer) candidates(before []string, proc string) []string {
	if len(before) == 0 {
		return verbNames(false)
	}
	verb, n := before[0], len(before)
	switch {
	case verb == "in" && n == 1:
		return procNames(c.state)
	case verb == "in" && n == 2:
		return verbNames(true)
	case verb == "in":
		return c.candidates(before[2:], before[1])
	case verb == "expect":
		return expectWords(before, c.state, proc)
	case n == 1 && makesName[verb] && c.names != nil:
		return []string{c.names(verb)}
	case n == 1 && takesTarget[verb]:
		return regionNames(c.state, proc, nil)
	case n == 1 && takesRegion[verb] != nil:
		return regionNames(c.state, proc, takesRegion[verb])
	case verb == "mmap" && n > 2:
		return mmapWords(before, c.state, proc)
	case verb == "touch" && n > 1:
		return touchWords(before)
	case verb == "mlockall":
		return unused([]string{"current", "future", "onfault"}, before)
	case n <= len(wordsOf[verb]) && wordsOf[verb][n-1] != nil:
		return wordsOf[verb][n-1]()
	case n == 2 && takesTargets[verb]:
		return regionNames(c.state, proc, nil)
	}
	return nil
}

// makesName are the verbs whose first word is a name that there is not yet.
var makesName = map[string]bool{"mmap": true, "malloc": true, "shmget": true, "fork": true}

// touchWords are those that may follow the target of a touch.
func touchWords(before []string) []string {
	switch before[len(before)-1] {
	case "every":
		return []string{"2", "4", "8", "16", "512"}
	case "at":
		return []string{"10/s", "100/s", "1000/s", "max"}
	}
	return unused([]string{"read", "write", "exec", "every", "random", "at"}, before)
}

// parts are the targets of a part of a region, once the word names the region and goes on: the
// page under the cursor or what is selected, all from there on, the last page; and bytes that are
// not whole pages.
func (c *completer) parts(before []string, last string) []string {
	at := strings.IndexAny(last, "[+")
	proc := c.proc
	for len(before) > 1 && before[0] == "in" {
		proc, before = before[1], before[2:]
	}
	p := c.state.Process(proc)
	if at < 1 || p == nil {
		return nil
	}
	r := p.Region(last[:at])
	if r == nil || !slices.Contains(c.candidates(before, proc), r.Name) || r.Pages.Len() == 0 {
		return nil
	}
	if last[at] == '+' {
		return []string{r.Name + "+0,100", r.Name + "+100,100", fmt.Sprintf("%s+%d,2", r.Name, p.PageSize-1)}
	}
	n := r.Pages.Len()
	here := model.Range{Hi: 1}
	if c.pages != nil {
		here = c.pages(proc, r.Name)
	}
	page := func(rg model.Range) string {
		return model.Target{Form: model.PageSpan, Region: r.Name, First: rg.Lo, Last: rg.Hi - 1}.String()
	}
	out := []string{page(here)}
	if here.Lo > 0 {
		out = append(out, model.Target{Form: model.PageTail, Region: r.Name, First: here.Lo}.String())
	}
	return append(out, page(model.Range{Hi: 1}), page(model.Range{Lo: n - 1, Hi: n}), page(model.Range{Hi: n}))
}

// takesTarget are the verbs whose first word names pages, takesTargets those whose second
// does as well.
var (
	takesTarget = map[string]bool{
		"munmap": true, "mseal": true, "mlock": true, "mlock2": true, "munlock": true, "mprotect": true, "madvise": true,
		"posix_fadvise": true, "msync": true, "mincore": true, "touch": true, "memset": true, "memcpy": true, "memmove": true,
		"memcmp": true,
	}
	takesTargets = map[string]bool{"memcpy": true, "memmove": true, "memcmp": true}
)

// takesRegion are the verbs whose first word is the name of a region, and of which.
var takesRegion = map[string]func(*model.Region) bool{
	"mremap": func(r *model.Region) bool { return r.Malloc == "" && r.Backing != model.Heap },
	"free":   func(r *model.Region) bool { return r.Malloc != "" },
	"shmctl": func(r *model.Region) bool { return r.Backing == model.Shm },
}

// wordsOf are the words that a verb takes, at the place where it takes them. The numbers among them
// are those at which something is to be seen.
var wordsOf = map[string][]func() []string{
	"mmap":          {nil, words("1", "16", "64", "512", "1M", "64M", "1G")},
	"mremap":        {nil, words("1", "16", "64", "512", "1M")},
	"mlock2":        {nil, words("onfault")},
	"mprotect":      {nil, protWordsList},
	"madvise":       {nil, lang.Advices},
	"posix_fadvise": {nil, lang.FileAdvices},
	"msync":         {nil, lang.SyncModes},
	"memset":        {nil, words("0", "0x41", "0xff")},
	"brk":           {words("+1", "+64K", "-1", "-64K")},
	"malloc":        {nil, words("24B", "1000B", "64K", "128K", "1M")},
	"mallopt":       {words("mmap_threshold"), words("4K", "64K", "128K", "1M")},
	"shmget":        {nil, words("1", "16", "64")},
	"shmctl":        {nil, lang.ShmOps},
	"exit":          {words("0", "1")},
	"kill":          {lang.Signals},
	"signal":        {words("SIGSEGV", "SIGBUS"), words("catch", "die")},
	"setrlimit":     {words("memlock"), words("0", "64K", "1M", "8M", "unlimited"), words("64K", "1M", "8M", "unlimited")},
	"capset":        {capabilityWords},
	"memcg":         {words("8M", "64M", "max")},
	"wait":          {words("500ms", "1s", "5s")},
	"speed":         {words("10/s", "100/s", "1000/s", "max")},
}

func words(list ...string) func() []string { return func() []string { return list } }

// capabilityWords are what capset drops, first of all what locking depends on.
func capabilityWords() []string {
	out := []string{"-ipc_lock"}
	for _, c := range lang.Capabilities() {
		if c != "ipc_lock" {
			out = append(out, "-"+c)
		}
	}
	return out
}

func mmapWords(before []string, s *model.State, proc string) []string {
	switch before[len(before)-1] {
	case "at":
		return regionNames(s, proc, nil)
	case "alias": // of what has a file behind it
		return regionNames(s, proc, func(r *model.Region) bool {
			return r.Backing == model.Memfd || r.Backing == model.Scratch || r.Backing == model.FileOf
		})
	case "file":
		return nil
	}
	return unused(lang.MmapOptions(), before)
}

func expectWords(before []string, s *model.State, proc string) []string {
	if len(before) == 1 {
		var out []string
		for _, f := range lang.ExpectForms() {
			out = append(out, f.Name)
		}
		return out
	}
	n := len(before)
	switch before[1] {
	case "errno":
		if n == 2 {
			return lang.Errnos()
		}
	case "signal":
		if n == 2 {
			return []string{"SIGSEGV", "SIGBUS", "SIGKILL"}
		}
	case "alive":
		if n == 2 {
			return procNames(s)
		}
	case "dead":
		if n == 2 {
			return append(procNames(s), lang.Signals()...)
		}
		if n == 3 && !slices.Contains(lang.Signals(), before[2]) {
			return lang.Signals()
		}
	case "rlimit":
		if n == 2 {
			return []string{"memlock"}
		}
	case "all", "no", "count", "vmas":
		if n == 2 {
			return regionNames(s, proc, nil)
		}
		if before[1] != "vmas" {
			var out []string
			for _, st := range lang.PageStates() {
				out = append(out, string(st))
			}
			return unused(out, before)
		}
	}
	return nil
}

// verbNames are all verbs, or those that may stand behind in.
func verbNames(within bool) []string {
	var out []string
	for _, v := range verbInfos {
		if !within || !v.Session {
			out = append(out, v.Name)
		}
	}
	return out
}

func procNames(s *model.State) []string {
	var out []string
	for i := range s.Procs {
		out = append(out, s.Procs[i].Name)
	}
	return out
}

// regionNames are the regions of a process, all of them or those that fit.
func regionNames(s *model.State, proc string, fits func(*model.Region) bool) []string {
	p := s.Process(proc)
	if p == nil {
		return nil
	}
	var out []string
	for i := range p.Regions {
		if fits == nil || fits(p.Regions[i]) {
			out = append(out, p.Regions[i].Name)
		}
	}
	return out
}

func protWordsList() []string {
	var out []string
	for _, p := range lang.Protections() {
		out = append(out, p.String())
	}
	return out
}

// unused are the words that the line does not have yet.
func unused(words, before []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return slices.Contains(before, w) })
}
