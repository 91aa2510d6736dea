package ui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// cellOf is the first column of a page as it is drawn.
func (s *screen) cellOf(name string, page int64) canvas.Cell {
	x, y := s.pointAt(name, page)
	return *s.m.Canvas.At(x, y)
}

func TestGlow(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 256")
	s.press("w")
	if !s.m.Glow.Ticking {
		t.Fatal("the page changed and no clock runs")
	}
	rest := s.m.Look.States[look.Anon][model.Unlocked][look.Writable][0]
	gen := s.m.Glow.Gen
	var fills []rune
	for i := 1; s.m.Glow.Ticking; i++ {
		if i > 2*look.GlowSteps {
			t.Fatal("the glow does not end")
		}
		fills = append(fills, s.cellOf("a", 0).Rune)
		s.send(ui.GlowMsg(gen, s.at.Add(time.Duration(i)*scene.GlowTime/look.GlowSteps)))
	}
	if got := s.cellOf("a", 0); got != rest {
		t.Errorf("the page ends as %+v, want %+v", got, rest)
	}
	if string(fills) != "▁▂▃▄▅▆▇▇" {
		t.Errorf("the tank fills as %q", string(fills))
	}
	frame := s.picture()
	s.send(ui.GlowMsg(gen, s.at.Add(time.Hour)))
	if s.cmd != nil && s.m.Glow.Ticking {
		t.Error("an old tick starts the clock again")
	}
	if s.picture() != frame {
		t.Error("the frame changes although nothing does")
	}
}

func TestGlowIgnoresOldTicks(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("w")
	before := s.m.Glow
	s.send(ui.GlowMsg(before.Gen-1, s.at.Add(time.Second)))
	if s.m.Glow != before {
		t.Error("a tick of another generation counts")
	}
}

func TestReducedMotion(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64")
	s.press("w")
	if s.m.Glow.Ticking || s.cellOf("a", 0) != s.m.Look.States[look.Anon][model.Unlocked][look.Writable][0] {
		t.Error("the page glows")
	}
}

// A message that changes nothing makes no new frame.
func TestNothingChangesNothing(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, richScript...)
	before := s.picture()
	for _, msg := range []tea.Msg{tea.FocusMsg{}, tea.BlurMsg{}, tea.EnvMsg{}, ui.ItemsMsg(nil, s.at), nil, tea.KeyReleaseMsg{Code: 'w'},
		tea.MouseReleaseMsg{Button: tea.MouseLeft}, tea.BackgroundColorMsg{Color: nil}} {
		s.send(msg)
		if s.picture() != before {
			t.Errorf("%T makes a new frame", msg)
		}
	}
	if n := testing.AllocsPerRun(100, func() { s.m.Update(tea.FocusMsg{}); s.m.View() }); n > 0 {
		t.Errorf("a message that changes nothing allocates %v times", n)
	}
}

func TestBackgroundIsAskedFor(t *testing.T) {
	light := false
	for _, tt := range []struct {
		opts ui.Options
		want bool // dark at the end
	}{
		{ui.Options{Colors: canvas.TrueColor}, false},
		{ui.Options{Colors: canvas.TrueColor, Dark: new(bool)}, false},
		{ui.Options{Colors: canvas.TrueColor, Dark: func() *bool { b := true; return &b }()}, true},
	} {
		m := ui.New(newFakeLab(), tt.opts)
		m.Update(tea.BackgroundColorMsg{Color: white{}})
		if m.Look.Dark != tt.want {
			t.Errorf("%+v: dark is %v after a white background was told", tt.opts, m.Look.Dark)
		}
	}
	if m := ui.New(newFakeLab(), ui.Options{Colors: canvas.TrueColor, Dark: &light}); m.Look.Dark {
		t.Error("a light background that was asked for is dark")
	}
}

type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }
