package ui

import (
	"slices"
	"strings"
)

// usageLines is what the verb takes, and what it does where both have room. It is in two
// lines where it is long, the second in the place of the keys; then what the line has
// already is left out, and in a small terminal too.
func (m *Model) usageLines(w int) []string {
	p := &m.palette
	verb := verbOf(string(p.line))
	usage, help := usageOf(verb)
	long := usage + "   " + help
	switch {
	case p.err != nil || len(p.words) > 0 || usage == "":
		return nil
	case textWidth(long) <= w:
		return []string{long}
	case textWidth(usage) <= w:
		return []string{truncate(long, w)}
	}
	left := strings.Join(remaining(usage, string(p.line)), " ")
	lines := wrap(left, w)
	rows := 2
	if m.lay.size == sizeSmall {
		rows = 1
	}
	if len(lines) > rows {
		lines = append(lines[:rows-1:rows-1], fit(strings.Join(lines[rows-1:], " "), w))
	}
	return lines
}

// remaining are the parts of a usage that the line does not have yet.
func remaining(usage, line string) (parts []string) {
	words := strings.Fields(line)
	verb := verbOf(line)
	if i := slices.Index(words, verb); i >= 0 {
		words = words[i+1:]
	}
	if !strings.HasSuffix(line, " ") && len(words) > 0 {
		words = words[:len(words)-1] // it is being typed
	}
	place := 0
	for _, part := range usageParts(usage)[1:] {
		optional, ok := strings.CutPrefix(part, "[")
		if !ok {
			if place++; place > len(words) {
				parts = append(parts, part)
			}
			continue
		}
		said := slices.ContainsFunc(strings.Split(strings.TrimSuffix(optional, "]"), "|"), func(option string) bool {
			option, _, _ = strings.Cut(option, " ")
			return slices.Contains(words[min(place, len(words)):], option)
		})
		if !said {
			parts = append(parts, part)
		}
	}
	return parts
}

// usageParts are the verb and the words that a usage has, one in brackets as a whole.
func usageParts(usage string) (parts []string) {
	open := false
	for _, word := range strings.Fields(usage) {
		if open {
			parts[len(parts)-1] += " " + word
		} else {
			parts = append(parts, word)
		}
		open = (open || strings.HasPrefix(word, "[")) && !strings.HasSuffix(word, "]")
	}
	return parts
}
