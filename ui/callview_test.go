package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/sheet"
)

// failedLock is a lock over the limit, as the newest call of a few.
var failedLock = []string{"mmap a 64", "touch a[0..3]", "mmap big 4096", "mlock big"}

func TestCallViewGolden(t *testing.T) {
	for _, size := range []struct{ w, h int }{{40, 12}, {80, 24}, {100, 30}, {200, 50}} {
		for _, set := range []string{"unicode", "ascii"} {
			name := fmt.Sprintf("call-%dx%d-%s", size.w, size.h, set)
			t.Run(name, func(t *testing.T) {
				s := newScreen(t, size.w, size.h, ui.Options{ASCII: set == "ascii", ReducedMotion: true}, failedLock...)
				s.press("enter")
				golden(t, name, s.text())
			})
		}
	}
}

// whole is all that a call that is open shows, scrolled from its first line to its last.
func (s *screen) whole() string {
	var rows []string
	s.press("g")
	for {
		page := strings.Split(strings.TrimRight(s.text(), "\n"), "\n")
		page = page[1 : len(page)-1]
		top := s.opened().Top
		rows = append(rows[:min(top, len(rows))], page...)
		s.press("pgdown")
		if s.opened().Top == top {
			return strings.Join(rows, "\n")
		}
	}
}

// What is to be said is all there, whatever the size.
func TestCallViewIsWhole(t *testing.T) {
	for w := 40; w <= 240; w += 20 {
		for _, h := range []int{12, 24, 50} {
			s := newScreen(t, w, h, ui.Options{}, failedLock...)
			s.press("enter")
			text := strings.Join(strings.Fields(s.whole()), " ")
			for _, want := range []string{"mlock(2). Brings pages in", "where big begins", "all of big", "-1, and errno is ENOMEM", "WHY", "Try: ",
				"RLIMIT_MEMLOCK", "CHANGED", "It took ", "COMMAND", "mlock big", "#include <sys/mman.h>", "if (mlock(big, 4096 * page)", `strerrorname_np(errno)`} {
				if w < 150 && !strings.Contains(text, want) {
					t.Errorf("%dx%d: %q is missing:\n%s", w, h, want, s.whole())
				}
				if w >= 150 && !strings.Contains(s.whole(), want) {
					// Two columns: a line of one stands beside a line of the other.
					t.Errorf("%dx%d: %q is missing:\n%s", w, h, want, s.whole())
				}
			}
			for i, row := range strings.Split(s.text(), "\n") {
				if canvas.Width(row) > w {
					t.Errorf("%dx%d: row %d is too long: %q", w, h, i, row)
				}
			}
		}
	}
}

// clipboard is the text that a key put into the clipboard, "" where it put none.
func (s *screen) clipboard() string {
	if s.cmd == nil {
		return ""
	}
	text, _ := s.cmd().(ui.ClipboardMsg)
	return string(text)
}

func TestCallViewKeys(t *testing.T) {
	opened := func(command string) func(*screen) bool {
		return func(s *screen) bool { return s.m.Mode() == "call" && s.opened().Opened().Command == command }
	}
	closed := func(s *screen) bool { return s.m.Mode() == "grid" }
	top := func(n int) func(*screen) bool {
		return func(s *screen) bool { return s.m.Mode() == "call" && s.opened().Top == n }
	}
	quits := func(s *screen) bool { return s.cmd != nil && s.cmd() == tea.QuitMsg{} }
	want := map[string]func(*screen) bool{
		"esc": closed, "enter": closed, "q": closed, "ctrl+c": quits,
		"y":    func(s *screen) bool { return s.clipboard() == "touch a[0..3]" },
		"Y":    func(s *screen) bool { return strings.Contains(s.clipboard(), "*p = '\\xc3';\n    puts(") },
		"[":    opened("mmap a 64"),
		"]":    opened("mmap big 4096"),
		"down": top(3), "j": top(3), "up": top(1), "k": top(1), "pgup": top(0), "home": top(0), "g": top(0),
		"end": func(s *screen) bool {
			return s.opened().Top > 10 && strings.Contains(s.text(), "  }\n")
		},
	}
	// A page further is the end of this one.
	want["G"], want["pgdown"], want["space"] = want["end"], want["end"], want["end"]
	want["f1"] = func(s *screen) bool { return s.m.Mode() == "help" }
	want["?"] = want["f1"]
	for _, row := range ui.Keys() {
		if row.Mode != "call" {
			continue
		}
		for _, key := range row.Names {
			t.Run(key, func(t *testing.T) {
				if want[key] == nil {
					t.Fatal("the test does not know this key")
				}
				s := newScreen(t, 80, 24, ui.Options{}, failedLock...)
				s.press("[", "[", "enter", "down", "down")
				if !opened("touch a[0..3]")(s) {
					t.Fatalf("the selected call is not open:\n%s", s.text())
				}
				s.press(key)
				if !want[key](s) {
					t.Errorf("the key did something else: mode %s, view %+v, clipboard %q\n%s", s.m.Mode(), s.opened().Top, s.clipboard(), s.text())
				}
				if len(s.lab.submitted) > 0 {
					t.Errorf("submitted %v", s.lab.submitted)
				}
			})
		}
	}
}

