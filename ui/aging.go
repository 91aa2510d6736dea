package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// aging is the clock of the lenses that show how long ago something was. It runs only while the
// screen shows something that will still look older.
type aging struct {
	young   bool // the screen shows something that will still look older
	ticking bool
	gen     int // of the tick that is under way; a tick of another one is ignored
}

// agingMsg is a tick of the clock.
type agingMsg struct {
	gen int
	at  time.Time
}

// startAging starts the clock if the screen needs it and it does not run.
func (m *Model) startAging() tea.Cmd {
	if !m.aging.young || m.aging.ticking || m.paused() {
		return nil
	}
	m.aging.ticking = true
	m.aging.gen++
	return m.ageLater()
}

// ageLater asks for the next tick, a second from now.
func (m *Model) ageLater() tea.Cmd {
	gen := m.aging.gen
	return tea.Tick(time.Second, func(at time.Time) tea.Msg { return agingMsg{gen, at} })
}

// ageTick makes what is shown a tick older.
func (m *Model) ageTick(msg agingMsg) tea.Cmd {
	if msg.gen != m.aging.gen {
		return nil
	}
	if !m.aging.young || m.paused() {
		m.aging.ticking = false
		return nil
	}
	m.Glow.Now = m.State.Time + msg.at.Sub(m.Glow.At)
	m.dirty = true
	return m.ageLater()
}
