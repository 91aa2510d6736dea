package ui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/look"
	"incore/ui/scene"
)

// forkScript makes two processes: the child has copied two pages, the parent one.
var forkScript = []string{"mmap a 64", "touch a[0..40]", "mlock a[4..9]", "mmap b 16 memfd shared", "touch b[0..3]",
	"fork child", "in child touch a[2..3]", "touch a[20]"}

// forked is the screen of it, with the cursor on main's a[2].
func forked(t testing.TB, w, h int) *screen {
	s := newScreen(t, w, h, ui.Options{ReducedMotion: true}, forkScript...)
	s.press("shift+tab", "ctrl+home", "right", "right")
	if s.m.Focus.Current != inMain("a") {
		t.Fatalf("the cursor is in %v", s.m.Focus.Current)
	}
	s.lab.submitted = nil
	return s
}

func TestProcessesGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		w, h int
		keys []string
		more []string
	}{
		{"processes-40x12", 40, 12, []string{"n"}, nil},
		{"processes-80x24", 80, 24, []string{"n"}, nil},
		{"processes-100x30", 100, 30, nil, nil},
		{"processes-200x50", 200, 50, []string{"n"}, nil},
		{"processes-dead", 100, 30, []string{"n", "w"}, []string{"in child kill SIGKILL"}},
		{"processes-palette", 100, 30, []string{"n", ":"}, nil},
		{"processes-menu", 80, 24, []string{"n", "p"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := forked(t, tt.w, tt.h)
			for _, line := range tt.more {
				s.run(line)
			}
			s.press(tt.keys...)
			golden(t, tt.name, s.text())
		})
	}
	t.Run("ascii", func(t *testing.T) {
		s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true, ASCII: true}, forkScript...)
		s.press("n")
		golden(t, "processes-ascii", s.text())
	})
}

// run has the lab do a line of the language.
func (s *screen) run(line string) {
	s.t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		s.t.Fatal(err)
	}
	s.lab.Submit(c)
	s.lab.submitted = s.lab.submitted[:len(s.lab.submitted)-1] // no key did it
	s.pump()
}

// One process alone is not named anywhere.
func TestOneProcessIsNoNews(t *testing.T) {
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{}, richScript...)
		if text := s.text(); strings.Contains(text, "main") || strings.Contains(text, "processes") || strings.Contains(text, "n process") {
			t.Errorf("%dx%d names the process:\n%s", size.w, size.h, text)
		}
	}
}

func TestForkedChildIsSeenAtOnce(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {96, 24}, {120, 24}, {80, 30}, {100, 30}, {200, 50}, {400, 120}} {
		s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 64", "touch a[3]")
		s.run("fork child")
		if s.m.Focus.Current != inMain("a") {
			t.Errorf("%dx%d: the cursor has gone to %v", size.w, size.h, s.m.Focus.Current)
		}
		for _, want := range []string{" main ", " child ", "main · a ─", "child · a ─", "2"} {
			if !strings.Contains(s.text(), want) {
				t.Errorf("%dx%d: %q is missing:\n%s", size.w, size.h, want, s.text())
			}
		}
	}
}

// Copy on write is seen on both sides.
func TestCopyOnWriteIsSeen(t *testing.T) {
	s := forked(t, 100, 30)
	cell := func(proc string, page int64) rune {
		x, y := s.pointIn(scene.Place{Proc: proc, Region: "a"}, page)
		return s.m.Canvas.At(x, y).Rune
	}
	const own, shared = '▇', '▖'
	for _, tt := range []struct {
		page        int64
		main, child rune
	}{{0, shared, shared}, {2, own, own}, {20, own, own}, {21, shared, shared}, {4, look.SharedLocked, shared}} {
		if got := [2]rune{cell("main", tt.page), cell("child", tt.page)}; got != [2]rune{tt.main, tt.child} {
			t.Errorf("page %d is drawn as %q in main and %q in child", tt.page, got[0], got[1])
		}
	}
	s.press("ctrl+home", "n", "w")
	if got := [2]rune{cell("main", 0), cell("child", 0)}; got != [2]rune{own, own} {
		t.Errorf("after %s page 0 is drawn as %q", s.last(), got)
	}
}

