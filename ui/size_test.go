package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// areas are those that must neither overlap nor leave the screen. In a small terminal what is typed takes the place of
// the last call and of the keys.
func areas(m *ui.Model) map[string]canvas.Area {
	all := m.Parts()
	if m.Plan.Size == scene.SizeSmall {
		delete(all, "prompt")
		delete(all, "status")
	}
	return all
}

func checkLayout(t *testing.T, m *ui.Model) {
	t.Helper()
	all, w, h := areas(m), m.Canvas.W, height(m)
	for name, a := range all {
		if a.W < 0 || a.H < 0 {
			t.Fatalf("%dx%d: %s is %+v", w, h, name, a)
		}
		if a.Empty() {
			continue
		}
		if a.X < 0 || a.Y < 0 || a.X+a.W > w || a.Y+a.H > h {
			t.Fatalf("%dx%d: %s at %+v leaves the screen", w, h, name, a)
		}
		for other, b := range all {
			if name < other && !b.Empty() && a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Fatalf("%dx%d: %s at %+v and %s at %+v overlap", w, h, name, a, other, b)
			}
		}
	}
	for _, b := range m.Plan.Blocks {
		if b.Rows < 1 || b.Area.Y < all["grid"].Y || b.Area.Y+b.Rows*m.Plan.Cell.H > all["grid"].Y+all["grid"].H {
			t.Fatalf("%dx%d: block %s of %d rows at %+v leaves the grid at %+v", w, h, b.Region, b.Rows, b.Area, all["grid"])
		}
	}
	if rows := strings.Count(m.Picture(), "\n") + 1; rows != h {
		t.Fatalf("%dx%d: the frame has %d rows", w, h, rows)
	}
}

// The page under the cursor is on the screen, whatever its size.
func checkCursor(t *testing.T, m *ui.Model) {
	t.Helper()
	b := m.Block()
	if m.Plan.Size == scene.SizeNone || m.Mode() == "help" || m.Region() == nil {
		return
	}
	if b == nil {
		t.Fatalf("%dx%d: the region %s is not shown", m.Canvas.W, height(m), m.Focus.Current.Region)
	}
	rv := m.Focus.Of(b.Place)
	if i := rv.Cursor - rv.Top; i < 0 || i >= int64(b.Rows)*m.PagesPerRow(m.Region()) {
		t.Fatalf("%dx%d: page %d is not shown, %d rows of %d from %d are", m.Canvas.W, height(m), rv.Cursor, b.Rows, m.Plan.PerRow, rv.Top)
	}
}

var sizeScripts = map[string][]string{
	"nothing": {}, "start": {"mmap a 64"}, "rich": richScript,
	"many": {"mmap a 64", "mmap b 1", "mmap c 17", "mmap d 4096", "mmap e 1T noreserve", "mmap f 3", "mmap g 64", "mmap h 64", "mmap i 64",
		"mmap region_with_a_long_name 64", "touch e[5]", "mlock a[0..3]"},
	"processes": {"mmap a 64", "touch a", "mmap b 4096", "fork child", "in child touch a[3]", "in child mmap c 8", "in child fork grandchild",
		"in grandchild munmap a", "in grandchild munmap b", "in grandchild munmap c", "fork d", "fork e", "fork a_process_with_a_long_name", "fork f", "fork g",
		"in e kill SIGKILL", "in d touch b"},
}

func TestEverySmallSize(t *testing.T) {
	for name, script := range sizeScripts {
		t.Run(name, func(t *testing.T) {
			s := newScreen(t, 80, 24, ui.Options{}, script...)
			keys := []string{""}
			if name == "processes" {
				s.press("n")
			}
			if name == "many" {
				keys = append(keys, ":", "p", "?", "R", "z", "Z", "3", "P", "s")
			}
			for _, key := range keys {
				if key != "" {
					s.press("esc", key)
				}
				if key == "Z" {
					s.press("Z", "Z", "Z")
				}
				for w := 0; w <= 60; w++ {
					for h := 0; h <= 30; h++ {
						s.send(tea.WindowSizeMsg{Width: w, Height: h})
						checkLayout(t, s.m)
						checkCursor(t, s.m)
					}
				}
			}
		})
	}
}