func TestGridKeysOfCalls(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{})
	s.press("enter")
	if s.m.Mode() != "grid" || s.said() != "There is no call yet." {
		t.Errorf("mode %s, status %q", s.m.Mode(), s.said())
	}
	s.press("y")
	if s.clipboard() != "" || !s.failed() {
		t.Errorf("copied %q, status %q", s.clipboard(), s.said())
	}
	s = newScreen(t, 100, 30, ui.Options{}, failedLock...)
	s.press("y")
	if got := s.clipboard(); got != "mlock big" {
		t.Errorf("copied %q", got)
	}
	if want := "Copied mlock big, where the terminal allows it (OSC 52)."; !strings.Contains(s.text(), want) {
		t.Errorf("%q is not shown:\n%s", want, s.text())
	}
	s.press("[", "y")
	if got := s.clipboard(); got != "mmap big 4096" {
		t.Errorf("copied %q", got)
	}
}

// A click on a call opens it, and one on the command or the C copies it.
func TestCallsAreClickable(t *testing.T) {
	s := newScreen(t, 200, 50, ui.Options{}, failedLock...)
	click := func(text string) {
		t.Helper()
		for y, row := range strings.Split(s.text(), "\n") {
			if at := strings.Index(row, text); at >= 0 {
				s.send(tea.MouseClickMsg{X: canvas.Width(row[:at]), Y: y, Button: tea.MouseLeft})
				return
			}
		}
		t.Fatalf("%q is not on the screen:\n%s", text, s.text())
	}
	click("touch(a, 16384")
	if s.m.Mode() != "call" || s.opened().Opened().Command != "touch a[0..3]" || s.m.Log().Back != 2 {
		t.Fatalf("mode %s, open %q, %d back", s.m.Mode(), s.opened().Opened().Command, s.m.Log().Back)
	}
	click("  touch a[0..3]")
	if got := s.clipboard(); got != "touch a[0..3]" {
		t.Errorf("copied %q", got)
	}
	click("#include <sys/mman.h>")
	if !strings.HasPrefix(s.clipboard(), "#define _GNU_SOURCE\n#include") {
		t.Errorf("copied %q", s.clipboard())
	}
}

func TestCallViewWheel(t *testing.T) {
	s := newScreen(t, 80, 24, ui.Options{}, failedLock...)
	s.press("enter")
	s.send(tea.MouseWheelMsg{X: 10, Y: 10, Button: tea.MouseWheelDown})
	if s.opened().Top != 3 {
		t.Errorf("the view begins with line %d", s.opened().Top)
	}
}

// A call that is open stays open while others are made, and what it says of its addresses is
// of then.
func TestCallViewStays(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, failedLock...)
	s.press("enter")
	before := s.whole()
	for _, line := range []string{"munmap big", "mmap c 4"} {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		s.lab.Submit(c)
	}
	s.pump()
	if got := s.whole(); got != before {
		t.Errorf("the call has changed:\n%s\n\nbefore:\n%s", got, before)
	}
	if !strings.Contains(s.text(), "CALL 4 of 6") {
		t.Errorf("the new calls are not counted:\n%s", s.text())
	}
	s.press("]")
	if got := s.opened().Opened().Command; got != "munmap big" {
		t.Errorf("the next call is %q", got)
	}
	for range model.EventsKept + 10 {
		s.m.Log().Push(panel.Call{})
	}
	s.tell(model.Event{Note: "end"})
	if s.m.Mode() != "call" || !strings.Contains(s.text(), "CALL 1 of ") {
		t.Errorf("of a call that is forgotten the oldest that is left is shown:\n%s", s.text())
	}
}

