package course

import (
	"context"
	"fmt"
	"strings"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
)

// Kind is what of a lesson was checked.
type Kind string

// The kinds.
const (
	OfLesson   Kind = "lesson"
	OfStep     Kind = "step"
	OfFacts    Kind = "facts"
	OfQuestion Kind = "question"
	OfGoal     Kind = "goal"
	OfPicture  Kind = "picture"
)

// Result is what the check of one thing came to.
type Result struct {
	File    string   // of the lesson
	Seed    uint64   // 0 for the file's own values
	Line    int      // where it begins
	Kind    Kind     // what it is
	What    string   // it, in a line
	OK      bool     // the kernel agrees; false too of what was skipped
	Skipped string   // why it was not tried, or ""
	Wrong   []string // what is wrong, each with file and line
}

// checker checks a lesson with one seed.
type checker struct {
	ctx  context.Context
	lab  Lab
	l    *lesson.Lesson
	t    *lesson.Taking
	tell func(Result)
}

// MaxCheck is how long a lesson may take with one draw of its values. Its waits, loops at a pace and expects that do not hold
// could keep a check for days.
const MaxCheck = 2 * time.Minute

// Check takes a lesson by itself in a fresh subject, and tells what came of each of its steps, facts, questions, goals and
// pictures. Its error is of the subject's start.
func Check(ctx context.Context, open Opener, l *lesson.Lesson, tell func(Result)) error {
	return check(ctx, open, l, MaxCheck, tell)
}

func check(all context.Context, open Opener, l *lesson.Lesson, most time.Duration, tell func(Result)) error {
	ctx, cancel := context.WithTimeout(all, most)
	defer cancel()
	lab, err := open(all)
	if err != nil {
		return err
	}
	defer lab.Close()
	m, err := Examine(ctx, lab, l.Needed(), open)
	if err != nil {
		return err
	}
	c := &checker{ctx: ctx, lab: lab, l: l, tell: tell}
	if why := m.LacksAny(l.Needs); why != "" {
		c.told(Result{Line: 1, Kind: OfLesson, What: l.Title, Skipped: why})
		return nil
	}
	c.t = lesson.Take(l, m)
	c.take()
	if ctx.Err() != nil && all.Err() == nil {
		line := lineOf(c.t.Stop())
		c.told(Result{Line: line, Kind: OfLesson, What: l.Title, Wrong: []string{c.at(line, "the check has taken %v, which is the most; it ends here", most)}})
	}
	return nil
}

func (c *checker) told(r Result) {
	r.File, r.Seed = c.l.File, c.l.Seed
	r.OK = r.Skipped == "" && len(r.Wrong) == 0
	c.tell(r)
}

// at names a place of the lesson, and with which seed it is so.
func (c *checker) at(line int, format string, args ...any) string {
	text := fmt.Sprintf("%s:%d: %s", model.Visible(c.l.File), line, fmt.Sprintf(format, args...))
	if c.l.Seed != 0 {
		text += fmt.Sprintf(" (seed %d)", c.l.Seed)
	}
	return text
}

// take goes through the lesson as a student would who is always told that there is an answer.
func (c *checker) take() {
	t := c.t
	Drive(c.ctx, c.lab, t, t.Begin())
	for c.ctx.Err() == nil {
		c.items(t.Stop())
		if t.Over() {
			return
		}
		stop := t.Stop()
		if g := stop.Goal; g != nil {
			c.goal(g)
			Drive(c.ctx, c.lab, t, t.Skip())
			continue
		}
		if stop.Question != nil {
			t.Say(0)
		}
		at := t.At
		Drive(c.ctx, c.lab, t, t.Go())
		if c.ctx.Err() != nil {
			return
		}
		c.step(stop)
		if t.At == at {
			c.told(Result{Line: stop.Step.Line, Kind: OfStep, What: "the lesson goes on", Wrong: []string{c.at(stop.Step.Line, "the lesson does not go on behind this step")}})
			return
		}
	}
}

