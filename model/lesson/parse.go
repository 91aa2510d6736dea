package lesson

import (
	"errors"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"incore/model/lang"
)

// Options say how a lesson is filled in.
type Options struct {
	Seed     uint64 // draws the values; 0 takes the file's own
	PageSize int64  // bytes; 0 is 4096
}

// Parse reads a lesson. file is what errors call it. The error is a *[lang.ParseError] with the place of the first thing that is
// not of the format.
func Parse(file string, src []byte, o Options) (*Lesson, error) {
	l, err := parse(file, src, o)
	if err != nil {
		return nil, err
	}
	return l, nil
}

func parse(file string, src []byte, o Options) (*Lesson, *lang.ParseError) {
	if o.PageSize == 0 {
		o.PageSize = 4096
	}
	all, err := lines(file, src)
	if err != nil {
		return nil, err
	}
	head, err := readFront(file, all)
	if err != nil {
		return nil, err
	}
	if err := draw(file, head.vars, o.Seed, o.PageSize); err != nil {
		return nil, err
	}
	body, used, err := fill(file, head.lines, all[head.lines:], head.vars, o.PageSize)
	if err != nil {
		return nil, err
	}
	l := &Lesson{
		File: file, Title: head.title, Summary: head.summary, Minutes: head.minutes, Needs: head.needs,
		Vars: head.vars, Seed: o.Seed, Text: body.text,
	}
	r := &reader{filled: body, lesson: l}
	if err := r.read(); err != nil {
		return nil, err
	}
	if err := r.whole(head, used); err != nil {
		return nil, err
	}
	return l, nil
}

// reader makes items of the blocks of a text.
type reader struct {
	*filled
	lesson *Lesson

	part     Part
	question *Question // that waits for the step that answers it
	asked    ast.Node  // the paragraph before, where it ends in ?
	goal     *Goal     // the newest, for its hints and its solution
	fresh    bool      // no step has been since the goal
	hint     int       // line in the text where an open hint begins, from 0; -1: none is open
	hintAt   int       // its offset
	steps    int       // so far
	prose    []int     // lines in the text, from the first to behind the last, of prose that is not an item yet; empty: none
	untold   int       // steps before any question
	asks     bool      // a question has been
	doc      ast.Node  // of the whole text
}

// markdown is the Markdown of lessons: that of GitHub, as far as it matters where blocks begin and end.
var markdown = goldmark.New(goldmark.WithExtensions(extension.TaskList, extension.Table))

func (r *reader) read() *lang.ParseError {
	src := r.src
	r.doc, r.hint = markdown.Parser().Parse(text.NewReader(src)), -1
	for n := r.doc.FirstChild(); n != nil; n = n.NextSibling() {
		if err := r.block(n); err != nil {
			return err
		}
	}
	if r.hint >= 0 {
		return r.wrong(r.hintAt, "<details>", "a hint that is not closed", "a line of </details> ends it")
	}
	r.endProse(len(r.start))
	if err := r.unanswered(); err != nil {
		return err
	}
	r.endPart()
	return nil
}

// begin is where a block begins, in bytes of the text: the first column of its first line.
func (r *reader) begin(n ast.Node) int {
	at := n.Pos()
	if at < 0 && n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		at = n.Lines().At(0).Start
	}
	if at < 0 && n.FirstChild() != nil {
		return r.begin(n.FirstChild())
	}
	return max(at, 0)
}

func (r *reader) block(n ast.Node) *lang.ParseError {
	at := r.begin(n)
	if r.hint >= 0 {
		return r.inHint(n, at)
	}
	if h, ok := n.(*ast.HTMLBlock); ok {
		return r.html(h, at)
	}
	if r.question != nil {
		if code, ok := n.(*ast.FencedCodeBlock); !ok || r.language(code) != "incore" {
			return r.wrong(at, "", "a question is answered by the incore block behind it; only comments stand between", "")
		}
	}
	if err := r.nested(n, true); err != nil {
		return err
	}
	switch n := n.(type) {
	case *ast.Heading:
		return r.heading(n, at)
	case *ast.FencedCodeBlock:
		return r.fence(n, at)
	case *ast.List:
		if hasBoxes(n) {
			return r.options(n, at)
		}
	}
	r.addProse(n, at)
	return nil
}

// nested refuses what has to stand at the margin of the text, and HTML.
func (r *reader) nested(top ast.Node, isTop bool) (wrong *lang.ParseError) {
	_ = ast.Walk(top, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch of := n.(type) {
		case *ast.RawHTML:
			wrong = r.wrong(of.Segments.At(0).Start, "", "no HTML within a text but comments and hints", "write it between ` `")
		case *ast.HTMLBlock:
			wrong = r.wrong(r.begin(n), "", "comments and hints stand at the left margin", "")
		case *ast.FencedCodeBlock:
			if n == top && isTop {
				break
			}
			if lang := r.language(of); lang == "incore" || lang == "goal" || lang == "grid" {
				wrong = r.wrong(r.begin(n), "", "blocks that run stand at the left margin", "")
			} else if err := r.known(of); err != nil {
				wrong = err
			}
			if err := r.closed(of); err != nil {
				wrong = err
			}
		case *ast.List:
			if (n != top || !isTop) && hasBoxes(of) {
				wrong = r.wrong(r.begin(n), "", "the options of a question stand at the left margin", "")
			}
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		}
		if wrong != nil {
			return ast.WalkStop, errStop
		}
		return ast.WalkContinue, nil
	})
	return wrong
}

var errStop = errors.New("stop")

func (r *reader) heading(n *ast.Heading, at int) *lang.ParseError {
	r.endProse(r.line(at))
	title := strings.TrimSpace(string(n.Lines().Value(r.src)))
	if title == "" {
		return r.wrong(at, "", "a heading without a text", "")
	}
	r.endPart()
	r.part = Part{Level: n.Level, Title: title, Line: r.number(at)}
	return nil
}

func (r *reader) endPart() {
	if r.part.Level > 0 || len(r.part.Items) > 0 {
		r.lesson.Parts = append(r.lesson.Parts, r.part)
	}
	r.part = Part{}
}

// addProse notes a block of prose, which ends where the next block begins.
func (r *reader) addProse(n ast.Node, at int) {
	first := r.line(at)
	if len(r.prose) == 0 {
		r.prose = []int{first}
	}
	r.asked = nil
	if p, ok := n.(*ast.Paragraph); ok {
		said := strings.TrimSpace(string(p.Lines().Value(r.src)))
		if strings.HasSuffix(said, "?") {
			r.asked = n
		}
		words := 0
		for range strings.FieldsSeq(said) {
			words++
		}
		if words > 60 {
			r.lesson.warn(r.number(at), "a paragraph of %d words; a step is read while a class waits", words)
		}
	}
}

// endProse makes an item of the prose up to a line of the text.
func (r *reader) endProse(line int) {
	if len(r.prose) == 0 {
		return
	}
	var of []string
	for i := r.prose[0]; i < line; i++ {
		of = append(of, r.raw(i))
	}
	text := strings.TrimRight(strings.Join(of, "\n"), " \n")
	if text != "" {
		r.part.Items = append(r.part.Items, Prose{Line: r.front + r.prose[0] + 1, Markdown: text})
	}
	r.prose, r.asked = nil, nil
}

func (r *reader) unanswered() *lang.ParseError {
	if q := r.question; q != nil {
		return &lang.ParseError{File: r.file, Line: q.Line, Col: 1, Msg: "no incore block answers the question"}
	}
	return nil
}