// Entries without a call, and those of which no command is known, open too.
func TestCallViewOfOtherEntries(t *testing.T) {
	for _, tt := range []struct {
		item       model.Item
		want       []string
		copy, hasC bool
	}{
		{model.Died{Time: time.Second, Proc: model.Main, Signal: "SIGKILL"}, []string{"killed by SIGKILL"}, false, false},
		{model.Checked{Time: time.Second, Expect: "expect all a locked", Got: "a[0] is unlocked"}, []string{"does not hold", "a[0] is unlocked", "There is no C"}, true, false},
		{model.Event{Proc: model.Main, Command: parsed("mlock zz"), Refused: "no such region: zz"}, []string{"no such region: zz", "There is no C"}, true, false},
		{model.Event{Proc: model.Main, Command: parsed("say hi"), Note: "hi"}, []string{"# hi", `puts("hi");`}, true, true},
		{model.Event{Proc: model.Main, Command: parsed("reset"), Note: "a fresh subject"}, []string{"a fresh subject", "There is no C"}, true, false},
		{model.Event{Proc: model.Main, Command: parsed("malloc x 1M"), Call: "brk", Aside: true, Args: []model.Arg{{Text: "NULL"}}}, []string{"another call needs it", "malloc(1 * 1024 * 1024)"}, true, true},
	} {
		s := newScreen(t, 100, 40, ui.Options{}, "mmap a 4")
		s.tell(tt.item)
		s.press("enter")
		for _, want := range tt.want {
			if !strings.Contains(s.text(), want) {
				t.Errorf("%+v: %q is missing:\n%s", tt.item, want, s.text())
			}
		}
		s.press("y")
		if got := s.clipboard() != ""; got != tt.copy {
			t.Errorf("%+v: copied %q", tt.item, s.clipboard())
		}
		s.press("Y")
		if got := s.clipboard() != ""; got != tt.hasC {
			t.Errorf("%+v: copied %q", tt.item, s.clipboard())
		}
	}
}

// Nothing that steers a terminal reaches the screen or the clipboard, but for the newlines of C.
func TestCallViewIsPlain(t *testing.T) {
	evil := "a\x1b]52;c;x\x07b\x9bc\u202ed\u2028e\rf\ng"
	s := newScreen(t, 80, 24, ui.Options{}, "mmap a 4")
	s.tell(model.Event{Proc: model.Main, Command: lang.Mmap{Name: evil}, Call: "openat", Errno: "ENOENT", ErrText: evil,
		Result: evil, Gone: []string{evil}, Args: []model.Arg{{Text: "AT_FDCWD"}, {Text: `"` + evil + `"`}, {Text: evil + "|" + evil}}})
	bad := func(s string, kept string) bool {
		return slices.ContainsFunc([]rune(s), func(r rune) bool {
			return !strings.ContainsRune(kept, r) && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2028)
		})
	}
	s.press("enter")
	if text := s.whole(); bad(text, "\n") {
		t.Errorf("%q", text)
	}
	s.press("y")
	if got := s.clipboard(); got != "mmap a]52;c;xbcdefg 0B none" {
		t.Errorf("copied %q", got)
	}
	k := panel.Call{Event: &model.Event{Command: lang.Say{Text: evil}, Note: "x"}, PageSize: pageSize}
	if text := s.opened().COf(&k); text == "" || bad(text, "\n") || strings.Count(text, "\n") < 5 {
		t.Errorf("the C is %q", text)
	}
	if got := sheet.Plain("a\nb\tc", true); got != "a\nbc" {
		t.Errorf("lines are kept: %q", got)
	}
}

// The view takes no more than its rows, at any size, with colors or without.
func TestCallViewStaysAboveTheKeys(t *testing.T) {
	for _, colors := range []canvas.Colors{canvas.TrueColor, canvas.Color16, canvas.NoColor} {
		for w := 20; w < 200; w += 23 {
			for h := 5; h < 50; h += 9 {
				s := newScreen(t, w, h, ui.Options{Colors: colors}, failedLock...)
				s.press("enter", "pgdown")
				rows := strings.Split(strings.TrimSuffix(s.text(), "\n"), "\n")
				if len(rows) != h {
					t.Fatalf("%dx%d: %d rows", w, h, len(rows))
				}
				if !strings.HasPrefix(strings.TrimSpace(rows[h-1]), "esc ") {
					t.Errorf("%dx%d: the keys are not in the last row: %q", w, h, rows[h-1])
				}
				s.press("y")
				if w >= 38 && !strings.Contains(s.text(), "OSC 52") {
					t.Errorf("%dx%d: nothing says what was copied:\n%s", w, h, s.text())
				}
			}
		}
	}
}
