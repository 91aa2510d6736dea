package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// cell is one column of one row of the screen. A rune that is two columns wide
// has a cell of rune 0 behind it.
type cell struct {
	r rune
	style
}

var blank = cell{r: ' '}

// canvas is the screen as cells. It is reused from frame to frame, so that a
// frame costs no allocation but that of its finished string.
type canvas struct {
	w, h  int
	cells []cell
	buf   []byte
	ascii bool // nothing outside ASCII leaves the canvas
}

// area is a rectangle of the canvas.
type area struct{ x, y, w, h int }

func (a area) empty() bool            { return a.w <= 0 || a.h <= 0 }
func (a area) contains(x, y int) bool { return x >= a.x && x < a.x+a.w && y >= a.y && y < a.y+a.h }

// row is line i of the area, as an area of height 1; empty where i is outside.
func (a area) row(i int) area {
	if i < 0 || i >= a.h {
		return area{a.x, a.y, 0, 0}
	}
	return area{a.x, a.y + i, a.w, 1}
}

// cutTop returns the first n rows and the rest.
func (a area) cutTop(n int) (top, rest area) {
	n = max(0, min(n, a.h))
	return area{a.x, a.y, a.w, n}, area{a.x, a.y + n, a.w, a.h - n}
}

// reset makes the canvas w by h blank cells.
func (c *canvas) reset(w, h int) {
	c.w, c.h = w, h
	if n := w * h; cap(c.cells) < n {
		c.cells = make([]cell, n)
	} else {
		c.cells = c.cells[:n]
	}
	for i := range c.cells {
		c.cells[i] = blank
	}
}

// set draws one rune of width 1; outside the canvas it does nothing.
func (c *canvas) set(x, y int, r rune, s style) {
	if x < 0 || y < 0 || x >= c.w || y >= c.h {
		return
	}
	c.cells[y*c.w+x] = cell{r, s}
}

// at is the cell at x, y, or nil outside the canvas.
func (c *canvas) at(x, y int) *cell {
	if x < 0 || y < 0 || x >= c.w || y >= c.h {
		return nil
	}
	return &c.cells[y*c.w+x]
}

// fill draws n times the same rune.
func (c *canvas) fill(x, y, n int, r rune, s style) {
	for i := range n {
		c.set(x+i, y, r, s)
	}
}

// asciiOf are the runes of our own texts that ASCII has a stand-in for.
var asciiOf = map[rune]rune{
	'…': '~', 'µ': 'u', 'μ': 'u', '·': '.', '–': '-', '—': '-', '→': '>', '←': '<', '↑': '^', '↓': 'v',
	'×': 'x', '✕': 'x', '●': '*', '○': 'o', '❯': '>', '─': '-', '│': '|', '┃': '#', '▌': '>', '▐': '<',
	'’': '\'', '‘': '\'', '“': '"', '”': '"', '≤': '<', '≥': '>', '−': '-',
}

// printable is what is drawn for r: control characters, formatting characters
// (which can turn the direction of text) and broken UTF-8 are shown as a
// replacement, never sent, for text can come from a file.
func (c *canvas) printable(r rune) rune {
	if r >= ' ' && r < 0x7f {
		return r
	}
	if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || !unicode.IsGraphic(r) {
		r = '�'
	}
	if c.ascii {
		if a, ok := asciiOf[r]; ok {
			return a
		}
		return '?'
	}
	return r
}

// runeWidth is how many columns r takes; 0 for a combining mark, which is left out.
func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	return min(max(ansi.StringWidth(string(r)), 1), 2)
}

// textWidth is how many columns s takes on the canvas.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// text draws s from x on, no further than w columns, with an ellipsis where it
// was cut, and returns how many columns it took.
func (c *canvas) text(x, y, w int, s string, st style) int {
	if w <= 0 {
		return 0
	}
	if textWidth(s) > w {
		s = truncate(s, w)
	}
	n := 0
	for _, r := range s {
		r = c.printable(r)
		rw := runeWidth(r)
		if rw == 0 || n+rw > w {
			continue
		}
		c.set(x+n, y, r, st)
		if rw == 2 {
			c.set(x+n+1, y, 0, st)
		}
		n += rw
	}
	return n
}

// textRight draws s so that it ends before column x+w, and returns how many
// columns it took. It draws nothing where s does not fit: a number that was cut
// would be another number.
func (c *canvas) textRight(x, y, w int, s string, st style) int {
	n := textWidth(s)
	if n > w {
		return 0
	}
	return c.text(x+w-n, y, n, s, st)
}

