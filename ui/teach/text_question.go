package teach

import (
	"fmt"
	"strconv"
	"strings"

	"incore/model"
	"incore/model/lesson"
	"incore/ui/canvas"
)

// question draws a question, its options, and once it is decided what was said beside what the kernel says.
func (wr *writer) question(q *lesson.Question) {
	th, a := wr.th, wr.t.Answer(q)
	wr.gap()
	wr.Asked[wr.at] = len(wr.Rows)
	wr.add(wr.inline(q.Text, th.Heading).Wrap(wr.w)...)
	wr.gap()
	told := a != nil && wr.at < wr.t.At
	for i, o := range q.Options {
		first := len(wr.Rows)
		said := a != nil && (a.Said == i || a.Room != nil && a.Room[i] > 0)
		mark := th.Key.Span(strconv.Itoa(i+1) + "  ")
		switch {
		case told && a.Kernel == i:
			mark = th.OK.Span(glyph(th, "✓  ", "+  "))
		case told && said:
			mark = th.Fail.Span(glyph(th, "✗  ", "x  "))
		case told:
			mark = th.Dim.Span(strconv.Itoa(i+1) + "  ")
		case said:
			mark = th.Accent.Span(strconv.Itoa(i+1) + string(th.Marker) + " ")
		}
		st := th.Text
		if told && a.Kernel != i && !said {
			st = th.Dim
		}
		line := wr.inline(o.Text, st)
		if note := wr.sides(a, i, told, q.Ideas); note != "" {
			line = append(line, th.Accent.Span(" ("+note+")"))
		}
		wr.hang(mark, line)
		if told && i < len(a.Asked.Sets) && (a.Kernel == i || said) {
			wr.proof(a.Asked.Sets[i])
		}
		if wr.waits() {
			for row := first; row < len(wr.Rows); row++ {
				wr.Press = append(wr.Press, press{row, strconv.Itoa(i + 1)})
			}
		}
	}
	switch {
	case told:
		wr.outcome(q, a)
	case wr.waits() && (a == nil || a.Said < 0 && a.Room == nil):
		wr.gap()
		wr.add(canvas.Line{th.Dim.Span("What do you say? "), th.Key.Span(fmt.Sprintf("1 to %d", len(q.Options))), th.Dim.Span(", or for a room "), th.Key.Span("#")})
	}
}

// sides says who is for an option: you, the room, the kernel.
func (wr *writer) sides(a *lesson.Answer, option int, told, ideas bool) string {
	if a == nil {
		return ""
	}
	var who []string
	if a.Room != nil && a.Room[option] > 0 {
		who = append(who, model.Plural(int64(a.Room[option]), "hand"))
	} else if a.Room == nil && a.Said == option {
		who = append(who, "you said")
	}
	if told && a.Kernel == option {
		if ideas {
			who = append(who, "so it is")
		} else {
			who = append(who, "the kernel says")
		}
	}
	return strings.Join(who, ", ")
}

// proof draws what of an option holds, and what is where it does not.
func (wr *writer) proof(set model.AskedSet) {
	for _, c := range set.Checks {
		mark := wr.mark(true, c.OK)
		mark.Text = "   " + mark.Text
		text := wr.th.Dim.Line(c.Expect)
		if !c.OK {
			text = append(text, wr.th.Dim.Span(", but "+model.Visible(c.Got)))
		}
		wr.hang(mark, text)
	}
}

func (wr *writer) outcome(q *lesson.Question, a *lesson.Answer) {
	th := wr.th
	wr.gap()
	switch {
	case a.Kernel < 0:
		wr.hang(th.Fail.Span(""), th.Fail.Line("The kernel says none of these, or several: the lesson does not hold here."))
	case a.Right() && a.Room == nil:
		wr.add(th.OK.Line("You said what the kernel says."))
	case a.Right():
		wr.add(th.OK.Line("Most hands were for what the kernel says."))
	case a.Room == nil:
		wr.add(canvas.Line{th.Text.Span(fmt.Sprintf("You said %d, the kernel says %d.", a.Said+1, a.Kernel+1))})
	default:
		wr.add(canvas.Line{th.Text.Span(fmt.Sprintf("The kernel says %d.", a.Kernel+1))})
	}
	wr.gap()
}
