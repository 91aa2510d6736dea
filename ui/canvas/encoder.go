package canvas

import (
	"strconv"
	"unicode/utf8"
)

// Encoder writes what has a terminal show a canvas, given the canvas that it shows. It keeps a copy of that one,
// where the terminal's cursor stands and which style is selected, so that a frame is what differs.
//
// It asks of a terminal what ECMA-48 and every terminal since the VT100 have: CUP, CUU, CUD, CUF, EL, ED and SGR. What
// terminals do not agree on it does not rely on: where the cursor is after the last column or a rune of two columns,
// which background erasing leaves, and what is left of a rune of two columns that is overwritten in part.
type Encoder struct {
	// Sync has frames of more than one row written as one update (mode 2026), which the terminal must know.
	Sync bool

	w, h  int
	shown []Cell // row by row, as canonical has them
	known bool   // else the terminal may show anything
	pen   Style
	x, y  int   // the cursor; x is unknownColumn behind what terminals do not agree on
	caret Caret // as the terminal has it
	dirty []bool
}

// Caret is the cursor as the user sees it: a bar before a column. The zero value is none.
type Caret struct {
	X, Y  int  // column and row, counted from 0
	Shown bool // else there is none
}

// unknownColumn is the cursor's column where terminals differ. Its row is known: none of them scrolls.
const unknownColumn = -1

// A terminal shows what comes between them at once (mode 2026), if it knows them.
const (
	SyncBegin = "\x1b[?2026h"
	SyncEnd   = "\x1b[?2026l"
)

// What an encoder writes beside them, styles, moves and runes.
const (
	caretHide, caretShow = "\x1b[?25l", "\x1b[?25h"
	clearAll             = caretHide + "\x1b[m\x1b[H\x1b[2J"
	eraseRow             = "\x1b[K" // from the cursor to the end of the row
)

// Forget has the next frame paint all: what the terminal shows is not known any more, the caret included.
func (e *Encoder) Forget() { e.known, e.caret = false, Caret{} }

// Append appends the bytes that have the terminal show c and the caret. It appends nothing if it shows both. Cells that
// look the same are the same in c afterwards.
func (e *Encoder) Append(b []byte, c *Canvas, caret Caret) []byte {
	begin := len(b)
	if e.Sync {
		b = append(b, SyncBegin...)
	}
	frame := len(b)
	caret.Shown = caret.Shown && caret.X >= 0 && caret.Y >= 0 && caret.X < c.W && caret.Y < c.h
	if e.caret.Shown { // it would be seen running over the screen
		b = append(b, caretHide...)
	}
	cells := len(b)
	if !e.known || e.w != c.W || e.h != c.h {
		b = e.clear(b, c.W, c.h)
	}
	rows := 0
	for y := range c.h {
		before := len(b)
		b = e.row(b, y, c.Cells[y*c.W:(y+1)*c.W])
		if len(b) > before {
			rows++
		}
	}
	if len(b) == cells && caret == e.caret {
		return b[:begin]
	}
	if len(b) == cells && e.caret.Shown && caret.Shown { // it moves, and nothing is painted
		b = e.move(b[:frame], caret.X, caret.Y)
	} else if caret.Shown {
		b = e.move(b, caret.X, caret.Y)
		b = append(b, caretShow...)
	}
	e.caret = caret
	switch {
	case !e.Sync:
	case rows > 1:
		b = append(b, SyncEnd...)
	default: // what changes one row has nothing that tears
		b = append(b[:begin], b[frame:]...)
	}
	return b
}

// clear appends what has the terminal show nothing, whatever it shows.
func (e *Encoder) clear(b []byte, w, h int) []byte {
	e.w, e.h, e.known = w, h, true
	e.pen, e.x, e.y = Style{}, 0, 0
	if cap(e.shown) < w*h {
		e.shown = make([]Cell, w*h)
	}
	e.shown = e.shown[:w*h]
	for i := range e.shown {
		e.shown[i] = Blank
	}
	if cap(e.dirty) < w {
		e.dirty = make([]bool, w)
	}
	e.dirty = e.dirty[:w]
	return append(b, clearAll...)
}

