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

// helpLines is the whole help, made of the key table and the table of cells.
func (m *Model) helpLines() (keys, cells []helpLine) {
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
	keys = append(keys, helpLine{term: "mouse", text: "click, drag, wheel"})

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
	return keys, cells
}

// drawHelp draws the help over the whole screen but the last row; in one column
// where there is no room for two, scrolled as far as there is something to see.
func (m *Model) drawHelp() {
	th, c := m.theme, &m.canvas
	a := area{m.lay.keys.x, 0, m.lay.keys.w, m.height - 1}
	if a.empty() {
		return
	}
	head := a.row(0)
	_, a = a.cutTop(1)
	keys, cells := m.helpLines()
	title := func(n int) {
		m.help.top = clamp(m.help.top, 0, max(0, n-a.h))
		right := "esc closes"
		if n > a.h {
			right = fmt.Sprintf("lines %d to %d of %d", m.help.top+1, min(n, m.help.top+a.h), n)
		}
		c.heading(head, th, "HELP", right)
	}
	if a.w >= 90 {
		left := min(60, a.w/2-7)
		title(max(m.helpColumn(area{a.x, a.y, left, a.h}, keys, false), m.helpColumn(area{a.x + left + 3, a.y, a.w - left - 3, a.h}, cells, false)))
		m.helpColumn(area{a.x, a.y, left, a.h}, keys, true)
		m.helpColumn(area{a.x + left + 3, a.y, a.w - left - 3, a.h}, cells, true)
		return
	}
	all := append(append(keys, helpLine{}), cells...)
	title(m.helpColumn(a, all, false))
	m.helpColumn(a, all, true)
}

// helpColumn lays lines out in an area, draws them if asked to, and returns how
// many rows they take.
func (m *Model) helpColumn(a area, lines []helpLine, draw bool) int {
	th, c := m.theme, &m.canvas
	row := 0
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
