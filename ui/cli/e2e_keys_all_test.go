package cli_test

import (
	"slices"
	"strings"
	"testing"

	"incore/ui"
)

// keySessions are all sessions of keys.
var keySessions = map[string][]keyStep{
	"move": gridMoves, "select": gridSelects, "act": gridActs, "look": gridLooks, "regions": gridRegions,
	"palette": paletteSteps, "help": helpSteps, "call": callSteps, "address space": spaceSteps,
	"page": pageSteps, "jump": jumpSteps, "lessons": lessonsSteps, "lesson": lessonSteps,
}

// modeOpens is what leads from the grid to each mode: a key, and what its last line then has.
var modeOpens = map[string]keyStep{
	"palette": {send: ":", keys: lineLine}, "menu": {send: "p", keys: menuLine}, "help": {send: "?", keys: helpLine},
	"call": {send: "\r", keys: callLine}, "space": {send: "s", keys: spaceLine},
	"page": {send: "i", keys: pageLine}, "go": {send: "g", keys: goLine}, "find": {send: "/", keys: findLine},
	"lessons": {send: "L", keys: lessonsLine},
}

// TestE2EEveryKey presses every key, and holds that what it does is seen.
func TestE2EEveryKey(t *testing.T) {
	for name, steps := range keySessions {
		t.Run(name, func(t *testing.T) { startScreen(t).walk(steps) })
	}
	t.Run("mouse", func(t *testing.T) {
		m := startScreen(t)
		m.walk(mouseSteps(m.see()))
	})
}

// TestE2EKeysOfQuitting holds that the program can be left from wherever it is.
func TestE2EKeysOfQuitting(t *testing.T) {
	for _, k := range quits() {
		t.Run(k.Mode, func(t *testing.T) {
			m := startScreen(t)
			if open, ok := modeOpens[k.Mode]; ok {
				m.walk([]keyStep{open})
			} else if k.Mode == "hands" {
				m.walk(lessonSteps[:1+slices.IndexFunc(lessonSteps, func(st keyStep) bool { return st.binding == "lesson #" })])
			} else if k.Mode != "grid" {
				t.Fatalf("nothing here leads to the mode %q", k.Mode)
			}
			subject := m.subject()
			m.keys(bytesOf(k.Names[0]))
			if code := m.waitExit(); code != 0 {
				t.Errorf("exit code is %d", code)
			}
			m.checkRestored()
			checkGone(t, subject)
		})
	}
}

// quits are the keys that end the program: one a mode.
func quits() (keys []ui.Key) {
	for _, k := range ui.Keys() {
		if slices.Contains(k.Names, "ctrl+c") {
			keys = append(keys, k)
		}
	}
	return keys
}

// suspend and repaint have tests of their own.
const (
	suspend = "ctrl+z"
	repaint = "ctrl+l"
)

// TestE2EKeyThatRepaints has another program write over the screen, as wall(1) and the kernel's console do, wherever one is in
// the program.
func TestE2EKeyThatRepaints(t *testing.T) {
	const foreign = "Broadcast message"
	m := startScreen(t)
	for _, st := range []struct{ key, shown string }{{"", "REGION a"}, {"?", "HELP"}, {"q", "REGION a"}, {":", "enter run"}} {
		m.keys(st.key)
		m.waitFor(st.shown)
		m.mu.Lock()
		_, _ = m.emu.Write([]byte("\x1b7\x1b[9;20H\x1b[0;7m" + foreign + "\x1b[27m\x1b8")) // does not fail
		m.mu.Unlock()
		m.waitFor(foreign)
		m.keys(bytesOf(repaint))
		m.waitUntil("nothing foreign", func(screen string) bool { return !strings.Contains(screen, foreign) })
	}
}

// TestE2EKeysOfPages opens every page of the help by its key.
func TestE2EKeysOfPages(t *testing.T) {
	m := startScreen(t)
	m.walk([]keyStep{{send: "?", want: "HELP", keys: helpLine}})
	for _, k := range pageKeys() {
		m.walk([]keyStep{{binding: "help " + k, sees: func(now, _ *sight) bool {
			return now.has("▌ "+k+" ") || now.has("There is no such topic")
		}}})
	}
}

// pageKeys are the keys of the help's pages.
func pageKeys() (keys []string) {
	for _, k := range ui.Keys() {
		if k.Mode == "help" && len(k.Names) == 1 && strings.Contains("123456789abcdefhimnop", k.Names[0]) {
			keys = append(keys, k.Names[0])
		}
	}
	return keys
}

// TestKeySessionsAreWhole holds that every row of the key table is pressed by one of the tests above,
// and that they press no row that there is not.
func TestKeySessionsAreWhole(t *testing.T) {
	pressed := map[string]bool{"grid " + suspend: true, "grid " + repaint: true, "lesson H": true, "lesson >": true} // TestE2ELesson
	for _, steps := range keySessions {
		for _, st := range steps {
			if st.binding != "" {
				pressed[st.binding] = true
			}
		}
	}
	for _, k := range quits() {
		pressed[k.Mode+" "+k.Names[0]] = true
	}
	for _, k := range pageKeys() {
		pressed["help "+k] = true
	}
	for _, k := range ui.Keys() {
		name := k.Mode + " " + k.Names[0]
		if !pressed[name] {
			t.Errorf("no test presses the key %q", name)
		}
		delete(pressed, name)
	}
	for name := range pressed {
		t.Errorf("the tests press %q, and the key table has no such row", name)
	}
}
