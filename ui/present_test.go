package ui_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/panel"
	"incore/ui/scene"
)

// talk is a file of prepared commands.
func talk(t testing.TB, text string) []lang.Line {
	lines, err := lang.ParseScript("talk.incore", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

const talkText = `say 'Sixty-four pages, none of them in memory yet.'
mmap a 64
touch a[0..9]
mlock a[4..15]
expect all a[0..3] locked
mprotect a[2..3] none
`

func TestPresenterGolden(t *testing.T) {
	for _, size := range []struct{ w, h int }{{40, 12}, {80, 24}, {200, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			s := newScreen(t, size.w, size.h, ui.Options{ReducedMotion: true, Presenter: true, Steps: talk(t, talkText)})
			s.press("pgdown", ".", ".")
			golden(t, fmt.Sprintf("presenter-%dx%d", size.w, size.h), s.text())
		})
	}
	t.Run("ascii", func(t *testing.T) {
		s := newScreen(t, 80, 24, ui.Options{ReducedMotion: true, Presenter: true, ASCII: true, Steps: talk(t, talkText)})
		s.press(".", ".")
		golden(t, "presenter-ascii", s.text())
	})
}

// At every size there is the caption, the grid and the keys, and nothing lies on another.
func TestPresenterFits(t *testing.T) {
	for _, size := range []struct{ w, h int }{{30, 10}, {40, 12}, {56, 16}, {60, 20}, {80, 24}, {100, 30}, {120, 36}, {200, 50}, {400, 120}} {
		for _, script := range [][]string{{"mmap a 64"}, {"mmap a 64", "mmap b 300", "say '" + strings.Repeat("many words ", 60) + "'"}, forkScript} {
			s := newScreen(t, size.w, size.h, ui.Options{Presenter: true, Steps: talk(t, talkText)}, script...)
			var areas []canvas.Area
			for _, name := range []string{"title", "caption", "grid", "calls", "keys", "legend", "prompt", "pressed"} {
				a := s.part(name)
				if areas = append(areas, a); len(areas) <= 5 && a.Empty() { // these are always there
					t.Errorf("%dx%d: no %s", size.w, size.h, name)
				}
			}
			if len(s.m.Plan.Blocks) == 0 {
				t.Errorf("%dx%d: no pages", size.w, size.h)
			}
			for i, a := range areas {
				if a.Y+a.H > size.h || a.X+a.W > size.w || a.X < 0 || a.Y < 0 {
					t.Errorf("%dx%d: area %d, %+v, is outside", size.w, size.h, i, a)
				}
				for k, b := range areas[:i] {
					if !a.Empty() && !b.Empty() && a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
						t.Errorf("%dx%d: areas %d and %d overlap: %+v, %+v", size.w, size.h, k, i, b, a)
					}
				}
			}
			for _, key := range []string{":", "esc", "p", "esc", "?", "esc", ".", "z", "Z", "Z", "Z", "P", "P"} {
				s.press(key)
			}
		}
	}
}

// From 80x24 on all of 64 pages are on the screen, and larger than they else are.
func TestPresenterShowsAll(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {100, 30}, {120, 36}, {160, 40}, {200, 50}, {400, 120}} {
		s := newScreen(t, size.w, size.h, ui.Options{Presenter: true}, "mmap a 64")
		b := s.m.Block()
		if b == nil || b.Rows*s.m.Plan.PerRow < 64 || s.m.Plan.Cell.W < 3 || s.m.Plan.Cell.H < 2 {
			t.Errorf("%dx%d: %+v, %d a row of %+v", size.w, size.h, b, s.m.Plan.PerRow, s.m.Plan.Cell)
		}
	}
}

// P leaves the screen as it found it.
func TestPresenterToggles(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, richScript...)
	before := s.picture()
	s.press("P")
	if s.m.Plan.Scale.Zoom != scene.ZoomBig || !strings.Contains(s.text(), "▄▄▄") || s.picture() == before {
		t.Errorf("after P:\n%s", s.text())
	}
	s.press("P")
	if s.picture() != before {
		t.Errorf("after P P:\n%s", s.text())
	}
	s.press("Z")
	zoomed := s.m.Plan.Scale
	s.press("P", "z", "P")
	if s.m.Plan.Scale != zoomed {
		t.Errorf("the zoom chosen before is not that after:\n%s", s.text())
	}
}

