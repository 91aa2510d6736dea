package plain

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
)

// lessonWords says what can be said in a lesson beside commands.
const lessonWords = "An empty line goes on, a number answers. Also: back, again, hint, solution, skip, notes, where. Commands work at any moment."

// beginLesson begins the lesson of the conversation.
func (p *Conversation) beginLesson(ctx context.Context) error {
	t := p.cfg.Lesson
	if t == nil {
		return nil
	}
	if err := p.print("Lesson: "+t.Lesson.Title+". "+t.Lesson.Summary, lessonWords, ""); err != nil {
		return err
	}
	if p.cfg.Kept != nil {
		return p.lessonRuns(ctx, t.Resume(*p.cfg.Kept), t.At)
	}
	return p.lessonRuns(ctx, t.Begin(), -1)
}

// lessonLine answers a line that is of the lesson: one without a word, a number for a question, or one of its words. It
// reports whether it was one.
func (p *Conversation) lessonLine(ctx context.Context, line Line) (was bool, _ error) {
	t := p.cfg.Lesson
	if t == nil {
		return false, nil
	}
	t.Now(time.Since(p.since))
	words := strings.Fields(line.Text)
	if len(words) == 0 {
		return true, p.lessonNext(ctx)
	}
	if q := t.Stop().Question; q != nil && isNumber(words[0]) {
		return true, p.lessonAnswer(q, words)
	}
	if len(words) > 1 {
		return false, nil
	}
	switch words[0] {
	case "next":
		return true, p.lessonNext(ctx)
	case "back":
		if t.At == 0 {
			return true, p.print("This is the beginning of the lesson.")
		}
		return true, p.lessonRuns(ctx, t.Back(), t.At-2)
	case "again":
		return true, p.lessonRuns(ctx, t.Again(), t.At-1)
	case "where":
		return true, p.print(p.stopLines(t.Stop())...)
	case "skip":
		if t.Stop().Goal == nil {
			return true, p.print("There is no goal to be reached now.")
		}
		return true, p.lessonRuns(ctx, t.Skip(), t.At)
	case "hint":
		hint, ok := t.Hint()
		if !ok {
			hint = "There is no hint. \"solution\" tells how it is done."
		}
		return true, p.print(spoken(hint)...)
	case "solution":
		return true, p.lessonSolve(ctx)
	case "notes":
		return true, p.lessonNotes()
	}
	return false, nil
}

func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }

// lessonNext runs the step that waits, or says what it waits for.
func (p *Conversation) lessonNext(ctx context.Context) error {
	t := p.cfg.Lesson
	switch why := t.Wants(); {
	case t.Over():
		return p.print("The lesson is at its end. Commands go on; quit ends.")
	case why != "" && t.Stop().Goal != nil:
		return p.print("The goal is not reached yet. Type commands; hint gives a hint, skip goes on without it.")
	case why != "":
		return p.print(fmt.Sprintf("What do you say? 1 to %d answers; then enter runs the step.", len(t.Stop().Question.Options)))
	}
	return p.lessonRuns(ctx, t.Go(), t.At)
}

// lessonAnswer takes an option, or a show of hands: a number for each option.
func (p *Conversation) lessonAnswer(q *lesson.Question, words []string) error {
	t := p.cfg.Lesson
	if len(words) == 1 {
		n, _ := strconv.Atoi(words[0])
		if !t.Say(n - 1) {
			return p.print(fmt.Sprintf("There are the options 1 to %d.", len(q.Options)))
		}
		return p.print(fmt.Sprintf("You say %d. Enter runs the step, and the kernel answers.", n))
	}
	var hands []int
	for _, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 {
			return p.print(w + " is no number of hands.")
		}
		hands = append(hands, n)
	}
	if !t.SayRoom(hands) {
		return p.print(fmt.Sprintf("A show of hands is %d numbers, one an option.", len(q.Options)))
	}
	return p.print("So many hands. Enter runs the step, and the kernel answers.")
}

