package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

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
	if len(items) == 0 {
		return
	}
	if a.h < 2 {
		m.drawLegendRow(a, items)
		return
	}
	counted := m.lay.size == sizeThree && m.region() != nil && m.view.lens == lensState
	if len(items) < a.h || a.w >= 36 && (a.h > 4 || len(items) <= 2*(a.h-1)) || m.view.lens != lensState {
		m.drawLegendHeading(a.row(0), counted)
		_, a = a.cutTop(1)
	}
	cols := 1
	if !counted {
		cols = legendColumns(items, a.w)
	}
	indent := legendIndent
	if n := min(3, (a.w+1)/(tightIndent+leastWord)); n > cols && !counted && len(items) > cols*a.h && m.view.lens == lensState {
		cols, indent, items = n, tightIndent, merged(items)
		if 2*a.h >= len(items) {
			cols = 2 // of longer words
		}
	}
	w := (a.w + cols - 1) / cols
	for i, it := range items {
		it.word = shortOf(it.word, w-indent)
		row := i / cols
		if row >= a.h {
			return
		}
		x := a.x + i%cols*w
		if i == cols*a.h-1 && len(items) > cols*a.h {
			more := "…   and more: ?"
			if textWidth(more) >= w {
				more = "… ?"
			}
			m.canvas.text(x+1, a.y+row, w-1, more, th.mute)
			return
		}
		m.drawLegendItem(x, a.y+row, w, indent, it)
		if counted && it.count >= 0 {
			st := th.text
			if it.count == 0 {
				st = th.mute // it is seen of another region
			}
			m.canvas.textRight(x+20, a.y+row, a.w-20, fmt.Sprint(it.count), st)
		}
	}
}

// narrowWords are shorter words of the legend, for where two of them stand side by side in a narrow
// column or all of them in a row.
var narrowWords = map[string][]string{
	kindNames[kindZero]:       {"zero"},
	kindNames[kindAnon]:       {"anon"},
	kindNames[kindFile]:       {"file, shm", "file"},
	kindNames[kindCached]:     {"cached"},
	kindNames[kindShared]:     {"COW"},
	kindNames[kindSwapped]:    {"swapped", "swap"},
	kindNames[kindSwapCache]:  {"swapcache", "sw.ca."},
	kindNames[kindHuge]:       {"huge"},
	kindNames[kindUnknowable]: {"unknown", "unkn."},
	kindNames[kindHole]:       {"hole"},
	kindNames[kindNotAsked]:   {"unasked", "unask."},
	wordOnFault:               {"on fault", "on flt"},
	wordReadOnly:              {"r only"},
	wordNoAccess:              {"no rwx"},
	wordPart:                  {"some lock", "partly"},
	wordBoundary:              {"new VMA", "VMA"},
	wordReached:               {"reached", "reach"},
	sharingWords[2]:           {"shared (COW)", "COW"},
	sharingWords[3]:           {"file, zero page", "file, zero"},
	protWords[3]:              {"rw"},
	protWords[5]:              {"rx"},
}

// The words of the legend for what is no kind of page.
const (
	wordLocked   = "locked"
	wordOnFault  = "fault-locked"
	wordShm      = "SHM_LOCK"
	wordPart     = "locked in part"
	wordReadOnly = "read-only"
	wordNoAccess = "PROT_NONE"
	wordBoundary = "a VMA begins"
	wordReached  = "would be reached"
)

// shortOf is a word of the legend in w columns. What all words of a lens begin with stands in
// its heading too.
func shortOf(word string, w int) string {
	out := word
	for _, verb := range [2]string{"touched ", "changed "} {
		if rest, ok := strings.CutPrefix(word, verb); ok && textWidth(word) > w {
			return rest
		}
	}
	for _, short := range narrowWords[word] {
		if textWidth(out) > w {
			out = short
		}
	}
	return out
}

// emptyOf are the words of a lock on pages that are not in memory.
var emptyOf = map[string]string{"locked, absent": wordLocked, "lock on fault": wordOnFault, "SHM_LOCK empty": wordShm}

// merged are the items in fewer: a lock on pages that are in memory and on those that are not
// is one item then, half of it each.
func merged(items []legendItem) []legendItem {
	out := items[:0:0]
	for _, it := range items {
		if word, ok := emptyOf[it.word]; ok {
			it.word = word
			if n := len(out) - 1; n >= 0 && out[n].word == word {
				out[n].look[0] = it.look[0]
				continue
			}
		}
		out = append(out, it)
	}
	return out
}

