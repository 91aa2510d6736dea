package sheet

import (
	"strings"

	"incore/model/lang"
	"incore/ui/canvas"
)

// commandGroups returns the verbs, made of the table of the language, below how things are named.
func (sh *Help) commandGroups(w int) (groups [][]helpRow) {
	paragraph := func(s string) {
		var rows []helpRow
		for _, line := range Markdown(s, sh.Look.Text, sh.Look.Code).Wrap(w) {
			rows = append(rows, helpRow{Text: line})
		}
		groups = append(groups, rows)
	}
	paragraph("`:` opens the line; tab completes. T names pages: `a` all of it, `a[3]`, `a[4..7]`, `a[4..]`, `a+100,50` bytes, `a[1]+16,32`" +
		" bytes of a page, `0x7f12_3456_7000,4096` an address. SIZE is in pages, or with B, K, M, G, T.")
	paragraph("Keys and commands act in the process that the cursor is in; `in child mlock a` acts in another. A click on a verb types it.")
	paragraph("In a shell, `incore help` lists the reference: the language, JSON Lines, exit status and more.")
	for _, v := range lang.Verbs() {
		args := strings.TrimPrefix(v.Usage, v.Name)
		var rows []helpRow
		for i, line := range canvas.Line(append(sh.Look.Key.Line(v.Name), sh.Look.Text.Line(args)...)).Wrap(w - 2) {
			row := helpRow{Text: line, typed: v.Name + " "}
			if i > 0 { // what goes on hangs below the verb
				row.Text = append(sh.Look.Text.Line("  "), line...)
			}
			rows = append(rows, row)
		}
		for _, line := range sh.Look.Dim.Line(v.Help).Wrap(w - 2) {
			rows = append(rows, helpRow{indent: 2, Text: line})
		}
		groups = append(groups, rows)
	}
	return groups
}
