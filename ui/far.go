package ui

import (
	"time"

	"incore/model"
)

// farCell is a column that stands for many pages.
type farCell struct {
	cell
	drawn
	part bool // the lock is not of all its pages, which its colour tells
}

// farKey is what the aggregated cells of a region were computed from.
type farKey struct {
	of    *model.Run[model.Page]
	runs  int
	shift uint8
	top   int64
	n     int
	lens  lens
	now   time.Duration // of the lenses that show how long ago something was
	theme *theme
}

// farCells are n aggregated cells of a region from a page on. They are computed once a sample,
// since that costs a walk over all of their runs.
func (m *Model) farCells(r *model.Region, b *block, top int64, n int) []farCell {
	rv := m.view.of(b.place)
	key := farKey{runs: len(r.Pages), shift: b.shift, top: top, n: n, lens: m.view.lens, theme: m.theme}
	if len(r.Pages) > 0 {
		key.of = &r.Pages[0]
	}
	if key.lens == lensHeat || key.lens == lensAge {
		key.now = m.glow.now
	}
	if key == rv.farKey {
		return rv.far
	}
	rv.farKey, rv.far = key, rv.far[:0]
	a := m.aggregator(r, b.place)
	for i := range int64(n) {
		rg := model.Range{Lo: top + i<<b.shift, Hi: min(top+(i+1)<<b.shift, r.Pages.Len())}
		if rg.Len() == 0 {
			break
		}
		rv.far = append(rv.far, a.cell(rg))
	}
	return rv.far
}

// drawFar draws the cells of a block of which each is many pages.
func (m *Model) drawFar(pr *model.Process, r *model.Region, b *block, s *seen) {
	l, rv := &m.lay, m.view.of(b.place)
	d := m.pageDrawer(r, b)
	walk := m.walkFrom(pr, r, b.place, rv.top)
	x0, per := b.area.x+l.gutter+1, m.pagesPerRow(r)
	for i, c := range m.farCells(r, b, rv.top, b.rows*l.perRow) {
		row := i / l.perRow
		lo := rv.top + int64(i)<<b.shift
		rg := model.Range{Lo: lo, Hi: lo + 1<<b.shift}
		if i%l.perRow == 0 {
			m.drawOffset(lo*pr.PageSize, b.area.x, b.area.y+row, d.current && rv.cursor >= lo && rv.cursor < lo+per)
		}
		s.column(d.lens, &c)
		c.marked = walk.reached(rg.Lo, rg.Hi)
		c.selected = d.selection.Intersect(rg).Len() > 0
		c.cursor = d.current && rg.Contains(rv.cursor)
		s.marked = s.marked || c.marked
		x, y := x0+i%l.perRow, b.area.y+row
		m.canvas.set(x, y, c.r, d.decorated(c.style, &c.drawn))
		if walk.boundaryIn(lo, rg.Hi) {
			s.boundary = true
			d.drawTick(x, y)
		}
	}
	m.drawCursor(rv, b, x0, d.current)
}

// aggregator makes one cell of many pages of a region.
type aggregator struct {
	m           *Model
	r           *model.Region
	lens        lens
	anon, alone bool
}

func (m *Model) aggregator(r *model.Region, at place) aggregator {
	anon := privateAnon(r)
	return aggregator{m: m, r: r, lens: m.view.lens, anon: anon, alone: anon && !m.view.atFork[at]}
}

// cell is one column for the pages of rg.
func (a aggregator) cell(rg model.Range) farCell {
	if a.lens == lensState {
		return a.m.theme.aggregate(count(a.r, rg))
	}
	class := classHole
	switch a.lens {
	case lensHeat:
		class = a.hottest(rg)
	case lensAge:
		class = a.youngest(rg)
	default:
		class = a.commonest(rg)
	}
	return farCell{cell: a.m.tiles[a.lens][1][class][0], drawn: drawn{class: class}}
}

// commonest is the class that most of the pages are of; what is not mapped at all is shown
// only where there is nothing else.
func (a aggregator) commonest(rg model.Range) int {
	var counts [classFirst + 8]int64
	for part, p := range a.r.Pages.In(rg) {
		counts[pageClass(a.lens, p, a.anon, a.alone, 0, model.Heat{}, 0)] += part.Len()
	}
	best := classHole
	for c, n := range counts {
		low := c < classFirst || a.lens == lensSharing && c == classUnmapped
		bestLow := best < classFirst || a.lens == lensSharing && best == classUnmapped
		if n > 0 && (counts[best] == 0 || bestLow && !low || low == bestLow && n > counts[best]) {
			best = c
		}
	}
	return best
}

// hottest is the class of the page that was touched last.
func (a aggregator) hottest(rg model.Range) int {
	var last model.Heat
	for _, h := range a.r.Heat.In(rg) {
		if h.Last >= last.Last {
			last = h
		}
	}
	return heatClass(last, a.m.glow.now)
}

func (a aggregator) youngest(rg model.Range) int {
	var last time.Duration
	for _, at := range a.r.Changed.In(rg) {
		last = max(last, at)
	}
	if last == 0 {
		return classNever
	}
	return classTouched + ageClass(a.m.glow.now, last)
}
