package sheet

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// Lesson is a row of the list of lessons.
type Lesson struct {
	Name    string // that it is opened by
	Number  int    // in the course; 0 of a file
	Title   string // as its file has it
	Summary string // one or two sentences
	Minutes int    // that it takes in a lecture
	Lacks   string // why it cannot be taken here, or ""
	Done    bool   // it was taken to its end
	At, Of  int    // how far it was taken, in stops; 0 where it was not
	Score   string // in words, or ""
}

// Lessons is the list of lessons.
type Lessons struct {
	*scene.Scene
	List  []Lesson // in the order of the course
	Taken string   // the name of the one that is taken now

	at  int // the row that is chosen
	top int
}

// Open implements [Sheet]: it chooses the first lesson that is not done yet.
func (s *Lessons) Open() {
	s.at, s.top = 0, 0
	for i, l := range s.List {
		if l.Name == s.Taken || s.Taken == "" && !l.Done {
			s.at = i
			return
		}
	}
}

// Choose chooses a lesson by its number; 0 leaves the choice.
func (s *Lessons) Choose(number int) {
	for i, l := range s.List {
		if number > 0 && l.Number == number {
			s.at = i
		}
	}
}

// Scroll implements [Sheet].
func (s *Lessons) Scroll(n int) { s.choose(s.at + n) }

func (s *Lessons) choose(i int) { s.at = canvas.Clamp(i, 0, max(0, len(s.List)-1)) }

// Draw implements [Sheet].
func (s *Lessons) Draw(a canvas.Area) {
	th, c := s.Look, &s.Canvas
	a = canvas.Area{X: a.X + 1, Y: a.Y, W: a.W - 2, H: a.H}
	done := 0
	for _, l := range s.List {
		if l.Done {
			done++
		}
	}
	c.Text(a.X, a.Y, a.W, "Lessons", th.Heading)
	c.TextRight(a.X, a.Y, a.W, fmt.Sprintf("%d of %d done", done, len(s.List)), th.Dim)
	_, list := a.CutTop(2)
	foot := 4
	if list.H < 12 {
		foot = 2
	}
	list.H -= foot
	s.top = canvas.Clamp(s.top, max(0, s.at-list.H+1), s.at)
	for i := 0; i < list.H && s.top+i < len(s.List); i++ {
		s.row(canvas.Area{X: a.X, Y: list.Y + i, W: a.W, H: 1}, s.top+i)
	}
	if s.at < len(s.List) {
		l := s.List[s.at]
		text := l.Summary
		if l.Lacks != "" {
			text = "Cannot be taken here: " + l.Lacks + ". " + text
		}
		if topics := TopicsOf(l.Number); topics != "" && l.Number > 0 {
			text += " To read on in the help: " + topics + "."
		}
		for i, line := range canvas.Wrap(text, a.W-2) {
			if i >= foot-1 {
				break
			}
			c.Text(a.X+2, list.Y+list.H+1+i, a.W-2, line, th.Dim)
		}
	}
}

func (s *Lessons) row(a canvas.Area, i int) {
	th, c, l := s.Look, &s.Canvas, s.List[i]
	st, mark := th.Text, ' '
	if i == s.at {
		st, mark = th.Text.Bold(), th.Marker
	}
	if l.Lacks != "" {
		st = th.Dim
	}
	c.Set(a.X, a.Y, mark, th.Accent)
	state, ink := "", th.Dim
	switch {
	case l.Name == s.Taken:
		state, ink = "open now", th.Accent
	case l.Done:
		state, ink = "done", th.OK
		if l.Score != "" {
			state = l.Score
		}
	case l.At > 0:
		state = fmt.Sprintf("%d of %d", l.At+1, l.Of)
	}
	right := fmt.Sprintf("%s  %3d min", state, l.Minutes)
	w := a.W - 2 - canvas.Width(right) - 1
	number := "  "
	if l.Number > 0 {
		number = fmt.Sprintf("%2d", l.Number)
	}
	c.Text(a.X+2, a.Y, w, number+"  "+l.Title, st)
	c.TextRight(a.X, a.Y, a.W, right, ink)
	s.Clickable(a, func(h scene.Clicks) tea.Cmd {
		if s.at == i {
			return h.(Host).OpenLesson(l.Name)
		}
		s.at = i
		return nil
	})
}

// WhyNoLesson says why there is nothing to open.
func (s *Lessons) WhyNoLesson() string {
	if len(s.List) == 0 {
		return "There are no lessons here."
	}
	return ""
}

// LessonsKeys are the keys of the list.
func LessonsKeys() []Key {
	move := func(n int) func(Sheet, Host) tea.Cmd {
		return act(func(s *Lessons, _ Host) { s.choose(s.at + n) })
	}
	return []Key{
		{Keys: []string{"enter", "space"}, Show: "enter", Word: "take it", Help: "take the lesson", Why: unless((*Lessons).WhyNoLesson),
			Do: func(sh Sheet, h Host) tea.Cmd { s := sh.(*Lessons); return h.OpenLesson(s.List[s.at].Name) }},
		{Keys: []string{"up", "k"}, Show: "↑↓", ASCII: "up down", Row: "↑↓ pgup pgdn home end", Word: "choose", Help: "choose a lesson", Do: move(-1)},
		{Keys: []string{"down", "j"}, Do: move(1)},
		{Keys: []string{"pgup"}, Do: move(-10)},
		{Keys: []string{"pgdown"}, Do: move(10)},
		{Keys: []string{"home"}, Do: move(-model.EventsKept)},
		{Keys: []string{"end"}, Do: move(model.EventsKept)},
		{Keys: []string{"esc", "L", "q"}, Show: "esc", Word: "back", Help: "back to the grid", Do: shut},
		{Keys: []string{"ctrl+c"}, Show: "ctrl+c", Word: "quit", Help: "quit", Do: leave},
	}
}
