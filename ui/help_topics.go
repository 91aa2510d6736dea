package ui

import (
	"incore/assets"
)

// topic is a page of the help about one thing: a file of assets/help.
type topic struct {
	title  string
	blocks []mdBlock // behind the title
}

// topics are read once.
var topics = readTopics(assets.Help())

func readTopics(pages []assets.Topic) (all []topic) {
	for _, p := range pages {
		if blocks := parseMarkdown(p.Text); len(blocks) > 0 {
			all = append(all, topic{blocks[0].text, blocks[1:]})
		}
	}
	return all
}

// tries are the lines of the command language that a topic ends with.
func (t *topic) tries() (lines []string) {
	for _, b := range t.blocks {
		if b.kind == mdCode && b.text != "" {
			lines = append(lines, b.text)
		}
	}
	return lines
}

// topicRows lays a topic out in w columns; the line next of those to try is marked.
func (sh *Help) topicRows(t *topic, w, next int) (rows []helpRow) {
	blank := func() {
		if len(rows) > 0 {
			rows = append(rows, helpRow{})
		}
	}
	try := 0
	for i, b := range t.blocks {
		first := i == 0 || t.blocks[i-1].kind != b.kind
		switch b.kind {
		case mdHeading:
			blank()
			rows = append(rows, helpRow{text: sh.look.Heading.Line(b.text)})
		case mdParagraph:
			blank()
			for _, line := range markdown(b.text, sh.look.Text, sh.look.Code).Wrap(w) {
				rows = append(rows, helpRow{text: line})
			}
		case mdItem:
			if first {
				blank()
			}
			for j, line := range markdown(b.text, sh.look.Text, sh.look.Code).Wrap(w - 2) {
				row := helpRow{indent: 2, text: line}
				if j == 0 {
					row.term = "•"
				}
				rows = append(rows, row)
			}
		case mdCode:
			if first {
				blank()
				rows = append(rows, helpRow{text: sh.look.Dim.Line("Try it: enter types the marked line, a click any.")})
			}
			for j, line := range sh.look.Code.Line(b.text).Wrap(w - 4) {
				rows = append(rows, helpRow{indent: 4, text: line, try: b.text, mark: j == 0, next: try == next})
			}
			try++
		}
	}
	return rows
}
