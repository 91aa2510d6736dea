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
)

// late is what can happen between a frame and the key that is pressed at it.
type late struct {
	name     string
	commands []string // what other commands do
	items    func(*screen) []model.Item
	same     bool // what keys are about is what it was
	named    bool // only what is about b by its name is
	bare     bool // nothing is left to be about
}

// lateIn are the things that happen to region b of a process, whose cursor is on b[0].
func lateIn(proc string) []late {
	in := ""
	if proc != model.Main {
		in = "in " + proc + " "
	}
	all := []late{
		{name: "nothing", commands: []string{in + "touch b[9]", "say hello"}, same: true},
		{name: "another region is gone", commands: []string{in + "munmap a"}, same: true},
		{name: "another page is gone", commands: []string{in + "munmap b[9]"}, same: true},
		{name: "the region is gone", commands: []string{in + "munmap b"}},
		{name: "all regions are gone", commands: []string{in + "munmap b", in + "munmap a"}, bare: true},
		{name: "the page is gone", commands: []string{in + "munmap b[0]"}},
		{name: "the region is another one", commands: []string{in + "munmap b", in + "mmap b 64"}},
		{name: "the region is another one, smaller", commands: []string{in + "munmap b", in + "mmap b 1"}},
		{name: "a new region", commands: []string{in + "mmap c 8"}, named: true},
		{name: "reset", commands: []string{"reset"}, bare: true},
		{name: "reset, and the same regions", commands: []string{"reset", "mmap a 64", "mmap b 64"}},
		{name: "the process is dead", commands: []string{in + "kill SIGKILL"}, bare: true},
		{name: "exec", items: func(s *screen) []model.Item {
			return []model.Item{model.Event{Seq: 900, Proc: proc, Command: parsed(in + "exec"), Call: "execve", Gone: []string{"a", "b"}}}
		}},
		{name: "exec, and the same regions", items: func(s *screen) []model.Item {
			p := s.m.State.Process(proc)
			a, b := p.Region("a").RegionInfo, p.Region("b").RegionInfo
			return []model.Item{model.Event{Seq: 900, Proc: proc, Call: "execve", Gone: []string{"a", "b"}},
				model.Event{Seq: 901, Proc: proc, Call: "mmap", Mapped: &a}, model.Event{Seq: 902, Proc: proc, Call: "mmap", Mapped: &b}}
		}},
		{name: "the region has moved", items: func(s *screen) []model.Item {
			b := s.m.State.Process(proc).Region("b").RegionInfo
			b.Base += 1 << 30
			return []model.Item{model.Event{Seq: 900, Proc: proc, Call: "mremap", Mapped: &b}}
		}},
	}
	if proc != model.Main {
		all = append(all, late{name: "the name is another process's", commands: []string{in + "kill SIGKILL", "fork " + proc}})
	}
	return all
}

func (l *late) happen(s *screen) {
	if l.items != nil {
		s.tell(l.items(s)...)
	}
	for _, line := range l.commands {
		c, err := lang.Parse(line)
		if err != nil {
			s.t.Fatal(err)
		}
		s.lab.Submit(c)
	}
	s.pump()
	s.lab.submitted = nil
}

// intentScreen is a screen whose cursor is on b[0] of a process.
func intentScreen(t testing.TB, proc string, prepare ...string) *screen {
	script := []string{"mmap a 64", "mmap b 64"}
	if proc != model.Main {
		script = append(script, "fork "+proc)
	}
	steps := talk(t, "touch b[0]\ntouch b[1]\n")
	if proc != model.Main {
		steps = talk(t, "in "+proc+" touch b[0]\nin "+proc+" touch b[1]\n")
	}
	opts := ui.Options{ReducedMotion: true, Steps: steps}
	if len(prepare) > 0 && strings.HasPrefix(prepare[0], "lesson") {
		opts.Lessons = smallLesson(t)
	}
	s := newScreen(t, 60, 16, opts, script...)
	if proc != model.Main {
		s.press("n")
	}
	for _, line := range prepare {
		if text, ok := strings.CutPrefix(line, "type "); ok {
			s.typeText(text)
			continue
		}
		switch line {
		case "lessons":
			s.on("L")
			continue
		case "lesson": // at its question, with the same regions
			s.takes()
			s.on("space", "space", "space", "space")
			for _, line := range append(script[1:], "touch b[0]") {
				s.do(line)
			}
			continue
		}
		s.press(line)
	}
	s.lab.submitted = nil
	return s
}

// holds are the ways in which a frame can be older than the state.
var holds = map[string]func(*screen){
	"paused": func(s *screen) {},
	"not drawn yet": func(s *screen) {
		s.at = s.at.Add(time.Second)
		for range ui.Burst { // as many screens as may follow each other, of the state as it is
			s.send(ui.ItemsMsg([]model.Item{model.Running{}}, s.at.Add(-time.Millisecond)))
		}
	},
}

