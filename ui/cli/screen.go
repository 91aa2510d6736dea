package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/charmbracelet/x/term"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/terminal"
)

// screen shows a lab until the user has seen enough.
type screen func(context.Context, model.Lab, ui.Options) error

// exitPanic is sysexits' EX_SOFTWARE: the program itself is at fault.
const exitPanic = 70

// firstRegion is what the screen begins with: a region with nothing resident.
var firstRegion = lang.Mmap{
	Name: "a", Size: model.Size{N: 64, Unit: model.Pages},
	Backing: model.Anon, Prot: model.ProtRead | model.ProtWrite,
}

// runScreen returns incore in a terminal.
func (a *app) runScreen(ctx context.Context) error {
	ctx, ended := untilSignal(ctx)
	defer func() { ended() }()
	l, err := a.open(ctx, labOptions{Sampling: true, Memory: int64(a.memory)})
	if err != nil {
		return &exitError{exitNoSubject, err}
	}
	defer l.Close()
	var opening model.Command
	if a.steps == nil && a.lesson == "" { // else the file maps what it needs
		opening = firstRegion
		l.Submit(opening)
	}
	defer keepGarbageSmall()()
	shown, quit := context.WithCancel(ctx)
	defer quit()
	defer a.endOutputWith(shown)()
	opts := a.settled.options(a.asciiOnly())
	if a.shelf == nil {
		a.shelf = &shelf{app: a}
	}
	a.shelf.lab = l
	defer a.shelf.closeNotes()
	opts.Lessons, opts.Lesson = a.shelf, a.lesson
	opts.Presenter, opts.Steps, opts.Opening, opts.Files = a.presenter, a.steps, opening, filesAt
	if o, ok := a.stdout.(*stream); ok {
		o.drawn, opts.Output = true, o
	}
	if size := sizeOf(a.stdout); size != nil {
		defer windowChanges(&opts)()
		opts.Size = size
	}
	var gone atomic.Bool
	if k := a.keyboard(quit, func() { gone.Store(true); quit() }); k != nil {
		defer k.Close()
		opts.Input = k
		dumped, dumps := context.WithCancel(context.Background())
		defer dumps()
		defer a.endOutputWith(dumped)()
		defer signals(&opts, k.Fd(), dumps)()
	}
	err = a.screen(shown, l, opts)
	a.shelf.closeNotes() // before the next signal is let end the program
	a.shelf.state = l.State()
	panicked := new(ui.Panic)
	switch sig := ended(); {
	case sig != 0:
		return &exitError{128 + int(sig), nil}
	case gone.Load(), errors.Is(err, terminal.ErrGone): // as SIGHUP tells it where the terminal controls the program
		return &exitError{128 + int(syscall.SIGHUP), nil}
	case err == nil:
		return nil
	case errors.As(err, &panicked):
		fmt.Fprintf(a.stderr, "incore: %s\n", panicked.Error())
		return &exitError{exitPanic, nil}
	}
	return &exitError{exitFailed, err}
}

// untilSignal returns a context that SIGTERM, SIGINT or a lost terminal (SIGHUP) ends, so that
// the screen goes as it does with q. ended stops waiting for them and returns the one that
// came, or 0.
func untilSignal(parent context.Context) (ctx context.Context, ended func() syscall.Signal) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	came := make(chan syscall.Signal, 1)
	go func() {
		defer close(came)
		select {
		case s := <-signals:
			came <- s.(syscall.Signal) // what os/signal delivers here
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, sync.OnceValue(func() syscall.Signal {
		signal.Stop(signals)
		cancel()
		return <-came
	})
}

// keyboard returns the terminal's input, where ctrl+c ends the screen whatever is queued before it, and so does the end of
// the input; nil leaves the input to the screen. If standard input is something else, it is the terminal that controls the
// program.
func (a *app) keyboard(quit, gone func()) *keyboard {
	f, ok := a.stdin.(*os.File)
	if !ok || runtime.GOOS == "windows" {
		return nil
	}
	if a.typed {
		return newKeyboard(f, quit, gone)
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil // the screen says so
	}
	k := newKeyboard(tty, quit, gone)
	k.own = true
	return k
}

// sizeOf tells how large the terminal behind a writer is now, in columns and rows; nil leaves that
// to the screen.
func sizeOf(w io.Writer) func() (int, int) {
	f, ok := w.(term.File)
	if !ok || runtime.GOOS == "windows" || !term.IsTerminal(f.Fd()) {
		return nil
	}
	return func() (int, int) {
		columns, rows, err := term.GetSize(f.Fd())
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}
}

// endOutputWith has what nobody takes of the output given up once ctx is done. The function that
// it returns ends that.
func (a *app) endOutputWith(ctx context.Context) (stop func()) {
	var stops []func() bool
	for _, w := range []io.Writer{a.stdout, a.stderr} {
		if o, ok := w.(*stream); ok {
			stops = append(stops, o.endWith(ctx))
		}
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}
