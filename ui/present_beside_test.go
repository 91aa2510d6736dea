package ui_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/ui"
)

// A child stands right of its parent. Where all of both has no room in cells that are seen, they are cropped to what is
// used, and a row more.
func TestPresenterShowsBoth(t *testing.T) {
	for _, tt := range []struct{ w, h, cell, pages int }{{80, 24, 2, 24}, {100, 30, 4, 32}, {160, 45, 7, 32}, {200, 50, 9, 32}, {400, 120, 20, 64}} {
		s := newScreen(t, tt.w, tt.h, ui.Options{Presenter: true}, "mmap a 64", "touch a[0..9]", "fork kid", "in kid touch a[3]", "mlock a[0..3]")
		l := &s.m.Plan
		if len(l.Blocks) != 2 {
			t.Errorf("%dx%d: %+v\n%s", tt.w, tt.h, l.Blocks, s.text())
			continue
		}
		left, right := l.Blocks[0], l.Blocks[1]
		if left.Proc != model.Main || right.Proc != "kid" || left.Area.Y != right.Area.Y || left.Area.X+left.Area.W >= right.Area.X || left.Rows != right.Rows {
			t.Errorf("%dx%d: the child is not right of its parent: %+v %+v", tt.w, tt.h, left, right)
		}
		if l.Cell.W < tt.cell || left.Rows*l.PerRow < tt.pages {
			t.Errorf("%dx%d: %d rows of %d cells of %+v", tt.w, tt.h, left.Rows, l.PerRow, l.Cell)
		}
		for _, b := range l.Blocks {
			x, y := b.Area.X+l.Gutter+1+3*l.Cell.Pitch, b.Area.Y+l.Cell.H-1
			if at, page, ok := s.m.PageAt(x, y); !ok || at != b.Place || page != 3 {
				t.Errorf("%dx%d: at the fourth cell of %v lies %v[%d]", tt.w, tt.h, b.Place, at, page)
			}
		}
		if s.press("z"); s.said() == "" {
			t.Errorf("%dx%d: z does nothing and says nothing", tt.w, tt.h)
		}
		// What is used decides: with all pages touched both are smaller, or scroll.
		s.run("touch a")
		if n := s.m.Plan.Cell.W; n > l.Cell.W {
			t.Errorf("%dx%d: more used pages make cells larger", tt.w, tt.h)
		}
		for _, b := range s.m.Plan.Blocks {
			if b.Rows == 0 || len(s.m.Plan.Blocks) != 2 {
				t.Errorf("%dx%d: with all touched: %+v", tt.w, tt.h, s.m.Plan.Blocks)
			}
		}
	}
}

// Where two grids have no room side by side, they stand below each other.
func TestPresenterShowsBothInFewColumns(t *testing.T) {
	s := newScreen(t, 56, 20, ui.Options{Presenter: true}, "mmap a 64", "touch a[0..9]", "fork kid")
	if b := s.m.Plan.Blocks; len(b) != 2 || b[0].Area.X != b[1].Area.X || b[0].Area.Y >= b[1].Area.Y {
		t.Errorf("%+v\n%s", b, s.text())
	}
}

// Three and four processes have a column each, or stand two in a line; a region that one alone has is in its column.
func TestPresenterShowsMany(t *testing.T) {
	s := newScreen(t, 200, 50, ui.Options{Presenter: true}, "mmap a 64", "touch a[0..9]", "fork b", "fork c", "in c mmap only 8", "fork d")
	s.press("N")
	seen, column := map[string]bool{}, map[string]int{}
	for _, b := range s.m.Plan.Blocks {
		seen[b.Proc+" "+b.Region] = true
		if x, ok := column[b.Proc]; ok && x != b.Area.X {
			t.Errorf("%v is not in the column of its process", b.Place)
		}
		column[b.Proc] = b.Area.X
		for _, o := range s.m.Plan.Blocks {
			if b.Place != o.Place && b.Area.Y < o.Area.Y+o.Area.H && o.Area.Y < b.Area.Y+b.Area.H && b.Area.X < o.Area.X+o.Area.W && o.Area.X < b.Area.X+b.Area.W {
				t.Errorf("%+v lies over %+v", b, o)
			}
		}
	}
	for _, want := range []string{"main a", "b a", "c a", "d a", "c only"} {
		if !seen[want] {
			t.Errorf("%s is not there:\n%s", want, s.text())
		}
	}
}

// RSS, locked memory and faults are on the screen wherever something is presented.
func TestPresenterHasMeters(t *testing.T) {
	for _, size := range []struct{ w, h int }{{40, 9}, {40, 12}, {60, 20}, {80, 24}, {100, 30}, {160, 45}, {200, 50}} {
		s := newScreen(t, size.w, size.h, ui.Options{Presenter: true}, "mmap a 64", "touch a[0..9]", "mlock a[0..3]")
		rows := strings.Split(s.text(), "\n")
		meters := rows[s.part("meters").Y]
		for _, want := range []string{"RSS ", "VmLck ", "16K of 8M", "faults 10"} {
			if !strings.Contains(meters, want) {
				t.Errorf("%dx%d: %q is not in %q", size.w, size.h, want, meters)
			}
		}
	}
}

// What the first prepared line says is there before a key is pressed, where a room is to read it.
func TestFirstSay(t *testing.T) {
	caption := func(s *screen) string { return strings.Split(s.text(), "\n")[s.part("caption").Y] }
	const first = "Sixty-four pages, none of them in memory yet."
	s := newScreen(t, 100, 30, ui.Options{Presenter: true, Steps: talk(t, talkText)})
	s.pump()
	if !strings.Contains(caption(s), first) || !strings.Contains(s.text(), "1 of 6  . mmap a 64") {
		t.Errorf("at once:\n%s", s.text())
	}
	s.press(".")
	if got := s.last(); got != "mmap a 64" {
		t.Errorf("the first press runs %q", got)
	}
	// What a call did stays, whatever the kernel tells.
	s.press(".")
	did := strings.Split(s.text(), "\n")[s.part("caption").Y+1]
	s.send(s.m.KeyTick())
	s.tell(s.lab.sample(s.lab.procs[0]))
	if got := strings.Split(s.text(), "\n")[s.part("caption").Y+1]; got != did || !strings.Contains(did, "Wrote a[0..9]: 10 page faults") {
		t.Errorf("the caption of the call is %q, and then %q", did, got)
	}
	s = newScreen(t, 100, 30, ui.Options{Steps: talk(t, talkText)})
	if s.pump(); s.last() != "" || s.m.State.Main().PID == 0 {
		t.Errorf("where nobody presents %q ran", s.last())
	}
	if s.press("P"); s.last() != "say "+first {
		t.Errorf("P has %q run", s.last())
	}
	s = newScreen(t, 100, 30, ui.Options{Presenter: true, Steps: talk(t, "mmap a 64\nsay later\n")})
	if s.pump(); s.last() != "" {
		t.Errorf("a file that begins with a call: %q ran", s.last())
	}
}