// actor reports whether a key makes a command of what the screen shows. Where it is one of the grid, gridKeys has the command.
func actor(mode, key string) bool {
	acts := key == "p" || key == "a" || key == "." || strings.Contains(gridKeys[key].command, "a[18]")
	return mode == "grid" && acts || mode == "menu" && key == "enter"
}

// intentModes are how each mode is entered.
var intentModes = map[string][]string{
	"grid": nil, "palette": {":", "type touch b[0]"}, "menu": {"p", "right"}, "help": {"?"}, "call": {"enter"}, "space": {"s"}, "page": {"i"}, "go": {"g", "type b[0]"}, "find": {"/", "type touch"}, "lesson": {"lesson"}, "hands": {"lesson", "#"}, "lessons": {"lessons"},
}

// A key acts on what the screen shows or on nothing: whatever happens between the frame and the key,
// for every key of every mode, there is neither a panic nor a command about something else.
func TestKeysActOnWhatIsShown(t *testing.T) {
	for _, proc := range []string{model.Main, "kid"} {
		for how, hold := range holds {
			for _, l := range lateIn(proc) {
				t.Run(fmt.Sprint(proc, "/", how, "/", l.name), func(t *testing.T) {
					for _, row := range ui.Keys() {
						enter := row.Mode == "palette" && row.Names[0] == "enter"
						if actor(row.Mode, row.Names[0]) || enter || proc == model.Main && l.bare { // the others must only live on
							checkAim(t, proc, row.Mode, row.Names[0], how, hold, &l)
						}
					}
				})
			}
		}
	}
}

func checkAim(t *testing.T, proc, mode, key, how string, hold func(*screen), l *late) {
	t.Helper()
	prepare := intentModes[mode]
	lesson := strings.HasPrefix(mode, "lesson") || mode == "hands"
	paused := how == "paused" && mode != "menu" && !lesson // there is no menu in a pause, and a lesson ends it
	if paused {
		prepare = append([]string{"space"}, prepare...)
	}
	s := intentScreen(t, proc, prepare...)
	if got := s.m.Mode(); got != mode && (mode != "lesson" || got != "grid" || s.m.Lesson() == nil) || s.m.Paused() != paused {
		t.Fatalf("the screen is in mode %s, paused %t", s.m.Mode(), s.m.Paused())
	}
	shown := s.picture()
	hold(s)
	l.happen(s)
	if s.m.Picture() != shown && mode == "grid" && (paused || how != "paused") {
		t.Fatal("what happened is drawn")
	}
	s.press(key)
	sent := fmt.Sprint(s.lab.submitted)
	typed := mode == "palette" && key == "enter"
	step := mode == "grid" && key == "."
	switch {
	case lesson: // its keys are about the lesson, which begins a fresh subject where it has to
	case (typed || step) && l.named:
	case key == "S" && mode == "grid", key == "R" && mode == "grid", (typed || step) && !paused:
		// the pace is of the session, R asks first, what was typed is done as it stands
	case !l.same && len(s.lab.submitted) > 0:
		t.Errorf("%s in mode %s submits %s", key, mode, sent)
	case l.same && (actor(mode, key) || typed) && s.m.Mode() != "menu" && (len(s.lab.submitted) != 1 || !strings.Contains(sent, "b[0]")):
		t.Errorf("%s in mode %s submits %s", key, mode, sent)
	case !l.same && actor(mode, key) && !s.failed():
		t.Errorf("%s in mode %s does nothing and says %q", key, mode, s.said())
	case !l.same && typed && s.m.Mode() == "palette" && !strings.Contains(s.text(), "Nothing was done"):
		t.Errorf("%s in mode %s does nothing and says nothing", key, mode)
	}
	// One frame later the keys are about what is then shown, where no pause holds it.
	if s.redraw(); s.m.Mode() == "grid" && !s.m.Paused() {
		if s.press("c"); strings.HasPrefix(s.said(), "Nothing was done") {
			t.Errorf("a frame later c says %q", s.said())
		}
	}
}

// The same of whatever can be clicked.
func TestClicksActOnWhatIsShown(t *testing.T) {
	for how, hold := range holds {
		for md, prepare := range intentModes {
			if how == "paused" && md != "menu" && !strings.HasPrefix(md, "lesson") && md != "hands" {
				prepare = append([]string{"space"}, prepare...)
			}
			for _, l := range lateIn(model.Main) {
				if l.same || l.named {
					continue
				}
				for i := range len(intentScreen(t, model.Main, prepare...).m.Hits) {
					s := intentScreen(t, model.Main, prepare...)
					h := s.m.Hits[i]
					hold(s)
					l.happen(s)
					s.send(tea.MouseClickMsg{X: h.X, Y: h.Y, Button: tea.MouseLeft})
					s.pump()
					for _, c := range s.lab.submitted {
						_, pace := c.(lang.Speed)
						if md == "lesson" && slices.Contains([]string{"reset", "ask", "mmap", "touch"}, c.Verb()) {
							continue // the lesson's own, as with its keys
						}
						typed := md == "palette" && how != "paused"
						step := md == "grid" && how != "paused" && strings.HasPrefix(c.String(), "touch b[0]") && strings.Contains(s.text(), ". touch b[1]")
						if !pace && !typed && !step {
							t.Errorf("%s, mode %s, %s: a click at %d,%d submits %v", how, md, l.name, h.X, h.Y, c)
						}
					}
				}
			}
		}
	}
}

