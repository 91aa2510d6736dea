package ui

import (
	"fmt"

	"incore/ui/canvas"
)

// instead is what a newcomer may want of a key that does nothing in the grid: another key,
// which must be bound, and what that is pressed for.
var instead = map[string][2]string{
	"b":         {":", "type brk +1"},
	"B":         {":", "type brk +1"},
	"F":         {":", "type fork child"},
	"ctrl+f":    {"/", "look for a text"},
	"ctrl+p":    {":", "type a command"},
	"e":         {"x", "execute the page"},
	"E":         {"x", "execute the page"},
	"X":         {"x", "execute the page"},
	"W":         {"w", "write to the page"},
	"insert":    {"m", "map a region"},
	"M":         {"m", "map a region"},
	"ctrl+n":    {"m", "map a region"},
	"delete":    {"d", "unmap the page"},
	"backspace": {"d", "unmap the page"},
	"D":         {"d", "unmap the page"},
	"U":         {"u", "unlock the page"},
	"O":         {"o", "lock it on fault"},
	"A":         {"a", "give an advice"},
	"C":         {"c", "ask mincore"},
	"Q":         {"q", "quit"},
	"ctrl+q":    {"q", "quit"},
	"ctrl+d":    {"q", "quit"},
	"ctrl+x":    {"q", "quit"},
	"ctrl+r":    {"R", "start a fresh subject"},
	"f5":        {"R", "start a fresh subject"},
}

// unbound says of a key that the mode has no use for that it has none. A key that types a
// text is not one of these, nor is a choice of a menu.
func (m *Model) unbound(key string) {
	text := key + " does nothing here."
	switch {
	case m.mode == modeGrid:
		texts := []string{text + " Press ? to see the keys.", text + " Press ?."}
		if to, ok := instead[key]; ok {
			press := fmt.Sprintf("%s Press %s to %s", text, to[0], to[1])
			texts = append([]string{press + ", or ? to see the keys.", press + "."}, texts...)
		}
		m.status = status{longest(m.lay.status.W, texts...), true}
	case m.mode >= firstSheet:
		m.status = status{text + " Press esc to go back.", true}
	}
}

// longest returns the first of the texts that has room in w columns, else the last.
func longest(w int, texts ...string) string {
	for _, s := range texts {
		if canvas.Width(s) <= w {
			return s
		}
	}
	return texts[len(texts)-1]
}

// whyNothingToLeave says why esc has nothing to do.
func whyNothingToLeave(m *Model) string {
	if m.mode != modeGrid || m.Focus.Selecting || m.State.Running.Command != nil {
		return ""
	}
	return "Nothing is open, selected or running: q quits."
}

// whyNoOlderCall says why there is no older call to go to, whyNoNewerCall no newer one.
func whyNoOlderCall(m *Model) string {
	switch n := len(m.log.Calls); {
	case n == 0:
		return "No call has been made yet."
	case m.log.Back >= n-1:
		return "This is the oldest call."
	}
	return ""
}

func whyNoNewerCall(m *Model) string {
	switch {
	case len(m.log.Calls) == 0:
		return "No call has been made yet."
	case m.log.Back <= 0:
		return "This is the newest call."
	}
	return ""
}

// whyNoCall says why there is no call to open.
func whyNoCall(m *Model) string {
	if m.log.Selected() < 0 {
		return "There is no call yet."
	}
	return ""
}
