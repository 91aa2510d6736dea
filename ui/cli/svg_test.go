package cli_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"image/color"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/vt"
)

// A cell of the picture is 8 by 16 units, so that an eighth of it is a whole number of them either
// way, and block elements are drawn as rectangles that meet exactly, whatever font there is.
const (
	cellW, cellH = 8, 16
	margin       = 12
)

// The colors of a terminal that was not told any: those that incore is made for on a dark one.
var (
	pictureBack = color.RGBA{0x0C, 0x0F, 0x16, 0xFF}
	pictureText = color.RGBA{0xD5, 0xDC, 0xEB, 0xFF}
)

// Attributes of a cell, as ultraviolet counts them.
const (
	attrBold    = 1 << 0
	attrFaint   = 1 << 1
	attrReverse = 1 << 5
)

// box is a part of a cell, in its units.
type box struct{ x, y, w, h int }

// boxes are the characters that are drawn as rectangles.
var boxes = func() map[rune][]box {
	m := map[rune][]box{
		'▀': {{0, 0, 8, 8}}, '▔': {{0, 0, 8, 2}}, '▐': {{4, 0, 4, 16}}, '▕': {{7, 0, 1, 16}},
		'▖': {{0, 8, 4, 8}}, '▗': {{4, 8, 4, 8}}, '▘': {{0, 0, 4, 8}}, '▝': {{4, 0, 4, 8}},
		'▚': {{0, 0, 4, 8}, {4, 8, 4, 8}}, '▞': {{4, 0, 4, 8}, {0, 8, 4, 8}},
		'▙': {{0, 0, 4, 16}, {4, 8, 4, 8}}, '▛': {{0, 0, 4, 16}, {4, 0, 4, 8}},
		'▜': {{0, 0, 8, 8}, {4, 8, 4, 8}}, '▟': {{4, 0, 4, 16}, {0, 8, 4, 8}},
		'─': {{0, 8, 8, 1}}, '━': {{0, 7, 8, 2}}, '│': {{4, 0, 1, 16}}, '┃': {{3, 0, 2, 16}},
		'╌': {{1, 8, 2, 1}, {5, 8, 2, 1}},
	}
	for i := 1; i <= 8; i++ { // ▁ to █ and ▏ to █
		m['▁'+rune(i-1)] = []box{{0, 16 - 2*i, 8, 2 * i}}
		m['█'+rune(8-i)] = []box{{0, 0, i, 16}}
	}
	return m
}()

// layers are the shapes of a picture, a path a color, in the order in which the colors came.
type layers struct {
	order []string
	paths map[string]*strings.Builder
}

func (l *layers) add(c string, x, y, w, h int) {
	if l.paths == nil {
		l.paths = map[string]*strings.Builder{}
	}
	p := l.paths[c]
	if p == nil {
		p = new(strings.Builder)
		l.paths[c], l.order = p, append(l.order, c)
	}
	fmt.Fprintf(p, "M%d %dh%dv%dh-%dz", x, y, w, h, w)
}

func (l *layers) write(b *strings.Builder) {
	for _, c := range l.order {
		fmt.Fprintf(b, "<path fill=%q d=%q/>\n", c, l.paths[c])
	}
}