// drawLegendHeading names the lens; a click goes to the next one.
func (m *Model) drawLegendHeading(a area, counted bool) {
	right := fmt.Sprintf("lens %d of %d", m.view.lens+1, lenses)
	if counted {
		right = "pages of " + m.view.current.region
	}
	title := fmt.Sprintf("%d %s", m.view.lens+1, strings.ToUpper(lensNames[m.view.lens]))
	m.canvas.heading(a, m.theme, title, right)
	m.clickable(a, func(m *Model) tea.Cmd { m.setLens((m.view.lens + 1) % lenses); return nil })
}

// legendItem is one state with its cell; count is how many pages of the current
// region are in it, -1 where that is not counted.
type legendItem struct {
	look  look
	lock  model.Lock
	word  string
	count int64
}

// legendItems explain what the frame shows, under its lens.
func (m *Model) legendItems(s *seen) []legendItem {
	items := m.items[:0]
	if m.view.lens == lensState {
		items = m.stateItems(items, s)
	} else {
		items = m.lensItems(items, s)
	}
	plain := func(c cell, word string) { items = append(items, legendItem{look{c, c}, 0, word, -1}) }
	if s.boundary {
		c := cell{m.theme.border, m.theme.boundary}
		items = append(items, legendItem{look{blank, c}, 0, wordBoundary, -1})
		if m.lay.cell.pitch == m.lay.cell.w {
			c := &items[len(items)-1].look[1]
			*c = cell{m.theme.dot(), style{fg: m.theme.kinds[kindAbsent], bg: m.theme.rule.fg}}
			switch {
			case m.theme.colors == NoColor:
				c.attr = underline
			case !m.theme.ascii && m.view.lens == lensState && s.kinds[kindAnon]:
				items[len(items)-1].look[0] = m.theme.tick(m.theme.kinds[kindAnon])
			}
		}
	}
	if s.tenths {
		plain(cell{'5', style{fg: m.theme.kinds[kindAnon]}}, "tenths in memory")
	}
	if s.marked {
		c := cell{' ', style{bg: m.theme.mark}}
		if m.theme.mark == 0 {
			c = cell{'_', style{}}
		}
		plain(c, wordReached)
	}
	m.items = items
	return items
}

// lensItems are the classes that the frame shows under the lenses but the first.
func (m *Model) lensItems(items []legendItem, s *seen) []legendItem {
	all := &m.tiles[m.view.lens][0]
	add := func(class int, word string) {
		items = append(items, legendItem{look{(*all)[class][0], (*all)[class][1]}, 0, word, -1})
	}
	one := func(class int, word string) {
		if s.classes[class] {
			add(class, word)
		}
	}
	switch m.view.lens {
	case lensProt:
		for p := range model.Prot(8) {
			one(classFirst+int(p), protWords[p])
		}
	case lensSharing:
		for i, word := range sharingWords {
			one(classFirst+i, word)
		}
	case lensAge:
		one(classNever, "never changed")
		for i := range ageClasses {
			one(classTouched+i, "changed "+ageNames[i])
		}
	case lensHeat:
		return m.heatItems(items, s)
	}
	one(classNotAsked, kindNames[kindNotAsked])
	return items
}

// heatItems are the scale of the heat, as far as it is on the screen, and the marks of faults.
func (m *Model) heatItems(items []legendItem, s *seen) []legendItem {
	tiles := m.tiles[lensHeat][0]
	faults, major := false, false
	if s.classes[classNever] {
		items = append(items, legendItem{look{tiles[classNever][0], tiles[classNever][1]}, 0, "never touched", -1})
	}
	for age := range ageClasses {
		first := classTouched + age*faultMarks*2
		here := false
		for i := range faultMarks * 2 {
			here = here || s.classes[first+i]
			faults = faults || i > 1 && s.classes[first+i]
			major = major || i%2 == 1 && s.classes[first+i]
		}
		if here {
			items = append(items, legendItem{look{tiles[first][0], tiles[first][0]}, 0, "touched " + ageNames[age], -1})
		}
	}
	if s.block > 1 {
		word := fmt.Sprintf("told by %d pages", s.block)
		items = append(items, legendItem{look{blank, blank}, 0, word, -1})
	}
	if m.lay.scale.zoom >= zoomDense {
		return items
	}
	if faults {
		items = append(items, legendItem{look{blank, {'1', m.theme.text}}, 0, "faults it took", -1})
	}
	if major {
		st := m.theme.fail
		st.attr |= underline
		items = append(items, legendItem{look{blank, {'1', st}}, 0, "one was major", -1})
	}
	return items
}

// protWords are the protections as mprotect(2) names them.
var protWords = [8]string{
	0: "PROT_NONE", 1: "r: read-only", 2: "w", 3: "rw: read, write", 4: "x", 5: "rx: read, execute", 6: "wx", 7: "rwx: all",
}

