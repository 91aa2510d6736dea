package ui

import (
	"time"

	"incore/model"
)

// drawn is one cell of the grid as it is to be drawn.
type drawn struct {
	cellState
	class    int
	boundary bool // a VMA begins here
	selected bool
	marked   bool // the command that is being typed would reach it
	cursor   bool
	changed  time.Duration
}

// pageDrawer draws the cells of one block from left to right.
type pageDrawer struct {
	m         *Model
	lens      lens
	size      cellSize
	tiles     []tile
	figures   []figure // of big cells, else nil
	anon      bool     // the region's pages can only be anonymous
	alone     bool     // nobody can share them
	current   bool     // the cursor is in the region
	selection model.Range
	was       drawn // the cell before, of the same row
}

func (m *Model) pageDrawer(r *model.Region, b *block) pageDrawer {
	d := pageDrawer{
		m: m, lens: m.view.lens, size: m.lay.cell, anon: privateAnon(r), current: b.place == m.view.current,
		tiles: m.tiles[m.view.lens][0],
	}
	switch m.lay.scale.zoom {
	case zoomBig:
		d.figures = m.figures[m.view.lens]
	case zoomDense, zoomFar:
		d.tiles = m.tiles[m.view.lens][1]
	}
	d.alone = d.anon && !m.view.atFork[b.place]
	if d.current && m.view.selecting {
		d.selection = m.view.selection()
	}
	return d
}

// draw draws a cell and the gap before it; inner is false of the first one of a row.
func (d *pageDrawer) draw(s *seen, x, y int, c drawn, inner bool) {
	if d.lens == lensState {
		s.page(c.kind, c.lock, c.access)
	} else {
		s.classes[c.class] = true
	}
	s.boundary, s.marked = s.boundary || c.boundary, s.marked || c.marked
	m := d.m
	step := -1
	if d.lens == lensState && c.changed > 0 && !m.opts.ReducedMotion {
		step = m.glowStep(c.changed)
	}
	for i := range d.size.w * d.size.h {
		k := d.cellOf(&c, i)
		if step >= 0 {
			k = m.theme.glowing(k, c.kind, step, d.size.h == 1)
		}
		k.style = d.decorated(k.style, &c)
		if c.marked && k.r == '▇' && k.bg == m.theme.mark && k.bg != 0 {
			k.r = '▅' // so that the mark is seen over the tank
		}
		m.canvas.set(x+i%d.size.w, y+i/d.size.w, k.r, k.style)
	}
	if d.size.pitch > d.size.w {
		d.drawGap(x-1, y, &c, inner)
	} else if c.boundary {
		d.drawTick(x, y)
	}
	d.was = c
}

// cellOf is the i-th of the screen's cells that a page takes, row by row.
func (d *pageDrawer) cellOf(c *drawn, i int) cell {
	if d.figures != nil {
		return d.figures[c.class].at(d.m.theme, i%d.size.w, i/d.size.w, d.size.w, d.size.h)
	}
	return d.tiles[c.class][i]
}

// decorated is a style with what lies behind the cell: the selection, or the mark of what a
// command would reach. Without colours the cursor's cell is told from the others by having
// neither.
func (d *pageDrawer) decorated(s style, c *drawn) style {
	th := d.m.theme
	switch {
	case c.marked && th.mark != 0 && s.bg == 0 && s.attr&reverse == 0:
		s.bg = th.mark
	case c.marked && th.mark == 0:
		s.attr |= underline
	case c.selected && !(th.selection == 0 && c.cursor):
		s = d.m.selected(s)
	}
	return s
}

