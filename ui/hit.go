package ui

import tea "charm.land/bubbletea/v2"

// hitAt does what a click there does, and reports whether there is anything; what was drawn
// last lies on top.
func (m *Model) hitAt(x, y int) (tea.Cmd, bool) {
	if m.mode != m.drawn { // what was drawn is no longer so
		return nil, false
	}
	for i := len(m.Hits) - 1; i >= 0; i-- {
		if m.Hits[i].Contains(x, y) {
			return m.Hits[i].Do(m), true
		}
	}
	return nil, false
}