// lessonRuns runs commands of the lesson, tells what came of those that are steps, and goes on to where it waits. shown is the stop
// whose text was shown last; a text that was is not shown again.
func (p *Conversation) lessonRuns(ctx context.Context, commands []model.Command, shown int) error {
	t := p.cfg.Lesson
	step := (*lesson.Step)(nil)
	if shown == t.At && shown >= 0 {
		step = t.Stop().Step
	}
	asked := t.Stop().Question
	if shown != t.At {
		asked = nil
	}
	for len(commands) > 0 {
		c := commands[0]
		commands = commands[1:]
		before := p.cfg.Lab.State()
		items, err := p.do(ctx, c)
		if err != nil {
			return err
		}
		for _, item := range items {
			commands = append(commands, t.Fold(item)...)
		}
		if step == nil || !ofStep(step, c) {
			continue
		}
		p.look(ctx)
		after := p.cfg.Lab.State()
		lines, _ := p.itemLines(Line{}, items, after)
		head := []string{"Runs: " + c.String()}
		if _, ok := lang.Inner(c).(lang.Expect); ok {
			head = []string{"Checks: " + c.String()}
		}
		if err := p.print(append(append(head, lines...), p.changes(before, after)...)...); err != nil {
			return err
		}
	}
	p.look(ctx)
	p.told = p.cfg.Lab.State()
	if asked != nil {
		if err := p.print(p.answerLines(asked)...); err != nil {
			return err
		}
	}
	p.lessonCame()
	return p.print(append([]string{""}, p.stopLines(t.Stop())...)...)
}

// lessonCame has it kept how far the lesson is.
func (p *Conversation) lessonCame() {
	if p.cfg.Came != nil {
		p.cfg.Came(p.cfg.Lesson.Record())
	}
}

func ofStep(s *lesson.Step, c model.Command) bool {
	for _, l := range s.Lines {
		if l.Command.String() == c.String() {
			return true
		}
	}
	return false
}

// Marks of Markdown that the manual does not have: *emphasis*, and the items of a numbered list.
var (
	emphasis = regexp.MustCompile(`(^|[\s("])\*([A-Za-z][^*` + "`" + `\n]*)\*`)
	numbered = regexp.MustCompile(`(?m)^([0-9]+\. )`)
)

// ended is a sentence with its mark at the end: a title that asks has one already.
func ended(s string) string {
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// lessonSolve runs the solution of the goal that waits.
func (p *Conversation) lessonSolve(ctx context.Context) error {
	commands := p.cfg.Lesson.Solve()
	if commands == nil {
		return p.print("There is no goal to be reached now.")
	}
	for _, c := range commands {
		if err := p.lessonOwn(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// lessonOwn runs a command of the student's, and tells when it reaches the goal.
func (p *Conversation) lessonOwn(ctx context.Context, c model.Command) error {
	if err := p.print("Runs: " + c.String()); err != nil {
		return err
	}
	return p.run(ctx, Line{Text: c.String()}, c)
}

// lessonTold has the lesson know what came of a command of the student's.
func (p *Conversation) lessonTold(ctx context.Context, items []model.Item) error {
	t := p.cfg.Lesson
	if t == nil {
		return nil
	}
	g := t.Stop().Goal
	reached := g != nil && t.Attempt(g) != nil && t.Attempt(g).Reached
	var commands []model.Command
	for _, item := range items {
		commands = append(commands, t.Fold(item)...)
	}
	for _, c := range commands {
		items, err := p.do(ctx, c)
		if err != nil {
			return err
		}
		for _, item := range items {
			t.Fold(item)
		}
	}
	if g == nil || t.Attempt(g) == nil {
		return nil
	}
	switch a := t.Attempt(g); {
	case a.Reached && !reached:
		p.lessonCame()
		return p.print("The goal is reached. Enter goes on.")
	case a.Spoiled != "" && !a.Reached:
		return p.print(a.Spoiled + " is not allowed for this goal. again brings back where it began.")
	}
	return nil
}

// lessonNotes tells the notes for who teaches.
func (p *Conversation) lessonNotes() error {
	var lines []string
	for _, it := range p.cfg.Lesson.Stop().Items {
		if n, ok := it.(lesson.Notes); ok {
			lines = append(lines, append([]string{fmt.Sprintf("Note, %s:", n.Time)}, spoken(n.Text)...)...)
		}
	}
	if lines == nil {
		lines = []string{"There are no notes here."}
	}
	return p.print(lines...)
}
