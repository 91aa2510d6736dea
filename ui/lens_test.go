package ui_test

import (
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/look"
	"incore/ui/scene"
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

// look sets the lens, the zoom and the cursor, in the process that it is said in, and is no call.
func TestLookSetsTheScene(t *testing.T) {
	s := newScreen(t, 120, 35, ui.Options{}, "mmap a 64", "mmap b 64", "touch a[2]", "fork kid")
	calls := len(s.m.State.Events)
	for _, tt := range []struct {
		say, at       string
		lens          *look.Lens
		zoom          scene.Zoom
		scaled        bool
		first, cursor int64
	}{
		{"look lens sharing", "main b", look.Sharing, scene.ZoomBig, false, 0, 0},
		{"look a[3]", "main a", look.Sharing, scene.ZoomBig, false, 3, 3},
		{"look zoom chips lens age a[4..7]", "main a", look.Age, scene.ZoomChips, true, 4, 7},
		{"look b", "main b", look.Age, scene.ZoomChips, true, 0, 0},
		{"look a", "main a", look.Age, scene.ZoomChips, true, 7, 7},
		{"in kid look zoom fit b+8192,1", "kid b", look.Age, scene.ZoomChips, true, 2, 2},
		{"in kid look lens residency zoom auto a[60..90]", "kid a", look.State, scene.ZoomBig, false, 60, 63},
		{"in main look", "main a", look.State, scene.ZoomBig, false, 60, 63},
	} {
		s.press(":")
		s.typeText(tt.say)
		s.press("enter")
		f := &s.m.Focus
		first := f.Here().Cursor
		if f.Selecting {
			first = f.Anchor
		}
		at := f.Current.Proc + " " + f.Current.Region
		if at != tt.at || f.Lens != tt.lens || f.Scaled != tt.scaled || tt.scaled && f.Scale.Zoom != tt.zoom || first != tt.first || f.Here().Cursor != tt.cursor {
			t.Errorf("%s: at %s, pages %d to %d, lens %s, scale %+v %v; want %+v", tt.say, at, first, f.Here().Cursor, f.Lens.Name, f.Scale, f.Scaled, tt)
		}
	}
	for _, e := range s.m.State.Events[calls:] {
		if e.Call != "" || !e.Command.(model.Remark).Remark() {
			t.Errorf("%s made a call: %+v", e.Command, e)
		}
	}
	s.press(":")
	s.typeText("look a[64]")
	s.press("enter")
	if text, bad := s.m.Status(); !bad || text != "main · a has no page 64: its last one is 63." {
		t.Errorf("of a page that there is not: %q", text)
	}
}

// Each lens has its word in the language.
func TestLensesHaveWords(t *testing.T) {
	for i, ln := range look.Lenses {
		if i >= len(lang.LensNames) || lang.LensNames[i] != ln.Word {
			t.Errorf("the lens %s is %q, and the language has %q", ln.Name, ln.Word, lang.LensNames)
		}
	}
}
