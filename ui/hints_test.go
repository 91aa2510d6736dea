package ui_test

import (
	"slices"
	"strings"
	"testing"

	"incore/ui"
)

// hinted returns the hint on the screen, or "".
func hinted(s *screen) string {
	row := strings.Split(s.text(), "\n")[s.part("status").Y]
	text, ok := strings.CutPrefix(strings.TrimSpace(row), s.marker()+" ")
	if !ok {
		return ""
	}
	return text
}

// marker is what begins a hint.
func (s *screen) marker() string { return string(s.m.Look.Marker) }

const (
	hintDots   = "·· is a page not in memory yet. w writes to it: a fault brings it in."
	hintLock   = "l locks the page: it stays in memory from then on, and counts as VmLck."
	hintZoom   = "Z makes pages smaller, so that more are seen, z larger; f has all of the region in view."
	hintHelp   = "? explains what the shapes and colors mean, and lists every key."
	hintSelect = "v begins a selection: what acts on a page then acts on all that are selected."
	hintType   = ": takes any command. Try fork child: it shares these pages."
)

// Hints come one at a time, each until the user has done what it is about, and then no more.
func TestHints(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	for _, step := range []struct {
		want string
		keys []string
	}{
		{hintDots, []string{"w"}}, {hintHelp, []string{"?", "esc"}}, {hintLock, []string{"l"}}, {hintZoom, []string{"z", "left"}},
		{hintSelect, []string{"v", "v", "left"}}, {hintType, []string{":", "esc"}}, {"", []string{"left"}}, {"", nil},
	} {
		if got := hinted(s); got != step.want {
			t.Errorf("before %v the hint is %q, want %q", step.keys, got, step.want)
		}
		s.press(step.keys...)
	}
	if s.press("R", "y", "m", "enter"); hinted(s) != "" {
		t.Errorf("after a reset there is a hint again: %q", hinted(s))
	}
}

// What the user has found without a hint is never told, and a hint that nobody follows makes way for the next.
func TestHintsAreNews(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("?", "esc", "Z", "V", "esc", ":")
	s.typeText("mlock a[1]")
	s.press("enter")
	if got := hinted(s); got != hintDots {
		t.Errorf("the page was locked and not touched: %q", got)
	}
	s.press("r")
	if got := hinted(s); got != "" {
		t.Errorf("all was found, and the hint is %q", got)
	}
	s = newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	var got []string
	for range 100 {
		got = append(got, hinted(s))
		s.press("right")
	}
	if got := slices.Compact(got); !slices.Equal(got, []string{hintDots, hintHelp, hintLock, hintZoom, hintSelect, hintType, ""}) {
		t.Errorf("who only moves is told %q", got)
	}
}

// A hint gives way to what there is to say, is not told to a room, and fits wherever there is a row for it.
func TestHintsKeepOut(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("F")
	if hinted(s) != "" || !strings.Contains(s.text(), "F does nothing here.") {
		t.Errorf("what F does is not said:\n%s", s.text())
	}
	if s.press("left"); hinted(s) != hintDots {
		t.Errorf("after it was said the hint is %q", hinted(s))
	}
	if s.press("P"); hinted(s) != "" {
		t.Errorf("a room is told %q", hinted(s))
	}
	if s := newScreen(t, 100, 30, ui.Options{}); hinted(s) != "" {
		t.Errorf("where nothing is mapped the hint is %q", hinted(s))
	}
	if s := newScreen(t, 100, 30, ui.Options{ASCII: true}, "mmap a 64"); !strings.HasPrefix(hinted(s), ".. is a page") {
		t.Errorf("in ASCII the hint is %q", hinted(s))
	}
	for w := 56; w <= 200; w++ {
		s := newScreen(t, w, 24, ui.Options{}, "mmap a 64")
		for i := range 6 {
			if got := hinted(s); got == "" || strings.Contains(got, "…") {
				t.Errorf("%d columns, hint %d: %q", w, i, got)
			}
			s.press("left", "left", "left", "left", "left", "left")
		}
	}
}
