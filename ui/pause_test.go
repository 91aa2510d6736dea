package ui_test

import (
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
)

// do has a command happen that no key asked for.
func (s *screen) do(command string) {
	s.t.Helper()
	c, err := lang.Parse(command)
	if err != nil {
		s.t.Fatal(err)
	}
	s.lab.Submit(c)
	s.pump()
}

// grid is the rows of the grid as text.
func (s *screen) grid() string {
	a := s.part("grid")
	return strings.Join(strings.Split(s.text(), "\n")[a.Y:a.Y+a.H], "\n")
}

// A pause holds the picture still; what happens meanwhile is there when it goes on.
func TestPause(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	never := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("space")
	if !s.m.Paused() || !strings.Contains(s.text(), "● paused") {
		t.Fatalf("after space:\n%s", s.text())
	}
	still := s.picture()
	for _, command := range []string{"touch a[0..9]", "mmap b 8", "mlock a[3]", "munmap a[40..]", "fork child"} {
		s.do(command)
		never.do(command)
		if s.picture() != still {
			t.Fatalf("%s moved the picture:\n%s", command, s.text())
		}
	}
	if s.m.Glow.Ticking {
		t.Error("a clock runs while the picture is still")
	}
	s.press("space")
	if s.m.Paused() || s.text() != never.text() {
		t.Errorf("when it goes on:\n%s\nwant\n%s", s.text(), never.text())
	}
}

// One can look around in a still picture.
func TestPausedMoves(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mmap b 64")
	s.press("space", "right", "tab")
	if !s.m.Paused() || s.m.Focus.Current != inMain("a") {
		t.Errorf("paused %v in %v", s.m.Paused(), s.m.Focus.Current)
	}
}

// A key that acts ends the pause, and says so.
func TestPausedActs(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("space")
	s.do("touch a[1..5]")
	s.press("w")
	if s.m.Paused() || s.last() != "touch a[0]" || !strings.Contains(s.text(), "it goes on") || strings.Count(s.grid(), "▇▇") != 0 && s.m.State.Main().Stat.RSS == 0 {
		t.Errorf("after w, %q:\n%s", s.last(), s.text())
	}
	if n := s.m.Region().Pages.Len(); n != 64 || s.m.Region().Pages.At(5).Residency != model.Resident || s.m.Region().Pages.At(0).Residency != model.Resident {
		t.Errorf("of what happened while paused something is missing:\n%s", s.text())
	}
}

// A pause in the middle of the afterglow lets it go on where it was.
func TestPauseHoldsTheGlow(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("w", "space")
	if s.m.Glow.Ticking {
		t.Error("the glow goes on in a pause")
	}
	still := s.picture()
	s.send(ui.GlowMsg(s.m.Glow.Gen-1, s.at.Add(time.Hour)))
	if s.picture() != still {
		t.Error("an old tick moved the picture")
	}
	if s.press("space"); !s.m.Glow.Ticking {
		t.Error("the glow does not go on")
	}
}

func TestSlow(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("S")
	if s.last() != "speed 20/s" || !strings.Contains(s.text(), "live, slow: 20 pages/s") || !strings.Contains(s.text(), "❯ speed 20/s") {
		t.Errorf("after S, %q:\n%s", s.last(), s.text())
	}
	s.press("S")
	if s.last() != "speed max" || strings.Contains(s.text(), "slow: 20") {
		t.Errorf("after S S, %q:\n%s", s.last(), s.text())
	}
	// Whoever set the pace, the screen knows.
	s.do("speed 5/s")
	if !strings.Contains(s.text(), "slow: 5 pages/s") {
		t.Errorf("after speed 5/s:\n%s", s.text())
	}
	if s.press("S"); s.last() != "speed max" {
		t.Errorf("after S at 5/s: %q", s.last())
	}
}

// Nothing moves by itself with reduced motion.
func TestPresentingReduced(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true, Presenter: true, Steps: talk(t, talkText)})
	for _, key := range []string{".", ".", ".", "w", "l", "space", "space", "S", "t", "P", "P"} {
		if s.send(keyPress(t, key)); s.cmd != nil {
			t.Errorf("%s starts a clock", key)
		}
		s.pump()
		if s.m.Glow.Ticking {
			t.Errorf("after %s something fades", key)
		}
	}
}
