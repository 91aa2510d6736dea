package lesson

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"incore/model/lang"
)

// The lines that a hint stands between.
const (
	hintBegin = "<details><summary>Hint</summary>"
	hintEnd   = "</details>"
)

func (r *reader) goalBlock(n *ast.FencedCodeBlock, at int) *lang.ParseError {
	g := &Goal{Line: r.number(at)}
	if info, where := r.info(n); info != "" {
		words := strings.Fields(info)
		switch words[0] {
		case "only":
			g.Only = words[1:]
		case "without":
			g.Without = words[1:]
		default:
			return r.wrong(where, words[0], "behind goal stand the verbs that it allows", "goal only munlock, or goal without mprotect")
		}
		behind := len(words[0])
		for _, v := range words[1:] {
			behind += strings.Index(info[behind:], v)
			if _, ok := lang.FindVerb(v); !ok {
				return r.wrong(where+behind, v, "no such verb", near(v, lang.VerbNames()))
			}
			behind += len(v)
		}
		if len(words) == 1 {
			return r.wrong(where, words[0], "no verb follows", "goal only munlock, or goal without mprotect")
		}
	}
	lines, err := r.commands(n)
	if err != nil {
		return err
	}
	switch {
	case len(lines) == 0:
		return r.wrong(at, "", "a goal without an expect", "")
	case expectsOf(lines) != len(lines):
		i := slices.IndexFunc(lines, func(l lang.Line) bool { return !isExpect(l.Command) })
		return &lang.ParseError{
			File: r.file, Line: lines[i].Number, Col: 1, Word: lang.Inner(lines[i].Command).Verb(), Msg: "a goal has expects alone",
		}
	}
	g.Lines = lines
	r.part.Items = append(r.part.Items, g)
	r.goal, r.fresh = g, true
	return nil
}

// html takes comments and hints, the HTML that a lesson may have.
func (r *reader) html(n *ast.HTMLBlock, at int) *lang.ParseError {
	r.endProse(r.line(at))
	src := r.src
	text := strings.TrimRight(string(n.Lines().Value(src)), " \n")
	if n.HasClosure() {
		text += "\n" + strings.TrimRight(string(n.ClosureLine.Value(src)), " \n")
	}
	switch {
	case strings.HasPrefix(text, "<!--"):
		return r.comment(at, text)
	case text == hintBegin:
		if r.goal == nil || !r.fresh {
			return r.wrong(at, "", "a hint without a goal before it", "")
		}
		r.hint, r.hintAt = r.line(at)+1, at
		return nil
	case strings.HasPrefix(text, "<details"):
		return r.wrong(at, "<details>", "a hint begins with exactly "+hintBegin+" and an empty line", "")
	}
	return r.wrong(at, strings.SplitN(text, "\n", 2)[0], "no HTML but comments and hints", "")
}

// inHint takes what stands in a hint, up to its end.
func (r *reader) inHint(n ast.Node, at int) *lang.ParseError {
	if h, ok := n.(*ast.HTMLBlock); ok {
		if strings.TrimSpace(string(h.Lines().Value(r.src))) != hintEnd {
			return r.wrong(at, "", "a hint is text alone, up to a line of "+hintEnd, "an empty line stands before and after it")
		}
		var text []string
		for i := r.hint; i < r.line(at); i++ {
			text = append(text, r.raw(i))
		}
		hint := strings.Trim(strings.Join(text, "\n"), " \n")
		if hint == "" {
			return r.wrong(at, "", "an empty hint", "")
		}
		r.goal.Hints, r.hint = append(r.goal.Hints, hint), -1
		return nil
	}
	if _, ok := n.(*ast.Heading); ok {
		return r.wrong(r.hintAt, "<details>", "a hint that is not closed", "a line of "+hintEnd+" ends it")
	}
	return r.nested(n, false)
}

// comment takes the two kinds of comments. Another one is a mistake, which would hide text.
func (r *reader) comment(at int, text string) *lang.ParseError {
	end := strings.Index(text[4:], "-->") + 4
	switch {
	case end < 4:
		return r.wrong(at, "<!--", "a comment that is not closed", "--> ends it")
	case strings.TrimSpace(text[end+3:]) != "":
		return r.wrong(at+end+3, "", "a text behind the end of a comment", "")
	case strings.Contains(text[4:end], "<!--"):
		return r.wrong(at, "<!--", "a comment that is not closed", "another one begins within it")
	case strings.Count(text, "\n") > MaxBlockLines:
		return r.wrong(at, "", "a comment of more than 100 lines", "")
	}
	inner := text[4:end]
	offset := at + 4 + len(inner) - len(strings.TrimLeft(inner, " \n"))
	trimmed := strings.TrimSpace(inner)
	if rest, ok := strings.CutPrefix(trimmed, "notes:"); ok {
		return r.notes(offset+len("notes:"), rest)
	}
	if rest, ok := strings.CutPrefix(trimmed, "solution:"); ok {
		return r.solution(at, offset+len("solution:"), rest)
	}
	kind, _, _ := strings.Cut(trimmed, ":")
	return r.wrong(offset, strings.SplitN(kind, "\n", 2)[0], "no such kind of comment", "notes: and solution: are the only kinds")
}

func (r *reader) solution(at, offset int, text string) *lang.ParseError {
	g := r.goal
	if g == nil || !r.fresh || g.Solution != nil {
		return r.wrong(at, "", "a solution without a goal before it", "")
	}
	for _, line := range strings.SplitAfter(text, "\n") {
		c, err := r.command(offset, strings.TrimRight(line, "\n"))
		if err != nil {
			return err
		}
		if c != nil {
			if !g.Allows(c.Command) {
				return r.wrong(offset, lang.Inner(c.Command).Verb(), "the solution uses a verb that its goal does not allow", "")
			}
			g.Solution = append(g.Solution, *c)
		}
		offset += len(line)
	}
	switch n := len(g.Solution); {
	case n == 0:
		return r.wrong(at, "", "a solution without a command", "")
	case n > maxSolutionLine:
		return r.wrong(at, "", "a solution of more than 50 commands", "")
	}
	return nil
}
