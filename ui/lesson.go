package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
	"incore/ui/sheet"
	"incore/ui/teach"
)

// Lessons is the course as the screen knows it. Its methods are called beside the screen's loop, one at a time, and may take a
// moment.
type Lessons interface {
	// List returns the lessons, each with how far it was taken.
	List() []sheet.Lesson
	// Open begins a lesson. kept is how far it was taken before, or nil.
	Open(name string) (t *lesson.Taking, kept *lesson.Record, err error)
	// Save keeps how far a lesson is.
	Save(name string, r lesson.Record) error
}

// lessonMsg is a lesson that was opened.
type lessonMsg struct {
	name   string
	taking *lesson.Taking
	kept   *lesson.Record
	err    error
}

// unsavedMsg says why it could not be kept how far a lesson is.
type unsavedMsg struct{ err error }

// lessonsMsg is the list of lessons, and the number of the one that it is opened at, or 0.
type lessonsMsg struct {
	list   []sheet.Lesson
	number int
}

// ListLessons opens the list of lessons at one of them, by its number; 0 is the first that is not done.
func (m *Model) ListLessons(number int) tea.Cmd {
	of := m.opts.Lessons
	if of == nil {
		m.status = status{"There are no lessons here.", true}
		return nil
	}
	return func() tea.Msg { return lessonsMsg{of.List(), number} }
}

func listLessons(m *Model, _ string) tea.Cmd { return m.ListLessons(0) }

// showLessons shows the list.
func showLessons(m *Model, msg lessonsMsg) {
	sh := m.sheets[modeLessons-firstSheet].(*sheet.Lessons)
	sh.List, sh.Taken = msg.list, m.teach.Name
	if m.mode == modeHelp {
		m.Close()
	}
	if m.mode == modeGrid {
		m.open(modeLessons)
		sh.Choose(msg.number)
	}
	m.dirty = true
}

// OpenLesson begins a lesson of the list.
func (m *Model) OpenLesson(name string) tea.Cmd {
	m.Close()
	return openLesson(m, name)
}

func openLesson(m *Model, name string) tea.Cmd {
	of := m.opts.Lessons
	return func() tea.Msg {
		t, kept, err := of.Open(name)
		return lessonMsg{name, t, kept, err}
	}
}

// beginLesson shows a lesson that was opened.
func beginLesson(m *Model, msg lessonMsg) {
	m.dirty = true
	if msg.err != nil {
		m.status = status{msg.err.Error(), true}
		return
	}
	m.status = status{}
	submitLesson(m, m.teach.Open(msg.name, msg.taking, m.State.Time, msg.kept))
	m.teach.Read = sheet.TopicsOf(numberOf(msg.name))
	if msg.kept != nil && msg.kept.At > 0 && !msg.kept.Over {
		m.status = status{text: longest(m.lay.status.W, "The lesson goes on where you left it; backspace goes back, step by step.", "It goes on where you left it.")}
	}
}

// numberOf is the number that the name of a lesson of the course begins with, or 0.
func numberOf(name string) (n int) {
	_, _ = fmt.Sscanf(name, "%d-", &n) // a file's name need not begin so
	return n
}

// submitLesson hands commands of the lesson to the lab. A pause ends, since they are about what is so.
func submitLesson(m *Model, commands []model.Command) {
	if len(commands) == 0 {
		return
	}
	m.goOn()
	m.teach.Changed()
	for _, c := range commands {
		if _, asks := c.(lang.Ask); !asks {
			m.asked = c.String()
			m.hints.verb = lang.Inner(c).Verb()
		}
		m.redraw.asked++
		m.lab.Submit(c)
	}
}

// foldLesson has the lesson know what the lab tells, and saves how far it is when it has come on.
func foldLesson(m *Model, item model.Item) {
	if !m.teach.On() {
		return
	}
	submitLesson(m, m.teach.Fold(item))
}

// savesLesson keeps how far the lesson is, when that has changed.
func savesLesson(m *Model) tea.Cmd {
	r, changed := m.teach.Came()
	if !changed || m.opts.Lessons == nil {
		return nil
	}
	of, name := m.opts.Lessons, m.teach.Name
	return func() tea.Msg {
		if err := of.Save(name, r); err != nil {
			return unsavedMsg{err}
		}
		return nil
	}
}

// inLesson reports whether keys of a lesson work: its text is on the screen.
func inLesson(m *Model) bool { return m.mode == modeGrid && m.teach.On() }

