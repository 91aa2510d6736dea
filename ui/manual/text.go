package manual

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ink is how a piece of the text is drawn.
type Ink uint8

// The inks.
const (
	Body    Ink = iota
	Title       // of the document
	Section     // a heading, the head of a table
	Typed       // what is typed, or stands in a file of the kernel
)

// Style draws a piece of text in an ink. It adds no column.
type Style func(Ink, string) string

// Text is the document as lines of at most width columns, as far as its words allow. Without a style they are
// clean text, in which code of several words, and a sign that stands alone, is quoted.
func (d Doc) Text(width int, style Style) []string {
	t := writer{width: width, style: style}
	if d.Title != "" {
		t.lines = append(t.lines, t.draw(Title, d.Title))
	}
	for i, b := range d.Blocks {
		if first := i == 0 || d.Blocks[i-1].Kind != b.Kind || b.Kind == Paragraph || b.Kind == Heading; first {
			t.blank()
		}
		t.block(b, termWidth(d.Blocks, i))
	}
	return t.lines
}

// writer is what Text has written.
type writer struct {
	width int
	style Style
	lines []string
}

// Columns of the text.
const (
	indent     = 2  // of all that is no heading
	gap        = 2  // between the columns of a table
	widestTerm = 22 // of a word that its explanation stands beside
)

func (t *writer) draw(ink Ink, s string) string {
	if t.style == nil {
		return s
	}
	return t.style(ink, s)
}

// blank begins a new paragraph.
func (t *writer) blank() {
	if len(t.lines) > 0 && t.lines[len(t.lines)-1] != "" {
		t.lines = append(t.lines, "")
	}
}

func (t *writer) block(b Block, term int) {
	switch b.Kind {
	case Heading:
		t.lines = append(t.lines, t.draw(Section, b.Text))
	case Paragraph:
		t.hang("", indent, t.words(b.Text, Body))
	case Item:
		t.item(b, term)
	case Code:
		for line := range strings.Lines(b.Text) {
			line = strings.TrimRight(line, "\n")
			if line != "" {
				line = strings.Repeat(" ", 2*indent) + t.draw(Typed, line)
			}
			t.lines = append(t.lines, line)
		}
	case Table:
		t.table(b.Rows)
	}
}

// item writes an item of a list: behind its bullet, or beside the word that it explains. Where that is too long for
// its column, the text stands below it.
func (t *writer) item(b Block, term int) {
	if b.Term == "" {
		t.hang(strings.Repeat(" ", indent)+"- ", indent+2, t.words(b.Text, Body))
		return
	}
	words := t.terms(b.Term)
	if width(words) > term {
		t.hang("", indent, words)
		t.hang("", indent+term+gap, t.words(b.Text, Body))
		return
	}
	text := t.wrapped(t.words(b.Text, Body), t.width-indent-term-gap)
	t.columns([][]string{{t.join(words), text}}, []int{term})
}

// termWidth is the columns for the words that the list explains which a block is in: those of the longest that
// leaves its text enough room.
func termWidth(blocks []Block, at int) int {
	first, widest := at, 4
	for first > 0 && blocks[first-1].Kind == Item {
		first--
	}
	for _, b := range blocks[first:] {
		if b.Kind != Item {
			break
		}
		if n := width(new(writer).terms(b.Term)); n <= widestTerm {
			widest = max(widest, n)
		}
	}
	return widest
}

// word is what stands between two blanks: pieces in one ink or several.
type word []piece

type piece struct {
	ink  Ink
	text string
}

// words are those of a text; what stands between backquotes is code.
func (t *writer) words(s string, ink Ink) []word { return t.split(s, ink, t.style == nil) }

// terms are those of a term, or of a cell that is no sentence.
func (t *writer) terms(s string) []word { return t.split(s, Body, false) }

func (t *writer) split(s string, ink Ink, quote bool) (words []word) {
	var w word
	end := func() {
		if len(w) > 0 {
			words, w = append(words, w), nil
		}
	}
	for i, part := range strings.Split(s, "`") {
		of := ink
		if i%2 == 1 {
			of = Typed
			if quote && (strings.Contains(part, " ") || !strings.ContainsFunc(part, isWordRune)) {
				part = `"` + part + `"`
			}
		}
		for k, text := range strings.Split(part, " ") {
			if k > 0 {
				end()
			}
			if text != "" {
				w = append(w, piece{of, text})
			}
		}
	}
	end()
	return words
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// width is the columns of words with a blank between two.
func width(words []word) (n int) {
	for i, w := range words {
		n += w.width()
		if i > 0 {
			n++
		}
	}
	return n
}

func (w word) width() (n int) {
	for _, p := range w {
		n += utf8.RuneCountInString(p.text)
	}
	return n
}

// join draws words in one line. Neighbors in one ink are drawn in one go.
func (t *writer) join(words []word) string {
	var all []piece
	add := func(p piece) {
		if n := len(all) - 1; n >= 0 && all[n].ink == p.ink {
			all[n].text += p.text
		} else {
			all = append(all, p)
		}
	}
	for i, w := range words {
		if i > 0 {
			blank := Body
			if last := words[i-1][len(words[i-1])-1].ink; last == w[0].ink {
				blank = last
			}
			add(piece{blank, " "})
		}
		for _, p := range w {
			add(p)
		}
	}
	var b strings.Builder
	for _, p := range all {
		b.WriteString(t.draw(p.ink, p.text))
	}
	return b.String()
}

// wrap cuts words into lines of at most n columns. A word that is longer has a line of its own.
func wrap(words []word, n int) (lines [][]word) {
	var line []word
	used := 0
	for _, w := range words {
		if len(line) > 0 && used+1+w.width() > n {
			lines, line, used = append(lines, line), nil, 0
		}
		if len(line) > 0 {
			used++
		}
		line, used = append(line, w), used+w.width()
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// hang writes words behind what the first line begins with; the others are indented.
func (t *writer) hang(first string, by int, words []word) {
	if first == "" {
		first = strings.Repeat(" ", by)
	}
	for _, line := range wrap(words, t.width-by) {
		t.lines = append(t.lines, first+t.join(line))
		first = strings.Repeat(" ", by)
	}
}
