package scene

import (
	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// Scene is what the parts of the screen draw from, and what they draw into: the state, how pages look, where the
// user looks, and how the grid is laid out. It knows nothing of keys, of commands and of the lab.
type Scene struct {
	Canvas canvas.Canvas
	Look   *look.Look
	State  model.State
	Focus  Focus
	Plan   Plan
	Glow   glow
	Still  bool // nothing moves: no afterglow

	List  []ListRow  // of the regions panel
	sizes []listSize // of the processes; listSizes has them as they are now
	Hits  []hit      // what of the picture can be clicked
}

// Plan is how the grid is laid out.
type Plan struct {
	Size   size
	Scale  Scale
	Cell   CellSize
	PerRow int // cells in a row of the grid
	Gutter int // columns of the offsets left of the grid
	Blocks []Block
	Area   canvas.Area // of the grid
}

// Clicks is what a click on a part of the screen can ask for.
type Clicks interface {
	// SetLens shows the pages through a lens.
	SetLens(ln *look.Lens)
	// GoTo makes a region the current one.
	GoTo(at Place)
	// GoToPage puts the cursor on a page of a region.
	GoToPage(at Place, page int64)
	// OpenCall shows an entry of the log, by its number.
	OpenCall(n int)
	// Inspect shows all that is known of the page under the cursor.
	Inspect()
}

// hit is a part of the picture that can be clicked, noted while it is drawn.
type hit struct {
	canvas.Area
	Do func(Clicks) tea.Cmd
}

// Clickable notes that a click into an area of this picture does something.
func (s *Scene) Clickable(a canvas.Area, do func(Clicks) tea.Cmd) {
	if !a.Empty() {
		s.Hits = append(s.Hits, hit{a, do})
	}
}
