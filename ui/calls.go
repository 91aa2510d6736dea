package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// piece is a part of a line in one style.
type piece struct {
	text string
	st   style
}

// drawCalls draws as many calls as there is room for, the newest at the end, with the one
// that is selected among them.
func (m *Model) drawCalls() {
	a, th, l := m.lay.calls, m.theme, &m.log
	if a.empty() {
		return
	}
	sel := l.selected()
	if a.h >= 3 && m.lay.size != sizeSmall || a.h >= 4 {
		right := "strace-style, enter opens"
		if l.back > 0 {
			right = fmt.Sprintf("%d newer, enter opens", l.back)
		}
		if sel < 0 {
			right = ""
		}
		m.canvas.heading(a.row(0), th, "CALLS", right)
		_, a = a.cutTop(1)
	}
	rows := 0
	for _, e := range m.shownCalls(a) {
		m.drawEntry(area{a.x, a.y + rows, a.w, min(len(e.lines), a.h-rows)}, &e, e.at == sel && l.back > 0)
		rows += len(e.lines)
	}
	if len(l.calls) < 2 {
		_, a = a.cutTop(rows + 1)
		m.drawFirstSteps(a)
	}
}

// shownEntry is an entry as it is laid out.
type shownEntry struct {
	at    int // in the log
	lines [][]piece
}

// shownCalls are the entries that the panel shows: as they were where the selected one is
// among them, else moved just as far as it takes.
func (m *Model) shownCalls(a area) []shownEntry {
	l := &m.log
	sel := l.selected()
	if sel < 0 {
		return nil
	}
	last := max(l.last, sel)
	if l.back == 0 || last >= len(l.calls) {
		last = len(l.calls) - 1
	}
	list := m.callsUpTo(last, a)
	if list[0].at > sel { // which the panel does not reach: it becomes the first
		rows := 0
		last = sel
		for i := sel; i < len(l.calls); i++ {
			if rows += len(m.entryLines(i, a)); rows > a.h && i > sel {
				break
			}
			last = i
		}
		list = m.callsUpTo(last, a)
	}
	l.last = last
	return list
}

// callsUpTo lays entries out, from the one at last upwards until the panel is full.
func (m *Model) callsUpTo(last int, a area) []shownEntry {
	var list []shownEntry
	rows := 0
	for i := last; i >= 0 && rows < a.h; i-- {
		lines := m.entryLines(i, a)
		if rows += len(lines); rows > a.h && len(list) > 0 {
			// A call of which only a part fits is not shown: its end alone would mislead.
			break
		}
		list = append(list, shownEntry{i, lines})
	}
	slices.Reverse(list)
	return list
}

// entryLines lays one entry out, in no more lines than the panel has.
func (m *Model) entryLines(i int, a area) [][]piece {
	k, full := &m.log.calls[i], i == m.log.selected()
	lines := m.callLines(k, a, full)
	if len(lines) > a.h && k.bad {
		// Why it failed is wanted more than what it cost.
		short := *k
		short.costs = ""
		lines = m.callLines(&short, a, full)
	}
	if len(lines) > a.h {
		lines = lines[:a.h]
		end := &lines[a.h-1][len(lines[a.h-1])-1]
		end.text = fit(end.text+" …", max(0, textWidth(end.text)))
	}
	return lines
}

// drawEntry draws an entry, and makes it open where it is clicked.
func (m *Model) drawEntry(a area, e *shownEntry, marked bool) {
	if a.empty() {
		return
	}
	n := m.log.calls[e.at].n
	m.clickable(a, func(m *Model) tea.Cmd { m.openCall(n); return nil })
	for i, line := range e.lines[:a.h] {
		m.drawLine(a.row(i), line)
		if !marked {
			continue
		}
		if c := m.canvas.at(a.x, a.y+i); c != nil && c.r == ' ' {
			c.r, c.style = m.theme.marker, m.theme.accent
		} else if c != nil {
			c.attr |= reverse
		}
	}
}

// drawLine draws a line of pieces; what stands behind a tab is set to the right.
func (m *Model) drawLine(a area, line []piece) {
	x := a.x
	for _, p := range line {
		if p.text == "\t" {
			x = a.x + a.w - textWidth(line[len(line)-1].text)
			continue
		}
		x += m.canvas.text(x, a.y, a.x+a.w-x, p.text, p.st)
	}
}

// firstSteps is what stands below the first call, where there is nothing else yet.
var firstSteps = []string{
	"w writes this page: a fault brings it in.",
	"l locks it, u unlocks it, p protects it.",
	"v selects more pages, m maps a new region.",
}

func (m *Model) drawFirstSteps(a area) {
	x := a.x + 10
	if a.h < len(firstSteps) || a.w < 52 || m.region() == nil {
		return
	}
	for i, s := range firstSteps {
		m.canvas.text(x, a.y+i, a.x+a.w-x, s, m.theme.dim)
	}
}

// callLines lays an entry out: the call, what it cost beside it or below it, and
// for one that failed what went wrong. Of calls but the selected one only the
// first line of that is shown.
func (m *Model) callLines(k *call, a area, full bool) [][]piece {
	th := m.theme
	indent, stamp := 10, fmt.Sprintf("%9.3f ", k.time.Seconds())
	if a.w < 50 {
		indent, stamp = 2, ""
	}
	lines := m.callText(k, stamp, a.w, indent, false)
	tight := a.h < 2
	if k.costs != "" {
		if n := pieceWidth(lines[len(lines)-1]); n+3+textWidth(k.costs) <= a.w {
			lines[len(lines)-1] = append(lines[len(lines)-1], piece{"\t", style{}}, piece{k.costs, th.dim})
		} else if !tight {
			for _, line := range wrapList(k.costs, a.w-indent) {
				lines = append(lines, []piece{{pad(indent), style{}}, {line, th.dim}})
			}
		}
	}
	notes := k.notes
	if full && a.h < 8 {
		notes = joined(notes)
	}
	for i, n := range notes {
		st := th.text
		if n.bad {
			st = th.fail
		}
		wrapped := wrap(n.text, a.w-indent)
		if !full && len(wrapped) > 0 {
			if i > 0 && !n.bad && !notes[0].bad || i > 1 {
				break
			}
			wrapped = []string{fit(n.text, a.w-indent)}
			if !n.bad {
				st = th.dim
			}
		}
		for _, line := range wrapped {
			lines = append(lines, []piece{{pad(indent), style{}}, {line, st}})
		}
	}
	if cause := k.cause(); m.lay.size == sizeSmall && full && k.bad && k.name != "" && cause != "" && a.h > 1 && len(lines) > a.h {
		lines = m.callText(k.brief(a.w-textWidth(stamp)), stamp, a.w, indent, false)[:1]
		why := wrap(cause, a.w-indent)
		for i := 0; i < len(why) && len(lines) < a.h; i++ {
			line := why[i]
			if len(lines) == a.h-1 {
				line = fit(strings.Join(why[i:], " "), a.w-indent)
			}
			lines = append(lines, []piece{{pad(indent), style{}}, {line, th.text}})
		}
		return lines
	}
	if tight && len(lines) > 1 {
		lines = lines[:1]
		if k.name != "" {
			lines = m.callText(k.brief(a.w-textWidth(stamp)), stamp, a.w, indent, false)[:1]
		}
	}
	return lines
}
