package canvas

import "strings"

// Span is text in one style.
type Span struct {
	Text  string // without the sequences of a style
	Style Style  // of each cell of it
}

// Span returns a text in the style.
func (s Style) Span(text string) Span { return Span{text, s} }

// Line is a line of text in spans.
type Line []Span

// Line returns a line in one style.
func (s Style) Line(text string) Line { return Line{{text, s}} }

// Width returns how many columns the line takes.
func (l Line) Width() int {
	n := 0
	for i := range l {
		n += Width(l[i].Text)
	}
	return n
}

// String returns the text alone.
func (l Line) String() string {
	if len(l) == 1 {
		return l[0].Text
	}
	var b strings.Builder
	for i := range l {
		b.WriteString(l[i].Text)
	}
	return b.String()
}

// add appends a text, to the last span where that has its style.
func (l *Line) add(text string, st Style) {
	if n := len(*l); n > 0 && (*l)[n-1].Style == st {
		(*l)[n-1].Text += text
		return
	}
	*l = append(*l, Span{text, st})
}

// Tab is the text of a span that sets what stands behind it in a line to the right.
const Tab = "\t"

// Line draws a line from column x on, in at most w columns, and returns the column where it ends. What stands
// behind a [Tab] is set to the right of these columns.
func (c *Canvas) Line(x, y, w int, l Line) int {
	end := x + w
	for i, p := range l {
		if p.Text == Tab {
			x = end - l[i+1:].Width()
			continue
		}
		x += c.Text(x, y, end-x, p.Text, p.Style)
	}
	return x
}

const blanks = "                                                                "

// Pad returns n blanks in the terminal's own style.
func Pad(n int) Span {
	if n <= len(blanks) {
		return Span{Text: blanks[:max(0, n)]}
	}
	return Span{Text: strings.Repeat(" ", n)}
}
