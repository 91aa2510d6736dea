package ui

import (
	"fmt"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/csource"
	"incore/ui/canvas"
)

// callView is one call of the log, opened.
type callView struct {
	n   int // which entry of the log
	top int // the line that is shown first
}

// keptC is the C of the entry that was asked about last.
type keptC struct {
	event *model.Event
	text  string
}

// callKeys are the keys of a call that is open, and those of the grid that are about calls.
func callKeys() []binding {
	do := func(f func(*Model)) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.status = status{}; f(m); return nil }
	}
	scroll := func(n int) func(*Model, string) tea.Cmd { return do(func(m *Model) { m.callView.top += n }) }
	page := func(n int) func(*Model, string) tea.Cmd {
		return do(func(m *Model) { m.callView.top += n * max(1, m.height-4) })
	}
	older := func(n int) func(*Model, string) tea.Cmd { return do(func(m *Model) { m.olderCall(n) }) }
	return []binding{
		{keys: []string{"enter"}, show: "enter", row: "enter y", word: "open", help: "open the call, copy its command", group: groupWhole,
			why: (*Model).whyNoCall, do: do(func(m *Model) { m.openCall(m.log.calls[m.log.selected()].n) })},
		{keys: []string{"y"}, show: "y", word: "copy", group: groupWhole, why: (*Model).whyNoCall,
			do: func(m *Model, _ string) tea.Cmd { return m.copyCommand(&m.log.calls[m.log.selected()]) }},

		{mode: modeCall, keys: []string{"esc", "enter"}, show: "esc", word: "back", do: do((*Model).back)},
		{mode: modeCall, keys: []string{"y"}, show: "y", word: "copy command",
			do: func(m *Model, _ string) tea.Cmd { return m.copyCommand(m.openedCall()) }},
		{mode: modeCall, keys: []string{"Y"}, show: "Y", word: "copy C",
			do: func(m *Model, _ string) tea.Cmd { return m.copyC(m.openedCall()) }},
		{mode: modeCall, keys: []string{"["}, show: "[ ]", word: "older, newer", do: older(1)},
		{mode: modeCall, keys: []string{"]"}, do: older(-1)},
		{mode: modeCall, keys: []string{"down", "j"}, show: "↑↓", ascii: "up down", word: "scroll", do: scroll(1)},
		{mode: modeCall, keys: []string{"up", "k"}, do: scroll(-1)},
		{mode: modeCall, keys: []string{"pgdown", "space"}, do: page(1)},
		{mode: modeCall, keys: []string{"pgup"}, do: page(-1)},
		{mode: modeCall, keys: []string{"home", "g"}, do: do(func(m *Model) { m.callView.top = 0 })},
		{mode: modeCall, keys: []string{"end", "G"}, do: scroll(1 << 20)},
		{mode: modeCall, keys: []string{"q", "ctrl+c"}, show: "q", word: "quit", do: quit},
	}
}

// whyNoCall says why there is no call to open.
func (m *Model) whyNoCall() string {
	if m.log.selected() < 0 {
		return "There is no call yet."
	}
	return ""
}

// openCall opens an entry of the log by its number, and selects it.
func (m *Model) openCall(n int) {
	m.mode, m.callView = modeCall, callView{n: n}
	m.log.back = len(m.log.calls) - 1 - m.log.find(n)
}

// olderCall opens the entry that is n older, or newer where n is negative.
func (m *Model) olderCall(n int) {
	if i := m.log.find(m.callView.n); i >= 0 {
		m.openCall(m.log.calls[canvas.Clamp(i-n, 0, len(m.log.calls)-1)].n)
	}
}

// openedCall is the entry that is open.
func (m *Model) openedCall() *call {
	if i := m.log.find(m.callView.n); i >= 0 {
		return &m.log.calls[i]
	}
	return &call{}
}

// Where the screen is as wide as callViewWide, the C stands beside the explanation. Else
// all of it is in one column, of callViewText columns at most: longer lines read badly.
const (
	callViewWide = 150
	callViewText = 110
)

// drawCallView draws a call over the whole screen but the last row, scrolled as far as there
// is something to see.
func (m *Model) drawCallView() {
	a := canvas.Area{X: m.lay.keys.X, Y: 0, W: m.lay.keys.W, H: m.height - 1}
	if a.Empty() {
		return
	}
	k := m.openedCall()
	head := a.Row(0)
	_, a = a.CutTop(1)
	left, right := a, canvas.Area{}
	if a.W >= callViewWide {
		left.W = (a.W - 4) / 2
		right = canvas.Area{X: a.X + left.W + 4, Y: a.Y, W: a.W - left.W - 4, H: a.H}
	} else {
		left.W = min(a.W, callViewText)
	}
	about := &callPage{m: m, w: left.W}
	about.call(k)
	program := about
	if right.W > 0 {
		program = &callPage{m: m, w: right.W}
	}
	program.asCommand(k)
	n := max(len(about.lines), len(program.lines))
	m.callView.top = canvas.Clamp(m.callView.top, 0, max(0, n-a.H))
	text := "esc closes"
	if n > a.H {
		text = fmt.Sprintf("lines %d to %d of %d", m.callView.top+1, min(n, m.callView.top+a.H), n)
	}
	newest := len(m.log.calls)
	m.theme.DrawHeading(&m.canvas, head, fmt.Sprintf("CALL %d of %d", m.log.find(k.n)+1, newest), text)
	m.drawCallPage(left, about)
	if right.W > 0 {
		m.drawCallPage(right, program)
	}
}

// drawCallPage draws the lines of a page that are in view.
func (m *Model) drawCallPage(a canvas.Area, p *callPage) {
	for y := range a.H {
		if i := m.callView.top + y; i < len(p.lines) {
			l := &p.lines[i]
			m.drawLine(a.Row(y), l.pieces)
			if l.do != nil {
				m.clickable(a.Row(y), l.do)
			}
		}
	}
}

// plain takes out of a text that goes to the clipboard what would steer the terminal, or the
// program that it is pasted into: control and formatting characters, but for newlines where
// lines are kept.
func plain(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' && lines || !(unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
}

// copied puts a text into the clipboard of the terminal (OSC 52), and says so. Whether the
// terminal does it cannot be told.
func (m *Model) copied(what, text string) tea.Cmd {
	m.status = status{text: "Copied " + what + ", where the terminal allows it (OSC 52)."}
	if canvas.Width(m.status.text) > m.lay.keys.W {
		m.status.text = "Copied, if the terminal does OSC 52."
	}
	return tea.SetClipboard(text)
}

// copyCommand copies the command of an entry, as it can be typed.
func (m *Model) copyCommand(k *call) tea.Cmd {
	text := plain(k.command, false)
	if text == "" {
		m.status = status{"No command stands behind this entry.", true}
		return nil
	}
	return m.copied(text, text)
}

// copyC copies the C of an entry.
func (m *Model) copyC(k *call) tea.Cmd {
	text := m.cOf(k)
	if text == "" {
		m.status = status{"There is no C that does the same.", true}
		return nil
	}
	return m.copied(fmt.Sprintf("%d lines of C", strings.Count(text, "\n")), text)
}

// cOf is the C that does the same as an entry, or "". It is kept for the entry that is open, since it
// takes going through all that was done before.
func (m *Model) cOf(k *call) string {
	if k.event == nil {
		return ""
	}
	if m.keptC.event != k.event {
		m.keptC = keptC{k.event, plain(csource.C(*k.event, csource.PastOf(m.state, *k.event), k.regions, k.pageSize), true)}
	}
	return m.keptC.text
}
