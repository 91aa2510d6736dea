package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/ui"
)

// longLines are lines of a length that a key adds to, of shapes that each part of the work walks.
var longLines = map[string]func(n int) string{
	"commands": func(n int) string { return strings.Repeat("touch a[0] ", n/11+1)[:n] },
	"a word":   func(n int) string { return strings.Repeat("x", n) },
	"options":  func(n int) string { return ("mmap b 64 " + strings.Repeat("shared ", n/7+1))[:n] },
	"text":     func(n int) string { return ("say " + strings.Repeat("wörter ", n/7+1))[:n] },
	"in":       func(n int) string { return strings.Repeat("in a ", n/5+1)[:n] },
}

// typed is a screen with a line of n characters, and the least time that one more key takes with
// its frame.
func typed(t testing.TB, line string, keys int) time.Duration {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64")
	s.press(":")
	s.send(tea.PasteMsg{Content: line})
	key := keyPress(t, "x")
	var took []time.Duration
	for range keys {
		begin := time.Now()
		s.send(key)
		took = append(took, time.Since(begin))
	}
	return slices.Min(took)
}

// The work for a key does not grow with the square of the line.
func TestKeyInALongLine(t *testing.T) {
	for name, line := range longLines {
		short, long := typed(t, line(1000), 40), typed(t, line(4000), 40)
		if long > 7*short { // four times as long; the square is sixteen
			t.Errorf("%s: a key takes %v in a line of 1000 characters and %v in one of 4000", name, short, long)
		}
	}
}

func BenchmarkKeyInALine(b *testing.B) {
	for _, n := range []int{100, 1000, 4000} {
		for name, line := range longLines {
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				s := newScreen(b, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64")
				s.press(":")
				s.send(tea.PasteMsg{Content: line(n)})
				more, less := keyPress(b, "x"), keyPress(b, "backspace")
				for i := 0; b.Loop(); i++ {
					s.send([]tea.Msg{more, less}[i%2])
				}
			})
		}
	}
}

// BenchmarkKeyQueued is a key behind which others wait: it draws no frame.
func BenchmarkKeyQueued(b *testing.B) {
	for _, n := range []int{100, 1000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newScreen(b, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64")
			s.press(":")
			s.send(tea.PasteMsg{Content: longLines["commands"](n)})
			now := time.Unix(1000, 0)
			s.m.SetClock(func() time.Time { return now })
			more, less := keyPress(b, "x"), keyPress(b, "backspace")
			s.press("x", "backspace") // the first is drawn, and time does not go on
			for i := 0; b.Loop(); i++ {
				s.send([]tea.Msg{more, less}[i%2])
			}
		})
	}
}

// Keys that come faster than frames are written draw one frame, and the last of them is drawn.
func TestKeysShareAFrame(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64")
	now := time.Unix(1000, 0)
	s.m.SetClock(func() time.Time { return now })
	s.send(keyPress(t, ":"))
	drawn := s.picture()
	if !strings.Contains(s.text(), "tab completes") {
		t.Fatalf("the first key is not drawn at once:\n%s", s.text())
	}
	var asked []tea.Cmd
	for _, r := range "touch a[3]" {
		key := string(r)
		if r == ' ' {
			key = "space"
		}
		if s.send(keyPress(t, key)); s.cmd != nil {
			asked = append(asked, s.cmd)
		}
		if s.m.Picture() != drawn {
			t.Fatalf("%q is drawn at once", key)
		}
	}
	if len(asked) != 1 {
		t.Fatalf("the frame that is put off is asked for %d times", len(asked))
	}
	if s.send(asked[0]()); !strings.Contains(s.text(), "touch a[3]") {
		t.Errorf("what was put off is not drawn:\n%s", s.text())
	}
	now = now.Add(time.Second / 60)
	if s.send(keyPress(t, "esc")); strings.Contains(s.text(), "tab completes") {
		t.Errorf("after a rest a key is not drawn at once:\n%s", s.text())
	}
	// What is put off is done all the same, in order, and about where the keys before it went.
	s.send(keyPress(t, "right"))
	s.send(keyPress(t, "right"))
	s.send(keyPress(t, "v"))
	s.send(keyPress(t, "right"))
	s.send(keyPress(t, "w"))
	if s.last() != "touch a[2..3]" {
		t.Errorf("w submits %q", s.last())
	}
}

// A line has an end, and says so.
func TestLineIsBounded(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press(":")
	s.send(tea.PasteMsg{Content: strings.Repeat("x", ui.LineMost)})
	const bounded = "A line has 4096 characters at most"
	if len(s.m.Line()) != ui.LineMost || strings.Contains(s.text(), bounded) {
		t.Errorf("%d characters:\n%s", len(s.m.Line()), s.text())
	}
	s.press("x")
	if len(s.m.Line()) != ui.LineMost || !strings.Contains(s.text(), bounded) {
		t.Errorf("%d characters:\n%s", len(s.m.Line()), s.text())
	}
	if s.press("backspace"); strings.Contains(s.text(), bounded) {
		t.Errorf("with room again it says:\n%s", s.text())
	}
}
