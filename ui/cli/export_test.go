package cli

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/settings"
)

// The tests are of package cli_test but for those of what is not exported. Here is what the former need of the inside.

// The exit statuses by name; from outside they are numbers.
const (
	ExitHeld        = exitHeld
	ExitFailed      = exitFailed
	ExitUsage       = exitUsage
	ExitNoSubject   = exitNoSubject
	ExitDied        = exitDied
	ExitInterrupted = exitInterrupted
	ExitPipe        = exitPipe
	ExitPanic       = exitPanic
)

// Lab and LabOptions are what a subject is driven by and started with. Tests have labs of their own.
type (
	Lab        = lab
	LabOptions = labOptions
)

// OpenLive starts the real subject. A test asks whether one can be started, and has one that fails in the middle.
var OpenLive = openLive

// How long a test waits, and how it waits, is of wait_test.go, since the tests of both packages do.
const Patience = patience

var Eventually = eventually

// App is one run of the program with what it takes from outside, which is a test's own here.
type App struct {
	Stdin                 io.Reader
	Stdout, Stderr        io.Writer
	Getenv                func(string) string
	Terminal, Dumb, Typed bool
	Open                  func(context.Context, LabOptions) (Lab, error)
	Screen                func(context.Context, model.Lab, ui.Options) error
}

func (a *App) app() *app {
	return &app{
		stdin: a.Stdin, stdout: a.Stdout, stderr: a.Stderr, getenv: a.Getenv,
		terminal: a.Terminal, dumb: a.Dumb, typed: a.Typed, open: a.Open, screen: a.Screen,
		color: choice{settings.Auto, colorWords}, background: choice{settings.Auto, backgroundWords},
	}
}

// Main is Main of that run.
func (a *App) Main(args []string) int { return a.app().main(args) }

// Commands returns the command with all those beneath it, for tests that leave none out.
func (a *App) Commands() *cobra.Command {
	inner := a.app()
	inner.out = &checkedWriter{to: inner.stdout}
	return inner.rootCommand()
}

// MainOver is Main of this process with another way to start a subject, and to show it; nil is the program's own.
func MainOver(open func(context.Context, LabOptions) (Lab, error), show func(context.Context, model.Lab, ui.Options) error) int {
	a := newApp(os.Stdin, os.Stdout, os.Stderr)
	if open != nil {
		a.open = open
	}
	if show != nil {
		a.screen = show
	}
	return a.main(os.Args[1:])
}

// RunUntil runs a script as "incore run" does, until ctx is done: an interrupt ends that of the program, and a test
// cannot send one to itself everywhere. It returns the exit status and what went wrong.
func RunUntil(ctx context.Context, l Lab, lines []lang.Line) (status int, wrong string, err error) {
	defer endWhenInterrupted(ctx, l)()
	res, err := runScript(ctx, l, lines, &textReport{w: io.Discard})
	return res.code(), res.String(), err
}

// DemoSteps are the sentences of the demonstration and the commands that they are about.
func DemoSteps() (steps []struct{ Say, Command string }) {
	for _, s := range demoSteps {
		steps = append(steps, struct{ Say, Command string }{s.say, s.command})
	}
	return steps
}
