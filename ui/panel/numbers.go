package panel

import (
	"strconv"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// number returns how many pages, or bytes where the grid shows offsets, are before a page.
func (pn *Grid) number(pr *model.Process, page int64) int64 {
	if pn.Hex {
		return page * pr.PageSize
	}
	return page
}

// appendNumber appends a number of the grid: of pages in decimal, of bytes in hexadecimal.
func (pn *Grid) appendNumber(buf []byte, n int64) []byte {
	if pn.Hex {
		return strconv.AppendInt(buf, n, 16)
	}
	return strconv.AppendInt(buf, n, 10)
}

// drawRowNumber draws, left of a row, which page is its first, or at which offset that is. An offset has a
// sign and all its digits, so that it is not taken for a page.
func (pn *Grid) drawRowNumber(n int64, x, y int, current bool) {
	st := pn.Look.Mute
	if current {
		st = pn.Look.Accent
	}
	pad := ' '
	if pn.Hex {
		pad = '0'
	}
	var room [24]byte
	buf := pn.appendNumber(room[:0], n)
	w := pn.Plan.Gutter
	for i := range w {
		r := pad
		if k := i - (w - len(buf)); k >= 0 {
			r = rune(buf[k])
		} else if i == 0 && pn.Hex {
			r = '+'
		}
		pn.Canvas.Set(x+i, y, r, st)
	}
}

// drawColumns draws over the cells of a block which page of its row each is; over cells of many pages how far
// from the first page of the row they begin. The cursor's column always has its number, and those beside it give way.
func (pn *Grid) drawColumns(pr *model.Process, b *scene.Block) {
	l, a := &pn.Plan, b.Header
	cur, from, to := -1, -1, -1
	if pn.Region() != nil && b.Shift == pn.ShiftOf(pn.Region()) {
		cur = int(pn.Focus.Here().Cursor >> b.Shift % int64(l.PerRow))
		from, to = pn.drawColumn(pr, b, cur, -1, -1, pn.Look.Accent)
	}
	every := pn.columnsApart(pr, b)
	for i := 0; i < l.PerRow && a.X+l.Gutter+l.Cell.Pitch*i < a.X+a.W; i += every {
		if i != cur {
			pn.drawColumn(pr, b, i, from, to, pn.Look.Mute)
		}
	}
}

// columnsApart returns of how many columns one has a number: as many as stay readable.
func (pn *Grid) columnsApart(pr *model.Process, b *scene.Block) int {
	l := &pn.Plan
	switch l.Scale.Zoom {
	case scene.ZoomBig:
		return 1
	case scene.ZoomChips:
		if l.PerRow > 16 {
			return 4
		}
		return 1
	}
	var room [24]byte
	every := 8
	for widest := len(pn.columnText(pr, b, l.PerRow-1, room[:0])); every < widest+4; {
		every *= 2
	}
	return every
}

// columnText appends the number of a column. A row's first page begins at a multiple of a row, so that in
// hexadecimal of cells of one page the digit of the column is one of the offset's.
func (pn *Grid) columnText(pr *model.Process, b *scene.Block, i int, buf []byte) []byte {
	if l := &pn.Plan; l.Scale.Zoom == scene.ZoomFar {
		if i == 0 && !pn.Hex {
			return append(buf, '0')
		}
		return pn.appendNumber(append(buf, '+'), pn.number(pr, int64(i)<<b.Shift))
	}
	return pn.appendNumber(buf, int64(i))
}

// drawColumn draws the number of a column, the last digit over its cell, unless that would touch what stands from
// one column of the screen to another. It returns where the number stands.
func (pn *Grid) drawColumn(pr *model.Process, b *scene.Block, i, from, to int, st canvas.Style) (lo, hi int) {
	var room [24]byte
	l, a, text := &pn.Plan, b.Header, pn.columnText(pr, b, i, room[:0])
	lo = a.X + l.Gutter + 1 + l.Cell.Pitch*i
	if n := l.Cell.W - len(text); l.Scale.Zoom == scene.ZoomBig {
		lo += n / 2
	} else {
		lo += n
	}
	lo = min(max(lo, a.X), a.X+a.W-len(text))
	hi = lo + len(text)
	if lo < to+1 && from < hi+1 {
		return lo, hi
	}
	for k, c := range text {
		pn.Canvas.Set(lo+k, a.Y, rune(c), st)
	}
	return lo, hi
}