// row appends what changes in a row, and notes that it is shown.
func (e *Encoder) row(b []byte, y int, cells []Cell) []byte {
	shown := e.shown[y*e.w : (y+1)*e.w]
	if first := e.compare(shown, cells); first < 0 {
		return b
	}
	blank := len(cells) // from here on the row is blank
	for blank > 0 && cells[blank-1] == Blank {
		blank--
	}
	for i := 0; i < len(cells); i++ {
		if !e.dirty[i] || cells[i].Rune == 0 && i > 0 {
			continue
		}
		if i >= blank && e.dirtyFrom(i) > len(eraseRow) {
			b = e.reach(b, shown, i, y)
			b = e.styleFor(b, &Blank)
			b = append(b, eraseRow...)
			break
		}
		b = e.reach(b, shown, i, y)
		b = e.put(b, cells, i)
	}
	copy(shown, cells)
	return b
}

// compare makes the cells canonical and marks those that differ from what is shown. It returns the first, or -1.
// If half of a rune of two columns differs, before or after, so does the other.
func (e *Encoder) compare(shown, cells []Cell) (first int) {
	first = -1
	for i := range cells {
		cells[i] = canonical(cells, i)
		if e.dirty[i] = cells[i] != shown[i]; e.dirty[i] && first < 0 {
			first = i
		}
	}
	if first < 0 {
		return first
	}
	linked := func(i int) bool { return cells[i].Rune == 0 || shown[i].Rune == 0 } // to the cell before
	for i := max(first, 1); i < len(cells); i++ {
		e.dirty[i] = e.dirty[i] || e.dirty[i-1] && linked(i)
	}
	for i := len(cells) - 1; i > 0; i-- {
		e.dirty[i-1] = e.dirty[i-1] || e.dirty[i] && linked(i)
	}
	return first
}

// dirtyFrom returns how many cells there are from a dirty one to the last of its row.
func (e *Encoder) dirtyFrom(i int) int {
	last := len(e.dirty) - 1
	for !e.dirty[last] {
		last--
	}
	return last - i + 1
}

// canonical returns cell i of a row as a terminal shows it; those before it are canonical. A blank has no color of its own
// if nothing of it shows. A rune without its second column, a second column without its rune and what is no letter in a
// column is blank.
func canonical(row []Cell, i int) Cell {
	k := row[i]
	switch {
	case k.Rune == ' ':
		if k.Attr &= Reverse | Underline; k.Attr == 0 {
			k.FG = 0
		}
	case k.Rune > ' ' && k.Rune < 0x7f, k.Rune >= boxesBegin && k.Rune < boxesEnd: // nearly all others
	case k.Rune == 0:
		if i == 0 || row[i-1].Rune == 0 || RuneWidth(row[i-1].Rune) != 2 {
			return Cell{' ', Style{BG: k.BG}}
		}
		k.Style = row[i-1].Style
	default:
		second := i+1 < len(row) && row[i+1].Rune == 0
		if wide := RuneWidth(k.Rune); wide == 0 || wide == 2 && !second || !printable(k.Rune) {
			return Cell{' ', Style{BG: k.BG}}
		}
	}
	return k
}

// put appends a cell at the cursor.
func (e *Encoder) put(b []byte, cells []Cell, i int) []byte {
	k := &cells[i]
	b = e.styleFor(b, k)
	if k.Rune < utf8.RuneSelf {
		b = append(b, byte(k.Rune))
	} else {
		b = utf8.AppendRune(b, k.Rune)
	}
	if e.x = i + 1; e.x == e.w || contested(k.Rune) {
		e.x = unknownColumn
	}
	return b
}

// contested reports whether terminals differ in how many columns a rune takes: what is not in the blocks that our own
// glyphs are of, and what Unicode calls wide.
func contested(r rune) bool {
	switch {
	case r < 0x1100, r >= boxesBegin && r < boxesEnd:
		return false
	case r >= 0x2000 && r < 0x2c00:
		return RuneWidth(r) == 2
	}
	return true
}

