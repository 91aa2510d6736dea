// Package ui is the screen of incore: a Bubble Tea program over a [model.Lab].
//
// There is one tea.Model, [Model]. Its parts (grid, regions, calls, …) are plain
// functions and structs that draw into one canvas of cells, which is made into one
// string; the string is kept until something changes. What is drawn is a function
// of the [model.State], of where the user looks, and of nothing else: the package
// makes no system call, and asks a clock only to bound how often the screen is drawn.
package ui

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/panel"
	"incore/ui/scene"
	"incore/ui/sheet"
	"incore/ui/teach"
	"incore/ui/terminal"
)

// Options is how the screen is shown. The zero value asks the terminal for what it needs to know.
type Options struct {
	Colors        canvas.Colors // how many colors; ColorsAuto asks the environment
	ASCII         bool          // only characters of ASCII
	Dark          *bool         // the background; nil asks the terminal, and where it does not answer COLORFGBG, else dark
	ReducedMotion bool          // no afterglow of pages that changed
	Hex           bool          // offsets in hexadecimal beside the grid, not page numbers
	Theme         *look.Theme   // the colors; nil are those of the default theme
	Presenter     bool          // begin in presenter mode
	Steps         []lang.Line   // commands that a key runs one by one
	Scale         *scene.Scale  // how large a page is at first; nil is as large as fits
	Notice        string        // what went wrong before the screen opened: the status row says it
	Opening       model.Command // what the session began with, which R does again; nil is nothing
	Input         io.Reader     // nil is the terminal
	Output        io.Writer     // nil is stdout

	// Size returns how large the window is, in columns and rows. Resized receives when that may have changed.
	// If Size is nil, the output is asked.
	Size    func() (w, h int)
	Resized <-chan os.Signal

	Signals Signals // of job control

	Environ []string // nil is the process's own

	// Files returns the files whose names begin so, for the palette to offer. Directories end in a slash. Nil
	// offers none.
	Files func(begin string) []string

	Lessons Lessons // the course; nil is none
	Lesson  string  // the name of the one that the screen begins with, or ""
}

// mode is who gets the keys.
type mode uint8

const (
	modeGrid mode = iota
	modePalette
	modeMenu
	modeGo     // a line that says where to go
	modeFind   // a line that says what to look for
	modeHands  // a line for a show of hands
	modeLesson // a lesson in the grid: its keys come before those of the grid, which is the mode
	firstSheet // and those behind it: the sheets, in the order of their table
)

// Model is the whole screen. It is made by [New] and used as a tea.Model.
type Model struct {
	lab  model.Lab
	opts Options
	ctx  context.Context
	err  error // of the lab, for Run

	scene.Scene
	log panel.Log

	width, height int
	window        windowSize    // as the terminal told it
	cut           string        // what was said of it last
	resumed       chan struct{} // the screen is back after it was suspended
	lay           layout
	terminal      *terminal.Terminal // shows the picture; nil in tests, which look at the canvas
	caret         canvas.Caret       // in the palette line; none elsewhere
	dirty         bool

	mode    mode
	drawn   mode // as it was when the picture was drawn
	from    mode // what the help was opened over
	sheets  []sheet.Sheet
	palette palette
	jump    jumping
	preview preview // of what is typed or chosen
	menu    menu
	history panel.History
	present presenter
	pause   pause
	intent  intent // of the keys that act, as the screen shows it
	unseen  string // what has changed of it since, and no picture has shown
	status  status
	hints   hints
	teach   teach.Panel // the lesson that is taken
	asked   string      // the text of the command that was submitted last
	leaving bool        // whether to quit is asked

	// What the panels keep from picture to picture.
	legend  panel.Legend
	arrange arranger

	looked model.View // what the lab was told last
	aging  aging
	redraw redraw
}

// status is what the line above the keys says.
type status struct {
	text string
	bad  bool
}

// New returns the screen of a lab. Nothing is asked of the lab before Init.
func New(lab model.Lab, opts Options) *Model {
	if opts.Colors == canvas.ColorsAuto {
		opts.Colors = canvas.TrueColor
	}
	m := &Model{lab: lab, opts: opts, ctx: context.Background(), dirty: true, resumed: make(chan struct{}, 1)}
	m.setDark(opts.Dark == nil && canvas.DarkIn(opts.Environ) || opts.Dark != nil && *opts.Dark)
	m.Canvas.ASCII = opts.ASCII
	m.lay.Plan, m.Still, m.Hex = &m.Plan, opts.ReducedMotion, opts.Hex
	for i := range sheetTable {
		m.sheets = append(m.sheets, sheetTable[i].make(sheetParts{&m.Scene, &m.log, keyGroups}))
	}
	m.Focus.Regions, m.Focus.AtFork, m.Focus.Execs = map[scene.Place]*scene.RegionFocus{}, map[scene.Place]bool{}, map[string]int{}
	m.Focus.Lens = look.State
	if opts.Scale != nil {
		m.setScale(*opts.Scale)
	}
	if opts.Notice != "" {
		m.status = status{opts.Notice, true}
	}
	m.prepare(opts)
	m.resize(80, 24)
	return m
}

