package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// z and Z go through all zooms and back, and say so at both ends.
func TestZoomSteps(t *testing.T) {
	s := newScreen(t, 100, 30, Options{}, "mmap a 1048576 noreserve", "touch a[0..99999]")
	var got []string
	for range 20 {
		at := s.m.plan.scale
		got = append(got, fmt.Sprintf("%d %d", at.zoom, at.shift))
		if s.press("Z"); s.m.plan.scale == at {
			break
		}
	}
	want := "1 0, 2 0, 3 3, 3 6, 3 9, 3 11"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("Z goes through %s, want %s", s, want)
	}
	if !strings.Contains(s.m.status.text, "All of the region is on the screen") {
		t.Errorf("the end is said as %q", s.m.status.text)
	}
	b := s.m.block()
	if pages := int64(b.rows) * s.m.pagesPerRow(s.m.region()); pages < 1048576 {
		t.Errorf("the last zoom shows %d pages", pages)
	}
	for range 20 {
		s.press("z")
	}
	if s.m.plan.scale != (scale{zoom: zoomBig}) || !strings.Contains(s.m.status.text, "as large as it gets") {
		t.Errorf("z ends at %+v, and says %q", s.m.plan.scale, s.m.status.text)
	}
}

// The cursor stays on its page, and on the screen, through all zooms.
func TestZoomKeepsTheCursor(t *testing.T) {
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, Options{}, "mmap a 100000")
		s.m.view.here().cursor = 77777
		for _, key := range []string{"Z", "Z", "Z", "Z", "Z", "Z", "z", "z", "z", "z", "z", "z", "z", "z"} {
			s.press(key)
			rv, b := s.m.view.here(), s.m.block()
			if rv.cursor != 77777 {
				t.Fatalf("%dx%d: the cursor is at %d after %s", size.w, size.h, rv.cursor, key)
			}
			if b == nil || rv.cursor < rv.top || rv.cursor >= rv.top+int64(b.rows)*s.m.pagesPerRow(s.m.region()) {
				t.Fatalf("%dx%d: the cursor is not on the screen in %+v", size.w, size.h, s.m.plan.scale)
			}
		}
	}
}

// Every page that is drawn is found again at its place, in every zoom and at every size.
func TestPagesAreWhereTheyAreDrawn(t *testing.T) {
	for _, size := range goldenSizes {
		for z := range zooms {
			s := newScreen(t, size.w, size.h, Options{}, richScript...)
			s.m.setScale(scale{z, map[zoom]uint8{zoomFar: 3}[z]})
			s.m.render()
			l := &s.m.lay
			for i := range l.blocks {
				b := &l.blocks[i]
				_, r := s.m.regionAt(b.place)
				top := s.m.view.of(b.place).top
				for n := range int64(b.rows * l.perRow) {
					page := top + n<<b.shift
					if page >= r.Pages.Len() {
						break
					}
					x := b.area.X + l.gutter + 1 + l.cell.pitch*int(n%int64(l.perRow))
					y := b.area.Y + l.cell.h*int(n/int64(l.perRow))
					for _, at := range [][2]int{{x, y}, {x + l.cell.w - 1, y + l.cell.h - 1}} {
						if to, got, ok := s.m.pageAt(at[0], at[1]); !ok || to != b.place || got != page {
							t.Fatalf("%dx%d %s: %v[%d] is found as %v[%d]", size.w, size.h, zoomNames[z], b.place, page, to, got)
						}
						if at[0] >= s.m.width || at[1] >= s.m.height {
							t.Fatalf("%dx%d %s: %v[%d] is drawn outside", size.w, size.h, zoomNames[z], b.place, page)
						}
					}
				}
			}
		}
	}
}

