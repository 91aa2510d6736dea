package ui

import (
	"strconv"

	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// layout is where everything is on the screen. An area of no size is not drawn.
type layout struct {
	title, meters, banner, regions, legend, page, vmas, grid, calls, prompt, status, keys canvas.Area
	minimap, latency, caption, pressed, lesson                                            canvas.Area

	*scene.Plan
	beside  beside      // how regions of one name stand
	column  canvas.Area // of which the legend takes what it needs; empty where it has a place of its own
	inline  bool        // the legend is one row
	compact bool        // no heading over the page in words
	listed  bool        // the legend shares the column with the list of regions, not with the page
}

// arranger gives each part of the screen its place.
type arranger struct {
	*scene.Scene
	lay           *layout
	width, height int
	presenting    bool
	teaching      bool          // the text of a lesson is shown
	failed        bool          // the newest call failed
	group         []scene.Place // room for twins
}

// gutterWidth returns room for the number of every region's last page, or for its offset and a sign.
func (ar *arranger) gutterWidth() int {
	digits, pages := 4, int64(0)
	for _, l := range ar.ListSizes() {
		digits, pages = max(digits, l.Digits), max(pages, l.Pages)
	}
	if ar.Hex {
		return 1 + digits
	}
	return max(4, len(strconv.FormatInt(pages-1, 10)))
}

// relayout places everything for the size, the mode and the regions there are.
func (ar *arranger) relayout() {
	ar.Focus.Settle(&ar.State)
	ar.Relist()
	if ar.Focus.Scaled {
		ar.place(ar.Focus.Scale)
	} else {
		ar.placeUnscaled()
	}
	if r := ar.Region(); r != nil {
		ar.Focus.Cell, ar.Focus.Pages = 1<<ar.ShiftOf(r), r.Pages.Len()
		ar.Focus.NoteCells()
	}
	ar.Plan.Area = ar.lay.grid
	ar.Plan.Area.W = ar.lay.beside.width(ar.lay.grid.W)
	ar.placeBlocks()
}

// placeIn places everything for a scale of the grid in the arranger's width and height.
func (ar *arranger) placeIn(s scene.Scale) {
	l := ar.lay
	*l = layout{Plan: l.Plan}
	*l.Plan = scene.Plan{Size: scene.SizeOf(ar.width, ar.height), Blocks: l.Blocks[:0], Scale: s, Cell: scene.CellSizes[s.Zoom]}
	l.Gutter = ar.gutterWidth()
	switch {
	case l.Size == scene.SizeNone:
	case ar.presenting:
		ar.layoutPresenter()
	case l.Size == scene.SizeSmall:
		ar.layoutSmall()
	case l.Size == scene.SizeNarrow:
		ar.layoutNarrow()
	case l.Size >= scene.SizeTwo && s.Zoom != scene.ZoomChips:
		ar.layoutWide()
	case l.Size == scene.SizeTwo:
		if ar.layoutTwo(); ar.overflows() {
			ar.layoutWide() // which has room for a map
		}
	default:
		ar.layoutThree()
	}
	if head := 2; l.Scale.Zoom == scene.ZoomBig && l.Size != scene.SizeNone {
		if l.Size == scene.SizeSmall {
			head = 0
		}
		if l.grid.H-head < l.Cell.H { // not even one row of them fits
			ar.placeIn(scene.Scale{Zoom: scene.ZoomChips})
		}
	}
}

func (ar *arranger) layoutSmall() {
	l, w, h := ar.lay, ar.width, ar.height
	mx := 0
	if w >= 40 {
		mx = 1
	}
	body := canvas.Area{X: mx, Y: 0, W: w - 2*mx, H: h}
	l.title, body = body.CutTop(1)
	if ar.teaching && body.H >= 9 { // a lesson speaks of them
		l.meters, body = body.CutTop(1)
	}
	rest := body.H - 1 // keys
	below := min(2, rest-1)
	if ar.failed && rest >= 5 {
		below = 3 // why it failed has a row
	}
	// The cells do not change with what a call came to, so room is left for why one failed.
	grid := rest - 3
	if ar.teaching {
		grid = min(grid, 5) // a question has to be seen whole
	}
	ar.fitCells(body.W, grid, ar.rowsOfCurrent)
	rows := ar.rowsOfCurrent()
	l.grid, body = body.CutTop(canvas.Clamp(rows, min(3, rest-below), rest-below))
	if ar.Proc().Death != nil {
		l.banner, body = body.CutTop(min(1, body.H-1))
	} else {
		l.page, body = body.CutTop(min(1, body.H-1))
	}
	l.compact = true
	l.calls, l.keys = body.CutTop(body.H - 1)
	// What is typed, and what is said of it, takes the place of the last call and the keys.
	l.prompt = l.calls.Row(l.calls.H - 1)
	l.status = l.keys
}

// bottom cuts the prompt, the status and the keys off the end of the body.
func (l *layout) bottom(body canvas.Area) canvas.Area {
	body, l.prompt = body.CutTop(body.H - 3)
	l.prompt, l.status = l.prompt.CutTop(1)
	l.status, l.keys = l.status.CutTop(1)
	return body
}

// leastSide is how wide a column beside the grid is at least.
const leastSide = 15

func (ar *arranger) layoutNarrow() {
	l := ar.lay
	body := canvas.Area{X: 1, Y: 0, W: ar.width - 2, H: ar.height}
	l.title, body = body.CutTop(1)
	l.meters, body = body.CutTop(1)
	l.banner, body = body.CutTop(1)
	body = l.bottom(body)
	l.compact = body.H < 16
	pageH, callsMin := 3, 5
	if l.compact {
		pageH, callsMin = 1, 3
	}
	if ar.Several() && !l.compact {
		callsMin = 4 // so that two times four rows of pages fit into 24
	}
	if l.Scale.Zoom == scene.ZoomBig && !l.compact {
		callsMin = 4 // so that four rows of large cells fit into 24
	}
	ar.fitCells(body.W, body.H-pageH-callsMin-1, ar.wanted)
	side := body.W - ar.GridWidth() - 2
	most := body.H - pageH - callsMin
	want := ar.wanted()
	if side >= leastSide {
		want = max(want, 8)
	} else if most > 6 {
		l.inline = true
		most--
	}
	top, rest := body.CutTop(canvas.Clamp(want, min(5, most), most))
	l.grid = top
	switch {
	case side >= leastSide:
		left := canvas.Area{X: top.X, Y: top.Y, W: side, H: top.H}
		l.grid = canvas.Area{X: top.X + side + 2, Y: top.Y, W: top.W - side - 2, H: top.H}
		// Where the grid shows every region, with its name, a list says nothing new.
		l.legend = left
		switch {
		case ar.Several():
			l.column, l.regions, l.legend, l.listed = left, left, canvas.Area{}, true
		case ar.wanted() > top.H:
			l.regions, l.legend = left.CutTop(canvas.Clamp(1+len(ar.List), 2, 4))
		}
	case l.inline:
		l.legend, rest = rest.CutTop(1)
	}
	l.page, rest = rest.CutTop(pageH)
	l.calls = rest
}

// frameRows cuts title, meters and the rows below the body, with blank rows
// between them where there is height for it.
func (ar *arranger) frameRows(body canvas.Area) canvas.Area {
	l := ar.lay
	roomy := ar.height >= 28
	l.title, body = body.CutTop(1)
	meters := 1
	if roomy {
		meters = 2
	}
	if ar.height >= 34 {
		_, body = body.CutTop(1)
	}
	l.meters, body = body.CutTop(meters)
	l.banner, body = body.CutTop(1)
	body = l.bottom(body)
	if roomy {
		body.H--
	}
	return body
}

// stack puts the grid over the calls in one column.
func (ar *arranger) stack(col canvas.Area, least, callsMin int) {
	l := ar.lay
	l.grid, col = col.CutTop(canvas.Clamp(ar.wanted(), least, col.H-1-callsMin))
	_, l.calls = col.CutTop(1)
}

func (ar *arranger) layoutTwo() {
	l := ar.lay
	body := ar.frameRows(canvas.Area{X: 2, Y: 0, W: ar.width - 4, H: ar.height})
	l.PerRow = scene.FitPerRow(l.Gutter, body.W-2-30, l.Scale.Zoom)
	gridW := ar.GridWidth()
	left := canvas.Clamp(body.W-2-gridW, 30, 44)
	callsMin := 7
	if ar.Several() && ar.height < 26 {
		callsMin = 6 // so that two times four rows of pages fit into 24
	}
	ar.stack(canvas.Area{X: body.X + left + 2, Y: body.Y, W: body.W - left - 2, H: body.H}, 6, callsMin)
	col := canvas.Area{X: body.X, Y: body.Y, W: left, H: body.H}
	rest := 15 // for the page and the legend
	if ar.Several() {
		rest = 12
	}
	l.regions, col = col.CutTop(1 + canvas.Clamp(len(ar.List), 1, max(1, col.H-rest)))
	_, l.column = col.CutTop(1)
	l.page = l.column
}

// fitLegend cuts its rows for so many items off the end of the column that it shares with
// the list of regions, or with the page. What is on the screen decides how many there are,
// so that is known when the grid has been drawn.
func (ar *arranger) fitLegend(items []look.Item) {
	l, col := ar.lay, ar.lay.column
	if col.Empty() || len(items) == 0 {
		return
	}
	cols := look.LegendColumns(items, col.W)
	rows := 1 + (len(items)+cols-1)/cols
	if l.listed {
		if below := &l.minimap; below.X == col.X && below.H > 6 { // the map gives what is missing
			more := canvas.Clamp(2+len(ar.List)+rows-col.H, 0, below.H-6)
			col.H, below.Y, below.H = col.H+more, below.Y+more, below.H-more
		}
		n := min(1+rows, max(4, col.H-1-len(ar.List)))
		l.regions, l.legend = col.CutTop(canvas.Clamp(col.H-n, 3, 1+len(ar.List)))
		if l.legend.H > rows {
			_, l.legend = l.legend.CutTop(1)
		}
		return
	}
	pageMost := 16
	if ar.Focus.Lens == look.Heat {
		pageMost = 5 // what a touch costs is wanted more
	}
	l.page, col = col.CutTop(canvas.Clamp(col.H-rows-1, 5, pageMost))
	_, l.legend = col.CutTop(1)
	if rest := l.legend.H - rows; rest > 5 {
		l.legend, col = l.legend.CutTop(rows)
		_, l.latency = col.CutTop(1)
		l.latency.H = min(l.latency.H, 10)
	}
}

func (ar *arranger) layoutThree() {
	l := ar.lay
	body := ar.frameRows(canvas.Area{X: 3, Y: 0, W: ar.width - 6, H: ar.height})
	l.PerRow = scene.FitPerRow(l.Gutter, body.W-36-40-6, l.Scale.Zoom)
	mid := ar.GridWidth()
	// On the widest screens the columns beside the grid share what it leaves.
	free := body.W - 36 - 40 - 6 - mid
	left := 36 + canvas.Clamp((free-30)/2, 0, 24)
	right := canvas.Clamp(body.W-left-mid-6, 40, 24+left)
	mid = body.W - left - right - 6
	ar.stack(canvas.Area{X: body.X + left + 3, Y: body.Y, W: mid, H: body.H}, 6, 12)
	col := canvas.Area{X: body.X, Y: body.Y, W: left, H: body.H}
	l.regions, col = col.CutTop(1 + canvas.Clamp(len(ar.List), 1, max(1, col.H-18)))
	_, l.legend = col.CutTop(1)
	col = canvas.Area{X: body.X + left + mid + 6, Y: body.Y, W: right, H: body.H}
	l.page, col = col.CutTop(16)
	_, col = col.CutTop(1)
	l.vmas, col = col.CutTop(canvas.Clamp(col.H/3, 4, 12))
	_, col = col.CutTop(1)
	if ar.overflows() {
		l.minimap, col = col.CutTop(col.H / 2)
		_, col = col.CutTop(1)
	}
	l.latency = canvas.Area{X: col.X, Y: col.Y, W: col.W, H: min(col.H, 10)}
}
