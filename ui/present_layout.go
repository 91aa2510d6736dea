package ui

import (
	"incore/ui/canvas"
	"incore/ui/scene"
)

// layoutPresenter has the title, a caption, the grid, its legend, the last call and the keys,
// and nothing else: what a room is to look at is the pages.
func (ar *arranger) layoutPresenter() {
	l, w, h := ar.lay, ar.width, ar.height
	if h < 10 {
		ar.layoutSmall() // without a caption there is a grid at least
		return
	}
	margin := canvas.Clamp(w/40, 0, 4)
	if w >= 40 {
		margin = max(1, margin)
	}
	body := canvas.Area{X: margin, Y: 0, W: w - 2*margin, H: h}
	gap := func(at int) { // an empty row where there is height for it
		if h >= at {
			_, body = body.CutTop(1)
		}
	}
	l.title, body = body.CutTop(1)
	gap(30)
	if ar.Proc().Death != nil {
		l.banner, body = body.CutTop(1)
	}
	l.caption, body = body.CutTop(captionRows(h))
	gap(24)
	below := ar.presentBelow(body)
	body.H -= below.H
	legend := 1
	switch {
	case h >= 36:
		legend = 3 // with an empty row before it
	case h >= 24:
		legend = 2
	}
	room := canvas.Area{X: body.X, Y: body.Y, W: body.W, H: body.H - legend}
	ar.fitPresented(room)
	// The legend stands right below the grid, so that what is free is above the calls.
	l.grid, body = body.CutTop(min(room.H, ar.wanted()))
	gap(36)
	l.legend, _ = body.CutTop(min(legend, 2))
	l.inline = true
}

// captionRows returns how many rows the caption has on a screen of h rows.
func captionRows(h int) int {
	switch {
	case h < 16:
		return 1
	case h < 24:
		return 2
	case h < 44:
		return 3
	}
	return 4
}

// presentBelow places what is below the grid at the end of the body: the last call, and beside
// the pressed key the command it made.
func (ar *arranger) presentBelow(body canvas.Area) canvas.Area {
	l, h := ar.lay, ar.height
	calls, foot := 1, 3
	switch {
	case h < 16:
		foot = 2
	case h < 24:
		calls = 2
	case h < 32:
		calls = 4
	case h < 40:
		calls = 5
	default:
		calls = 7
	}
	below := canvas.Area{X: body.X, Y: body.Y + body.H - calls - foot, W: body.W, H: calls + foot}
	if h < 16 {
		// What is typed, and what is said of it, takes the place of the last call and the keys.
		l.calls, l.keys = below.CutTop(1)
		l.prompt, l.keys = l.keys.CutTop(1)
		l.status = l.keys
		return below
	}
	l.calls, _ = below.CutTop(calls)
	l.bottom(below)
	if w := 11; body.W >= 60 {
		l.pressed = canvas.Area{X: body.X, Y: l.prompt.Y - 1, W: w - 2, H: 3}
		for _, a := range []*canvas.Area{&l.prompt, &l.status} {
			a.X, a.W = a.X+w, a.W-w
		}
		l.calls.H-- // the row over the prompt is the key's
	}
	return below
}

// fitPresented chooses how large the cells are in an area for the grid: as large as leaves
// room for every page, and about square, for columns are half as wide as rows are high.
func (ar *arranger) fitPresented(a canvas.Area) {
	l := ar.lay
	if l.Scale.Zoom != scene.ZoomBig {
		l.PerRow = scene.FitPerRow(l.Gutter, a.W, l.Scale.Zoom)
		return
	}
	best, n := scene.CellSize{}, 0
	for _, l.PerRow = range [3]int{32, 16, 8} {
		w := (a.W-l.Gutter-2)/l.PerRow - 1
		for h := min(w/2+1, maxCellHeight); h >= 2; h-- {
			l.Cell = scene.CellSize{W: min(w, 3*h-1), Pitch: min(w, 3*h-1) + 1, H: h}
			if l.Cell.W >= 3 && l.Cell.W*h > best.W*best.H && ar.wanted() <= a.H {
				best, n = l.Cell, l.PerRow
			}
		}
	}
	if n > 0 {
		l.Cell, l.PerRow = best, n
		return
	}
	// All pages in chips are better than some of them in big cells: parent and child are to be
	// compared.
	l.Scale.Zoom, l.Cell = scene.ZoomChips, scene.CellSizes[scene.ZoomChips]
	l.PerRow = scene.FitPerRow(l.Gutter, a.W, scene.ZoomChips)
	if l.Size != scene.SizeSmall && ar.wanted() > a.H {
		l.Scale.Zoom, l.Cell = scene.ZoomBig, scene.BigCell(4)
		l.PerRow = scene.FitPerRow(l.Gutter, a.W, scene.ZoomBig)
	}
}

// maxCellHeight is the most rows of a page: larger than a thumb at arm's length it says no more.
const maxCellHeight = 12
