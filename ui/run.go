package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
)

// Panic is the error of [Run] if the lab panicked while the screen waited for it.
type Panic struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine
}

// Error returns the panic's value and the trace of the goroutine.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n\n%s", p.Value, p.Stack) }

// ErrPanic is returned by Run where the screen itself panicked: by then the terminal
// is restored and the trace is on stderr.
var ErrPanic = tea.ErrProgramPanic

// Run shows the lab until the user quits, ctx is done or the lab is closed. None of these is an error. It
// returns the lab's error if Next failed with another one than io.EOF. The lab is not closed.
func Run(ctx context.Context, lab model.Lab, opts Options) error {
	if opts.Environ == nil {
		opts.Environ = os.Environ()
	}
	if opts.Output == nil {
		opts.Output = os.Stdout
	}
	if opts.Colors == canvas.ColorsAuto {
		opts.Colors = canvas.DetectColors(opts.Output, opts.Environ)
	}
	// The wait for the next item ends with the screen, so that nothing is left behind.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := New(lab, opts)
	m.ctx = ctx
	m.redraw.now = time.Now
	program := []tea.ProgramOption{
		tea.WithContext(ctx),
		// Its handler waits for ever for an event loop that ctx has just ended; who
		// runs the screen turns signals into the end of ctx instead.
		tea.WithoutSignalHandler(),
		tea.WithOutput(opts.Output),
		tea.WithEnvironment(opts.Environ),
		tea.WithColorProfile(opts.Colors.Profile()),
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg { return m.filtered(msg) }),
	}
	if opts.Input != nil {
		program = append(program, tea.WithInput(opts.Input))
	}
	p := tea.NewProgram(m, append(program, m.sizedBy(opts)...)...)
	go m.tellSizes(ctx, p, m.window.cut() != "")
	_, err := p.Run()
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return ErrPanic
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
// others.
type Suspender interface {
	Suspend()
	Resume()
}

// filtered sees each message before Bubble Tea does.
func (m *Model) filtered(msg tea.Msg) tea.Msg {
	s, ok := m.opts.Input.(Suspender)
	switch msg := msg.(type) {
	case tea.SuspendMsg:
		if ok {
			s.Suspend()
		}
	case tea.ResumeMsg:
		if ok {
			s.Resume()
		}
		select {
		case m.resumed <- struct{}{}: // the window may have another size
		default:
		}
	case tea.WindowSizeMsg:
		m.window = windowSize{msg.Width, msg.Height}
		shown := m.window.shown()
		return tea.WindowSizeMsg{Width: shown.w, Height: shown.h}
	}
	return msg
}
