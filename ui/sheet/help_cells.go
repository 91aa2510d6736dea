package sheet

import (
	"fmt"

	"incore/model"
	"incore/ui/look"
)

// cellIndent is the columns of a cell and its word.
const cellIndent = 21

// cellGroups returns the cells, made of the table of looks, and how they are read.
func (sh *Help) cellGroups(w int) (groups [][]helpRow) {
	th := sh.Look
	var rows []helpRow
	begin := func(heading string) {
		if len(rows) > 0 {
			groups = append(groups, rows)
		}
		rows = []helpRow{{Text: sh.Look.Heading.Line(heading)}}
	}
	item := func(k look.Kind, l model.Lock, a look.Access, word, text string) {
		cell := &look.Item{Tile: th.States[k][l][a], Lock: l, Word: word}
		for _, line := range sh.Look.Text.Line(text).Wrap(w - cellIndent) {
			rows = append(rows, helpRow{cell: cell, indent: cellIndent, Text: line})
			cell = nil
		}
	}
	begin("What a cell shows")
	for _, k := range look.LegendOrder {
		item(k, model.Unlocked, look.Writable, k.Name(), k.Text())
	}
	begin("Locks")
	item(look.Anon, model.Locked, look.Writable, "locked", "VmFlags lo, and in memory")
	item(look.Absent, model.Locked, look.Writable, "locked, absent", "locked, and still not in memory")
	item(look.Anon, model.OnFault, look.Writable, "fault-locked", "VmFlags lo lf, and was touched")
	item(look.Absent, model.OnFault, look.Writable, "lock on fault", "charged; comes in when touched")
	item(look.File, model.ShmLocked, look.Writable, "SHM_LOCK", "its segment is locked: no lo")
	item(look.Absent, model.ShmLocked, look.Writable, "SHM_LOCK empty", "locked as it comes in")
	begin("Protection")
	item(look.Anon, model.Unlocked, look.ReadOnly, "read-only", "one column: may not be written")
	item(look.Anon, model.Unlocked, look.NoAccess, "PROT_NONE", "no access, although it is there")
	item(look.Absent, model.Unlocked, look.NoAccess, "PROT_NONE", "no access, and nothing there")
	begin("Lenses")
	for _, ln := range look.Lenses {
		rows = append(rows, sh.termRows(fmt.Sprintf("%d %s", ln.Number(), ln.Name), ln.Text, w)...)
	}
	begin("How to read it")
	for _, s := range []string{
		"Height is what is in memory, hue what backs it, a lid is a lock. What just changed glows.",
		"A column of a strip is many pages: height is the share in memory, hue the commonest kind; a fainter lid, that not all are locked.",
		"MAP is all of the region, small. The bar at its left says which part the grid shows; a click goes there.",
		"lo and lf beside an address range are flags of its VMA: locked, and locked as its pages come (on fault).",
		"1 to 7 in the age lens are its steps, from under a second to over five minutes.",
		"Brackets stand around what the command being typed or chosen would reach.",
		"Before anything is touched RSS is the subject's own stack, code and the page it takes orders from.",
		"VmLck is charged against RLIMIT_MEMLOCK; RSS is what is in memory.",
	} {
		for _, line := range sh.Look.Text.Line(s).Wrap(w) {
			rows = append(rows, helpRow{Text: line})
		}
	}
	return append(groups, rows)
}
