package ui

// instead is what a newcomer may want of a key that does nothing in the grid: another key,
// which must be bound, and what it does.
var instead = map[string][2]string{
	"b":         {":", "brk is a command, to be typed"},
	"B":         {":", "brk is a command, to be typed"},
	"f":         {":", "fork is a command, to be typed"},
	"F":         {":", "fork is a command, to be typed"},
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
	"i":         {"?", "what is under the cursor is shown already"},
	"+":         {"z", "zooms"},
	"=":         {"z", "zooms"},
	"-":         {"Z", "zooms"},
	"_":         {"Z", "zooms"},
}

// unbound says of a key that the mode has no use for that it has none. A key that types a
// text is not one of these, nor is a choice of a menu.
func (m *Model) unbound(key string) {
	switch m.mode {
	case modeGrid:
		to := instead[key]
		if lookup(modeGrid, to[0]) == nil {
			to = [2]string{"?", "shows the keys"}
		}
		if m.lay.size == sizeSmall {
			m.status = status{key + " does nothing here. ? helps.", true}
			return
		}
		text := key + " does nothing here: " + to[0] + " " + to[1]
		switch to[0] {
		case "?":
			if key == "i" {
				text = key + " does nothing here: " + to[1] + "; ? shows the keys"
			}
		case ":":
			text = key + " does nothing here: " + to[1] + " after :"
		}
		if to[0] != "?" {
			text += "; ? shows the keys"
		}
		m.status = status{text + ".", true}
	case modeHelp, modeCall, modeSpace:
		m.status = status{key + " does nothing here: esc goes back.", true}
	}
}
