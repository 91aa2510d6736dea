package ui

import (
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/panel"
	"incore/ui/scene"
)

// layoutWide puts the grid over everything else, since a row of pages wants all of the width,
// and beside it, where it leaves room, the regions and the legend.
func (ar *arranger) layoutWide() {
	const least = 20 // columns for a region's name, its size and some of its strip
	l := ar.lay
	margin := 2
	if l.Size == scene.SizeThree {
		margin = 3
	}
	body := ar.frameRows(canvas.Area{X: margin, Y: 0, W: ar.width - 2*margin, H: ar.height})
	most := body.H - 1 - canvas.Clamp(body.H/3, 8, 20) // the calls are to be seen too
	if l.Scale.Zoom == scene.ZoomBig {
		w := body.W
		if l.Size == scene.SizeThree {
			w -= 2 + least
		}
		ar.fitCells(w, most, ar.wanted)
	} else {
		l.PerRow = scene.FitPerRow(l.Gutter, body.W, l.Scale.Zoom)
		if n := scene.FitPerRow(l.Gutter, body.W-2-least, l.Scale.Zoom); n >= 64 || n >= 16 && l.Scale.Zoom == scene.ZoomChips {
			l.PerRow = n
		}
	}
	side := min(body.W-ar.GridWidth()-2, 60)
	top, rest := body.CutTop(canvas.Clamp(max(ar.wanted(), 12), 8, most))
	l.grid = top
	if side >= least {
		ar.layoutSide(top, side)
	} else {
		l.inline = true
		l.legend, rest = rest.CutTop(1)
		l.legend.H++ // a second row where one does not do, else the gap
	}
	_, rest = rest.CutTop(1)
	ar.layoutBelow(rest)
}

// layoutSide puts the regions and the legend into the columns left of the grid, and a map of what
// does not fit to its right, or below them where that is too narrow.
func (ar *arranger) layoutSide(top canvas.Area, side int) {
	l := ar.lay
	l.column = canvas.Area{X: top.X, Y: top.Y, W: side, H: top.H}
	l.grid = canvas.Area{X: top.X + side + 2, Y: top.Y, W: top.W - side - 2, H: top.H}
	switch {
	case !ar.overflows():
	case side >= 24+panel.MinimapWidth+1 && side < 44:
		l.column.W -= panel.MinimapWidth + 1
		l.grid.X, l.grid.W = l.grid.X-panel.MinimapWidth-1, ar.GridWidth()-1 // the scroll bar parts the headings
		l.minimap = canvas.Area{X: l.grid.X + l.grid.W + 2, Y: top.Y, W: panel.MinimapWidth, H: top.H}
	case top.H >= 14:
		l.column.H = top.H / 2
		l.minimap = canvas.Area{X: top.X, Y: top.Y + l.column.H + 1, W: side, H: top.H - l.column.H - 1}
	}
	l.regions, l.listed = l.column, true
}

// layoutBelow puts the page and the calls side by side, and what is left of them beside those
// where there is room.
func (ar *arranger) layoutBelow(a canvas.Area) {
	l := ar.lay
	left := canvas.Clamp(a.W*2/5, 30, 48)
	l.page = canvas.Area{X: a.X, Y: a.Y, W: left, H: a.H}
	l.calls = canvas.Area{X: a.X + left + 2, Y: a.Y, W: a.W - left - 2, H: a.H}
	if right := 52; l.calls.W > 90+right {
		l.calls.W -= right + 3
		col := canvas.Area{X: l.calls.X + l.calls.W + 3, Y: a.Y, W: right, H: a.H}
		l.vmas, col = col.CutTop(canvas.Clamp(a.H/2, 4, 12))
		_, l.latency = col.CutTop(1)
	} else if ar.Focus.Lens == look.Heat && a.H >= 12 { // what a touch costs is wanted more
		l.page, l.latency = l.page.CutTop(5)
		_, l.latency = l.latency.CutTop(1)
	}
}

// overflows reports whether a region of the current process has more rows than the grid. Going
// from one to the other of its regions then moves nothing on the screen.
func (ar *arranger) overflows() bool {
	cur := ar.Proc()
	for i, l := range ar.ListSizes() {
		if &ar.State.Procs[i] == cur { // the region that has the most pages has the most rows, at any zoom
			return len(l.List) > 0 && ar.RowsOfPages(l.Pages) > ar.lay.grid.H-2
		}
	}
	return false
}
