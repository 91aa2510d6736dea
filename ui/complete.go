package ui

import (
	"slices"
	"strings"

	"incore/model"
)

// verbs of the language, made once: the table is never written to.
var verbInfos = model.Verbs()

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

// completions are the words that may stand where line ends and begin as its last
// word does, in the order of the language; proc is the process that the line is said of.
func completions(line string, s *model.State, proc string) []string {
	words := strings.Fields(line)
	last := ""
	if line != "" && !strings.HasSuffix(line, " ") && len(words) > 0 {
		last, words = words[len(words)-1], words[:len(words)-1]
	}
	var out []string
	for _, w := range candidates(words, s, proc) {
		if strings.HasPrefix(w, last) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// candidates are the words that may follow those before the caret.
func candidates(before []string, s *model.State, proc string) []string {
	if len(before) == 0 {
		return verbNames(false)
	}
	verb, n := before[0], len(before)
	switch {
	case verb == "in" && n == 1:
		return procNames(s)
	case verb == "in" && n == 2:
		return verbNames(true)
	case verb == "in":
		return candidates(before[2:], s, before[1])
	case verb == "expect":
		return expectWords(before, s, proc)
	case n == 1 && takesTarget[verb]:
		return regionNames(s, proc, nil)
	case n == 1 && takesRegion[verb] != nil:
		return regionNames(s, proc, takesRegion[verb])
	case verb == "mmap":
		return mmapWords(before, s, proc)
	case verb == "touch" && n > 1:
		switch before[n-1] {
		case "every":
			return nil
		case "at":
			return []string{"max"}
		}
		return unused([]string{"read", "write", "exec", "every", "random", "at"}, before)
	case verb == "mlockall":
		return unused([]string{"current", "future", "onfault"}, before)
	case n <= len(wordsOf[verb]) && wordsOf[verb][n-1] != nil:
		return wordsOf[verb][n-1]()
	case n == 2 && takesTargets[verb]:
		return regionNames(s, proc, nil)
	}
	return nil
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

// wordsOf are the words that a verb takes, at the place where it takes them.
var wordsOf = map[string][]func() []string{
	"mlock2":        {nil, words("onfault")},
	"mprotect":      {nil, protWordsList},
	"madvise":       {nil, model.Advices},
	"posix_fadvise": {nil, model.FileAdvices},
	"msync":         {nil, model.SyncModes},
	"shmctl":        {nil, model.ShmOps},
	"mallopt":       {words("mmap_threshold")},
	"kill":          {model.Signals},
	"signal":        {words("SIGSEGV", "SIGBUS"), words("catch", "die")},
	"setrlimit":     {words("memlock"), words("unlimited"), words("unlimited")},
	"capset":        {capabilityWords},
	"memcg":         {words("max")},
	"speed":         {words("max")},
}

func words(list ...string) func() []string { return func() []string { return list } }

// capabilityWords are what capset drops, first of all what locking depends on.
func capabilityWords() []string {
	out := []string{"-ipc_lock"}
	for _, c := range model.Capabilities() {
		if c != "ipc_lock" {
			out = append(out, "-"+c)
		}
	}
	return out
}

func mmapWords(before []string, s *model.State, proc string) []string {
	n := len(before)
	if n < 3 {
		return nil
	}
	switch before[n-1] {
	case "at":
		return regionNames(s, proc, nil)
	case "alias": // of what has a file behind it
		return regionNames(s, proc, func(r *model.Region) bool {
			return r.Backing == model.Memfd || r.Backing == model.Scratch || r.Backing == model.FileOf
		})
	case "file":
		return nil
	}
	return unused(model.MmapOptions(), before)
}

func expectWords(before []string, s *model.State, proc string) []string {
	if len(before) == 1 {
		var out []string
		for _, f := range model.ExpectForms() {
			out = append(out, f.Name)
		}
		return out
	}
	n := len(before)
	switch before[1] {
	case "errno":
		if n == 2 {
			return model.Errnos()
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
			return append(procNames(s), model.Signals()...)
		}
		if n == 3 && !slices.Contains(model.Signals(), before[2]) {
			return model.Signals()
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
			for _, st := range model.PageStates() {
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
		if fits == nil || fits(&p.Regions[i]) {
			out = append(out, p.Regions[i].Name)
		}
	}
	return out
}

func protWordsList() []string {
	var out []string
	for _, p := range model.Protections() {
		out = append(out, p.String())
	}
	return out
}

// unused are the words that the line does not have yet.
func unused(words, before []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return slices.Contains(before, w) })
}
