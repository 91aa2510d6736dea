package cli_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// keyStep is one key of a session, and what is seen of it.
type keyStep struct {
	binding string // mode and first name of the key table's row; "" of what only prepares
	send    string // what is typed; "" is the binding's key
	want    string // a text that is then on the screen
	keys    string // a text that is then in its last line, which is drawn last: the frame is whole
	sees    func(now, was *sight) bool
	copies  string // a text within what the terminal's clipboard is set to (OSC 52)
}

// What the last line has in each mode: its keys.
const (
	gridLine  = ": command"
	helpLine  = "enter try"
	callLine  = "Y copy C"
	menuLine  = "enter choose"
	lineLine  = "enter run"
	goLine    = "enter go"
	findLine  = "enter next"
	spaceLine = "enter to the page"
	pageLine  = "pgup pgdn scroll"
)

// keyBytes are the bytes that a terminal sends for a key.
var keyBytes = map[string]string{
	"left": "\x1b[D", "right": "\x1b[C", "up": "\x1b[A", "down": "\x1b[B", "home": "\x1b[H", "end": "\x1b[F", "ctrl+home": "\x1b[1;5H",
	"pgup": "\x1b[5~", "pgdown": "\x1b[6~", "delete": "\x1b[3~", "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z",
	"esc": "\x1b", "backspace": "\x7f", "space": " ", "f1": "\x1bOP",
	"shift+left": "\x1b[1;2D", "shift+right": "\x1b[1;2C", "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B",
}

func bytesOf(key string) string {
	if b := keyBytes[key]; b != "" {
		return b
	}
	if letter, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return string(letter[0] & 0x1f)
	}
	return key
}

// walk goes through the steps of a session, each from where the one before has come.
func (m *terminal) walk(steps []keyStep) {
	m.t.Helper()
	for i, st := range steps {
		name := st.binding
		send := st.send
		if send == "" {
			_, key, _ := strings.Cut(st.binding, " ")
			send = bytesOf(key)
		}
		was, written := m.see(), len(m.output())
		m.keys(send)
		m.waitSee(fmt.Sprintf("what %q (%s, step %d) does: %q", send, name, i, st.want), func(now *sight) bool {
			return now.has(st.want) && strings.Contains(now.lines[len(now.lines)-1], st.keys) && (st.sees == nil || st.sees(now, was)) && copied(m.output()[written:], st.copies)
		})
	}
}

var osc52 = regexp.MustCompile("\x1b\\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\\\)")

// copied reports whether an output sets the clipboard to something with that text in it.
func copied(output, text string) bool {
	if text == "" {
		return true
	}
	for _, set := range osc52.FindAllStringSubmatch(output, -1) {
		b, err := base64.StdEncoding.DecodeString(set[1])
		if err == nil && strings.Contains(string(b), text) {
			return true
		}
	}
	return false
}

// moved holds that the cursor's marks have gone so far.
func moved(dx, dy int) func(now, was *sight) bool {
	return func(now, was *sight) bool {
		x, y, _ := now.marks()
		x0, y0, _ := was.marks()
		return x == x0+dx && y == y0+dy && now.at(x, y).fore == was.at(x0, y0).fore
	}
}

func is(word string) func(now, was *sight) bool {
	return func(now, _ *sight) bool { return now.explained(word) }
}

// gridMoves are the keys that move. A row has 16 pages, three columns each.
var gridMoves = []keyStep{
	{binding: "grid right", want: "PAGE a[1]", sees: moved(3, 0)},
	{binding: "grid down", want: "PAGE a[17]", sees: moved(0, 1)},
	{binding: "grid left", want: "PAGE a[16]", sees: moved(-3, 0)},
	{binding: "grid end", want: "PAGE a[31]", sees: moved(45, 0)},
	{binding: "grid up", want: "PAGE a[15]", sees: moved(0, -1)},
	{binding: "grid home", want: "PAGE a[0]", sees: moved(-45, 0)},
	{binding: "grid G", want: "PAGE a[63]", sees: moved(45, 3)},
	{binding: "grid pgup", want: "PAGE a[0]", sees: moved(-45, -3)},
	{binding: "grid pgdown", want: "PAGE a[63]", sees: moved(45, 3)},
	{binding: "grid ctrl+home", want: "PAGE a[0]", sees: moved(-45, -3)},
}

