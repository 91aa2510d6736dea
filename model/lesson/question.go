package lesson

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"

	"incore/model/lang"
)

// box is the box that an item of a list begins with, or nil.
func box(item ast.Node) *extension.TaskCheckBox {
	if item.FirstChild() == nil || item.FirstChild().FirstChild() == nil {
		return nil
	}
	b, _ := item.FirstChild().FirstChild().(*extension.TaskCheckBox)
	return b
}

// hasBoxes reports whether any item of a list begins with a box.
func hasBoxes(n *ast.List) bool {
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		if box(item) != nil {
			return true
		}
	}
	return false
}

// options makes a question of a list of tasks and the paragraph before it.
func (r *reader) options(n *ast.List, at int) *lang.ParseError {
	if r.asked == nil || n.PreviousSibling() != r.asked {
		return r.wrong(at, "", "options without a question", "a paragraph that ends in ? stands before them")
	}
	begin := r.begin(r.asked)
	text := strings.TrimSpace(string(r.asked.Lines().Value(r.src)))
	r.endProse(r.line(begin))
	q := &Question{Line: r.number(begin), Text: text}
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		o, err := r.option(item)
		if err != nil {
			return err
		}
		q.Options = append(q.Options, o)
	}
	if err := r.checkOptions(q, at); err != nil {
		return err
	}
	r.part.Items = append(r.part.Items, q)
	r.question, r.asks = q, true
	return nil
}

// option reads an item: its text, and on lines of their own the expects that hold where it is true.
func (r *reader) option(item ast.Node) (o Option, _ *lang.ParseError) {
	b := box(item)
	at := r.begin(item)
	if b == nil {
		return o, r.wrong(at, "", "an option without a box", "write - [ ] before it")
	}
	if item.ChildCount() > 1 {
		return o, r.wrong(r.begin(item.FirstChild().NextSibling()), "", "an option is one paragraph, with its expects on lines of their own", "")
	}
	o.Line, o.Ticked = r.number(at), b.IsChecked
	src := r.src
	segments := item.FirstChild().Lines()
	var said []string
	for i := range segments.Len() {
		seg := segments.At(i)
		line := strings.TrimRight(string(seg.Value(src)), " \n")
		start := seg.Start
		if i == 0 { // the box
			cut := strings.Index(line, "]") + 1
			line, start = line[cut:], start+cut
		}
		trimmed := strings.TrimLeft(line, " ")
		start += len(line) - len(trimmed)
		switch isTest := beginsTest(trimmed); {
		case isTest && i > 0:
			lines, err := r.tests(start, trimmed)
			if err != nil {
				return o, err
			}
			o.Expect = append(o.Expect, lines...)
		case isTest || strings.Contains(trimmed, "`expect "):
			return o, r.wrong(start, "", "an option's expects stand on lines of their own, after its text", "")
		case o.Expect != nil:
			return o, r.wrong(start, "", "a text after the expects of the option", "")
		default:
			said = append(said, trimmed)
		}
	}
	if o.Text = strings.Join(said, "\n"); strings.TrimSpace(o.Text) == "" {
		return o, r.wrong(at, "", "an option without a text", "")
	}
	return o, nil
}

// beginsTest reports whether a line begins with a code span of an expect.
func beginsTest(line string) bool {
	if strings.HasPrefix(line, "`expect ") {
		return true
	}
	rest, ok := strings.CutPrefix(line, "`in ")
	if !ok {
		return false
	}
	_, after, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	return strings.HasPrefix(strings.TrimLeft(after, " "), "expect ")
}

// tests reads code spans of expects, and nothing between them but blanks.
func (r *reader) tests(at int, line string) (out []lang.Line, _ *lang.ParseError) {
	for i := 0; i < len(line); {
		if line[i] == ' ' {
			i++
			continue
		}
		end := -1
		if line[i] == '`' {
			end = strings.IndexByte(line[i+1:], '`')
		}
		if end < 0 {
			return nil, r.wrong(at+i, line[i:], "not an expect between ` `", "")
		}
		c, err := r.command(at+i+1, line[i+1:i+1+end])
		if err != nil {
			return nil, err
		}
		if c == nil || !isExpect(c.Command) {
			return nil, r.wrong(at+i+1, line[i+1:i+1+end], "not an expect", "")
		}
		out = append(out, *c)
		i += end + 2
	}
	return out, nil
}

// checkOptions refuses options that no answer can be told by.
func (r *reader) checkOptions(q *Question, at int) *lang.ParseError {
	ticked, tested := 0, 0
	for _, o := range q.Options {
		if o.Ticked {
			ticked++
		}
		if len(o.Expect) > 0 {
			tested++
		}
	}
	q.Ideas = tested == 0 && ticked > 0
	wrong := func(o Option, msg, hint string) *lang.ParseError {
		return &lang.ParseError{File: r.file, Line: o.Line, Col: 1, Msg: msg, Hint: hint}
	}
	switch n := len(q.Options); {
	case n < 2 || n > MaxOptions:
		return r.wrong(at, "", "a question has 2 to 6 options", "")
	case q.Ideas && ticked != 1:
		return r.wrong(at, "", "exactly one option is ticked where no expect decides", "")
	case q.Ideas:
		return nil
	}
	seen := map[string]bool{}
	for _, o := range q.Options {
		var tests []string
		for _, e := range o.Expect {
			tests = append(tests, e.Command.String())
		}
		slices.Sort(tests)
		all := strings.Join(tests, "\n")
		switch {
		case len(o.Expect) == 0:
			return wrong(o, "an option without an expect", "on an indented line of its own, between ` `")
		case o.Ticked:
			return wrong(o, "a ticked option with an expect", "the kernel decides: write - [ ]")
		case seen[all]:
			return wrong(o, "two options with the same expects", "")
		}
		seen[all] = true
	}
	return nil
}
