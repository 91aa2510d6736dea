package ui

import (
	"incore/ui/canvas"
	"incore/ui/scene"
)

// layoutPresenter has the title, the meters in one row, a caption, the grid, its legend, the last call and the keys,
// and nothing else: what a room is to look at is the pages, and the numbers that the lesson is about.
func (ar *arranger) layoutPresenter() {
	l, w, h := ar.lay, ar.width, ar.height
	if h < 10 {
		ar.layoutSmall() // without a caption there is a grid at least
		l.title, l.meters = canvas.Area{}, l.title
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
	l.meters, body = body.CutTop(1)
	gap(34)
	if ar.Proc().Death != nil {
		l.banner, body = body.CutTop(1)
	}
	body = ar.captionArea(body)
	gap(26)
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
	stand := l.beside
	l.beside.cropped = false
	l.grid, body = body.CutTop(min(room.H, ar.wanted()))
	l.beside = stand
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
// What several processes have stands side by side, and of that only what is used needs a place:
// parent and child are to be compared, in cells that are seen.
func (ar *arranger) fitPresented(a canvas.Area) {
	l := ar.lay
	n := ar.mostTwins()
	if l.Scale.Zoom != scene.ZoomBig {
		ar.presentSmall(a, n)
		return
	}
	best, perRow, stand := scene.CellSize{}, 0, beside{}
	for columns := min(n, mostBeside); columns >= min(n, 2); columns-- {
		l.beside = beside{columns: columns, cropped: columns > 1}
		if cell, n := ar.presentedCell(a); cell.W*cell.H > best.W*best.H {
			best, perRow, stand = cell, n, l.beside
		}
	}
	if l.beside = stand; perRow > 0 {
		l.Cell, l.PerRow = best, perRow
		return
	}
	// All pages in chips are better than some of them in big cells.
	l.Scale.Zoom, l.Cell = scene.ZoomChips, scene.CellSizes[scene.ZoomChips]
	ar.presentSmall(a, n)
	if l.Size != scene.SizeSmall && n <= 1 && ar.wanted() > a.H {
		l.Scale.Zoom, l.Cell = scene.ZoomBig, scene.BigCell(4)
		l.PerRow = scene.FitPerRow(l.Gutter, a.W, scene.ZoomBig)
	}
}

// presentSmall chooses how many cells of a given size stand in a row: n regions side by side, where that leaves each
// rows of eight.
func (ar *arranger) presentSmall(a canvas.Area, n int) {
	l := ar.lay
	for columns := min(n, mostBeside); columns > 1; columns-- {
		l.beside = beside{columns: columns, cropped: true}
		if l.PerRow = scene.FitPerRow(l.Gutter, l.beside.width(a.W), l.Scale.Zoom); l.PerRow >= 8 {
			return
		}
	}
	l.beside = beside{}
	l.PerRow = scene.FitPerRow(l.Gutter, a.W, l.Scale.Zoom)
}

// presentedCell returns the largest cell with which the grid fits into an area, and how many of them stand in a row.
func (ar *arranger) presentedCell(a canvas.Area) (best scene.CellSize, perRow int) {
	l, least := ar.lay, leastCell
	if l.beside.columns > 1 {
		least = 2
	}
	for _, l.PerRow = range [3]int{32, 16, 8} {
		w := (l.beside.width(a.W)-l.Gutter-2)/l.PerRow - 1
		for h := min(w/2+1, maxCellHeight); h >= 2; h-- {
			l.Cell = scene.CellSize{W: min(w, 3*h-1), Pitch: min(w, 3*h-1) + 1, H: h}
			if l.Cell.W >= least && l.Cell.W*h > best.W*best.H && ar.wanted() <= a.H {
				best, perRow = l.Cell, l.PerRow
			}
		}
	}
	return best, perRow
}

// maxCellHeight is the most rows of a page: larger than a thumb at arm's length it says no more.
const maxCellHeight = 12
