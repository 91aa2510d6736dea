package ui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
)

func keysLine(s *screen) string {
	return strings.TrimSpace(strings.Split(s.text(), "\n")[s.part("keys").Y])
}

// What can be done now stands first in the keys line: how to end what goes on, and what acts on what is selected.
func TestKeysLineFollowsTheMode(t *testing.T) {
	slow := func(after time.Duration) func(*screen) {
		return func(s *screen) {
			at := s.m.State.Time
			s.tell(model.Running{Time: at, Command: parsed("touch a at 1/s")})
			s.tell(model.Running{Time: at, Command: parsed("touch a at 1/s")}, model.Sample{Time: at + after, Proc: model.Main})
		}
	}
	for _, tt := range []struct {
		name  string
		do    func(*screen)
		keys  []string
		first string
		not   string
	}{
		{"nothing", nil, nil, "←↑↓→ move", "esc"},
		{"selecting", nil, []string{"v", "right"}, "esc unselect  r read  w write  l lock  u unlock", "v select"},
		{"selecting with shift", nil, []string{"shift+right"}, "esc unselect  r read", ""},
		{"selected no more", nil, []string{"v", "right", "esc"}, "←↑↓→ move", "unselect"},
		{"a touch that lasts", slow(time.Second), nil, "esc stop  space pause  ←↑↓→ move", ""},
		{"a touch that has just begun", slow(50 * time.Millisecond), nil, "←↑↓→ move", "stop"},
		{"a touch, with a selection", slow(time.Second), []string{"v"}, "esc stop  space pause  r read", "unselect"},
		{"it has ended", func(s *screen) { slow(time.Second)(s); s.tell(model.Running{Time: s.m.State.Time}) }, nil, "←↑↓→ move", "stop"},
		{"paused", nil, []string{"space"}, "space go on  ←↑↓→ move", "space pause"},
		{"paused, selecting", nil, []string{"space", "v"}, "esc unselect  space go on  r read", ""},
		{"whether to quit", nil, []string{"w", "q"}, "q quit  esc go on", "move"},
	} {
		for _, w := range []int{40, 80, 120, 200} {
			s := newScreen(t, w, min(30, w/3), ui.Options{}, "mmap a 64")
			if tt.do != nil {
				tt.do(s)
			}
			s.press(tt.keys...)
			got := keysLine(s)
			first := tt.first
			if w < 120 {
				first, _, _ = strings.Cut(first, "  r ")
			}
			if w < 56 {
				first = strings.TrimSuffix(strings.TrimSuffix(first, "←↑↓→ move"), "  ")
			}
			if !strings.HasPrefix(got, first) || tt.not != "" && strings.Contains(got, tt.not) {
				t.Errorf("%s, %d columns: %q, want %q first and no %q", tt.name, w, got, first, tt.not)
			}
			if n := canvas.Width(got); n > w {
				t.Errorf("%s: %d of %d columns", tt.name, n, w)
			}
			if !strings.Contains(got, "q quit") {
				t.Errorf("%s, %d columns: no way out in %q", tt.name, w, got)
			}
		}
	}
}

// Prepared commands that wait have their key first, until there are none.
func TestKeysLineOfPreparedCommands(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{Steps: talk(t, "touch a[1]\ntouch a[2]\n")}, "mmap a 64")
	for range 2 {
		if got := keysLine(s); !strings.HasPrefix(got, ". next  ") {
			t.Errorf("%q", got)
		}
		s.press(".")
	}
	if got := keysLine(s); strings.Contains(got, ". next") {
		t.Errorf("after the last one: %q", got)
	}
}

// A click on a key that comes first presses it.
func TestKeysLineClicks(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	click := func(text string) {
		t.Helper()
		a, line := s.part("keys"), strings.Split(s.text(), "\n")[s.part("keys").Y]
		i := strings.Index(line, text)
		if i < 0 {
			t.Fatalf("no %q in %q", text, line)
		}
		s.send(tea.MouseClickMsg{X: len([]rune(line[:i])), Y: a.Y, Button: tea.MouseLeft})
		s.pump()
	}
	s.press("v", "right")
	click("w write")
	if s.last() != "touch a[0..1]" {
		t.Errorf("w submits %q", s.last())
	}
	if click("esc unselect"); s.m.Focus.Selecting {
		t.Error("the selection does not end")
	}
	s.press("space")
	if click("space go on"); s.m.Paused() {
		t.Error("the picture does not go on")
	}
	s.press("q")
	if click("esc go on"); s.said() != "" || strings.Contains(s.text(), "q again") {
		t.Errorf("it is still asked, or said: %q", s.said())
	}
}
