package ui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
	"incore/ui/sheet"
)

// screen is a Model under test with its lab. Nothing runs beside the test: what
// the lab has to tell is handed over when the test says so.
type screen struct {
	t   testing.TB
	m   *ui.Model
	lab *fakeLab
	at  time.Time // of the messages
	cmd tea.Cmd   // of the last Update
}

func newScreen(t testing.TB, w, h int, opts ui.Options, script ...string) *screen {
	t.Helper()
	if opts.Colors == canvas.ColorsAuto {
		opts.Colors = canvas.TrueColor
	}
	lab := newFakeLab()
	if opts.Lessons != nil {
		lab.folds = true
		for _, it := range lab.items {
			lab.state = lab.state.Apply(it)
		}
	}
	for _, line := range script {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		lab.Submit(c)
	}
	s := &screen{t: t, m: ui.New(lab, opts), lab: lab, at: time.Unix(1000, 0)}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.pump()
	lab.submitted = nil
	return s
}

func (s *screen) send(msg tea.Msg) {
	_, s.cmd = s.m.Update(msg)
}

// pump hands over what the lab has to tell.
func (s *screen) pump() {
	s.lab.mu.Lock()
	items := s.lab.items
	s.lab.items = nil
	s.lab.mu.Unlock()
	s.tell(items...)
}

// tell hands over what a lab could have told.
func (s *screen) tell(items ...model.Item) { s.send(ui.ItemsMsg(items, s.at)) }

var specialKeys = map[string]tea.KeyPressMsg{
	"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
	"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
	"tab": {Code: tea.KeyTab}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "space": {Code: tea.KeySpace, Text: " "},
	"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete},
	"insert": {Code: tea.KeyInsert}, "f1": {Code: tea.KeyF1}, "f5": {Code: tea.KeyF5},
}

// press presses keys, as Bubble Tea names them, and lets what they did happen.
func (s *screen) press(keys ...string) {
	s.t.Helper()
	for _, key := range keys {
		s.send(keyPress(s.t, key))
		cmd := s.cmd
		s.pump()
		s.cmd = cmd
	}
}

func keyPress(t testing.TB, key string) tea.KeyPressMsg {
	t.Helper()
	name, mod := key, tea.KeyMod(0)
	for prefix, k := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "shift+": tea.ModShift, "alt+": tea.ModAlt} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			name, mod = rest, mod|k
		}
	}
	msg, ok := specialKeys[name]
	if !ok {
		r := []rune(name)
		if len(r) != 1 {
			t.Fatalf("no key is named %q", key)
		}
		msg = tea.KeyPressMsg{Code: r[0]}
		if mod == 0 {
			msg.Text = name
		}
	}
	msg.Mod |= mod
	if msg.String() != key {
		t.Fatalf("the key %q reads as %q", key, msg.String())
	}
	return msg
}

func (s *screen) typeText(text string) {
	for _, r := range text {
		key := string(r)
		if r == ' ' {
			key = "space"
		}
		s.send(keyPress(s.t, key))
	}
}

func (s *screen) text() string { return s.m.Canvas.Plain() }

// last is the text of the command submitted last, or "".
func (s *screen) last() string {
	if n := len(s.lab.submitted); n > 0 {
		return s.lab.submitted[n-1].String()
	}
	return ""
}

// inMain is a region of the first process.
func inMain(name string) scene.Place { return scene.Place{Proc: model.Main, Region: name} }

// richScript brings nearly every state of a page onto the screen.
var richScript = []string{
	"mmap a 64", "touch a[0..9]", "touch a[12..15] read", "mlock a[4..9]", "mlock2 a[20..27] onfault", "mprotect a[30..33] r",
	"mprotect a[8..9] r", "touch a[36..39]", "mprotect a[38..43] none", "madvise a[48..51] pageout", "madvise a[52..53] hugepage",
	"madvise a[54..55] guard_install", "madvise a[56..57] dofork", "madvise a[58..59] willneed", "munmap a[63]",
	"mmap buf 300", "touch buf[0..200]", "touch a[36..43]",
}

// part is where a part is drawn, by its name.
func (s *screen) part(name string) canvas.Area {
	s.t.Helper()
	a, ok := s.m.Parts()[name]
	if !ok {
		s.t.Fatalf("no part is named %q", name)
	}
	return a
}

// said is what the status row says, and failed whether that is an error.
func (s *screen) said() string { text, _ := s.m.Status(); return text }
func (s *screen) failed() bool { _, bad := s.m.Status(); return bad }

// picture is what Bubble Tea is handed.
func (s *screen) picture() string { return s.m.Picture() }

// height is how many rows are drawn.
func height(m *ui.Model) int { return len(m.Canvas.Cells) / m.Canvas.W }

// redraw draws a new picture, as after the program was suspended.
func (s *screen) redraw() { s.send(tea.ResumeMsg{}) }

// The sheets of the screen.
func (s *screen) help() *sheet.Help   { return s.m.Sheet("help").(*sheet.Help) }
func (s *screen) opened() *sheet.Call { return s.m.Sheet("call").(*sheet.Call) }
func (s *screen) space() *sheet.Space { return s.m.Sheet("space").(*sheet.Space) }

// Panels of the screen, as it draws them.
func (s *screen) inspector() *panel.Inspector {
	return &panel.Inspector{Scene: s.scene(), Area: s.part("page")}
}
func (s *screen) meters() *panel.Meters {
	return &panel.Meters{Scene: s.scene(), Area: s.part("meters"), History: s.m.History()}
}
func (s *screen) cells() *panel.Grid {
	return &panel.Grid{Scene: s.scene(), Area: s.part("grid"), Reach: s.m.Reach}
}
func (s *screen) scene() *scene.Scene { return &s.m.Scene }
