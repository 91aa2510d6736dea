package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// pace keeps what the lab tells from being drawn more often than the eye sees: a frame costs the
// terminal's side several times what it costs here. What the user does is drawn at once.
type pace struct {
	drawn   time.Time // when what arrived was drawn last
	waiting bool      // a frame is put off, and a message on its way to draw it
}

// itemFrame is the least time between two frames of what the lab tells.
const itemFrame = time.Second / 30

// laterMsg draws what was put off.
type laterMsg struct{}

// early reports whether it is too early for a frame at that time, and takes note of it where
// it is not.
func (p *pace) early(at time.Time) bool {
	if since := at.Sub(p.drawn); since > 0 && since < itemFrame {
		return true
	}
	p.drawn = at
	return false
}

// later asks for the frame that is put off, where nobody has.
func (m *Model) later(at time.Time) tea.Cmd {
	if m.pace.waiting {
		return nil
	}
	m.pace.waiting = true
	return tea.Tick(itemFrame-at.Sub(m.pace.drawn), func(time.Time) tea.Msg { return laterMsg{} })
}
