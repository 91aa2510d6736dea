package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
)

// menu is one row of choices, each with a key.
type menu struct {
	title string
	short string // the title for where that has no room, or ""
	items []menuItem
	at    int
	// moved says in what the choices are about something else than when the menu opened, or "".
	moved func(*scene.Scene) string
}

// menuItem is one choice. A nil command only closes the menu.
type menuItem struct {
	keys    []string // the first is shown
	word    string
	command model.Command
}

func (m *Model) openMenu(n menu) {
	m.menu, m.mode, m.status = n, modeMenu, status{}
}

func (n *menu) move(by int) { n.at = ((n.at+by)%len(n.items) + len(n.items)) % len(n.items) }

// menuKey takes the item of that key.
func (m *Model) menuKey(key string) {
	for i, it := range m.menu.items {
		for _, k := range it.keys {
			if k == key {
				m.choose(i)
				return
			}
		}
	}
}

func (m *Model) choose(i int) {
	m.mode = modeGrid
	c := m.menu.items[i].command
	if c == nil {
		return
	}
	if why := m.menu.moved(&m.Scene); why != "" {
		m.leave(why, false)
		return
	}
	if c == model.Command(lang.Reset{}) {
		startOver(m)
		return
	}
	m.submit(m.within(c))
}

// openPagesMenu opens a menu about what is selected.
func (m *Model) openPagesMenu(n menu) {
	was := intended(&m.Scene)
	n.moved = func(s *scene.Scene) string { return moved(s, &was) }
	m.openMenu(n)
}

// askReset asks before it throws the regions away; where every process is gone there is
// nothing to lose.
func (m *Model) askReset() {
	lives := func(p model.Process) bool { return p.Death == nil }
	if m.Proc().Death != nil && !slices.ContainsFunc(m.State.Procs, lives) {
		startOver(m)
		return
	}
	title := "Reset ends the subject and all its regions:"
	if m.Several() {
		title = fmt.Sprintf("Reset ends all %d processes and their regions:", len(m.State.Procs))
	}
	was := intentsOf(&m.Scene, lang.Reset{})
	m.openMenu(menu{title: title, short: "Reset ends all of it:", moved: func(s *scene.Scene) string { return differs(s, lang.Reset{}, was) }, items: []menuItem{
		{[]string{"n"}, "keep it", nil}, {[]string{"y", "R"}, "reset", lang.Reset{}},
	}})
}

func protMenu(t model.Target) menu {
	n := menu{title: "Protect " + t.String() + ":"}
	for _, p := range []struct {
		keys []string
		prot model.Prot
	}{
		{[]string{"n", "0"}, model.ProtNone}, {[]string{"r"}, model.ProtRead}, {[]string{"w"}, model.ProtRead | model.ProtWrite},
		{[]string{"x"}, model.ProtRead | model.ProtExec}, {[]string{"a"}, model.ProtRead | model.ProtWrite | model.ProtExec},
		{[]string{"o"}, model.ProtWrite},
	} {
		word := p.prot.String()
		if p.prot == model.ProtWrite {
			word = "w only"
		}
		n.items = append(n.items, menuItem{p.keys, word, lang.Mprotect{T: t, Prot: p.prot}})
	}
	return n
}

// adviceKeys are the keys of the advices; one that has none is reached with the arrows.
var adviceKeys = map[lang.Advice]string{
	"dontneed": "d", "willneed": "w", "free": "f", "cold": "c", "pageout": "p", "populate_read": "r", "populate_write": "P",
	"hugepage": "H", "nohugepage": "n", "collapse": "C", "guard_install": "g", "guard_remove": "G", "normal": "N",
	"random": "a", "sequential": "s", "dontneed_locked": "D", "remove": "R", "mergeable": "m", "unmergeable": "M",
	"dontfork": "t", "dofork": "T", "wipeonfork": "z", "keeponfork": "Z", "dontdump": "u", "dodump": "U",
}

// adviceOrder puts what a lecture needs first.
var adviceOrder = []lang.Advice{"dontneed", "willneed", "free", "cold", "pageout", "populate_read", "populate_write",
	"guard_install", "guard_remove", "hugepage", "nohugepage", "collapse"}

