package ui_test

import (
	"testing"

	"incore/ui"
	"incore/ui/look"
	"incore/ui/scene"
)

// TestCellLoopAllocatesNothing holds that pages are drawn without an allocation, at every zoom and under every lens: they are
// the part of a frame that grows with the screen.
func TestCellLoopAllocatesNothing(t *testing.T) {
	s := newScreen(t, 200, 50, ui.Options{ReducedMotion: true}, richScript...)
	for zoom := range scene.Zooms {
		for _, lens := range look.Lenses {
			s.m.Focus.Scale, s.m.Focus.Scaled = scene.Scale{Zoom: zoom, Shift: map[scene.Zoom]uint8{scene.ZoomFar: 2}[zoom]}, true
			s.m.Focus.Lens = lens
			s.redraw()
			cells, rows := s.cells(), 0
			for i := range s.m.Plan.Blocks {
				b := &s.m.Plan.Blocks[i]
				p, r := s.m.RegionAt(b.Place)
				rows += b.Rows
				var seen look.Seen
				if n := testing.AllocsPerRun(20, func() { cells.DrawPages(p, r, b, &seen) }); n > 0 {
					t.Errorf("zoom %d, lens %s: %v allocations to draw %s", zoom, lens.Name, n, r.Name)
				}
			}
			if rows == 0 || s.m.Plan.Scale.Zoom != zoom {
				t.Errorf("zoom %d, lens %s: %d rows of pages at zoom %v", zoom, lens.Name, rows, s.m.Plan.Scale)
			}
		}
	}
}