// lessonBinding is the binding of a lesson that a key has now, or nil.
func lessonBinding(m *Model, key string) *binding {
	if !inLesson(m) {
		return nil
	}
	b := lookup(modeLesson, key)
	if b != nil && b.keys[0] == "1" && m.teach.Taking.Stop().Question == nil { // digits choose a lens
		return nil
	}
	return b
}

// clockMsg is a second of the clock beside the notes.
type clockMsg struct{ gen int }

// sessionTime is how long the session has gone on.
func sessionTime(m *Model) time.Duration {
	if m.redraw.now == nil || m.Glow.At.IsZero() {
		return m.State.Time
	}
	return m.State.Time + m.redraw.now().Sub(m.Glow.At)
}

// toggleNotes shows the notes and the clock, or takes them away.
func toggleNotes(m *Model, _ string) tea.Cmd {
	m.teach.Notes = !m.teach.Notes
	m.teach.Clock++
	m.teach.Changed()
	if !m.teach.Notes {
		return nil
	}
	return clockTick(m)
}

func clockTick(m *Model) tea.Cmd {
	gen := m.teach.Clock
	m.teach.Taking.Now(sessionTime(m))
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return clockMsg{gen} })
}

// tickClock draws the clock anew.
func tickClock(m *Model, msg clockMsg) tea.Cmd {
	if !m.teach.On() || !m.teach.Notes || msg.gen != m.teach.Clock {
		return nil
	}
	m.dirty = true
	return clockTick(m)
}

// lessonKeys returns the keys of a lesson. Those of the grid work beside them.
func lessonKeys() []binding {
	do := func(f func(*Model)) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { f(m); m.teach.Changed(); return nil }
	}
	return []binding{
		{mode: modeLesson, keys: []string{"space", "enter"}, show: "space", row: "space enter", word: "go on", help: "the rest of the text, then the next step", do: do(nextStep)},
		{mode: modeLesson, keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, show: "1 to 6", word: "answer", help: "answer the question", do: answerKey},
		{mode: modeLesson, keys: []string{"#"}, show: "#", word: "hands", help: "answer for a room: how many hands for each option", why: whyNoQuestion, do: do(openHands)},
		{mode: modeLesson, keys: []string{"backspace"}, show: "bksp", row: "backspace", word: "back", help: "one step back, in a fresh subject that is brought there", why: whyNoStepBack, do: do(func(m *Model) { submitLesson(m, m.teach.Taking.Back()) })},
		{mode: modeLesson, keys: []string{"H"}, show: "H", word: "hint", help: "a hint for the goal; after the last the solution", why: whyNoHint, do: do(hintKey)},
		{mode: modeLesson, keys: []string{">"}, show: ">", help: "leave a goal that is not reached behind", why: whyNoGoal, do: do(func(m *Model) { submitLesson(m, m.teach.Taking.Skip()) })},
		{mode: modeLesson, keys: []string{"N"}, show: "N", word: "notes", help: "the notes for who teaches, and the clock", do: toggleNotes},
		{mode: modeLesson, keys: []string{"pgdown"}, show: "pgup pgdn", help: "scroll the text; pgdn while presenting goes on as space does", do: do(func(m *Model) { m.teach.Page(1) })},
		{mode: modeLesson, keys: []string{"pgup"}, do: do(func(m *Model) { m.teach.Page(-1) })},
		{mode: modeLesson, keys: []string{"R"}, show: "R", help: "a fresh subject that is brought to where the lesson is", do: do(func(m *Model) { submitLesson(m, m.teach.Taking.Again()) })},
		{mode: modeLesson, keys: []string{"esc"}, show: "esc", word: "leave", help: "undo what you did beside the lesson; else leave the lesson", do: leaveLesson},
	}
}

// lessonHints are the keys of a lesson that do something now, as the keys line shows them. They stay longer than those of the grid.
func lessonHints(m *Model) (all []keyHint) {
	for i := range table {
		b := &table[i]
		if b.mode != modeLesson || b.word == "" || b.why != nil && b.why(m) != "" || b.keys[0] == "1" && !m.teach.Asks(1) || b.keys[0] == "space" && m.teach.Stuck() {
			continue
		}
		k := keyHint{show: b.show, word: b.word, key: b.keys[0], rank: -1 - len(all)}
		switch b.keys[0] {
		case "1":
			k.show, k.key = fmt.Sprintf("1-%d", len(m.teach.Taking.Stop().Question.Options)), ""
		case "esc":
			if m.teach.Taking.Own() {
				k.word = "undo"
			}
		}
		all = append(all, k)
	}
	for i := range all { // the first of them go last
		all[i].rank = i - len(all) - 1
	}
	return all
}