// svg draws what an emulator shows as a picture that needs nothing but itself: no script, no font
// of its own. caret says whether the terminal's cursor is shown. The title is for who cannot see it.
func svg(emu *vt.Emulator, caret bool, title string) string {
	cols, rows := emu.Width(), emu.Height()
	w, h := cols*cellW+2*margin, rows*cellH+2*margin
	var b, text strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		w, h, w, h, html.EscapeString(title))
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=%q/>\n", w, h, hex(pictureBack))
	var behind, blocks layers
	for y := range rows {
		var r word
		for x := 0; x < cols; x++ {
			c, px, py := cellOf(emu, x, y), margin+x*cellW, margin+y*cellH
			if c.back != hex(pictureBack) {
				behind.add(c.back, px, py, c.width*cellW, cellH)
			}
			shapes, isBox := boxes[c.r]
			for _, s := range shapes {
				blocks.add(c.fore, px+s.x, py+s.y, s.w, s.h)
			}
			if isBox || c.r == ' ' || c.fore != r.fore || c.bold != r.bold {
				r.flush(&text)
			}
			if !isBox && c.r != ' ' {
				r.add(px, py, c)
			}
			x += c.width - 1
		}
		r.flush(&text)
	}
	if at := emu.CursorPosition(); caret {
		behind.add(hex(pictureText), margin+at.X*cellW, margin+at.Y*cellH, 2, cellH)
	}
	b.WriteString("<g shape-rendering=\"crispEdges\">\n")
	behind.write(&b)
	blocks.write(&b)
	b.WriteString("</g>\n")
	// Six tenths of the size is how wide most fonts of equal widths are; textLength does the rest.
	b.WriteString(`<g font-family="ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="13.3" xml:space="preserve">` + "\n")
	b.WriteString(text.String())
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// drawn is a cell as it is drawn.
type drawn struct {
	r          rune
	content    string
	width      int
	fore, back string
	bold       bool
	bare       bool // has the terminal's own background
}

func cellOf(emu *vt.Emulator, x, y int) drawn {
	c := emu.CellAt(x, y)
	if c == nil || c.Content == "" {
		return drawn{r: ' ', width: 1, fore: hex(pictureText), back: hex(pictureBack), bare: true}
	}
	fore, back := orElse(c.Style.Fg, pictureText), orElse(c.Style.Bg, pictureBack)
	if c.Style.Attrs&attrReverse != 0 {
		fore, back = back, fore
	}
	if c.Style.Attrs&attrFaint != 0 {
		fore = between(fore, back)
	}
	r, _ := utf8.DecodeRuneInString(c.Content)
	return drawn{r, c.Content, max(1, c.Width), hex(fore), hex(back), c.Style.Attrs&attrBold != 0, c.Style.Bg == nil}
}

func orElse(c, other color.Color) color.Color {
	if c == nil {
		return other
	}
	return c
}

func between(a, b color.Color) color.Color {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	return color.RGBA64{uint16((ar + br) / 2), uint16((ag + bg) / 2), uint16((ab + bb) / 2), 0xFFFF}
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// word is cells side by side that look the same.
type word struct {
	x, y, cols int
	text       strings.Builder
	fore       string
	bold       bool
}

func (r *word) add(x, y int, c drawn) {
	if r.cols == 0 {
		r.x, r.y, r.fore, r.bold = x, y, c.fore, c.bold
	}
	r.text.WriteString(c.content)
	r.cols += c.width
}

func (r *word) flush(b *strings.Builder) {
	if r.cols == 0 {
		return
	}
	weight := ""
	if r.bold {
		weight = ` font-weight="700"`
	}
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=%q%s>%s</text>\n",
		r.x, r.y+12, r.cols*cellW, r.fore, weight, html.EscapeString(r.text.String()))
	r.text.Reset()
	r.cols = 0
}

// A picture is well-formed, has words as text, and block elements as the boxes that they are.
func TestSVG(t *testing.T) {
	emu := vt.NewEmulator(12, 3)
	_, _ = emu.WriteString("\x1b[1;31m<a&b>\x1b[m \x1b[38;2;1;2;3m▇▏\x1b[m\r\n\x1b[7m \x1b[m漢x")
	got := svg(emu, true, `"a" & b`)
	for dec := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
	}
	for _, want := range []string{
		`font-weight="700">&lt;a&amp;b&gt;</text>`,
		`<path fill="#010203" d="M60 14h8v14h-8zM68 12h1v16h-1z"/>`,                                    // seven eighths from below, one from the left
		`<path fill="#d5dceb" d="M12 28h8v16h-8zM44 28h2v16h-2z"/>`,                                    // reversed, and the cursor
		`<text x="20" y="40" textLength="24" lengthAdjust="spacingAndGlyphs" fill="#d5dceb">漢x</text>`, // two columns and one
		"<title>&#34;a&#34; &amp; b</title>",
	} {
		if !bytes.Contains([]byte(got), []byte(want)) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}
