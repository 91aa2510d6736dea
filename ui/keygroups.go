package ui

import (
	"slices"

	"incore/ui/sheet"
)

// modeName is a mode, and what heads its keys in the help.
type modeName struct {
	mode mode
	name string
}

// modeNames head the keys of the modes beside the grid, in the order of the help.
func modeNames() []modeName {
	names := []modeName{{modePalette, "In the command line"}, {modeMenu, "In a menu"}, {modeGo, "Going somewhere"}, {modeFind, "Looking for something"}, {modeLesson, "In a lesson"}, {modeHands, "Counting hands"}}
	for _, over := range []bool{false, true} {
		for i, row := range sheetTable {
			if row.over == over {
				names = append(names, modeName{firstSheet + mode(i), row.title})
			}
		}
	}
	return names
}

// modeRows are what the help says of keys of the modes that need no words in the keys line, by
// the first key of their binding; one of no text is in the row of another.
var modeRows = map[mode]map[string]struct{ term, ascii, text string }{
	modePalette: {
		"enter":     {"enter", "", "run it"},
		"tab":       {"tab shift+tab", "", "complete; what else it could be"},
		"up":        {"↑↓", "up down", "earlier and later lines; also ctrl+p ctrl+n"},
		"left":      {"←→ home end", "left right", "move; home end; also ctrl+b ctrl+f ctrl+a ctrl+e"},
		"backspace": {"backspace", "", "delete before the caret; delete or ctrl+d under it"},
		"ctrl+w":    {"ctrl+w", "", "delete the word; also alt+backspace"},
		"ctrl+u":    {"ctrl+u ctrl+k", "", "delete to the beginning, to the end"},
		"esc":       {"esc", "", "back: nothing is run"},
		"shift+tab": {}, "down": {}, "right": {}, "home": {}, "end": {}, "delete": {}, "ctrl+k": {},
	},
	modeGo: {
		"enter": {"enter", "", "go to what is typed: a[40], a page, an address, a region, a process"},
		"tab":   {"tab", "", "complete a name"},
		"up":    {"↑↓", "up down", "earlier and later lines"},
		"left":  {"←→ home end", "left right home end", "edit as in the command line; backspace delete ctrl+w ctrl+u ctrl+k"},
		"right": {}, "down": {}, "home": {}, "end": {}, "backspace": {}, "delete": {}, "ctrl+w": {}, "ctrl+u": {}, "ctrl+k": {},
	},
	modeFind: {
		"enter": {"enter ↓", "enter down", "the next region or call that has it; calls from the newest on"},
		"up":    {"↑", "up", "the one before"},
		"left":  {"←→ home end", "left right home end", "edit as in the command line; backspace delete ctrl+w ctrl+u ctrl+k"},
		"right": {}, "home": {}, "end": {}, "backspace": {}, "delete": {}, "ctrl+w": {}, "ctrl+u": {}, "ctrl+k": {},
	},
	modeHands: {
		"enter": {"enter", "", "so many hands for each option: 12 3 0"},
		"left":  {"←→ home end", "left right home end", "edit as in the command line; backspace delete ctrl+w ctrl+u ctrl+k"},
		"right": {}, "home": {}, "end": {}, "backspace": {}, "delete": {}, "ctrl+w": {}, "ctrl+u": {}, "ctrl+k": {},
	},
	modeMenu: {
		"enter": {"enter", "", "choose what is underlined; its letter does so at once"},
		"left":  {"←→ ↑↓", "arrows", "move; also tab shift+tab"},
		"esc":   {"esc", "", "back: nothing is done"},
		"right": {},
	},
}

// keyGroups returns the keys of all modes, made of the key table.
func keyGroups(ascii bool) (groups []sheet.KeyGroup) {
	at := 0
	begun := map[string]int{}
	group := func(heading string) {
		i, ok := begun[heading]
		if !ok {
			i = len(groups)
			begun[heading] = i
			groups = append(groups, sheet.KeyGroup{Heading: heading})
		}
		at = i
	}
	add := func(term, text string) { groups[at].Rows = append(groups[at].Rows, [2]string{term, text}) }
	for i := range table {
		b := &table[i]
		if b.mode != modeGrid || b.help == "" {
			continue
		}
		group(b.group)
		add(b.term(ascii), b.help)
	}
	group("Mouse")
	add("click", "to the page; on a region, a call, a key, a tab: that")
	add("drag", "select")
	add("wheel", "scroll what is under it")
	for _, md := range modeNames() {
		if !slices.ContainsFunc(table, func(b binding) bool { return b.mode == md.mode }) {
			continue
		}
		group(md.name)
		for i := range table {
			b := &table[i]
			if b.mode != md.mode {
				continue
			}
			term, text := b.term(ascii), b.what()
			if row, ok := modeRows[b.mode][b.keys[0]]; ok {
				if term, text = row.term, row.text; ascii && row.ascii != "" {
					term = row.ascii
				}
			}
			if text != "" {
				add(term, text)
			}
		}
	}
	return groups
}

// what returns what the help says of a binding; "" where the row of another one has it.
func (b *binding) what() string {
	if b.help != "" {
		return b.help
	}
	return b.word
}

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
	return [...]string{modeGrid: "grid", modePalette: "palette", modeMenu: "menu", modeGo: "go", modeFind: "find", modeHands: "hands", modeLesson: "lesson"}[md]
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