// glowStep is how far the fading of a page has come that changed at a time of the session, or
// -1 where it has ended.
func (m *Model) glowStep(changed time.Duration) int {
	age := m.glow.now - changed
	if age < 0 || age >= glowTime {
		return -1
	}
	m.glow.until = max(m.glow.until, changed+glowTime)
	return int(age * glowSteps / glowTime)
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

// drawGap draws the column between two cells of a row, where the frame of a locked range, the
// border of a VMA, a huge page that goes on and the selection show.
func (d *pageDrawer) drawGap(x, y int, c *drawn, inner bool) {
	th, was := d.m.theme, &d.was
	for row := range d.size.h {
		k := blank
		locked := d.lens == lensState && (was.lock != model.Unlocked || c.lock != model.Unlocked)
		switch {
		case locked && was.lock == c.lock && inner && c.boundary:
			k = cell{th.border, style{fg: th.lids[c.lock]}}
		case locked && was.lock == c.lock && inner && row == 0:
			k = cell{th.frameTop, style{fg: th.lids[c.lock]}}
		case locked && was.lock == c.lock && inner:
		case locked && c.lock != model.Unlocked:
			k = cell{th.frameL, style{fg: th.lids[c.lock]}}
		case locked && inner:
			k = cell{th.frameR, style{fg: th.lids[was.lock]}}
		case c.boundary:
			k = cell{th.border, th.boundary}
		}
		if !th.ascii && d.lens == lensState && c.kind == kindHuge && was.cellState == c.cellState && c.access == writable && inner && !c.boundary {
			k = d.cellOf(c, row*d.size.w)
		}
		if inner && was.marked && c.marked || inner && was.selected && c.selected && !(th.selection == 0 && (was.cursor || c.cursor)) {
			both := drawn{marked: c.marked && was.marked, selected: c.selected}
			k.style = d.decorated(k.style, &both)
		}
		d.m.canvas.set(x, y+row, k.r, k.style)
	}
}

// drawEnd draws the column behind the last cell of a row.
func (d *pageDrawer) drawEnd(x, y int) {
	if d.size.pitch == d.size.w {
		return
	}
	for row := range d.size.h {
		if l := d.was.lock; l != model.Unlocked && d.lens == lensState {
			d.m.canvas.set(x, y+row, d.m.theme.frameR, style{fg: d.m.theme.lids[l]})
		}
	}
}

// drawTick marks the cell that a VMA begins with where there is no column for its border.
func (d *pageDrawer) drawTick(x, y int) {
	k := d.m.canvas.at(x, y)
	switch th := d.m.theme; {
	case k == nil:
	case th.colors == NoColor:
		k.attr |= underline
	case k.r == '▇' && k.bg == 0 && k.attr&reverse == 0:
		*k = th.tick(k.fg)
	case k.bg == 0 && k.attr&reverse == 0:
		k.bg = th.rule.fg
	}
}

// tick is a full tank of one column with the border of a VMA at its left edge.
func (t *theme) tick(tank color) cell { return cell{'▏', style{fg: t.boundary.fg, bg: tank}} }

// drawCursor draws the cursor around its cell, or over it where there is no column beside it. In
// the same region of another process the page has a fainter one, where colours can tell them
// apart.
func (m *Model) drawCursor(rv *regionView, b *block, x0 int, current bool) {
	l, th := &m.lay, m.theme
	twin := b.region == m.view.current.region && th.colors != NoColor && !th.ascii
	if !current && !twin {
		return
	}
	i := (rv.cursor - rv.top) >> b.shift
	row := int(i / int64(l.perRow))
	if rv.cursor < rv.top || row >= b.rows {
		return
	}
	x, y := x0+l.cell.pitch*int(i%int64(l.perRow)), b.area.y+row*l.cell.h
	base := th.cursor
	if !current {
		base = th.mute
	}
	if l.cell.pitch == l.cell.w {
		m.drawCursorOver(x, y, base)
		return
	}
	for row := range l.cell.h {
		for _, side := range [2]struct {
			x int
			r rune
		}{{x - 1, th.cursorL}, {x + l.cell.w, th.cursorR}} {
			st := base
			if c := m.canvas.at(side.x, y+row); c != nil {
				st.bg, st.attr = c.bg, st.attr|c.attr&reverse
			}
			m.canvas.set(side.x, y+row, side.r, st)
		}
	}
}

func (m *Model) drawCursorOver(x, y int, st style) {
	c := m.canvas.at(x, y)
	switch th := m.theme; {
	case c == nil:
	case th.colors == NoColor:
		c.attr ^= reverse
		c.attr |= bold
	case th.ascii:
		c.style = style{fg: st.fg, attr: reverse | bold}
	default:
		*c = cell{'█', st}
	}
}

// drawScrollBar shows which part of a region that does not fit is on the screen.
func (m *Model) drawScrollBar(r *model.Region, b *block) {
	per := m.pagesPerRow(r)
	total := (r.Pages.Len() + per - 1) / per
	if total <= int64(b.rows) {
		return
	}
	x, h := b.area.x+m.gridWidth()-1, b.rows*m.lay.cell.h
	top := m.view.of(b.place).top / per
	size := max(1, int(int64(h)*int64(b.rows)/total))
	at := int(top * int64(h-size) / max(1, total-int64(b.rows)))
	for i := range h {
		if i >= at && i < at+size {
			m.canvas.set(x, b.area.y+i, m.theme.thumb, m.theme.accent)
		} else {
			m.canvas.set(x, b.area.y+i, m.theme.track, m.theme.rule)
		}
	}
}

// pageAt is the region and page drawn at a point of the screen; of many pages a cell the first.
func (m *Model) pageAt(x, y int) (at place, page int64, ok bool) {
	l := &m.lay
	for i := range l.blocks {
		b := &l.blocks[i]
		_, r := m.regionAt(b.place)
		dx := x - (b.area.x + l.gutter + 1)
		if r == nil || y < b.area.y || y >= b.area.y+b.rows*l.cell.h || dx < 0 || dx >= l.cell.pitch*l.perRow {
			continue
		}
		page = m.view.of(b.place).top + int64((y-b.area.y)/l.cell.h*l.perRow+dx/l.cell.pitch)<<b.shift
		if page < r.Pages.Len() {
			return b.place, page, true
		}
	}
	return place{}, 0, false
}
