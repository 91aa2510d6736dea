package cli_test

import (
	"regexp"
	"strconv"
	"strings"
)

// gridLooks are the keys that show the same pages in another way.
var gridLooks = []keyStep{
	{send: "w", want: "touch(a, 4096, write) = 1", sees: is("anonymous")},
	{binding: "grid 2", want: "2 PROTECTION", sees: repainted},
	{binding: "grid 3", want: "3 LAST TOUCH, FAULTS", sees: repainted},
	{binding: "grid 4", want: "4 SHARING", sees: repainted},
	{binding: "grid 5", want: "5 AGE", sees: repainted},
	{binding: "grid 1", want: "1 RESIDENCY, LOCK", sees: is("anonymous")},
	{binding: "grid Z", sees: func(now, _ *sight) bool { return !now.has("·· ··") && now.has("·····") }}, // a column a page
	{binding: "grid z", sees: cellsOf(2)},
	{send: "z", sees: cellsOf(4)},
	{send: "Z", sees: cellsOf(2)},
	{binding: "grid f", want: "Zoom: all 64 pages of a", sees: cellsOf(4)},
	{send: "Z", sees: cellsOf(2)},
	{binding: "grid #", want: "+00000", sees: func(now, _ *sight) bool { return !now.rowOf("16") }},
	{send: "#", want: "page numbers", sees: func(now, _ *sight) bool { return now.rowOf("16") && !now.has("+00000") }},
	{binding: "grid t", want: "theme ", sees: repainted},
	{send: "t", want: "theme ", sees: repainted},
	{binding: "grid P", want: "Wrote a[0]", sees: func(now, _ *sight) bool {
		return cellsOf(4)(now, nil) && !now.at(0, 0).bare // a background of its own
	}},
	{send: bytesOf("right"), sees: func(now, _ *sight) bool { return now.has(" → ") && now.of(" → ").back != now.at(0, 0).back }},
	{send: "P", sees: func(now, _ *sight) bool { return cellsOf(2)(now, nil) && now.at(0, 0).bare }},
	{binding: "grid S", want: "speed 20/s"},
	{send: "S", want: "speed max"},
	{binding: "grid space", want: "held still", sees: func(now, _ *sight) bool { return now.of("paused").fore != now.of("4K pages").fore }},
	{send: " ", sees: func(now, _ *sight) bool { return !now.has("paused") }},
	{binding: "grid .", want: "--commands", sees: refused},
}

// repainted holds that the page under the cursor looks other than before.
func repainted(now, was *sight) bool { return now.page() != was.page() }

// cellsOf holds that the cell under the cursor has so many columns.
func cellsOf(columns int) func(now, was *sight) bool {
	return func(now, _ *sight) bool {
		_, _, n := now.marks()
		return n == columns
	}
}

// refused holds that the line above the keys says in bold what cannot be done.
func refused(now, _ *sight) bool {
	line := len(now.cells) - 2
	for x := range now.cells[line] {
		if c := now.at(x, line); c.r != ' ' {
			return c.bold && c.fore != now.of("quit").fore
		}
	}
	return false
}

// gridRegions are the keys that go from region to region and process to process, and those that
// make or end them.
var gridRegions = []keyStep{
	{binding: "grid m", want: "mmap b 64", sees: caret},
	{send: bytesOf("enter"), want: "REGION b"},
	{binding: "grid shift+tab", want: "PAGE a[0]", sees: marked("a ")},
	{binding: "grid tab", want: "PAGE b[0]", sees: marked("b ")},
	{send: ":fork child\r", want: "clone("},
	{binding: "grid n", want: "child · b"},
	{binding: "grid N", want: "main · b"},
	{send: ":exec\r", want: "execve("},
	{binding: "grid R", want: "Reset ends all 2 processes"},
	{send: "y", want: "mmap a 64, as at the start.", sees: func(now, _ *sight) bool { return !now.has("child ·") }},
	{binding: "grid q", want: "q again quits"},
	{send: "n", sees: func(now, _ *sight) bool { return !now.has("q again") }},
}

func caret(now, _ *sight) bool { return now.caret }

// marked holds that the list of regions has its mark before a name, in a color of its own.
func marked(name string) func(now, was *sight) bool {
	return func(now, _ *sight) bool {
		x, y := now.find("▌ " + name)
		return x >= 0 && x < 8 && now.at(x, y).fore != hex(pictureText)
	}
}

