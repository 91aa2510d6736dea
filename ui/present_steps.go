package ui

import "fmt"

// whyNoStep says why there is no prepared command to run.
func (m *Model) whyNoStep() string {
	switch p := &m.present; {
	case len(p.steps) == 0:
		return "No commands were prepared: incore --commands FILE."
	case p.next >= len(p.steps):
		return fmt.Sprintf("That was the last of %d prepared commands.", len(p.steps))
	case m.state.Main().PID == 0:
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

// besideSteps is what is left of the prompt's row beside the pressed key, where that has no
// place of its own, and the command that the next step would run, which it draws.
func (m *Model) besideSteps(a area) area {
	p := &m.present
	if p.on && m.lay.pressed.empty() && p.key.show != "" {
		n := m.drawKeycap(area{a.x, a.y, a.w / 2, min(1, a.h)})
		a.x, a.w = a.x+n+1, a.w-n-1
	}
	if len(p.steps) == 0 || a.empty() || a.w < 40 && p.key.show != "" {
		return a
	}
	text, most := "the end", a.w/2
	if p.next < len(p.steps) {
		text = p.steps[p.next].Command.String()
	}
	if m.asked == "" || a.w < 40 {
		most = a.w - 4
	}
	head := fmt.Sprintf("%d of %d  ", p.next, len(p.steps))
	if textWidth(head)+2+textWidth(text) > most {
		head = ""
	}
	n := min(most, textWidth(head)+2+textWidth(text))
	th, c, x, end := m.theme, &m.canvas, a.x+a.w-n, a.x+a.w
	x += c.text(x, a.y, end-x, head, th.mute)
	x += c.text(x, a.y, end-x, ". ", th.key)
	c.text(x, a.y, end-x, text, th.dim)
	m.clickable(area{end - n, a.y, n, 1}, press("."))
	a.w = max(0, a.w-n-2)
	return a
}
