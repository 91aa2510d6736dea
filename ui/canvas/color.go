package canvas

import (
	"fmt"
	"image/color"
	"io"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Colors is how many colors the terminal shows.
type Colors uint8

// The values of Colors.
const (
	ColorsAuto Colors = iota // ask the environment: [DetectColors]
	TrueColor                // 24 bits
	Color256                 // the xterm palette
	Color16                  // the 16 colors of the user's own theme
	NoColor                  // none; bold and reverse remain
)

// DetectColors returns how many colors the terminal behind out shows, by what it and the environment say.
// NO_COLOR with any value but the empty one means none, as https://no-color.org has it. (Bubble Tea would take
// only 1 and true.)
func DetectColors(out io.Writer, env []string) Colors {
	var term, colorTerm string
	for _, kv := range env {
		switch name, value, _ := strings.Cut(kv, "="); name {
		case "NO_COLOR":
			if value != "" {
				return NoColor
			}
		case "TERM":
			term = value
		case "COLORTERM":
			colorTerm = value
		}
	}
	// tmux takes 24 bits and gives the terminal what it can show.
	if strings.HasPrefix(term, "tmux") && (colorTerm == "truecolor" || colorTerm == "24bit") {
		return TrueColor
	}
	switch colorprofile.Detect(out, env) {
	case colorprofile.TrueColor:
		return TrueColor
	case colorprofile.ANSI256:
		return Color256
	case colorprofile.ANSI:
		return Color16
	}
	return NoColor
}

// DarkIn reports whether COLORFGBG, which rxvt, Konsole and others set, says that the background is dark.
// "0;15" is black on white. Numbers from 0 to 6, and 8, are dark. Without the variable it is true.
func DarkIn(env []string) bool {
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "COLORFGBG="); ok {
			n, err := strconv.Atoi(v[strings.LastIndexByte(v, ';')+1:])
			return err != nil || n < 7 || n == 8
		}
	}
	return true
}

// Profile returns Bubble Tea's name for c. It is always handed over, so that Bubble Tea neither guesses another
// one nor maps our colors with its own table.
func (c Colors) Profile() colorprofile.Profile {
	switch c {
	case TrueColor:
		return colorprofile.TrueColor
	case Color256:
		return colorprofile.ANSI256
	case Color16:
		return colorprofile.ANSI
	}
	return colorprofile.ASCII
}

// Color is the color of a cell: the terminal's own color (the zero value), one of 16, one of 256, or red, green
// and blue. It is one machine word, so that styles compare fast.
type Color uint32

const (
	kind16 Color = (iota + 1) << 24
	kind256
	kindRGB
	kindMask Color = 0xff << 24
)

// RGB returns the color 0xRRGGBB.
func RGB(v uint32) Color { return kindRGB | Color(v) }

// ANSI16 returns color n, from 0 to 15, of the user's own theme.
func ANSI16(n uint8) Color { return kind16 | Color(n) }

// Mix returns the color that lies t/of of the way from a to b. Both must be made by [RGB].
func Mix(a, b Color, t, of uint32) Color {
	var out uint32
	for shift := 0; shift < 24; shift += 8 {
		x, y := uint32(a)>>shift&0xff, uint32(b)>>shift&0xff
		out |= ((x*(of-t) + y*t) / of) << shift
	}
	return RGB(out)
}

// To256 returns the nearest color of the xterm palette. Only a color made by [RGB] changes.
func (c Color) To256() Color {
	if c&kindMask != kindRGB {
		return c
	}
	return kind256 | Color(ansi.Convert256(ansi.RGBColor{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c)}))
}

// Ink returns c as the libraries have colors. It is nil for the terminal's own color.
func (c Color) Ink() color.Color {
	switch v := uint32(c &^ kindMask); c & kindMask {
	case kind16:
		return ansi.BasicColor(v)
	case kind256:
		return ansi.IndexedColor(v)
	case kindRGB:
		return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
	}
	return nil
}

// ColorOf returns a color of the libraries as a cell has it. It is the reverse of [Color.Ink].
func ColorOf(ink color.Color) Color {
	switch ink := ink.(type) {
	case nil:
		return 0
	case ansi.BasicColor:
		return ANSI16(uint8(ink))
	case ansi.IndexedColor:
		return kind256 | Color(ink)
	}
	r, g, b, _ := ink.RGBA()
	return RGB(r>>8<<16 | g>>8<<8 | b>>8)
}

// String returns red, green and blue as in 17be90, or the number of a color of a palette. It is "" for the
// terminal's own color.
func (c Color) String() string {
	switch v := uint32(c &^ kindMask); c & kindMask {
	case kindRGB:
		return fmt.Sprintf("%06x", v)
	case kind16, kind256:
		return strconv.Itoa(int(v))
	}
	return ""
}

