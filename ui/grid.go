package ui

import (
	"sort"
	"strconv"
	"time"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// gridPanel is the pages of the regions that are in view.
type gridPanel struct {
	*scene
	area  canvas.Area
	bare  bool                      // there is no title, and so no heading
	reach func(place) []model.Range // the pages that what is being typed would reach
}

// draw draws every block: its heading, its column numbers, its pages.
func (pn *gridPanel) draw() (s look.Seen) {
	l := &pn.plan
	if pn.region() == nil {
		pn.drawNoRegion()
	}
	for i := range l.blocks {
		b := &l.blocks[i]
		p, r := pn.regionAt(b.place)
		if r == nil {
			continue
		}
		if !b.heading.Empty() {
			pn.drawRegionHeading(p, r, b)
		}
		if !b.header.Empty() {
			pn.drawColumns(b.header)
		}
		pn.drawPages(p, r, b, &s)
		pn.drawScrollBar(r, b)
	}
	return s
}

func (pn *gridPanel) drawNoRegion() {
	a := pn.area
	if a.Empty() {
		return
	}
	if !pn.bare && pn.plan.size != sizeSmall {
		title := "REGION"
		if pn.several() {
			title = pn.proc().Name
		}
		pn.look.DrawHeading(&pn.canvas, a.Row(0), title, "")
		_, a = a.CutTop(2)
	}
	text := "No region is mapped. Press m to map one."
	switch {
	case pn.proc().PID == 0:
		text = "Waiting for the subject…"
	case pn.proc().Death != nil:
		text = pn.proc().Name + " had no region."
	case pn.several():
		text = pn.proc().Name + " has no region. Press m to map one."
	}
	for i, line := range canvas.Wrap(text, a.W) {
		pn.canvas.Text(a.X, a.Y+i, a.Row(i).W, line, pn.look.Dim)
	}
}

// drawColumns draws the numbers over the columns, in hexadecimal: the digits that
// follow those of the offset beside a row. Of many pages a cell they would say nothing.
func (pn *gridPanel) drawColumns(a canvas.Area) {
	l := &pn.plan
	if l.scale.zoom == zoomFar {
		return
	}
	x := a.X + l.gutter + 1
	cur := -1
	if pn.region() != nil {
		cur = int(pn.view.here().cursor % int64(l.perRow))
	}
	every := 1
	switch {
	case l.scale.zoom == zoomDense:
		every = 8
	case l.perRow > 16 && l.scale.zoom == zoomChips:
		every = 4
	}
	for i := range l.perRow {
		st := pn.look.Mute
		near := cur >= 0 && i != cur && i > cur-every && i < cur+2
		if i == cur {
			st = pn.look.Accent
		} else if i%every != 0 || every == 8 && near {
			continue
		}
		pn.canvas.Text(x+l.cell.pitch*i+(l.cell.w-1)/2, a.Y, max(3, l.cell.pitch), strconv.FormatInt(int64(i), 16), st)
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
func (pn *gridPanel) walkFrom(pr *model.Process, r *model.Region, at place, page int64) pageWalk {
	w := pageWalk{pages: r.Pages, changed: r.Changed, heat: r.Heat, block: r.HeatBlock, base: r.Base, size: uint64(max(1, pr.PageSize)), reach: pn.reach(at)}
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
func (pn *gridPanel) drawPages(pr *model.Process, r *model.Region, b *block, s *look.Seen) {
	if b.shift > 0 {
		pn.drawFar(pr, r, b, s)
		return
	}
	l, rv := &pn.plan, pn.view.of(b.place)
	d := pn.pageDrawer(r, b)
	walk := pn.walkFrom(pr, r, b.place, rv.top)
	s.Block = max(s.Block, r.HeatBlock)
	n, x0 := r.Pages.Len(), b.area.X+l.gutter+1
	for row := range b.rows {
		y := b.area.Y + row*l.cell.h
		p := rv.top + int64(row*l.perRow)
		pn.drawOffset(p*pr.PageSize, b.area.X, y+l.cell.h-(l.cell.h+3)/4, d.current && p <= rv.cursor && rv.cursor < p+int64(l.perRow))
		d.was = drawn{Traits: look.Traits{Kind: look.Hole}}
		for i := 0; i < l.perRow && p < n; i, p = i+1, p+1 {
			page, changed, heat := walk.at(p)
			c := drawn{
				Traits:   look.Traits{Kind: look.KindOf(page, d.anon), Lock: page.Lock, Access: look.AccessOf(page.Prot)},
				class:    d.lens.Class(look.Page{Page: page, Anon: d.anon, Alone: d.alone, Changed: changed, Heat: heat, Now: pn.glow.now}),
				boundary: walk.boundary(p),
				selected: d.selection.Contains(p),
				marked:   walk.reached(p, p+1),
				cursor:   d.current && p == rv.cursor,
				changed:  changed,
			}
			d.draw(s, x0+l.cell.pitch*i, y, c, i > 0)
			if i+1 == l.perRow || p+1 == n {
				d.drawEnd(x0+l.cell.pitch*(i+1)-1, y)
			}
		}
	}
	pn.drawCursor(rv, b, x0, d.current)
}

func (pn *gridPanel) drawOffset(offset int64, x, y int, current bool) {
	st := pn.look.Mute
	if current {
		st = pn.look.Accent
	}
	buf := make([]byte, 0, 24)
	buf = strconv.AppendUint(buf, uint64(offset), 16)
	pn.canvas.Set(x, y, '+', st)
	digits := pn.plan.gutter - 1
	for i := range digits {
		d := byte('0')
		if k := i - (digits - len(buf)); k >= 0 {
			d = buf[k]
		}
		pn.canvas.Set(x+1+i, y, rune(d), st)
	}
}
