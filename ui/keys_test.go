package ui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/look"
	"incore/ui/scene"
)

// The cursor is on a[18], a row of 16 pages, a region of 64, before a second one of 300.
var gridKeys = map[string]struct {
	command string               // what is submitted
	check   func(*ui.Model) bool // what else must be so
}{
	"left":  {check: cursorAt(17)},
	"h":     {check: cursorAt(17)},
	"right": {check: cursorAt(19)},
	";":     {check: cursorAt(19)},
	"up":    {check: cursorAt(2)},
	"k":     {check: cursorAt(2)},
	"down":  {check: cursorAt(34)},
	"j":     {check: cursorAt(34)},
	"home":  {check: cursorAt(16)},
	"0":     {check: cursorAt(16)},
	"end":   {check: cursorAt(31)},
	"$":     {check: cursorAt(31)},
	"pgup":  {check: cursorAt(0)},
	// All four rows of the region are on the screen.
	"pgdown":      {check: cursorAt(63)},
	"g":           {check: func(m *ui.Model) bool { return m.Mode() == "go" }},
	"/":           {check: func(m *ui.Model) bool { return m.Mode() == "find" }},
	"ctrl+home":   {check: cursorAt(0)},
	"ctrl+end":    {check: cursorAt(63)},
	"G":           {check: cursorAt(63)},
	"tab":         {check: func(m *ui.Model) bool { return m.Focus.Current.Region == "buf" }},
	"shift+tab":   {check: func(m *ui.Model) bool { return m.Focus.Current.Region == "buf" }},
	"n":           {check: says("There is one process: type fork child to make another.")},
	"N":           {check: says("There is one process: type fork child to make another.")},
	"[":           {check: func(m *ui.Model) bool { return m.Log().Back == 1 }},
	"]":           {check: func(m *ui.Model) bool { return m.Log().Back == 0 }},
	"shift+left":  {check: selects(17, 18)},
	"H":           {check: selects(17, 18)},
	"shift+right": {check: selects(18, 19)},
	"L":           {check: says("There are no lessons here.")},
	"shift+up":    {check: selects(2, 18)},
	"K":           {check: selects(2, 18)},
	"shift+down":  {check: selects(18, 34)},
	"J":           {check: selects(18, 34)},
	"v":           {check: selects(18, 18)},
	"V":           {check: selects(0, 63)},
	"ctrl+a":      {check: selects(0, 63)},
	"r":           {command: "touch a[18] read"},
	"w":           {command: "touch a[18]"},
	"x":           {command: "touch a[18] exec"},
	"l":           {command: "mlock a[18]"},
	"o":           {command: "mlock2 a[18] onfault"},
	"u":           {command: "munlock a[18]"},
	"c":           {command: "mincore a[18]"},
	"d":           {command: "munmap a[18]"},
	"p": {check: func(m *ui.Model) bool {
		return m.Mode() == "menu" && strings.Contains(m.Canvas.Plain(), "Protect a[18]:")
	}},
	"a": {check: func(m *ui.Model) bool {
		return m.Mode() == "menu" && strings.Contains(m.Canvas.Plain(), "Advise a[18]:")
	}},
	"R":     {check: func(m *ui.Model) bool { return m.Mode() == "menu" && strings.Contains(m.Canvas.Plain(), "Reset ends") }},
	"m":     {check: func(m *ui.Model) bool { return m.Mode() == "palette" && m.Line() == "mmap b 64" }},
	":":     {check: func(m *ui.Model) bool { return m.Mode() == "palette" && len(m.Line()) == 0 }},
	"?":     {check: func(m *ui.Model) bool { return m.Mode() == "help" }},
	"f1":    {check: func(m *ui.Model) bool { return m.Mode() == "help" }},
	"i":     {check: func(m *ui.Model) bool { return m.Mode() == "page" }},
	"s":     {check: func(m *ui.Model) bool { return m.Mode() == "space" }},
	"esc":   {check: cursorAt(18)},
	"enter": {check: func(m *ui.Model) bool { return m.Mode() == "call" }},
	"y":     {check: says("Copied touch a[36..43], where the terminal allows it (OSC 52).")},
	"z":     {check: zoomed(scene.ZoomBig)},
	"+":     {check: zoomed(scene.ZoomBig)},
	"Z":     {check: zoomed(scene.ZoomDense)},
	"-":     {check: zoomed(scene.ZoomDense)},
	"f":     {check: func(m *ui.Model) bool { return m.Focus.Scaled && zoomed(scene.ZoomBig)(m) }},
	"1":     {check: through(look.State)},
	"2":     {check: through(look.Protection)},
	"3":     {check: through(look.Heat)},
	"4":     {check: through(look.Sharing)},
	"5":     {check: through(look.Age)},
	"P": {check: func(m *ui.Model) bool {
		return strings.Contains(m.Canvas.Plain(), "▄▄▄") && m.Plan.Scale.Zoom == scene.ZoomBig
	}},
	".":      {check: says("No commands were prepared: incore --commands FILE.")},
	"#":      {check: func(m *ui.Model) bool { return m.Hex && strings.Contains(m.Canvas.Plain(), "+010000 ") }},
	"space":  {check: (*ui.Model).Paused},
	"S":      {command: "speed 20/s"},
	"t":      {check: func(m *ui.Model) bool { return strings.Contains(m.Canvas.Plain(), "theme "+look.Themes()[1].Name) }},
	"ctrl+l": {}, // TestE2EKeyThatRepaints
	"ctrl+z": {},
	"q":      {check: func(m *ui.Model) bool { return m.Mode() == "grid" }},
	"ctrl+c": {},
}