func TestKeysActInTheCurrentProcess(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"w"}, "touch a[2]"},
		{[]string{"n", "w"}, "in child touch a[2]"}, // the same page
		{[]string{"n", "right", "l"}, "in child mlock a[3]"},
		{[]string{"n", "N", "w"}, "touch a[2]"},
		{[]string{"n", "n", "w"}, "touch a[2]"},
		{[]string{"N", "u"}, "in child munlock a[2]"},
		{[]string{"v", "right", "n", "w"}, "in child touch a[2..3]"}, // and the same selection
		{[]string{"n", "p", "n"}, "in child mprotect a[2] none"},
		{[]string{"n", "a", "d"}, "in child madvise a[2] dontneed"},
		{[]string{"n", "m", "enter"}, "in child mmap c 64"}, // b would be taken for main's
		{[]string{"n", "R", "y"}, "reset"},
		{[]string{"tab", "r"}, "touch b[0] read"},
		{[]string{"tab", "tab", "r"}, "in child touch a[2] read"},
		{[]string{"tab", "tab", "tab", "tab", "r"}, "touch a[2] read"},
		{[]string{"shift+tab", "r"}, "in child touch b[0] read"},
	} {
		t.Run(strings.Join(tt.keys, " "), func(t *testing.T) {
			s := forked(t, 100, 30)
			s.press(tt.keys...)
			if s.last() != tt.want || !strings.Contains(s.text(), "❯ "+tt.want) {
				t.Errorf("submitted %q, want %q:\n%s", s.last(), tt.want, s.text())
			}
		})
	}
}

// What is typed runs in the process that the prompt names, but for what cannot.
func TestPaletteInAProcess(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"mlock a", "in child mlock a"},
		{"fork grandchild", "in child fork grandchild"},
		{"expect all a resident", "in child expect all a resident"},
		{"expect dead", "in child expect dead"},
		{"in main mlock a", "in main mlock a"},
		{"in child mlock a", "in child mlock a"},
		{"say hi", "say hi"},
		{"wait 1ms", "wait 1ms"},
		{"speed max", "speed max"},
		{"reset", "reset"},
	} {
		s := forked(t, 100, 30)
		s.press("n", ":")
		if !strings.Contains(s.text(), "\n  in child: ") && !strings.Contains(s.text(), "\n  in child:\n") {
			t.Fatalf("the prompt does not name the process:\n%s", s.text())
		}
		s.typeText(tt.typed)
		s.press("enter")
		if s.last() != tt.want {
			t.Errorf("%q submits %q, want %q", tt.typed, s.last(), tt.want)
		}
	}
	s := forked(t, 100, 30)
	s.press("n", ":")
	s.typeText("mlok a")
	s.press("enter")
	rows := strings.Split(s.text(), "\n")
	word := strings.Index(rows[s.part("prompt").Y], "mlok")
	if at := strings.Index(rows[s.part("status").Y], "^"); at != word {
		t.Errorf("the error is at column %d, its word at %d:\n%s", at, word, s.text())
	}
	s.press("ctrl+u")
	s.typeText("mlock b")
	s.press("tab")
	if got := s.m.Line(); got != "mlock b " {
		t.Errorf("the child's region is not completed: %q", got)
	}
}

func TestMouseInAnotherProcess(t *testing.T) {
	s := forked(t, 100, 30)
	x, y := s.pointIn(scene.Place{Proc: "child", Region: "a"}, 17)
	s.click(x, y)
	if got := s.m.Focus.Current; got != (scene.Place{Proc: "child", Region: "a"}) || s.m.Focus.Here().Cursor != 17 {
		t.Errorf("a click on child's a[17] goes to %v, page %d", got, s.m.Focus.Here().Cursor)
	}
	a := s.part("regions")
	s.click(a.X+3, a.Y+1)
	if got := s.m.Focus.Current; got != inMain("a") {
		t.Errorf("a click on the heading of main goes to %v", got)
	}
	s.click(a.X+3, a.Y+6)
	if got := s.m.Focus.Current; got != (scene.Place{Proc: "child", Region: "b"}) {
		t.Errorf("a click on child's b goes to %v", got)
	}
	s = newScreen(t, 100, 30, ui.Options{}, "mmap a 4096", "fork child")
	x, y = s.pointIn(scene.Place{Proc: "child", Region: "a"}, 0)
	s.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown})
	child := s.m.Focus.Of(scene.Place{Proc: "child", Region: "a"})
	if s.m.Focus.Current.Proc != "child" || child.Top != 48 {
		t.Errorf("the wheel over child leaves the cursor in %v, its first page at %d", s.m.Focus.Current, child.Top)
	}
	if main := s.m.Focus.Of(inMain("a")); main.Top != child.Top || main.Cursor != child.Cursor {
		t.Errorf("main shows pages from %d, child from %d", main.Top, child.Top)
	}
}

