package lesson

import (
	"time"

	"incore/model"
)

// Record is how far a lesson was taken, and what was said: enough to go on with it later, and to report of it.
type Record struct {
	At      int           // the stop that waits, from 0
	Of      int           // how many stops there are
	Over    bool          // the lesson is at its end
	Time    time.Duration // that it took
	Answers []Answered    // of the questions that were answered, in the order of the file
	Goals   []Attempted   // of the goals that were come to, in the order of the file
	Score   Score         // what that comes to
}

// Answered is an answer to a question.
type Answered struct {
	Question int           // its number in the lesson, from 0
	Said     int           // the newest answer, from 0; -1 of a room
	First    int           // the first one, from 0; -1 where there is none
	Kernel   int           // the option that is true, from 0; -1 where that is not known
	Tries    int           // how often it was answered
	Room     []int         // a show of hands, or nil
	Took     time.Duration // until the first answer
}

// Attempted is an attempt at a goal.
type Attempted struct {
	Goal     int           // its number in the lesson, from 0
	Reached  bool          // it was reached
	Solved   bool          // the solution was asked for
	Commands int           // that were given
	Hints    int           // that were asked for
	Took     time.Duration // until it was reached
}

// Questions lists the questions of the lesson that are asked here, in the order of the file.
func (t *Taking) Questions() (out []*Question) {
	for _, s := range t.Stops {
		if s.Question != nil {
			out = append(out, s.Question)
		}
	}
	return out
}

// Goals lists the goals of the lesson that are there to be reached here, in the order of the file.
func (t *Taking) Goals() (out []*Goal) {
	for _, s := range t.Stops {
		if s.Goal != nil {
			out = append(out, s.Goal)
		}
	}
	return out
}

// Record returns how far the lesson is.
func (t *Taking) Record() Record {
	r := Record{At: t.At, Of: len(t.Stops), Over: t.Over(), Time: t.before + t.Time - t.began, Score: t.Score()}
	for i, q := range t.Questions() {
		if a := t.answers[q]; a != nil && a.Tries > 0 {
			r.Answers = append(r.Answers, Answered{i, a.Said, a.First, a.Kernel, a.Tries, a.Room, a.Took})
		}
	}
	for i, g := range t.Goals() {
		if a := t.goals[g]; a != nil {
			r.Goals = append(r.Goals, Attempted{i, a.Reached, a.Solved, a.Commands, a.Hints, a.Took})
		}
	}
	return r
}

// Resume goes on where a record of the same lesson ends. It returns the commands that bring a fresh subject there, in place of
// those of [Taking.Begin]. What of the record is not of this lesson is left out.
func (t *Taking) Resume(r Record) []model.Command {
	for i, q := range t.Questions() {
		for _, a := range r.Answers {
			if a.Question == i && inside(a.Said, q) && inside(a.First, q) && inside(a.Kernel, q) && (a.Room == nil || len(a.Room) == len(q.Options)) {
				t.answers[q] = &Answer{Said: a.Said, First: a.First, Kernel: a.Kernel, Tries: a.Tries, Room: a.Room, Took: a.Took}
			}
		}
	}
	for i, g := range t.Goals() {
		for _, a := range r.Goals {
			if a.Goal == i {
				t.goals[g] = &Attempt{Reached: a.Reached, Solved: a.Solved, Commands: a.Commands, Hints: min(max(a.Hints, 0), len(g.Hints)), Took: a.Took, looked: true}
			}
		}
	}
	t.before = max(r.Time, 0)
	at := r.At
	if at < 0 || at >= len(t.Stops) || r.Of != len(t.Stops) || r.Over {
		at = 0
	}
	return t.back(at)
}

func inside(option int, q *Question) bool { return option >= -1 && option < len(q.Options) }
