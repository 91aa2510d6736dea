package scene

import (
	"math/bits"

	"incore/model"
)

// Zoom is how large a page is drawn.
type Zoom uint8

const (
	ZoomBig   Zoom = iota // three columns by two rows and a gap, or larger, for the back row
	ZoomChips             // two columns and a gap
	ZoomDense             // a column a page
	ZoomFar               // a column is many pages
	// Zooms is the number of zooms.
	Zooms
)

// CellSize is the size of a cell: W is its columns without the gap, Pitch its columns with the gap, H its rows.
type CellSize struct{ W, Pitch, H int }

// CellSizes are the sizes of the cells of each zoom. A big cell can be larger: see [BigCell].
var CellSizes = [Zooms]CellSize{ZoomBig: BigCell(4), ZoomChips: {2, 3, 1}, ZoomDense: {1, 1, 1}, ZoomFar: {1, 1, 1}}

// BigCell returns the size of a big cell of w columns. It is about square: a column is about half as wide as a row is
// high.
func BigCell(w int) CellSize { return CellSize{w, w + 1, (w + 1) / 2} }

// mostPerRow is how many cells of a zoom a row has at most.
var mostPerRow = [Zooms]int{ZoomBig: 32, ZoomChips: 64, ZoomDense: 256, ZoomFar: 256}

// Scale is a zoom and, of the aggregate, how many pages a cell is: 1<<shift.
type Scale struct {
	Zoom  Zoom  // how large a page is drawn
	Shift uint8 // 0 but for ZoomFar
}

// farStep is by how many powers of two one press makes a cell of the aggregate larger.
const farStep = 3

// Closer returns the next scale with larger pages.
func (s Scale) Closer() Scale {
	switch {
	case s.Zoom == ZoomFar && s.Shift > farStep:
		return Scale{ZoomFar, s.Shift - farStep}
	case s.Zoom > ZoomBig:
		return Scale{Zoom: s.Zoom - 1}
	}
	return s
}

// Farther returns the next scale with smaller pages. most is the shift at which all of the region is seen.
func (s Scale) Farther(most uint8) Scale {
	switch {
	case s.Zoom < ZoomDense:
		return Scale{Zoom: s.Zoom + 1}
	case s.Shift < most:
		return Scale{ZoomFar, min(s.Shift+farStep, most)}
	}
	return s
}

// fitShift returns the least shift at which so many pages are at most n cells.
func fitShift(pages int64, n int) uint8 {
	if pages <= int64(n) || n <= 0 {
		return 0
	}
	return uint8(bits.Len64(uint64((pages - 1) / int64(n))))
}

// ShiftOf returns the shift at which a region is drawn: that of the plan, but a small region beside a large one
// is not drawn smaller than one row.
func (s *Scene) ShiftOf(r *model.Region) uint8 { return s.shiftOfPages(r.Pages.Len()) }

// shiftOfPages returns the shift at which a region of n pages is drawn.
func (s *Scene) shiftOfPages(n int64) uint8 {
	if s.Plan.Scale.Zoom != ZoomFar {
		return 0
	}
	return min(s.Plan.Scale.Shift, fitShift(n, s.Plan.PerRow))
}

// PagesPerRow returns how many pages of a region stand in one row of the grid.
func (s *Scene) PagesPerRow(r *model.Region) int64 {
	return int64(max(1, s.Plan.PerRow)) << s.ShiftOf(r)
}

// FarMost returns the shift at which the current region fits the grid panel.
func (s *Scene) FarMost() uint8 {
	r := s.Region()
	if r == nil {
		return 0
	}
	perRow := FitPerRow(s.Plan.Gutter, s.Plan.Area.W, ZoomFar)
	return fitShift(r.Pages.Len(), perRow*max(1, s.Plan.Area.H-2))
}