var sharingWords = [5]string{"not mapped", "yours alone", "shared copy-on-write", "shared: file, zero page", "not known"}

func (m *Model) stateItems(items []legendItem, s *seen) []legendItem {
	th := m.theme
	var t tally
	if r := m.region(); r != nil {
		t = *m.tallyOf(m.view.current, r, len(m.view.here().tally.strip))
	}
	for _, k := range legendOrder {
		if s.kinds[k] {
			items = append(items, legendItem{th.looks[k][model.Unlocked][writable], model.Unlocked, kindNames[k], t.counts[k]})
		}
	}
	locked := func(k kind, l model.Lock, word string, n int64) {
		items = append(items, legendItem{th.looks[k][l][writable], l, word, n})
	}
	if s.locked[model.Locked] {
		locked(s.under[model.Locked], model.Locked, wordLocked, t.locked[model.Locked])
	}
	if s.empty[model.Locked] {
		locked(kindAbsent, model.Locked, "locked, absent", -1)
	}
	if s.locked[model.OnFault] {
		locked(s.under[model.OnFault], model.OnFault, wordOnFault, t.locked[model.OnFault])
	}
	if s.empty[model.OnFault] {
		locked(kindAbsent, model.OnFault, "lock on fault", -1)
	}
	if s.locked[model.ShmLocked] {
		locked(s.under[model.ShmLocked], model.ShmLocked, wordShm, t.locked[model.ShmLocked])
	}
	if s.empty[model.ShmLocked] {
		locked(kindAbsent, model.ShmLocked, "SHM_LOCK empty", -1)
	}
	if l := s.part; l != model.Unlocked {
		c := th.stripLook(kindAnon, 5, l, th.faint[l], writable)
		items = append(items, legendItem{look{c, c}, 0, wordPart, -1})
	}
	if s.access[readOnly] {
		items = append(items, legendItem{th.looks[s.sample[readOnly]][0][readOnly], 0, wordReadOnly, -1})
	}
	if s.access[noAccess] {
		items = append(items, legendItem{th.looks[s.sample[noAccess]][0][noAccess], 0, wordNoAccess, -1})
	}
	return items
}

var legendOrder = []kind{kindAbsent, kindZero, kindAnon, kindFile, kindCached, kindShared, kindSwapCache, kindSwapped, kindHuge,
	kindGuard, kindUnknowable, kindHole}

// legendIndent is where the word of an item begins.
const (
	legendIndent = 5 // which leaves the frame of a lock its column
	tightIndent  = 4
	leastWord    = 6 // columns, of the shortest words
)

// drawLegendItem draws the cell as the grid does, with its frame, and its word.
func (m *Model) drawLegendItem(x, y, w, indent int, it legendItem) int {
	c, th := &m.canvas, m.theme
	if it.lock != model.Unlocked {
		lid := style{fg: th.lids[it.lock]}
		c.set(x, y, th.frameL, lid)
		c.set(x+3, y, th.frameR, lid)
	}
	for i, k := range it.look {
		c.set(x+1+i, y, k.r, k.style)
	}
	return indent + c.text(x+indent, y, w-indent, it.word, th.dim)
}

// drawLegendRow draws the items side by side, in as many rows as there are; where they do not
// all fit it says where the rest is.
func (m *Model) drawLegendRow(a area, items []legendItem) {
	const more = "… ?"
	if full := items; m.legendFlow(a, full, false) < len(full) {
		for _, most := range [2]int{9, 0} { // columns of a word
			items = merged(full)
			for i := range items {
				items[i].word = shortOf(items[i].word, most)
			}
			if m.legendFlow(a, items, false) == len(items) {
				break
			}
		}
	}
	if n := m.legendFlow(a, items, false); n < len(items) {
		last := a.row(a.h - 1)
		last.w -= len(more)
		m.canvas.textRight(last.x, last.y, a.w, more, m.theme.mute)
	}
	m.legendFlow(a, items, true)
}

// legendFlow fills the rows with items, and returns how many of them fit.
func (m *Model) legendFlow(a area, items []legendItem, draw bool) int {
	const apart, more = 2, 4
	x, row := a.x-1, 0
	for i, it := range items {
		n := tightIndent + textWidth(it.word)
		room := func() int {
			end := a.x + a.w
			if row == a.h-1 && i+1 < len(items) {
				end -= more
			}
			return end - x
		}
		if n > room() && x >= a.x {
			x, row = a.x-1, row+1
		}
		if row >= a.h || n > room() {
			return i
		}
		if draw {
			m.drawLegendItem(x, a.y+row, n, tightIndent, it)
		}
		x += n + apart
	}
	return len(items)
}
