package lesson

import (
	"time"

	"incore/model"
	"incore/model/lang"
)

// Taking is a lesson that somebody takes: where it stands, what was said, and what the kernel said. It makes commands for who
// drives a Lab, and is told by [Taking.Fold] of all that the Lab tells. It reads no clock: times are those of the items.
type Taking struct {
	Lesson *Lesson       // that is taken
	Stops  []Stop        // where it waits, without what the machine cannot do
	At     int           // the stop that it waits at, an index of Stops
	Time   time.Duration // of the newest item

	answers map[*Question]*Answer
	facts   map[*Facts]*Verdict
	checks  map[*Step]*Verdict
	goals   map[*Goal]*Attempt

	before  time.Duration                // that it has taken in sessions before
	began   time.Duration                // of the session, when the lesson did
	id      uint64                       // of the newest Ask
	asks    map[uint64]func(model.Asked) // what is to be done with the answers that are awaited
	made    []made                       // of the commands that the lesson gave out: those not told of yet
	dead    map[string]bool              // processes that have died
	running bool                         // the lesson's own commands run
	own     bool                         // the student has changed something since they ran
}

// made is a command that the lesson gave out.
type made struct {
	text string    // as it is told of
	line lang.Line // as it stands in the file
	step *Step     // whose expects are counted, or nil
}

// Take begins a lesson on a machine. [Taking.Begin] makes its first commands.
func Take(l *Lesson, m Machine) *Taking {
	return &Taking{
		Lesson: l, Stops: l.stops(m),
		answers: map[*Question]*Answer{}, facts: map[*Facts]*Verdict{}, checks: map[*Step]*Verdict{}, goals: map[*Goal]*Attempt{},
		asks: map[uint64]func(model.Asked){}, dead: map[string]bool{},
	}
}

// Stop is where the lesson waits.
func (t *Taking) Stop() *Stop { return &t.Stops[t.At] }

// Over reports whether there is nothing more to do.
func (t *Taking) Over() bool { return t.At == len(t.Stops)-1 && !t.Stop().waits() }

// waits reports whether the stop has something to do.
func (s *Stop) waits() bool { return s.Step != nil || s.Goal != nil }

// Running reports whether commands of the lesson run, so that none of them can be asked for.
func (t *Taking) Running() bool { return t.running }

// Own reports whether the student has changed something since the lesson's last step. The next step then begins on a fresh
// subject that is brought to where the lesson stands.
func (t *Taking) Own() bool { return t.own }

// Answer is what was said to a question, or nil.
func (t *Taking) Answer(q *Question) *Answer { return t.answers[q] }

// Fact is what facts came to, or nil where they have not been asked.
func (t *Taking) Fact(f *Facts) *Verdict { return t.facts[f] }

// Verdict is what the expects of a step came to, or nil where it has not run.
func (t *Taking) Verdict(s *Step) *Verdict { return t.checks[s] }

// Attempt is how far the student is with a goal, or nil where it has not been come to.
func (t *Taking) Attempt(g *Goal) *Attempt { return t.goals[g] }

// Start says when in its session the lesson begins, from which its time counts.
func (t *Taking) Start(at time.Duration) { t.began, t.Time = at, at }

// Now tells the time of the session, where nothing else has come to tell it: before an answer, or while a clock is shown.
func (t *Taking) Now(at time.Duration) { t.Time = max(t.Time, at) }

// Begin returns the commands with which the lesson begins: a fresh subject, and what its first facts ask.
func (t *Taking) Begin() []model.Command {
	return t.back(0)
}

// Wants says what the lesson waits for before it can go on, in words, or is "".
func (t *Taking) Wants() string {
	stop := t.Stop()
	switch q := stop.Question; {
	case t.running:
		return "the step still runs"
	case q != nil && !t.answers[q].said():
		return "an answer comes first"
	case stop.Goal != nil && !t.goals[stop.Goal].done():
		return "the goal is not reached yet"
	}
	return ""
}

// Go runs the step that waits, or leaves a goal behind. It returns the commands to be run, in order; none where the lesson
// [Taking.Wants] something, or is over.
func (t *Taking) Go() []model.Command {
	if t.Wants() != "" || t.Over() {
		return nil
	}
	return t.goOn()
}

// Skip goes on from a goal that is not reached.
func (t *Taking) Skip() []model.Command {
	if t.running || t.Stop().Goal == nil || t.Over() {
		return nil
	}
	return t.goOn()
}

func (t *Taking) goOn() (out []model.Command) {
	stop := t.Stop()
	t.running = true
	if s := stop.Step; s != nil {
		if t.own && s.Lines[0].Command.Verb() != (lang.Reset{}).Verb() {
			out = t.restored(t.At)
		}
		t.own = false
		v := &Verdict{}
		t.checks[s] = v
		for _, line := range s.Lines {
			if isExpect(line.Command) {
				v.Lines = append(v.Lines, line)
			}
			out = append(out, t.make(line, s))
		}
	}
	if stop.Question != nil {
		out = append(out, t.askOptions(stop.Question)...)
	}
	return append(out, t.arrive(min(t.At+1, len(t.Stops)-1))...)
}

// make gives out a command.
func (t *Taking) make(line lang.Line, step *Step) model.Command {
	t.made = append(t.made, made{line.Command.String(), line, step})
	return line.Command
}

// ask gives out a question to the kernel.
func (t *Taking) ask(f lang.AskFor, sets [][]model.Command, answered func(model.Asked)) model.Command {
	t.id++
	t.asks[t.id] = answered
	return lang.Ask{ID: t.id, Sets: sets, For: f}
}