// One press is one command, as it stands in the file.
func TestSteps(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true, Steps: talk(t, talkText)})
	steps := talk(t, talkText)
	for i, want := range []string{"say Sixty-four pages, none of them in memory yet.", "mmap a 64", "touch a[0..9]"} {
		if next := steps[i].Command.String(); !strings.Contains(s.text(), ". "+next) {
			t.Errorf("before step %d %q is not told:\n%s", i, next, s.text())
		}
		s.press(".")
		if len(s.lab.submitted) != i+1 || s.last() != want {
			t.Fatalf("step %d ran %v", i, s.lab.submitted)
		}
	}
	if s.press("pgdown"); len(s.lab.submitted) != 3 {
		t.Error("pgdown acts where nobody presents")
	}
	s.press("P", "pgdown", "pgdown")
	if s.last() != "expect all a[0..3] locked" {
		t.Errorf("pgdown ran %q", s.last())
	}
	s.press(".")
	if n := len(s.lab.submitted); n != 6 || !strings.Contains(s.text(), "6 of 6  . the end") {
		t.Errorf("after %d commands:\n%s", n, s.text())
	}
	s.press(".")
	if n := len(s.lab.submitted); n != 6 || !strings.Contains(s.text(), "That was the last of 6 prepared commands.") {
		t.Errorf("behind the end %d commands have run:\n%s", n, s.text())
	}
	s = newScreen(t, 100, 30, ui.Options{}, "mmap a 4")
	s.press(".")
	if len(s.lab.submitted) != 0 || !strings.Contains(s.text(), "incore --commands FILE") {
		t.Errorf("without prepared commands:\n%s", s.text())
	}
	// A click on the command that comes is a press.
	s = newScreen(t, 100, 30, ui.Options{Steps: talk(t, talkText)})
	p := s.part("prompt")
	s.send(tea.MouseClickMsg{X: p.X + p.W - 2, Y: p.Y, Button: tea.MouseLeft})
	if len(s.lab.submitted) != 1 {
		t.Errorf("the click ran %v", s.lab.submitted)
	}
}

// What a room reads: what was said, what was done, and why it failed.
func TestCaption(t *testing.T) {
	shown := func(s *screen) string {
		a := s.part("caption")
		rows := strings.Split(s.text(), "\n")[a.Y : a.Y+a.H]
		return strings.Join(strings.Fields(strings.ReplaceAll(strings.Join(rows, " "), "▌", "")), " ")
	}
	s := newScreen(t, 100, 30, ui.Options{Presenter: true, ReducedMotion: true}, "mmap a 64")
	for _, tt := range []struct{ command, want string }{
		{"touch a[0..1]", "Wrote a[0..1]: 2 page faults, 8K more in memory."},
		{"touch a[0..1] read", "Read a[0..1]: no page fault."},
		{"say 'Now it is locked.'", "Now it is locked."},
		{"mlock a[0..1]", "Now it is locked. Locked a[0..1]: 8K more locked."},
		{"say ''", ""},
		{"mlock zz", "Not done: mlock zz: no such region: zz."},
	} {
		c, err := lang.Parse(tt.command)
		if err != nil {
			t.Fatal(err)
		}
		s.lab.Submit(c)
		s.pump()
		if got := shown(s); got != tt.want {
			t.Errorf("after %s the caption is\n%q, want\n%q", tt.command, got, tt.want)
		}
	}
	s.tell(model.Checked{Time: s.m.State.Time + 1, Expect: "expect all a locked", Got: "a[2] is unlocked"})
	if got, want := shown(s), "Expect all a locked: does not hold. A[2] is unlocked."; !strings.EqualFold(got, want) {
		t.Errorf("the caption is %q", got)
	}
	s.press("R", "y")
	if got := shown(s); strings.Contains(got, "zz") || strings.Contains(got, "holds") {
		t.Errorf("after reset the caption is %q", got)
	}
}

