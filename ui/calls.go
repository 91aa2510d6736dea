package ui

import (
	"fmt"
	"strings"
)

// piece is a part of a line in one style.
type piece struct {
	text string
	st   style
}

// drawCalls draws the newest calls, the last of them at the end.
func (m *Model) drawCalls() {
	a, th := m.lay.calls, m.theme
	if a.empty() {
		return
	}
	l := &m.log
	if a.h >= 3 && m.lay.size != sizeSmall || a.h >= 4 {
		right := "strace-style"
		if l.back > 0 {
			right = fmt.Sprintf("%d newer below", l.back)
		}
		m.canvas.heading(a.row(0), th, "CALLS", right)
		_, a = a.cutTop(1)
	}
	newest := len(l.calls) - l.back
	// Entries are laid out from the newest up until the panel is full.
	var rows [][]piece
	for i := newest - 1; i >= 0 && len(rows) < a.h; i-- {
		entry := m.callLines(&l.calls[i], a, i == newest-1)
		if len(entry) > a.h && l.calls[i].bad {
			// Why it failed is wanted more than what it cost.
			k := l.calls[i]
			k.costs = ""
			entry = m.callLines(&k, a, i == newest-1)
		}
		if len(rows)+len(entry) > a.h && len(rows) > 0 {
			// A call of which only a part fits is not shown: its end alone would mislead.
			break
		}
		rows = append(entry, rows...)
	}
	if len(rows) > a.h {
		rows = rows[:a.h]
		end := &rows[a.h-1][len(rows[a.h-1])-1]
		end.text = fit(end.text+" …", max(0, textWidth(end.text)))
	}
	for i, row := range rows {
		x := a.x
		for _, p := range row {
			if p.text == "\t" { // the rest is set to the right
				rest := 0
				for _, q := range row[len(row)-1:] {
					rest += textWidth(q.text)
				}
				x = a.x + a.w - rest
				continue
			}
			x += m.canvas.text(x, a.y+i, a.x+a.w-x, p.text, p.st)
		}
	}
	if len(l.calls) < 2 {
		_, a = a.cutTop(len(rows) + 1)
		m.drawFirstSteps(a)
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
// for one that failed what went wrong. Of calls before the newest one only the
// first line of that is shown.
func (m *Model) callLines(k *call, a area, newest bool) [][]piece {
	th := m.theme
	indent, stamp := 10, fmt.Sprintf("%9.3f ", k.time.Seconds())
	if a.w < 50 {
		indent, stamp = 2, ""
	}
	lines := m.callText(k, stamp, a.w, indent)
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
	if newest && a.h < 8 {
		notes = joined(notes)
	}
	for i, n := range notes {
		st := th.text
		if n.bad {
			st = th.fail
		}
		wrapped := wrap(n.text, a.w-indent)
		if !newest && len(wrapped) > 0 {
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
	if cause := k.cause(); m.lay.size == sizeSmall && newest && k.bad && k.name != "" && cause != "" && a.h > 1 && len(lines) > a.h {
		lines = m.callText(k.brief(a.w-textWidth(stamp)), stamp, a.w, indent)[:1]
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
			lines = m.callText(k.brief(a.w-textWidth(stamp)), stamp, a.w, indent)[:1]
		}
	}
	return lines
}

// brief is the call with its result where there is one line of width w: of its
// arguments as much as leaves room for the result.
func (k *call) brief(w int) *call {
	b := *k
	for _, n := range k.notes {
		if n.bad {
			b.ret, _, _ = strings.Cut(n.text, " at ") // a signal's address is in the grid
		}
	}
	for _, args := range [][]string{k.args, {first(k.args), "…"}, {"…"}, nil} {
		b.args = args
		if textWidth(b.who)+len(b.name)+len("() = ")+textWidth(strings.Join(args, ", "))+textWidth(b.ret) <= w {
			break
		}
	}
	return &b
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// wrapList breaks a list after its commas: +4K alone would not say of what.
func wrapList(s string, w int) []string {
	var lines []string
	line := ""
	for part := range strings.SplitSeq(s, ", ") {
		switch {
		case line == "":
			line = part
		case textWidth(line)+2+textWidth(part)+1 <= w:
			line += ", " + part
		default:
			lines = append(lines, line+",")
			line = part
		}
	}
	return append(lines, line)
}

// joined puts what explains a call into one paragraph, which takes fewer lines.
func joined(notes []note) []note {
	var out []note
	for _, n := range notes {
		if k := len(out) - 1; k >= 0 && !n.bad && !out[k].bad {
			out[k].text += " " + n.text
			continue
		}
		out = append(out, n)
	}
	return out
}

const spaces = "                "

func pad(n int) string { return spaces[:min(n, len(spaces))] }

func pieceWidth(line []piece) int {
	n := 0
	for _, p := range line {
		n += textWidth(p.text)
	}
	return n
}

// callText is the call itself: name(args) = ret, on further lines where it is too
// long for one, broken between arguments.
func (m *Model) callText(k *call, stamp string, w, indent int) [][]piece {
	th := m.theme
	ret, retStyle := k.ret, th.ok
	if k.bad {
		retStyle = th.fail
	}
	line := []piece{}
	if stamp != "" {
		line = append(line, piece{stamp, th.mute})
	}
	if k.name == "" {
		return m.noteText(k, stamp, w, indent)
	}
	if k.who != "" {
		line = append(line, piece{k.who, th.accent})
	}
	line = append(line, piece{k.name, th.text.bold()}, piece{"(", th.dim})
	var lines [][]piece
	used := pieceWidth(line)
	// put adds pieces that stay together, on a new line where they do not fit.
	put := func(pieces ...piece) {
		n := pieceWidth(pieces)
		if used+n > w && used > indent {
			lines = append(lines, line)
			line, used = []piece{{pad(indent), style{}}}, indent
		}
		line, used = append(line, pieces...), used+n
	}
	for i, arg := range k.args {
		if i+1 < len(k.args) {
			put(piece{arg + ", ", th.dim})
		} else {
			put(piece{arg + ")", th.dim})
		}
	}
	if len(k.args) == 0 {
		put(piece{")", th.dim})
	}
	end := []piece{{" = ", th.dim}, {ret, retStyle}}
	if used+pieceWidth(end) > w && used > indent {
		lines = append(lines, line)
		line, end[0].text = []piece{{pad(indent), style{}}}, "= "
	}
	return append(lines, append(line, end...))
}

// noteText is an entry without a call: what was said of one that was not made, or a text.
func (m *Model) noteText(k *call, stamp string, w, indent int) [][]piece {
	th := m.theme
	st := th.dim
	if k.bad {
		st = th.fail
	}
	var lines [][]piece
	for i, s := range wrap(k.ret, w-indent) {
		line := []piece{}
		switch {
		case i > 0:
			line = append(line, piece{pad(indent), style{}})
		case stamp != "":
			line = append(line, piece{stamp, th.mute})
		}
		lines = append(lines, append(line, piece{s, st}))
	}
	if lines == nil {
		lines = [][]piece{{{stamp, th.mute}}}
	}
	return lines
}
