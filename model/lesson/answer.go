package lesson

import (
	"time"

	"incore/model"
	"incore/model/lang"
)

// Answer is what was said to a question, and what the kernel said.
type Answer struct {
	Said   int           // the option, from 0; -1 where nobody has said anything, and of a room
	Room   []int         // a show of hands: how many for each option; nil where one person answers
	Tries  int           // how often it was answered, each time before its step ran
	First  int           // the first answer, from 0; -1 where there is none
	Kernel int           // the option that is true; -1 before the step has run, and where not exactly one is
	Asked  model.Asked   // what the kernel said of each option
	Took   time.Duration // from when the question was shown to the first answer

	shown time.Duration
	again bool // the step has run since the newest answer
}

func (a *Answer) said() bool { return a != nil && (a.Said >= 0 || a.Room != nil) && !a.again }

// Right reports whether the newest answer is the kernel's: of a room, whether most hands were for it.
func (a *Answer) Right() bool {
	if a == nil || a.Kernel < 0 {
		return false
	}
	return a.leads() == a.Kernel
}

// leads is the option that was said, or that most hands were for; -1 where none is.
func (a *Answer) leads() int {
	if a.Room == nil {
		return a.Said
	}
	best := -1
	for i, n := range a.Room {
		switch {
		case n > 0 && (best < 0 || n > a.Room[best]):
			best = i
		case best >= 0 && n == a.Room[best]:
			best = -1 // a draw is no answer
		}
	}
	return best
}

// show notes that a question is shown.
func (t *Taking) show(q *Question) {
	a := t.answers[q]
	if a == nil {
		a = &Answer{Said: -1, First: -1, Kernel: -1, shown: t.Time}
		t.answers[q] = a
	}
	a.again = a.again || a.said()
}

// Say answers the question that waits with an option, from 0. It reports whether there is such a question and option.
// Said again before the step runs it is another answer in place of the first.
func (t *Taking) Say(option int) bool {
	q := t.Stop().Question
	if q == nil || t.running || option < 0 || option >= len(q.Options) {
		return false
	}
	a := t.answers[q]
	a.Said, a.Room = option, nil
	t.said(a, option)
	return true
}

// SayRoom answers the question that waits with a show of hands, a number for each option.
func (t *Taking) SayRoom(hands []int) bool {
	q := t.Stop().Question
	if q == nil || t.running || len(hands) != len(q.Options) {
		return false
	}
	for _, n := range hands {
		if n < 0 {
			return false
		}
	}
	a := t.answers[q]
	a.Said, a.Room = -1, hands
	t.said(a, a.leads())
	return true
}

func (t *Taking) said(a *Answer, option int) {
	if a.Tries == 0 {
		a.Took = t.Time - a.shown
	}
	if a.Tries == 0 || a.again {
		a.Tries++
	}
	if a.Tries == 1 {
		a.First = option
	}
	a.again, a.Kernel, a.Asked = false, -1, model.Asked{}
}

// Verdict is what the expects of a step, or facts, came to.
type Verdict struct {
	Lines   []lang.Line     // the expects
	Checks  []model.Checked // what they came to, as far as they have been asked
	Refused []Refusal       // commands of the step that incore did not pass on to the kernel
}

// Refusal is a command that was refused.
type Refusal struct {
	Line lang.Line // the command
	Why  string    // incore's words
}

// Holds reports whether all of the expects were asked and hold, and nothing was refused.
func (v *Verdict) Holds() bool {
	if v == nil || len(v.Checks) < len(v.Lines) || len(v.Refused) > 0 {
		return false
	}
	for _, c := range v.Checks {
		if !c.OK {
			return false
		}
	}
	return true
}

// Attempt is how far the student is with a goal.
type Attempt struct {
	Reached  bool            // all of it holds, or did after one of the student's commands
	AtStart  bool            // it held before the student did anything: the lesson is wrong
	Checks   []model.Checked // what its expects came to at the newest look
	Commands int             // that the student has given
	Hints    int             // that were asked for
	Solved   bool            // the solution was asked for
	Spoiled  string          // the verb that was used and that the goal does not allow, or ""
	Took     time.Duration   // until it was reached

	began  time.Duration
	looked bool
}

func (a *Attempt) done() bool { return a != nil && (a.Reached || a.Solved) }

// look asks whether the goal is reached.
func (t *Taking) look(g *Goal) model.Command {
	return t.ask(lang.AsItIs, [][]model.Command{commandsOf(g.Lines)}, func(is model.Asked) {
		a := t.goals[g]
		a.Checks = is.Sets[0].Checks
		switch holds := is.Sets[0].Holds; {
		case !a.looked:
			a.AtStart = holds
		case holds && a.Spoiled == "" && !a.Reached:
			a.Reached, a.Took = true, t.Time-a.began
		}
		a.looked = true
	})
}

// Hint gives the next hint of the goal that waits. It reports whether there is one.
func (t *Taking) Hint() (string, bool) {
	g := t.Stop().Goal
	if g == nil || t.goals[g] == nil || t.goals[g].Hints >= len(g.Hints) {
		return "", false
	}
	t.goals[g].Hints++
	return g.Hints[t.goals[g].Hints-1], true
}

// Solve shows the solution of the goal that waits: its commands, to be run in order as the student's own.
func (t *Taking) Solve() []model.Command {
	g := t.Stop().Goal
	if g == nil || t.goals[g] == nil || t.running {
		return nil
	}
	t.goals[g].Solved = true
	return commandsOf(g.Solution)
}

// Score is what a lesson came to.
type Score struct {
	Questions int // that were answered and decided
	Right     int // of them answered right the first time
	Goals     int // that were come to
	Reached   int // of them without the solution
}

// Score counts what was answered and reached so far.
func (t *Taking) Score() (s Score) {
	for _, a := range t.answers {
		if a.First < 0 || a.Kernel < 0 {
			continue
		}
		s.Questions++
		if a.First == a.Kernel {
			s.Right++
		}
	}
	for _, a := range t.goals {
		s.Goals++
		if a.Reached && !a.Solved {
			s.Reached++
		}
	}
	return s
}
