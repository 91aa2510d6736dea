package ui

import (
	"strings"

	"incore/ui/canvas"
)

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

// markdown is the text of a block; what stands between backquotes is code.
func markdown(s string, plain, code canvas.Style) (line canvas.Line) {
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
