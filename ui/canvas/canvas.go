package canvas

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Cell is one column of one row of the screen. A rune that is two columns wide has a cell of rune 0 behind it.
type Cell struct {
	Rune rune // 0 behind a rune of two columns
	Style
}

// Blank is a cell with nothing in it, in the terminal's own style.
var Blank = Cell{Rune: ' '}

// Canvas is the screen as cells. It is reused for every drawing, so that drawing costs no allocation but that
// of the finished string.
type Canvas struct {
	W, h  int    // columns and rows
	Cells []Cell // row by row
	buf   []byte
	ASCII bool // nothing outside ASCII leaves the canvas
}

// Area is a rectangle of the canvas. X and Y are the column and row of its first cell, from 0. W and H are how many
// columns and rows it has; it is empty where one of them is 0 or less.
type Area struct{ X, Y, W, H int }

// Empty reports whether the area has no cell.
func (a Area) Empty() bool { return a.W <= 0 || a.H <= 0 }

// Contains reports whether the cell at column x and row y lies in the area.
func (a Area) Contains(x, y int) bool { return x >= a.X && x < a.X+a.W && y >= a.Y && y < a.Y+a.H }

// Row returns row i of the area, as an area of height 1. It is empty if i is outside.
func (a Area) Row(i int) Area {
	if i < 0 || i >= a.H {
		return Area{a.X, a.Y, 0, 0}
	}
	return Area{a.X, a.Y + i, a.W, 1}
}

// CutTop returns the first n rows of the area, and the rest.
func (a Area) CutTop(n int) (top, rest Area) {
	n = max(0, min(n, a.H))
	return Area{a.X, a.Y, a.W, n}, Area{a.X, a.Y + n, a.W, a.H - n}
}

// Reset makes the canvas w columns by h rows of blank cells.
func (c *Canvas) Reset(w, h int) {
	c.W, c.h = w, h
	if n := w * h; cap(c.Cells) < n {
		c.Cells = make([]Cell, n)
	} else {
		c.Cells = c.Cells[:n]
	}
	if len(c.Cells) == 0 {
		return
	}
	c.Cells[0] = Blank
	for n := 1; n < len(c.Cells); n *= 2 { // twice as fast as cell by cell
		copy(c.Cells[n:], c.Cells[:n])
	}
}

// Copy makes the canvas one of the same size and cells as another.
func (c *Canvas) Copy(from *Canvas) {
	c.W, c.h, c.ASCII = from.W, from.h, from.ASCII
	c.Cells = append(c.Cells[:0], from.Cells...)
}

// Set draws one rune of width 1. It does nothing outside the canvas.
func (c *Canvas) Set(x, y int, r rune, s Style) {
	if x < 0 || y < 0 || x >= c.W || y >= c.h {
		return
	}
	c.Cells[y*c.W+x] = Cell{r, s}
}

// At returns the cell at column x and row y, or nil if that is outside the canvas.
func (c *Canvas) At(x, y int) *Cell {
	if x < 0 || y < 0 || x >= c.W || y >= c.h {
		return nil
	}
	return &c.Cells[y*c.W+x]
}

// Fill draws the same rune n times from column x on.
func (c *Canvas) Fill(x, y, n int, r rune, s Style) {
	for i := range n {
		c.Set(x+i, y, r, s)
	}
}

// asciiOf are the runes of our own texts that ASCII has a stand-in for.
var asciiOf = map[rune]rune{
	'…': '~', 'µ': 'u', 'μ': 'u', '·': '.', '–': '-', '—': '-', '→': '>', '←': '<', '↑': '^', '↓': 'v',
	'×': 'x', '✕': 'x', '●': '*', '○': 'o', '❯': '>', '─': '-', '│': '|', '┃': '#', '▌': '>', '▐': '<',
	'’': '\'', '‘': '\'', '“': '"', '”': '"', '≤': '<', '≥': '>', '−': '-',
}

// Printable returns the rune that is drawn for r. Text can come from a file, so control characters, formatting
// characters (which can turn the direction of text) and broken UTF-8 are never sent: a replacement is drawn for
// them.
func (c *Canvas) Printable(r rune) rune {
	if r >= ' ' && r < 0x7f {
		return r
	}
	if r == utf8.RuneError || !printable(r) {
		r = '�'
	}
	if c.ASCII {
		if a, ok := asciiOf[r]; ok {
			return a
		}
		return '?'
	}
	return r
}

