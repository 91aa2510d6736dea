package ui

import (
	"math/bits"

	"incore/model"
)

// layout is where everything is on the screen. An area of no size is not drawn.
type layout struct {
	title, meters, banner, regions, legend, page, vmas, grid, calls, prompt, status, keys area

	size    size
	perRow  int // pages in a row of the grid
	gutter  int // columns of the offsets left of the grid
	blocks  []block
	inline  bool // the legend is one row
	compact bool // no heading over the page in words
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

// block is a region's part of the grid panel.
type block struct {
	name    string
	area    area // cells with their gutter, without heading and column numbers
	heading area // empty where the region is named elsewhere
	header  area // column numbers
	rows    int
}

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
func gutterWidth(p *model.Process) int {
	digits := 4
	for i := range p.Regions {
		if n := p.Regions[i].Len; n > 0 {
			digits = max(digits, (bits.Len64(n-1)+3)/4)
		}
	}
	return 1 + digits
}

// gridWidth is how wide a grid of n pages a row is: gutter, the gap before the
// first cell, cells with their gaps, scroll bar.
func gridWidth(gutter, n int) int { return gutter + 1 + 3*n + 1 }

// fitPerRow is the most pages a row, a power of two, that fit in w columns.
func fitPerRow(gutter, w, most int) int {
	n := most
	for n > 1 && gridWidth(gutter, n) > w {
		n /= 2
	}
	return n
}

// rowsOf is how many rows of n pages a region takes, at most 1<<20: beyond that it
// does not fit on any screen.
func rowsOf(pages int64, n int) int {
	return int(min((pages+int64(n)-1)/int64(n), 1<<20))
}

// relayout places everything for the size, the mode and the regions there are.
func (m *Model) relayout() {
	m.view.settle(&m.state.Proc)
	w, h := m.width, m.height
	l := &m.lay
	*l = layout{size: classOf(w, h), blocks: l.blocks[:0]}
	l.gutter = gutterWidth(&m.state.Proc)
	switch l.size {
	case sizeSmall:
		m.layoutSmall()
	case sizeNarrow:
		m.layoutNarrow()
	case sizeTwo:
		m.layoutTwo()
	case sizeThree:
		m.layoutThree()
	}
	m.placeBlocks()
}

// wanted is how many rows the grid of all regions takes: a heading each, one row
// of column numbers for all, a blank row between them.
func (m *Model) wanted() int {
	n := 1
	for i := range m.state.Proc.Regions {
		n += 1 + rowsOf(m.state.Proc.Regions[i].Pages.Len(), m.lay.perRow)
		if i > 0 {
			n++
		}
		if n > 1<<20 {
			return n
		}
	}
	return n
}

func clamp(v, lo, hi int) int { return max(lo, min(v, hi)) }

func (m *Model) layoutSmall() {
	l, w, h := &m.lay, m.width, m.height
	mx := 0
	if w >= 40 {
		mx = 1
	}
	body := area{mx, 0, w - 2*mx, h}
	l.perRow = fitPerRow(l.gutter, body.w, 32)
	l.title, body = body.cutTop(1)
	rows := 1
	if r := m.region(); r != nil {
		rows = rowsOf(r.Pages.Len(), l.perRow)
	}
	rest := body.h - 1 // keys
	below := min(2, rest-1)
	l.grid, body = body.cutTop(clamp(rows, min(3, rest-below), rest-below))
	if m.state.Proc.Death != nil {
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

func (m *Model) layoutNarrow() {
	l := &m.lay
	body := area{1, 0, m.width - 2, m.height}
	l.title, body = body.cutTop(1)
	l.meters, body = body.cutTop(1)
	l.banner, body = body.cutTop(1)
	body = l.bottom(body)
	l.perRow = fitPerRow(l.gutter, body.w, 16)
	l.compact = body.h < 16
	pageH, callsMin := 3, 5
	if l.compact {
		pageH, callsMin = 1, 3
	}
	side := body.w - gridWidth(l.gutter, l.perRow) - 2
	most := body.h - pageH - callsMin
	want := m.wanted()
	if side >= 16 {
		want = max(want, 8)
	} else if most > 6 {
		l.inline = true
		most--
	}
	top, rest := body.cutTop(clamp(want, min(5, most), most))
	l.grid = top
	switch {
	case side >= 16:
		left := area{top.x, top.y, side, top.h}
		l.grid = area{top.x + side + 2, top.y, top.w - side - 2, top.h}
		// Where the grid shows every region, with its name, a list says nothing new.
		l.legend = left
		if m.wanted() > top.h {
			l.regions, l.legend = left.cutTop(clamp(1+len(m.state.Proc.Regions), 2, 4))
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
	if roomy {
		_, body = body.cutTop(1)
	}
	l.meters, body = body.cutTop(1)
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
	l.perRow = fitPerRow(l.gutter, body.w-2-30, 32)
	left := clamp(body.w-2-gridWidth(l.gutter, l.perRow), 30, 44)
	m.stack(area{body.x + left + 2, body.y, body.w - left - 2, body.h}, 6, 7)
	col := area{body.x, body.y, left, body.h}
	l.regions, col = col.cutTop(1 + clamp(len(m.state.Proc.Regions), 1, max(1, col.h-15)))
	_, col = col.cutTop(1)
	l.page, col = col.cutTop(clamp(col.h-8, 5, 10))
	_, l.legend = col.cutTop(1)
}

func (m *Model) layoutThree() {
	l := &m.lay
	body := m.frameRows(area{3, 0, m.width - 6, m.height})
	l.perRow = fitPerRow(l.gutter, body.w-36-40-6, 32)
	mid := gridWidth(l.gutter, l.perRow)
	left := 36
	right := clamp(body.w-left-mid-6, 40, 60)
	mid = body.w - left - right - 6
	m.stack(area{body.x + left + 3, body.y, mid, body.h}, 6, 12)
	col := area{body.x, body.y, left, body.h}
	l.regions, col = col.cutTop(1 + clamp(len(m.state.Proc.Regions), 1, max(1, col.h-18)))
	_, l.legend = col.cutTop(1)
	col = area{body.x + left + mid + 6, body.y, right, body.h}
	l.page, col = col.cutTop(12)
	_, l.vmas = col.cutTop(1)
}

// placeBlocks shares the grid panel out among the regions, in their order, from
// one on that leaves the current one whole, or half of the panel.
func (m *Model) placeBlocks() {
	l := &m.lay
	regions := m.state.Proc.Regions
	if l.grid.empty() || len(regions) == 0 {
		return
	}
	cur := max(0, m.view.index)
	if l.size == sizeSmall {
		m.addBlock(&regions[cur], l.grid, area{}, area{})
		return
	}
	header, rest := l.grid.cutTop(2)
	header.y, header.h = header.y+1, header.h-1
	room := rest.h + 1 // with the first block's heading, which stands over the column numbers
	height := func(i int) int { return 1 + rowsOf(regions[i].Pages.Len(), l.perRow) }
	first := min(m.view.first, cur)
	for first < cur {
		need := 0
		for i := first; i <= cur && need <= room; i++ {
			if i < cur {
				need += height(i) + 1
			} else {
				need += min(height(i), max(4, room/2))
			}
		}
		if need <= room {
			break
		}
		first++
	}
	m.view.first = first
	y, end := l.grid.y, l.grid.y+l.grid.h
	for i := first; i < len(regions); i++ {
		head := area{l.grid.x, y, l.grid.w, 1}
		y++
		if i > first {
			header = area{}
		} else {
			y++
		}
		// A heading with no row under it says nothing.
		if y >= end {
			break
		}
		rows := min(height(i)-1, end-y)
		m.addBlock(&regions[i], area{l.grid.x, y, l.grid.w, rows}, head, header)
		y += rows + 1
	}
}

func (m *Model) addBlock(r *model.Region, cells, heading, header area) {
	l := &m.lay
	rows := min(rowsOf(r.Pages.Len(), l.perRow), cells.h)
	if rows <= 0 {
		return
	}
	m.view.of(r.Name).scroll(l.perRow, rows, r.Pages.Len())
	l.blocks = append(l.blocks, block{r.Name, cells, heading, header, rows})
}

// block is the current region's block, or nil where it is not on the screen.
func (m *Model) block() *block {
	for i := range m.lay.blocks {
		if m.lay.blocks[i].name == m.view.current {
			return &m.lay.blocks[i]
		}
	}
	return nil
}
