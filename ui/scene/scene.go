package scene

import (
	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// Scene is what the parts of the screen draw from and into: the state, how pages look, where the user looks,
// and how the grid is laid out. It knows nothing of keys, of commands and of the lab.
type Scene struct {
	Canvas canvas.Canvas // what is drawn into
	Look   *look.Look    // how everything looks
	State  model.State   // what is drawn
	Focus  Focus         // where the user looks
	Plan   Plan          // how the grid is laid out
	Glow   Glow          // which pages have just changed
	Still  bool          // nothing moves: no afterglow
	Hex    bool          // the grid says offsets in hexadecimal, not page numbers

	List  []ListRow  // of the regions panel
	sizes []ListSize // of the processes; [Scene.ListSizes] has them as they are now
	Hits  []Hit      // what of the picture can be clicked
}

// Plan is how the grid is laid out.
type Plan struct {
	Size   Size        // of the terminal
	Scale  Scale       // of the grid
	Cell   CellSize    // of the grid
	PerRow int         // cells in a row of the grid
	Gutter int         // columns of the numbers left of the grid
	Blocks []Block     // the regions in view
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

// Hit is a part of the picture that can be clicked. It is noted while it is drawn.
type Hit struct {
	canvas.Area
	Do func(Clicks) tea.Cmd // what a click does
}

// Clickable notes that a click into an area does something.
func (s *Scene) Clickable(a canvas.Area, do func(Clicks) tea.Cmd) {
	if !a.Empty() {
		s.Hits = append(s.Hits, Hit{a, do})
	}
}
