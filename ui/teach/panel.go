package teach

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lesson"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Panel is a lesson on the screen.
type Panel struct {
	Taking *lesson.Taking // the lesson, or nil where none is taken
	Name   string         // it was opened by
	Read   string         // topics of the help to read on, or ""
	Notes  bool           // the notes for who teaches are shown
	Clock  int            // which ticks of the clock are its own: others are old
	// Leaving is set once the lesson is about to be left: said again, it is.
	Leaving bool

	top    int // the first row that is shown
	rows   int // that the text has
	seen   int // rows that there is room for
	stop   int // whose beginning was scrolled to
	lines  Lines
	drawn  drawn
	change int // how often the text has changed
	saved  int // as of which change it was saved
}

// drawn is what the lines were made of.
type drawn struct {
	change, width int
	notes         bool
	look          *look.Look
}

// Changed notes that the text has to be made anew.
func (p *Panel) Changed() { p.change, p.Leaving = p.change+1, false }

// On reports whether a lesson is taken.
func (p *Panel) On() bool { return p.Taking != nil }

// Open shows a lesson, from its beginning or where a record of it ends; at is the time in the session. It returns the commands that it begins with.
func (p *Panel) Open(name string, t *lesson.Taking, at time.Duration, kept *lesson.Record) []model.Command {
	*p = Panel{Taking: t, Name: name, change: p.change + 1, stop: -1}
	t.Start(at)
	if kept != nil {
		return t.Resume(*kept)
	}
	return t.Begin()
}

// Fold takes what the lab tells. It returns commands to be run.
func (p *Panel) Fold(item model.Item) []model.Command {
	if p.Taking == nil {
		return nil
	}
	switch item.(type) {
	case model.Asked, model.Checked, model.Event, model.Died, model.Started:
		p.change++
		return p.Taking.Fold(item)
	}
	return nil
}

// Draw draws the lesson in an area; press is what a click on a key does.
func (p *Panel) Draw(sc *scene.Scene, a canvas.Area, press func(string) func(scene.Clicks) tea.Cmd) {
	if p.Taking == nil {
		return
	}
	if a.Empty() { // the screen has no room for it
		p.stop, p.rows, p.seen = p.Taking.At, 0, 0
		return
	}
	th, c := sc.Look, &sc.Canvas
	body := a
	if a.H >= 4 {
		_, body = a.CutTop(1)
	}
	p.seen = body.H
	made := drawn{p.change, body.W, p.Notes, th}
	if p.drawn != made {
		p.lines, p.drawn = textOf(p.Taking, body.W, th, p.Notes, p.Read), made
	}
	was := p.rows
	p.rows = len(p.lines.Rows)
	p.follow(was)
	for i := range body.H {
		if row := p.top + i; row < p.rows {
			c.Line(body.X, body.Y+i, body.W, p.lines.Rows[row])
		}
	}
	for _, on := range p.lines.Press {
		if y := on.row - p.top; y >= 0 && y < body.H {
			sc.Clickable(canvas.Area{X: body.X, Y: body.Y + y, W: body.W, H: 1}, press(on.key))
		}
	}
	if a.H >= 4 {
		p.heading(sc, a.Row(0))
	}
}

// heading draws the lesson's title, and how far it has come.
func (p *Panel) heading(sc *scene.Scene, a canvas.Area) {
	th, t := sc.Look, p.Taking
	right := fmt.Sprintf("%d of %d", min(t.At+1, len(t.Stops)), len(t.Stops))
	if p.Notes {
		right = clock(t.Record().Time) + "  " + right
	}
	more := ""
	if n := p.rows - p.top - p.seen; n > 0 {
		more = fmt.Sprintf("%d more %s", n, glyph(th, "↓", "v"))
		right = "  " + right
	}
	x := a.X + sc.Canvas.Text(a.X, a.Y, a.W-canvas.Width(more+right)-2, t.Lesson.Title, th.Accent.Bold()) + 1
	end := a.X + a.W - canvas.Width(more+right) - 1
	sc.Canvas.Fill(x, a.Y, end-x, th.Glyphs.Rule, th.Rule)
	sc.Canvas.Text(end+1, a.Y, a.X+a.W-end-1, more, th.Key)
	sc.Canvas.TextRight(a.X, a.Y, a.W, right, th.Dim)
}

// clock is a time as 4:07.
func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// follow scrolls to where the stop that waits begins, when the lesson has come to another one. Where the end of the text has
// room beneath, what was before it is seen above. What comes to the end of the text while it waits is shown: a hint, a goal that
// is reached. was is how many rows the text had.
func (p *Panel) follow(was int) {
	most := max(0, p.rows-p.seen)
	if p.stop == p.Taking.At && p.rows > was && (p.top+p.seen >= was || p.Taking.Stop().Goal != nil) {
		p.top = most
	}
	if at := p.Taking.At; at != p.stop && at < len(p.lines.Stops) {
		p.stop = at
		p.top = p.lines.Stops[at]
		if row, ok := p.lines.Asked[at-1]; ok { // what was said, beside what the kernel says
			p.top = row
		}
	}
	p.top = canvas.Clamp(p.top, 0, most)
}

// Shown reports whether the stop that waits is the one that was drawn last: a key that is pressed before that is not about it.
func (p *Panel) Shown() bool { return p.stop == p.Taking.At }

// Stuck reports whether going on does nothing: all of the text was seen, and the lesson wants an answer or a goal.
func (p *Panel) Stuck() bool {
	return p.top+p.seen >= p.rows && !p.Taking.Running() && p.Taking.Wants() != ""
}

// More scrolls on by a screen of text where there is more of it, and reports whether there was.
func (p *Panel) More() bool {
	if p.top+p.seen >= p.rows {
		return false
	}
	p.Scroll(max(1, p.seen-1))
	return true
}

// Scroll moves the text by rows.
func (p *Panel) Scroll(n int) { p.top = canvas.Clamp(p.top+n, 0, max(0, p.rows-p.seen)) }

// Page moves the text by screens of it.
func (p *Panel) Page(n int) { p.Scroll(n * max(1, p.seen-1)) }

// Hands reads a show of hands: a number for each option, between blanks or commas.
func Hands(text string, options int) ([]int, error) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
	if len(words) != options {
		return nil, fmt.Errorf("%s, one an option; these are %d", model.Plural(int64(options), "number"), len(words))
	}
	out := make([]int, options)
	for i, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 || n > mostHands {
			return nil, fmt.Errorf("%q is no number of hands", w)
		}
		out[i] = n
	}
	return out, nil
}

// mostHands is more than a hall holds.
const mostHands = 100_000

// Asks reports whether a question waits that has an option of that number, from 1.
func (p *Panel) Asks(n int) bool {
	if p.Taking == nil || p.Taking.Running() {
		return false
	}
	q := p.Taking.Stop().Question
	return q != nil && n <= len(q.Options) && p.InView()
}

// InView reports whether the question that waits has come into view. Digits are about no other one.
func (p *Panel) InView() bool {
	row, ok := p.lines.Asked[p.Taking.At]
	return p.seen == 0 || p.Shown() && ok && row < p.top+p.seen
}

// Close leaves the lesson.
func (p *Panel) Close() { *p = Panel{change: p.change + 1} }

// Came returns how far the lesson is, and reports whether that has changed since it was asked last.
func (p *Panel) Came() (lesson.Record, bool) {
	if p.Taking == nil || p.saved == p.change || p.Taking.Running() {
		return lesson.Record{}, false
	}
	p.saved = p.change
	return p.Taking.Record(), true
}
