package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/scene"
)

// A key that is bound to nothing says so, and what to press instead is bound.
func TestUnboundKeys(t *testing.T) {
	var keys []string
	for r := '!'; r <= '~'; r++ {
		keys = append(keys, string(r))
	}
	keys = append(keys, "space", "enter", "backspace", "delete", "insert", "f5", "ctrl+s", "ctrl+f", "ctrl+q", "ctrl+d", "ctrl+v", "alt+x")
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, Options{}, "mmap a 8")
		unbound := 0
		for _, key := range keys {
			if lookup(modeGrid, key) != nil {
				continue
			}
			unbound++
			s.press(key)
			if !strings.Contains(s.text(), key+" does nothing here") || !strings.Contains(s.text(), "?") {
				t.Errorf("%dx%d: %s says nothing:\n%s", size.w, size.h, key, s.text())
			}
			if strings.Contains(s.m.status.text, "…") || canvas.Width(s.m.status.text) > max(38, size.w-2) {
				t.Errorf("%dx%d: %q has no room", size.w, size.h, s.m.status.text)
			}
			if s.m.mode != modeGrid || s.last() != "" {
				t.Errorf("%s did something: mode %d, %q", key, s.m.mode, s.last())
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
	for key, to := range instead {
		if lookup(modeGrid, to[0]) == nil {
			t.Errorf("%s is told to be %s, which is bound to nothing", key, to[0])
		}
		if lookup(modeGrid, key) != nil {
			t.Errorf("%s is told to be %s, and is bound itself", key, to[0])
		}
	}
}

// In what lies over the grid a key without a use says how to leave.
func TestUnboundOverTheGrid(t *testing.T) {
	for _, open := range []string{"?", "s"} {
		s := newScreen(t, 80, 24, Options{}, "mmap a 8")
		s.press(open, "x")
		if !strings.Contains(s.text(), "x does nothing here. Press esc to go back.") {
			t.Errorf("%s x:\n%s", open, s.text())
		}
		s.press("j")
		if strings.Contains(s.text(), "does nothing here") {
			t.Errorf("%s x j: what was said stays", open)
		}
	}
	s := newScreen(t, 80, 24, Options{}, "mmap a 8")
	s.press(":", "x")
	if string(s.m.palette.line) != "x" || s.m.status.text != "" {
		t.Errorf("x in the line types %q and says %q", string(s.m.palette.line), s.m.status.text)
	}
}

// Each key of the keys line does at a click what it does when it is pressed.
func TestKeysLineIsClickable(t *testing.T) {
	for _, md := range [][]string{nil, {"?"}, {"s"}, {"p"}, {":"}} {
		fresh := func() *screen {
			s := newScreen(t, 200, 50, Options{ReducedMotion: true}, "mmap a 64", "touch a[0..20]", "mlock a[3..5]")
			s.press("down", "right")
			s.press(md...)
			return s
		}
		line := fresh()
		shown := keyLine(line.m.mode, line.m.Look, line.m.lay.keys.W, false, false)
		if len(shown) < 3 {
			t.Fatalf("%v: %v", md, shown)
		}
		x := line.m.lay.keys.X
		for _, k := range shown {
			names := arrowKeys(k.show)
			if names == nil {
				names = []string{k.key}
			}
			for i, name := range names {
				clicked, pressed := fresh(), fresh()
				clicked.send(tea.MouseClickMsg{X: x + i, Y: clicked.m.lay.keys.Y, Button: tea.MouseLeft})
				cmd := clicked.cmd
				clicked.pump()
				pressed.press(name)
				if clicked.text() != pressed.text() || clicked.last() != pressed.last() || (cmd == nil) != (pressed.cmd == nil) {
					t.Errorf("%v: a click on %s %s is not the key %s", md, k.show, k.word, name)
				}
			}
			x += canvas.Width(k.show) + 1 + canvas.Width(k.word) + keysApart
		}
	}
}

// At 80 columns the keys line has what a newcomer needs first.
func TestKeysLineOfANewcomer(t *testing.T) {
	s := newScreen(t, 80, 24, Options{}, "mmap a 64")
	keys := strings.Split(s.text(), "\n")[s.m.lay.keys.Y]
	for _, want := range []string{"move", "r read", "w write", "l lock", "u unlock", ": command", "? help", "q quit"} {
		if !strings.Contains(keys, want) {
			t.Errorf("%q is not in %q", want, keys)
		}
	}
}

// What cannot be has a reason, and what can has none.
func TestWhys(t *testing.T) {
	none := newScreen(t, 100, 30, Options{})
	one := newScreen(t, 100, 30, Options{}, "mmap a 8", "touch a")
	two := newScreen(t, 100, 30, Options{}, "mmap a 8", "mmap b 8", "touch b")
	two.press("v", "[")
	for _, tt := range []struct {
		name                 string
		why                  func(*Model) string
		ofNone, ofOne, ofTwo string
	}{
		{"region", ofScene(scene.WhyOneRegion), "There is no region: press m to map one.", "There is one region: press m to map another.", ""},
		{"leave", whyNothingToLeave, "Nothing is open, selected or running: q quits.", "Nothing is open, selected or running: q quits.", ""},
		{"older", whyNoOlderCall, "No call has been made yet.", "", ""},
		{"newer", whyNoNewerCall, "No call has been made yet.", "This is the newest call.", ""},
	} {
		for i, want := range []string{tt.ofNone, tt.ofOne, tt.ofTwo} {
			if got := tt.why([]*screen{none, one, two}[i].m); got != want {
				t.Errorf("%s, of screen %d: %q, want %q", tt.name, i, got, want)
			}
		}
	}
	two.press("[", "[", "[")
	if got := whyNoOlderCall(two.m); got != "This is the oldest call." {
		t.Errorf("at the end of the calls: %q", got)
	}
}