// What is said names what has changed, and the next key is about what the screen then shows.
func TestKeySaysWhatHasChanged(t *testing.T) {
	for _, tt := range []struct{ late, want string }{
		{"munmap b", "Nothing was done: b is gone. The picture goes on."},
		{"munmap b[0]", "Nothing was done: pages of b are gone. The picture goes on."},
		{"reset", "Nothing was done: this is a fresh subject. The picture goes on."},
		{"mmap c 8", "Nothing was done: the cursor is in c now. The picture goes on."},
		{"kill SIGKILL", "Nothing was done: main was killed by SIGKILL. The picture goes on."},
	} {
		s := intentScreen(t, model.Main, "space")
		s.do(tt.late)
		s.lab.submitted = nil
		s.press("d")
		if len(s.lab.submitted) > 0 || s.said() != tt.want {
			t.Errorf("d after %s submits %v:\n%s", tt.late, s.lab.submitted, s.text())
		}
	}
	s := intentScreen(t, model.Main, "V", "space")
	s.do("munmap b")
	s.press("d", "w")
	if s.last() != "touch a[0]" {
		t.Errorf("the second key submits %q", s.last())
	}
}

// A menu is about what was selected when it opened.
func TestMenuOutlivedByItsRegion(t *testing.T) {
	for _, l := range lateIn(model.Main) {
		for _, key := range []string{"r", "enter"} {
			s := intentScreen(t, model.Main, "p")
			l.happen(s)
			if s.press(key); l.same != (len(s.lab.submitted) == 1) || s.m.Mode() != "grid" {
				t.Errorf("%s: %s submits %v", l.name, key, s.lab.submitted)
			}
		}
	}
	s := intentScreen(t, model.Main, "R", "right")
	s.do("fork kid")
	s.lab.submitted = nil
	if s.press("enter"); len(s.lab.submitted) > 0 || s.said() != "Nothing was done: kid is new." {
		t.Errorf("reset with a process that the question did not tell of: %v\n%s", s.lab.submitted, s.text())
	}
}

// A line that is typed in a pause stays where it would reach something else, and enter runs it then.
func TestPaletteAfterAPause(t *testing.T) {
	s := intentScreen(t, model.Main, "space", ":", "type munmap b")
	s.do("munmap b")
	s.do("mmap b 8")
	s.lab.submitted = nil
	if s.press("enter"); len(s.lab.submitted) > 0 || s.m.Mode() != "palette" || !strings.Contains(s.text(), "Nothing was done: b was mapped anew") {
		t.Errorf("enter submits %v:\n%s", s.lab.submitted, s.text())
	}
	if s.press("enter"); s.last() != "munmap b" {
		t.Errorf("enter once more submits %q", s.last())
	}
	// The prompt names the process; a mapping of another one takes nobody there who types.
	s = intentScreen(t, model.Main, "type :fork kid", "enter", ":", "type touch b")
	s.do("in kid mmap c 8")
	if s.press("enter"); s.last() != "touch b" {
		t.Errorf("enter submits %q", s.last())
	}
}

// esc stops what is shown to run, and nothing else.
func TestStopsWhatIsShown(t *testing.T) {
	s := intentScreen(t, model.Main)
	run := func(c string) { s.tell(model.Running{Command: parsed(c)}) }
	run("touch b at 1/s")
	s.press("space")
	run("touch a")
	if s.press("esc"); s.lab.interrupted != 0 || s.said() != "Nothing was done: touch b at 1/s has ended, and touch a runs. The picture goes on." {
		t.Errorf("esc interrupts %d times:\n%s", s.lab.interrupted, s.text())
	}
	if s.press("esc"); s.lab.interrupted != 1 {
		t.Error("esc does not stop what is shown")
	}
}

// Whoever looks at a page bit by bit may move when its region is gone.
func TestPageViewWithoutARegion(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("i")
	s.do("munmap a")
	s.press("left", "right", "up", "down", "h", "j", "k", ";", "pgdown", "esc")
	if !strings.Contains(s.text(), "Press m to map one") {
		t.Errorf("in the grid:\n%s", s.text())
	}
}
