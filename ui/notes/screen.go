package notes

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/teach"
)

// Screen is the second terminal.
type Screen struct {
	Look *look.Look // its styles

	page  *Page
	gone  bool
	now   time.Time
	width int
	rows  int
}

// pageMsg is a page to be shown; goneMsg says that no other one comes.
type (
	pageMsg Page
	goneMsg struct{}
	tickMsg time.Time
)

// Show shows the pages of a connection until the user has seen enough, or the lesson ends.
func Show(ctx context.Context, in io.Reader, out io.Writer, th *look.Look, pages func(func(Page)) error) error {
	p := tea.NewProgram(&Screen{Look: th, now: time.Now(), width: 80, rows: 24}, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out))
	go func() {
		_ = pages(func(page Page) { p.Send(pageMsg(page)) }) // however it ended, there is no more to show
		p.Send(goneMsg{})
	}()
	_, err := p.Run()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func tick() tea.Cmd { return tea.Tick(time.Second, func(at time.Time) tea.Msg { return tickMsg(at) }) }

// Init implements tea.Model.
func (s *Screen) Init() tea.Cmd { return tick() }

// Update implements tea.Model.
func (s *Screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case pageMsg:
		p := Page(msg)
		s.page = &p
	case goneMsg:
		s.gone = true
	case tickMsg:
		s.now = time.Time(msg)
		return s, tick()
	case tea.WindowSizeMsg:
		s.width, s.rows = msg.Width, msg.Height
	case tea.KeyPressMsg:
		switch msg.String() {
		case "q", "esc", "ctrl+c":
			return s, tea.Quit
		}
	}
	return s, nil
}

// View implements tea.Model.
func (s *Screen) View() tea.View {
	v := tea.NewView(s.draw())
	v.AltScreen = true
	return v
}

// draw draws the page: the clock, the notes, what comes next.
func (s *Screen) draw() string {
	c, th := &canvas.Canvas{ASCII: s.Look.ASCII}, s.Look
	c.Reset(max(s.width, 1), max(s.rows, 1))
	w := s.width - 2
	if s.page == nil {
		c.Text(1, 0, w, "Waiting for the lesson.", th.Text)
		return c.Encode()
	}
	p := s.page
	took := Seconds(s.now.Sub(p.Began).Seconds())
	x := 1 + c.Text(1, 0, w, took.String(), th.Heading)
	c.Text(x+2, 0, w-x-1, fmt.Sprintf("of %s; the notes up to here allow %s", p.Whole, p.Took), th.Dim)
	c.TextRight(1, 0, w, fmt.Sprintf("%d of %d", p.At, p.Of), th.Dim)
	c.Text(1, 1, w, model.Visible(p.Lesson), th.Accent)
	if p.Part != "" {
		c.TextRight(1, 1, w, model.Visible(p.Part), th.Dim)
	}
	y := 3
	line := func(l canvas.Line) {
		if y < s.rows-1 {
			c.Line(1, y, w, l)
		}
		y++
	}
	for _, n := range p.Notes {
		line(th.Gold.Line(n.Time.String()))
		for _, l := range teach.Render(n.Text, w, th) {
			line(l)
		}
		line(nil)
	}
	if len(p.Notes) == 0 {
		line(th.Dim.Line("No notes here."))
		line(nil)
	}
	if len(p.Next) > 0 {
		line(th.Dim.Line("Next"))
	}
	for _, next := range p.Next {
		line(canvas.Line{th.Accent.Span(string(th.Prompt) + " "), th.Code.Span(model.Visible(next))})
	}
	if s.gone {
		c.Text(1, s.rows-1, w, "The lesson has ended. q quits.", th.Fail)
	} else {
		c.Text(1, s.rows-1, w, "q quits", th.Mute)
	}
	return strings.TrimRight(c.Encode(), "\n")
}
