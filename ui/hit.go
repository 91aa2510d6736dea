package ui

import (
	"incore/ui/canvas"

	tea "charm.land/bubbletea/v2"
)

// hit is a part of the frame that can be clicked, noted while it is drawn.
type hit struct {
	canvas.Area
	mode mode // the screen's when it was drawn
	do   func(*Model) tea.Cmd
}

// clickable notes that a click into an area of this frame does something.
func (m *Model) clickable(a canvas.Area, do func(*Model) tea.Cmd) {
	if !a.Empty() {
		m.hits = append(m.hits, hit{a, m.mode, do})
	}
}

// hitAt does what a click there does, and reports whether there is anything; what was drawn
// last lies on top.
func (m *Model) hitAt(x, y int) (tea.Cmd, bool) {
	for i := len(m.hits) - 1; i >= 0; i-- {
		if m.hits[i].mode == m.mode && m.hits[i].Contains(x, y) {
			return m.hits[i].do(m), true
		}
	}
	return nil, false
}