// truncate cuts s to w columns, the last of them an ellipsis. It does not cut
// within a number: 0x7f3a… and 12… would read as other numbers.
func truncate(s string, w int) string {
	if w <= 0 {
		return ""
	}
	cut, n := 0, 0
	for cut < len(s) {
		r, size := utf8.DecodeRuneInString(s[cut:])
		rw := runeWidth(r)
		if n+rw > w-1 {
			break
		}
		n += rw
		cut += size
	}
	if cut < len(s) && partOfNumber(s[cut]) {
		k := cut
		for k > 0 && partOfNumber(s[k-1]) {
			k--
		}
		if k < cut && (s[k] >= '0' && s[k] <= '9') {
			cut = k
		}
	}
	return s[:cut] + "…"
}

// partOfNumber reports whether b can be within a number as we print them: 12,
// 1.5M, 0x7f3a, 64K.
func partOfNumber(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b == 'x' || b == '.' || b == 'K' || b == 'M' || b == 'G' || b == 'T' || b == 'B'
}

// wrap cuts s into lines of at most w columns, between words where it can.
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	line, width := "", 0
	for _, word := range splitWords(s) {
		n := textWidth(word)
		switch {
		case width == 0:
		case width+1+n <= w:
			line, width = line+" ", width+1
		default:
			lines = append(lines, line)
			line, width = "", 0
		}
		for n > w-width && width == 0 {
			head := headOf(word, w)
			lines = append(lines, head)
			word = word[len(head):]
			n -= textWidth(head) // not counted anew: a word can have the length of a line of a script
		}
		line, width = line+word, width+n
	}
	if width > 0 {
		lines = append(lines, line)
	}
	return lines
}

func splitWords(s string) []string {
	var words []string
	start := -1
	for i, r := range s {
		if r == ' ' || r == '\n' || r == '\t' {
			if start >= 0 {
				words = append(words, s[start:i])
			}
			start = -1
		} else if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		words = append(words, s[start:])
	}
	return words
}

// headOf is as much of s as fits w columns, at least one rune.
func headOf(s string, w int) string {
	n := 0
	for i, r := range s {
		rw := runeWidth(r)
		if i > 0 && n+rw > w {
			return s[:i]
		}
		n += rw
	}
	return s
}

// heading draws a title, a thin rule behind it, and what is said of it at the
// right; the right part is left out where there is no room.
func (c *canvas) heading(a area, th *theme, title, right string) {
	if a.empty() {
		return
	}
	n := c.text(a.x, a.y, a.w, title, th.heading)
	end := a.w
	if right != "" {
		if rw := textWidth(right); n+3+rw <= a.w {
			c.text(a.x+a.w-rw, a.y, rw, right, th.dim)
			end = a.w - rw - 1
		}
	}
	if end-n-1 > 0 {
		c.fill(a.x+n+1, a.y, end-n-1, th.glyphs.rule, th.rule)
	}
}

// encode is the frame as styled text, rows separated by newlines.
func (c *canvas) encode() string {
	b := c.buf[:0]
	var pen style
	for y := range c.h {
		if y > 0 {
			b = append(b, '\n')
		}
		row := c.cells[y*c.w : (y+1)*c.w]
		end := len(row)
		for end > 0 && row[end-1] == blank {
			end--
		}
		for i := range row[:end] {
			k := &row[i]
			if k.r == 0 {
				continue
			}
			// The foreground of a space does not show, so it need not change.
			if k.style != pen && !(k.r == ' ' && k.bg == pen.bg && (k.attr|pen.attr)&(reverse|underline) == 0) {
				b = k.appendTo(b)
				pen = k.style
			}
			if k.r < utf8.RuneSelf {
				b = append(b, byte(k.r))
			} else {
				b = utf8.AppendRune(b, k.r)
			}
		}
		if pen != (style{}) {
			b = append(b, "\x1b[m"...)
			pen = style{}
		}
	}
	c.buf = b
	return string(b)
}

// plain is the frame as text without styles, blanks at line ends left out.
func (c *canvas) plain() string {
	var b []byte
	for y := range c.h {
		row := c.cells[y*c.w : (y+1)*c.w]
		end := len(row)
		for end > 0 && (row[end-1].r == ' ' || row[end-1].r == 0) {
			end--
		}
		for _, k := range row[:end] {
			if k.r != 0 {
				b = utf8.AppendRune(b, k.r)
			}
		}
		b = append(b, '\n')
	}
	return string(b)
}

// fit cuts s only where it is too long.
func fit(s string, w int) string {
	if textWidth(s) > w {
		return truncate(s, w)
	}
	return s
}

// join puts the parts that are not empty side by side.
func join(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}
