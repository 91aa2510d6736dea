package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// keyHint is one key of the keys line.
type keyHint struct {
	show, word string
	key        string // what a click on it presses; "" where its arrows are keys each

	rank  int // how early it goes where the line is short: the highest first
	width int // columns, with what parts it from the next
}

// keysApart is the columns between two keys of the keys line.
const keysApart = 2

// keyRank is which keys of the grid stay longest where the line is short: what a newcomer needs first, and never
// without a way out. A binding counts by its first key, and the arrows by none.
var keyRank = []string{"w", "l", "q", "?", "n", "", "r", "u", ":", "z", "1", "L", "s", "i", "m", "enter", "p", "o", "space", "tab", "v", "g", "/", "y",
	"a", "d", "x", "R", "P", "t", "S", "."}

// keysOfDead are the keys that do something where the process is gone.
var keysOfDead = []string{keyProcess, "tab", keyReset, ":", "?", "q"}

const keyProcess, keyReset = "n", "R"

// keyLine returns the keys of a mode that are shown in w columns, in the order of the
// table. Those about what goes on in the grid come first. Where the subject is gone, the key for a fresh one does. The key
// for another process is shown where there is one.
func keyLine(md mode, th *look.Look, w int, now keysNow) []keyHint {
	var all []keyHint
	if md == modeGrid {
		if all = append(now.leads(), now.lesson...); !now.only {
			all = append(all, keyHint{show: th.Arrows, word: "move", rank: rankOf(md, "", now.dead)})
		}
	}
	for i := range table {
		b := &table[i]
		if b.mode != md || b.word == "" {
			continue
		}
		key := b.keys[0]
		if key == keyProcess && !now.several || md == modeGrid && (now.leavesOut(key) || now.dead && !slices.Contains(keysOfDead, key)) {
			continue
		}
		show := b.show
		if th.ASCII && b.ascii != "" {
			show = b.ascii
		}
		k := keyHint{show: show, word: b.word, key: key, rank: rankOf(md, key, now.dead)}
		if md == modeGrid && key == "q" && len(now.first) > 0 {
			k.rank = -1 - len(now.first) // what goes on must not hide the way out
		}
		all = append(all, k)
	}
	total := -keysApart
	for i := range all {
		k := &all[i]
		k.width = canvas.Width(k.show) + 1 + canvas.Width(k.word) + keysApart
		total += k.width
	}
	for len(all) > 0 && total > w {
		worst := 0
		for i := range all {
			if all[i].rank >= all[worst].rank {
				worst = i
			}
		}
		total -= all[worst].width
		all = slices.Delete(all, worst, worst+1)
	}
	return all
}

// rankOf returns how early a key of a mode goes where the line is short. Of a process that is gone the keys that lead on
// stay longest.
func rankOf(md mode, key string, dead bool) int {
	if dead && (key == keyReset || key == keyProcess) {
		return -1
	}
	if i := slices.Index(keyRank, key); md == modeGrid && i >= 0 {
		return i
	}
	return len(keyRank)
}

// drawKeys draws as many keys of the mode as fit; a click on one presses it. Where the mode
// has no line of its own for what there is to say, that is said here.
func (m *Model) drawKeys() {
	a, th, c := m.lay.keys, m.Look, &m.Canvas
	if a.Empty() || m.lay.Size == scene.SizeSmall && modeGrid < m.mode && m.mode < firstSheet {
		return
	}
	if m.mode == modePalette && len(m.hintRows(a.W-2)) > 1 {
		return
	}
	if m.mode >= firstSheet && m.status.text != "" {
		st := th.Dim
		if m.status.bad {
			st = th.Text.Bold()
		}
		c.Text(a.X, a.Y, a.W, m.status.text, st)
		return
	}
	x := a.X
	for _, k := range keyLine(m.mode, th, a.W, keysOf(m)) {
		from := x
		x += c.Text(x, a.Y, a.X+a.W-x, k.show, th.Key) + 1
		x += c.Text(x, a.Y, a.X+a.W-x, k.word, th.Dim)
		if arrows := arrowKeys(k.show); arrows != nil {
			for i, key := range arrows {
				m.Clickable(canvas.Area{X: from + i, Y: a.Y, W: 1, H: 1}, m.press(key))
			}
		} else if k.key != "" {
			m.Clickable(canvas.Area{X: from, Y: a.Y, W: x - from, H: 1}, m.press(k.key))
		}
		x += keysApart
	}
	if sh, ok := m.sheet().(interface{ Note() string }); ok {
		m.Canvas.TextRight(x, a.Y, a.X+a.W-x, sh.Note(), th.Dim)
	}
}