// nextStep goes on in the text, and at its end runs the step that waits.
func nextStep(m *Model) {
	t := m.teach.Taking
	switch why := t.Wants(); {
	case !m.teach.Shown(), m.teach.More():
	case t.Over():
		m.status = status{text: "This is the end of the lesson: L lists the others, esc leaves it."}
	case t.Running():
		m.status = status{text: "The step still runs."}
	case why != "" && t.Stop().Goal != nil:
		m.status = status{longest(m.lay.status.W, "The goal is not reached yet: H gives a hint, > goes on without it.", "Not reached yet: H is a hint."), true}
	case why != "":
		m.status = status{fmt.Sprintf("What do you say? 1 to %d answers, and then it runs.", len(t.Stop().Question.Options)), true}
	default:
		submitLesson(m, t.Go())
	}
}

func answerKey(m *Model, key string) tea.Cmd {
	t := m.teach.Taking
	t.Now(sessionTime(m))
	if why := whyNoQuestion(m); why != "" {
		m.status = status{text: why}
		return nil
	}
	if !t.Say(int(key[0] - '1')) {
		m.status = status{fmt.Sprintf("There are the options 1 to %d.", len(t.Stop().Question.Options)), true}
		return nil
	}
	m.teach.Changed()
	m.status = status{text: longest(m.lay.status.W, "You say "+key+". space runs the step, and the kernel answers.", "space: the kernel answers.")}
	return nil
}

func hintKey(m *Model) {
	if _, ok := m.teach.Taking.Hint(); ok {
		return
	}
	submitLesson(m, m.teach.Taking.Solve())
}

func whyNoQuestion(m *Model) string {
	switch t := m.teach.Taking; {
	case t == nil || t.Stop().Question == nil:
		return "There is no question now."
	case t.Running():
		return "The step still runs."
	case !m.teach.InView():
		return "The question stands farther down: space reads on."
	}
	return ""
}

func whyNoStepBack(m *Model) string {
	switch t := m.teach.Taking; {
	case t.At == 0:
		return "This is the beginning of the lesson."
	case t.Running():
		return "The step still runs."
	}
	return ""
}

func whyNoGoal(m *Model) string {
	if m.teach.Taking.Stop().Goal == nil {
		return "There is no goal to be reached now."
	}
	return ""
}

func whyNoHint(m *Model) string {
	t := m.teach.Taking
	switch g := t.Stop().Goal; {
	case g == nil:
		return "There is no goal to be reached now."
	case t.Running():
		return "The step still runs."
	case t.Attempt(g) != nil && t.Attempt(g).Solved:
		return "The solution has been shown."
	}
	return ""
}

// leaveLesson ends what goes on in the grid first, then takes back what was done beside the lesson, then leaves it.
func leaveLesson(m *Model, key string) tea.Cmd {
	t := m.teach.Taking
	switch {
	case whyNothingToLeave(m) == "" && !t.Running():
		return back(m, key)
	case t.Own():
		submitLesson(m, t.Again())
		m.status = status{text: "A fresh subject, as the lesson left it."}
	case m.teach.Leaving || t.Over():
		m.teach.Close()
		m.status = status{text: "L opens a lesson again."}
	default:
		m.teach.Leaving = true
		m.status = status{text: "esc again leaves the lesson."}
	}
	return nil
}

// openHands opens the line in which a show of hands is typed.
func openHands(m *Model) {
	m.mode = modeHands
	m.jump.hands.set("")
}

// handsKeys returns the keys of that line.
func handsKeys() []binding {
	return append([]binding{{mode: modeHands, keys: []string{"enter"}, show: "enter", word: "so many", do: func(m *Model, _ string) tea.Cmd {
		p := &m.jump.hands
		if why := whyNoQuestion(m); why != "" { // the lesson has gone on
			m.mode, m.status = modeGrid, status{why, true}
			return nil
		}
		hands, err := teach.Hands(p.text, len(m.teach.Taking.Stop().Question.Options))
		if err != nil {
			p.said = err.Error()
			return nil
		}
		m.teach.Taking.Now(sessionTime(m))
		m.teach.Taking.SayRoom(hands)
		m.teach.Changed()
		m.mode = modeGrid
		return nil
	}}}, editKeys(modeHands)...)
}