func TestDeadChild(t *testing.T) {
	s := forked(t, 100, 30)
	s.run("in child kill SIGKILL")
	if text := s.text(); !strings.Contains(text, "killed by SIGKILL") || strings.Contains(text, "Press") || strings.Contains(text, "child · a ─") {
		t.Errorf("what died and what lives is not told apart:\n%s", text)
	}
	s.press("n")
	for _, want := range []string{"child was killed by SIGKILL. What was seen stays. Press n for the next, R to reset.", "child · a ─", "× "} {
		if !strings.Contains(strings.ReplaceAll(s.text(), "✕", "×"), want) {
			t.Errorf("%q is missing:\n%s", want, s.text())
		}
	}
	s.press("w")
	if want := "child was killed by SIGKILL: press n for the next process, or R for a fresh subject."; !strings.Contains(s.text(), want) || s.last() != "" {
		t.Errorf("submitted %q:\n%s", s.last(), s.text())
	}
	s.press("R")
	if s.m.Mode() != "menu" || !strings.Contains(s.text(), "Reset ends all 2 processes and their regions:") {
		t.Errorf("R does not ask although main lives:\n%s", s.text())
	}
	s.press("n", "n", "w")
	if s.last() != "touch a[2]" {
		t.Errorf("after n the keys act as %q", s.last())
	}
	s.run("fork child")
	if got := []string{s.m.State.Procs[0].Name, s.m.State.Procs[1].Name}; len(s.m.State.Procs) != 2 || got[1] != "child" {
		t.Fatalf("processes after the name was taken again: %v", got)
	}
	if text := s.text(); strings.Contains(text, "─ killed") || !strings.Contains(text, "child · a ─") {
		t.Errorf("the new child is not shown:\n%s", text)
	}
}

func TestWhyAChildDied(t *testing.T) {
	s := forked(t, 140, 40)
	cause := model.Died{Proc: "child", Signal: "SIGKILL", Cause: "the OOM killer: its memory cgroup is over 8M"}
	s.tell(cause)
	if want := "# child was killed by SIGKILL (the OOM killer: its memory cgroup is over 8M)"; !strings.Contains(s.text(), want) {
		t.Errorf("%q is missing:\n%s", want, s.text())
	}
	s.press("n")
	if want := "child was killed by SIGKILL (the OOM killer: its memory cgroup is over 8M). What was seen stays."; !strings.Contains(s.text(), want) {
		t.Errorf("%q is missing:\n%s", want, s.text())
	}
}

// A reset leaves nothing of the children.
func TestResetEndsChildren(t *testing.T) {
	s := forked(t, 100, 30)
	s.press("n", "R", "y")
	if s.m.Focus.Current.Proc != model.Main || strings.Contains(s.text(), "child") && !strings.Contains(callsText(s), "child") {
		t.Errorf("in %v:\n%s", s.m.Focus.Current, s.text())
	}
	if len(s.m.Focus.Regions) != 0 {
		t.Errorf("views of %v stay", s.m.Focus.Regions)
	}
}

func TestProcessWithoutRegions(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "fork child", "in child munmap a")
	s.press("n")
	if want := "child has no region. Press m to map one."; !strings.Contains(s.text(), want) {
		t.Errorf("%q is missing:\n%s", want, s.text())
	}
	s.press("l")
	if want := "child has no region: press m to map one, or n for the next process."; !strings.Contains(s.text(), want) {
		t.Errorf("%q is missing:\n%s", want, s.text())
	}
	s.press("tab")
	if s.m.Focus.Current != inMain("a") {
		t.Errorf("tab goes to %v", s.m.Focus.Current)
	}
	s.press("N", "m", "enter")
	if s.m.Focus.Current != (scene.Place{Proc: "child", Region: "b"}) || s.last() != "in child mmap b 64" {
		t.Errorf("m submits %q and shows %v", s.last(), s.m.Focus.Current)
	}
}

func TestMetersAreOfTheProcess(t *testing.T) {
	s := forked(t, 100, 30)
	row := func() string {
		a := s.part("meters")
		return strings.Join(strings.Split(s.text(), "\n")[a.Y:a.Y+a.H], "\n")
	}
	if !strings.Contains(row(), "24K of 8M") || !strings.Contains(strings.Split(s.text(), "\n")[0], "main  pid 48213") {
		t.Errorf("of main:\n%s", s.text())
	}
	s.press("n")
	if !strings.Contains(row(), " 0B of 8M") || !strings.Contains(row(), "2 minor") || !strings.Contains(strings.Split(s.text(), "\n")[0], "child  pid 48214") {
		t.Errorf("of child:\n%s", s.text())
	}
	wide := newScreen(t, 200, 50, ui.Options{}, "mmap a 64")
	wide.lab.system = model.System{CommitLimit: 12 << 30, Committed: 3 << 30, Overcommit: 2}
	wide.press("w")
	if !strings.Contains(wide.text(), "system committed 3G of 12G, overcommit mode 2") {
		t.Errorf("what is promised is missing:\n%s", strings.Split(wide.text(), "\n")[2])
	}
	wide.lab.system.Overcommit = 0
	wide.press("w")
	if text := wide.text(); !strings.Contains(text, "system committed 3G, overcommit mode 0 (limit 12G: mode 2 only)") {
		t.Errorf("a limit that does not bind:\n%s", strings.Split(text, "\n")[2])
	}
	two := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	two.lab.system = wide.lab.system
	two.press("w")
	if text := two.text(); !strings.Contains(text, " committed 3G ") {
		t.Errorf("what is promised is missing:\n%s", text)
	}
}
