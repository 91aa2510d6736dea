package ui_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/look"
)

// What a command would reach stands between brackets at every zoom that has a column for them, in every number of
// colors, and the legend has them.
func TestReachHasBrackets(t *testing.T) {
	for _, colors := range []canvas.Colors{canvas.TrueColor, canvas.Color16, canvas.NoColor} {
		for _, ascii := range []bool{false, true} {
			s := newScreen(t, 120, 35, ui.Options{ReducedMotion: true, Colors: colors, ASCII: ascii}, "mmap a 64", "touch a[0..9]", "mmap b 300")
			s.press(":")
			s.typeText("touch a[2..5]")
			x, y := s.pointIn(inMain("a"), 2)
			end, _ := s.pointIn(inMain("a"), 5)
			row := strings.Split(s.text(), "\n")[y]
			got := string([]rune(row)[x-1 : end+3])
			if got[0] != '[' || got[len(got)-1] != ']' {
				t.Errorf("colors %v, ascii %v: a[2..5] is drawn as %q", colors, ascii, got)
			}
			if !strings.Contains(s.text(), "[]  would be reached") && !strings.Contains(s.text(), "[] would be reached") {
				t.Errorf("colors %v, ascii %v: the legend has no brackets:\n%s", colors, ascii, s.text())
			}
		}
	}
}

// RSS before the first touch is the subject's own, and that is said until something is mapped.
func TestOwnMemoryIsExplained(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {100, 30}, {120, 35}, {160, 45}, {200, 50}} {
		s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 64")
		if !strings.Contains(s.text(), "stack and code") {
			t.Errorf("%dx%d does not say what RSS is of:\n%s", size.w, size.h, s.text())
		}
		s.press("r") // the zero page is no RSS
		if !strings.Contains(s.text(), "stack and code") {
			t.Errorf("%dx%d after a read:\n%s", size.w, size.h, s.text())
		}
		s.press("w")
		if strings.Contains(s.text(), "stack and code") {
			t.Errorf("%dx%d still says that RSS is the subject's own:\n%s", size.w, size.h, s.text())
		}
	}
}

// The legend has the map and the flags of smaps where it has room for them, and the big inspector each flag in words.
func TestMarksAreExplained(t *testing.T) {
	s := newScreen(t, 160, 45, ui.Options{ReducedMotion: true}, "mmap a 20000", "mlock2 a[0..3] onfault")
	for _, want := range []string{"map: in view", "lo  VMA locked", "lf  on fault"} {
		if !strings.Contains(s.text(), want) {
			t.Errorf("%q is missing:\n%s", want, s.text())
		}
	}
	p := s.lab.procs[0]
	sample := s.lab.sample(p)
	sample.Frame = &model.Frame{Region: "a", Page: 0, PFN: 7, Count: 1, Entry: 1<<63 | 7, Flags: 1<<5 | 1<<14 | 1<<3 | 1<<33 | 1<<18 | 1<<2}
	s.tell(sample)
	s.press("i")
	for _, name := range sample.Frame.FlagNames() {
		if look.FlagWords[name] == "" || !strings.Contains(s.text(), name+": "+look.FlagWords[name]) {
			t.Errorf("%s is not explained:\n%s", name, s.text())
		}
	}
	for bit := range 64 {
		for _, name := range (model.Frame{Flags: 1 << bit}).FlagNames() {
			if !strings.HasPrefix(name, "bit ") && look.FlagWords[name] == "" {
				t.Errorf("%s has no words", name)
			}
		}
	}
}