// reach appends what brings the cursor to the cell at column x and row y, which is to be drawn. Where that is shorter it
// draws the cells between once more.
func (e *Encoder) reach(b []byte, shown []Cell, x, y int) []byte {
	if e.y == y && e.x == x {
		return b
	}
	if e.y != y || e.x < 0 || e.x > x || x-e.x > longestMove {
		return e.move(b, x, y)
	}
	begin, from, pen := len(b), e.x, e.pen
	b = e.move(b, x, y)
	moved := len(b) - begin
	over, drawn := b, len(b)
	e.x = from
	for i := from; i < x; i++ {
		if k := &shown[i]; k.Rune == 0 || contested(k.Rune) {
			moved = 0 // not to be drawn over
			break
		}
		over = e.put(over, shown, i)
		if len(over)-drawn > moved {
			break
		}
	}
	if n := len(over) - drawn; n <= moved && e.x == x && (n < moved || e.pen == pen) {
		return append(b[:begin], over[drawn:]...)
	}
	e.x, e.pen = x, pen
	return b
}

// longestMove is how many bytes a move within a row takes at most: that of 999 columns.
const longestMove = len("\x1b[999C")

// MoveLen returns how many bytes the shortest move of the cursor from one column and row to another takes.
func MoveLen(x, y, toX, toY int) int {
	var room [32]byte
	return len(appendMove(room[:0], x, y, toX, toY))
}

// move appends what brings the cursor to column x and row y.
func (e *Encoder) move(b []byte, x, y int) []byte {
	b = appendMove(b, e.x, e.y, x, y)
	e.x, e.y = x, y
	return b
}

// appendMove appends the shortest move of the cursor.
func appendMove(b []byte, fromX, fromY, x, y int) []byte {
	if fromX == x && fromY == y {
		return b
	}
	begin := len(b)
	b = cursorTo(b, x, y)
	absolute := len(b)
	switch known := fromX != unknownColumn; {
	case y == fromY && known && x > fromX:
		b = control(b, x-fromX, 'C')
	case y == fromY && known && fromX-x < x:
		b = control(b, fromX-x, 'D')
	case y >= fromY && y-fromY < absolute-begin:
		b = append(b, '\r') // which a terminal that makes "\r\n" of "\n" only repeats
		for range y - fromY {
			b = append(b, '\n')
		}
		if x > 0 {
			b = control(b, x, 'C')
		}
	case x == fromX && y > fromY:
		b = control(b, y-fromY, 'B')
	case x == fromX:
		b = control(b, fromY-y, 'A')
	}
	if n := len(b) - absolute; n > 0 && n <= absolute-begin {
		return append(b[:begin], b[absolute:]...)
	}
	return b[:absolute]
}

// cursorTo appends CUP. Row and column count from 1 there, which need not be said.
func cursorTo(b []byte, x, y int) []byte {
	b = append(b, "\x1b["...)
	if y > 0 {
		b = strconv.AppendInt(b, int64(y)+1, 10)
	}
	if x > 0 {
		b = append(b, ';')
		b = strconv.AppendInt(b, int64(x)+1, 10)
	}
	return append(b, 'H')
}

// control appends a control sequence of one number, of which 1 need not be said.
func control(b []byte, n int, final byte) []byte {
	b = append(b, "\x1b["...)
	if n != 1 {
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return append(b, final)
}

// styleFor appends what has a cell drawn in its style. Of a blank only what shows of it counts.
func (e *Encoder) styleFor(b []byte, k *Cell) []byte {
	if k.Rune != ' ' || k.Attr != 0 {
		return e.style(b, k.Style)
	}
	if e.pen.BG == k.BG && e.pen.Attr&(Reverse|Underline) == 0 {
		return b
	}
	kept := e.pen
	kept.BG, kept.Attr = k.BG, kept.Attr&^(Reverse|Underline)
	return e.style(b, kept)
}

// style appends what selects a style.
func (e *Encoder) style(b []byte, s Style) []byte {
	b = s.AppendFrom(b, e.pen)
	e.pen = s
	return b
}