// arrowKeys returns the keys of a text that is all arrows, or nil.
func arrowKeys(show string) (keys []string) {
	for _, r := range show {
		switch r {
		case '←':
			keys = append(keys, "left")
		case '→':
			keys = append(keys, "right")
		case '↑':
			keys = append(keys, "up")
		case '↓':
			keys = append(keys, "down")
		default:
			return nil
		}
	}
	return keys
}

// press returns a click on a key.
func (m *Model) press(key string) func(scene.Clicks) tea.Cmd {
	return func(scene.Clicks) tea.Cmd {
		if m.leaving {
			return answerQuit(m, key)
		}
		if b := m.binding(key); b != nil {
			return m.bound(b, key)
		}
		return nil
	}
}

// cannot reports whether a key cannot work now, and says why.
func (m *Model) cannot(b *binding) bool {
	if b.why == nil {
		return false
	}
	why := b.why(m)
	if why != "" {
		m.status = status{why, true}
	}
	return why != ""
}

// bound does what a key is bound to, or says why that cannot be now. What was said of the
// key before is no longer so.
func (m *Model) bound(b *binding, key string) tea.Cmd {
	if m.mode == modeGrid || m.mode >= firstSheet {
		m.status = status{}
	}
	ofPages := b.mode == modeGrid && b.group == groupPages
	if ofPages && m.unseen != "" {
		m.leave(m.unseen, false)
		return nil
	}
	if m.cannot(b) {
		return nil
	}
	// What acts is about the pages as they are, not as a picture that is held still shows them;
	// and only where they are still those that it shows.
	wentOn := (ofPages || b.whole) && m.goOn()
	if wentOn {
		m.relayout()
		if why := moved(&m.Scene, &m.intent); ofPages && why != "" {
			m.leave(why, true)
			return nil
		}
		if m.cannot(b) {
			return nil
		}
	}
	cmd := b.do(m, key)
	if wentOn {
		m.status = status{text: wentOnText}
	}
	return cmd
}

// keysNow is what the keys line of the grid follows beside the mode.
type keysNow struct {
	dead    bool      // the process is gone
	several bool      // there is another process
	first   []lead    // the keys that come first
	only    bool      // there are no others
	hidden  string    // a key that is left out
	lesson  []keyHint // the keys of the lesson that is taken
}

// lead is a key that is about what goes on now, and what it does in a word. An empty word is that of the key table.
type lead struct{ key, word string }

// keysOfPages are the keys that act on what is selected, in the order in which they are shown.
var keysOfPages = []string{"r", "w", "l", "u", "o", "p", "a", "d", "x"}

// lastsFrom is how long a command runs before the keys line says how to stop it. Most end sooner, and would have it flicker.
const lastsFrom = 200 * time.Millisecond

// keysOf returns what the keys line follows. What can be done now comes first: the answer to a question, then how to
// end what goes on.
func keysOf(m *Model) keysNow {
	now := keysNow{dead: m.Proc().Death != nil, several: m.Several()}
	add := func(key, word string) { now.first = append(now.first, lead{key, word}) }
	if m.leaving {
		add("q", "quit")
		add("esc", "go on")
		now.only = true
		return now
	}
	lasting := m.State.Running.Command != nil && m.State.Time-m.State.Running.Time >= lastsFrom
	switch {
	case lasting:
		add("esc", "stop")
	case m.Focus.Selecting:
		add("esc", "unselect")
	}
	if m.teach.On() {
		now.lesson = lessonHints(m)
	}
	if m.paused() {
		add("space", "go on")
	} else if lasting && !m.teach.On() {
		add("space", "pause")
	}
	if whyNoStep(m) == "" {
		add(".", "next")
	}
	if m.Focus.Selecting && scene.WhyNoAct(&m.Scene) == "" {
		for _, key := range keysOfPages {
			add(key, "")
		}
		now.hidden = "v"
	}
	return now
}

// leads returns the keys that come first, as the line shows them.
func (now *keysNow) leads() (all []keyHint) {
	for i, l := range now.first {
		b := lookup(modeGrid, l.key)
		k := keyHint{show: b.show, word: l.word, key: l.key, rank: i - len(now.first)}
		if k.word == "" {
			k.word, k.rank = b.word, rankOf(modeGrid, l.key, now.dead)
		}
		all = append(all, k)
	}
	return all
}

// leavesOut reports whether a key of the table is not shown, or was among the first.
func (now *keysNow) leavesOut(key string) bool {
	for _, l := range now.first {
		if l.key == key {
			return true
		}
	}
	for _, l := range now.lesson {
		if l.key == key {
			return true
		}
	}
	return now.only || key == now.hidden
}
