package panel

import (
	"fmt"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// MinimapWidth is the columns of the minimap: the mark of what is in view, and the map.
const MinimapWidth = 10

// Minimap draws all of the current region, small.
type Minimap struct {
	*scene.Scene
	Area canvas.Area // the cells that it draws in
}

// Draw draws each part of the region as one column, and beside them which part the grid shows. A click goes
// there.
func (pn *Minimap) Draw() {
	a, r := pn.Area, pn.Region()
	if a.H < 3 || r == nil {
		return
	}
	th, c := pn.Look, &pn.Canvas
	_, body := a.CutTop(1)
	w := body.W - 2
	n, pages := w*body.H, r.Pages.Len()
	t := &pn.Focus.Here().Mini
	pn.Retally(t, pn.Focus.Current, r, n)
	each := ""
	if pages > int64(n) {
		each = fmt.Sprintf("1:%d", (pages+int64(n)-1)/int64(n))
	}
	if words := fmt.Sprintf("%s: a column is %s", each, model.FormatBytes(pages*pn.Proc().PageSize/int64(n))); each != "" && canvas.Width(words)+6 <= a.W {
		each = words
	}
	th.DrawHeading(c, a.Row(0), "MAP", each)
	for i, k := range t.Strip {
		c.Set(body.X+2+i%w, body.Y+i/w, k.Rune, k.Style)
	}
	cells := int64(len(t.Strip))
	if b := pn.Block(); b != nil && cells > 0 {
		top := pn.Focus.Here().Top
		first := int(top * cells / pages)
		last := int((min(pages, top+int64(b.Rows)*pn.PagesPerRow(r)) - 1) * cells / pages)
		for row := first / w; row <= last/w; row++ {
			c.Set(body.X, body.Y+row, th.Thumb, th.Accent)
		}
		at := int(pn.Focus.Here().Cursor * cells / pages)
		th.CursorOver(c.At(body.X+2+at%w, body.Y+at/w), th.Cursor)
	}
}

// PageAt returns the page of the current region that is drawn at a column and row of the screen. ok reports
// whether there is one.
func (pn *Minimap) PageAt(x, y int) (page int64, ok bool) {
	_, body := pn.Area.CutTop(1)
	t := &pn.Focus.Here().Mini
	i := (y-body.Y)*(body.W-2) + x - body.X - 2
	if pn.Region() == nil || x < body.X+2 || i < 0 || i >= len(t.Strip) {
		return 0, false
	}
	pages := pn.Region().Pages.Len()
	return min(int64(i)*pages/int64(len(t.Strip)), pages-1), true
}
