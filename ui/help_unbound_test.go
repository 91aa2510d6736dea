package ui_test

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
)

// A key that is bound to nothing says so, and what to press instead is bound.
func TestUnboundKeys(t *testing.T) {
	var keys []string
	for r := '!'; r <= '~'; r++ {
		keys = append(keys, string(r))
	}
	keys = append(keys, "space", "enter", "backspace", "delete", "insert", "f5", "ctrl+s", "ctrl+f", "ctrl+q", "ctrl+d", "ctrl+v", "alt+x")
	var bound []string
	for _, row := range ui.Keys() {
		if row.Mode == "grid" {
			bound = append(bound, row.Names...)
		}
	}
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 8")
		unbound := 0
		for _, key := range keys {
			if slices.Contains(bound, key) {
				continue
			}
			unbound++
			s.press(key)
			if !strings.Contains(s.text(), key+" does nothing here") || !strings.Contains(s.text(), "?") {
				t.Errorf("%dx%d: %s says nothing:\n%s", size.w, size.h, key, s.text())
			}
			if _, typed, found := strings.Cut(s.said(), " Press : to type "); found && !strings.HasPrefix(typed, "a command") {
				line, _, _ := strings.Cut(strings.TrimSuffix(typed, "."), ", or")
				if _, err := lang.Parse(line); err != nil {
					t.Errorf("%s says to type what is no command: %v", key, err)
				}
			}
			if strings.Contains(s.said(), "…") || canvas.Width(s.said()) > max(38, size.w-2) {
				t.Errorf("%dx%d: %q has no room", size.w, size.h, s.said())
			}
			if s.m.Mode() != "grid" || s.last() != "" {
				t.Errorf("%s did something: mode %s, %q", key, s.m.Mode(), s.last())
			}
		}
		if unbound < 10 {
			t.Errorf("only %d keys are bound to nothing", unbound)
		}
		s.press("right")
		if strings.Contains(s.text(), "does nothing here") {
			t.Errorf("%dx%d: what was said stays", size.w, size.h)
		}
	}
}

// In what lies over the grid a key without a use says how to leave.
func TestUnboundOverTheGrid(t *testing.T) {
	for _, open := range []string{"?", "s"} {
		s := newScreen(t, 80, 24, ui.Options{}, "mmap a 8")
		s.press(open, "x")
		if !strings.Contains(s.text(), "x does nothing here. Press esc to go back.") {
			t.Errorf("%s x:\n%s", open, s.text())
		}
		s.press("j")
		if strings.Contains(s.text(), "does nothing here") {
			t.Errorf("%s x j: what was said stays", open)
		}
	}
	s := newScreen(t, 80, 24, ui.Options{}, "mmap a 8")
	s.press(":", "x")
	if s.m.Line() != "x" || s.said() != "" {
		t.Errorf("x in the line types %q and says %q", s.m.Line(), s.said())
	}
}

// Each key of the keys line does at a click what it does when it is pressed.
func TestKeysLineIsClickable(t *testing.T) {
	for _, md := range [][]string{nil, {"?"}, {"s"}, {"p"}, {":"}} {
		fresh := func() *screen {
			s := newScreen(t, 200, 50, ui.Options{ReducedMotion: true}, "mmap a 64", "touch a[0..20]", "mlock a[3..5]")
			s.press("down", "right")
			s.press(md...)
			return s
		}
		line := fresh()
		at := line.part("keys")
		row := []rune(strings.Split(line.text(), "\n")[at.Y])
		shown := strings.Split(strings.TrimSpace(string(row[at.X:])), "  ") // each a key and a word
		if len(shown) < 3 {
			t.Fatalf("%v: %q", md, shown)
		}
		x := at.X
		for _, k := range shown {
			show, _, _ := strings.Cut(k, " ")
			names := []string{show}
			switch {
			case strings.ContainsAny(show, "←→↑↓"):
				names = strings.Split(show, "")
			case show == "1-5":
				names = []string{"1"}
			}
			for i, name := range names {
				if arrow, ok := map[string]string{"←": "left", "→": "right", "↑": "up", "↓": "down"}[name]; ok {
					name = arrow
				}
				clicked, pressed := fresh(), fresh()
				clicked.send(tea.MouseClickMsg{X: x + i, Y: at.Y, Button: tea.MouseLeft})
				cmd := clicked.cmd
				clicked.pump()
				pressed.press(name)
				if clicked.text() != pressed.text() || clicked.last() != pressed.last() || (cmd == nil) != (pressed.cmd == nil) {
					t.Errorf("%v: a click on %s is not the key %s", md, k, name)
				}
			}
			x += canvas.Width(k) + 2
		}
	}
}

// At 80 columns the keys line has what a newcomer needs first.
func TestKeysLineOfANewcomer(t *testing.T) {
	s := newScreen(t, 80, 24, ui.Options{}, "mmap a 64")
	keys := strings.Split(s.text(), "\n")[s.part("keys").Y]
	for _, want := range []string{"move", "r read", "w write", "l lock", "u unlock", ": command", "? help", "q quit"} {
		if !strings.Contains(keys, want) {
			t.Errorf("%q is not in %q", want, keys)
		}
	}
}

// What cannot be has a reason, and what can has none.
func TestWhys(t *testing.T) {
	none := []string{}
	one := []string{"mmap a 8", "touch a"}
	two := []string{"mmap a 8", "mmap b 8", "touch b"}
	for _, tt := range []struct {
		key    string
		script []string
		before []string // keys
		want   string
	}{
		{"tab", none, nil, "There is no region: press m to map one."},
		{"tab", one, nil, "There is one region: press m to map another."},
		{"tab", two, nil, ""},
		{"esc", none, nil, "Nothing is open, selected or running: q quits."},
		{"esc", one, nil, "Nothing is open, selected or running: q quits."},
		{"esc", two, []string{"v"}, ""},
		{"[", none, nil, "No call has been made yet."},
		{"[", one, nil, ""},
		{"[", two, []string{"["}, ""},
		{"[", two, []string{"[", "["}, "This is the oldest call."},
		{"]", none, nil, "No call has been made yet."},
		{"]", one, nil, "This is the newest call."},
		{"]", two, []string{"["}, ""},
	} {
		s := newScreen(t, 100, 30, ui.Options{}, tt.script...)
		s.press(tt.before...)
		if s.press(tt.key); s.said() != tt.want {
			t.Errorf("%v, %v: %s says %q, want %q", tt.script, tt.before, tt.key, s.said(), tt.want)
		}
	}
}