func zoomed(z scene.Zoom) func(*ui.Model) bool {
	return func(m *ui.Model) bool { return m.Plan.Scale.Zoom == z }
}

func through(ln *look.Lens) func(*ui.Model) bool {
	return func(m *ui.Model) bool { return m.Focus.Lens == ln }
}

func says(text string) func(*ui.Model) bool {
	return func(m *ui.Model) bool { got, _ := m.Status(); return got == text }
}

func cursorAt(page int64) func(*ui.Model) bool {
	return func(m *ui.Model) bool { return m.Focus.Of(inMain("a")).Cursor == page && !m.Focus.Selecting }
}

func selects(first, last int64) func(*ui.Model) bool {
	return func(m *ui.Model) bool {
		return m.Focus.Selecting && m.Focus.Selection() == model.Range{Lo: first, Hi: last + 1}
	}
}

func atPage18(t *testing.T) *screen {
	s := newScreen(t, 100, 30, ui.Options{}, richScript...)
	s.press("shift+tab", "down", "right", "right")
	s.lab.submitted = nil
	return s
}

func TestEveryGridKey(t *testing.T) {
	for _, row := range ui.Keys() {
		if row.Mode != "grid" {
			continue
		}
		for _, key := range row.Names {
			t.Run(key, func(t *testing.T) {
				want, ok := gridKeys[key]
				if !ok {
					t.Fatal("the test does not know this key")
				}
				s := atPage18(t)
				s.press(key)
				if got := s.last(); got != want.command {
					t.Errorf("submitted %q, want %q", got, want.command)
				}
				if want.command != "" && !strings.Contains(s.text(), "❯ "+want.command+"\n") {
					t.Errorf("the command is not shown:\n%s", s.text())
				}
				if want.check != nil && !want.check(s.m) {
					t.Errorf("the key did something else: cursor %d, mode %s, view %+v", s.m.Focus.Of(inMain("a")).Cursor, s.m.Mode(), s.m.Focus)
				}
			})
		}
	}
}

func TestQuitAndSuspend(t *testing.T) {
	for _, tt := range []struct {
		open []string
		key  string
		want tea.Msg
	}{
		{nil, "q", tea.QuitMsg{}}, {nil, "ctrl+c", tea.QuitMsg{}}, {nil, "ctrl+z", tea.SuspendMsg{}},
		{[]string{":"}, "ctrl+c", tea.QuitMsg{}}, {[]string{"p"}, "ctrl+c", tea.QuitMsg{}},
		{[]string{"?"}, "ctrl+c", tea.QuitMsg{}}, {[]string{"s"}, "ctrl+c", tea.QuitMsg{}},
	} {
		s := atPage18(t)
		s.press(tt.open...)
		s.press(tt.key)
		if s.cmd == nil {
			t.Errorf("%v %s: nothing happens", tt.open, tt.key)
		} else if got := s.cmd(); got != tt.want {
			t.Errorf("%v %s: %T, want %T", tt.open, tt.key, got, tt.want)
		}
	}
	s := atPage18(t)
	s.press(":")
	s.press("q")
	if s.m.Mode() != "palette" || s.m.Line() != "q" {
		t.Errorf("q in the palette is not a letter: mode %s, line %q", s.m.Mode(), s.m.Line())
	}
}

