package ui

import (
	"strings"

	"incore/ui/canvas"
	"incore/ui/look"
)

// ink is how a piece of the help is drawn.
type ink uint8

const (
	inkText ink = iota
	inkDim
	inkMute
	inkHeading
	inkCode // what is typed, or stands in a file of the kernel
	inkKey
)

// inked is a rune of a text and how it is drawn.
type inked struct {
	r   rune
	ink ink
}

// of gives all of a text the same ink.
func (i ink) of(s string) (text []inked) {
	for _, r := range s {
		text = append(text, inked{r, i})
	}
	return text
}

// mdKind is what a block of Markdown is.
type mdKind uint8

const (
	mdParagraph mdKind = iota
	mdHeading
	mdItem
	mdCode // one line of a fenced block
)

// mdBlock is a paragraph, a heading, an item of a list, or a line of a fenced block.
type mdBlock struct {
	kind mdKind
	text string
}

// parseMarkdown reads as much of Markdown as the help is written in: headings, paragraphs,
// lists of one level, and fenced blocks.
func parseMarkdown(src string) (blocks []mdBlock) {
	fenced, open := false, false // open: the next line goes on with the last block
	for line := range strings.Lines(src) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimSpace(line)
		switch item, isItem := strings.CutPrefix(text, "- "); {
		case strings.HasPrefix(text, "```"):
			fenced, open = !fenced, false
		case fenced:
			blocks = append(blocks, mdBlock{mdCode, text})
		case text == "":
			open = false
		case strings.HasPrefix(text, "#"):
			blocks, open = append(blocks, mdBlock{mdHeading, strings.TrimSpace(strings.TrimLeft(text, "#"))}), false
		case isItem:
			blocks, open = append(blocks, mdBlock{mdItem, item}), true
		case open:
			blocks[len(blocks)-1].text += " " + text
		default:
			blocks, open = append(blocks, mdBlock{mdParagraph, text}), true
		}
	}
	return blocks
}

// inkedMarkdown is the text of a block; what stands between backquotes is code.
func inkedMarkdown(s string, plain ink) (text []inked) {
	now := plain
	for _, r := range s {
		switch {
		case r == '`' && now == inkCode:
			now = plain
		case r == '`':
			now = inkCode
		default:
			text = append(text, inked{r, now})
		}
	}
	return text
}

// wrapInked cuts a text into lines of at most w columns, between words where it can.
func wrapInked(text []inked, w int) (lines [][]inked) {
	if w <= 0 {
		return nil
	}
	width := func(part []inked) (n int) {
		for _, c := range part {
			n += canvas.RuneWidth(c.r)
		}
		return n
	}
	var line []inked
	for len(text) > 0 {
		n := 0
		for n < len(text) && text[n].r != ' ' {
			n++
		}
		word := text[:n]
		if text = text[n:]; len(text) > 0 {
			text = text[1:]
		}
		if len(line) > 0 && width(line)+1+width(word) > w {
			lines, line = append(lines, line), nil
		}
		for len(line) == 0 && width(word) > w {
			k := 1
			for k < len(word) && width(word[:k+1]) <= w {
				k++
			}
			lines, word = append(lines, word[:k]), word[k:]
		}
		if len(word) == 0 {
			continue
		}
		if len(line) > 0 {
			line = append(line, inked{' ', line[len(line)-1].ink})
		}
		line = append(line, word...)
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// inkStyle is how the theme draws an ink. Without colours what is code is bold, so that it
// still differs from what is said of it.
func inkStyle(t *look.Look, i ink) canvas.Style {
	switch i {
	case inkDim:
		return t.Dim
	case inkMute:
		return t.Mute
	case inkHeading:
		return t.Heading
	case inkKey:
		return t.Key
	case inkCode:
		if t.Colors == canvas.NoColor {
			return t.Accent.Bold()
		}
		return t.Accent
	}
	return t.Text
}

// drawInked draws a line of a text, no further than w columns.
func drawInked(c *canvas.Canvas, x, y, w int, th *look.Look, line []inked) {
	for len(line) > 0 && w > 0 {
		n := 1
		for n < len(line) && line[n].ink == line[0].ink {
			n++
		}
		var b strings.Builder
		for _, k := range line[:n] {
			b.WriteRune(k.r)
		}
		k := c.Text(x, y, w, b.String(), inkStyle(th, line[0].ink))
		x, w, line = x+k, w-k, line[n:]
	}
}
