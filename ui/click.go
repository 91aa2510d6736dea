package ui

import tea "charm.land/bubbletea/v2"

// clickAt does what a click at a column and row does. It reports whether anything can be clicked there.
// What was drawn last lies on top.
func (m *Model) clickAt(x, y int) (tea.Cmd, bool) {
	if m.mode != m.drawn { // the screen shows another mode
		return nil, false
	}
	for i := len(m.Hits) - 1; i >= 0; i-- {
		if m.Hits[i].Contains(x, y) {
			return m.Hits[i].Do(m), true
		}
	}
	return nil, false
}