// paletteSteps are the keys of the line in which a command is typed.
var paletteSteps = []keyStep{
	{send: ":say one\r", want: "# one"},
	{binding: "grid :", sees: typed("", 0)},
	{binding: "palette up", sees: typed("say one", 7)},
	{binding: "palette down", sees: typed("", 0)},
	{send: "touch a[1]", sees: typed("touch a[1]", 10)},
	{binding: "palette left", sees: typed("touch a[1]", 9)},
	{binding: "palette right", sees: typed("touch a[1]", 10)},
	{binding: "palette home", sees: typed("touch a[1]", 0)},
	{binding: "palette delete", sees: typed("ouch a[1]", 0)},
	{binding: "palette end", sees: typed("ouch a[1]", 9)},
	{binding: "palette ctrl+w", sees: typed("ouch", 5)},
	{binding: "palette backspace", sees: typed("ouch", 4)},
	{binding: "palette ctrl+u", sees: typed("", 0)},
	{send: "say two" + bytesOf("home"), sees: typed("say two", 0)},
	{binding: "palette ctrl+k", sees: typed("", 0)},
	{send: "munl", sees: typed("munl", 4)},
	{binding: "palette tab", sees: typed("munlock", 7)},
	{binding: "palette shift+tab", sees: typed("munlockall", 10)},
	{send: bytesOf("ctrl+u") + "mlock a[1]", sees: typed("mlock a[1]", 10)},
	{binding: "palette f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), sees: typed("mlock a[1]", 10)},
	{binding: "palette enter", want: "mlock(a+0x1000, 4096) = 0", sees: func(now, _ *sight) bool { return !now.caret }},
	{send: ":mlok", sees: typed("mlok", 4)},
	{binding: "palette esc", sees: func(now, _ *sight) bool { return !now.caret }},
}

// typed holds that a text stands in the line, with the caret so many columns behind its beginning.
func typed(text string, at int) func(now, was *sight) bool {
	return answered("  : ", text, at)
}

// jumpSteps are the keys of the lines that say where to go and what to look for.
var jumpSteps = []keyStep{
	{binding: "grid g", want: "go to", keys: goLine},
	{send: "a[40]", sees: answered("  go to ", "a[40]", 5)},
	{binding: "go left", sees: answered("  go to ", "a[40]", 4)},
	{binding: "go right", sees: answered("  go to ", "a[40]", 5)},
	{binding: "go home", sees: answered("  go to ", "a[40]", 0)},
	{binding: "go delete", sees: answered("  go to ", "[40]", 0)},
	{binding: "go end", sees: answered("  go to ", "[40]", 4)},
	{binding: "go backspace", sees: answered("  go to ", "[40", 3)},
	{binding: "go ctrl+w", sees: answered("  go to ", "", 0)},
	{send: "a[40]" + bytesOf("home"), sees: answered("  go to ", "a[40]", 0)},
	{binding: "go ctrl+k", sees: answered("  go to ", "", 0)},
	{send: "a[40]", sees: answered("  go to ", "a[40]", 5)},
	{binding: "go ctrl+u", sees: answered("  go to ", "", 0)},
	{binding: "go f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), sees: answered("  go to ", "", 0)},
	{send: "a[40]", want: "enter: page 40 of a", sees: answered("  go to ", "a[40]", 5)},
	{binding: "go enter", want: "PAGE a[40]", keys: gridLine},
	{send: ":mmap buffer 8\r", want: "REGION buffer"},
	{send: "gbu", sees: answered("  go to ", "bu", 2)},
	{binding: "go tab", sees: answered("  go to ", "buffer", 6)},
	{binding: "go up", sees: answered("  go to ", "a[40]", 5)},
	{binding: "go down", sees: answered("  go to ", "buffer", 6)},
	{binding: "go esc", want: "PAGE buffer[0]", keys: gridLine},
	{send: "l", want: "mlock(buffer, 4096) = 0"},
	{send: "u", want: "munlock(buffer, 4096) = 0"},
	{binding: "grid /", want: "find", keys: findLine},
	{send: "mlock", sees: answered("  find ", "mlock", 5)},
	{binding: "find left", sees: answered("  find ", "mlock", 4)},
	{binding: "find right", sees: answered("  find ", "mlock", 5)},
	{binding: "find home", sees: answered("  find ", "mlock", 0)},
	{binding: "find delete", sees: answered("  find ", "lock", 0)},
	{binding: "find end", sees: answered("  find ", "lock", 4)},
	{binding: "find backspace", sees: answered("  find ", "loc", 3)},
	{binding: "find ctrl+w", sees: answered("  find ", "", 0)},
	{send: "mlock" + bytesOf("home"), sees: answered("  find ", "mlock", 0)},
	{binding: "find ctrl+k", sees: answered("  find ", "", 0)},
	{send: "mlock", sees: answered("  find ", "mlock", 5)},
	{binding: "find ctrl+u", sees: answered("  find ", "", 0)},
	{binding: "find f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), sees: answered("  find ", "", 0)},
	{send: "mlock", want: "1 has it: call mlock(buffer"},
	{send: bytesOf("ctrl+u") + "buf", want: "4 have it: enter goes to the first, region buffer"},
	{binding: "find enter", want: "1 of 4: region buffer"},
	{send: "\r", want: "2 of 4: call munlock("},
	{binding: "find up", want: "1 of 4"},
	{binding: "find esc", want: "PAGE buffer[0]", keys: gridLine},
}

// answered holds that a text stands in the line behind its prompt, with the caret so many columns behind its beginning.
func answered(prompt, text string, at int) func(now, was *sight) bool {
	return func(now, _ *sight) bool {
		if !now.caret {
			return false
		}
		line, ok := strings.CutPrefix(now.lines[now.cy], prompt)
		return ok && strings.TrimRight(line, " ") == text && now.cx == len(prompt)+at
	}
}

// helpSteps are the keys of the help.
var helpSteps = []keyStep{
	{binding: "grid ?", want: "▌ 1 Keys", keys: helpLine},
	{binding: "help down", sees: scrolled(func(first, was int) bool { return first == was+1 })},
	{binding: "help up", sees: scrolled(func(first, was int) bool { return first == was-1 })},
	{binding: "help pgdown", sees: scrolled(func(first, was int) bool { return first > was })},
	{binding: "help pgup", sees: scrolled(func(first, was int) bool { return first < was })},
	{binding: "help end", sees: scrolled(func(first, was int) bool { return first > was })},
	{binding: "help home", sees: scrolled(func(first, _ int) bool { return first == 1 })},
	{binding: "help right", want: "▌ 2 Cells"},
	{binding: "help left", want: "▌ 1 Keys", keys: helpLine},
	{send: "5", want: "▌ 5 "},
	{binding: "help enter", sees: caret},
	{send: bytesOf("esc"), sees: func(now, _ *sight) bool { return !now.caret }},
	{binding: "grid f1", want: "HELP", keys: helpLine},
	{binding: "help esc", want: "REGION a", keys: gridLine},
}

var linesShown = regexp.MustCompile(`lines (\d+) to \d+ of \d+`)

// scrolled holds that the first line shown is another one: the heading, which is drawn first, says which.
func scrolled(goes func(first, was int) bool) func(now, was *sight) bool {
	first := func(s *sight) (n int) {
		if shown := linesShown.FindStringSubmatch(s.lines[0]); shown != nil {
			n, _ = strconv.Atoi(shown[1]) // digits
		}
		return n
	}
	return func(now, was *sight) bool { return first(now) > 0 && goes(first(now), first(was)) }
}

// callSteps are the keys of a call that is open, and those that lead there.
var callSteps = []keyStep{
	{send: "w", want: "touch("},
	{send: "l", want: "mlock(a, 4096) = 0"},
	{binding: "grid y", copies: "mlock a[0]"},
	{binding: "grid [", send: "[y", copies: "touch a[0]"},
	{binding: "grid ]", send: "]y", copies: "mlock a[0]"},
	{binding: "grid enter", want: "CALL 3 of 3", keys: callLine},
	{binding: "call y", copies: "mlock a[0]"},
	{binding: "call Y", copies: "mlock("},
	{binding: "call [", want: "CALL 2 of 3"},
	{binding: "call ]", want: "CALL 3 of 3", keys: callLine},
	{binding: "call down", sees: scrolled(func(first, was int) bool { return first == was+1 })},
	{binding: "call up", sees: scrolled(func(first, was int) bool { return first == was-1 })},
	{binding: "call pgdown", sees: scrolled(func(first, was int) bool { return first > was })},
	{binding: "call pgup", sees: scrolled(func(first, was int) bool { return first < was })},
	{binding: "call end", sees: scrolled(func(first, was int) bool { return first > was })},
	{binding: "call home", sees: scrolled(func(first, _ int) bool { return first == 1 })},
	{binding: "call ?", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), want: "CALL 3 of 3", keys: callLine},
	{binding: "call f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), want: "CALL 3 of 3", keys: callLine},
	{binding: "call esc", want: "REGION a", keys: gridLine},
}

// spaceSteps are the keys of the address space.
var spaceSteps = []keyStep{
	{send: ":mmap b 64\r", want: "REGION b"},
	{send: ":fork child\r", want: "clone("},
	{binding: "grid s", want: "ADDRESS SPACE", keys: spaceLine},
	{binding: "space home", sees: rowMark(func(y, was int) bool { return y < was })},
	{binding: "space down", sees: rowMark(func(y, was int) bool { return y > was })},
	{binding: "space up", sees: rowMark(func(y, was int) bool { return y < was })},
	{binding: "space pgdown", sees: rowMark(func(y, was int) bool { return y > was })},
	{binding: "space pgup", sees: rowMark(func(y, was int) bool { return y < was })},
	{binding: "space end", sees: rowMark(func(y, was int) bool { return y > was })},
	{binding: "space n", want: "ADDRESS SPACE OF child", keys: spaceLine},
	{binding: "space N", want: "ADDRESS SPACE OF main", keys: spaceLine},
	{binding: "space ?", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), want: "ADDRESS SPACE", keys: spaceLine},
	{binding: "space f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), want: "ADDRESS SPACE", keys: spaceLine},
	{binding: "space esc", want: "REGIONS", keys: gridLine},
	{send: "s", want: "ADDRESS SPACE", keys: spaceLine},
	{binding: "space enter", want: "PAGE main · b[0]", keys: gridLine},
}

// pageSteps are the keys of a page that is inspected.
var pageSteps = []keyStep{
	{send: "w", want: "touch("},
	{binding: "grid i", want: "present: the page table maps a frame", keys: pageLine},
	{binding: "page right", want: "PAGE a[1]", keys: pageLine},
	{binding: "page down", want: "PAGE a[17]", keys: pageLine},
	{binding: "page left", want: "PAGE a[16]", keys: pageLine},
	{binding: "page up", want: "bytes    ", keys: pageLine, sees: func(now, _ *sight) bool {
		return !now.has("bytes    00") // which is what touch has written
	}},
	{binding: "page pgdown", want: "PAGE a[0]", keys: pageLine},
	{binding: "page pgup", want: "PAGE a[0]", keys: pageLine},
	{binding: "page ?", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), want: "PAGE a[0]", keys: pageLine},
	{binding: "page f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), want: "PAGE a[0]", keys: pageLine},
	{binding: "page esc", want: "REGIONS", keys: gridLine},
}

// rowMark holds that the mark of a row has gone up or down.
func rowMark(goes func(y, was int) bool) func(now, was *sight) bool {
	return func(now, was *sight) bool {
		y, before := now.markedRow(), was.markedRow()
		return y >= 0 && goes(y, before)
	}
}

// rowOf reports whether a row of the grid begins with that page, or offset.
func (s *sight) rowOf(number string) bool {
	for _, line := range s.lines {
		if at := gridRow.FindStringSubmatch(line); at != nil && at[1] == number {
			return true
		}
	}
	return false
}

// markedRow is the row with a mark before it, or -1.
func (s *sight) markedRow() int {
	for y := range s.cells {
		if s.at(2, y).r == '▌' {
			return y
		}
	}
	return -1
}

// mouseSteps are what a mouse does: the region a is at its place in the list, and its page 0 under
// the cursor.
func mouseSteps(s *sight) []keyStep {
	x, y, _ := s.marks()
	page := func(n int) (int, int) { return x + 1 + 3*(n%16), y + n/16 }
	down := func(button, n int, final byte) string {
		px, py := page(n)
		return mouseAt(button, px, py, final)
	}
	keyX, keyY := s.find("w write  ")
	legendX, legendY := s.find("lens 1 of")
	const left, drag, wheelUp, wheelDown, ctrl = 0, 32, 64, 65, 16
	return []keyStep{
		{send: down(left, 5, 'M') + down(left, 5, 'm'), want: "PAGE a[5]", sees: moved(15, 0)},
		{send: down(left, 18, 'M') + down(left+drag, 19, 'M') + down(left+drag, 20, 'M') + down(left, 20, 'm'), want: "SELECTED a[18..20]", sees: selects(8)},
		{send: down(left, 33, 'M') + down(left, 33, 'm'), want: "PAGE a[33]", sees: selects(0)},
		{send: mouseAt(left, keyX, keyY, 'M') + mouseAt(left, keyX, keyY, 'm'), want: "touch(a+0x21000, 4096, write) = 1", sees: is("anonymous")},
		{send: mouseAt(left, legendX, legendY, 'M') + mouseAt(left, legendX, legendY, 'm'), want: "2 PROTECTION", sees: repainted},
		{send: "1", want: "1 RESIDENCY"},
		{send: down(wheelUp+ctrl, 20, 'M'), sees: cellsOf(4)},
		{send: down(wheelDown+ctrl, 20, 'M'), sees: cellsOf(2)},
		{send: ":munmap a\r:mmap a 1024\r", want: "1024 pages", sees: func(now, _ *sight) bool { return now.has("PAGE a[33]") && now.rowOf("0") }},
		{send: down(wheelDown, 20, 'M'), want: "PAGE a[49]", sees: func(now, _ *sight) bool { return !now.rowOf("0") }},
		{send: down(wheelUp, 20, 'M'), want: "PAGE a[49]", sees: func(now, _ *sight) bool { return now.rowOf("0") }},
	}
}
