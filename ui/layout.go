package ui

// layout is where everything is on the screen. An area of no size is not drawn.
type layout struct {
	title, meters, banner, regions, legend, page, vmas, grid, calls, prompt, status, keys area
	minimap, latency, caption, pressed                                                    area

	size    size
	scale   scale
	cell    cellSize
	perRow  int // cells in a row of the grid
	gutter  int // columns of the offsets left of the grid
	blocks  []block
	column  area // of which the legend takes what it needs; empty where it has a place of its own
	inline  bool // the legend is one row
	compact bool // no heading over the page in words
	listed  bool // the legend shares the column with the list of regions, not with the page
}

// size is a class of terminal sizes, each with an arrangement of its own.
type size uint8

const (
	sizeNone   size = iota // too small to be of use
	sizeSmall              // the grid, the page in words, the last call, keys
	sizeNarrow             // one column, a narrow one beside the grid if it fits
	sizeTwo                // two columns
	sizeThree              // three columns
)

func classOf(w, h int) size {
	switch {
	case w < 20 || h < 5:
		return sizeNone
	case w < 56 || h < 16:
		return sizeSmall
	case w < 96 || h < 24:
		return sizeNarrow
	case w < 180 || h < 36:
		return sizeTwo
	}
	return sizeThree
}

// gutterWidth is room for the offset of every region's last page.
func (m *Model) gutterWidth() int {
	digits := 4
	for _, l := range m.listSizes() {
		digits = max(digits, l.digits)
	}
	return 1 + digits
}

// gridWidth is how wide a grid of n cells a row is: gutter, the gap before the
// first cell, cells with their gaps, scroll bar.
func gridWidth(gutter, n int, z zoom) int { return gutter + 1 + cellSizes[z].pitch*n + 1 }

// fitPerRow is the most cells a row, a power of two, that fit in w columns.
func fitPerRow(gutter, w int, z zoom) int {
	n := mostPerRow[z]
	for n > 1 && gridWidth(gutter, n, z) > w {
		n /= 2
	}
	return n
}

// gridWidth is how wide the grid is as it is laid out.
func (m *Model) gridWidth() int { return m.lay.gutter + 1 + m.lay.cell.pitch*m.lay.perRow + 1 }

// relayout places everything for the size, the mode and the regions there are.
func (m *Model) relayout() {
	m.view.settle(&m.state)
	m.relist()
	at := scale{zoom: zoomChips}
	if m.view.scaled {
		at = m.view.scale
	}
	m.place(at)
	// Where nobody has chosen, pages are as large as leaves room for all regions.
	if !m.view.scaled && m.lay.size == sizeThree && m.region() != nil {
		m.place(scale{zoom: zoomBig})
		if m.wanted() > m.lay.grid.h {
			m.place(scale{zoom: zoomChips})
		}
	}
	if r := m.region(); r != nil {
		m.view.cell, m.view.pages = 1<<m.shiftOf(r), r.Pages.Len()
		m.view.noteCells()
	}
	m.placeBlocks()
}

// place places everything for a scale of the grid.
func (m *Model) place(s scale) {
	l := &m.lay
	*l = layout{size: classOf(m.width, m.height), blocks: l.blocks[:0], scale: s, cell: cellSizes[s.zoom]}
	l.gutter = m.gutterWidth()
	switch {
	case l.size == sizeNone:
	case m.present.on:
		m.layoutPresenter()
	case l.size == sizeSmall:
		m.layoutSmall()
	case l.size == sizeNarrow:
		m.layoutNarrow()
	case l.size >= sizeTwo && s.zoom != zoomChips:
		m.layoutWide()
	case l.size == sizeTwo:
		if m.layoutTwo(); m.overflows() {
			m.layoutWide() // which has room for a map
		}
	default:
		m.layoutThree()
	}
	if head := 2; s.zoom == zoomBig && l.size != sizeNone {
		if l.size == sizeSmall {
			head = 0
		}
		if l.grid.h-head < l.cell.h { // not even one row of them fits
			m.place(scale{zoom: zoomChips})
		}
	}
}

