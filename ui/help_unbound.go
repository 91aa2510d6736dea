package ui

import (
	"incore/ui/canvas"
)

// instead is what a newcomer may want of a key that does nothing in the grid: another key,
// which must be bound, and what it does.
var instead = map[string][2]string{
	"b":         {":", "brk is typed"},
	"B":         {":", "brk is typed"},
	"f":         {":", "fork is typed"},
	"F":         {":", "fork is typed"},
	"/":         {":", "commands are typed"},
	"ctrl+f":    {":", "commands are typed"},
	"ctrl+p":    {":", "commands are typed"},
	"e":         {"x", "executes the page"},
	"E":         {"x", "executes the page"},
	"X":         {"x", "executes the page"},
	"W":         {"w", "writes to the page"},
	"insert":    {"m", "maps a region"},
	"M":         {"m", "maps a region"},
	"ctrl+n":    {"m", "maps a region"},
	"delete":    {"d", "unmaps the page"},
	"backspace": {"d", "unmaps the page"},
	"D":         {"d", "unmaps the page"},
	"U":         {"u", "unlocks the page"},
	"O":         {"o", "locks it on fault"},
	"A":         {"a", "gives an advice"},
	"C":         {"c", "asks mincore"},
	"Q":         {"q", "quits"},
	"ctrl+q":    {"q", "quits"},
	"ctrl+d":    {"q", "quits"},
	"ctrl+x":    {"q", "quits"},
	"ctrl+r":    {"R", "starts a fresh subject"},
	"ctrl+l":    {"R", "starts a fresh subject"},
	"f5":        {"R", "starts a fresh subject"},
	"i":         {"?", "the page under the cursor is shown already"},
	"+":         {"z", "zooms"},
	"=":         {"z", "zooms"},
	"-":         {"Z", "zooms"},
	"_":         {"Z", "zooms"},
}

// unbound says of a key that the mode has no use for that it has none. A key that types a
// text is not one of these, nor is a choice of a menu.
func (m *Model) unbound(key string) {
	text := key + " does nothing here"
	switch {
	case m.mode == modeGrid:
		m.status = status{longest(m.lay.status.W, text+insteadOf(key)+"; ? shows the keys.", text+insteadOf(key)+".", text+": ? shows the keys.",
			text+". ? helps."), true}
	case m.mode >= firstSheet:
		m.status = status{text + ": esc goes back.", true}
	}
}

// insteadOf says what to press in the place of a key, where that is known.
func insteadOf(key string) string {
	switch to, ok := instead[key]; {
	case !ok || lookup(modeGrid, to[0]) == nil:
		return ""
	case to[0] == ":":
		return ": " + to[1] + " after :"
	case to[0] == "?":
		return ": " + to[1]
	default:
		return ": " + to[0] + " " + to[1]
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
