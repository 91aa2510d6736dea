package sheet

import (
	"fmt"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/csource"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
)

// Call is the sheet of one call of the log.
type Call struct {
	*scene.Scene
	Log  *panel.Log // whose entry it shows
	n    int        // which entry of the log
	Top  int        // the line that is shown first
	h    int        // lines on the screen, as they were drawn last
	kept keptC
}

// keptC is the C of the entry that was asked about last.
type keptC struct {
	event *model.Event
	text  string
}

// CallKeys returns the keys of the sheet of a call.
func CallKeys() []Key {
	scroll := func(n int) func(Sheet, Host) tea.Cmd { return act(func(sh *Call, _ Host) { sh.Top += n }) }
	screen := func(n int) func(Sheet, Host) tea.Cmd {
		return act(func(sh *Call, _ Host) { sh.Top += n * max(1, sh.h) })
	}
	older := func(n int) func(Sheet, Host) tea.Cmd { return act(func(sh *Call, _ Host) { sh.older(n) }) }
	return []Key{
		{Keys: []string{"esc", "q", "enter"}, Show: "esc q", Word: "back", Do: shut},
		{Keys: []string{"y"}, Show: "y", Word: "copy command",
			Do: func(sh Sheet, h Host) tea.Cmd { return CopyCommand(h, sh.(*Call).Opened()) }},
		{Keys: []string{"Y"}, Show: "Y", Word: "copy C", Do: func(sh Sheet, h Host) tea.Cmd { return sh.(*Call).copyC(h) }},
		{Keys: []string{"["}, Show: "[ ]", Word: "older, newer", Do: older(1)},
		{Keys: []string{"]"}, Do: older(-1)},
		{Keys: []string{"down", "j"}, Show: "↑↓", ASCII: "up down", Word: "scroll", Do: scroll(1)},
		{Keys: []string{"up", "k"}, Do: scroll(-1)},
		{Keys: []string{"pgdown", "space"}, Do: screen(1)},
		{Keys: []string{"pgup"}, Do: screen(-1)},
		{Keys: []string{"home", "g"}, Do: act(func(sh *Call, _ Host) { sh.Top = 0 })},
		{Keys: []string{"end", "G"}, Do: scroll(1 << 20)},
		{Keys: []string{"ctrl+c"}, Show: "ctrl+c", Help: "quit at once", Do: leave},
	}
}

// Open implements Sheet. It opens the entry that is selected.
func (sh *Call) Open() {
	if i := sh.Log.Selected(); i >= 0 {
		sh.n, sh.Top = sh.Log.Calls[i].N, 0
	}
}

// Scroll implements Sheet.
func (sh *Call) Scroll(n int) { sh.Top += n }

// older opens the entry that is n older, or newer where n is negative, and selects it.
func (sh *Call) older(n int) {
	if i := sh.Log.Find(sh.n); i >= 0 {
		sh.Log.Choose(sh.Log.Calls[canvas.Clamp(i-n, 0, len(sh.Log.Calls)-1)].N)
		sh.Open()
	}
}

// Opened returns the entry that is open. It is an empty one if the log has none.
func (sh *Call) Opened() *panel.Call {
	if i := sh.Log.Find(sh.n); i >= 0 {
		return &sh.Log.Calls[i]
	}
	return &panel.Call{}
}

// Where the screen is as wide as callViewWide, the C stands beside the explanation. Else
// all of it is in one column, of callViewText columns at most: longer lines read badly.
const (
	callViewWide = 150
	callViewText = 110
)

// Draw implements Sheet. It scrolls the call as far as there is something to see.
func (sh *Call) Draw(a canvas.Area) {
	sh.h = a.H - 3
	k := sh.Opened()
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
	sh.Top = canvas.Clamp(sh.Top, 0, max(0, n-a.H))
	text := "esc closes"
	if n > a.H {
		text = fmt.Sprintf("lines %d to %d of %d", sh.Top+1, min(n, sh.Top+a.H), n)
	}
	newest := len(sh.Log.Calls)
	sh.Look.DrawHeading(&sh.Canvas, head, fmt.Sprintf("CALL %d of %d", sh.Log.Find(k.N)+1, newest), text)
	sh.drawCallPage(left, about)
	if right.W > 0 {
		sh.drawCallPage(right, program)
	}
}

// drawCallPage draws the lines of a page that are in view.
func (sh *Call) drawCallPage(a canvas.Area, p *callPage) {
	for y := range a.H {
		if i := sh.Top + y; i < len(p.lines) {
			l := &p.lines[i]
			sh.Canvas.Line(a.X, a.Y+y, a.W, l.text)
			if l.do != nil {
				sh.Clickable(a.Row(y), l.do)
			}
		}
	}
}

// Plain returns a text for the clipboard without what would steer the terminal, or the program that it is
// pasted into: control and formatting characters. Newlines stay if lines is true.
func Plain(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' && lines || !(unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
}

// CopyCommand copies the command of an entry, as it can be typed.
func CopyCommand(h Host, k *panel.Call) tea.Cmd {
	text := Plain(k.Command, false)
	if text == "" {
		h.Say("No command stands behind this entry.", true)
		return nil
	}
	return h.Copy(text, text)
}

// copyC copies the C of the entry.
func (sh *Call) copyC(h Host) tea.Cmd {
	text := sh.COf(sh.Opened())
	if text == "" {
		h.Say("There is no C that does the same.", true)
		return nil
	}
	return h.Copy(fmt.Sprintf("%d lines of C", strings.Count(text, "\n")), text)
}

// COf returns the C that does the same as an entry, or "". It is kept for the entry that is open, since it
// takes going through all that was done before.
func (sh *Call) COf(k *panel.Call) string {
	if k.Event == nil {
		return ""
	}
	if sh.kept.event != k.Event {
		sh.kept = keptC{k.Event, Plain(csource.C(*k.Event, csource.PastOf(sh.State, *k.Event), k.Regions, k.PageSize), true)}
	}
	return sh.kept.text
}
