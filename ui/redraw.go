package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
)

// redraw keeps the screen from being drawn more often than the eye sees. A screen costs the terminal
// several times what it costs here. What the user does is drawn at once, and so is the answer of the lab.
type redraw struct {
	asked   int              // commands of the user's that the lab has not answered
	drawn   [burst]time.Time // when items of the lab were last drawn, the oldest first
	waiting bool             // drawing of items is put off, and a message on its way to do it

	now    func() time.Time // nil draws every key at once
	rest   time.Time        // until then what the user does is not drawn
	typing bool             // drawing of what the user did is put off, and a message on its way to do it
}

// At most burst screens are drawn in burstTime of what the lab tells: 30 a second.
const (
	burst     = 3
	burstTime = burst * time.Second / 30
)

// restLeast is how long drawing of what the user does rests after a screen. It rests at least as long as that screen took,
// so that the keys of a long queue do not cost one each. No display shows more than some 240 a second.
const restLeast = time.Second / 240

// laterMsg asks to draw what was put off of what the lab told.
type laterMsg struct{ at time.Time }

// typedMsg asks to draw what was put off of what the user did.
type typedMsg struct{}

// answered reports whether items have the answer to a command of the user's, and notes it.
func (p *redraw) answered(items []model.Item) (found bool) {
	for _, it := range items {
		e, isEvent := it.(model.Event)
		_, isCheck := it.(model.Checked)
		_, isAnswer := it.(model.Asked)
		if p.asked > 0 && (isCheck || isAnswer || isEvent && !e.Aside && e.Command != nil) {
			p.asked, found = p.asked-1, true
		}
	}
	return found
}

// renderByUser draws what the user did. It puts that off if the screen has only just been drawn.
func (m *Model) renderByUser() tea.Cmd {
	p := &m.redraw
	if p.now == nil {
		m.render()
		return nil
	}
	begin := p.now()
	if wait := p.rest.Sub(begin); wait > 0 && wait < time.Second { // else the clock was set
		if m.mode != modePalette { // what the next key is about depends on where everything is
			m.relayout()
		}
		m.intendAnew()
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

// early reports whether it is too early to draw at that time. If it is not, it notes the time.
func (p *redraw) early(at time.Time) bool {
	if since := at.Sub(p.drawn[0]); since > 0 && since < burstTime {
		return true
	}
	copy(p.drawn[:], p.drawn[1:])
	p.drawn[burst-1] = at
	return false
}

// justDrawn reports whether items of the lab were drawn so shortly before a time that the next will be soon.
func (p *redraw) justDrawn(at time.Time) bool {
	since := at.Sub(p.drawn[burst-1])
	return since >= 0 && since < 2*burstTime/burst
}

// later asks to draw what is put off, unless that was asked for already.
func (m *Model) later(at time.Time) tea.Cmd {
	if m.redraw.waiting {
		return nil
	}
	m.redraw.waiting = true
	return tea.Tick(burstTime-at.Sub(m.redraw.drawn[0]), func(at time.Time) tea.Msg { return laterMsg{at} })
}
