package ui

import (
	"slices"

	"incore/ui/canvas"
)

// modeNames head the keys of the modes beside the grid, in the order of the help.
var modeNames = []struct {
	mode mode
	name string
}{
	{modePalette, "In the command line"},
	{modeMenu, "In a menu"},
	{modeCall, "In a call that is opened"},
	{modeSpace, "In the address space"},
	{modePage, "In a page that is inspected"},
	{modeHelp, "In this help"},
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
	modeMenu: {
		"enter": {"enter", "", "choose what is underlined; its letter does so at once"},
		"left":  {"←→ ↑↓", "arrows", "move; also tab shift+tab"},
		"esc":   {"esc", "", "back: nothing is done"},
		"right": {},
	},
}

// helpTermWidth is the columns of a key, or of several, before what they do.
const helpTermWidth = 14

// keyGroups are the keys of all modes, made of the key table: a group of rows each.
func (m *Model) keyGroups(w int) (groups [][]helpRow) {
	th, at := m.theme, 0
	begun := map[string]int{}
	group := func(heading string) {
		i, ok := begun[heading]
		if !ok {
			i = len(groups)
			begun[heading] = i
			groups = append(groups, []helpRow{{text: inkHeading.of(heading)}})
		}
		at = i
	}
	add := func(term, text string) { groups[at] = append(groups[at], termRows(term, text, w)...) }
	for i := range table {
		b := &table[i]
		if b.mode != modeGrid || b.help == "" {
			continue
		}
		group(b.group)
		add(b.term(th), b.help)
	}
	group("Mouse")
	add("click", "to the page; on a region, a call, a key, a tab: that")
	add("drag", "select")
	add("wheel", "scroll what is under it")
	for _, md := range modeNames {
		if !slices.ContainsFunc(table, func(b binding) bool { return b.mode == md.mode }) {
			continue
		}
		group(md.name)
		for i := range table {
			b := &table[i]
			if b.mode != md.mode {
				continue
			}
			term, text := b.term(th), b.what()
			if row, ok := modeRows[b.mode][b.keys[0]]; ok {
				if term, text = row.term, row.text; th.ASCII && row.ascii != "" {
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

// what is what the help says of a binding; "" where the row of another one has it.
func (b *binding) what() string {
	if b.help != "" {
		return b.help
	}
	return b.word
}

// termRows is a term with what it means beside it, in w columns.
func termRows(term, text string, w int) (rows []helpRow) {
	indent := helpTermWidth
	if canvas.Width(term) >= indent { // it has a row of its own
		rows = append(rows, helpRow{term: term})
		term = ""
	}
	for _, line := range wrapInked(inkText.of(text), w-indent) {
		rows = append(rows, helpRow{indent: indent, term: term, text: line})
		term = ""
	}
	return rows
}

// inColumns puts groups of rows side by side in n columns of width w each, as even as they
// can be without a group that is cut; a blank row parts groups.
func inColumns(groups [][]helpRow, n, w int) (rows []helpRow) {
	total := 0
	for _, g := range groups {
		total += len(g) + 1
	}
	var cols [][]helpRow
	var col []helpRow
	done := 0
	for _, g := range groups {
		// A group goes to the next column where more than half of it would stand behind the
		// end of this one.
		if len(cols) < n-1 && len(col) > 0 && done+len(g)/2 > total*(len(cols)+1)/n {
			cols, col = append(cols, col), nil
		}
		if len(col) > 0 {
			col = append(col, helpRow{})
		}
		col = append(col, g...)
		done += len(g) + 1
	}
	cols = append(cols, col)
	for i := range slices.MaxFunc(cols, func(a, b []helpRow) int { return len(a) - len(b) }) {
		row := helpRow{}
		for k := len(cols) - 1; k >= 0; k-- {
			part := helpRow{}
			if i < len(cols[k]) {
				part = cols[k][i]
			}
			if k < len(cols)-1 {
				next := row
				part.beside, part.apart = &next, w+helpApart
			}
			row = part
		}
		rows = append(rows, row)
	}
	return rows
}

// helpApart is the columns between two columns of the help.
const helpApart = 3
