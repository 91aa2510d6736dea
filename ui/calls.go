package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
)

// callPanel is the newest calls of the log, the selected one among them.
type callPanel struct {
	*scene
	area canvas.Area
	log  *callLog
}

// draw draws as many calls as there is room for, the newest at the end, with the one
// that is selected among them.
func (pn *callPanel) draw() {
	a, th, l := pn.area, pn.look, pn.log
	if a.Empty() {
		return
	}
	sel := l.selected()
	if a.H >= 3 && pn.plan.size != sizeSmall || a.H >= 4 {
		right := "strace-style, enter opens"
		if l.back > 0 {
			right = fmt.Sprintf("%d newer, enter opens", l.back)
		}
		if sel < 0 {
			right = ""
		}
		th.DrawHeading(&pn.canvas, a.Row(0), "CALLS", right)
		_, a = a.CutTop(1)
	}
	rows := 0
	for _, e := range pn.shownCalls(a) {
		pn.drawEntry(canvas.Area{X: a.X, Y: a.Y + rows, W: a.W, H: min(len(e.lines), a.H-rows)}, &e, e.at == sel && l.back > 0)
		rows += len(e.lines)
	}
	if len(l.calls) < 2 {
		_, a = a.CutTop(rows + 1)
		pn.drawFirstSteps(a)
	}
}

// shownEntry is an entry as it is laid out.
type shownEntry struct {
	at    int // in the log
	lines []canvas.Line
}

// shownCalls are the entries that the panel shows: as they were where the selected one is
// among them, else moved just as far as it takes.
func (pn *callPanel) shownCalls(a canvas.Area) []shownEntry {
	l := pn.log
	sel := l.selected()
	if sel < 0 {
		return nil
	}
	last := max(l.last, sel)
	if l.back == 0 || last >= len(l.calls) {
		last = len(l.calls) - 1
	}
	list := pn.callsUpTo(last, a)
	if list[0].at > sel { // which the panel does not reach: it becomes the first
		rows := 0
		last = sel
		for i := sel; i < len(l.calls); i++ {
			if rows += len(pn.entryLines(i, a)); rows > a.H && i > sel {
				break
			}
			last = i
		}
		list = pn.callsUpTo(last, a)
	}
	l.last = last
	return list
}

// callsUpTo lays entries out, from the one at last upwards until the panel is full.
func (pn *callPanel) callsUpTo(last int, a canvas.Area) []shownEntry {
	var list []shownEntry
	rows := 0
	for i := last; i >= 0 && rows < a.H; i-- {
		lines := pn.entryLines(i, a)
		if rows += len(lines); rows > a.H && len(list) > 0 {
			// A call of which only a part fits is not shown: its end alone would mislead.
			break
		}
		list = append(list, shownEntry{i, lines})
	}
	slices.Reverse(list)
	return list
}

// entryLines lays one entry out, in no more lines than the panel has.
func (pn *callPanel) entryLines(i int, a canvas.Area) []canvas.Line {
	k, full := &pn.log.calls[i], i == pn.log.selected()
	lines := pn.callLines(k, a, full)
	if len(lines) > a.H && k.bad {
		// Why it failed is wanted more than what it cost.
		short := *k
		short.costs = ""
		lines = pn.callLines(&short, a, full)
	}
	if len(lines) > a.H {
		lines = lines[:a.H]
		end := &lines[a.H-1][len(lines[a.H-1])-1]
		end.Text = canvas.Fit(end.Text+" …", canvas.Width(end.Text))
	}
	return lines
}

// drawEntry draws an entry, and makes it open where it is clicked.
func (pn *callPanel) drawEntry(a canvas.Area, e *shownEntry, marked bool) {
	if a.Empty() {
		return
	}
	n := pn.log.calls[e.at].n
	pn.clickable(a, func(h host) tea.Cmd { h.OpenCall(n); return nil })
	for i, line := range e.lines[:a.H] {
		pn.canvas.Line(a.X, a.Y+i, a.W, line)
		if !marked {
			continue
		}
		if c := pn.canvas.At(a.X, a.Y+i); c != nil && c.Rune == ' ' {
			c.Rune, c.Style = pn.look.Marker, pn.look.Accent
		} else if c != nil {
			c.Attr |= canvas.Reverse
		}
	}
}

// firstSteps is what stands below the first call, where there is nothing else yet.
var firstSteps = []string{
	"w writes this page: a fault brings it in.",
	"l locks it, u unlocks it, p protects it.",
	"v selects more pages, m maps a new region.",
}

func (pn *callPanel) drawFirstSteps(a canvas.Area) {
	x := a.X + 10
	if a.H < len(firstSteps) || a.W < 52 || pn.region() == nil {
		return
	}
	for i, s := range firstSteps {
		pn.canvas.Text(x, a.Y+i, a.X+a.W-x, s, pn.look.Dim)
	}
}

// callLines lays an entry out: the call, what it cost beside it or below it, and
// for one that failed what went wrong. Of calls but the selected one only the
// first line of that is shown.
func (pn *callPanel) callLines(k *call, a canvas.Area, full bool) []canvas.Line {
	th := pn.look
	indent, stamp := 10, fmt.Sprintf("%9.3f ", k.time.Seconds())
	if a.W < 50 {
		indent, stamp = 2, ""
	}
	lines := callText(pn.look, k, stamp, a.W, indent, false)
	tight := a.H < 2
	if k.costs != "" {
		if n := lines[len(lines)-1].Width(); n+3+canvas.Width(k.costs) <= a.W {
			lines[len(lines)-1] = append(lines[len(lines)-1], canvas.Style{}.Span(canvas.Tab), th.Dim.Span(k.costs))
		} else if !tight {
			for _, line := range canvas.WrapList(k.costs, a.W-indent) {
				lines = append(lines, canvas.Line{canvas.Pad(indent), th.Dim.Span(line)})
			}
		}
	}
	notes := k.notes
	if full && a.H < 8 {
		notes = joined(notes)
	}
	for i, n := range notes {
		st := th.Text
		if n.bad {
			st = th.Fail
		}
		wrapped := canvas.Wrap(n.text, a.W-indent)
		if !full && len(wrapped) > 0 {
			if i > 0 && !n.bad && !notes[0].bad || i > 1 {
				break
			}
			wrapped = []string{canvas.Fit(n.text, a.W-indent)}
			if !n.bad {
				st = th.Dim
			}
		}
		for _, line := range wrapped {
			lines = append(lines, canvas.Line{canvas.Pad(indent), st.Span(line)})
		}
	}
	if cause := k.cause(); pn.plan.size == sizeSmall && full && k.bad && k.name != "" && cause != "" && a.H > 1 && len(lines) > a.H {
		lines = callText(pn.look, k.brief(a.W-canvas.Width(stamp)), stamp, a.W, indent, false)[:1]
		why := canvas.Wrap(cause, a.W-indent)
		for i := 0; i < len(why) && len(lines) < a.H; i++ {
			line := why[i]
			if len(lines) == a.H-1 {
				line = canvas.Fit(strings.Join(why[i:], " "), a.W-indent)
			}
			lines = append(lines, canvas.Line{canvas.Pad(indent), th.Text.Span(line)})
		}
		return lines
	}
	if tight && len(lines) > 1 {
		lines = lines[:1]
		if k.name != "" {
			lines = callText(pn.look, k.brief(a.W-canvas.Width(stamp)), stamp, a.W, indent, false)[:1]
		}
	}
	return lines
}
