package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// cool is the clock of the lenses that show how long ago something was. It runs only while one
// of them shows something that is not as old as it gets.
type cool struct {
	young   bool // the frame shows such a thing
	ticking bool
	gen     int // of the tick that is under way
}

// coolMsg is a tick of it.
type coolMsg struct {
	gen int
	at  time.Time
}

// cooling starts the clock where the frame needs it and it does not run.
func (m *Model) cooling() tea.Cmd {
	if !m.cool.young || m.cool.ticking || m.paused() {
		return nil
	}
	m.cool.ticking = true
	m.cool.gen++
	return m.coolLater()
}

func (m *Model) coolLater() tea.Cmd {
	gen := m.cool.gen
	return tea.Tick(time.Second, func(at time.Time) tea.Msg { return coolMsg{gen, at} })
}

func (m *Model) coolTick(msg coolMsg) tea.Cmd {
	if msg.gen != m.cool.gen {
		return nil
	}
	if !m.cool.young || m.paused() {
		m.cool.ticking = false
		return nil
	}
	m.Glow.Now = m.State.Time + msg.at.Sub(m.Glow.At)
	m.dirty = true
	return m.coolLater()
}
