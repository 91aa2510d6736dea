package ui

import "slices"

// Key is one row of the screen's key table.
type Key struct {
	Mode  string   // what is on the screen: grid, palette, menu, go, find, or the name of a sheet
	Names []string // as Bubble Tea names them; each does the same
}

// word returns the mode's word of Key.Mode.
func (md mode) word() string {
	if md >= firstSheet {
		return sheetTable[md-firstSheet].name
	}
	return [...]string{modeGrid: "grid", modePalette: "palette", modeMenu: "menu", modeGo: "go", modeFind: "find"}[md]
}

// Keys returns all keys of the screen, in the order of the help. The letters of a menu's items are not among
// them.
func Keys() []Key {
	keys := make([]Key, len(table))
	for i, b := range table {
		keys[i] = Key{b.mode.word(), slices.Clone(b.keys)}
	}
	return keys
}
