package canvas

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// randomCanvas makes a canvas of what a screen has: texts, runs of blanks, pages, letters of two columns; and what
// it should never have, such as half a letter or a control character.
type randomCanvas struct {
	*rand.Rand
}

var (
	randomRunes = []rune{'a', 'Z', '0', '…', '·', '▇', '▔', '▐', '─', 'é', '漢', '字', '🙂', '✕', '❯', '☕', 0, 0x1b, '\n', 0x85, 0x301, 0x200b, 0xad, 0xfffd}
	randomInk   = []Color{0, 0, RGB(0x17be90), RGB(0xffd045), ANSI16(1), ANSI16(9), RGB(0x0c0f16).To256()}
)

func (r randomCanvas) style() (s Style) {
	s.FG, s.BG = randomInk[r.IntN(len(randomInk))], randomInk[r.IntN(len(randomInk))]
	if r.IntN(3) == 0 {
		s.BG = 0
	}
	if r.IntN(3) == 0 {
		s.Attr = Attr(r.IntN(1 << 5))
	}
	return s
}

// draw changes the canvas a little, much or all over.
func (r randomCanvas) draw(c *Canvas, w, h int) {
	if r.IntN(8) == 0 || c.W != w || c.h != h {
		c.Reset(w, h)
	}
	for range r.IntN(1 + r.IntN(1+w*h)) {
		x, y, st := r.IntN(w), r.IntN(h), r.style()
		switch r.IntN(6) {
		case 0:
			c.Text(x, y, w-x, strings.Repeat("page ", 1+r.IntN(4)), st)
		case 1:
			c.Text(x, y, w-x, "漢字 cafe\u0301 🙂", st)
		case 2:
			c.Fill(x, y, r.IntN(w), ' ', st)
		case 3:
			c.Fill(x, y, w-x, ' ', Style{})
		case 4:
			c.Fill(x, y, r.IntN(8), '▇', st)
		default:
			c.Set(x, y, randomRunes[r.IntN(len(randomRunes))], st)
		}
	}
}

// emulated is a terminal that shows what was written.
type emulated struct{ *vt.Emulator }

func newEmulated(w, h int) emulated { return emulated{vt.NewEmulator(w, h)} }

func (e emulated) write(b []byte) {
	if _, err := e.Write(b); err != nil {
		panic(err) // it takes all
	}
}

// differs returns the first cell that the terminal shows otherwise than the canvas has it, or "".
func (e emulated) differs(c *Canvas) string {
	for y := range c.h {
		row := c.Cells[y*c.W : (y+1)*c.W]
		for x := range row {
			row[x] = canonical(row, x)
			want := row[x]
			if want.Rune == 0 {
				continue // the emulator has the rune before it as one of two columns
			}
			if got := cellOf(e.CellAt(x, y)); got != want {
				return fmt.Sprintf("column %d, row %d: %q %v is shown, want %q %v", x, y, got.Rune, got.Style, want.Rune, want.Style)
			}
		}
	}
	return ""
}

// cellOf is a cell of the emulator as a canvas has it.
func cellOf(k *uv.Cell) Cell {
	if k == nil {
		return Blank
	}
	out := Cell{Rune: ' ', Style: Style{FG: ColorOf(k.Style.Fg), BG: ColorOf(k.Style.Bg)}}
	for _, r := range k.Content {
		out.Rune = r
	}
	for _, a := range []struct {
		theirs uint8
		ours   Attr
	}{{uv.AttrBold, Bold}, {uv.AttrFaint, Faint}, {uv.AttrItalic, Italic}, {uv.AttrReverse, Reverse}} {
		if k.Style.Attrs&a.theirs != 0 {
			out.Attr |= a.ours
		}
	}
	if k.Style.Underline != 0 {
		out.Attr |= Underline
	}
	return canonical([]Cell{out, {}}, 0)
}

// What a terminal shows after a frame is the canvas, cell for cell, whatever it showed before.
func TestEncoderShowsTheCanvas(t *testing.T) {
	r := randomCanvas{rand.New(rand.NewPCG(1, 2))}
	for done := 0; done < pairs; {
		w, h := 1+r.IntN(30), 1+r.IntN(8)
		term, enc, c := newEmulated(w, h), &Encoder{Sync: r.IntN(2) == 0}, &Canvas{}
		for range 50 {
			r.draw(c, w, h)
			before := *c
			before.Cells = append([]Cell(nil), c.Cells...)
			caret := Caret{r.IntN(w+2) - 1, r.IntN(h+2) - 1, r.IntN(2) == 0}
			b := enc.Append(nil, c, caret)
			term.write(b)
			if d := term.differs(&before); d != "" {
				t.Fatalf("pair %d, %dx%d: %s after %q", done, w, h, d, b)
			}
			if at := term.CursorPosition(); enc.caret.Shown && (at.X != caret.X || at.Y != caret.Y) {
				t.Fatalf("pair %d, %dx%d: the caret is at %v, want %v, after %q", done, w, h, at, caret, b)
			}
			if again := enc.Append(nil, c, caret); len(again) > 0 {
				t.Fatalf("pair %d: %q is written though nothing changed", done, again)
			}
			done++
		}
	}
}

// A caret that the terminal shows goes where the screen was forgotten and the next has none.
func TestForgottenCaretGoes(t *testing.T) {
	c, enc, term := new(Canvas), new(Encoder), newEmulated(10, 2)
	shown := true
	term.SetCallbacks(vt.Callbacks{CursorVisibility: func(is bool) { shown = is }})
	c.Reset(10, 2)
	term.write(enc.Append(nil, c, Caret{X: 3, Y: 1, Shown: true}))
	if !shown {
		t.Fatal("the caret is not shown")
	}
	enc.Forget()
	if term.write(enc.Append(nil, c, Caret{})); shown {
		t.Error("the caret stays")
	}
}

// FuzzEncoder draws what the bytes say, cell by cell, and holds the terminal against it.
func FuzzEncoder(f *testing.F) {
	f.Add(uint8(10), uint8(3), []byte("\x00\x01a\x05\x02漢\x00\xff\x1b[2J"))
	f.Add(uint8(1), uint8(1), []byte{9, 0, 0, 0, 9, 0, 0, 0})
	f.Fuzz(func(t *testing.T, w, h uint8, data []byte) {
		c, enc := new(Canvas), &Encoder{}
		c.Reset(1+int(w%40), 1+int(h%10))
		term := newEmulated(c.W, c.h)
		for len(data) >= 6 {
			at, ink, attr := int(data[0])|int(data[1])<<8, data[2], data[3]
			r := rune(data[4]) | rune(data[5])<<8
			data = data[6:]
			c.Cells[at%len(c.Cells)] = Cell{r, Style{randomInk[int(ink&15)%len(randomInk)], randomInk[int(ink>>4)%len(randomInk)], Attr(attr & 31)}}
			if at%3 > 0 && len(data) > 0 {
				continue
			}
			want := new(Canvas)
			want.Copy(c)
			b := enc.Append(nil, c, Caret{})
			term.write(b)
			if d := term.differs(want); d != "" {
				t.Fatalf("%s after %q", d, b)
			}
		}
	})
}
