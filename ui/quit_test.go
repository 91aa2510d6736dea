package ui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/ui"
)

// quits reports whether the key that was pressed last ends the program.
func (s *screen) quits() bool { return s.cmd != nil && s.cmd() == tea.QuitMsg{} }

// Of a session in which nothing was done q ends at once; looking around is nothing.
func TestQuitAtOnce(t *testing.T) {
	for _, keys := range [][]string{nil, {"right", "v", "down", "esc"}, {"Z", "2", "t"}, {"?", "q"}, {":", "esc"}} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
		s.press(keys...)
		if s.press("q"); !s.quits() {
			t.Errorf("%v: q does not quit: %q", keys, s.said())
		}
	}
}

// Once something was done q asks, in the row for what there is to say, and a second one quits; another key goes on
// and does nothing else.
func TestQuitAsks(t *testing.T) {
	for _, size := range goldenSizes {
		for _, tt := range []struct {
			key   string
			quits bool
		}{{"q", true}, {"y", true}, {"ctrl+c", true}, {"esc", false}, {"right", false}, {"w", false}, {"enter", false}, {"ctrl+z", false}, {"pgdown", false}} {
			s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 64")
			s.press("w")
			if s.press("q"); s.quits() || !strings.Contains(s.text(), "q again quits") {
				t.Fatalf("%dx%d: q does not ask:\n%s", size.w, size.h, s.text())
			}
			if s.press(tt.key); s.quits() != tt.quits {
				t.Errorf("%dx%d: q %s quits: %t", size.w, size.h, tt.key, s.quits())
			}
			if tt.quits {
				continue
			}
			if strings.Contains(s.text(), "q again") || s.m.Mode() != "grid" || len(s.lab.submitted) != 1 || s.m.Focus.Here().Cursor != 0 {
				t.Errorf("%dx%d: %s does more than go on: mode %s, %v\n%s", size.w, size.h, tt.key, s.m.Mode(), s.lab.submitted, s.text())
			}
			if s.press("q"); s.quits() {
				t.Errorf("%dx%d: q does not ask again", size.w, size.h)
			}
		}
	}
}

// In a window that is too small for anything else the question is seen, too.
func TestQuitAsksInATinyWindow(t *testing.T) {
	s := newScreen(t, 18, 4, ui.Options{}, "mmap a 64")
	if s.press("w", "q"); s.quits() || !strings.Contains(s.text(), "q again") {
		t.Errorf("q does not ask:\n%s", s.text())
	}
	if s.press("q"); !s.quits() {
		t.Error("q again does not quit")
	}
}

// A click on q quits as the key does, one elsewhere goes on.
func TestQuitByMouse(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("w")
	keys := strings.Split(s.text(), "\n")[29]
	x := len([]rune(keys[:strings.Index(keys, "q quit")]))
	click := func(x, y int) {
		s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	}
	click(x, 29)
	s.send(tea.MouseReleaseMsg{X: x, Y: 29, Button: tea.MouseLeft})
	if !strings.Contains(s.text(), "q again") {
		t.Fatalf("a click on q does not ask:\n%s", s.text())
	}
	click(60, 10)
	if strings.Contains(s.text(), "q again") {
		t.Error("a click elsewhere does not go on")
	}
	s.press("q")
	keys = strings.Split(s.text(), "\n")[29]
	if click(len([]rune(keys[:strings.Index(keys, "q quit")])), 29); !s.quits() {
		t.Errorf("a click on q does not quit: %q", keys)
	}
}

// q closes a sheet as esc does, and ctrl+c ends at once everywhere.
func TestQuitInSheets(t *testing.T) {
	for mode, key := range map[string]string{"help": "?", "page": "i", "call": "enter", "space": "s"} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
		s.press("w", key)
		if s.m.Mode() != mode {
			t.Fatalf("%s opens %s", key, s.m.Mode())
		}
		if s.press("q"); s.quits() || s.m.Mode() != "grid" {
			t.Errorf("q in %s: quits %t, mode %s", mode, s.quits(), s.m.Mode())
		}
		if s.press(key, "ctrl+c"); !s.quits() {
			t.Errorf("ctrl+c in %s does not quit", mode)
		}
	}
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	if s.press(":", "f1", "q"); s.m.Mode() != "palette" {
		t.Errorf("q in the help over the palette leads to %s", s.m.Mode())
	}
	for _, keys := range [][]string{{"ctrl+c"}, {":", "ctrl+c"}, {"p", "ctrl+c"}, {"w", "ctrl+c"}} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
		if s.press(keys...); !s.quits() {
			t.Errorf("%v does not quit", keys)
		}
	}
}
