package panel

import (
	"sort"
	"time"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Grid draws the pages of the regions that are in view.
type Grid struct {
	*scene.Scene
	Area   canvas.Area                     // the cells that it draws in
	Taught bool                            // a lesson is taken, which maps what it needs
	Bare   bool                            // there is no title, and so no heading
	Reach  func(scene.Place) []model.Range // the pages that what is being typed would reach
}

// Draw draws every block: its heading, its column numbers, its pages. It returns what is seen of them.
func (pn *Grid) Draw() (s look.Seen) {
	l := &pn.Plan
	if pn.Region() == nil {
		pn.drawNoRegion()
	}
	for i := range l.Blocks {
		b := &l.Blocks[i]
		p, r := pn.RegionAt(b.Place)
		if r == nil {
			continue
		}
		if !b.Heading.Empty() {
			pn.drawRegionHeading(p, r, b)
		}
		if !b.Header.Empty() {
			pn.drawColumns(p, b)
		}
		pn.DrawPages(p, r, b, &s)
		pn.drawScrollBar(r, b)
	}
	return s
}

func (pn *Grid) drawNoRegion() {
	a := pn.Area
	if a.Empty() {
		return
	}
	if !pn.Bare && pn.Plan.Size != scene.SizeSmall {
		title := "REGION"
		if pn.Several() {
			title = pn.Proc().Name
		}
		pn.Look.DrawHeading(&pn.Canvas, a.Row(0), title, "")
		_, a = a.CutTop(2)
	}
	text := "No region is mapped. Press m to map one."
	switch {
	case pn.Proc().PID == 0:
		text = "Waiting for the subject…"
	case pn.Proc().Death != nil:
		text = pn.Proc().Name + " had no region."
	case pn.Taught:
		text = "No region is mapped yet."
	case pn.Several():
		text = pn.Proc().Name + " has no region. Press m to map one."
	}
	for i, line := range canvas.Wrap(text, a.W) {
		pn.Canvas.Text(a.X, a.Y+i, a.Row(i).W, line, pn.Look.Dim)
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
func (pn *Grid) walkFrom(pr *model.Process, r *model.Region, at scene.Place, page int64) pageWalk {
	w := pageWalk{pages: r.Pages, changed: r.Changed, heat: r.Heat, block: r.HeatBlock, base: r.Base, size: uint64(max(1, pr.PageSize)), reach: pn.Reach(at)}
	w.i, w.j, w.k = r.Pages.Find(page), r.Changed.Find(page), r.Heat.Find(page)
	addr := r.Base + uint64(page)*w.size
	w.vmas = pr.VMAs[sort.Search(len(pr.VMAs), func(i int) bool { return pr.VMAs[i].Start >= addr }):]
	return w
}

// at returns page p, when it changed and how it was touched.
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

// DrawPages draws the cells of one block, and notes in s what is seen. It walks over the pages that are shown
// and the runs that they lie in, never over a region.
func (pn *Grid) DrawPages(pr *model.Process, r *model.Region, b *scene.Block, s *look.Seen) {
	if b.Shift > 0 {
		pn.drawFar(pr, r, b, s)
		return
	}
	l, rv := &pn.Plan, pn.Focus.Of(b.Place)
	d := pn.pageDrawer(r, b)
	walk := pn.walkFrom(pr, r, b.Place, rv.Top)
	s.Block, s.Ages = max(s.Block, r.HeatBlock), max(s.Ages, r.ChangedBlock)
	n, x0 := r.Pages.Len(), b.Area.X+l.Gutter+1
	for row := range b.Rows {
		y := b.Area.Y + row*l.Cell.H
		p := rv.Top + int64(row*l.PerRow)
		pn.drawRowNumber(pn.number(pr, p), b.Area.X, y+l.Cell.H-(l.Cell.H+3)/4, d.current && p <= rv.Cursor && rv.Cursor < p+int64(l.PerRow))
		d.was = drawn{Traits: look.Traits{Kind: look.Hole}}
		for i := 0; i < l.PerRow && p < n; i, p = i+1, p+1 {
			page, changed, heat := walk.at(p)
			traits := look.Traits{Kind: look.KindOf(page, d.anon), Lock: page.Lock, Access: look.AccessOf(page.Prot)}
			class := traits.Class()
			if !d.state {
				class = d.lens.Class(look.Page{Page: page, Anon: d.anon, Alone: d.alone, Changed: changed, Heat: heat, Now: pn.Glow.Now})
			}
			c := drawn{
				Traits:   traits,
				class:    class,
				boundary: walk.boundary(p),
				selected: d.selection.Contains(p),
				marked:   walk.reached(p, p+1),
				cursor:   d.current && p == rv.Cursor,
				changed:  changed,
			}
			d.draw(s, x0+l.Cell.Pitch*i, y, c, i > 0)
			if i+1 == l.PerRow || p+1 == n {
				d.drawEnd(x0+l.Cell.Pitch*(i+1)-1, y)
			}
		}
	}
	pn.drawCursor(rv, b, x0, d.current)
}
