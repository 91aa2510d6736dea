package manual

import (
	"fmt"
	"strings"
)

// Roff is the document as a manual page of a section of the manual: incore-json(7). summary is what whatis(1)
// says of it, and source what the page belongs to, with its version.
func (d Doc) Roff(name string, section int, summary, source string) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s %d \"\" \"%s\" \"incore manual\"\n.nh\n.ad l\n", strings.ToUpper(name), section, escaped(source))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", escaped(name), escaped(summary))
	if len(d.Blocks) > 0 && d.Blocks[0].Kind != Heading {
		b.WriteString(".SH DESCRIPTION\n")
	}
	for _, block := range d.Blocks {
		block.roff(&b)
	}
	return b.String()
}

func (block Block) roff(b *strings.Builder) {
	switch block.Kind {
	case Heading:
		if block.Level == 2 {
			fmt.Fprintf(b, ".SH %s\n", escaped(strings.ToUpper(block.Text)))
		} else {
			fmt.Fprintf(b, ".SS %s\n", escaped(block.Text))
		}
	case Paragraph:
		fmt.Fprintf(b, ".PP\n%s\n", line(block.Text))
	case Item:
		if block.Term == "" {
			fmt.Fprintf(b, ".IP \\(bu 2\n%s\n", line(block.Text))
		} else {
			fmt.Fprintf(b, ".TP\n%s\n%s\n", line(block.Term), line(block.Text))
		}
	case Code:
		b.WriteString(".PP\n.RS 4\n.nf\n")
		for code := range strings.Lines(block.Text) {
			b.WriteString(atStart(escaped(strings.TrimRight(code, "\n"))) + "\n")
		}
		b.WriteString(".fi\n.RE\n")
	case Table: // a list, which any width has room for
		for i, row := range block.Rows {
			if i > 0 {
				fmt.Fprintf(b, ".TP\n%s\n%s\n", line(strings.TrimSpace(strings.Join(row[:len(row)-1], "  "))), line(row[len(row)-1]))
			}
		}
	}
}

// line is a text with its code in bold, as one line of roff.
func line(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		switch {
		case i%2 == 1:
			b.WriteString(`\fB` + escaped(part) + `\fR`)
		default:
			b.WriteString(escaped(part))
		}
	}
	return atStart(b.String())
}

// atStart is a line that roff does not take for a request, or for an empty one.
func atStart(line string) string {
	if line == "" || strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}

// escapes are the signs that roff, or man where it draws in Unicode, would change.
var escapes = strings.NewReplacer(`\`, `\(rs`, "-", `\-`, "^", `\(ha`, "~", `\(ti`, "'", `\(aq`, "`", `\(ga`, `"`, `\(dq`)

// escaped is text for roff: what it would change is written out, and so is all beyond ASCII.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range escapes.Replace(text) {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}
