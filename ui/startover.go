package ui

import (
	"fmt"

	"incore/model/lang"
)

// startOver gives back what the screen began with: a fresh subject, and the region of the start or the prepared
// commands from the first on. What is typed as reset is the command alone.
func startOver(m *Model) {
	m.submit(lang.Reset{})
	head, text := "A fresh subject: ", "nothing is mapped."
	switch p := &m.present; {
	case len(p.steps) > 0:
		p.next = 0
		text = fmt.Sprintf(". runs the first of %d again.", len(p.steps))
	case m.opts.Opening != nil:
		m.redraw.asked++
		m.lab.Submit(m.opts.Opening)
		text = m.opts.Opening.String() + ", as at the start."
	}
	if m.width >= 60 || len(m.status.text) > 0 { // it may have ended a pause
		text = head + text
	}
	if m.status.text != "" {
		text = m.status.text + " " + text
	}
	m.status = status{text: text}
}
