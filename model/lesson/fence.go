package lesson

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"incore/model/lang"
)

// shown are the languages of blocks that are only shown.
var shown = []string{"c", "text", "console", "sh"}

// language is the first word behind the fence, or "".
func (r *reader) language(n *ast.FencedCodeBlock) string { return string(n.Language(r.src)) }

// info is what stands behind the language, and where.
func (r *reader) info(n *ast.FencedCodeBlock) (string, int) {
	if n.Info == nil {
		return "", 0
	}
	all := string(n.Info.Segment.Value(r.src))
	rest := strings.TrimLeft(all[len(r.language(n)):], " ")
	return strings.TrimRight(rest, " "), n.Info.Segment.Start + len(all) - len(rest)
}

// closed refuses a fence that only the end of the text ends: half the lesson would be in it.
func (r *reader) closed(n *ast.FencedCodeBlock) *lang.ParseError {
	at := r.begin(n)
	first := r.line(at)
	last := first
	if k := n.Lines().Len(); k > 0 {
		last = r.line(n.Lines().At(k - 1).Start)
	}
	fence := r.raw(first)[min(at-r.start[first], len(r.raw(first))):]
	mark := fence[:min(3, len(fence))]
	end := strings.TrimLeft(r.raw(last+1), " >")
	switch {
	case last+1 >= len(r.start) || mark == "" || !strings.HasPrefix(end, mark):
		return r.wrong(at, mark, "a block that is not closed", "a line of "+mark+" ends it")
	case n.Lines().Len() > MaxBlockLines:
		return r.wrong(at, "", "a block of more than 100 lines", "")
	}
	return nil
}

// known refuses a language that no block has: it would be an incore block if it were not misspelled.
func (r *reader) known(n *ast.FencedCodeBlock) *lang.ParseError {
	name := r.language(n)
	if name == "" || slices.Contains(shown, name) {
		return nil
	}
	hint := "blocks are incore, goal and grid, or only shown: c, text, console, sh"
	return r.wrong(n.Info.Segment.Start, name, "no such language of a block", hint)
}

func (r *reader) fence(n *ast.FencedCodeBlock, at int) *lang.ParseError {
	if err := r.closed(n); err != nil {
		return err
	}
	name := r.language(n)
	if name != "incore" && name != "goal" && name != "grid" {
		r.addProse(n, at)
		return r.known(n)
	}
	r.endProse(r.line(at))
	switch name {
	case "goal":
		return r.goalBlock(n, at)
	case "grid":
		return r.picture(n, at)
	}
	return r.incore(n, at)
}

// commands are the commands of a block's lines.
func (r *reader) commands(n ast.Node) (out []lang.Line, _ *lang.ParseError) {
	src := r.src
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		c, err := r.command(seg.Start, strings.TrimRight(string(seg.Value(src)), "\n"))
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, *c)
		}
	}
	return out, nil
}

// isExpect reports whether a command is an expect, alone or in a process.
func isExpect(c any) bool {
	switch c := c.(type) {
	case lang.Expect:
		return true
	case lang.In:
		return isExpect(c.Do)
	}
	return false
}

func expectsOf(lines []lang.Line) (n int) {
	for _, l := range lines {
		if isExpect(l.Command) {
			n++
		}
	}
	return n
}

func (r *reader) incore(n *ast.FencedCodeBlock, at int) *lang.ParseError {
	var needs []Need
	if info, where := r.info(n); info != "" {
		of, ok := strings.CutPrefix(info, "needs ")
		if !ok {
			return r.wrong(where, info, "behind incore stand its needs alone", "such as incore needs swap")
		}
		ns, err := parseNeeds(r.file, r.number(where), 1, of)
		if err != nil {
			placed := r.wrong(where+len("needs "), err.Word, err.Msg, err.Hint)
			placed.Col += err.Col - 1
			return placed
		}
		needs = ns
	}
	lines, err := r.commands(n)
	if err != nil {
		return err
	}
	expects := expectsOf(lines)
	switch {
	case len(lines) == 0:
		return r.wrong(at, "", "a block without a command", "")
	case expects == len(lines) && r.question == nil:
		r.part.Items = append(r.part.Items, &Facts{Line: r.number(at), Needs: needs, Lines: lines})
		return nil
	case len(lines)-expects > MaxCommands:
		return r.wrong(at, "", "a step of more than 5 commands", "what is too much for one look is two steps")
	case r.question != nil && expects > 0:
		return r.wrong(at, "", "an expect in the step that answers a question", "steps are seen before they run: it would give the answer away")
	}
	if r.steps++; r.steps > MaxSteps {
		return r.wrong(at, "", "more than 200 steps", "")
	}
	if r.goal != nil && r.fresh && lines[0].Command.Verb() != (lang.Reset{}).Verb() {
		return r.wrong(at, "", "a step after a goal begins with reset: nobody knows what the student has left", "")
	}
	if r.question == nil && !r.asks {
		r.untold++
	}
	r.fresh = false
	r.part.Items = append(r.part.Items, &Step{Line: r.number(at), Needs: needs, Lines: lines, Answers: r.question})
	r.question = nil
	return nil
}

func (r *reader) picture(n *ast.FencedCodeBlock, at int) *lang.ParseError {
	p := &Picture{Line: r.number(at)}
	src := r.src
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		row := strings.TrimRight(string(seg.Value(src)), " \n")
		if len(row) > 80 {
			r.lesson.warn(r.number(seg.Start), "the picture does not fit 80 columns")
		}
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) == 0 {
		return r.wrong(at, "", "a picture without a line", "")
	}
	r.part.Items = append(r.part.Items, p)
	return nil
}
