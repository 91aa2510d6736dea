package ui

import (
	"sort"
	"strconv"
	"time"

	"incore/model"
)

// seen notes what a frame shows, for the legend.
type seen struct {
	kinds    [kinds]bool
	locked   [locks]bool // of pages in core
	under    [locks]kind // a kind that was drawn with that lock
	empty    [locks]bool // of pages that are not
	access   [accesses]bool
	sample   [accesses]kind    // a kind that was drawn with that access
	classes  [heatClasses]bool // under the lenses but the first
	boundary bool
	marked   bool
	block    int64      // of pages whose heat is told as one
	tenths   bool       // a digit for the share in core, in ASCII
	part     model.Lock // that not all pages of such a cell have
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

// column notes a cell that is many pages.
func (s *seen) column(ln lens, c *farCell) {
	switch {
	case ln == lensState:
		s.page(c.kind, c.lock, c.access)
		s.tenths = s.tenths || c.r >= '1' && c.r <= '9'
		if c.part {
			s.part = c.lock
		}
	default:
		s.classes[c.class] = true
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
// follow those of the offset beside a row. Of many pages a cell they would say nothing.
func (m *Model) drawColumns(a area) {
	l := &m.lay
	if l.scale.zoom == zoomFar {
		return
	}
	x := a.x + l.gutter + 1
	cur := -1
	if m.region() != nil {
		cur = int(m.view.here().cursor % int64(l.perRow))
	}
	every := 1
	switch {
	case l.scale.zoom == zoomDense:
		every = 8
	case l.perRow > 16 && l.scale.zoom == zoomChips:
		every = 4
	}
	for i := range l.perRow {
		st := m.theme.mute
		near := cur >= 0 && i != cur && i > cur-every && i < cur+2
		if i == cur {
			st = m.theme.accent
		} else if i%every != 0 || every == 8 && near {
			continue
		}
		m.canvas.text(x+l.cell.pitch*i+(l.cell.w-1)/2, a.y, max(3, l.cell.pitch), strconv.FormatInt(int64(i), 16), st)
	}
}

// pageWalk walks what is known of a region's pages, and its VMAs, side by side.
type pageWalk struct {
	pages   model.Runs[model.Page]
	changed model.Runs[time.Duration]
	heat    model.Runs[model.Heat]
	vmas    []model.VMA // those behind the first page
	block   int64       // of pages whose heat is told as one; 0 and 1 are none
	reach   []model.Range
	base    uint64
	size    uint64 // of a page
	i, j, k int
}

// walkFrom walks from a page on; what is asked of it must not go down from call to call.
func (m *Model) walkFrom(pr *model.Process, r *model.Region, at place, page int64) pageWalk {
	w := pageWalk{pages: r.Pages, changed: r.Changed, heat: r.Heat, block: r.HeatBlock, base: r.Base, size: uint64(max(1, pr.PageSize)), reach: m.reach(at)}
	w.i, w.j, w.k = r.Pages.Find(page), r.Changed.Find(page), r.Heat.Find(page)
	addr := r.Base + uint64(page)*w.size
	w.vmas = pr.VMAs[sort.Search(len(pr.VMAs), func(i int) bool { return pr.VMAs[i].Start >= addr }):]
	return w
}

// at is page p, when it changed and how it was touched.
func (w *pageWalk) at(p int64) (pg model.Page, changed time.Duration, heat model.Heat) {
	for w.i < len(w.pages) && w.pages[w.i].End <= p {
		w.i++
	}
	for w.j < len(w.changed) && w.changed[w.j].End <= p {
		w.j++
	}
	for w.k < len(w.heat) && w.heat[w.k].End <= p {
		w.k++
	}
	if w.i < len(w.pages) {
		pg = w.pages[w.i].Val
	}
	if w.j < len(w.changed) {
		changed = w.changed[w.j].Val
	}
	if w.k < len(w.heat) {
		if heat = w.heat[w.k].Val; w.block > 1 {
			heat.Minor, heat.Major = 0, 0 // they may be another page's
		}
	}
	return pg, changed, heat
}

// boundary reports whether a VMA begins with page p, which is not the region's first.
func (w *pageWalk) boundary(p int64) bool {
	addr := w.base + uint64(p)*w.size
	for len(w.vmas) > 0 && w.vmas[0].Start < addr {
		w.vmas = w.vmas[1:]
	}
	return p > 0 && len(w.vmas) > 0 && w.vmas[0].Start == addr
}

// boundaryIn reports whether a VMA begins with a page from lo to before hi, but for the region's
// first.
func (w *pageWalk) boundaryIn(lo, hi int64) bool {
	first := w.base + uint64(max(lo, 1))*w.size
	for len(w.vmas) > 0 && w.vmas[0].Start < first {
		w.vmas = w.vmas[1:]
	}
	return len(w.vmas) > 0 && w.vmas[0].Start < w.base+uint64(hi)*w.size
}

// reached reports whether the command that is being typed would reach a page from p to before hi.
func (w *pageWalk) reached(p, hi int64) bool {
	for len(w.reach) > 0 && w.reach[0].Hi <= p {
		w.reach = w.reach[1:]
	}
	return len(w.reach) > 0 && w.reach[0].Lo < hi
}

// drawPages draws the cells of one block. It walks over the pages that are shown
// and the runs that they lie in, never over a region.
func (m *Model) drawPages(pr *model.Process, r *model.Region, b *block, s *seen) {
	if b.shift > 0 {
		m.drawFar(pr, r, b, s)
		return
	}
	l, rv := &m.lay, m.view.of(b.place)
	d := m.pageDrawer(r, b)
	walk := m.walkFrom(pr, r, b.place, rv.top)
	s.block = max(s.block, r.HeatBlock)
	n, x0 := r.Pages.Len(), b.area.x+l.gutter+1
	for row := range b.rows {
		y := b.area.y + row*l.cell.h
		p := rv.top + int64(row*l.perRow)
		m.drawOffset(p*pr.PageSize, b.area.x, y+l.cell.h-(l.cell.h+3)/4, d.current && p <= rv.cursor && rv.cursor < p+int64(l.perRow))
		d.was = drawn{cellState: cellState{kind: kindHole}}
		for i := 0; i < l.perRow && p < n; i, p = i+1, p+1 {
			page, changed, heat := walk.at(p)
			c := drawn{
				cellState: cellState{kindOf(page, d.anon), page.Lock, accessOf(page.Prot)},
				class:     pageClass(d.lens, page, d.anon, d.alone, changed, heat, m.glow.now),
				boundary:  walk.boundary(p),
				selected:  d.selection.Contains(p),
				marked:    walk.reached(p, p+1),
				cursor:    d.current && p == rv.cursor,
				changed:   changed,
			}
			d.draw(s, x0+l.cell.pitch*i, y, c, i > 0)
			if i+1 == l.perRow || p+1 == n {
				d.drawEnd(x0+l.cell.pitch*(i+1)-1, y)
			}
		}
	}
	m.drawCursor(rv, b, x0, d.current)
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