func TestCallWords(t *testing.T) {
	for _, tt := range []struct {
		e    model.Event
		want string
	}{
		{model.Event{Command: parsed("mlock a"), Call: "mlock", Errno: "ENOMEM", ErrText: "Cannot allocate memory"}, "Could not lock a: ENOMEM, cannot allocate memory."},
		{model.Event{Command: parsed("touch a[9]"), Call: "touch", Signal: &model.Signal{Name: "SIGSEGV", Code: "SEGV_ACCERR"}}, "Could not write a[9]: SIGSEGV (SEGV_ACCERR)."},
		{model.Event{Command: parsed("in child touch a[1] read"), Call: "touch", Major: 1}, "child: Read a[1]: 1 major page fault."},
		{model.Event{Command: parsed("touch a exec"), Call: "touch", Major: 2, Minor: 1, RSS: 12288}, "Ran a: 1 minor page fault, 2 major ones, 12K more in memory."},
		{model.Event{Command: parsed("munlock a"), Call: "munlock", VmLck: -4096}, "Unlocked a: 4K less locked."},
		{model.Event{Command: parsed("mincore a"), Call: "mincore", Result: "12 of 64 resident"}, "Mincore a: 12 of 64 resident."},
		{model.Event{Command: parsed("mprotect a[2..3] none"), Call: "mprotect"}, "Made a[2..3] none."},
		{model.Event{Command: parsed("brk +4"), Call: "brk"}, "Brk +4: done."},
		{model.Event{Command: parsed("madvise a dontneed"), Call: "madvise", RSS: -4096}, "Advised dontneed for a: 4K less in memory."},
	} {
		if got := panel.CallWords(&tt.e, nil); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.e.Command, got, tt.want)
		}
	}
}

// What is about a process says what became of it; where a signal was the answer, it is said.
func TestProcessWords(t *testing.T) {
	killed := func(signal string) *model.Died { return &model.Died{Proc: "main", Signal: signal} }
	const dead = "no answer: the subject is dead, killed by SIGSEGV; reset starts a fresh one"
	of := func(pages uint64, b model.Backing) *model.RegionInfo {
		return &model.RegionInfo{Name: "k", Len: pages * pageSize, Backing: b}
	}
	for _, tt := range []struct {
		e     model.Event
		death *model.Died
		want  string
	}{
		{model.Event{Command: parsed("fork kid"), Call: "clone", Result: "kid", Minor: 3}, nil, "Forked kid: a child process with the same pages."},
		{model.Event{Command: parsed("kill SIGKILL"), Call: "kill"}, killed("SIGKILL"), "main was killed by SIGKILL."},
		{model.Event{Command: parsed("kill SIGCHLD"), Call: "kill", Result: "ignored"}, killed("SIGKILL"), "SIGCHLD was sent to main: ignored."},
		{model.Event{Command: parsed("kill SIGBUS"), Call: "kill", Signal: &model.Signal{Name: "SIGBUS"}}, nil, "SIGBUS was sent to main, which has a handler for it."},
		{model.Event{Command: parsed("exit 3"), Call: "exit_group"}, &model.Died{Code: 3}, "main exited with 3."},
		{model.Event{Command: parsed("exec"), Call: "execve", RSS: -4096}, nil, "Ran a fresh program, nothing of before is mapped: 4K less in memory."},
		{model.Event{Command: parsed("signal SIGSEGV die"), Call: "rt_sigaction"}, nil, "SIGSEGV ends main from now on."},
		{model.Event{Command: parsed("signal SIGSEGV"), Call: "rt_sigaction"}, nil, "SIGSEGV does not end main from now on: it has a handler."},
		{model.Event{Command: parsed("setrlimit memlock 64K"), Call: "prlimit64"}, nil, "Set RLIMIT_MEMLOCK to 64K."},
		{model.Event{Command: parsed("touch k[1]"), Call: "touch", Refused: dead}, killed("SIGSEGV"), "Could not write k[1]: main was killed by SIGSEGV."},
		{model.Event{Command: parsed("touch k[1]"), Refused: "main is dead"}, killed("SIGSEGV"), "Not done: touch k[1]: main is dead."},
		{model.Event{Command: parsed("mmap k 64"), Call: "mmap", Mapped: of(64, model.Anon)}, nil, "Mapped k: 64 pages, none in memory."},
		{model.Event{Command: parsed("mmap k 1 populate"), Call: "mmap", Mapped: of(1, model.Anon), Minor: 1, RSS: 4096}, nil, "Mapped k: 1 page, 1 page fault, 4K more in memory."},
		{model.Event{Command: parsed("mmap k 2 file /etc/hosts r"), Call: "mmap", Mapped: of(2, model.FileOf)}, nil, "Mapped k: 2 pages."},
		{model.Event{Command: parsed("mmap k 2 alias b"), Call: "mmap", Mapped: of(2, model.Memfd)}, nil, "Mapped k: 2 pages."},
	} {
		p := &model.Process{Name: model.Main, PageSize: pageSize, Death: tt.death}
		if got := panel.CallWords(&tt.e, p); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.e.Command, got, tt.want)
		}
	}
}

