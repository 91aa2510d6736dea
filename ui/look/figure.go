package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// shape is what a page looks like where a cell has room for a figure.
type shape uint8

const (
	shapeNothing shape = iota
	shapeTank          // filled from below
	shapeGlyph         // two glyphs in the middle
	shapePosts         // two posts, half as high as the cell: what shares it stands apart
	shapeCross         // diagonals over all of it
	shapeBand          // a line at the bottom
	shapeFill          // two runes in turn, over all of it
	shapeText          // two letters on a ground
)

// Figure is what a page looks like at the big zoom, whatever the size of its cell.
type Figure struct {
	shape
	level uint8 // of a tank, in sevenths
	runes [2]rune
	canvas.Style
	lid   canvas.Color // of the lock
	thick bool         // the lid is a lock's, not that of one on fault
	half  bool         // only the left half: it may not be written
	tally rune         // a number in the right half; 0 is none
	count canvas.Style // of the tally
}

// stateFigure follows the same rules as stateTile: height is residency, hue what backs the page, a
// lid a lock, the left half alone a page that may not be written.
func (t *Look) stateFigure(k Kind, l model.Lock, a Access) Figure {
	f := Figure{Style: canvas.Style{FG: t.Kinds[k]}, runes: [2]rune{kindTable[k].glyph, kindTable[k].glyph}, half: a == ReadOnly}
	if k == Hole || k == NotAsked {
		return Figure{}
	}
	if l != model.Unlocked && k != Guard {
		f.lid, f.thick = t.Lids[l], l == model.Locked || l == model.ShmLocked && k != Absent
	}
	if t.ASCII {
		return t.asciiFigure(f, k, l, a)
	}
	switch {
	case k == Guard:
		f.shape, f.half = shapeCross, false
	case a == NoAccess && k == Absent:
		f.shape, f.runes = shapeBand, [2]rune{'╌', '╌'}
	case a == NoAccess:
		f.shape, f.runes = shapeFill, [2]rune{'▚', '▞'}
	case k.tank() && t.GlyphOf(k) == shaded:
		f.shape, f.runes = shapeFill, [2]rune{shaded, shaded}
		if f.thick {
			f.runes = [2]rune{shadedLocked, shadedLocked}
		}
	case k.tank():
		f.shape, f.level = shapeTank, 7
	case k == Cached:
		f.shape, f.level = shapeTank, 3
	case k == Shared:
		f.shape = shapePosts
	case k == Zero:
		f.shape, f.runes = shapeBand, [2]rune{'▂', '▂'}
	default:
		f.shape = shapeGlyph
	}
	return f
}

// asciiFigure returns the letter of the page, all over where it is in memory, and the lock's mark in
// the upper row.
func (t *Look) asciiFigure(f Figure, k Kind, l model.Lock, a Access) Figure {
	chip := t.asciiTile(k, l, a)
	f.shape, f.runes, f.half = shapeGlyph, [2]rune{chip[0].Rune, chip[0].Rune}, false
	if k.tank() {
		f.shape = shapeFill
	}
	if l != model.Unlocked && k != Guard {
		f.tally, f.count = chip[1].Rune, chip[1].Style
	}
	return f
}

// At returns the cell at one column and row of a figure of w columns and h rows.
func (f *Figure) At(t *Look, col, row, w, h int) canvas.Cell {
	if f.half && 2*col >= w {
		return f.tallyAt(col, row, w, h)
	}
	c := canvas.Blank
	low := h - (h+3)/4 // where the glyphs and letters stand
	switch f.shape {
	case shapeTank:
		c = f.tankAt(t, row, h)
	case shapeGlyph:
		// Dots are as wide as the page, so that it is seen how much of it may not be written.
		if row == low && (f.runes[0] == t.dot() || (col == w/2-1 || col == w/2) && !f.half || col == w/4 && f.half) {
			c = canvas.Cell{Rune: f.runes[0], Style: f.Style}
		}
	case shapePosts:
		switch {
		case 2*row < h:
		case w == 2: // a post is half a column
			c = canvas.Cell{Rune: '▌', Style: f.Style}
		case (4*col/w)%2 == 0:
			c = canvas.Cell{Rune: t.block(), Style: f.Style}
		}
	case shapeCross:
		c = canvas.Cell{Rune: [2]rune{'╲', '╱'}[(col+row)%2], Style: f.Style}
	case shapeBand:
		if row == h-1 {
			c = canvas.Cell{Rune: f.runes[0], Style: f.Style}
		}
	case shapeFill:
		c = canvas.Cell{Rune: f.runes[col%2], Style: f.Style}
	case shapeText:
		c = canvas.Cell{Rune: ' ', Style: f.Style}
		if row == low && (col == w/2-1 || col == w/2) {
			c.Rune = f.runes[col-w/2+1]
		}
	}
	switch {
	case t.ASCII && f.tally != 0 && row == 0 && !f.half:
		return canvas.Cell{Rune: f.tally, Style: f.count}
	case row == 0 && f.lid != 0 && !t.ASCII:
		return f.lidAt(t, c)
	case row == 0 && f.thick && !t.ASCII: // without colors the lid is a shape alone
		return f.lidAt(t, c)
	}
	return c
}

// tankAt returns a row of a tank: full at the top but for an eighth, so that tanks stand apart.
func (f *Figure) tankAt(t *Look, row, h int) canvas.Cell {
	eighths := (8*h-1)*int(f.level)/7 - 8*(h-1-row)
	switch {
	case eighths <= 0:
		return canvas.Blank
	case eighths >= 8:
		return canvas.Cell{Rune: t.block(), Style: f.Style}
	}
	return canvas.Cell{Rune: t.Levels[eighths-1], Style: f.Style}
}

// lidAt puts the lid on a cell of the upper row.
func (f *Figure) lidAt(t *Look, c canvas.Cell) canvas.Cell {
	switch {
	case c.Rune == shaded, c.Rune == shadedLocked:
		return c
	case c.Rune == '▇' && f.thick:
		return canvas.Cell{Rune: '▆', Style: c.Style.On(f.lid)}
	case c.Rune == '▇':
		return canvas.Cell{Rune: c.Rune, Style: c.Style.On(f.lid)}
	case c.Rune == ' ' && f.thick: // two eighths, which is the lower six reversed
		return canvas.Cell{Rune: '▆', Style: canvas.Style{FG: f.lid, Attr: canvas.Reverse}}
	case c.Rune == ' ':
		return canvas.Cell{Rune: t.FrameTop, Style: canvas.Style{FG: f.lid}}
	}
	return canvas.Cell{Rune: c.Rune, Style: c.Style.On(f.lid)}
}

// tallyAt returns the right half of a figure that has a number there.
func (f *Figure) tallyAt(col, row, w, h int) canvas.Cell {
	if f.tally > ' ' && row == h-(h+3)/4 && col == w*3/4 {
		return canvas.Cell{Rune: f.tally, Style: f.count}
	}
	if row == 0 && f.lid != 0 && f.tally == 0 {
		return canvas.Cell{Rune: '▔', Style: canvas.Style{FG: f.lid}}
	}
	return canvas.Blank
}
