package ui

import (
	"fmt"

	"incore/model"
)

// cellIndent is the columns of a cell and its word.
const cellIndent = 21

// cellGroups are the cells, made of the table of looks, and how they are read.
func (m *Model) cellGroups(w int) (groups [][]helpRow) {
	th := m.theme
	var rows []helpRow
	begin := func(heading string) {
		if len(rows) > 0 {
			groups = append(groups, rows)
		}
		rows = []helpRow{{text: inkHeading.of(heading)}}
	}
	item := func(k kind, l model.Lock, a access, word, text string) {
		cell := &legendItem{look: th.looks[k][l][a], lock: l, word: word}
		for _, line := range wrapInked(inkText.of(text), w-cellIndent) {
			rows = append(rows, helpRow{cell: cell, indent: cellIndent, text: line})
			cell = nil
		}
	}
	begin("What a cell shows")
	for _, k := range legendOrder {
		item(k, model.Unlocked, writable, kindNames[k], kindTexts[k])
	}
	begin("Locks")
	item(kindAnon, model.Locked, writable, "locked", "VmFlags lo, and in memory")
	item(kindAbsent, model.Locked, writable, "locked, absent", "locked, and still not in memory")
	item(kindAnon, model.OnFault, writable, "fault-locked", "VmFlags lo lf, and was touched")
	item(kindAbsent, model.OnFault, writable, "lock on fault", "charged; comes in when touched")
	item(kindFile, model.ShmLocked, writable, "SHM_LOCK", "its segment is locked: no lo")
	item(kindAbsent, model.ShmLocked, writable, "SHM_LOCK empty", "locked as it comes in")
	begin("Protection")
	item(kindAnon, model.Unlocked, readOnly, "read-only", "one column: may not be written")
	item(kindAnon, model.Unlocked, noAccess, "PROT_NONE", "no access, although it is there")
	item(kindAbsent, model.Unlocked, noAccess, "PROT_NONE", "no access, and nothing there")
	begin("Lenses")
	for i, s := range lensTexts {
		rows = append(rows, termRows(fmt.Sprintf("%d %s", i+1, lensNames[i]), s, w)...)
	}
	begin("How to read it")
	for _, s := range []string{
		"Height is what is in memory, hue what backs it, a lid is a lock. What just changed glows.",
		"A column of a strip is many pages: height is the share in memory, hue the commonest kind; a fainter lid, that not all are locked.",
		"VmLck is charged against RLIMIT_MEMLOCK; RSS is what is in memory.",
	} {
		for _, line := range wrapInked(inkText.of(s), w) {
			rows = append(rows, helpRow{text: line})
		}
	}
	return append(groups, rows)
}
