package ui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/scene"
)

// pointAt is where a page of the first process is drawn.
func (s *screen) pointAt(name string, page int64) (x, y int) {
	s.t.Helper()
	return s.pointIn(inMain(name), page)
}

func (s *screen) pointIn(at scene.Place, page int64) (x, y int) {
	s.t.Helper()
	for _, b := range s.m.Plan.Blocks {
		if b.Place == at {
			i := int(page - s.m.Focus.Of(at).Top)
			return b.Area.X + s.m.Plan.Gutter + 1 + 3*(i%s.m.Plan.PerRow), b.Area.Y + i/s.m.Plan.PerRow
		}
	}
	s.t.Fatalf("%v is not on the screen", at)
	return 0, 0
}

func (s *screen) click(x, y int) { s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

func TestClickAndDrag(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, richScript...)
	s.press("shift+tab")
	for _, tt := range []struct {
		name string
		page int64
	}{{"a", 0}, {"a", 17}, {"a", 63}, {"buf", 20}} {
		x, y := s.pointAt(tt.name, tt.page)
		for dx := range 2 {
			s.click(x+dx, y)
			if s.m.Focus.Current.Region != tt.name || s.m.Focus.Of(inMain(tt.name)).Cursor != tt.page {
				t.Errorf("a click on %s[%d] goes to %s[%d]", tt.name, tt.page, s.m.Focus.Current, s.m.Focus.Here().Cursor)
			}
		}
	}
	x, y := s.pointAt("a", 5)
	s.click(x, y)
	x, y = s.pointAt("a", 20)
	s.send(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft})
	if got, want := s.m.Focus.Selection(), (model.Range{Lo: 5, Hi: 21}); !s.m.Focus.Selecting || got != want {
		t.Errorf("the drag selects %v, want %v", got, want)
	}
	s.press("l")
	if s.last() != "mlock a[5..20]" {
		t.Errorf("submitted %q", s.last())
	}
	// A drag into another region stays in the one it began in.
	bx, by := s.pointAt("buf", 0)
	s.send(tea.MouseMotionMsg{X: bx, Y: by, Button: tea.MouseLeft})
	if s.m.Focus.Current.Region != "a" {
		t.Error("the drag left its region")
	}
	s.click(s.part("grid").X, s.part("grid").Y) // a heading
	if !s.m.Focus.Selecting {
		t.Error("a click beside the pages lets go of the selection")
	}
}

func TestClickARegion(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, richScript...)
	a := s.part("regions")
	s.click(a.X+3, a.Y+1)
	if s.m.Focus.Current.Region != "a" {
		t.Errorf("a click on the first region goes to %s", s.m.Focus.Current)
	}
	s.click(a.X+3, a.Y+2)
	if s.m.Focus.Current.Region != "buf" {
		t.Errorf("a click on the second region goes to %s", s.m.Focus.Current)
	}
}

func TestWheel(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 4096")
	g, c := s.part("grid"), s.part("calls")
	roll := func(x, y int, b tea.MouseButton) { s.send(tea.MouseWheelMsg{X: x, Y: y, Button: b}) }
	roll(g.X+1, g.Y+3, tea.MouseWheelDown)
	rv := s.m.Focus.Of(inMain("a"))
	if rv.Top != 3*16 || rv.Cursor != 3*16 {
		t.Errorf("rolled down: top %d, cursor %d, want both 48", rv.Top, rv.Cursor)
	}
	for range 1000 {
		roll(g.X+1, g.Y+3, tea.MouseWheelDown)
	}
	if end := rv.Top + int64(s.m.Block().Rows*16); end != 4096 {
		t.Errorf("the end of the screen is page %d of 4096", end)
	}
	for range 1000 {
		roll(g.X+1, g.Y+3, tea.MouseWheelUp)
	}
	if rv.Top != 0 {
		t.Errorf("rolled up: top %d", rv.Top)
	}
	s.press("w", "w")
	roll(c.X+1, c.Y+1, tea.MouseWheelUp)
	if s.m.Log().Back != 1 {
		t.Errorf("the log is %d back, want 1", s.m.Log().Back)
	}
}
