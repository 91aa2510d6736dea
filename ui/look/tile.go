package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// Tile is the two columns that a page is drawn in. The third column of its cell,
// the gap, belongs to the grid: lock frame, selection and cursor are drawn there.
//
// The cell is a tank: height is residency, hue is what backs the page, a gold lid
// is a lock (two eighths thick; one eighth for a lock on fault). SHM_LOCK has the lid of a
// lock where the page is in memory, and that of a lock on fault, in full gold, where it is
// not, since it locks pages as they come in. Where a page may
// not be written only the left column is drawn, and PROT_NONE is broken into
// diagonals, so that protection shows in any hue and in none.
type Tile [2]canvas.Cell

// Both returns a tile of the same cell twice.
func Both(r rune, st canvas.Style) Tile { return Tile{{Rune: r, Style: st}, {Rune: r, Style: st}} }

func (t *Look) dot() rune {
	if t.ASCII {
		return '.'
	}
	return '·'
}

// block returns a cell that is full to the top.
func (t *Look) block() rune {
	if t.ASCII {
		return t.Levels[6]
	}
	return '█'
}

// denseCell returns a page in one column. There is no second one for what may not be written: it
// fills the left half; and a lock that has no tank to lie on colors the glyph.
func (t *Look) denseCell(k Kind, l model.Lock, a Access, chip Tile) canvas.Cell {
	c := chip[0]
	if t.ASCII {
		if l != model.Unlocked && chip[1].Rune != ' ' {
			return chip[1] // the lock is wanted more than what it holds
		}
		return c
	}
	switch {
	case k == Hole, k == NotAsked, k == Guard, k == Unknowable, a == NoAccess:
	case k == Absent && a == ReadOnly && l == model.Unlocked:
		c.Rune = '˙'
	case k.tank() && a == ReadOnly:
		c.Rune = '▌'
	case k == Shared && l != model.Unlocked: // half of it is the lid
	case !k.tank() && k != Absent && l != model.Unlocked:
		c.FG = t.Lids[l]
	}
	return c
}
