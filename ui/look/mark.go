package look

import (
	"incore/ui/canvas"
)

// PutTick marks the cell that a VMA begins with, if there is no column for its border. The cell is nil outside
// of the canvas.
func (t *Look) PutTick(k *canvas.Cell) {
	switch {
	case k == nil:
	case t.Colors == canvas.NoColor:
		k.Attr |= canvas.Underline
	case k.Rune == '▇' && k.BG == 0 && k.Attr&canvas.Reverse == 0:
		*k = t.tick(k.FG)
	case k.BG == 0 && k.Attr&canvas.Reverse == 0:
		k.BG = t.Rule.FG
	}
}

// tick returns a full tank of one column with the border of a VMA at its left edge.
func (t *Look) tick(tank canvas.Color) canvas.Cell {
	return canvas.Cell{Rune: '▏', Style: canvas.Style{FG: t.Boundary.FG, BG: tank}}
}

// Selected returns a style with the selection behind it. Without colors the selection is drawn in reverse. A
// lid, which is drawn in reverse itself, stays as it is.
func (t *Look) Selected(s canvas.Style) canvas.Style {
	switch {
	case s.Attr&canvas.Reverse != 0:
	case t.Selection == 0:
		s.Attr |= canvas.Reverse
	case s.BG == 0:
		s.BG = t.Selection
	}
	return s
}

// CursorOver puts the cursor over a cell that has no column beside it. The cell is nil outside of the canvas.
func (t *Look) CursorOver(c *canvas.Cell, st canvas.Style) {
	switch {
	case c == nil:
	case t.Colors == canvas.NoColor:
		c.Attr ^= canvas.Reverse
		c.Attr |= canvas.Bold
	case t.ASCII:
		c.Style = canvas.Style{FG: st.FG, Attr: canvas.Reverse | canvas.Bold}
	default:
		*c = canvas.Cell{Rune: '█', Style: st}
	}
}