// In the aggregate a key acts on all pages of the cursor's cell, whose range is said in words.
func TestFarActsOnItsCell(t *testing.T) {
	s := newScreen(t, 100, 30, Options{}, "mmap a 4096", "touch a[0..99]")
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
	s := newScreen(t, 100, 30, Options{}, "mmap a 4096", "touch a[0..3]", "touch a[8..15]", "mlock a[16..23]", "mlock a[24..27]", "touch a[32..33] read")
	s.press("Z", "Z")
	if s.m.block().shift != 3 {
		t.Fatalf("a cell is %d pages", 1<<s.m.block().shift)
	}
	th, far := s.m.look, s.m.view.here().far
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
		s := newScreen(t, 100, 30, Options{ASCII: tt.ascii, ReducedMotion: true}, script...)
		s.press("Z", "Z", "G")
		var got []rune
		for _, c := range s.m.view.here().far[:6] {
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
	s := newScreen(t, 100, 30, Options{}, script...)
	s.press("Z", "Z", "right")
	if !strings.Contains(s.text(), "8 PROT_NONE") {
		t.Errorf("the cell's words leave PROT_NONE out:\n%s", s.text())
	}
}

func TestCtrlWheelZooms(t *testing.T) {
	s := newScreen(t, 100, 30, Options{}, "mmap a 64")
	x, y := s.pointAt("a", 3)
	s.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown, Mod: tea.ModCtrl})
	if s.m.plan.scale.zoom != zoomDense {
		t.Errorf("ctrl and the wheel downwards go to %s", zoomNames[s.m.plan.scale.zoom])
	}
	for range 2 {
		s.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelUp, Mod: tea.ModCtrl})
	}
	if s.m.plan.scale.zoom != zoomBig {
		t.Errorf("ctrl and the wheel upwards go to %s", zoomNames[s.m.plan.scale.zoom])
	}
}

// Where nobody has chosen, few pages are large on a large screen, and stay chips on a small one.
func TestZoomOfItsOwn(t *testing.T) {
	for _, tt := range []struct {
		w, h  int
		pages string
		want  zoom
	}{
		{200, 50, "64", zoomBig}, {200, 50, "1024", zoomChips}, {100, 30, "64", zoomChips}, {400, 120, "64", zoomBig}, {40, 12, "4", zoomChips},
	} {
		s := newScreen(t, tt.w, tt.h, Options{}, "mmap a "+tt.pages)
		if got := s.m.plan.scale.zoom; got != tt.want {
			t.Errorf("%s pages on %dx%d are drawn %s", tt.pages, tt.w, tt.h, zoomNames[got])
		}
	}
	// As large as fits: on 200x50 four columns are not all.
	s := newScreen(t, 200, 50, Options{}, "mmap a 64")
	if s.m.plan.cell.w < 8 {
		t.Errorf("a page is %d columns wide", s.m.plan.cell.w)
	}
}

// The map shows all of a region that does not fit, and a click in it goes there.
func TestMinimap(t *testing.T) {
	for _, size := range []struct{ w, h int }{{100, 30}, {200, 50}, {400, 120}} {
		s := newScreen(t, size.w, size.h, Options{}, "mmap a 100000", "touch a[50000..59999]")
		a := s.m.lay.minimap
		if a.Empty() || !strings.Contains(s.text(), "MAP ") {
			t.Fatalf("%dx%d has no map:\n%s", size.w, size.h, s.text())
		}
		n := len(s.m.view.here().mini.strip)
		w := a.W - 2
		s.click(a.X+2+(n/2)%w, a.Y+1+n/2/w)
		if c := s.m.view.here().cursor; c < 49000 || c > 51000 {
			t.Errorf("%dx%d: a click into the middle of the map goes to page %d", size.w, size.h, c)
		}
		if s.m.canvas.At(a.X, a.Y+1+n/2/w).Rune != s.m.look.Thumb {
			t.Errorf("%dx%d: the part in view is not marked", size.w, size.h)
		}
	}
	if s := newScreen(t, 100, 30, Options{}, "mmap a 64"); !s.m.lay.minimap.Empty() {
		t.Error("there is a map of what is on the screen already")
	}
}
