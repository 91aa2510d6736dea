package ui

import (
	"time"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// drawn is one cell of the grid as it is to be drawn.
type drawn struct {
	look.Traits
	class    int
	boundary bool // a VMA begins here
	selected bool
	marked   bool // the command that is being typed would reach it
	cursor   bool
	changed  time.Duration
}

// pageDrawer draws the cells of one block from left to right.
type pageDrawer struct {
	m         *gridPanel
	lens      *look.Lens
	size      cellSize
	tiles     []look.Tile
	figures   []look.Figure // of big cells, else nil
	anon      bool          // the region's pages can only be anonymous
	alone     bool          // nobody can share them
	current   bool          // the cursor is in the region
	selection model.Range
	was       drawn // the cell before, of the same row
}

func (pn *gridPanel) pageDrawer(r *model.Region, b *block) pageDrawer {
	d := pageDrawer{
		m: pn, lens: pn.view.lens, size: pn.plan.cell, anon: look.PrivateAnon(r), current: b.place == pn.view.current,
		tiles: pn.look.Tiles[pn.view.lens.Index][0],
	}
	switch pn.plan.scale.zoom {
	case zoomBig:
		d.figures = pn.look.Figures[pn.view.lens.Index]
	case zoomDense, zoomFar:
		d.tiles = pn.look.Tiles[pn.view.lens.Index][1]
	}
	d.alone = d.anon && !pn.view.atFork[b.place]
	if d.current && pn.view.selecting {
		d.selection = pn.view.selection()
	}
	return d
}

// draw draws a cell and the gap before it; inner is false of the first one of a row.
func (d *pageDrawer) draw(s *look.Seen, x, y int, c drawn, inner bool) {
	if d.lens == look.State {
		s.Page(c.Kind, c.Lock, c.Access)
	} else {
		s.Classes[c.class] = true
	}
	s.Boundary, s.Marked = s.Boundary || c.boundary, s.Marked || c.marked
	m := d.m
	step := -1
	if d.lens == look.State && c.changed > 0 && !m.still {
		step = m.glowStep(c.changed)
	}
	for i := range d.size.w * d.size.h {
		k := d.cellOf(&c, i)
		if step >= 0 {
			k = m.look.Glowing(k, c.Kind, step, d.size.h == 1)
		}
		k.Style = d.decorated(k.Style, &c)
		if c.marked && k.Rune == '▇' && k.BG == m.look.Mark && k.BG != 0 {
			k.Rune = '▅' // so that the mark is seen over the tank
		}
		m.canvas.Set(x+i%d.size.w, y+i/d.size.w, k.Rune, k.Style)
	}
	if d.size.pitch > d.size.w {
		d.drawGap(x-1, y, &c, inner)
	} else if c.boundary {
		m.look.PutTick(m.canvas.At(x, y))
	}
	d.was = c
}

// cellOf is the i-th of the screen's cells that a page takes, row by row.
func (d *pageDrawer) cellOf(c *drawn, i int) canvas.Cell {
	if d.figures != nil {
		return d.figures[c.class].At(d.m.look, i%d.size.w, i/d.size.w, d.size.w, d.size.h)
	}
	return d.tiles[c.class][i]
}

// decorated is a style with what lies behind the cell: the selection, or the mark of what a
// command would reach. Without colours the cursor's cell is told from the others by having
// neither.
func (d *pageDrawer) decorated(s canvas.Style, c *drawn) canvas.Style {
	th := d.m.look
	switch {
	case c.marked && th.Mark != 0 && s.BG == 0 && s.Attr&canvas.Reverse == 0:
		s.BG = th.Mark
	case c.marked && th.Mark == 0:
		s.Attr |= canvas.Underline
	case c.selected && !(th.Selection == 0 && c.cursor):
		s = th.Selected(s)
	}
	return s
}

// glowStep is how far the fading of a page has come that changed at a time of the session, or
// -1 where it has ended.
func (pn *gridPanel) glowStep(changed time.Duration) int {
	age := pn.glow.now - changed
	if age < 0 || age >= glowTime {
		return -1
	}
	pn.glow.until = max(pn.glow.until, changed+glowTime)
	return int(age * look.GlowSteps / glowTime)
}

// drawGap draws the column between two cells of a row, where the frame of a locked range, the
// border of a VMA, a huge page that goes on and the selection show.
func (d *pageDrawer) drawGap(x, y int, c *drawn, inner bool) {
	th, was := d.m.look, &d.was
	for row := range d.size.h {
		k := canvas.Blank
		locked := d.lens == look.State && (was.Lock != model.Unlocked || c.Lock != model.Unlocked)
		switch {
		case locked && was.Lock == c.Lock && inner && c.boundary:
			k = canvas.Cell{Rune: th.Border, Style: canvas.Style{FG: th.Lids[c.Lock]}}
		case locked && was.Lock == c.Lock && inner && row == 0:
			k = canvas.Cell{Rune: th.FrameTop, Style: canvas.Style{FG: th.Lids[c.Lock]}}
		case locked && was.Lock == c.Lock && inner:
		case locked && c.Lock != model.Unlocked:
			k = canvas.Cell{Rune: th.FrameL, Style: canvas.Style{FG: th.Lids[c.Lock]}}
		case locked && inner:
			k = canvas.Cell{Rune: th.FrameR, Style: canvas.Style{FG: th.Lids[was.Lock]}}
		case c.boundary:
			k = canvas.Cell{Rune: th.Border, Style: th.Boundary}
		}
		if !th.ASCII && d.lens == look.State && c.Kind == look.Huge && was.Traits == c.Traits && c.Access == look.Writable && inner && !c.boundary {
			k = d.cellOf(c, row*d.size.w)
		}
		if inner && was.marked && c.marked || inner && was.selected && c.selected && !(th.Selection == 0 && (was.cursor || c.cursor)) {
			both := drawn{marked: c.marked && was.marked, selected: c.selected}
			k.Style = d.decorated(k.Style, &both)
		}
		d.m.canvas.Set(x, y+row, k.Rune, k.Style)
	}
}

// drawEnd draws the column behind the last cell of a row.
func (d *pageDrawer) drawEnd(x, y int) {
	if d.size.pitch == d.size.w {
		return
	}
	for row := range d.size.h {
		if l := d.was.Lock; l != model.Unlocked && d.lens == look.State {
			d.m.canvas.Set(x, y+row, d.m.look.FrameR, canvas.Style{FG: d.m.look.Lids[l]})
		}
	}
}

// drawCursor draws the cursor around its cell, or over it where there is no column beside it. In
// the same region of another process the page has a fainter one, where colours can tell them
// apart.
func (pn *gridPanel) drawCursor(rv *regionView, b *block, x0 int, current bool) {
	l, th := &pn.plan, pn.look
	twin := b.region == pn.view.current.region && th.Colors != canvas.NoColor && !th.ASCII
	if !current && !twin {
		return
	}
	i := (rv.cursor - rv.top) >> b.shift
	row := int(i / int64(l.perRow))
	if rv.cursor < rv.top || row >= b.rows {
		return
	}
	x, y := x0+l.cell.pitch*int(i%int64(l.perRow)), b.area.Y+row*l.cell.h
	base := th.Cursor
	if !current {
		base = th.Mute
	}
	if l.cell.pitch == l.cell.w {
		th.CursorOver(pn.canvas.At(x, y), base)
		return
	}
	for row := range l.cell.h {
		for _, side := range [2]struct {
			x int
			r rune
		}{{x - 1, th.CursorL}, {x + l.cell.w, th.CursorR}} {
			st := base
			if c := pn.canvas.At(side.x, y+row); c != nil {
				st.BG, st.Attr = c.BG, st.Attr|c.Attr&canvas.Reverse
			}
			pn.canvas.Set(side.x, y+row, side.r, st)
		}
	}
}

// drawScrollBar shows which part of a region that does not fit is on the screen.
func (pn *gridPanel) drawScrollBar(r *model.Region, b *block) {
	per := pn.pagesPerRow(r)
	total := (r.Pages.Len() + per - 1) / per
	if total <= int64(b.rows) {
		return
	}
	x, h := b.area.X+pn.gridWidth()-1, b.rows*pn.plan.cell.h
	top := pn.view.of(b.place).top / per
	size := max(1, int(int64(h)*int64(b.rows)/total))
	at := int(top * int64(h-size) / max(1, total-int64(b.rows)))
	for i := range h {
		if i >= at && i < at+size {
			pn.canvas.Set(x, b.area.Y+i, pn.look.Thumb, pn.look.Accent)
		} else {
			pn.canvas.Set(x, b.area.Y+i, pn.look.Track, pn.look.Rule)
		}
	}
}

// pageAt is the region and page drawn at a point of the screen; of many pages a cell the first.
func (s *scene) pageAt(x, y int) (at place, page int64, ok bool) {
	l := &s.plan
	for i := range l.blocks {
		b := &l.blocks[i]
		_, r := s.regionAt(b.place)
		dx := x - (b.area.X + l.gutter + 1)
		if r == nil || y < b.area.Y || y >= b.area.Y+b.rows*l.cell.h || dx < 0 || dx >= l.cell.pitch*l.perRow {
			continue
		}
		page = s.view.of(b.place).top + int64((y-b.area.Y)/l.cell.h*l.perRow+dx/l.cell.pitch)<<b.shift
		if page < r.Pages.Len() {
			return b.place, page, true
		}
	}
	return place{}, 0, false
}