// A key acts on the selection where there is one.
func TestKeysActOnTheSelection(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"v", "right", "right", "w"}, "touch a[18..20]"},
		{[]string{"shift+left", "l"}, "mlock a[17..18]"},
		{[]string{"shift+left", "left", "l"}, "mlock a[16]"}, // moving without shift lets go
		{[]string{"v", "down", "esc", "u"}, "munlock a[34]"},
		{[]string{"v", "down", "v", "u"}, "munlock a[34]"},
		{[]string{"V", "d"}, "munmap a"},
		{[]string{"v", "right", "p", "n"}, "mprotect a[18..19] none"},
		{[]string{"p", "0"}, "mprotect a[18] none"},
		{[]string{"p", "r"}, "mprotect a[18] r"},
		{[]string{"p", "w"}, "mprotect a[18] rw"},
		{[]string{"p", "x"}, "mprotect a[18] rx"},
		{[]string{"p", "a"}, "mprotect a[18] rwx"},
		{[]string{"p", "right", "right", "enter"}, "mprotect a[18] rw"},
		{[]string{"p", "left", "enter"}, "mprotect a[18] w"},
		{[]string{"p", "esc"}, ""},
		{[]string{"a", "d"}, "madvise a[18] dontneed"},
		{[]string{"a", "right", "enter"}, "madvise a[18] willneed"},
		{[]string{"R", "y"}, "reset"},
		{[]string{"R", "R"}, "reset"},
		{[]string{"R", "enter"}, ""}, // enter alone throws nothing away
		{[]string{"R", "n"}, ""},
		{[]string{"m", "enter"}, "mmap b 64"},
	} {
		t.Run(strings.Join(tt.keys, " "), func(t *testing.T) {
			s := atPage18(t)
			s.press(tt.keys...)
			if got := s.last(); got != tt.want {
				t.Errorf("submitted %q, want %q", got, tt.want)
			}
			if s.m.Mode() != "grid" {
				t.Errorf("mode %s is still open", s.m.Mode())
			}
		})
	}
}

// A key that cannot work says why, and nothing is submitted.
func TestKeysSayWhyNot(t *testing.T) {
	empty := newScreen(t, 100, 30, ui.Options{})
	dead := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	dead.lab.die("SIGKILL")
	dead.pump()
	for _, tt := range []struct {
		s    *screen
		key  string
		want string
	}{
		{empty, "l", "There is no region: press m to map one."},
		{empty, "left", "There is no region: press m to map one."},
		{empty, "p", "There is no region: press m to map one."},
		{dead, "l", "The subject was killed by SIGKILL: press R for a fresh one."},
		{dead, "m", "The subject was killed by SIGKILL: press R for a fresh one."},
	} {
		tt.s.press(tt.key)
		if !strings.Contains(tt.s.text(), tt.want) || len(tt.s.lab.submitted) > 0 || tt.s.m.Mode() != "grid" {
			t.Errorf("%s: want %q, submitted %v:\n%s", tt.key, tt.want, tt.s.lab.submitted, tt.s.text())
		}
	}
	dead.press("right")
	if strings.Contains(dead.text(), ": press R for a fresh one.") {
		t.Errorf("what was said stays after the next key:\n%s", dead.text())
	}
	dead.press("R")
	if dead.last() != "reset" {
		t.Errorf("R on a dead subject submits %q, want reset", dead.last())
	}
}

func TestEscInterrupts(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press("esc")
	if s.lab.interrupted != 0 {
		t.Error("esc interrupts although nothing runs")
	}
	s.tell(model.Running{Command: parsed("touch a at 1/s"), Queued: 2})
	if !strings.Contains(s.text(), "busy: 2 queued · touch a at 1/s") {
		t.Errorf("what runs is not shown:\n%s", s.text())
	}
	s.press("v", "esc")
	if s.lab.interrupted != 1 || !s.m.Focus.Selecting {
		t.Error("the first esc must interrupt and leave the selection")
	}
	s.tell(model.Running{})
	s.press("esc")
	if s.lab.interrupted != 1 || s.m.Focus.Selecting {
		t.Error("with nothing running esc must end the selection")
	}
}
