package ui

import "slices"

// Key is a row of the screen's key table, for what has to name every key: the tests of the
// whole program, which press each.
type Key struct {
	Mode  string   // what is on the screen: grid, palette, menu, help, call, space or page
	Names []string // as Bubble Tea names them; each does the same
}

// keyModes are the words of Key.Mode.
var keyModes = map[mode]string{
	modeGrid: "grid", modePalette: "palette", modeMenu: "menu", modeHelp: "help", modeCall: "call", modeSpace: "space", modePage: "page",
}

// Keys are all keys of the screen, in the order of the help. The letters of a menu's items
// are not among them.
func Keys() []Key {
	keys := make([]Key, len(table))
	for i, b := range table {
		keys[i] = Key{keyModes[b.mode], slices.Clone(b.keys)}
	}
	return keys
}
