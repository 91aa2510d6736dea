package manual

import "strings"

// Spoken is the document as it is read aloud: a line for each block, item and row, without marks. beforeCode is said
// before each piece of code, "" says nothing.
func (d Doc) Spoken(beforeCode string) (lines []string) {
	plain := strings.NewReplacer("`", "", "**", "")
	add := func(s string) { lines = append(lines, plain.Replace(s)) }
	add(d.Title)
	for _, b := range d.Blocks {
		switch {
		case b.Kind == Code:
			if beforeCode != "" {
				lines = append(lines, beforeCode)
			}
			for line := range strings.Lines(b.Text) {
				lines = append(lines, strings.TrimSpace(line))
			}
		case b.Kind == Table:
			for _, row := range b.Rows[1:] {
				add(strings.Join(said(row), ": "))
			}
		case b.Term != "":
			add(b.Term + ": " + b.Text)
		default:
			add(b.Text)
		}
	}
	return lines
}

// said are the cells of a row that are not empty.
func said(row []string) (cells []string) {
	for _, cell := range row {
		if cell != "" {
			cells = append(cells, cell)
		}
	}
	return cells
}
