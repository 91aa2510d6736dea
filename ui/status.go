package ui

// drawStatus draws the prompt line and the line of what there is to say; in the
// palette and the menus these are theirs.
func (m *Model) drawStatus() {
	l, th, c := &m.lay, m.theme, &m.canvas
	switch m.mode {
	case modePalette:
		m.drawPalette()
		return
	case modeMenu:
		m.drawMenu()
		return
	}
	small := l.size == sizeSmall
	prompt := l.prompt
	if small && !m.present.on && len(m.log.calls) > 0 {
		prompt = area{} // the row is the last call's
	}
	if a := m.besideSteps(prompt); !a.empty() && (!small || m.present.on) {
		x := a.x
		c.set(x, a.y, th.prompt, th.accent)
		if m.asked == "" {
			c.text(x+2, a.y, a.w-2, "what a key does is shown here as a command", th.mute)
		} else {
			c.text(x+2, a.y, a.w-2, m.asked, th.text)
		}
	}
	if m.status.text == "" {
		return
	}
	a := l.status
	if small {
		a = l.prompt
		c.fill(a.x, a.y, a.w, ' ', style{})
	}
	st := th.dim
	if m.status.bad { // no error: what cannot be done now, and why
		st = th.text.bold()
	}
	c.text(a.x, a.y, a.w, m.status.text, st)
}
