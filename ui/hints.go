package ui

import (
	"strings"

	"incore/model"
	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/look"
)

// hint says of one thing that it is there. Its keys stand between backquotes.
type hint struct {
	texts []string          // the longest first
	done  func(*Model) bool // the user has just done what it is about
}

// hintTable is the hints in the order in which they come. What is to be found in the first minutes is a row of it.
var hintTable = [...]hint{
	{[]string{"`··` is a page of which nothing is in memory yet. `w` writes to the one under the cursor: a page fault brings it in.",
		"`··` is a page not in memory yet. `w` writes to it: a fault brings it in.", "`··` is not in memory yet: `w` faults a page in."}, ran(lang.Touch{})},
	{[]string{"`?` explains what the shapes and colors mean, and lists every key.", "`?` explains shapes, colors and keys."},
		func(m *Model) bool { return m.mode == modeHelp }},
	{[]string{"`L` opens the lessons: each asks before it shows, and the kernel marks the answer. The first takes a few minutes.",
		"`L` opens the lessons: each asks, and the kernel marks the answer.", "`L` opens the lessons."},
		func(m *Model) bool { return m.mode == modeLessons || m.opts.Lessons == nil }},
	{[]string{"`l` locks the page: it is brought in if it has to be, stays in memory from then on, and counts as VmLck.",
		"`l` locks the page: it stays in memory from then on, and counts as VmLck.", "`l` locks the page: it stays in memory."}, ran(lang.Mlock{}, lang.Mlock2{})},
	{[]string{"`Z` makes pages smaller, so that more are seen, `z` larger; `f` has all of the region in view.",
		"`Z` makes pages smaller, `z` larger; `f` has all of the region in view.", "`Z` and `z` zoom, `f` fits all of the region."},
		func(m *Model) bool { return m.Focus.Scaled || m.mode == modeGrid && m.hints.key == "z" }},
	{[]string{"`v` begins a selection: what acts on a page then acts on all that are selected.", "`v` selects: keys act on all that is selected."},
		func(m *Model) bool { return m.Focus.Selecting }},
	{[]string{"`:` takes any command, and tab completes it: `fork child` makes a second process, which shares these pages.",
		"`:` takes any command. Try `fork child`: it shares these pages.", "`:` takes any command, as `fork child`."},
		func(m *Model) bool { return m.mode == modePalette }},
}

// hints shows one hint after the other. What the user has found without one is not told, and in the end none is left.
type hints struct {
	at   int    // the one that is shown
	keys int    // that were pressed since
	done uint64 // a bit for each that the user has found
	verb string // of the last command
	key  string // that was pressed last, else ""
}

// patience is after how many keys a hint has been read, though nobody follows it.
const patience = 6

// ran returns whether the last command was one of those.
func ran(any ...model.Command) func(*Model) bool {
	return func(m *Model) bool {
		for _, c := range any {
			if c.Verb() == m.hints.verb {
				return true
			}
		}
		return false
	}
}

// noteDone notes what the user has found, and goes on to the next hint if the one that is shown has been read. key is the
// one that was pressed, or "".
func (h *hints) noteDone(m *Model, key string) {
	h.key = key
	for i := range hintTable {
		if hintTable[i].done(m) {
			h.done |= 1 << i
		}
	}
	if key != "" && h.shown(m) && m.status.text == "" {
		h.keys++
	}
	for h.at < len(hintTable) && (h.done>>h.at&1 == 1 || h.keys >= patience) {
		h.at, h.keys = h.at+1, 0
	}
}

// shown reports whether there is a hint and a place for it. A room has its lecturer.
func (h *hints) shown(m *Model) bool {
	return h.at < len(hintTable) && m.mode == modeGrid && !m.present.on && !m.teach.On() && m.lay.status.Y != m.lay.keys.Y && m.Region() != nil && m.Proc().Death == nil
}

// draw draws the hint in the row of what there is to say.
func (h *hints) draw(m *Model) {
	a, th, c := m.lay.status, m.Look, &m.Canvas
	if !h.shown(m) || a.W < 40 {
		return
	}
	text := ""
	for _, text = range hintTable[h.at].texts {
		if canvas.Width(text)-strings.Count(text, "`") <= a.W-2 {
			break
		}
	}
	text = strings.ReplaceAll(text, "··", strings.Repeat(string(th.GlyphOf(look.Absent)), 2))
	x, end := a.X+2, a.X+a.W
	for i, part := range strings.Split(text, "`") {
		st := th.Dim
		if i%2 == 1 {
			st = th.Key
		}
		x += c.Text(x, a.Y, end-x, part, st)
	}
	c.Set(a.X, a.Y, th.Marker, th.Rule)
}