func TestRandomSizesAndKeys(t *testing.T) {
	keys := []string{"left", "right", "up", "down", "home", "end", "pgup", "pgdown", "ctrl+home", "G", "tab", "shift+tab", "v", "V", "esc",
		"shift+down", "shift+right", "r", "w", "l", "o", "u", "d", "p", "a", ":", "?", "R", "[", "]", "enter", "n", "N", "n", "x", "c", "m", "z", "Z", "z", "Z", "1", "2", "3", "4", "5", "P", "s", "t",
		"y", "space", "S", ".", "left", "q", "0", "$"}
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			s := newScreen(t, 80, 24, ui.Options{ASCII: seed%2 == 0}, sizeScripts[[]string{"many", "processes"}[seed/2%2]]...)
			for range 300 {
				switch rnd.IntN(4) {
				case 0:
					s.send(tea.WindowSizeMsg{Width: rnd.IntN(260), Height: rnd.IntN(90)})
				case 1:
					at := tea.Mouse{X: rnd.IntN(260) - 5, Y: rnd.IntN(90) - 5, Button: tea.MouseLeft}
					s.send([]tea.Msg{tea.MouseClickMsg(at), tea.MouseMotionMsg(at), tea.MouseWheelMsg{X: at.X, Y: at.Y, Button: tea.MouseWheelDown},
						tea.MouseWheelMsg{X: at.X, Y: at.Y, Button: tea.MouseWheelUp}}[rnd.IntN(4)])
				default:
					s.press(keys[rnd.IntN(len(keys))])
				}
				checkLayout(t, s.m)
				checkCursor(t, s.m)
			}
		})
	}
}

// Sizes that terminals tell when they do not know, and absurd ones.
func TestOddSizes(t *testing.T) {
	for _, tt := range []struct{ w, h, wantW, wantH int }{{0, 0, 80, 24}, {-1, 5, 80, 24}, {1 << 30, 1 << 30, 1000, 400}, {1, 1, 1, 1}} {
		s := newScreen(t, tt.w, tt.h, ui.Options{}, "mmap a 64")
		if s.m.Canvas.W != tt.wantW || height(s.m) != tt.wantH {
			t.Errorf("%dx%d is taken as %dx%d, want %dx%d", tt.w, tt.h, s.m.Canvas.W, height(s.m), tt.wantW, tt.wantH)
		}
	}
}

// What is drawn is bounded, whatever a terminal tells, and what is cut off is said until it is not.
func TestAbsurdSizes(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	const cut = "The window is said to be 65535x65535: 1000x400 of it are drawn."
	for _, size := range [][2]int{{65535, 65535}, {1, 1}, {65535, 1}, {1, 65535}, {0, 0}, {65535, 65535}} {
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		checkLayout(t, s.m)
		if n := cap(s.m.Canvas.Cells); n > 1000*400 {
			t.Fatalf("%v: %d cells", size, n)
		}
		if got := strings.Contains(s.text(), cut); got != (size == [2]int{65535, 65535}) {
			t.Errorf("%v: that something is cut off is said: %t", size, got)
		}
	}
	s.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	if s.said() != "" {
		t.Errorf("at 100x30 it says %q", s.said())
	}
	s.send(tea.WindowSizeMsg{Width: 65535, Height: 65535})
	var out int
	frame := testing.AllocsPerRun(3, func() { s.redraw(); out = len(s.picture()) })
	if frame > 100_000 || out > 64<<20 {
		t.Errorf("a frame takes %v allocations and has %d bytes", frame, out)
	}
}
