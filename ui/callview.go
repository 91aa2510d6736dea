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

// Call is one call of the log, opened.
type Call struct {
	*scene
	log  *callLog
	n    int // which entry of the log
	top  int // the line that is shown first
	h    int // lines on the screen, as they were drawn last
	kept keptC
}

// keptC is the C of the entry that was asked about last.
type keptC struct {
	event *model.Event
	text  string
}

// callKeys are the keys of a call that is open.
func callKeys() []SheetKey {
	scroll := func(n int) func(Sheet, SheetHost) tea.Cmd { return act(func(sh *Call, _ SheetHost) { sh.top += n }) }
	screen := func(n int) func(Sheet, SheetHost) tea.Cmd {
		return act(func(sh *Call, _ SheetHost) { sh.top += n * max(1, sh.h) })
	}
	older := func(n int) func(Sheet, SheetHost) tea.Cmd { return act(func(sh *Call, _ SheetHost) { sh.older(n) }) }
	return []SheetKey{
		{Keys: []string{"esc", "enter"}, Show: "esc", Word: "back", Do: shut},
		{Keys: []string{"y"}, Show: "y", Word: "copy command",
			Do: func(sh Sheet, h SheetHost) tea.Cmd { return copyCommand(h, sh.(*Call).opened()) }},
		{Keys: []string{"Y"}, Show: "Y", Word: "copy C", Do: func(sh Sheet, h SheetHost) tea.Cmd { return sh.(*Call).copyC(h) }},
		{Keys: []string{"["}, Show: "[ ]", Word: "older, newer", Do: older(1)},
		{Keys: []string{"]"}, Do: older(-1)},
		{Keys: []string{"down", "j"}, Show: "↑↓", ASCII: "up down", Word: "scroll", Do: scroll(1)},
		{Keys: []string{"up", "k"}, Do: scroll(-1)},
		{Keys: []string{"pgdown", "space"}, Do: screen(1)},
		{Keys: []string{"pgup"}, Do: screen(-1)},
		{Keys: []string{"home", "g"}, Do: act(func(sh *Call, _ SheetHost) { sh.top = 0 })},
		{Keys: []string{"end", "G"}, Do: scroll(1 << 20)},
		{Keys: []string{"q", "ctrl+c"}, Show: "q", Word: "quit", Do: leave},
	}
}

// whyNoCall says why there is no call to open.
func whyNoCall(m *Model) string {
	if m.log.selected() < 0 {
		return "There is no call yet."
	}
	return ""
}

// Open implements Sheet: it opens the entry that is selected.
func (sh *Call) Open() {
	if i := sh.log.selected(); i >= 0 {
		sh.n, sh.top = sh.log.calls[i].n, 0
	}
}

// Scroll implements Sheet.
func (sh *Call) Scroll(n int) { sh.top += n }

// older opens the entry that is n older, or newer where n is negative, and selects it.
func (sh *Call) older(n int) {
	if i := sh.log.find(sh.n); i >= 0 {
		sh.log.choose(sh.log.calls[canvas.Clamp(i-n, 0, len(sh.log.calls)-1)].n)
		sh.Open()
	}
}

// opened is the entry that is open.
func (sh *Call) opened() *call {
	if i := sh.log.find(sh.n); i >= 0 {
		return &sh.log.calls[i]
	}
	return &call{}
}

// Where the screen is as wide as callViewWide, the C stands beside the explanation. Else
// all of it is in one column, of callViewText columns at most: longer lines read badly.
const (
	callViewWide = 150
	callViewText = 110
)

// Draw implements Sheet: the call is scrolled as far as there is something to see.
func (sh *Call) Draw(a canvas.Area) {
	sh.h = a.H - 3
	k := sh.opened()
	head := a.Row(0)
	_, a = a.CutTop(1)
	left, right := a, canvas.Area{}
	if a.W >= callViewWide {
		left.W = (a.W - 4) / 2
		right = canvas.Area{X: a.X + left.W + 4, Y: a.Y, W: a.W - left.W - 4, H: a.H}
	} else {
		left.W = min(a.W, callViewText)
	}
	about := &callPage{m: sh, w: left.W}
	about.call(k)
	program := about
	if right.W > 0 {
		program = &callPage{m: sh, w: right.W}
	}
	program.asCommand(k)
	n := max(len(about.lines), len(program.lines))
	sh.top = canvas.Clamp(sh.top, 0, max(0, n-a.H))
	text := "esc closes"
	if n > a.H {
		text = fmt.Sprintf("lines %d to %d of %d", sh.top+1, min(n, sh.top+a.H), n)
	}
	newest := len(sh.log.calls)
	sh.look.DrawHeading(&sh.canvas, head, fmt.Sprintf("CALL %d of %d", sh.log.find(k.n)+1, newest), text)
	sh.drawCallPage(left, about)
	if right.W > 0 {
		sh.drawCallPage(right, program)
	}
}

// drawCallPage draws the lines of a page that are in view.
func (sh *Call) drawCallPage(a canvas.Area, p *callPage) {
	for y := range a.H {
		if i := sh.top + y; i < len(p.lines) {
			l := &p.lines[i]
			sh.canvas.Line(a.X, a.Y+y, a.W, l.text)
			if l.do != nil {
				sh.clickable(a.Row(y), l.do)
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

// copyCommand copies the command of an entry, as it can be typed.
func copyCommand(h SheetHost, k *call) tea.Cmd {
	text := plain(k.command, false)
	if text == "" {
		h.Say("No command stands behind this entry.", true)
		return nil
	}
	return h.Copy(text, text)
}

// copyC copies the C of the entry.
func (sh *Call) copyC(h SheetHost) tea.Cmd {
	text := sh.cOf(sh.opened())
	if text == "" {
		h.Say("There is no C that does the same.", true)
		return nil
	}
	return h.Copy(fmt.Sprintf("%d lines of C", strings.Count(text, "\n")), text)
}

// cOf is the C that does the same as an entry, or "". It is kept for the entry that is open, since it
// takes going through all that was done before.
func (sh *Call) cOf(k *call) string {
	if k.event == nil {
		return ""
	}
	if sh.kept.event != k.event {
		sh.kept = keptC{k.event, plain(csource.C(*k.event, csource.PastOf(sh.state, *k.event), k.regions, k.pageSize), true)}
	}
	return sh.kept.text
}
