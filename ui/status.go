package ui

import (
	"incore/ui/canvas"
	"incore/ui/scene"
)

// drawStatus draws the prompt line and the line of what there is to say; in the
// palette and the menus these are theirs.
func (m *Model) drawStatus() {
	l, th, c := &m.lay, m.Look, &m.Canvas
	switch m.mode {
	case modePalette:
		m.drawPalette()
		return
	case modeMenu:
		m.drawMenu()
		return
	case modeGo, modeFind, modeHands:
		drawJump(m)
		return
	}
	small := l.Size == scene.SizeSmall
	prompt := l.prompt
	if small && !m.present.on && len(m.log.Calls) > 0 {
		prompt = canvas.Area{} // the row is the last call's
	}
	if a := m.besideSteps(prompt); !a.Empty() && (!small || m.present.on) && (!m.teach.On() || m.present.on) { // a lesson shows its commands itself
		x := a.X
		c.Set(x, a.Y, th.Prompt, th.Accent)
		if m.asked == "" {
			c.Text(x+2, a.Y, a.W-2, "what a key does is shown here as a command", th.Mute)
		} else {
			c.Text(x+2, a.Y, a.W-2, m.asked, th.Text)
		}
	}
	a, said := l.status, m.status
	if m.leaving {
		said = status{longest(a.W, leavingTexts...), true}
	}
	if said.text == "" {
		m.hints.draw(m)
		return
	}
	if small {
		a = l.prompt
		c.Fill(a.X, a.Y, a.W, ' ', canvas.Style{})
	}
	st := th.Dim
	if said.bad { // no error: what cannot be done now, and why
		st = th.Text.Bold()
	}
	c.Text(a.X, a.Y, a.W, said.text, st)
}
