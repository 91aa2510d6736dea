package ui_test

import (
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/ui"
	"incore/ui/look"
)

// underLens shows a region of made-up pages through a lens.
func underLens(t *testing.T, ln *look.Lens, w, h int, opts ui.Options) *screen {
	s := newScreen(t, w, h, opts, richScript...)
	s.press("shift+tab", string(rune('0'+ln.Number())))
	return s
}

// The legend follows the lens: what it explains is on the screen, and what is on the screen is in it.
func TestLegendFollowsTheLens(t *testing.T) {
	for ln, want := range map[*look.Lens][]string{
		look.Protection: {"2 PROTECTION", "PROT_NONE", "r: read-only", "rw: read, write"},
		look.Heat:       {"3 LAST TOUCH", "never touched", "touched < 1 s ago", "faults it took"},
		look.Sharing:    {"4 SHARING", "not mapped", "shared copy-on-write"},
		look.Age:        {"5 AGE", "changed"},
	} {
		s := underLens(t, ln, 200, 50, ui.Options{})
		r := s.m.Region()
		s.lab.send(model.Accessed{Time: s.m.State.Time, Proc: model.Main, Runs: []model.AccessRun{{Addr: r.Base, Stride: pageSize, Count: 4, Fault: model.MinorFault}}})
		s.pump()
		for _, word := range want {
			if !strings.Contains(s.text(), word) {
				t.Errorf("lens %d: %q is missing:\n%s", ln.Number(), word, s.text())
			}
		}
		if !strings.Contains(s.said(), ln.Text) {
			t.Errorf("lens %d is said as %q", ln.Number(), s.said())
		}
	}
}

// Heat and age grow older while nothing happens, a step a second, and then the clock ends.
func TestCooling(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64", "touch a[0]")
	if s.press("1"); s.cmd != nil {
		t.Fatal("a clock runs without need")
	}
	if s.press("5"); s.cmd == nil || !strings.Contains(s.text(), "changed < 1 s ago") {
		t.Fatalf("no clock runs:\n%s", s.text())
	}
	for i := 1; s.cmd != nil; i++ { // the clock's next tick
		if i > 320 {
			t.Fatal("the clock does not end")
		}
		s.send(s.m.AgeTick(s.at.Add(time.Duration(i) * time.Second)))
	}
	if !strings.Contains(s.text(), "longer ago") {
		t.Errorf("after five minutes:\n%s", s.text())
	}
	// Another lens needs no clock.
	s.press("w", "1")
	if s.send(s.m.AgeTick(s.at.Add(time.Hour))); s.cmd != nil {
		t.Error("the clock runs on under the first lens")
	}
}

// A click on the legend's heading goes to the next lens.
func TestClickTheLens(t *testing.T) {
	s := newScreen(t, 200, 50, ui.Options{}, "mmap a 64")
	a := s.part("legend")
	s.click(a.X+1, a.Y)
	if s.m.Focus.Lens != look.Protection {
		t.Errorf("a click on the legend's heading shows lens %d", s.m.Focus.Lens.Number())
	}
}