func clamp(v, lo, hi int) int { return max(lo, min(v, hi)) }

func (m *Model) layoutSmall() {
	l, w, h := &m.lay, m.width, m.height
	mx := 0
	if w >= 40 {
		mx = 1
	}
	body := area{mx, 0, w - 2*mx, h}
	l.perRow = fitPerRow(l.gutter, body.w, l.scale.zoom)
	l.title, body = body.cutTop(1)
	rows := 1
	if r := m.region(); r != nil {
		rows = m.rowsOf(r)
	}
	rest := body.h - 1 // keys
	below := min(2, rest-1)
	if m.log.failed() && rest >= 5 {
		below = 3 // why it failed has a row
	}
	l.grid, body = body.cutTop(clamp(rows, min(3, rest-below), rest-below))
	if m.proc().Death != nil {
		l.banner, body = body.cutTop(min(1, body.h-1))
	} else {
		l.page, body = body.cutTop(min(1, body.h-1))
	}
	l.compact = true
	l.calls, l.keys = body.cutTop(body.h - 1)
	// What is typed, and what is said of it, takes the place of the last call and the keys.
	l.prompt = l.calls.row(l.calls.h - 1)
	l.status = l.keys
}

// bottom cuts the prompt, the status and the keys off the end of the body.
func (l *layout) bottom(body area) area {
	body, l.prompt = body.cutTop(body.h - 3)
	l.prompt, l.status = l.prompt.cutTop(1)
	l.status, l.keys = l.status.cutTop(1)
	return body
}

// leastSide is how wide a column beside the grid is at least.
const leastSide = 15

func (m *Model) layoutNarrow() {
	l := &m.lay
	body := area{1, 0, m.width - 2, m.height}
	l.title, body = body.cutTop(1)
	l.meters, body = body.cutTop(1)
	l.banner, body = body.cutTop(1)
	body = l.bottom(body)
	l.perRow = fitPerRow(l.gutter, body.w, l.scale.zoom)
	l.compact = body.h < 16
	pageH, callsMin := 3, 5
	if l.compact {
		pageH, callsMin = 1, 3
	}
	if m.several() && !l.compact {
		callsMin = 4 // so that two times four rows of pages fit into 24
	}
	side := body.w - m.gridWidth() - 2
	most := body.h - pageH - callsMin
	want := m.wanted()
	if side >= leastSide {
		want = max(want, 8)
	} else if most > 6 {
		l.inline = true
		most--
	}
	top, rest := body.cutTop(clamp(want, min(5, most), most))
	l.grid = top
	switch {
	case side >= leastSide:
		left := area{top.x, top.y, side, top.h}
		l.grid = area{top.x + side + 2, top.y, top.w - side - 2, top.h}
		// Where the grid shows every region, with its name, a list says nothing new.
		l.legend = left
		switch {
		case m.several():
			l.column, l.regions, l.legend, l.listed = left, left, area{}, true
		case m.wanted() > top.h:
			l.regions, l.legend = left.cutTop(clamp(1+len(m.list), 2, 4))
		}
	case l.inline:
		l.legend, rest = rest.cutTop(1)
	}
	l.page, rest = rest.cutTop(pageH)
	l.calls = rest
}

// frameRows cuts title, meters and the rows below the body, with blank rows
// between them where there is height for it.
func (m *Model) frameRows(body area) area {
	l := &m.lay
	roomy := m.height >= 28
	l.title, body = body.cutTop(1)
	meters := 1
	if roomy {
		meters = 2
	}
	if m.height >= 34 {
		_, body = body.cutTop(1)
	}
	l.meters, body = body.cutTop(meters)
	l.banner, body = body.cutTop(1)
	body = l.bottom(body)
	if roomy {
		body.h--
	}
	return body
}

// stack puts the grid over the calls in one column.
func (m *Model) stack(col area, least, callsMin int) {
	l := &m.lay
	l.grid, col = col.cutTop(clamp(m.wanted(), least, col.h-1-callsMin))
	_, l.calls = col.cutTop(1)
}

