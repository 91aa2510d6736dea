package panel

import (
	"time"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
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
	m         *Grid
	c         *canvas.Canvas
	look      *look.Look
	state     bool // the lens is that of the state
	lens      *look.Lens
	size      scene.CellSize
	tiles     []look.Tile
	figures   []look.Figure // of big cells, else nil
	anon      bool          // the region's pages can only be anonymous
	alone     bool          // nobody can share them
	current   bool          // the cursor is in the region
	selection model.Range
	was       drawn // the cell before, of the same row
}

func (pn *Grid) pageDrawer(r *model.Region, b *scene.Block) pageDrawer {
	d := pageDrawer{
		m: pn, c: &pn.Canvas, look: pn.Look, lens: pn.Focus.Lens, state: pn.Focus.Lens == look.State, size: pn.Plan.Cell, anon: look.PrivateAnon(r), current: b.Place == pn.Focus.Current,
		tiles: pn.Look.Tiles[pn.Focus.Lens.Index][0],
	}
	switch pn.Plan.Scale.Zoom {
	case scene.ZoomBig:
		d.figures = pn.Look.Figures[pn.Focus.Lens.Index]
	case scene.ZoomDense, scene.ZoomFar:
		d.tiles = pn.Look.Tiles[pn.Focus.Lens.Index][1]
	}
	d.alone = d.anon && !pn.Focus.AtFork[b.Place]
	if d.current && pn.Focus.Selecting {
		d.selection = pn.Focus.Selection()
	}
	return d
}

// draw draws a cell and the gap before it; inner is false of the first one of a row.
func (d *pageDrawer) draw(s *look.Seen, x, y int, c drawn, inner bool) {
	if d.state {
		s.Page(c.Kind, c.Lock, c.Access)
	} else {
		s.Classes[c.class] = true
	}
	s.Boundary, s.Marked = s.Boundary || c.boundary, s.Marked || c.marked
	step := -1
	if d.state && c.changed > 0 && !d.m.Still {
		step = d.m.glowStep(c.changed)
	}
	for i := range d.size.W * d.size.H {
		k := d.cellOf(&c, i)
		if step >= 0 {
			k = d.look.Glowing(k, c.Kind, step, d.size.H == 1)
		}
		k.Style = d.decorated(k.Style, &c)
		if c.marked && k.Rune == '▇' && k.BG == d.look.Mark && k.BG != 0 {
			k.Rune = '▅' // so that the mark is seen over the tank
		}
		d.c.Set(x+i%d.size.W, y+i/d.size.W, k.Rune, k.Style)
	}
	if d.size.Pitch > d.size.W {
		d.drawGap(x-1, y, &c, inner)
	} else if c.boundary {
		d.look.PutTick(d.c.At(x, y))
	}
	d.was = c
}

// cellOf returns the i-th of the screen's cells that a page takes, row by row.
func (d *pageDrawer) cellOf(c *drawn, i int) canvas.Cell {
	if d.figures != nil {
		return d.figures[c.class].At(d.look, i%d.size.W, i/d.size.W, d.size.W, d.size.H)
	}
	return d.tiles[c.class][i]
}

// decorated returns a style with what lies behind the cell: the selection, or the mark of what a
// command would reach. Without colors the cursor's cell is told from the others by having
// neither.
func (d *pageDrawer) decorated(s canvas.Style, c *drawn) canvas.Style {
	th := d.look
	switch {
	case c.marked && th.Mark != 0 && s.BG == 0 && s.Attr&canvas.Reverse == 0:
		s.BG = th.Mark
		if d.size.Pitch == d.size.W { // there is no column for a bracket
			s.Attr |= canvas.Underline
		}
	case c.marked && th.Mark == 0:
		s.Attr |= canvas.Underline
	case c.selected && !(th.Selection == 0 && c.cursor):
		s = th.Selected(s)
	}
	return s
}

// glowStep returns how far the fading of a page has come that changed at a time of the session, or
// -1 where it has ended.
func (pn *Grid) glowStep(changed time.Duration) int {
	age := pn.Glow.Now - changed
	if age < 0 || age >= scene.GlowTime {
		return -1
	}
	pn.Glow.Until = max(pn.Glow.Until, changed+scene.GlowTime)
	return int(age * look.GlowSteps / scene.GlowTime)
}

