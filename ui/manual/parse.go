// Package manual reads the Markdown of the help and the reference. It writes it as lines of text, for a terminal or
// a pipe, and as a manual page in roff(7).
package manual

import "strings"

// Kind is what a block of a document is.
type Kind uint8

// The kinds of blocks.
const (
	Paragraph Kind = iota
	Heading        // Level 2 and 3: that of the document is its title
	Item           // of a list
	Code           // lines as they stand
	Table          // Rows, the first of which is the head
)

// Block is a paragraph, a heading, an item of a list, a piece of code or a table.
type Block struct {
	Kind  Kind       // which of these it is
	Level int        // of a heading
	Term  string     // of an item that explains a word: the word
	Text  string     // of code with a newline after each line
	Rows  [][]string // of a table, the head first: its cells
}

// Doc is a document.
type Doc struct {
	Title  string  // the line behind #, or ""
	Blocks []Block // what follows, in its order
}

// Parse reads as much of Markdown as the help and the reference are written in: headings, paragraphs, lists of one
// level, code that is fenced or indented, and tables. Pictures are left out.
func Parse(src string) Doc {
	var p parser
	for line := range strings.Lines(src) {
		p.line(strings.TrimRight(line, "\r\n"))
	}
	for i := range p.doc.Blocks {
		switch b := &p.doc.Blocks[i]; b.Kind {
		case Code:
			b.Text = strings.TrimRight(b.Text, "\n") + "\n"
		case Item:
			b.Term, b.Text = explained(b.Text)
		}
	}
	return p.doc
}

// Mapped is the document with all of its text changed by a function.
func (d Doc) Mapped(change func(string) string) Doc {
	blocks := make([]Block, len(d.Blocks))
	for i, b := range d.Blocks {
		b.Term, b.Text = change(b.Term), change(b.Text)
		rows := make([][]string, len(b.Rows))
		for y, row := range b.Rows {
			for _, cell := range row {
				rows[y] = append(rows[y], change(cell))
			}
		}
		b.Rows, blocks[i] = rows, b
	}
	return Doc{change(d.Title), blocks}
}

// parser is what Parse knows between two lines.
type parser struct {
	doc    Doc
	fenced bool
	open   bool // the next line goes on with the last block
}

func (p *parser) line(line string) {
	text := strings.TrimSpace(line)
	indented := strings.HasPrefix(line, "    ")
	switch {
	case strings.HasPrefix(text, "```") && !(indented && !p.fenced):
		p.fenced, p.open = !p.fenced, false
	case p.fenced:
		p.code(line)
	case text == "":
		if p.open && p.last().Kind == Code {
			p.last().Text += "\n" // Parse takes it off where no code follows
		} else {
			p.open = false
		}
	case indented && (!p.open || p.last().Kind == Code):
		p.code(line[4:])
	case strings.HasPrefix(text, "!["):
		p.open = false
	case strings.HasPrefix(text, "# "):
		p.doc.Title, p.open = text[2:], false
	case strings.HasPrefix(text, "##"):
		title := strings.TrimLeft(text, "#")
		p.add(Block{Kind: Heading, Level: len(text) - len(title), Text: strings.TrimSpace(title)}, false)
	case strings.HasPrefix(text, "- "):
		p.add(Block{Kind: Item, Text: text[2:]}, true)
	case strings.HasPrefix(text, "|"):
		p.row(text)
	case p.open && p.last().Kind != Code:
		p.last().Text += " " + text
	default:
		p.add(Block{Kind: Paragraph, Text: text}, true)
	}
}

func (p *parser) last() *Block {
	if len(p.doc.Blocks) == 0 {
		return nil
	}
	return &p.doc.Blocks[len(p.doc.Blocks)-1]
}

// add begins a block.
func (p *parser) add(b Block, open bool) {
	p.doc.Blocks, p.open = append(p.doc.Blocks, b), open
}

func (p *parser) code(line string) {
	if !p.open || p.last().Kind != Code {
		p.add(Block{Kind: Code}, true)
	}
	p.last().Text += line + "\n"
}

// row adds a row to a table; the one that parts the head from the rest is none.
func (p *parser) row(text string) {
	cells := strings.Split(strings.Trim(text, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if strings.Trim(strings.Join(cells, ""), "-: ") == "" {
		return
	}
	if b := p.last(); b == nil || b.Kind != Table {
		p.add(Block{Kind: Table}, false)
	}
	p.last().Rows = append(p.last().Rows, cells)
}

// explained cuts the words in code off an item that explains them: "`w`: write".
func explained(item string) (term, text string) {
	term, text, ok := strings.Cut(item, "`: ")
	if !ok || !strings.HasPrefix(term, "`") {
		return "", item
	}
	term += "`"
	for i, part := range strings.Split(term, "`") {
		if i%2 == 0 && strings.TrimSpace(part) != "" { // it stands outside of code
			return "", item
		}
	}
	return term, text
}
