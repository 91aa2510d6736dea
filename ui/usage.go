package ui

import (
	"strings"

	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/panel"
)

// hintRows returns what stands below the line while nothing is wrong with it and tab offers nothing:
// what the command would do once it is one, before that what its verb takes. Where it is long it
// is in two rows, the second in the place of the keys, if those have a place of their own.
func (m *Model) hintRows(w int) []canvas.Line {
	if m.palette.said != "" || len(m.palette.words) > 0 || m.lineError() != nil {
		return nil
	}
	rows := 1
	if k := m.lay.keys; !k.Empty() && k.Y > m.lay.status.Y {
		rows = 2
	}
	if p := m.foreseen(); p.cmd != nil && !(p.reach.Unknown && m.naming()) {
		preview := panel.Preview{Scene: &m.Scene}
		return preview.PreviewRows(&p.reach, w, rows)
	}
	var lines []canvas.Line
	for _, line := range m.usageLines(w, rows) {
		lines = append(lines, canvas.Line{m.Look.Dim.Span(line)})
	}
	if lines != nil {
		return lines
	}
	text := "tab completes; f1 explains the commands"
	if p := m.elsewhere(); p != "" {
		text = "runs in " + p + "; for another process: in main …"
	}
	return []canvas.Line{{m.Look.Mute.Span(canvas.Fit(text, w))}}
}

// usageLines returns what the verb takes, and what it does where both have room. Where it is long,
// what the line has already is left out.
func (m *Model) usageLines(w, rows int) []string {
	ahead := m.foreseen().lookAhead()
	verb, ok := lang.FindVerb(ahead.Verb)
	usage := verb.Usage
	long := usage + "   " + verb.Help
	switch {
	case !ok:
		return nil
	case canvas.Width(long) <= w:
		return []string{long}
	case canvas.Width(usage) <= w:
		return []string{canvas.Truncate(long, w)}
	}
	lines := canvas.Wrap(strings.Join(ahead.Rest, " "), w)
	if len(lines) > rows {
		lines = append(lines[:rows-1:rows-1], canvas.Fit(strings.Join(lines[rows-1:], " "), w))
	}
	return lines
}
