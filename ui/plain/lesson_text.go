package plain

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
	"incore/ui/manual"
)

// answerLines says what was said beside what the kernel says.
func (p *Conversation) answerLines(q *lesson.Question) (lines []string) {
	a := p.cfg.Lesson.Answer(q)
	switch {
	case a == nil:
		return nil
	case a.Kernel < 0:
		return []string{"The kernel says none of the options, or several: the lesson does not hold here."}
	case a.Room != nil:
		lines = append(lines, fmt.Sprintf("The room said: %s. The kernel says %d: %s", handsWords(a.Room), a.Kernel+1, unmarked(q.Options[a.Kernel].Text)))
	case q.Ideas && a.Right():
		lines = append(lines, fmt.Sprintf("You said %d, and so it is: %s", a.Said+1, unmarked(q.Options[a.Kernel].Text)))
	case q.Ideas:
		lines = append(lines, fmt.Sprintf("You said %d. It is %d: %s", a.Said+1, a.Kernel+1, unmarked(q.Options[a.Kernel].Text)))
	case a.Right():
		lines = append(lines, fmt.Sprintf("You said %d, and so does the kernel: %s", a.Said+1, unmarked(q.Options[a.Kernel].Text)))
	default:
		lines = append(lines, fmt.Sprintf("You said %d. The kernel says %d: %s", a.Said+1, a.Kernel+1, unmarked(q.Options[a.Kernel].Text)))
	}
	if a.Kernel < len(a.Asked.Sets) {
		for _, c := range a.Asked.Sets[a.Kernel].Checks {
			lines = append(lines, heldWords(c))
		}
	}
	if a.Room == nil && a.Said >= 0 && a.Said != a.Kernel && a.Said < len(a.Asked.Sets) {
		for _, c := range a.Asked.Sets[a.Said].Checks {
			if !c.OK {
				lines = append(lines, heldWords(c))
			}
		}
	}
	return lines
}

func handsWords(hands []int) string {
	var words []string
	for i, n := range hands {
		words = append(words, fmt.Sprintf("%d for %d", n, i+1))
	}
	return strings.Join(words, ", ")
}

// stopLines are the text up to where the lesson waits, and what it waits for.
func (p *Conversation) stopLines(stop *lesson.Stop) (lines []string) {
	t := p.cfg.Lesson
	for _, it := range stop.Items {
		switch it := it.(type) {
		case lesson.Heading:
			lines = append(lines, "Part: "+ended(unmarked(it.Title)))
		case lesson.Prose:
			lines = append(lines, spoken(it.Markdown)...)
		case lesson.Skipped:
			lines = append(lines, "Left out here: "+it.Why+".")
		case *lesson.Facts:
			lines = append(lines, p.factLines(t.Fact(it))...)
		case *lesson.Question:
			lines = append(lines, "Question: "+unmarked(it.Text))
			for i, o := range it.Options {
				lines = append(lines, fmt.Sprintf("%d: %s", i+1, unmarked(o.Text)))
			}
		case *lesson.Step:
			for _, l := range it.Lines {
				what := "Will run: "
				if _, ok := lang.Inner(l.Command).(lang.Expect); ok {
					what = "Will check: "
				}
				lines = append(lines, what+commented(l))
			}
		case *lesson.Goal:
			rule := ""
			if r := it.Rule(); r != "" {
				rule = ", " + r
			}
			lines = append(lines, "Goal"+rule+":")
			for _, l := range it.Lines {
				lines = append(lines, l.Command.String())
			}
		}
	}
	switch {
	case t.Over():
		s := t.Score()
		lines = append(lines, fmt.Sprintf("The end of the lesson. %d of %s right at the first answer, %d of %s reached.",
			s.Right, model.Plural(int64(s.Questions), "question"), s.Reached, model.Plural(int64(s.Goals), "goal")))
	case stop.Question != nil:
		lines = append(lines, fmt.Sprintf("What do you say? 1 to %d; then enter runs it.", len(stop.Question.Options)))
	case stop.Goal != nil:
		lines = append(lines, "Your turn: type commands. hint, solution and skip help.")
	default:
		lines = append(lines, "Enter runs it.")
	}
	return lines
}

func (p *Conversation) factLines(v *lesson.Verdict) (lines []string) {
	if v == nil {
		return nil
	}
	for _, c := range v.Checks {
		lines = append(lines, heldWords(c))
	}
	return lines
}

// heldWords says of an expect of the lesson whether it holds.
func heldWords(c model.Checked) string {
	if c.OK {
		return "Holds: " + c.Expect + "."
	}
	return "Does not hold: " + c.Expect + "; " + c.Got + "."
}

// spoken is Markdown in lines that are read aloud.
func spoken(md string) (lines []string) {
	md = numbered.ReplaceAllString(emphasis.ReplaceAllString(md, "$1$2"), "\n$1")
	for _, line := range manual.Parse(md).Spoken("") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// unmarked is a short text in one line, without marks.
func unmarked(md string) string { return strings.Join(spoken(md), " ") }

// commented is a command of a step, with what the lesson says beside it.
func commented(l lang.Line) string {
	said := l.Command.String()
	if _, comment, ok := strings.Cut(l.Text, " #"); ok {
		said += " (" + model.Visible(strings.TrimSpace(comment)) + ")"
	}
	return said
}