// drawGap draws the column between two cells of a row, where the frame of a locked range, the
// border of a VMA, a huge page that goes on and the selection show.
func (d *pageDrawer) drawGap(x, y int, c *drawn, inner bool) {
	th, was := d.look, &d.was
	for row := range d.size.H {
		k := canvas.Blank
		locked := d.state && (was.Lock != model.Unlocked || c.Lock != model.Unlocked)
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
		if !th.ASCII && d.state && c.Kind == look.Huge && was.Traits == c.Traits && c.Access == look.Writable && inner && !c.boundary {
			k = d.cellOf(c, row*d.size.W)
		}
		if inner && was.marked && c.marked || inner && was.selected && c.selected && !(th.Selection == 0 && (was.cursor || c.cursor)) {
			both := drawn{marked: c.marked && was.marked, selected: c.selected}
			k.Style = d.decorated(k.Style, &both)
		}
		switch {
		case c.marked && !(inner && was.marked):
			k = th.Bracket(true, row, d.size.H)
		case inner && was.marked && !c.marked:
			k = th.Bracket(false, row, d.size.H)
		}
		d.c.Set(x, y+row, k.Rune, k.Style)
	}
}

// drawEnd draws the column behind the last cell of a row.
func (d *pageDrawer) drawEnd(x, y int) {
	if d.size.Pitch == d.size.W {
		return
	}
	for row := range d.size.H {
		if l := d.was.Lock; l != model.Unlocked && d.state {
			d.c.Set(x, y+row, d.look.FrameR, canvas.Style{FG: d.look.Lids[l]})
		}
		if d.was.marked {
			k := d.look.Bracket(false, row, d.size.H)
			d.c.Set(x, y+row, k.Rune, k.Style)
		}
	}
}

// drawCursor draws the cursor around its cell, or over it where there is no column beside it. In
// the same region of another process the page has a fainter one, where colors can tell them
// apart.
func (pn *Grid) drawCursor(rv *scene.RegionFocus, b *scene.Block, x0 int, current bool) {
	l, th := &pn.Plan, pn.Look
	twin := b.Region == pn.Focus.Current.Region && th.Colors != canvas.NoColor && !th.ASCII
	if !current && !twin {
		return
	}
	i := (rv.Cursor - rv.Top) >> b.Shift
	row := int(i / int64(l.PerRow))
	if rv.Cursor < rv.Top || row >= b.Rows {
		return
	}
	x, y := x0+l.Cell.Pitch*int(i%int64(l.PerRow)), b.Area.Y+row*l.Cell.H
	base := th.Cursor
	if !current {
		base = th.Mute
	}
	if l.Cell.Pitch == l.Cell.W {
		th.CursorOver(pn.Canvas.At(x, y), base)
		return
	}
	for row := range l.Cell.H {
		for _, side := range [2]struct {
			x int
			r rune
		}{{x - 1, th.CursorL}, {x + l.Cell.W, th.CursorR}} {
			st := base
			if c := pn.Canvas.At(side.x, y+row); c != nil {
				st.BG, st.Attr = c.BG, st.Attr|c.Attr&canvas.Reverse
			}
			pn.Canvas.Set(side.x, y+row, side.r, st)
		}
	}
}

// drawScrollBar shows which part of a region that does not fit is on the screen.
func (pn *Grid) drawScrollBar(r *model.Region, b *scene.Block) {
	per := pn.PagesPerRow(r)
	total := (r.Pages.Len() + per - 1) / per
	if total <= int64(b.Rows) {
		return
	}
	x, h := b.Area.X+pn.GridWidth()-1, b.Rows*pn.Plan.Cell.H
	top := pn.Focus.Of(b.Place).Top / per
	size := max(1, int(int64(h)*int64(b.Rows)/total))
	at := int(top * int64(h-size) / max(1, total-int64(b.Rows)))
	for i := range h {
		if i >= at && i < at+size {
			pn.Canvas.Set(x, b.Area.Y+i, pn.Look.Thumb, pn.Look.Accent)
		} else {
			pn.Canvas.Set(x, b.Area.Y+i, pn.Look.Track, pn.Look.Rule)
		}
	}
}
