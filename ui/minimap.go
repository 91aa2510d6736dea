package ui

import (
	"fmt"

	"incore/model"
	"incore/ui/canvas"
)

// minimapWidth is its columns: the mark of what is in view, and the map.
const minimapWidth = 10

// minimapPanel is all of the current region, small.
type minimapPanel struct {
	*scene
	area canvas.Area
}

// draw draws all of the current region, a column of it a part of its pages, and beside it
// which part the grid shows. A click goes there.
func (pn *minimapPanel) draw() {
	a, r := pn.area, pn.region()
	if a.H < 3 || r == nil {
		return
	}
	th, c := pn.look, &pn.canvas
	_, body := a.CutTop(1)
	w := body.W - 2
	n, pages := w*body.H, r.Pages.Len()
	t := &pn.view.here().mini
	pn.retally(t, pn.view.current, r, n)
	each := ""
	if pages > int64(n) {
		each = fmt.Sprintf("1:%d", (pages+int64(n)-1)/int64(n))
	}
	if words := fmt.Sprintf("%s: a column is %s", each, model.FormatBytes(pages*pn.proc().PageSize/int64(n))); each != "" && canvas.Width(words)+6 <= a.W {
		each = words
	}
	th.DrawHeading(c, a.Row(0), "MAP", each)
	for i, k := range t.strip {
		c.Set(body.X+2+i%w, body.Y+i/w, k.Rune, k.Style)
	}
	cells := int64(len(t.strip))
	if b := pn.block(); b != nil && cells > 0 {
		top := pn.view.here().top
		first := int(top * cells / pages)
		last := int((min(pages, top+int64(b.rows)*pn.pagesPerRow(r)) - 1) * cells / pages)
		for row := first / w; row <= last/w; row++ {
			c.Set(body.X, body.Y+row, th.Thumb, th.Accent)
		}
		at := int(pn.view.here().cursor * cells / pages)
		th.CursorOver(c.At(body.X+2+at%w, body.Y+at/w), th.Cursor)
	}
}

// pageAt is the page of the current region that is drawn at a point, and whether there is one.
func (pn *minimapPanel) pageAt(x, y int) (page int64, ok bool) {
	_, body := pn.area.CutTop(1)
	t := &pn.view.here().mini
	i := (y-body.Y)*(body.W-2) + x - body.X - 2
	if pn.region() == nil || x < body.X+2 || i < 0 || i >= len(t.strip) {
		return 0, false
	}
	pages := pn.region().Pages.Len()
	return min(int64(i)*pages/int64(len(t.strip)), pages-1), true
}
