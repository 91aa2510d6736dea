package sheet

import (
	"slices"
	"strings"

	"incore/assets"
)

// Topic is one topic of the help: a file of assets/help.
type Topic struct {
	Title   string    // the first heading
	Blocks  []MdBlock // behind the title
	Lessons []int     // the numbers of those that ask about it
}

// Topics are the topics of assets/help. They are read once.
var Topics = readTopics(assets.Help())

func readTopics(pages []assets.Topic) (all []Topic) {
	for _, p := range pages {
		if blocks := ParseMarkdown(p.Text); len(blocks) > 0 {
			all = append(all, Topic{blocks[0].Text, blocks[1:], p.Lessons()})
		}
	}
	return all
}

// Tries returns the lines of the command language that a topic ends with.
func (t *Topic) Tries() (lines []string) {
	for _, b := range t.Blocks {
		if b.Kind == MdCode && b.Text != "" {
			lines = append(lines, b.Text)
		}
	}
	return lines
}

// topicRows lays a topic out in w columns; the line next of those to try is marked.
func (sh *Help) topicRows(t *Topic, w, next int) (rows []helpRow) {
	blank := func() {
		if len(rows) > 0 {
			rows = append(rows, helpRow{})
		}
	}
	try := 0
	for i, b := range t.Blocks {
		first := i == 0 || t.Blocks[i-1].Kind != b.Kind
		switch b.Kind {
		case MdHeading:
			blank()
			rows = append(rows, helpRow{Text: sh.Look.Heading.Line(b.Text)})
		case MdParagraph:
			blank()
			for _, line := range Markdown(b.Text, sh.Look.Text, sh.Look.Code).Wrap(w) {
				rows = append(rows, helpRow{Text: line})
			}
		case MdItem:
			if first {
				blank()
			}
			for j, line := range Markdown(b.Text, sh.Look.Text, sh.Look.Code).Wrap(w - 2) {
				row := helpRow{indent: 2, Text: line}
				if j == 0 {
					row.Term = "•"
				}
				rows = append(rows, row)
			}
		case MdCode:
			if first {
				blank()
				rows = append(rows, helpRow{Text: sh.Look.Dim.Line("Try it: enter types the marked line, a click any.")})
			}
			for j, line := range sh.Look.Code.Line(b.Text).Wrap(w - 4) {
				rows = append(rows, helpRow{indent: 4, Text: line, try: b.Text, mark: j == 0, next: try == next})
			}
			try++
		}
	}
	return rows
}

// TopicsOf says which topics of the help a lesson leads to, each with its key: "Locks (? 8)"; or "".
func TopicsOf(lesson int) string {
	var all []string
	for i, t := range Topics {
		if slices.Contains(t.Lessons, lesson) && FirstTopic+i < len(TopicLabels) {
			all = append(all, t.Title+" (? "+TopicLabels[FirstTopic+i:FirstTopic+i+1]+")")
		}
	}
	return strings.Join(all, ", ")
}
