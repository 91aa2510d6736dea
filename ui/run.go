package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/terminal"
)

// Panic is the error of [Run] if the screen, or the lab that it waited for, panicked. The terminal is as it was by then.
type Panic = terminal.Panic

// Run shows the lab until the user quits, ctx is done or the lab is closed. None of these is an error. It
// returns the lab's error if Next failed with another one than io.EOF, a [Panic] if something panicked, and
// [terminal.ErrGone] if there is no terminal any more. The lab is not closed.
func Run(ctx context.Context, lab model.Lab, opts Options) error {
	opts, err := opts.filled()
	if err != nil {
		return err
	}
	// The wait for the next item ends with the screen, so that nothing is left behind.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	m := New(lab, opts)
	m.ctx = ctx
	m.redraw.now = time.Now
	m.terminal = terminal.New(terminal.Options{
		Input: opts.Input, Output: opts.Output, Environ: opts.Environ, Background: m.asksBackground(), Jobs: opts.Signals.Jobs,
	})
	if err := m.terminal.Take(); err != nil {
		return errors.Join(err, m.terminal.Close())
	}
	broken := make(chan error, 1)
	defer m.leavesToDump(ctx)()
	go func() {
		defer close(broken)
		select {
		case <-ctx.Done():
		case err := <-m.terminal.Broken():
			broken <- err
			cancel(err)
		}
	}()
	err = runner{m}.loop(ctx)
	cancel(nil)
	e := m.terminal.Close()
	if b := <-broken; b != nil {
		return b
	}
	if err == nil {
		err = e
	}
	return err
}

// filled returns the options with what the process itself says where nothing else is said.
func (o Options) filled() (Options, error) {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Output == nil {
		o.Output = os.Stdout
	}
	if o.Colors == canvas.ColorsAuto {
		o.Colors = canvas.DetectColors(o.Output, o.Environ)
	}
	if f, ok := o.Output.(term.File); ok && o.Size == nil && term.IsTerminal(f.Fd()) {
		o.Size = func() (w, h int) {
			w, h, _ = term.GetSize(f.Fd()) // of what does not say, 0 by 0
			return w, h
		}
	}
	if o.Input != nil {
		return o, nil
	}
	if o.Input = os.Stdin; term.IsTerminal(os.Stdin.Fd()) {
		return o, nil
	}
	tty, _, err := tea.OpenTTY()
	if err != nil {
		return o, fmt.Errorf("no terminal to read keys from: %w", err)
	}
	o.Input = tty
	return o, nil
}

// runner runs a screen in Bubble Tea's loop, on a terminal.
type runner struct{ *Model }

// loop returns when the screen ends. Bubble Tea's renderer is left out, and so is what it does to the terminal: see
// package terminal. Its clock cannot be, and ticks once a second for nobody.
func (m runner) loop(ctx context.Context) (err error) {
	program := []tea.ProgramOption{
		tea.WithContext(ctx),
		// Its handler waits for ever for an event loop that ctx has just ended; who
		// runs the screen turns signals into the end of ctx instead.
		tea.WithoutSignalHandler(),
		tea.WithoutRenderer(),
		tea.WithFPS(1),
		// It would print the trace while the alternate screen is up.
		tea.WithoutCatchPanics(),
		tea.WithOutput(io.Discard),
		tea.WithInput(m.opts.Input),
		tea.WithEnvironment(m.opts.Environ),
		tea.WithColorProfile(m.opts.Colors.Profile()),
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg { return m.filtered(msg) }),
	}
	p := tea.NewProgram(m.Model, append(program, m.sized()...)...)
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{Value: v, Stack: debug.Stack()}
			p.Kill()
		}
	}()
	go m.tellSizes(ctx, p, m.window.cut() != "")
	go m.tellJobs(ctx, p)
	_, err = p.Run()
	switch {
	case m.err != nil:
		return fmt.Errorf("the subject's session ended: %w", m.err)
	case errors.Is(err, tea.ErrInterrupted), ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("the screen ended: %w", err)
	}
	return nil
}