// gridSelects are the keys that select: what is selected has a background of its own.
var gridSelects = []keyStep{
	{binding: "grid v", want: "SELECTED a[0]"},
	{send: bytesOf("right") + bytesOf("right"), want: "SELECTED a[0..2]", sees: selects(3*3 - 1)},
	{binding: "grid esc", want: "PAGE a[2]", sees: selects(0)},
	{binding: "grid shift+right", want: "SELECTED a[2..3]", sees: selects(5)},
	{binding: "grid shift+down", want: "SELECTED a[2..19]"},
	{binding: "grid shift+left", want: "SELECTED a[2..18]"},
	{binding: "grid shift+up", want: "SELECTED a[2] "},
	{binding: "grid V", want: "64 of 64 pages", sees: selects(4 * (16*3 - 1))},
	{send: bytesOf("esc"), want: "PAGE a[63]", sees: selects(0)},
	{send: bytesOf("ctrl+home"), want: "PAGE a[0]"},
}

// selects holds that so many columns of the grid have the background of what is selected, which
// is the one of the page before the cursor, or behind it; the marks leave it as it is.
func selects(columns int) func(now, was *sight) bool {
	return func(now, _ *sight) bool {
		n := 0
		for back, count := range now.grounds() {
			if back != hex(pictureBack) {
				n = max(n, count)
			}
		}
		return n == columns
	}
}

// grounds counts the cells of each background in the grid.
func (s *sight) grounds() map[string]int {
	of := map[string]int{}
	for y, line := range s.lines {
		if !gridRow.MatchString(line) {
			continue
		}
		for _, c := range s.cells[y] {
			of[c.back]++
		}
	}
	return of
}

// gridActs are the keys that make calls: the call is in the log, and the page looks as the legend has
// it.
var gridActs = []keyStep{
	{binding: "grid w", want: "touch(a, 4096, write) = 1", sees: is("anonymous")},
	{binding: "grid l", want: "mlock(a, 4096) = 0", sees: is("locked")},
	{binding: "grid u", want: "munlock(a, 4096) = 0", sees: is("anonymous")},
	{send: bytesOf("right"), want: "PAGE a[1]", sees: is("absent")},
	{binding: "grid r", want: "touch(a+0x1000, 4096, read) = 1", sees: func(now, was *sight) bool { return is(readPage())(now, was) }},
	{send: bytesOf("right"), want: "PAGE a[2]", sees: is("absent")},
	{binding: "grid o", want: "MLOCK_ONFAULT", sees: is("lock on fault")},
	{send: bytesOf("right"), want: "PAGE a[3]", sees: is("absent")},
	{binding: "grid x", want: "SIGSEGV", sees: func(now, _ *sight) bool {
		wrong := now.of("SIGSEGV") // in a color that nothing else in the log has
		return wrong.bold && wrong.fore != now.of("touch(").fore && wrong.fore != hex(pictureText)
	}},
	{binding: "grid p", want: "Protect a[3]"},
	{binding: "menu right", want: "mprotect a[3] r "},
	{binding: "menu left", want: "mprotect a[3] none"},
	{binding: "menu enter", want: "PROT_NONE", sees: is("PROT_NONE")},
	{binding: "grid c", want: "mincore(a+0x3000, 4096"},
	{binding: "grid d", want: "munmap(a+0x3000, 4096", sees: func(now, _ *sight) bool {
		return now.has("unmapped hole") && now.page().r == ' ' // which no color is seen of
	}},
	{send: bytesOf("ctrl+home"), want: "PAGE a[0]", sees: is("anonymous")},
	{binding: "grid a", want: "Advise a[0]"},
	{binding: "menu f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), want: "Advise a[0]", keys: menuLine},
	{binding: "menu esc", keys: gridLine, sees: func(now, _ *sight) bool { return !now.has("Advise a[0]") }},
	{send: "ad", want: "MADV_DONTNEED", sees: is("absent")},
}
