package teach

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// markdown reads what a lesson shows. Glamour, which would draw it too, costs each start of the program more than all else that
// it does (its lexers are all read when it is loaded), and its answer would be parsed back into cells.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))

// sentences reads Markdown that has paragraphs alone, and no other blocks.
var sentences = goldmark.New(goldmark.WithParser(parser.NewParser(
	parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1)),
	parser.WithInlineParsers(parser.DefaultInlineParsers()...))))

// Render draws Markdown in w columns. Blank lines part the blocks.
func Render(src string, w int, th *look.Look) []canvas.Line { return renderAs(markdown, src, w, th) }

func renderAs(markdown goldmark.Markdown, src string, w int, th *look.Look) []canvas.Line {
	b := []byte(src)
	r := &renderer{src: b, w: max(w, 8), th: th}
	r.blocks(markdown.Parser().Parse(text.NewReader(b)), 0, "")
	return r.out
}

// renderer draws blocks one below the other.
type renderer struct {
	src []byte
	w   int
	th  *look.Look
	out []canvas.Line
}

// blocks draws the blocks of a container, indented, the first line behind a mark.
func (r *renderer) blocks(n ast.Node, indent int, mark string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c != n.FirstChild() && !(c.Kind() == ast.KindList && c.Parent().Kind() == ast.KindListItem) && !tight(c) {
			r.out = append(r.out, nil)
		}
		r.block(c, indent, mark)
		mark = ""
	}
}

// tight reports whether a block is an item of a list whose items stand without blank lines.
func tight(n ast.Node) bool {
	l, ok := n.Parent().(*ast.List)
	return ok && l.IsTight
}

func (r *renderer) block(n ast.Node, indent int, mark string) {
	th := r.th
	switch n := n.(type) {
	case *ast.Heading:
		r.put(r.inline(n, th.Heading), indent, mark)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		for i := range n.Lines().Len() {
			seg := n.Lines().At(i)
			r.row(th.Code.Line(model.Visible(strings.TrimRight(string(seg.Value(r.src)), "\n"))), indent+2, mark)
			mark = ""
		}
	case *ast.List:
		number := n.Start
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			bullet := "• "
			if th.ASCII {
				bullet = "- "
			}
			if n.IsOrdered() {
				bullet = strconv.Itoa(number) + ". "
				number++
			}
			if item != n.FirstChild() && !n.IsTight {
				r.out = append(r.out, nil)
			}
			r.blocks(item, indent+canvas.Width(bullet), bullet)
		}
	case *ast.Blockquote:
		r.blocks(n, indent+2, "")
	case *ast.ThematicBreak:
		r.row(th.Rule.Line(strings.Repeat(string(th.Glyphs.Rule), max(0, r.w-indent))), indent, mark)
	case *extast.Table:
		r.table(n, indent)
	case *ast.HTMLBlock:
	default:
		r.put(r.inline(n, th.Text), indent, mark)
	}
}

// put wraps a text, its first line behind a mark in the columns of the indent.
func (r *renderer) put(l canvas.Line, indent int, mark string) {
	for _, line := range l.Wrap(max(r.w-indent, 4)) {
		r.row(line, indent, mark)
		mark = ""
	}
}

// row adds one line, which is cut where it is too long.
func (r *renderer) row(l canvas.Line, indent int, mark string) {
	if indent > 0 {
		head := canvas.Line{canvas.Pad(indent)}
		if mark != "" {
			head = canvas.Line{canvas.Pad(indent - canvas.Width(mark)), r.th.Dim.Span(mark)}
		}
		l = append(head, l...)
	}
	r.out = append(r.out, l)
}

// table draws a row of cells a line, with two blanks between them.
func (r *renderer) table(t *extast.Table, indent int) {
	var rows [][]canvas.Line
	var widths []int
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		st := r.th.Text
		if row.Kind() == extast.KindTableHeader {
			st = r.th.Heading
		}
		var cells []canvas.Line
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			l := r.inline(c, st)
			if i := len(cells); i == len(widths) {
				widths = append(widths, l.Width())
			} else {
				widths[i] = max(widths[i], l.Width())
			}
			cells = append(cells, l)
		}
		rows = append(rows, cells)
	}
	for _, cells := range rows {
		var line canvas.Line
		for i, c := range cells {
			line = append(line, c...)
			if i < len(cells)-1 {
				line = append(line, canvas.Pad(widths[i]-c.Width()+2))
			}
		}
		r.row(line, indent, "")
	}
}

// inline is the text of a block in styles.
func (r *renderer) inline(n ast.Node, st canvas.Style) (l canvas.Line) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			l = append(l, st.Span(model.Visible(unescaped(string(c.Segment.Value(r.src))))))
			if c.SoftLineBreak() || c.HardLineBreak() {
				l = append(l, st.Span(" "))
			}
		case *ast.String:
			l = append(l, st.Span(model.Visible(string(c.Value))))
		case *ast.CodeSpan:
			l = append(l, r.inline(c, r.th.Code)...)
		case *ast.Emphasis:
			under := st.Bold()
			if c.Level == 1 {
				under = st
				under.Attr |= canvas.Italic
			}
			l = append(l, r.inline(c, under)...)
		case *ast.Link:
			l = append(l, r.inline(c, st)...)
			if dest := string(c.Destination); dest != "" && l.String() != dest {
				l = append(l, r.th.Dim.Span(" ("+model.Visible(dest)+")"))
			}
		case *ast.AutoLink:
			l = append(l, st.Span(model.Visible(string(c.Label(r.src)))))
		case *ast.RawHTML:
		default:
			l = append(l, r.inline(c, st)...)
		}
	}
	return l
}

// unescaped takes the backslashes off marks that Markdown has no use for.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
