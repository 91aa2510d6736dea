package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/jump"
	"incore/ui/scene"
)

// jumping is the line that says where to go, and the one that says what to look for.
type jumping struct {
	goes, finds palette
	hands       palette    // a show of hands
	last        jump.Match // what was found last
}

// typesInto returns the line that is typed into, or nil.
func typesInto(m *Model) *palette {
	switch m.mode {
	case modePalette:
		return &m.palette
	case modeGo:
		return &m.jump.goes
	case modeFind:
		return &m.jump.finds
	case modeHands:
		return &m.jump.hands
	}
	return nil
}

func openJump(m *Model, md mode) {
	m.mode, m.status, m.jump.last = md, status{}, jump.Match{}
	p := typesInto(m)
	p.set("")
	p.recent, p.draft = len(p.history), ""
}

// jumpKeys returns the keys of both lines.
func jumpKeys() []binding {
	next := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { findNext(m, n); return nil }
	}
	keys := []binding{
		{mode: modeGo, keys: []string{"enter"}, show: "enter", word: "go", do: func(m *Model, _ string) tea.Cmd { goThere(m); return nil }},
		{mode: modeGo, keys: []string{"tab"}, show: "tab", word: "complete", do: func(m *Model, _ string) tea.Cmd { completeName(m); return nil }},
		{mode: modeGo, keys: []string{"up", "ctrl+p"}, show: "↑↓", ascii: "up down", word: "history", do: edit(func(p *palette) { p.recall(-1) })},
		{mode: modeGo, keys: []string{"down", "ctrl+n"}, do: edit(func(p *palette) { p.recall(1) })},
		{mode: modeFind, keys: []string{"enter", "down", "ctrl+n"}, show: "enter", word: "next", do: next(1)},
		{mode: modeFind, keys: []string{"up", "ctrl+p"}, show: "↑", ascii: "up", word: "the one before", do: next(-1)},
	}
	return append(append(keys, editKeys(modeGo)...), editKeys(modeFind)...)
}

// goThere goes to what is typed, or says why it cannot.
func goThere(m *Model) {
	p := &m.jump.goes
	if strings.TrimSpace(p.text) == "" {
		m.mode = modeGrid
		return
	}
	to, why := jump.To(&m.Scene, p.text)
	if why != "" {
		p.said = why
		return
	}
	p.remember(strings.TrimSpace(p.text))
	m.mode = modeGrid
	if to.Region == "" {
		m.goToProcess(m.State.Process(to.Proc))
	} else {
		m.GoTo(to.Place)
	}
	if to.Page >= 0 {
		m.GoToPage(to.Place, to.Page)
	}
	m.status = status{text: "This is " + to.Says + "."}
}

// completeName completes the name that is typed, as far as all names that begin so are alike.
func completeName(m *Model) {
	p := &m.jump.goes
	if fits := namesFitting(m); len(fits) > 0 {
		p.replaceWord(commonPrefix(fits))
	}
}

// namesFitting returns the names that begin with the word before the caret.
func namesFitting(m *Model) (fits []string) {
	p := &m.jump.goes
	word := string(lastWord(p.line[:p.at]))
	for _, name := range jump.Names(&m.Scene) {
		if strings.HasPrefix(name, word) {
			fits = append(fits, name)
		}
	}
	return fits
}

// findNext goes to the next region or call that has the text that is typed, or to the one before, around the end. Of no
// text it takes that of the search before.
func findNext(m *Model, n int) {
	p := &m.jump.finds
	if strings.TrimSpace(p.text) == "" {
		if len(p.history) == 0 {
			m.mode = modeGrid
			return
		}
		p.set(p.history[len(p.history)-1])
	}
	found := jump.Find(&m.Scene, &m.log, p.text)
	if len(found) == 0 {
		p.said = jump.NotFound(&m.Scene, &m.log, p.text)
		return
	}
	p.remember(strings.TrimSpace(p.text))
	at := matchAt(m, found)
	if at < 0 && n < 0 {
		at = 0
	}
	at = ((at+n)%len(found) + len(found)) % len(found)
	m.jump.last = found[at]
	if to := found[at]; to.Call > 0 {
		m.log.Choose(to.Call)
	} else {
		m.GoTo(to.Region)
	}
}

// matchAt returns which of the matches was gone to last, or -1.
func matchAt(m *Model, found []jump.Match) int {
	for i := range found {
		if found[i].Same(m.jump.last) {
			return i
		}
	}
	return -1
}

// drawJump draws the line, and below it where it leads.
func drawJump(m *Model) {
	a, th, c, p := m.lay.prompt, m.Look, &m.Canvas, typesInto(m)
	if a.Empty() {
		return
	}
	c.Fill(a.X, a.Y, a.W, ' ', canvas.Style{})
	prompt := map[mode]string{modeGo: "go to", modeFind: "find", modeHands: "hands"}[m.mode]
	x := a.X + c.Text(a.X, a.Y, a.W/2, prompt, th.Accent.Bold()) + 1
	m.drawLine(p, canvas.Area{X: x, Y: a.Y, W: a.X + a.W - x, H: 1}, -1, -1)
	if a = m.lay.status; m.lay.Size == scene.SizeSmall {
		a = m.lay.keys
	}
	c.Fill(a.X, a.Y, a.W, ' ', canvas.Style{})
	text, st := jumpHint(m), th.Dim
	if p.said != "" {
		text, st = p.said, th.Text.Bold()
	}
	c.Text(a.X+2, a.Y, a.W-2, canvas.Fit(text, a.W-2), st)
}

// jumpHint says where the line leads as far as it is typed.
func jumpHint(m *Model) string {
	p, w := typesInto(m), m.lay.status.W-2
	empty := strings.TrimSpace(p.text) == ""
	if m.mode == modeHands {
		return longest(w, "How many hands for each option, in their order: 12 3 0 7", "hands for each option: 12 3 0")
	}
	if m.mode == modeFind {
		if empty {
			return longest(w, "A part of a call or a region: mlock, a name. Nothing: the search before.", "A part of a call or region: mlock")
		}
		found := jump.Find(&m.Scene, &m.log, p.text)
		switch at := matchAt(m, found); {
		case len(found) == 0:
			return "Nothing has that in it yet."
		case at >= 0:
			return fmt.Sprintf("%d of %d: %s", at+1, len(found), found[at].Says)
		case len(found) == 1:
			return "1 has it: " + found[0].Says
		}
		return fmt.Sprintf("%d have it: enter goes to the first, %s", len(found), found[0].Says)
	}
	if empty {
		return longest(w, "A page: 40 or a[40]. An address: 0x7f3a40028000. Or a region or a process.", "40, a[40], 0x7f3a40028000, a name")
	}
	to, why := jump.To(&m.Scene, p.text)
	if why == "" {
		return "enter: " + to.Says
	}
	if fits := namesFitting(m); len(fits) > 0 && len(lastWord(p.line[:p.at])) > 0 {
		return strings.Join(fits[:min(len(fits), 20)], "  ")
	}
	return why
}
