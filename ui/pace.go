package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// pace keeps what the lab tells from being drawn more often than the eye sees: a frame costs the
// terminal's side several times what it costs here. What the user does is drawn at once, and so are
// the first answers to it.
type pace struct {
	drawn   [burst]time.Time // when what arrived was drawn, the oldest first
	waiting bool             // a frame is put off, and a message on its way to draw it
}

// Of what the lab tells so many frames are drawn in a time, which is 30 a second.
const (
	burst     = 3
	burstTime = burst * time.Second / 30
)

// laterMsg draws what was put off.
type laterMsg struct{ at time.Time }

// early reports whether it is too early for a frame at that time, and takes note of it where
// it is not.
func (p *pace) early(at time.Time) bool {
	if since := at.Sub(p.drawn[0]); since > 0 && since < burstTime {
		return true
	}
	copy(p.drawn[:], p.drawn[1:])
	p.drawn[burst-1] = at
	return false
}

// later asks for the frame that is put off, where nobody has.
func (m *Model) later(at time.Time) tea.Cmd {
	if m.pace.waiting {
		return nil
	}
	m.pace.waiting = true
	return tea.Tick(burstTime-at.Sub(m.pace.drawn[0]), func(at time.Time) tea.Msg { return laterMsg{at} })
}
