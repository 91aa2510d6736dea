package panel

import (
	"incore/model"
	"incore/ui/look"
	"incore/ui/scene"
)

// farCells returns n aggregated cells of a region from a page on. They are computed once a sample,
// since that costs a walk over all of their runs.
func (pn *Grid) farCells(r *model.Region, b *scene.Block, top int64, n int) []look.Column {
	rv := pn.Focus.Of(b.Place)
	key := scene.FarKey{Runs: len(r.Pages), Shift: b.Shift, Top: top, N: n, Lens: pn.Focus.Lens, Theme: pn.Look}
	if len(r.Pages) > 0 {
		key.Of = &r.Pages[0]
	}
	if key.Lens.Timed() {
		key.Now = pn.Glow.Now
	}
	if key == rv.FarKey {
		return rv.Far
	}
	rv.FarKey, rv.Far = key, rv.Far[:0]
	a := pn.Aggregator(r, b.Place)
	for i := range int64(n) {
		rg := model.Range{Lo: top + i<<b.Shift, Hi: min(top+(i+1)<<b.Shift, r.Pages.Len())}
		if rg.Len() == 0 {
			break
		}
		rv.Far = append(rv.Far, a.Column(rg))
	}
	return rv.Far
}

// drawFar draws the cells of a block of which each is many pages.
func (pn *Grid) drawFar(pr *model.Process, r *model.Region, b *scene.Block, s *look.Seen) {
	l, rv := &pn.Plan, pn.Focus.Of(b.Place)
	d := pn.pageDrawer(r, b)
	walk := pn.walkFrom(pr, r, b.Place, rv.Top)
	x0, per := b.Area.X+l.Gutter+1, pn.PagesPerRow(r)
	cells := pn.farCells(r, b, rv.Top, b.Rows*l.PerRow)
	for i := range cells {
		c := &cells[i]
		row := i / l.PerRow
		lo := rv.Top + int64(i)<<b.Shift
		rg := model.Range{Lo: lo, Hi: lo + 1<<b.Shift}
		if i%l.PerRow == 0 {
			pn.drawRowNumber(pn.number(pr, lo), b.Area.X, b.Area.Y+row, d.current && rv.Cursor >= lo && rv.Cursor < lo+per)
		}
		if i == 0 || *c != cells[i-1] { // most are as the one before
			s.Column(d.lens, c)
		}
		on := drawn{
			marked:   walk.reached(rg.Lo, rg.Hi),
			selected: d.selection.Intersect(rg).Len() > 0,
			cursor:   d.current && rg.Contains(rv.Cursor),
		}
		s.Marked = s.Marked || on.marked
		x, y := x0+i%l.PerRow, b.Area.Y+row
		pn.Canvas.Set(x, y, c.Rune, d.decorated(c.Style, &on))
		if walk.boundaryIn(lo, rg.Hi) {
			s.Boundary = true
			pn.Look.PutTick(pn.Canvas.At(x, y))
		}
	}
	pn.drawCursor(rv, b, x0, d.current)
}
