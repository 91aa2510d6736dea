package ui

import (
	"fmt"

	"incore/model"
)

// drawLegend explains what the frame shows, and nothing else.
func (m *Model) drawLegend(items []legendItem) {
	a, th := m.lay.legend, m.theme
	if a.empty() {
		return
	}
	if m.lay.inline {
		m.drawLegendRow(a, items)
		return
	}
	if a.h < 2 || len(items) == 0 {
		return
	}
	counted := m.lay.size == sizeThree && m.region() != nil
	right := ""
	if counted {
		right = "pages of " + m.view.current.region
	}
	if len(items) < a.h || a.w >= 36 {
		m.canvas.heading(a.row(0), th, "LEGEND", right)
		_, a = a.cutTop(1)
	}
	cols := 1
	if len(items) > 1 && !counted {
		cols = legendColumns(a.w)
	}
	w := a.w / cols
	for i, it := range items {
		row := i / cols
		if row >= a.h {
			return
		}
		if row == a.h-1 && len(items) > cols*a.h {
			m.canvas.text(a.x+1, a.y+row, a.w-1, "…   and more: ?", th.mute)
			return
		}
		x := a.x + i%cols*w
		m.drawLegendItem(x, a.y+row, w, it)
		if counted && it.count >= 0 {
			m.canvas.textRight(x+20, a.y+row, a.w-20, fmt.Sprint(it.count), th.text)
		}
	}
}

// legendItem is one state with its cell; count is how many pages of the current
// region are in it, -1 where that is not counted.
type legendItem struct {
	look  look
	lock  model.Lock
	word  string
	count int64
}

func (m *Model) legendItems(s *seen) []legendItem {
	th := m.theme
	var t tally
	if r := m.region(); r != nil {
		t = *m.tallyOf(m.view.current, r, len(m.view.here().tally.strip))
	}
	var items []legendItem
	for _, k := range legendOrder {
		if s.kinds[k] {
			items = append(items, legendItem{th.looks[k][model.Unlocked][writable], model.Unlocked, kindNames[k], t.counts[k]})
		}
	}
	locked := func(k kind, l model.Lock, word string, n int64) {
		items = append(items, legendItem{th.looks[k][l][writable], l, word, n})
	}
	if s.locked[model.Locked] {
		locked(s.under[model.Locked], model.Locked, "locked", t.locked[model.Locked])
	}
	if s.empty[model.Locked] {
		locked(kindAbsent, model.Locked, "locked, absent", -1)
	}
	if s.locked[model.OnFault] {
		locked(s.under[model.OnFault], model.OnFault, "fault-locked", t.locked[model.OnFault])
	}
	if s.empty[model.OnFault] {
		locked(kindAbsent, model.OnFault, "lock on fault", -1)
	}
	if s.locked[model.ShmLocked] {
		locked(s.under[model.ShmLocked], model.ShmLocked, "SHM_LOCK", t.locked[model.ShmLocked])
	}
	if s.empty[model.ShmLocked] {
		locked(kindAbsent, model.ShmLocked, "SHM_LOCK empty", -1)
	}
	if s.access[readOnly] {
		items = append(items, legendItem{th.looks[s.sample[readOnly]][0][readOnly], 0, "read-only", -1})
	}
	if s.access[noAccess] {
		items = append(items, legendItem{th.looks[s.sample[noAccess]][0][noAccess], 0, "PROT_NONE", -1})
	}
	return items
}

var legendOrder = []kind{kindAbsent, kindZero, kindAnon, kindFile, kindCached, kindShared, kindSwapCache, kindSwapped, kindHuge,
	kindGuard, kindUnknowable, kindHole}

// drawLegendItem draws the cell as the grid does, with its frame, and its word.
func (m *Model) drawLegendItem(x, y, w int, it legendItem) int {
	c, th := &m.canvas, m.theme
	if w < 4+textWidth(it.word) {
		return 0
	}
	if it.lock != model.Unlocked {
		lid := style{fg: th.lids[it.lock]}
		c.set(x, y, th.frameL, lid)
		c.set(x+3, y, th.frameR, lid)
	}
	for i, k := range it.look {
		c.set(x+1+i, y, k.r, k.style)
	}
	return 5 + c.text(x+5, y, w-5, it.word, th.dim)
}

// drawLegendRow draws the items side by side, as many as fit; where they do not
// all fit it says where the rest is.
func (m *Model) drawLegendRow(a area, items []legendItem) {
	const more = "… ?"
	x, end := a.x-1, a.x+a.w
	for i, it := range items {
		n := 5 + textWidth(it.word)
		left := end
		if i+1 < len(items) {
			left -= len(more)
		}
		if x+n > left {
			m.canvas.text(x+1, a.y, end-x-1, more, m.theme.mute)
			return
		}
		x += m.drawLegendItem(x, a.y, n, it) + 2
	}
}
