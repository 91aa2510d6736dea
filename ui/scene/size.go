package scene

// Size is a class of terminal sizes, each with an arrangement of its own.
type Size uint8

const (
	SizeNone   Size = iota // too small to be of use
	SizeSmall              // the grid, the page in words, the last call, keys
	SizeNarrow             // one column, a narrow one beside the grid if it fits
	SizeTwo                // two columns
	SizeThree              // three columns
)

// SizeOf returns the class of a terminal of w columns and h rows.
func SizeOf(w, h int) Size {
	switch {
	case w < 20 || h < 5:
		return SizeNone
	case w < 56 || h < 16:
		return SizeSmall
	case w < 96 || h < 24:
		return SizeNarrow
	case w < 180 || h < 36:
		return SizeTwo
	}
	return SizeThree
}

// gridWidth returns how wide a grid of n cells a row is: gutter, the gap before the
// first cell, cells with their gaps, scroll bar.
func gridWidth(gutter, n int, z Zoom) int { return gutter + 1 + CellSizes[z].Pitch*n + 1 }

// FitPerRow returns how many cells a row has that fit in w columns: a power of two.
func FitPerRow(gutter, w int, z Zoom) int {
	n := mostPerRow[z]
	for n > 1 && gridWidth(gutter, n, z) > w {
		n /= 2
	}
	return n
}

// GridWidth returns how many columns the grid takes as it is laid out.
func (s *Scene) GridWidth() int { return s.Plan.Gutter + 1 + s.Plan.Cell.Pitch*s.Plan.PerRow + 1 }
