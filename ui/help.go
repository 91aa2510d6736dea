package ui

import (
	"fmt"

	"incore/model"
)

// help is the page of keys and cells.
type help struct{ top int }

// helpLine is one row of the help: a heading, or a term with what it means.
type helpLine struct {
	heading string
	term    string
	cell    *legendItem
	text    string
}

// helpKeys are the keys of the grid, made of the key table.
func (m *Model) helpKeys() (keys []helpLine) {
	group := ""
	for _, b := range table {
		if b.mode != modeGrid || b.help == "" {
			continue
		}
		if b.group != group {
			if group != "" {
				keys = append(keys, helpLine{})
			}
			group = b.group
			keys = append(keys, helpLine{heading: group})
		}
		keys = append(keys, helpLine{term: b.term(m.theme), text: b.help})
	}
	return append(keys, helpLine{term: "mouse", text: "click, drag, wheel"})
}

// helpCells are the cells, made of the table of looks, and how they are read.
func (m *Model) helpCells() (cells []helpLine) {
	th := m.theme
	cells = append(cells, helpLine{heading: "What a cell shows"})
	item := func(k kind, l model.Lock, a access, word, text string) {
		cells = append(cells, helpLine{cell: &legendItem{look: th.looks[k][l][a], lock: l, word: word}, text: text})
	}
	for _, k := range legendOrder {
		item(k, model.Unlocked, writable, kindNames[k], kindTexts[k])
	}
	item(kindAnon, model.Locked, writable, "locked", "VmFlags lo, and in memory")
	item(kindAbsent, model.Locked, writable, "locked, absent", "locked, and still not in memory")
	item(kindAnon, model.OnFault, writable, "fault-locked", "VmFlags lo lf, and was touched")
	item(kindAbsent, model.OnFault, writable, "lock on fault", "charged; comes in when touched")
	item(kindFile, model.ShmLocked, writable, "SHM_LOCK", "its segment is locked: no lo")
	item(kindAbsent, model.ShmLocked, writable, "SHM_LOCK empty", "locked as it comes in")
	item(kindAnon, model.Unlocked, readOnly, "read-only", "one column: may not be written")
	item(kindAnon, model.Unlocked, noAccess, "PROT_NONE", "no access, although it is there")
	item(kindAbsent, model.Unlocked, noAccess, "PROT_NONE", "no access, and nothing there")
	cells = append(cells, helpLine{}, helpLine{heading: "How to read it"})
	for _, s := range []string{
		"Height is what is in memory, hue what backs it, a lid is a lock. What just changed glows.",
		"A column of a strip is many pages: height is the share in memory, hue the commonest kind.",
		"VmLck is charged against RLIMIT_MEMLOCK; RSS is what is in memory.",
	} {
		cells = append(cells, helpLine{text: s})
	}
	return cells
}

// helpCommands are the verbs, made of the table of the language.
func helpCommands() []helpLine {
	lines := []helpLine{{}, {heading: "What can be typed"}}
	for _, s := range []string{
		"T names pages: a (all of it), a[3], a[4..7], a[4..], a+100,50 (bytes), 0x7f12_3456_7000,4096. SIZE is in pages," +
			" or with K, M, G, T, B. tab completes, and each verb's words are shown below the line.",
		"Keys act in the process that the cursor is in, and so does what is typed there: the prompt says in child. The" +
			" command is then in child mlock a; for another process write in NAME yourself. reset, say, wait and speed are" +
			" of all processes.",
	} {
		lines = append(lines, helpLine{text: s})
	}
	lines = append(lines, helpLine{})
	for _, v := range verbInfos {
		lines = append(lines, helpLine{term: v.Name, text: v.Help})
	}
	return lines
}

// drawHelp draws the help over the whole screen but the last row: keys beside cells, in one
// column where there is no room for two, and below them what can be typed; scrolled as far
// as there is something to see.
func (m *Model) drawHelp() {
	a := area{m.lay.keys.x, 0, m.lay.keys.w, m.height - 1}
	if a.empty() {
		return
	}
	head := a.row(0)
	_, a = a.cutTop(1)
	keys, cells, commands := m.helpKeys(), m.helpCells(), helpCommands()
	left, right := a, area{}
	if a.w >= 90 {
		left.w = min(60, a.w/2-7)
		right = area{a.x + left.w + 3, a.y, a.w - left.w - 3, a.h}
	} else {
		keys, cells = append(append(keys, helpLine{}), cells...), nil
	}
	both := max(m.helpColumn(left, keys, 0, false), m.helpColumn(right, cells, 0, false))
	n := m.helpColumn(a, commands, both, false)
	m.help.top = clamp(m.help.top, 0, max(0, n-a.h))
	text := "esc closes"
	if n > a.h {
		text = fmt.Sprintf("lines %d to %d of %d", m.help.top+1, min(n, m.help.top+a.h), n)
	}
	m.canvas.heading(head, m.theme, "HELP", text)
	m.helpColumn(left, keys, 0, true)
	m.helpColumn(right, cells, 0, true)
	m.helpColumn(a, commands, both, true)
}

// helpColumn lays lines out in an area from a row on, draws them if asked to, and returns
// the row behind them.
func (m *Model) helpColumn(a area, lines []helpLine, row int, draw bool) int {
	th, c := m.theme, &m.canvas
	put := func(f func(y int)) {
		if y := row - m.help.top; draw && y >= 0 && y < a.h {
			f(a.y + y)
		}
		row++
	}
	for i := range lines {
		l := &lines[i]
		indent := 0
		switch {
		case l.heading != "":
			put(func(y int) { c.text(a.x, y, a.w, l.heading, th.heading) })
			continue
		case l.term != "":
			indent = 14
		case l.cell != nil:
			indent = 21
		}
		wrapped := wrap(l.text, a.w-indent)
		if len(wrapped) == 0 {
			wrapped = []string{""}
		}
		for j, s := range wrapped {
			put(func(y int) {
				if j == 0 && l.term != "" {
					c.text(a.x, y, indent-1, l.term, th.key)
				}
				if j == 0 && l.cell != nil {
					m.drawLegendItem(a.x, y, indent, *l.cell)
				}
				c.text(a.x+indent, y, a.w-indent, s, th.dim)
			})
		}
	}
	return row
}