func (m *Model) setDark(dark bool) {
	m.Look = look.New(m.opts.Theme, m.opts.Colors, dark, m.opts.ASCII)
	m.repaint()
}

// Init implements tea.Model. It asks for the first items.
func (m *Model) Init() tea.Cmd {
	if m.opts.Lesson != "" {
		return tea.Batch(m.next(), openLesson(m, m.opts.Lesson))
	}
	return m.next()
}

// asksBackground reports whether the colors depend on the terminal's background, which nobody has told.
func (m *Model) asksBackground() bool { return m.opts.Dark == nil && m.opts.Colors != canvas.NoColor }

// itemsMsg is what the lab had to tell.
type itemsMsg struct {
	items []model.Item
	err   error
	at    time.Time
}

// glowMsg is a tick of the afterglow.
type glowMsg struct {
	gen int
	at  time.Time
}

// next waits for the lab. There is one such command under way at a time.
func (m *Model) next() tea.Cmd {
	lab, ctx := m.lab, m.ctx
	return func() (msg tea.Msg) {
		// Bubble Tea would print the trace of a panic here while the alternate
		// screen is up, and so lose it.
		defer func() {
			if v := recover(); v != nil {
				msg = itemsMsg{err: &Panic{Value: v, Stack: debug.Stack()}}
			}
		}()
		items, err := lab.Next(ctx)
		return itemsMsg{items, err, time.Now()}
	}
}

// tick asks for the next step of the afterglow.
func (m *Model) tick() tea.Cmd {
	gen := m.Glow.Gen
	return tea.Tick(scene.GlowTime/look.GlowSteps, func(at time.Time) tea.Msg { return glowMsg{gen, at} })
}

// apply folds what the lab told into the state.
func (m *Model) apply(msg itemsMsg) tea.Cmd {
	m.fold(m.hold(msg.items, msg.at), msg.at)
	if msg.err == nil {
		return m.next()
	}
	if errors.Is(msg.err, io.EOF) || errors.Is(msg.err, context.Canceled) {
		return tea.Quit
	}
	m.err = msg.err
	return tea.Quit
}

// fold folds items that arrived at a time into the state.
func (m *Model) fold(items []model.Item, at time.Time) {
	if m.paused() {
		return
	}
	for _, it := range items {
		before := m.State
		m.State = before.Apply(it)
		m.log.Add(it, before, m.State)
		m.history.Add(it, &m.State)
		foldLesson(m, it)
		switch it := it.(type) {
		case model.Event:
			m.Focus.Note(&it)
			for _, name := range it.Gone {
				delete(m.Focus.AtFork, scene.Place{Proc: it.Proc, Region: name})
			}
			// A mapping that another call needed first is not what was asked for. A line that is being
			// typed stays one of the process that its prompt names.
			if it.Mapped != nil && !it.Aside && (m.mode != modePalette || it.Proc == m.Focus.Current.Proc) {
				m.GoTo(scene.Place{Proc: it.Proc, Region: it.Mapped.Name})
			}
			m.present.notePace(&it)
			lookAsTold(m, &it)
		case model.Started:
			m.Focus.Begin(it)
			m.forgetDead()
		}
	}
	sayFirst(m)
	m.Glow.Now, m.Glow.At = m.State.Time, at
	m.dirty = m.dirty || len(items) > 0
}

// forgetDead forgets what is remembered of processes that the state does not keep.
func (m *Model) forgetDead() {
	if len(m.history.Procs) <= 2*len(m.State.Procs) {
		return
	}
	gone := func(proc string) bool { return m.State.Process(proc) == nil }
	maps.DeleteFunc(m.history.Procs, func(proc string, _ *panel.FaultHistory) bool { return gone(proc) })
	maps.DeleteFunc(m.Focus.AtFork, func(at scene.Place, _ bool) bool { return gone(at.Proc) })
	maps.DeleteFunc(m.Focus.Regions, func(at scene.Place, _ *scene.RegionFocus) bool { return gone(at.Proc) })
}

// afterglow starts the clock where something on the screen glows and it does not run.
func (m *Model) afterglow() tea.Cmd {
	if m.opts.ReducedMotion || m.paused() || m.Glow.Ticking || m.Glow.Until <= m.Glow.Now {
		return nil
	}
	m.Glow.Ticking = true
	m.Glow.Gen++
	return m.tick()
}

func (m *Model) glowTick(msg glowMsg) tea.Cmd {
	if msg.gen != m.Glow.Gen {
		return nil
	}
	m.Glow.Now = m.State.Time + msg.at.Sub(m.Glow.At)
	// What the lab tells is drawn as it glows by then, so that a tick need not; the last one does, for nothing may come after it.
	m.dirty = m.dirty || m.Glow.Now >= m.Glow.Until || !m.redraw.justDrawn(msg.at)
	if m.Glow.Now < m.Glow.Until {
		return m.tick()
	}
	m.Glow.Ticking = false
	return nil
}
