package ui_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// z and Z go through all zooms and back, and say so at both ends.
func TestZoomSteps(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 1048576 noreserve", "touch a[0..99999]")
	var got []string
	for range 20 {
		at := s.m.Plan.Scale
		got = append(got, fmt.Sprintf("%d %d", at.Zoom, at.Shift))
		if s.press("Z"); s.m.Plan.Scale == at {
			break
		}
	}
	want := "1 0, 2 0, 3 3, 3 6, 3 9, 3 11"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("Z goes through %s, want %s", s, want)
	}
	if !strings.Contains(s.said(), "All of the region is on the screen") {
		t.Errorf("the end is said as %q", s.said())
	}
	b := s.m.Block()
	if pages := int64(b.Rows) * s.m.PagesPerRow(s.m.Region()); pages < 1048576 {
		t.Errorf("the last zoom shows %d pages", pages)
	}
	for range 20 {
		s.press("z")
	}
	if s.m.Plan.Scale != (scene.Scale{Zoom: scene.ZoomBig}) || !strings.Contains(s.said(), "as large as it gets") {
		t.Errorf("z ends at %+v, and says %q", s.m.Plan.Scale, s.said())
	}
}

// The cursor stays on its page, and on the screen, through all zooms.
func TestZoomKeepsTheCursor(t *testing.T) {
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 100000")
		s.m.Focus.Here().Cursor = 77777
		for _, key := range []string{"Z", "Z", "Z", "Z", "Z", "Z", "z", "z", "z", "z", "z", "z", "z", "z"} {
			s.press(key)
			rv, b := s.m.Focus.Here(), s.m.Block()
			if rv.Cursor != 77777 {
				t.Fatalf("%dx%d: the cursor is at %d after %s", size.w, size.h, rv.Cursor, key)
			}
			if b == nil || rv.Cursor < rv.Top || rv.Cursor >= rv.Top+int64(b.Rows)*s.m.PagesPerRow(s.m.Region()) {
				t.Fatalf("%dx%d: the cursor is not on the screen in %+v", size.w, size.h, s.m.Plan.Scale)
			}
		}
	}
}

// Every page that is drawn is found again at its place, in every zoom and at every size.
func TestPagesAreWhereTheyAreDrawn(t *testing.T) {
	for _, size := range goldenSizes {
		for z := range scene.Zooms {
			s := newScreen(t, size.w, size.h, ui.Options{}, richScript...)
			s.m.Focus.Scale, s.m.Focus.Scaled = scene.Scale{Zoom: z, Shift: map[scene.Zoom]uint8{scene.ZoomFar: 3}[z]}, true
			s.redraw()
			l := &s.m.Plan
			for i := range l.Blocks {
				b := &l.Blocks[i]
				_, r := s.m.RegionAt(b.Place)
				top := s.m.Focus.Of(b.Place).Top
				for n := range int64(b.Rows * l.PerRow) {
					page := top + n<<b.Shift
					if page >= r.Pages.Len() {
						break
					}
					x := b.Area.X + l.Gutter + 1 + l.Cell.Pitch*int(n%int64(l.PerRow))
					y := b.Area.Y + l.Cell.H*int(n/int64(l.PerRow))
					for _, at := range [][2]int{{x, y}, {x + l.Cell.W - 1, y + l.Cell.H - 1}} {
						if to, got, ok := s.m.PageAt(at[0], at[1]); !ok || to != b.Place || got != page {
							t.Fatalf("%dx%d, zoom %d: %v[%d] is found as %v[%d]", size.w, size.h, z, b.Place, page, to, got)
						}
						if at[0] >= s.m.Canvas.W || at[1] >= height(s.m) {
							t.Fatalf("%dx%d, zoom %d: %v[%d] is drawn outside", size.w, size.h, z, b.Place, page)
						}
					}
				}
			}
		}
	}
}

// What was selected page by page stays that when the zoom changes.
func TestZoomKeepsTheSelection(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 100000")
	s.press("right", "right", "right", "v", "right", "right", "Z", "Z", "Z", "l")
	if s.last() != "mlock a[3..5]" {
		t.Errorf("l submits %q in the aggregate", s.last())
	}
	s.press("right", "l")
	if s.last() == "mlock a[3..5]" {
		t.Error("the cursor's cell is not selected when the cursor moves")
	}
}

// In the aggregate a key acts on all pages of the cursor's cell, whose range is said in words.
func TestFarActsOnItsCell(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 4096", "touch a[0..99]")
	s.press("Z", "Z", "right", "l")
	if s.last() != "mlock a[8..15]" {
		t.Errorf("l submits %q", s.last())
	}
	if !strings.Contains(s.text(), "CELL a[8..15]") {
		t.Errorf("the cell's range is not said:\n%s", s.text())
	}
	s.press("v", "right", "w")
	if s.last() != "touch a[8..23]" {
		t.Errorf("w submits %q with two cells selected", s.last())
	}
	s.press("esc", "G", "u")
	if s.last() != "munlock a[4088..4095]" {
		t.Errorf("u submits %q at the end", s.last())
	}
}