func (m *Model) layoutTwo() {
	l := &m.lay
	body := m.frameRows(area{2, 0, m.width - 4, m.height})
	l.perRow = fitPerRow(l.gutter, body.w-2-30, l.scale.zoom)
	gridW := m.gridWidth()
	left := clamp(body.w-2-gridW, 30, 44)
	callsMin := 7
	if m.several() && m.height < 26 {
		callsMin = 6 // so that two times four rows of pages fit into 24
	}
	m.stack(area{body.x + left + 2, body.y, body.w - left - 2, body.h}, 6, callsMin)
	col := area{body.x, body.y, left, body.h}
	rest := 15 // for the page and the legend
	if m.several() {
		rest = 12
	}
	l.regions, col = col.cutTop(1 + clamp(len(m.list), 1, max(1, col.h-rest)))
	_, l.column = col.cutTop(1)
	l.page = l.column
}

// fitLegend cuts its rows for so many items off the end of the column that it shares with
// the list of regions, or with the page. What is on the screen decides how many there are,
// so that is known when the grid has been drawn.
func (m *Model) fitLegend(items []legendItem) {
	l, col := &m.lay, m.lay.column
	if col.empty() || len(items) == 0 {
		return
	}
	cols := legendColumns(items, col.w)
	rows := 1 + (len(items)+cols-1)/cols
	if l.listed {
		if below := &l.minimap; below.x == col.x && below.h > 6 { // the map gives what is missing
			more := clamp(2+len(m.list)+rows-col.h, 0, below.h-6)
			col.h, below.y, below.h = col.h+more, below.y+more, below.h-more
		}
		n := min(1+rows, max(4, col.h-1-len(m.list)))
		l.regions, l.legend = col.cutTop(clamp(col.h-n, 3, 1+len(m.list)))
		if l.legend.h > rows {
			_, l.legend = l.legend.cutTop(1)
		}
		return
	}
	pageMost := 16
	if m.view.lens == lensHeat {
		pageMost = 5 // what a touch costs is wanted more
	}
	l.page, col = col.cutTop(clamp(col.h-rows-1, 5, pageMost))
	_, l.legend = col.cutTop(1)
	if rest := l.legend.h - rows; rest > 5 {
		l.legend, col = l.legend.cutTop(rows)
		_, l.latency = col.cutTop(1)
		l.latency.h = min(l.latency.h, 10)
	}
}

// legendColumns is how many of the items stand side by side in w columns.
func legendColumns(items []legendItem, w int) int {
	for i := range items {
		if legendIndent+textWidth(items[i].word) > w/2 { // the first column of the other half is blank, or a frame
			return 1
		}
	}
	return min(2, max(1, len(items)))
}

func (m *Model) layoutThree() {
	l := &m.lay
	body := m.frameRows(area{3, 0, m.width - 6, m.height})
	l.perRow = fitPerRow(l.gutter, body.w-36-40-6, l.scale.zoom)
	mid := m.gridWidth()
	// On the widest screens the columns beside the grid share what it leaves.
	free := body.w - 36 - 40 - 6 - mid
	left := 36 + clamp((free-30)/2, 0, 24)
	right := clamp(body.w-left-mid-6, 40, 24+left)
	mid = body.w - left - right - 6
	m.stack(area{body.x + left + 3, body.y, mid, body.h}, 6, 12)
	col := area{body.x, body.y, left, body.h}
	l.regions, col = col.cutTop(1 + clamp(len(m.list), 1, max(1, col.h-18)))
	_, l.legend = col.cutTop(1)
	col = area{body.x + left + mid + 6, body.y, right, body.h}
	l.page, col = col.cutTop(16)
	_, col = col.cutTop(1)
	l.vmas, col = col.cutTop(clamp(col.h/3, 4, 12))
	_, col = col.cutTop(1)
	if m.overflows() {
		l.minimap, col = col.cutTop(col.h / 2)
		_, col = col.cutTop(1)
	}
	l.latency = area{col.x, col.y, col.w, min(col.h, 10)}
}
