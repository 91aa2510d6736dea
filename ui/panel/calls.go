package panel

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/scene"
)

// Calls draws the newest calls of the log.
type Calls struct {
	*scene.Scene
	Area canvas.Area // the cells that it draws in
	Log  *Log        // whose entries it draws
}

// Draw draws as many calls as there is room for. The newest is at the end, and the selected one among them.
func (pn *Calls) Draw() {
	a, th, l := pn.Area, pn.Look, pn.Log
	if a.Empty() {
		return
	}
	sel := l.Selected()
	if a.H >= 3 && pn.Plan.Size != scene.SizeSmall || a.H >= 4 {
		right := "strace-style, enter opens"
		if l.Back > 0 {
			right = fmt.Sprintf("%d newer, enter opens", l.Back)
		}
		if sel < 0 {
			right = ""
		}
		th.DrawHeading(&pn.Canvas, a.Row(0), "CALLS", right)
		_, a = a.CutTop(1)
	}
	rows := 0
	for _, e := range pn.shownCalls(a) {
		pn.drawEntry(canvas.Area{X: a.X, Y: a.Y + rows, W: a.W, H: min(len(e.lines), a.H-rows)}, &e, e.at == sel && l.Back > 0)
		rows += len(e.lines)
	}
}

// shownEntry is an entry as it is laid out.
type shownEntry struct {
	at    int // in the log
	lines []canvas.Line
}

// shownCalls returns the entries that the panel shows: as they were where the selected one is
// among them, else moved just as far as it takes.
func (pn *Calls) shownCalls(a canvas.Area) []shownEntry {
	l := pn.Log
	sel := l.Selected()
	if sel < 0 {
		return nil
	}
	last := max(l.last, sel)
	if l.Back == 0 || last >= len(l.Calls) {
		last = len(l.Calls) - 1
	}
	list := pn.callsUpTo(last, a)
	if list[0].at > sel { // which the panel does not reach: it becomes the first
		rows := 0
		last = sel
		for i := sel; i < len(l.Calls); i++ {
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
func (pn *Calls) callsUpTo(last int, a canvas.Area) []shownEntry {
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

// entryLines returns the lines of one entry, no more than the panel has. They are laid out once, since the panel is drawn with each
// change of a page.
func (pn *Calls) entryLines(i int, a canvas.Area) []canvas.Line {
	l := pn.Log
	key := laidOut{l.Calls[i].N, a.W, a.H, i == l.Selected(), pn.Plan.Size, pn.Look}
	lines, ok := l.laid[key]
	if !ok {
		const most = 256 // of several sizes and looks
		if l.laid == nil || len(l.laid) >= most {
			l.laid = map[laidOut][]canvas.Line{}
		}
		lines = pn.layOut(&l.Calls[i], a, key.full)
		l.laid[key] = lines
	}
	return lines
}

// layOut lays one entry out, in no more lines than the panel has.
func (pn *Calls) layOut(k *Call, a canvas.Area, full bool) []canvas.Line {
	lines := pn.callLines(k, a, full)
	if len(lines) > a.H && k.Bad {
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
func (pn *Calls) drawEntry(a canvas.Area, e *shownEntry, marked bool) {
	if a.Empty() {
		return
	}
	n := pn.Log.Calls[e.at].N
	pn.Clickable(a, func(h scene.Clicks) tea.Cmd { h.OpenCall(n); return nil })
	for i, line := range e.lines[:a.H] {
		pn.Canvas.Line(a.X, a.Y+i, a.W, line)
		if !marked {
			continue
		}
		if c := pn.Canvas.At(a.X, a.Y+i); c != nil && c.Rune == ' ' {
			c.Rune, c.Style = pn.Look.Marker, pn.Look.Accent
		} else if c != nil {
			c.Attr |= canvas.Reverse
		}
	}
}

// callLines lays an entry out: the call, what it cost beside it or below it, and
// for one that failed what went wrong. Of calls but the selected one only the
// first line of that is shown.
func (pn *Calls) callLines(k *Call, a canvas.Area, full bool) []canvas.Line {
	th := pn.Look
	indent, stamp := 10, fmt.Sprintf("%9.3f ", k.Time.Seconds())
	if a.W < 50 {
		indent, stamp = 2, ""
	}
	lines := CallText(pn.Look, k, stamp, a.W, indent, false)
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
	notes := k.Notes
	if full && a.H < 8 {
		notes = joined(notes)
	}
	for i, n := range notes {
		st := th.Text
		if n.Bad {
			st = th.Fail
		}
		wrapped := canvas.Wrap(n.Text, a.W-indent)
		if !full && len(wrapped) > 0 {
			if i > 0 && !n.Bad && !notes[0].Bad || i > 1 {
				break
			}
			wrapped = []string{canvas.Fit(n.Text, a.W-indent)}
			if !n.Bad {
				st = th.Dim
			}
		}
		for _, line := range wrapped {
			lines = append(lines, canvas.Line{canvas.Pad(indent), st.Span(line)})
		}
	}
	if cause := k.cause(); pn.Plan.Size == scene.SizeSmall && full && k.Bad && k.name != "" && cause != "" && a.H > 1 && len(lines) > a.H {
		lines = CallText(pn.Look, k.brief(a.W-canvas.Width(stamp)), stamp, a.W, indent, false)[:1]
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
			lines = CallText(pn.Look, k.brief(a.W-canvas.Width(stamp)), stamp, a.W, indent, false)[:1]
		}
	}
	return lines
}
