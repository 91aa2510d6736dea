package ui

import (
	"strconv"
	"time"

	"incore/model"
)

// seen notes what a frame shows, for the legend.
type seen struct {
	kinds  [kinds]bool
	locked [locks]bool // of pages in core
	under  [locks]kind // a kind that was drawn with that lock
	empty  [locks]bool // of pages that are not
	access [accesses]bool
	sample [accesses]kind // a kind that was drawn with that access
}

func (s *seen) page(k kind, l model.Lock, a access) {
	s.kinds[k] = true
	if k == kindHole || k == kindNotAsked {
		return
	}
	if k == kindAbsent {
		s.empty[l] = true
	} else {
		if !s.locked[l] || k == kindAnon {
			s.locked[l], s.under[l] = true, k
		}
	}
	if !s.access[a] || s.sample[a] == kindAbsent {
		s.access[a], s.sample[a] = true, k
	}
}

// drawGrid draws every block: its heading, its column numbers, its pages.
func (m *Model) drawGrid() (s seen) {
	l := &m.lay
	if m.region() == nil {
		m.drawNoRegion()
	}
	for i := range l.blocks {
		b := &l.blocks[i]
		p, r := m.regionAt(b.place)
		if r == nil {
			continue
		}
		if !b.heading.empty() {
			m.drawRegionHeading(p, r, b)
		}
		if !b.header.empty() {
			m.drawColumns(b.header)
		}
		m.drawPages(p, r, b, &s)
		m.drawScrollBar(r, b)
	}
	return s
}

func (m *Model) drawNoRegion() {
	a := m.lay.grid
	if a.empty() {
		return
	}
	if !m.lay.title.empty() && m.lay.size != sizeSmall {
		title := "REGION"
		if m.several() {
			title = m.proc().Name
		}
		m.canvas.heading(a.row(0), m.theme, title, "")
		_, a = a.cutTop(2)
	}
	text := "No region is mapped. Press m to map one."
	switch {
	case m.proc().PID == 0:
		text = "Waiting for the subject…"
	case m.proc().Death != nil:
		text = m.proc().Name + " had no region."
	case m.several():
		text = m.proc().Name + " has no region. Press m to map one."
	}
	for i, line := range wrap(text, a.w) {
		m.canvas.text(a.x, a.y+i, a.row(i).w, line, m.theme.dim)
	}
}

// drawColumns draws the numbers over the columns, in hexadecimal: the digits that
// follow those of the offset beside a row.
func (m *Model) drawColumns(a area) {
	l := &m.lay
	x := a.x + l.gutter + 1
	cur := -1
	if m.region() != nil {
		cur = int(m.view.here().cursor % int64(l.perRow))
	}
	for i := range l.perRow {
		st := m.theme.mute
		if i == cur {
			st = m.theme.accent
		} else if l.perRow > 16 && i%4 != 0 {
			continue
		}
		m.canvas.text(x+3*i, a.y, 3, strconv.FormatInt(int64(i), 16), st)
	}
}

// pageWalk walks two run lists of one region side by side.
type pageWalk struct {
	pages   model.Runs[model.Page]
	changed model.Runs[time.Duration]
	i, j    int
}

// at is page p and when it changed; p must not go down from call to call.
func (w *pageWalk) at(p int64) (model.Page, time.Duration) {
	for w.i < len(w.pages) && w.pages[w.i].End <= p {
		w.i++
	}
	for w.j < len(w.changed) && w.changed[w.j].End <= p {
		w.j++
	}
	var pg model.Page
	var at time.Duration
	if w.i < len(w.pages) {
		pg = w.pages[w.i].Val
	}
	if w.j < len(w.changed) {
		at = w.changed[w.j].Val
	}
	return pg, at
}

// drawPages draws the cells of one block. It walks over the pages that are shown
// and the runs that they lie in, never over a region.
func (m *Model) drawPages(pr *model.Process, r *model.Region, b *block, s *seen) {
	l, th, rv := &m.lay, m.theme, m.view.of(b.place)
	current := b.place == m.view.current
	var sel model.Range
	if current && m.view.selecting {
		sel = m.view.selection()
	}
	n := r.Pages.Len()
	anon := privateAnon(r)
	walk := pageWalk{r.Pages, r.Changed, r.Pages.Find(rv.top), r.Changed.Find(rv.top)}
	x0 := b.area.x + l.gutter + 1
	for row := range b.rows {
		y := b.area.y + row
		p := rv.top + int64(row*l.perRow)
		m.drawOffset(p*pr.PageSize, b.area.x, y, current && p <= rv.cursor && rv.cursor < p+int64(l.perRow))
		was := cellState{kind: kindHole}
		for i := 0; i < l.perRow && p < n; i, p = i+1, p+1 {
			page, changed := walk.at(p)
			c := cellState{kindOf(page, anon), page.Lock, accessOf(page.Prot)}
			s.page(c.kind, c.lock, c.access)
			lk := th.looks[c.kind][c.lock][c.access]
			if changed > 0 && !m.opts.ReducedMotion {
				lk = m.glowing(lk, c.kind, changed)
			}
			x := x0 + 3*i
			selected := sel.Contains(p) && !(th.selection == 0 && p == rv.cursor)
			m.drawCell(x, y, lk, selected)
			m.drawGap(x-1, y, was, c, i > 0, i > 0 && sel.Contains(p) && sel.Contains(p-1) && !(th.selection == 0 && (p == rv.cursor || p-1 == rv.cursor)))
			was = c
			if i+1 == l.perRow || p+1 == n {
				m.drawGap(x+2, y, c, cellState{kind: kindHole}, true, false)
			}
		}
	}
	m.drawCursor(rv, b, x0, current)
}

