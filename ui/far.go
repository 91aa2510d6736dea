package ui

import (
	"time"

	"incore/model"
	"incore/ui/look"
)

// farKey is what the aggregated cells of a region were computed from.
type farKey struct {
	of    *model.Run[model.Page]
	runs  int
	shift uint8
	top   int64
	n     int
	lens  *look.Lens
	now   time.Duration // of the lenses that show how long ago something was
	theme *look.Look
}

// farCells are n aggregated cells of a region from a page on. They are computed once a sample,
// since that costs a walk over all of their runs.
func (pn *gridPanel) farCells(r *model.Region, b *block, top int64, n int) []look.Column {
	rv := pn.view.of(b.place)
	key := farKey{runs: len(r.Pages), shift: b.shift, top: top, n: n, lens: pn.view.lens, theme: pn.look}
	if len(r.Pages) > 0 {
		key.of = &r.Pages[0]
	}
	if key.lens.Timed() {
		key.now = pn.glow.now
	}
	if key == rv.farKey {
		return rv.far
	}
	rv.farKey, rv.far = key, rv.far[:0]
	a := pn.aggregator(r, b.place)
	for i := range int64(n) {
		rg := model.Range{Lo: top + i<<b.shift, Hi: min(top+(i+1)<<b.shift, r.Pages.Len())}
		if rg.Len() == 0 {
			break
		}
		rv.far = append(rv.far, a.Column(rg))
	}
	return rv.far
}

// drawFar draws the cells of a block of which each is many pages.
func (pn *gridPanel) drawFar(pr *model.Process, r *model.Region, b *block, s *look.Seen) {
	l, rv := &pn.plan, pn.view.of(b.place)
	d := pn.pageDrawer(r, b)
	walk := pn.walkFrom(pr, r, b.place, rv.top)
	x0, per := b.area.X+l.gutter+1, pn.pagesPerRow(r)
	for i, c := range pn.farCells(r, b, rv.top, b.rows*l.perRow) {
		row := i / l.perRow
		lo := rv.top + int64(i)<<b.shift
		rg := model.Range{Lo: lo, Hi: lo + 1<<b.shift}
		if i%l.perRow == 0 {
			pn.drawOffset(lo*pr.PageSize, b.area.X, b.area.Y+row, d.current && rv.cursor >= lo && rv.cursor < lo+per)
		}
		s.Column(d.lens, &c)
		on := drawn{
			marked:   walk.reached(rg.Lo, rg.Hi),
			selected: d.selection.Intersect(rg).Len() > 0,
			cursor:   d.current && rg.Contains(rv.cursor),
		}
		s.Marked = s.Marked || on.marked
		x, y := x0+i%l.perRow, b.area.Y+row
		pn.canvas.Set(x, y, c.Rune, d.decorated(c.Style, &on))
		if walk.boundaryIn(lo, rg.Hi) {
			s.Boundary = true
			pn.look.PutTick(pn.canvas.At(x, y))
		}
	}
	pn.drawCursor(rv, b, x0, d.current)
}

// aggregator makes columns of many pages of a region.
func (s *scene) aggregator(r *model.Region, at place) look.Aggregator {
	anon := look.PrivateAnon(r)
	return look.Aggregator{Look: s.look, Lens: s.view.lens, R: r, Anon: anon, Alone: anon && !s.view.atFork[at], Now: s.glow.now}
}
