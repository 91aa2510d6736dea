package ui

import (
	"slices"
	"strings"

	"incore/model"
)

// verbs of this version, made once: the table is never written to.
var verbInfos = model.Verbs()

// usageOf is how a verb is written and what it does, or "" for a word that is none.
func usageOf(verb string) string {
	for _, v := range verbInfos {
		if v.Name == verb {
			return v.Usage + "   " + v.Help
		}
	}
	return ""
}

// completions are the words that may stand where line ends and begin as its last
// word does, in the order of the language.
func completions(line string, s *model.State) []string {
	words := strings.Fields(line)
	last := ""
	if line != "" && !strings.HasSuffix(line, " ") && len(words) > 0 {
		last, words = words[len(words)-1], words[:len(words)-1]
	}
	var out []string
	for _, w := range candidates(words, s) {
		if strings.HasPrefix(w, last) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// candidates are the words that may follow those before the caret.
func candidates(before []string, s *model.State) []string {
	if len(before) == 0 {
		var out []string
		for _, v := range verbInfos {
			if v.Built {
				out = append(out, v.Name)
			}
		}
		return out
	}
	verb, n := before[0], len(before)
	if n == 1 && takesTarget[verb] {
		return regionNames(s)
	}
	switch verb {
	case "memcpy", "memmove", "memcmp":
		if n == 2 {
			return regionNames(s)
		}
	case "mmap":
		if n >= 3 {
			return unused(model.MmapOptions(), before)
		}
	case "mlock2":
		if n == 2 {
			return []string{"onfault"}
		}
	case "mlockall":
		return unused([]string{"current", "future", "onfault"}, before)
	case "mprotect":
		if n == 2 {
			return protWordsList()
		}
	case "madvise":
		if n == 2 {
			return model.Advices()
		}
	case "touch":
		switch before[n-1] {
		case "every":
			return nil
		case "at":
			return []string{"max"}
		}
		return unused([]string{"read", "write", "exec", "every", "random", "at"}, before)
	case "speed":
		if n == 1 {
			return []string{"max"}
		}
	case "expect":
		return expectWords(before, s)
	}
	return nil
}

// takesTarget are the verbs whose first word names pages.
var takesTarget = map[string]bool{
	"munmap": true, "mlock": true, "mlock2": true, "munlock": true, "mprotect": true, "madvise": true, "mincore": true,
	"touch": true, "memset": true, "memcpy": true, "memmove": true, "memcmp": true,
}

func expectWords(before []string, s *model.State) []string {
	if len(before) == 1 {
		var out []string
		for _, f := range model.ExpectForms() {
			out = append(out, f.Name)
		}
		return out
	}
	switch before[1] {
	case "errno":
		if len(before) == 2 {
			return model.Errnos()
		}
	case "signal", "dead":
		if len(before) == 2 {
			return []string{"SIGSEGV", "SIGBUS", "SIGKILL"}
		}
	case "rlimit":
		if len(before) == 2 {
			return []string{"memlock"}
		}
	case "all", "no", "count", "vmas":
		if len(before) == 2 {
			return regionNames(s)
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

func regionNames(s *model.State) []string {
	var out []string
	for i := range s.Proc.Regions {
		out = append(out, s.Proc.Regions[i].Name)
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