// A pressed key is shown with the command it made, and goes after a while, or, with reduced
// motion, when another one comes.
func TestPressedKey(t *testing.T) {
	corner := func(s *screen) string {
		p := s.part("pressed")
		row := []rune(strings.Split(s.text(), "\n")[p.Y+1])
		return strings.TrimSpace(string(row[p.X:min(len(row), p.X+p.W)]))
	}
	s := newScreen(t, 100, 30, ui.Options{Presenter: true}, "mmap a 64")
	s.press("w")
	if corner(s) != "w" || !strings.Contains(s.text(), "❯ touch a[0]") {
		t.Errorf("after w:\n%s", s.text())
	}
	first := s.m.KeyTick()
	s.press("right")
	if corner(s) != "→" {
		t.Errorf("after an arrow %q is shown", corner(s))
	}
	s.send(first)
	if corner(s) != "→" {
		t.Error("the tick of the key before took this one away")
	}
	if s.send(s.m.KeyTick()); corner(s) != "" {
		t.Errorf("%q is still shown", corner(s))
	}
	// What is typed is seen where it is typed, and a key that nothing is bound to is none.
	s.press(":")
	s.send(s.m.KeyTick())
	s.typeText("mlock a")
	if corner(s) != "" {
		t.Errorf("typing shows %q", corner(s))
	}
	if s.press("enter"); corner(s) != "enter" || s.last() != "mlock a" {
		t.Errorf("after enter %q is shown, %q ran", corner(s), s.last())
	}
	s.send(s.m.KeyTick())
	if s.press("F"); corner(s) != "" {
		t.Errorf("a key without a meaning shows %q", corner(s))
	}
	s = newScreen(t, 100, 30, ui.Options{Presenter: true, ReducedMotion: true}, "mmap a 64")
	if s.press("right"); s.cmd != nil || corner(s) != "→" {
		t.Errorf("with reduced motion a clock runs, or %q is shown", corner(s))
	}
	s = newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	if s.press("w"); !s.part("pressed").Empty() {
		t.Error("a key is shown where nobody presents")
	}
}

// In presenter mode every cell has a background of its own, in colors.
func TestPresenterPaints(t *testing.T) {
	for _, tt := range []struct {
		opts    ui.Options
		painted bool
	}{
		{ui.Options{Presenter: true}, true},
		{ui.Options{Presenter: true, Colors: canvas.Color16}, false}, // the user's own theme decides
		{ui.Options{Theme: look.Themes()[1], Colors: canvas.Color16}, true},
		{ui.Options{Presenter: true, Colors: canvas.NoColor}, false},
		{ui.Options{}, false},
		{ui.Options{Theme: look.Themes()[1]}, true},
		{ui.Options{Theme: look.Themes()[1], Colors: canvas.NoColor}, false},
	} {
		s := newScreen(t, 80, 24, tt.opts, "mmap a 64", "mlock a[0..3]")
		for i, c := range s.m.Canvas.Cells {
			if painted := c.BG != 0 && c.FG != 0; painted != tt.painted && (tt.painted || c == canvas.Blank) {
				t.Errorf("%+v: cell %d is %+v", tt.opts, i, c)
				break
			}
		}
	}
}

// t goes through the themes and names the one that it has come to.
func TestNextTheme(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "touch a")
	first := s.picture()
	for _, th := range append(look.Themes()[1:], look.DefaultTheme()) {
		s.press("t")
		if s.m.Look.Kinds[look.Anon] != canvas.RGB(th.Hues[look.HueAnon].Dark) || !strings.Contains(s.text(), "theme "+th.Name) {
			t.Errorf("%s:\n%s", th.Name, s.text())
		}
	}
	if s.press("right", "left"); s.picture() != first {
		t.Error("the default theme is not what it was")
	}
}
