package sheet

import (
	"slices"

	"incore/ui/canvas"
)

// KeyGroup is the keys of one kind or of one mode: how they are written, and what they do.
type KeyGroup struct {
	Heading string      // what heads them
	Rows    [][2]string // the keys, and what they do
}

// helpTermWidth is the columns of a key, or of several, before what they do.
const helpTermWidth = 14

// KeyGroups returns the keys of all modes in w columns, a group of rows each.
func (sh *Help) KeyGroups(w int) (groups [][]helpRow) {
	for _, g := range sh.Bindings(sh.Look.ASCII) {
		rows := []helpRow{{Text: sh.Look.Heading.Line(g.Heading)}}
		for _, row := range g.Rows {
			rows = append(rows, sh.termRows(row[0], row[1], w)...)
		}
		groups = append(groups, rows)
	}
	return groups
}

// termRows returns a term with what it means beside it, in w columns.
func (sh *Help) termRows(term, text string, w int) (rows []helpRow) {
	indent := helpTermWidth
	if canvas.Width(term) >= indent { // it has a row of its own
		rows = append(rows, helpRow{Term: term})
		term = ""
	}
	for _, line := range sh.Look.Text.Line(text).Wrap(w - indent) {
		rows = append(rows, helpRow{indent: indent, Term: term, Text: line})
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
