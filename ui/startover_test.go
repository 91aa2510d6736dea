package ui_test

import (
	"slices"
	"strings"
	"testing"

	"incore/model"
	"incore/ui"
)

func lines(list []model.Command) (out []string) {
	for _, c := range list {
		out = append(out, c.String())
	}
	return out
}

// R gives back what the screen began with, and says so.
func TestResetStartsOver(t *testing.T) {
	for _, size := range []struct{ w, h int }{{40, 12}, {80, 24}, {200, 50}} {
		s := newScreen(t, size.w, size.h, ui.Options{Opening: parsed("mmap a 64")}, "mmap a 64", "touch a", "mmap b 4")
		s.press("R", "y")
		if got := lines(s.lab.submitted); !slices.Equal(got, []string{"reset", "mmap a 64"}) {
			t.Errorf("R submits %q", got)
		}
		if s.m.Focus.Current != inMain("a") || len(s.m.State.Main().Regions) != 1 || !strings.Contains(s.text(), "mmap a 64, as at the start.") {
			t.Errorf("%dx%d: after R the cursor is in %v:\n%s", size.w, size.h, s.m.Focus.Current, s.text())
		}
		talking := newScreen(t, size.w, size.h, ui.Options{Steps: talk(t, talkText)})
		talking.press(".", ".", ".", "R", "y")
		if !strings.Contains(talking.text(), ". runs the first of 6 again.") {
			t.Errorf("%dx%d: what is to come is not said:\n%s", size.w, size.h, talking.text())
		}
		talking.lab.submitted = nil
		talking.press(".", ".")
		if got := lines(talking.lab.submitted); len(got) != 2 || got[1] != "mmap a 64" {
			t.Errorf("after R the steps are %q", got)
		}
	}
	// On a subject that is dead it asks nothing, and does the same.
	s := newScreen(t, 80, 24, ui.Options{Opening: parsed("mmap a 64")}, "mmap a 64")
	s.lab.die("SIGKILL")
	s.pump()
	s.press("R")
	if got := lines(s.lab.submitted); !slices.Equal(got, []string{"reset", "mmap a 64"}) {
		t.Errorf("R on a dead subject submits %q", got)
	}
	// The line that is typed is the command alone.
	s = newScreen(t, 80, 24, ui.Options{Opening: parsed("mmap a 64")}, "mmap a 64")
	s.press(":")
	s.typeText("reset")
	s.press("enter")
	if got := lines(s.lab.submitted); !slices.Equal(got, []string{"reset"}) {
		t.Errorf("reset submits %q", got)
	}
}
