package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// scene is what the parts of the screen draw from, and what they draw into: the state, how pages look, where the
// user looks, and how the grid is laid out. It knows nothing of keys, of commands and of the lab.
type scene struct {
	canvas canvas.Canvas
	look   *look.Look
	state  model.State
	view   view
	plan   plan
	glow   glow
	still  bool // nothing moves: no afterglow

	list  []listRow  // of the regions panel
	sizes []listSize // of the processes; listSizes has them as they are now
	hits  []hit      // what of the picture can be clicked
}

// plan is how the grid is laid out.
type plan struct {
	size   size
	scale  scale
	cell   cellSize
	perRow int // cells in a row of the grid
	gutter int // columns of the offsets left of the grid
	blocks []block
	area   canvas.Area // of the grid
}

// host is what a click on a part of the screen can ask for.
type host interface {
	// SetLens shows the pages through a lens.
	SetLens(ln *look.Lens)
	// GoTo makes a region the current one.
	GoTo(at place)
	// GoToPage puts the cursor on a page of a region.
	GoToPage(at place, page int64)
	// OpenCall shows an entry of the log, by its number.
	OpenCall(n int)
	// Inspect shows all that is known of the page under the cursor.
	Inspect()
}

// hit is a part of the picture that can be clicked, noted while it is drawn.
type hit struct {
	canvas.Area
	do func(host) tea.Cmd
}

// clickable notes that a click into an area of this picture does something.
func (s *scene) clickable(a canvas.Area, do func(host) tea.Cmd) {
	if !a.Empty() {
		s.hits = append(s.hits, hit{a, do})
	}
}
