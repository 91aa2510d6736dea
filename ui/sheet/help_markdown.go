package sheet

import (
	"strings"

	"incore/ui/canvas"
)

// MdKind is what a block of Markdown is.
type MdKind uint8

const (
	// MdParagraph is text.
	MdParagraph MdKind = iota
	// MdHeading is a heading.
	MdHeading
	// MdItem is an item of a list.
	MdItem
	// MdCode is one line of a fenced block.
	MdCode
)

// MdBlock is a paragraph, a heading, an item of a list, or a line of a fenced block.
type MdBlock struct {
	Kind MdKind // which of these it is
	Text string // without the marks of Markdown, but for backquotes around code
}

// ParseMarkdown reads as much of Markdown as the help is written in: headings, paragraphs,
// lists of one level, and fenced blocks.
func ParseMarkdown(src string) (blocks []MdBlock) {
	fenced, open := false, false // open: the next line goes on with the last block
	for line := range strings.Lines(src) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimSpace(line)
		switch item, isItem := strings.CutPrefix(text, "- "); {
		case strings.HasPrefix(text, "```"):
			fenced, open = !fenced, false
		case fenced:
			blocks = append(blocks, MdBlock{MdCode, text})
		case text == "":
			open = false
		case strings.HasPrefix(text, "#"):
			blocks, open = append(blocks, MdBlock{MdHeading, strings.TrimSpace(strings.TrimLeft(text, "#"))}), false
		case isItem:
			blocks, open = append(blocks, MdBlock{MdItem, item}), true
		case open:
			blocks[len(blocks)-1].Text += " " + text
		default:
			blocks, open = append(blocks, MdBlock{MdParagraph, text}), true
		}
	}
	return blocks
}

// Markdown returns the text of a block; what stands between backquotes is code.
func Markdown(s string, plain, code canvas.Style) (line canvas.Line) {
	for i, part := range strings.Split(s, "`") {
		st := plain
		if i%2 == 1 {
			st = code
		}
		if part != "" {
			line = append(line, st.Span(part))
		}
	}
	return line
}
