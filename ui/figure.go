package ui

import (
	"incore/model"
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

// figure is a page at the big zoom, whatever the size of its cell.
type figure struct {
	shape
	level uint8 // of a tank, in sevenths
	runes [2]rune
	style
	lid   color // of the lock
	thick bool  // the lid is a lock's, not that of one on fault
	half  bool  // only the left half: it may not be written
	tally rune  // a number in the right half; 0 is none
	count style // of the tally
}

// figures are those of a theme, by lens and class.
type figures [lenses][]figure

func newFigures(th *theme) *figures {
	f := new(figures)
	for k := range kinds {
		for l := range model.Lock(locks) {
			for a := range accesses {
				f[lensState] = append(f[lensState], th.stateFigure(k, l, a))
			}
		}
	}
	never := figure{shape: shapeGlyph, runes: [2]rune{th.dot(), th.dot()}, style: style{fg: th.kinds[kindAbsent]}}
	for ln := lensState + 1; ln < lenses; ln++ {
		f[ln] = make([]figure, 2, heatClasses)
	}
	for p := range model.Prot(8) {
		f[lensProt] = append(f[lensProt], th.protFigure(p))
	}
	for i := range th.sharings {
		f[lensSharing] = append(f[lensSharing], th.sharingFigure(i))
	}
	f[lensAge], f[lensHeat] = append(f[lensAge], never), append(f[lensHeat], never)
	for i := range ageClasses {
		tank := figure{shape: shapeTank, level: uint8(ageClasses - i), style: style{fg: th.ages[i]}}
		f[lensAge] = append(f[lensAge], tank)
		tank.fg, tank.half = th.heat[i], true
		for n := range faultMarks {
			for _, major := range [2]bool{false, true} {
				c := th.faultMark(n, major)
				tank.tally, tank.count = c.r, c.style
				f[lensHeat] = append(f[lensHeat], tank)
			}
		}
	}
	return f
}

// stateFigure follows the same rules as look: height is residency, hue what backs the page, a
// lid a lock, the left half alone a page that may not be written.
func (t *theme) stateFigure(k kind, l model.Lock, a access) figure {
	f := figure{style: style{fg: t.kinds[k]}, runes: [2]rune{kindGlyphs[k], kindGlyphs[k]}, half: a == readOnly}
	if k == kindHole || k == kindNotAsked {
		return figure{}
	}
	if l != model.Unlocked && k != kindGuard {
		f.lid, f.thick = t.lids[l], l == model.Locked || l == model.ShmLocked && k != kindAbsent
	}
	if t.ascii {
		return t.asciiFigure(f, k, l, a)
	}
	switch {
	case k == kindGuard:
		f.shape, f.half = shapeCross, false
	case a == noAccess && k == kindAbsent:
		f.shape, f.runes = shapeBand, [2]rune{'╌', '╌'}
	case a == noAccess:
		f.shape, f.runes = shapeFill, [2]rune{'▚', '▞'}
	case k.tank() && t.glyphOf(k) == shaded:
		f.shape, f.runes = shapeFill, [2]rune{shaded, shaded}
		if f.thick {
			f.runes = [2]rune{shadedLocked, shadedLocked}
		}
	case k.tank():
		f.shape, f.level = shapeTank, 7
	case k == kindCached:
		f.shape, f.level = shapeTank, 3
	case k == kindShared:
		f.shape = shapePosts
	case k == kindZero:
		f.shape, f.runes = shapeBand, [2]rune{'▂', '▂'}
	default:
		f.shape = shapeGlyph
	}
	return f
}

// asciiFigure is the letter of the page, all over where it is in memory, and the lock's mark in
// the upper row.
func (t *theme) asciiFigure(f figure, k kind, l model.Lock, a access) figure {
	chip := t.asciiLook(k, l, a)
	f.shape, f.runes, f.half = shapeGlyph, [2]rune{chip[0].r, chip[0].r}, false
	if k.tank() {
		f.shape = shapeFill
	}
	if l != model.Unlocked && k != kindGuard {
		f.tally, f.count = chip[1].r, chip[1].style
	}
	return f
}

func (t *theme) protFigure(p model.Prot) figure {
	text, _ := protLetters(p)
	f := figure{shape: shapeText, runes: text, style: style{fg: t.prots[p], attr: reverse}}
	if p == model.ProtNone {
		f.shape, f.attr = shapeGlyph, 0
	}
	return f
}

func (t *theme) sharingFigure(i int) figure {
	f := figure{shape: shapeGlyph, style: style{fg: t.sharings[i]}}
	r := sharingGlyphs[i]
	if t.ascii {
		r = sharingLetters[i]
	}
	f.runes = [2]rune{r, r}
	switch {
	case classFirst+i == classAlone && t.ascii:
		f.shape = shapeFill
	case classFirst+i == classAlone:
		f.shape, f.level = shapeTank, 7
	case classFirst+i == classShared && !t.ascii:
		f.shape = shapePosts
	case classFirst+i == classFile && !t.ascii:
		f.shape = shapeFill
	}
	return f
}

// at is the rune and style of one column of one row of a figure of w by h.
func (f *figure) at(t *theme, col, row, w, h int) cell {
	if f.half && 2*col >= w {
		return f.tallyAt(col, row, w, h)
	}
	c := blank
	low := h - (h+3)/4 // where the glyphs and letters stand
	switch f.shape {
	case shapeTank:
		c = f.tankAt(t, row, h)
	case shapeGlyph:
		// Dots are as wide as the page, so that it is seen how much of it may not be written.
		if row == low && (f.runes[0] == t.dot() || (col == w/2-1 || col == w/2) && !f.half || col == w/4 && f.half) {
			c = cell{f.runes[0], f.style}
		}
	case shapePosts:
		if 2*row >= h && (4*col/w)%2 == 0 {
			c = cell{t.block(), f.style}
		}
	case shapeCross:
		c = cell{[2]rune{'╲', '╱'}[(col+row)%2], f.style}
	case shapeBand:
		if row == h-1 {
			c = cell{f.runes[0], f.style}
		}
	case shapeFill:
		c = cell{f.runes[col%2], f.style}
	case shapeText:
		c = cell{' ', f.style}
		if row == low && (col == w/2-1 || col == w/2) {
			c.r = f.runes[col-w/2+1]
		}
	}
	switch {
	case t.ascii && f.tally != 0 && row == 0 && !f.half:
		return cell{f.tally, f.count}
	case row == 0 && f.lid != 0 && !t.ascii:
		return f.lidAt(t, c)
	case row == 0 && f.thick && !t.ascii: // without colours the lid is a shape alone
		return f.lidAt(t, c)
	}
	return c
}

// tankAt is a row of a tank: full at the top but for an eighth, so that tanks stand apart.
func (f *figure) tankAt(t *theme, row, h int) cell {
	eighths := (8*h-1)*int(f.level)/7 - 8*(h-1-row)
	switch {
	case eighths <= 0:
		return blank
	case eighths >= 8:
		return cell{t.block(), f.style}
	}
	return cell{t.levels[eighths-1], f.style}
}

// lidAt puts the lid on a cell of the upper row.
func (f *figure) lidAt(t *theme, c cell) cell {
	switch {
	case c.r == shaded, c.r == shadedLocked:
		return c
	case c.r == '▇' && f.thick:
		return cell{'▆', c.style.on(f.lid)}
	case c.r == '▇':
		return cell{c.r, c.style.on(f.lid)}
	case c.r == ' ' && f.thick: // two eighths, which is the lower six reversed
		return cell{'▆', style{fg: f.lid, attr: reverse}}
	case c.r == ' ':
		return cell{t.frameTop, style{fg: f.lid}}
	}
	return cell{c.r, c.style.on(f.lid)}
}

// tallyAt is the right half of a figure that has a number there.
func (f *figure) tallyAt(col, row, w, h int) cell {
	if f.tally > ' ' && row == h-(h+3)/4 && col == w*3/4 {
		return cell{f.tally, f.count}
	}
	if row == 0 && f.lid != 0 && f.tally == 0 {
		return cell{'▔', style{fg: f.lid}}
	}
	return blank
}