// askOptions asks which of a question's options is true.
func (t *Taking) askOptions(q *Question) []model.Command {
	a := t.answers[q]
	if q.Ideas {
		for i, o := range q.Options {
			if o.Ticked {
				a.Kernel = i
			}
		}
		return nil
	}
	sets := make([][]model.Command, len(q.Options))
	for i, o := range q.Options {
		sets[i] = commandsOf(o.Expect)
	}
	return []model.Command{t.ask(lang.OneHolds, sets, func(is model.Asked) {
		a.Asked, a.Kernel = is, -1
		for i, s := range is.Sets {
			if !s.Holds {
				continue
			}
			if a.Kernel >= 0 {
				a.Kernel = -1
				return
			}
			a.Kernel = i
		}
	})}
}

// arrive asks what there is to ask at a stop, and then waits at it.
func (t *Taking) arrive(at int) (out []model.Command) {
	for _, it := range t.Stops[at].Items {
		f, ok := it.(*Facts)
		if !ok {
			continue
		}
		v := &Verdict{Lines: f.Lines}
		var sets [][]model.Command
		for _, c := range commandsOf(f.Lines) {
			sets = append(sets, []model.Command{c})
		}
		out = append(out, t.ask(lang.AllHold, sets, func(is model.Asked) {
			for _, s := range is.Sets {
				v.Checks = append(v.Checks, s.Checks...)
			}
			t.facts[f] = v
		}))
	}
	if g := t.Stops[at].Goal; g != nil {
		t.goals[g] = &Attempt{}
		out = append(out, t.look(g))
	}
	return append(out, t.ask(lang.AsItIs, nil, func(model.Asked) {
		t.At, t.running, t.own = at, false, false
		if g := t.Stops[at].Goal; g != nil {
			t.goals[g].began = t.Time
		}
		if q := t.Stops[at].Question; q != nil {
			t.show(q)
		}
	}))
}

func commandsOf(lines []lang.Line) (out []model.Command) {
	for _, l := range lines {
		out = append(out, l.Command)
	}
	return out
}

// restored brings a fresh subject to where the steps before a stop left theirs. The last reset among them is where it begins.
func (t *Taking) restored(at int) []model.Command {
	var lines []lang.Line
	for _, stop := range t.Stops[:at] {
		if stop.Step == nil {
			continue
		}
		for _, line := range stop.Step.Lines {
			switch c := line.Command.(type) {
			case lang.Reset:
				lines = nil
			case lang.Say, lang.Wait:
			default:
				if !isExpect(c) {
					lines = append(lines, line)
				}
			}
		}
	}
	out := []model.Command{t.make(lang.Line{Command: lang.Reset{}}, nil)}
	for _, line := range lines {
		out = append(out, t.make(line, nil))
	}
	return out
}

// Again brings the subject back to what it was when the lesson came to where it waits.
func (t *Taking) Again() []model.Command {
	if t.running {
		return nil
	}
	return t.back(t.At)
}

// Back goes one stop back, on a fresh subject. It returns nothing at the first.
func (t *Taking) Back() []model.Command {
	if t.running || t.At == 0 {
		return nil
	}
	return t.back(t.At - 1)
}

func (t *Taking) back(at int) []model.Command {
	t.running = true
	out := t.restored(at)
	if g := t.Stops[at].Goal; g != nil {
		was := t.goals[g]
		out = append(out, t.arrive(at)...)
		if was != nil { // what is known of it stays
			t.goals[g].Hints, t.goals[g].Commands, t.goals[g].Solved = was.Hints, was.Commands, was.Solved
			t.goals[g].Reached, t.goals[g].Took = was.Reached, was.Took
		}
		return out
	}
	return append(out, t.arrive(at)...)
}

// Fold takes what the Lab tells. It returns commands to be run, in order.
func (t *Taking) Fold(item model.Item) []model.Command {
	switch it := item.(type) {
	case model.Asked:
		t.Time = max(t.Time, it.Time)
		if f := t.asks[it.ID]; f != nil {
			delete(t.asks, it.ID)
			f(it)
		}
	case model.Checked:
		t.Time = max(t.Time, it.Time)
		if m, ok := t.told(it.Expect); ok && m.step != nil {
			v := t.checks[m.step]
			v.Checks = append(v.Checks, it)
		}
	case model.Died:
		t.Time = max(t.Time, it.Time)
		t.dead[it.Proc] = true
	case model.Started:
		delete(t.dead, it.Proc)
	case model.Event:
		t.Time = max(t.Time, it.Time)
		if !it.Aside && it.Command != nil {
			return t.foldEvent(it)
		}
	}
	return nil
}

// told takes the command that was told of from those that were given out.
func (t *Taking) told(text string) (made, bool) {
	if len(t.made) == 0 || t.made[0].text != text {
		return made{}, false
	}
	m := t.made[0]
	t.made = t.made[1:]
	return m, true
}

func (t *Taking) foldEvent(e model.Event) []model.Command {
	if m, ok := t.told(e.Command.String()); ok {
		// What is refused because the process is dead is of its death, of which an expect asks.
		if m.step != nil && e.Refused != "" && !t.dead[e.Proc] {
			v := t.checks[m.step]
			v.Refused = append(v.Refused, Refusal{Line: m.line, Why: e.Refused})
		}
		return nil
	}
	if remark, ok := lang.Inner(e.Command).(model.Remark); ok && remark.Remark() || t.running {
		return nil
	}
	if _, looks := lang.Inner(e.Command).(lang.Mincore); looks {
		return nil
	}
	t.own = true
	g := t.Stop().Goal
	if g == nil || t.goals[g] == nil {
		return nil
	}
	a := t.goals[g]
	if a.Commands++; !g.Allows(e.Command) && a.Spoiled == "" {
		a.Spoiled = lang.Inner(e.Command).Verb()
	}
	return []model.Command{t.look(g)}
}
