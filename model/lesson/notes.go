package lesson

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"incore/model/lang"
)

// notes reads a note for who teaches, which begins with its time: 90 s, or 2 min.
func (r *reader) notes(offset int, text string) *lang.ParseError {
	trimmed := strings.TrimLeft(text, " \n")
	offset += len(text) - len(trimmed)
	fail := func() *lang.ParseError {
		word, _, _ := strings.Cut(trimmed, "\n")
		return r.wrong(offset, word, "notes begin with their time", "such as 90 s. or 2 min.")
	}
	number, rest, _ := strings.Cut(trimmed, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 36000 {
		return fail()
	}
	unit := time.Second
	switch {
	case strings.HasPrefix(rest, "min"):
		rest, unit = rest[3:], time.Minute
	case strings.HasPrefix(rest, "s"):
		rest = rest[1:]
	default:
		return fail()
	}
	if rest != "" && !strings.ContainsAny(rest[:1], ".,;:\n ") {
		return fail()
	}
	rest = strings.TrimLeft(rest, ".,;: \n")
	r.part.Items = append(r.part.Items, Notes{Line: r.number(offset), Time: time.Duration(n) * unit, Text: rest})
	return nil
}

// whole checks what a lesson has to have.
func (r *reader) whole(head front, used []bool) *lang.ParseError {
	l := r.lesson
	end := func(msg, hint string) *lang.ParseError {
		return &lang.ParseError{File: l.File, Line: r.front + len(r.start), Col: 1, Msg: msg, Hint: hint}
	}
	var total time.Duration
	goals, timed := 0, false
	for _, p := range l.Parts {
		for _, it := range p.Items {
			switch it := it.(type) {
			case Notes:
				total, timed = total+it.Time, true
			case *Goal:
				if goals++; it.Solution == nil {
					return &lang.ParseError{File: l.File, Line: it.Line, Col: 1, Msg: "a goal without a solution", Hint: "a comment of solution: and commands"}
				}
			}
		}
	}
	if goals == 0 {
		return end("a lesson without a goal", "it ends in something for the student to reach")
	}
	if minutes := int((total + time.Minute - 1) / time.Minute); timed && minutes != head.minutes {
		return end(fmt.Sprintf("the notes add up to %d min, and the front matter says %d", minutes, head.minutes), "")
	}
	if r.untold > 2 {
		l.warn(r.front+1, "%d steps run before the first question: a class learns more from what it has foretold", r.untold)
	}
	for i, v := range head.vars {
		if !used[i] && !usedBy(head.vars[i+1:], v.Name) {
			l.warn(v.line, "{{%s}} is never used", v.Name)
		}
	}
	return nil
}

// usedBy reports whether an expression names a value.
func usedBy(vars []Var, name string) bool {
	for _, v := range vars {
		for _, w := range strings.FieldsFunc(v.Expr, func(c rune) bool { return strings.ContainsRune("+-* ", c) }) {
			if w == name {
				return true
			}
		}
	}
	return false
}