// items tells of what a stop shows before it waits.
func (c *checker) items(stop *lesson.Stop) {
	for _, it := range stop.Items {
		switch it := it.(type) {
		case lesson.Skipped:
			c.told(Result{Line: it.Line, Kind: OfStep, What: it.Title, Skipped: it.Why})
		case *lesson.Facts:
			c.told(Result{Line: it.Line, Kind: OfFacts, What: linesOf(it.Lines), Wrong: c.verdict(c.t.Fact(it), it.Line)})
		case *lesson.Picture:
			if c.l.Seed == 0 {
				c.told(Result{Line: it.Line, Kind: OfPicture, What: strings.TrimSpace(it.Rows[0]), Wrong: c.picture(it)})
			}
		}
	}
}

func linesOf(lines []lang.Line) string {
	words := make([]string, len(lines))
	for i, l := range lines {
		words[i] = l.Command.String()
	}
	return strings.Join(words, "; ")
}

func (c *checker) verdict(v *lesson.Verdict, line int) (wrong []string) {
	if v == nil {
		return []string{c.at(line, "it was not asked")}
	}
	for _, r := range v.Refused {
		wrong = append(wrong, c.at(r.Line.Number, "%s: %s", r.Line.Command, r.Why))
	}
	for i, is := range v.Checks {
		if !is.OK && i < len(v.Lines) {
			wrong = append(wrong, c.at(v.Lines[i].Number, "%s: %s", is.Expect, is.Got))
		}
	}
	if len(v.Checks) < len(v.Lines) {
		wrong = append(wrong, c.at(v.Lines[len(v.Checks)].Number, "%s: it was not asked", v.Lines[len(v.Checks)].Command))
	}
	return wrong
}

func (c *checker) step(stop *lesson.Stop) {
	s := stop.Step
	c.told(Result{Line: s.Line, Kind: OfStep, What: linesOf(s.Lines), Wrong: c.verdict(c.t.Verdict(s), s.Line)})
	if q := stop.Question; q != nil {
		text, _, _ := strings.Cut(lastLine(q.Text), "\n")
		c.told(Result{Line: q.Line, Kind: OfQuestion, What: text, Wrong: c.question(q)})
	}
}

func lastLine(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }

// question returns what is wrong with the options of a question. Exactly one of them has to hold, and each has to be one that can be asked.
func (c *checker) question(q *lesson.Question) (wrong []string) {
	a := c.t.Answer(q)
	if q.Ideas {
		return nil
	}
	var hold []string
	for i, set := range a.Asked.Sets {
		if set.Holds {
			hold = append(hold, fmt.Sprint(i+1))
		}
		for k, is := range set.Checks {
			if is.Void {
				wrong = append(wrong, c.at(q.Options[i].Expect[k].Number, "option %d cannot be asked: %s: %s", i+1, is.Expect, is.Got))
			}
		}
	}
	switch len(hold) {
	case 1:
	case 0:
		wrong = append(wrong, c.at(q.Line, "no option of the question is true"))
		for i, set := range a.Asked.Sets {
			for k, is := range set.Checks {
				if !is.OK {
					wrong = append(wrong, c.at(q.Options[i].Expect[k].Number, "option %d: %s: %s", i+1, is.Expect, is.Got))
				}
			}
		}
	default:
		wrong = append(wrong, c.at(q.Line, "options %s of the question are true", strings.Join(hold, " and ")))
	}
	return wrong
}

func (c *checker) goal(g *lesson.Goal) {
	var wrong []string
	if c.t.Attempt(g).AtStart {
		wrong = append(wrong, c.at(g.Line, "the goal is reached before anything is done"))
	}
	for _, command := range c.t.Solve() {
		Drive(c.ctx, c.lab, c.t, []model.Command{command})
	}
	if a := c.t.Attempt(g); !a.Reached && len(wrong) == 0 && c.ctx.Err() == nil {
		wrong = append(wrong, c.at(g.Line, "the solution does not reach the goal"))
		for i, is := range a.Checks {
			if !is.OK {
				wrong = append(wrong, c.at(g.Lines[i].Number, "%s: %s", is.Expect, is.Got))
			}
		}
	}
	c.told(Result{Line: g.Line, Kind: OfGoal, What: linesOf(g.Lines), Wrong: wrong})
}

// lineOf is the line of what waits at a stop.
func lineOf(s *lesson.Stop) int {
	switch {
	case s.Step != nil:
		return s.Step.Line
	case s.Goal != nil:
		return s.Goal.Line
	}
	return 1
}