// Suspender is an input that reads the terminal by itself. Between Suspend and Resume it leaves the terminal to
// others, and a Read waits.
type Suspender interface {
	Suspend()
	Resume()
}

// Signals are what a shell, or whoever has a right to, tells a program in a terminal. The zero value is a program that is
// told nothing, and which Bubble Tea suspends.
type Signals struct {
	Stop      <-chan os.Signal // SIGTSTP: leave the terminal and stop
	Continued <-chan os.Signal // SIGCONT, but for the one that ended a Suspend
	Dump      <-chan os.Signal // SIGQUIT: leave the terminal and end by Dumped

	Suspend func(context.Context) error // stops the program until it is continued, or the context is done
	Dumped  func()                      // ends the program with the traces of all goroutines
	Jobs    terminal.Jobs               // whose the terminal is
}

// continuedMsg says that the program was stopped and continued without having left the terminal (SIGSTOP).
type continuedMsg struct{}

// tellJobs tells a program what it is told by signals.
func (m runner) tellJobs(ctx context.Context, p *tea.Program) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.opts.Signals.Stop:
			p.Send(tea.SuspendMsg{})
		case <-m.opts.Signals.Continued:
			p.Send(continuedMsg{})
		}
	}
}

// leavesToDump leaves the terminal before the program ends with the traces of its goroutines, which nothing that hangs
// may hold up for long. The function that it returns ends that.
func (m *Model) leavesToDump(ctx context.Context) (stop func()) {
	ctx, stop = context.WithCancel(context.WithoutCancel(ctx)) // what is ending may be what hangs
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-m.opts.Signals.Dump:
		}
		left := make(chan struct{})
		go func() {
			defer close(left)
			_ = m.terminal.Close() // the traces are what is left to be said
		}()
		select {
		case <-left:
		case <-time.After(time.Second):
		}
		m.opts.Signals.Dumped()
	}()
	return stop
}

// suspend leaves the terminal to others, stops until the program is continued, and takes it again.
func (m runner) suspend(s Suspender) {
	s.Suspend()
	m.failed(m.terminal.Leave())
	m.failed(m.opts.Signals.Suspend(m.ctx))
	if m.ctx.Err() != nil { // it ends, and whose the terminal is now is not known
		return
	}
	m.failed(m.terminal.Take())
	s.Resume()
	m.sizeMayDiffer()
}

// sizeMayDiffer has the size of the window asked for.
func (m runner) sizeMayDiffer() {
	select {
	case m.resumed <- struct{}{}:
	default:
	}
}

// filtered sees each message before Bubble Tea does.
func (m runner) filtered(msg tea.Msg) tea.Msg {
	s, ok := m.opts.Input.(Suspender)
	switch msg := msg.(type) {
	case tea.SuspendMsg:
		if ok && m.opts.Signals.Suspend != nil {
			m.suspend(s)
			return tea.ResumeMsg{}
		}
		m.failed(m.terminal.Leave())
	case tea.ResumeMsg:
		m.failed(m.terminal.Take())
		m.sizeMayDiffer()
	case continuedMsg:
		m.failed(m.terminal.Retake())
		m.sizeMayDiffer()
		return nil
	case clipboardMsg:
		m.terminal.Send(ansi.SetSystemClipboard(string(msg)))
		return nil
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeSynchronizedOutput && msg.Value == ansi.ModeReset {
			m.terminal.Synced()
		}
		return nil
	case tea.WindowSizeMsg:
		m.window = windowSize{msg.Width, msg.Height}
		shown := m.window.shown()
		return tea.WindowSizeMsg{Width: shown.w, Height: shown.h}
	}
	return msg
}

// failed keeps the first error that ends the session.
func (m runner) failed(err error) {
	if m.err == nil {
		m.err = err
	}
}
