package scene

import (
	"incore/model"
	"incore/ui/canvas"
)

// Block is the part of the grid panel that shows one region.
type Block struct {
	Place
	Area    canvas.Area // cells with their gutter, without heading and column numbers
	Heading canvas.Area // empty where the region is named elsewhere
	Header  canvas.Area // column numbers
	Rows    int         // of cells; a row of big ones is two of the screen
	Shift   uint8       // a cell is 1<<shift pages
}

// rowsOf returns how many rows of n pages a region takes, at most 1<<20: beyond that it
// does not fit on any screen.
func rowsOf(pages int64, n int) int {
	return int(min((pages+int64(n)-1)/int64(n), 1<<20))
}

// RowsOf returns how many rows of the screen the pages of a region take.
func (s *Scene) RowsOf(r *model.Region) int { return s.RowsOfPages(r.Pages.Len()) }

// RowsOfPages returns how many rows of the screen n pages take.
func (s *Scene) RowsOfPages(n int64) int {
	shift := s.shiftOfPages(n)
	return rowsOf((n+int64(1)<<shift-1)>>shift, max(1, s.Plan.PerRow)) * s.Plan.Cell.H
}

// Block returns the block of the current region, or nil if it is not on the screen.
func (s *Scene) Block() *Block {
	for i := range s.Plan.Blocks {
		if s.Plan.Blocks[i].Place == s.Focus.Current {
			return &s.Plan.Blocks[i]
		}
	}
	return nil
}

// BlockAt returns the block at a column and row of the screen, its heading included, or nil.
func (s *Scene) BlockAt(x, y int) *Block {
	for i := range s.Plan.Blocks {
		if b := &s.Plan.Blocks[i]; b.Area.Contains(x, y) || b.Heading.Contains(x, y) {
			return b
		}
	}
	return nil
}

// PageAt returns the region and page drawn at a column and row of the screen. If a cell is many pages, it is
// their first. ok reports whether there is one.
func (s *Scene) PageAt(x, y int) (at Place, page int64, ok bool) {
	l := &s.Plan
	for i := range l.Blocks {
		b := &l.Blocks[i]
		_, r := s.RegionAt(b.Place)
		dx := x - (b.Area.X + l.Gutter + 1)
		if r == nil || y < b.Area.Y || y >= b.Area.Y+b.Rows*l.Cell.H || dx < 0 || dx >= l.Cell.Pitch*l.PerRow {
			continue
		}
		page = s.Focus.Of(b.Place).Top + int64((y-b.Area.Y)/l.Cell.H*l.PerRow+dx/l.Cell.Pitch)<<b.Shift
		if page < r.Pages.Len() {
			return b.Place, page, true
		}
	}
	return Place{}, 0, false
}
