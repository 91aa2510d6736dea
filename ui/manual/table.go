package manual

import (
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// Columns sets cells side by side, a row below the other. A cell is a text as it is drawn, of one line or more. All columns
// but the last are as wide as they are told, with two blanks behind each. No line ends in blanks.
func Columns(rows [][]string, widths []int) []string {
	t := table.New().Rows(rows...).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderColumn(false).BorderHeader(false).StyleFunc(func(_, col int) lipgloss.Style {
		if col < len(widths) {
			return lipgloss.NewStyle().Width(widths[col] + gap).PaddingRight(gap)
		}
		return lipgloss.NewStyle()
	})
	lines := strings.Split(t.Render(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// columns writes rows, indented.
func (t *writer) columns(rows [][]string, widths []int) {
	for _, line := range Columns(rows, widths) {
		t.lines = append(t.lines, strings.Repeat(" ", indent)+line)
	}
}

// wrapped are words in lines of at most n columns, as the text of a cell.
func (t *writer) wrapped(words []word, n int) string {
	var lines []string
	for _, line := range wrap(words, n) {
		lines = append(lines, t.join(line))
	}
	return strings.Join(lines, "\n")
}

// leastCell is the columns that the last cell of a table needs to stand beside the others.
const leastCell = 16

// table writes rows. The last column has what room the others leave. These are as wide as their cells, or a third
// of the width. Where that leaves too little, the last cell of each row stands below the others.
func (t *writer) table(rows [][]string) {
	last := len(rows[0]) - 1
	widths := make([]int, last)
	left := t.width - indent
	for c := range widths {
		longest := t.width / 3
		for _, row := range rows {
			words := t.terms(row[c])
			widths[c] = max(widths[c], width(words))
			for _, w := range words {
				longest = max(longest, w.width())
			}
		}
		widths[c] = min(widths[c], longest)
		left -= widths[c] + gap
	}
	if left < leastCell {
		for _, row := range rows[1:] {
			t.hang("", indent, t.terms(strings.TrimSpace(strings.Join(row[:last], "  "))))
			t.hang("", 3*indent, t.words(row[last], Body))
		}
		return
	}
	cells := make([][]string, len(rows))
	for y, row := range rows {
		for c, text := range row {
			words, room := t.words(text, Body), left
			if c < last {
				words, room = t.terms(text), widths[c]
			}
			if y == 0 {
				words = t.split(text, Section, false)
			}
			cells[y] = append(cells[y], t.wrapped(words, room))
		}
	}
	t.columns(cells, widths)
}