func adviceMenu(t model.Target) menu {
	n := menu{title: "Advise " + t.String() + ":"}
	add := func(a lang.Advice) {
		for _, it := range n.items {
			if it.word == string(a) {
				return
			}
		}
		it := menuItem{word: string(a), command: lang.Madvise{T: t, Advice: a}}
		if k := adviceKeys[a]; k != "" {
			it.keys = []string{k}
		}
		n.items = append(n.items, it)
	}
	for _, a := range adviceOrder {
		add(a)
	}
	for _, a := range lang.Advices() {
		add(lang.Advice(a))
	}
	return n
}

// drawMenu draws the title with what the chosen item would do and, in the row below, the choices.
func (m *Model) drawMenu() {
	a, th, c, n := m.lay.prompt, m.Look, &m.Canvas, &m.menu
	if a.Empty() {
		return
	}
	c.Fill(a.X, a.Y, a.W, ' ', canvas.Style{})
	title := n.title
	if canvas.Width(title) > a.W && n.short != "" {
		title = n.short
	}
	x := a.X + c.Text(a.X, a.Y, a.W, title, th.Text.Bold()) + 2
	if n.items[n.at].command != nil && x+leastChoice <= a.X+a.W {
		m.Canvas.Line(x, a.Y, a.X+a.W-x, m.choicePieces(a.X+a.W-x))
	}
	m.drawItems(m.lay.status)
}

// leastChoice is the columns in which a part of a command would say nothing.
const leastChoice = 8

// choicePieces returns the command of the chosen item and what it would do, in w columns. What keeps it
// from being done is wanted most.
func (m *Model) choicePieces(w int) canvas.Line {
	th, p := m.Look, m.foreseen()
	line := canvas.Line{th.Dim.Span(p.cmd.String())}
	beside, st := p.reach.Note, th.Gold
	if p.reach.Why != "" {
		beside, st = panel.Warning(&p.reach), th.Fail
	}
	if beside != "" {
		if room := w - line.Width() - 2; room < min(canvas.Width(beside), 2*panel.LeastEffect) {
			return canvas.Line{st.Span(canvas.Fit(beside, w))}
		}
		return append(line, canvas.Pad(2), st.Span(canvas.Fit(beside, w-line.Width()-2)))
	}
	// The command says it all but in the call's own words, which the log will have.
	if room := w - line.Width() - 3; p.reach.Effect != "" && room > panel.LeastEffect {
		line = append(line, th.Text.Span(" → "+canvas.Fit(p.reach.Effect, room)))
	}
	return line
}

// drawItems draws the choices, scrolled so that the chosen one is seen; a click on one takes it.
func (m *Model) drawItems(a canvas.Area) {
	th, c, n := m.Look, &m.Canvas, &m.menu
	c.Fill(a.X, a.Y, a.W, ' ', canvas.Style{})
	width := func(it *menuItem) int {
		w := canvas.Width(it.word) + 3
		if len(it.keys) > 0 {
			w += canvas.Width(it.keys[0]) + 1
		}
		return w
	}
	first := 0
	for first < n.at {
		w := 0
		for i := first; i <= n.at; i++ {
			w += width(&n.items[i])
		}
		if w <= a.W-2 {
			break
		}
		first++
	}
	x := a.X
	for i := first; i < len(n.items); i++ {
		it := &n.items[i]
		if x+width(it)-2 > a.X+a.W-1 && i > first {
			c.Set(min(x, a.X+a.W-1), a.Y, c.Printable('…'), th.Mute)
			return
		}
		word := th.Dim
		if i == n.at {
			word = th.Text.Bold()
			word.Attr |= canvas.Underline
		}
		from := x
		if len(it.keys) > 0 {
			x += c.Text(x, a.Y, a.X+a.W-x, it.keys[0], th.Key) + 1
		}
		x += c.Text(x, a.Y, a.X+a.W-x, it.word, word)
		m.Clickable(canvas.Area{X: from, Y: a.Y, W: x - from, H: 1}, func(scene.Clicks) tea.Cmd {
			if i < len(m.menu.items) {
				m.choose(i)
			}
			return nil
		})
		x += 3
	}
}