// appendSGR appends the parameters of SGR (ECMA-48 8.3.117) that select c, each
// with a semicolon before it; nothing for the terminal's own color, which a
// reset has selected.
func (c Color) appendSGR(b []byte, background bool) []byte {
	base := uint64(30)
	if background {
		base = 40
	}
	v := uint64(c &^ kindMask)
	switch c & kindMask {
	case kind16:
		if v >= 8 {
			base += 60 - 8
		}
		return strconv.AppendUint(append(b, ';'), base+v, 10)
	case kind256:
		b = strconv.AppendUint(append(b, ';'), base+8, 10)
		return strconv.AppendUint(append(b, ";5;"...), v, 10)
	case kindRGB:
		b = strconv.AppendUint(append(b, ';'), base+8, 10)
		b = strconv.AppendUint(append(b, ";2;"...), v>>16, 10)
		b = strconv.AppendUint(append(b, ';'), v>>8&0xff, 10)
		return strconv.AppendUint(append(b, ';'), v&0xff, 10)
	}
	return b
}

// Attr is a set of text attributes.
type Attr uint8

const (
	// Bold draws text in bold.
	Bold Attr = 1 << iota
	// Reverse swaps foreground and background.
	Reverse
	// Underline draws a line under the text.
	Underline
	// Faint draws text fainter.
	Faint
	// Italic draws text slanted.
	Italic
)

// Style is how one cell of the screen is drawn. The zero value is the terminal's own style.
type Style struct {
	FG, BG Color // of the text and behind it; 0 is the terminal's own
	Attr   Attr  // bold, reverse and the like; 0 is none
}

// On returns s with another background.
func (s Style) On(bg Color) Style { s.BG = bg; return s }

// Bold returns s in bold. Most terminals show the first eight of 16 colors brighter if they are bold, so a dark
// one on a light background stays as it is.
func (s Style) Bold() Style {
	if s.FG&kindMask != kind16 || s.FG&^kindMask >= 7 {
		s.Attr |= Bold
	}
	return s
}

// appendTo appends the escape sequence that selects s, whatever was selected before.
func (s Style) appendTo(b []byte) []byte {
	b = append(b, "\x1b["...)
	if s == (Style{}) {
		return append(b, 'm')
	}
	b = append(b, '0')
	if s.Attr&Bold != 0 {
		b = append(b, ";1"...)
	}
	if s.Attr&Faint != 0 {
		b = append(b, ";2"...)
	}
	if s.Attr&Italic != 0 {
		b = append(b, ";3"...)
	}
	if s.Attr&Underline != 0 {
		b = append(b, ";4"...)
	}
	if s.Attr&Reverse != 0 {
		b = append(b, ";7"...)
	}
	b = s.FG.appendSGR(b, false)
	b = s.BG.appendSGR(b, true)
	return append(b, 'm')
}

// AppendFrom appends the escape sequence that selects s where pen is selected: from there or from none, whichever is shorter.
func (s Style) AppendFrom(b []byte, pen Style) []byte {
	if s == pen {
		return b
	}
	begin := len(b)
	b = s.appendTo(b)
	whole := len(b)
	b = s.appendAfter(b, pen)
	if n := len(b) - whole; n < whole-begin {
		return append(b[:begin], b[whole:]...)
	}
	return b[:whole]
}

// attrs are the attributes with the parameters of SGR that select and end each. One ends both bold and faint.
var attrs = [...]struct {
	attr, ended Attr
	on, off     string
}{
	{Bold, Bold | Faint, ";1", ";22"},
	{Faint, Bold | Faint, ";2", ";22"},
	{Italic, Italic, ";3", ";23"},
	{Underline, Underline, ";4", ";24"},
	{Reverse, Reverse, ";7", ";27"},
}

// appendAfter appends the escape sequence that selects s where pen is selected, by what differs.
func (s Style) appendAfter(b []byte, pen Style) []byte {
	begin := len(b)
	b = append(b, "\x1b["...)
	has := pen.Attr
	for i := range attrs {
		if a := &attrs[i]; has&a.attr != 0 && s.Attr&a.attr == 0 {
			b = append(b, a.off...)
			has &^= a.ended
		}
	}
	for i := range attrs {
		if a := &attrs[i]; s.Attr&a.attr != 0 && has&a.attr == 0 {
			b = append(b, a.on...)
		}
	}
	if s.FG != pen.FG {
		if s.FG == 0 {
			b = append(b, ";39"...)
		}
		b = s.FG.appendSGR(b, false)
	}
	if s.BG != pen.BG {
		if s.BG == 0 {
			b = append(b, ";49"...)
		}
		b = s.BG.appendSGR(b, true)
	}
	at := begin + len("\x1b[") // of the first semicolon
	b = append(b[:at], b[at+1:]...)
	return append(b, 'm')
}
