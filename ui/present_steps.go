package ui

import (
	"fmt"

	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/panel"
)

// whyNoStep says why there is no prepared command to run.
func whyNoStep(m *Model) string {
	switch p := &m.present; {
	case len(p.steps) == 0:
		return "No commands were prepared: incore --commands FILE."
	case p.next >= len(p.steps):
		return fmt.Sprintf("That was the last of %d prepared commands.", len(p.steps))
	case m.State.Main().PID == 0:
		return "The subject has not started yet."
	}
	return ""
}

// step runs the next of the prepared commands, as it stands in the file.
func (m *Model) step() {
	p := &m.present
	if why := m.submitShown(p.steps[p.next].Command); why != "" {
		m.leave(why, true)
		return
	}
	p.next++
}

// sayFirst runs the first of the prepared commands by itself where a room is to read it: nobody presses a key for what
// is said before anything is done.
func sayFirst(m *Model) {
	p := &m.present
	if !p.on || p.next > 0 || whyNoStep(m) != "" {
		return
	}
	if _, ok := p.steps[0].Command.(lang.Say); ok {
		m.step()
	}
}

// besideSteps returns what is left of the prompt's row beside the pressed key, where that has no
// place of its own, and the command that the next step would run, which it draws.
func (m *Model) besideSteps(a canvas.Area) canvas.Area {
	p := &m.present
	if p.on && m.lay.pressed.Empty() && p.key.show != "" {
		n := panel.DrawKeycap(&m.Canvas, m.Look, canvas.Area{X: a.X, Y: a.Y, W: a.W / 2, H: min(1, a.H)}, p.key.show)
		a.X, a.W = a.X+n+1, a.W-n-1
	}
	if len(p.steps) == 0 || a.Empty() || a.W < 40 && p.key.show != "" {
		return a
	}
	text, most := "the end", a.W/2
	if p.next < len(p.steps) {
		text = p.steps[p.next].Command.String()
	}
	if m.asked == "" || a.W < 40 {
		most = a.W - 4
	}
	head := fmt.Sprintf("%d of %d  ", p.next, len(p.steps))
	if canvas.Width(head)+2+canvas.Width(text) > most {
		head = ""
	}
	n := min(most, canvas.Width(head)+2+canvas.Width(text))
	th, c, x, end := m.Look, &m.Canvas, a.X+a.W-n, a.X+a.W
	x += c.Text(x, a.Y, end-x, head, th.Mute)
	x += c.Text(x, a.Y, end-x, ". ", th.Key)
	c.Text(x, a.Y, end-x, text, th.Dim)
	m.Clickable(canvas.Area{X: end - n, Y: a.Y, W: n, H: 1}, m.press("."))
	a.W = max(0, a.W-n-2)
	return a
}