// An aggregated cell shows the share that is resident as its height, the commonest kind as its hue
// and whether all or some of it is locked as its lid.
func TestFarCells(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 4096", "touch a[0..3]", "touch a[8..15]", "mlock a[16..23]", "mlock a[24..27]", "touch a[32..33] read")
	s.press("Z", "Z")
	if s.m.Block().Shift != 3 {
		t.Fatalf("a cell is %d pages", 1<<s.m.Block().Shift)
	}
	th, far := s.m.Look, s.m.Focus.Here().Far
	for i, want := range []canvas.Cell{
		{Rune: '▄', Style: canvas.Style{FG: th.Kinds[look.Anon]}},
		{Rune: '▇', Style: canvas.Style{FG: th.Kinds[look.Anon]}},
		{Rune: '▆', Style: canvas.Style{FG: th.Kinds[look.Anon], BG: th.Lids[model.Locked]}},
		{Rune: '▄', Style: canvas.Style{FG: th.Kinds[look.Anon], BG: th.Faint[model.Locked]}},
		{Rune: th.GlyphOf(look.Zero), Style: canvas.Style{FG: th.Kinds[look.Zero]}},
		{Rune: '·', Style: canvas.Style{FG: th.Kinds[look.Absent]}},
	} {
		if far[i].Cell != want {
			t.Errorf("cell %d is %q %s, want %q %s", i, far[i].Rune, styleWords(far[i].Style), want.Rune, styleWords(want.Style))
		}
	}
}

// The protection of most of a cell's pages shows in the aggregate, and so does where a VMA begins;
// in ASCII a digit is the share in memory.
func TestFarProtection(t *testing.T) {
	script := []string{"mmap a 4096", "touch a[0..31]", "mprotect a[8..15] none", "mprotect a[16..23] r", "touch a[40..43]"}
	for _, tt := range []struct {
		ascii bool
		want  string
	}{{false, "▇▚▌▇·▄"}, {true, "A#aA.6"}} {
		s := newScreen(t, 100, 30, ui.Options{ASCII: tt.ascii, ReducedMotion: true}, script...)
		s.press("Z", "Z", "G")
		var got []rune
		for _, c := range s.m.Focus.Here().Far[:6] {
			got = append(got, c.Rune)
		}
		if string(got) != tt.want {
			t.Errorf("ascii %v: %s, want %s", tt.ascii, string(got), tt.want)
		}
		for _, word := range []string{"PROT_NONE", "read-only", "a VMA begins"} {
			if !strings.Contains(s.text(), word) {
				t.Errorf("ascii %v: %s is not explained:\n%s", tt.ascii, word, s.text())
			}
		}
	}
	s := newScreen(t, 100, 30, ui.Options{}, script...)
	s.press("Z", "Z", "right")
	if !strings.Contains(s.text(), "8 PROT_NONE") {
		t.Errorf("the cell's words leave PROT_NONE out:\n%s", s.text())
	}
}

func TestCtrlWheelZooms(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 256")
	x, y := s.pointAt("a", 3)
	s.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown, Mod: tea.ModCtrl})
	if s.m.Plan.Scale.Zoom != scene.ZoomDense {
		t.Errorf("ctrl and the wheel downwards go to zoom %d", s.m.Plan.Scale.Zoom)
	}
	for range 2 {
		s.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelUp, Mod: tea.ModCtrl})
	}
	if s.m.Plan.Scale.Zoom != scene.ZoomBig {
		t.Errorf("ctrl and the wheel upwards go to zoom %d", s.m.Plan.Scale.Zoom)
	}
}

