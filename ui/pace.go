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

	now    func() time.Time // nil has every key drawn
	rest   time.Time        // until when what the user does draws no frame
	typing bool             // as waiting, of a frame that the user asked for
}

// Of what the lab tells so many frames are drawn in a time, which is 30 a second.
const (
	burst     = 3
	burstTime = burst * time.Second / 30
)

// restLeast is how long is waited after a frame before what the user does draws another one, and at
// least as long as that frame took: Bubble Tea writes 60 a second, and keys that wait in a
// queue are to cost no frame each.
const restLeast = time.Second / 60

// laterMsg draws what was put off.
type laterMsg struct{ at time.Time }

// typedMsg draws what was put off of what the user did.
type typedMsg struct{}

// renderByUser draws a frame that the user asked for, or puts it off where the one before it has
// only just been drawn.
func (m *Model) renderByUser() tea.Cmd {
	p := &m.pace
	if p.now == nil {
		m.render()
		return nil
	}
	begin := p.now()
	if wait := p.rest.Sub(begin); wait > 0 && wait < time.Second { // else the clock was set
		if m.mode != modePalette { // what the next key is about depends on where everything is
			m.relayout()
		}
		m.aimAnew()
		if p.typing {
			return nil
		}
		p.typing = true
		return tea.Tick(wait, func(time.Time) tea.Msg { return typedMsg{} })
	}
	m.render()
	end := p.now()
	p.rest = end.Add(max(restLeast, end.Sub(begin)))
	return nil
}

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