// cellState is what decides how a page is drawn.
type cellState struct {
	kind   kind
	lock   model.Lock
	access access
}

func (m *Model) drawOffset(offset int64, x, y int, current bool) {
	st := m.theme.mute
	if current {
		st = m.theme.accent
	}
	buf := make([]byte, 0, 24)
	buf = strconv.AppendUint(buf, uint64(offset), 16)
	m.canvas.set(x, y, '+', st)
	digits := m.lay.gutter - 1
	for i := range digits {
		d := byte('0')
		if k := i - (digits - len(buf)); k >= 0 {
			d = buf[k]
		}
		m.canvas.set(x+1+i, y, rune(d), st)
	}
}

func (m *Model) glowing(lk look, k kind, changed time.Duration) look {
	age := m.glow.now - changed
	if age < 0 || age >= glowTime {
		return lk
	}
	m.glow.until = max(m.glow.until, changed+glowTime)
	return m.theme.glowing(lk, k, int(age*glowSteps/glowTime))
}

// drawCell draws the two columns of a page.
func (m *Model) drawCell(x, y int, lk look, selected bool) {
	for i, c := range lk {
		if selected {
			c.style = m.selected(c.style)
		}
		m.canvas.set(x+i, y, c.r, c.style)
	}
}

// selected is a style with the selection behind it. Where there are no colours the
// selection is drawn in reverse; a lid, which is drawn in reverse itself, stays.
func (m *Model) selected(s style) style {
	switch {
	case s.attr&reverse != 0:
	case m.theme.selection == 0:
		s.attr |= reverse
	case s.bg == 0:
		s.bg = m.theme.selection
	}
	return s
}

// drawGap draws the column between two pages of a row, where the frame of a locked
// range, a huge page that goes on and the selection show. inner is false left of
// the first page.
func (m *Model) drawGap(x, y int, left, right cellState, inner, selected bool) {
	th := m.theme
	c := blank
	switch {
	case left.lock != model.Unlocked && left.lock == right.lock && inner:
		c = cell{th.frameTop, style{fg: th.lids[left.lock]}}
	case right.lock != model.Unlocked:
		c = cell{th.frameL, style{fg: th.lids[right.lock]}}
	case left.lock != model.Unlocked && inner:
		c = cell{th.frameR, style{fg: th.lids[left.lock]}}
	}
	if !th.ascii && left.kind == kindHuge && right.kind == kindHuge && left == right && left.access == writable {
		c = th.looks[kindHuge][left.lock][writable][0]
	}
	if selected {
		c.style = m.selected(c.style)
	}
	m.canvas.set(x, y, c.r, c.style)
}

// drawCursor draws the cursor around its cell. In the same region of another process the
// page has a fainter one, where colours can tell them apart.
func (m *Model) drawCursor(rv *regionView, b *block, x0 int, current bool) {
	l := &m.lay
	twin := b.region == m.view.current.region && m.theme.colors != NoColor && !m.theme.ascii
	if !current && !twin {
		return
	}
	i := rv.cursor - rv.top
	row := int(i / int64(l.perRow))
	if i < 0 || row >= b.rows {
		return
	}
	x, y := x0+3*int(i%int64(l.perRow)), b.area.y+row
	for _, side := range []struct {
		x int
		r rune
	}{{x - 1, m.theme.cursorL}, {x + 2, m.theme.cursorR}} {
		st := m.theme.cursor
		if !current {
			st = m.theme.mute
		}
		if c := m.canvas.at(side.x, y); c != nil {
			st.bg, st.attr = c.bg, st.attr|c.attr&reverse
		}
		m.canvas.set(side.x, y, side.r, st)
	}
}

// drawScrollBar shows which part of a region that does not fit is on the screen.
func (m *Model) drawScrollBar(r *model.Region, b *block) {
	l := &m.lay
	total := (r.Pages.Len() + int64(l.perRow) - 1) / int64(l.perRow)
	if total <= int64(b.rows) {
		return
	}
	x := b.area.x + gridWidth(l.gutter, l.perRow) - 1
	top := m.view.of(b.place).top / int64(l.perRow)
	size := max(1, int(int64(b.rows)*int64(b.rows)/total))
	at := int(top * int64(b.rows-size) / max(1, total-int64(b.rows)))
	for i := range b.rows {
		if i >= at && i < at+size {
			m.canvas.set(x, b.area.y+i, m.theme.thumb, m.theme.accent)
		} else {
			m.canvas.set(x, b.area.y+i, m.theme.track, m.theme.rule)
		}
	}
}

// pageAt is the region and page drawn at a point of the screen.
func (m *Model) pageAt(x, y int) (at place, page int64, ok bool) {
	l := &m.lay
	for i := range l.blocks {
		b := &l.blocks[i]
		_, r := m.regionAt(b.place)
		dx := x - (b.area.x + l.gutter + 1)
		if r == nil || y < b.area.y || y >= b.area.y+b.rows || dx < 0 || dx >= 3*l.perRow {
			continue
		}
		page = m.view.of(b.place).top + int64((y-b.area.y)*l.perRow+dx/3)
		if page < r.Pages.Len() {
			return b.place, page, true
		}
	}
	return place{}, 0, false
}
