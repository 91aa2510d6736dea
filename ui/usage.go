package ui

import (
	"slices"
	"strings"
)

// hintRows is what stands below the line while nothing is wrong with it and tab offers nothing:
// what the command would do once it is one, before that what its verb takes. Where it is long it
// is in two rows, the second in the place of the keys, if those have a place of their own.
func (m *Model) hintRows(w int) [][]piece {
	if m.palette.said != "" || len(m.palette.words) > 0 || m.lineError() != nil {
		return nil
	}
	rows := 1
	if k := m.lay.keys; !k.empty() && k.y > m.lay.status.y {
		rows = 2
	}
	if p := m.foreseen(); p.cmd != nil && !(p.reach.Unknown && m.naming()) {
		return m.previewRows(&p.reach, w, rows)
	}
	var lines [][]piece
	for _, line := range m.usageLines(w, rows) {
		lines = append(lines, []piece{{line, m.theme.dim}})
	}
	if lines != nil {
		return lines
	}
	text := "tab completes; f1 explains the commands"
	if p := m.elsewhere(); p != "" {
		text = "runs in " + p + "; for another process: in main …"
	}
	return [][]piece{{{fit(text, w), m.theme.mute}}}
}

// usageLines is what the verb takes, and what it does where both have room. Where it is long,
// what the line has already is left out.
func (m *Model) usageLines(w, rows int) []string {
	line := m.palette.text
	usage, help := usageOf(verbOf(line))
	long := usage + "   " + help
	switch {
	case usage == "":
		return nil
	case textWidth(long) <= w:
		return []string{long}
	case textWidth(usage) <= w:
		return []string{truncate(long, w)}
	}
	lines := wrap(strings.Join(remaining(usage, line), " "), w)
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