// Where nobody has chosen, pages are as large as leaves room for all of them, the page in words and the calls.
func TestZoomOfItsOwn(t *testing.T) {
	for _, tt := range []struct {
		w, h   int
		script []string
		want   scene.Zoom
		cell   int // columns
	}{
		{40, 12, []string{"mmap a 64"}, scene.ZoomChips, 2},
		{50, 30, []string{"mmap a 64"}, scene.ZoomBig, 4},
		{60, 20, []string{"mmap a 64"}, scene.ZoomChips, 2},
		{80, 24, []string{"mmap a 64"}, scene.ZoomBig, 3},
		{100, 30, []string{"mmap a 64"}, scene.ZoomBig, 4},
		{100, 30, []string{"mmap a 64", "mmap b 16"}, scene.ZoomChips, 2},
		{100, 30, []string{"mmap a 64", "mmap b 64"}, scene.ZoomChips, 2},
		{100, 30, []string{"mmap a 1024"}, scene.ZoomChips, 2},
		{120, 35, []string{"mmap a 64"}, scene.ZoomBig, 5},
		{160, 45, []string{"mmap a 64"}, scene.ZoomBig, 8},
		{160, 45, []string{"mmap a 64", "mmap b 64"}, scene.ZoomBig, 4},
		{200, 50, []string{"mmap a 64"}, scene.ZoomBig, 9},
		{200, 50, []string{"mmap a 1024"}, scene.ZoomChips, 2},
		{400, 120, []string{"mmap a 64"}, scene.ZoomBig, 22},
	} {
		s := newScreen(t, tt.w, tt.h, ui.Options{}, tt.script...)
		if l := &s.m.Plan; l.Scale.Zoom != tt.want || l.Cell.W != tt.cell {
			t.Errorf("%dx%d, %v: zoom %d, cells of %+v", tt.w, tt.h, tt.script, l.Scale.Zoom, l.Cell)
		}
		for i := range s.m.Plan.Blocks {
			b := &s.m.Plan.Blocks[i]
			if _, r := s.m.RegionAt(b.Place); tt.want == scene.ZoomBig && int64(b.Rows*s.m.Plan.PerRow) < r.Pages.Len() {
				t.Errorf("%dx%d, %v: %d rows of %d are shown of %s", tt.w, tt.h, tt.script, b.Rows, s.m.Plan.PerRow, b.Region)
			}
		}
		if tt.w >= 80 && (s.part("calls").H < 4 || s.part("page").H < 3) {
			t.Errorf("%dx%d: %d rows of calls, %d of the page", tt.w, tt.h, s.part("calls").H, s.part("page").H)
		}
	}
}

// f has all of the region on the screen in cells as large as that allows, and once more lets the screen choose.
func TestFit(t *testing.T) {
	for _, tt := range []struct {
		w, h   int
		script []string
		want   scene.Zoom
	}{
		{80, 24, []string{"mmap a 64"}, scene.ZoomBig},
		{100, 30, []string{"mmap a 256"}, scene.ZoomDense},
		{200, 50, []string{"mmap a 1024"}, scene.ZoomDense},
		{100, 30, []string{"mmap b 64", "mmap a 1T noreserve"}, scene.ZoomFar},
		{200, 50, []string{"mmap b 64", "mmap a 1T noreserve"}, scene.ZoomFar},
		{40, 12, []string{"mmap a 1T noreserve"}, scene.ZoomFar},
	} {
		s := newScreen(t, tt.w, tt.h, ui.Options{}, tt.script...)
		s.press("G")
		before := s.picture()
		s.press("f")
		l, b, n := &s.m.Plan, s.m.Block(), s.m.Region().Pages.Len()
		if l.Scale.Zoom != tt.want || b == nil || int64(b.Rows)*s.m.PagesPerRow(s.m.Region()) < n || s.m.Focus.Here().Cursor != n-1 {
			t.Errorf("%dx%d, %v: %+v of %+v\n%s", tt.w, tt.h, tt.script, b, l.Scale, s.text())
		}
		if l.Scale.Shift > 1 { // a closer one shows less
			s.m.Focus.Scale.Shift--
			s.redraw()
			if b := s.m.Block(); int64(b.Rows)*s.m.PagesPerRow(s.m.Region()) >= n {
				t.Errorf("%dx%d, %v: a column of %d pages had done too", tt.w, tt.h, tt.script, int64(1)<<s.m.Plan.Scale.Shift)
			}
			s.m.Focus.Scale.Shift++
		}
		if !strings.Contains(s.said(), "f again goes back") {
			t.Errorf("f says %q", s.said())
		}
		if s.press("f"); s.m.Focus.Scaled {
			t.Error("f again leaves a zoom chosen")
		}
		if s.press("left", "right"); s.picture() != before {
			t.Errorf("%dx%d, %v: f f is not what was there before:\n%s", tt.w, tt.h, tt.script, s.text())
		}
	}
}

// The map shows all of a region that does not fit, and a click in it goes there.
func TestMinimap(t *testing.T) {
	for _, size := range []struct{ w, h int }{{100, 30}, {200, 50}, {400, 120}} {
		s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 100000", "touch a[50000..59999]")
		a := s.part("minimap")
		if a.Empty() || !strings.Contains(s.text(), "MAP ") {
			t.Fatalf("%dx%d has no map:\n%s", size.w, size.h, s.text())
		}
		n := len(s.m.Focus.Here().Mini.Strip)
		w := a.W - 2
		s.click(a.X+2+(n/2)%w, a.Y+1+n/2/w)
		if c := s.m.Focus.Here().Cursor; c < 49000 || c > 51000 {
			t.Errorf("%dx%d: a click into the middle of the map goes to page %d", size.w, size.h, c)
		}
		if s.m.Canvas.At(a.X, a.Y+1+n/2/w).Rune != s.m.Look.Thumb {
			t.Errorf("%dx%d: the part in view is not marked", size.w, size.h)
		}
	}
	if s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64"); !s.part("minimap").Empty() {
		t.Error("there is a map of what is on the screen already")
	}
}
