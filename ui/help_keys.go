package ui

import "slices"

// modeNames head the keys of the modes beside the grid, in the order of the help.
var modeNames = []struct {
	mode mode
	name string
}{
	{modePalette, "In the command line"},
	{modeMenu, "In a menu"},
	{modeCall, "In a call that is opened"},
	{modeSpace, "In the address space"},
	{modeHelp, "In this help"},
}

// helpTermWidth is the columns of a key, or of several, before what they do.
const helpTermWidth = 14

// keyGroups are the keys of all modes, made of the key table: a group of rows each.
func (m *Model) keyGroups(w int) (groups [][]helpRow) {
	th, last := m.theme, ""
	group := func(heading string) {
		groups = append(groups, []helpRow{{text: inkHeading.of(heading)}})
	}
	add := func(term, text string) {
		at := len(groups) - 1
		groups[at] = append(groups[at], termRows(term, text, w)...)
	}
	for i := range table {
		b := &table[i]
		if b.mode != modeGrid || b.help == "" {
			continue
		}
		if b.group != last {
			last = b.group
			group(last)
		}
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
			if text := b.what(); b.mode == md.mode && text != "" {
				add(b.term(th), text)
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
	if textWidth(term) >= indent { // it has a row of its own
		rows = append(rows, helpRow{term: term})
		term = ""
	}
	for _, line := range wrapInked(inkDim.of(text), w-indent) {
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