// printable reports whether r is a letter that a terminal draws, and not one that it obeys.
func printable(r rune) bool { return unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) }

// From boxesBegin on, before boxesEnd, are the boxes, blocks and shapes that the grid is drawn with. All of them take one
// column.
const boxesBegin, boxesEnd = 0x2500, 0x25fd

// RuneWidth returns how many columns r takes. That is 0 for a combining mark, which is left out.
func RuneWidth(r rune) int {
	if r < 0x300 || r >= boxesBegin && r < boxesEnd {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	return min(max(ansi.StringWidth(string(r)), 1), 2)
}

// RuneColumns returns how many columns r takes as the canvas draws it.
func (c *Canvas) RuneColumns(r rune) int { return RuneWidth(c.Printable(r)) }

// Width returns how many columns s takes on the canvas.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += RuneWidth(r)
	}
	return n
}

// Text draws s from column x on, in at most w columns, and returns how many it took. A text that is cut ends in
// an ellipsis.
func (c *Canvas) Text(x, y, w int, s string, st Style) int {
	if w <= 0 {
		return 0
	}
	if len(s) > w && Width(s) > w { // no letter has more columns than bytes
		s = Truncate(s, w)
	}
	n := 0
	for _, r := range s {
		r = c.Printable(r)
		rw := RuneWidth(r)
		if rw == 0 || n+rw > w {
			continue
		}
		c.Set(x+n, y, r, st)
		if rw == 2 {
			c.Set(x+n+1, y, 0, st)
		}
		n += rw
	}
	return n
}

// TextRight draws s so that it ends before column x+w, and returns how many columns it took. It draws nothing
// if s does not fit: a number that was cut would be another number.
func (c *Canvas) TextRight(x, y, w int, s string, st Style) int {
	n := Width(s)
	if n > w {
		return 0
	}
	return c.Text(x+w-n, y, n, s, st)
}

// partOfNumber reports whether b can be within a number as we print them: 12,
// 1.5M, 0x7f3a, 64K.
func partOfNumber(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b == 'x' || b == '.' || b == 'K' || b == 'M' || b == 'G' || b == 'T' || b == 'B'
}

// Encode returns the screen as styled text, rows separated by newlines.
func (c *Canvas) Encode() string {
	b := c.buf[:0]
	var pen Style
	for y := range c.h {
		if y > 0 {
			b = append(b, '\n')
		}
		row := c.Cells[y*c.W : (y+1)*c.W]
		end := len(row)
		for end > 0 && row[end-1] == Blank {
			end--
		}
		for i := range row[:end] {
			k := &row[i]
			if k.Rune == 0 {
				continue
			}
			// The foreground of a space does not show, so it need not change.
			if k.Style != pen && !(k.Rune == ' ' && k.BG == pen.BG && (k.Attr|pen.Attr)&(Reverse|Underline) == 0) {
				b = k.appendTo(b)
				pen = k.Style
			}
			if k.Rune < utf8.RuneSelf {
				b = append(b, byte(k.Rune))
			} else {
				b = utf8.AppendRune(b, k.Rune)
			}
		}
		if pen != (Style{}) {
			b = append(b, "\x1b[m"...)
			pen = Style{}
		}
	}
	c.buf = b
	return string(b)
}

// Plain returns the screen as text without styles. Blanks at the ends of lines are left out.
func (c *Canvas) Plain() string {
	var b []byte
	for y := range c.h {
		row := c.Cells[y*c.W : (y+1)*c.W]
		end := len(row)
		for end > 0 && (row[end-1].Rune == ' ' || row[end-1].Rune == 0) {
			end--
		}
		for _, k := range row[:end] {
			if k.Rune != 0 {
				b = utf8.AppendRune(b, k.Rune)
			}
		}
		b = append(b, '\n')
	}
	return string(b)
}

// Fit returns s, cut to w columns as [Truncate] does it if it is longer.
func Fit(s string, w int) string {
	if Width(s) > w {
		return Truncate(s, w)
	}
	return s
}

// Join returns the parts that are not empty, with sep between them.
func Join(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

// Clamp returns v, or the bound that it is beyond. It returns lo if the bounds contradict each other.
func Clamp(v, lo, hi int) int { return max(lo, min(v, hi)) }
