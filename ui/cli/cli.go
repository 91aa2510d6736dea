// Package cli is incore's command line, and the only place where the live subject
// (package memops) meets the screen (package ui).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"charm.land/fang/v2"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/settings"
)

// app is one run of the program with everything that it takes from outside, so
// that tests can hand it something else.
type app struct {
	stdin    io.Reader
	stdout   io.Writer // to be asked what it is; what is printed goes through out
	stderr   io.Writer
	getenv   func(string) string
	terminal bool // stdout is a terminal that takes escape sequences
	dumb     bool // stdout is a terminal that takes none
	typed    bool // stdin is a terminal
	open     opener
	screen   screen

	ascii         bool // --ascii
	plain         bool // --plain
	memory        memorySize
	color         choice
	background    choice
	reducedMotion bool
	theme         string // --theme: a name or a file
	config        string // --config: a file of settings, or none
	presenter     bool
	commands      string      // --commands: a file of them
	steps         []lang.Line // of --commands
	json          bool
	shelf         *shelf // the lessons that the screen can open
	lesson        string // the name of the one that it begins with, or ""

	settled settled // of the flags above, the environment and the file of settings: what holds

	out  *checkedWriter // stdout, with the first error of it
	code int            // exit code of the command that ran
}

// Main runs the program with args, which are without the program's name, and
// returns its exit code.
func Main(args []string, stdin, stdout, stderr *os.File) int {
	return newApp(stdin, stdout, stderr).main(args)
}

// newApp returns the program as it is: over the real subject and screen.
func newApp(stdin, stdout, stderr *os.File) *app {
	if os.Getenv("NO_COLOR") != "" {
		// Any value that is not empty counts (no-color.org); the libraries beneath
		// take only what reads as true.
		_ = os.Setenv("NO_COLOR", "1") // fails for a name with = or NUL only
	}
	return &app{
		stdin: stdin, stdout: newStream(stdout), stderr: newStream(stderr),
		getenv:   os.Getenv,
		terminal: term.IsTerminal(stdout.Fd()) && os.Getenv("TERM") != "dumb",
		dumb:     term.IsTerminal(stdout.Fd()) && os.Getenv("TERM") == "dumb",
		typed:    term.IsTerminal(stdin.Fd()),
		open:     openLive,
		screen:   ui.Run,
		color:    choice{settings.Auto, colorWords}, background: choice{settings.Auto, backgroundWords},
	}
}

func (a *app) main(args []string) int {
	a.out = &checkedWriter{to: a.stdout}
	root := a.rootCommand()
	root.SetArgs(append([]string{}, args...)) // never nil, which cobra takes for os.Args
	root.SetIn(a.stdin)
	root.SetErr(a.stderr)

	var err error
	if a.terminal && asksForHelp(root, args) && inForeground() {
		err = fang.Execute(context.Background(), root,
			fang.WithVersion(root.Version),
			fang.WithColorSchemeFunc(helpColors(canvas.DetectColors(a.stdout, os.Environ()))),
			fang.WithoutManpage(), // ours, which needs no terminal
			fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
	} else {
		// Not through fang: it asks the terminal for its background, in escape
		// sequences even where that is dumb, and after an error waits for the answer. In the
		// background it would be stopped for asking.
		err = root.Execute()
	}
	if a.out.err != nil && !bySignal(err) {
		err = outputError(a.out.err) // whatever else there was to say, it was not told whole
	}
	if err == nil {
		return a.code
	}
	return a.report(err)
}

// asksForHelp reports whether the command line is answered with the help of a command.
func asksForHelp(root *cobra.Command, args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	if slices.Contains(args, "--help") || slices.Contains(args, "-h") {
		return true
	}
	if len(args) < 2 || args[0] != "help" {
		return false
	}
	of, _, err := root.Find(args[1:])
	return err == nil && of != root
}

// report prints an error as one line and returns its exit code. What cobra itself
// answers is about the command line.
func (a *app) report(err error) int {
	coded := &exitError{code: exitUsage, err: err}
	errors.As(err, &coded)
	if coded.err != nil {
		text := strings.Join(strings.Fields(coded.err.Error()), " ")
		fmt.Fprintf(a.stderr, "incore: %s\n", shown(text, a.asciiOnly()))
	}
	return coded.code
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "incore",
		Short: "See what really happens to the pages of a process",
		Long: `incore shows what really happens to the pages of a process.

It owns a small process, the subject. You map regions into the subject, touch,
lock and protect them. A grid shows live what the kernel says of every page.
With --plain incore is a conversation in lines, for a screen reader. Where
standard output is no terminal, incore prints a short demonstration.

incore help lists what there is to read: the keys, the language, JSON Lines.`,
		Example: `incore
incore run key.incore
echo 'mmap a 4' | incore run --json -`,
		Version:                    version(),
		Args:                       a.noSuchCommand,
		SilenceUsage:               true,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.prepare(cmd.Flags()); err != nil {
				return err
			}
			switch {
			case a.plain || a.dumb && a.typed:
				return a.runPlain(cmd.Context())
			case a.terminal:
				return a.runScreen(cmd.Context())
			}
			return a.runDemo(cmd.Context())
		},
	}
	root.SetVersionTemplate("incore {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().BoolVar(&a.ascii, "ascii", false, "ASCII characters only (the default where the locale is not UTF-8)")
	root.Flags().BoolVar(&a.plain, "plain", false, "a conversation in lines, for a screen reader (the default where TERM is dumb)")
	root.PersistentFlags().Var(&a.memory, "memory", "the most memory that a session may fill, as 2G (default: half of what is available)")
	a.settingFlags(root)
	root.Flags().BoolVar(&a.presenter, "presenter", false, "for a room: big cells, a caption, the keys that are pressed")
	root.Flags().Var(&nonEmpty{&a.commands, "file", "a file of commands"}, "commands", "a file of commands: the key . runs them one by one")
	root.AddCommand(a.runCommand(), a.lessonCommand(), a.checkCommand(), a.newLessonCommand(), a.doctorCommand(), a.configCommand(), a.manCommand())
	root.SetHelpCommand(a.helpCommand())
	root.SetOut(a.out.writer()) // before the completions, which keep it as it is now
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args = noSuchShell
		completion.RunE = func(*cobra.Command, []string) error { return nil } // Args lets nothing through
		for _, shell := range completion.Commands() {
			shell.Args = noArguments
		}
	}
	return root
}

func (a *app) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a file of commands and check what it expects",
		Long: `run executes a file of commands without a screen. The file - is standard input.
The whole file is parsed before its first command runs. run prints each command,
the call as the kernel got it, what the call returned and what it cost.

Exit status: 0 all held; 1 an expect failed, a command was refused or standard
output could not be written; 2 the command line or the file could not be read or
parsed; 3 the subject could not be started; 4 a process died where no "expect
dead" right after the command said so. See incore help exit.

incore help language has the commands, incore help json what --json prints.`,
		Example: `incore run key.incore
echo 'mmap a 4' | incore run --json -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("run takes one file, or - for standard input: incore run FILE")
			}
			if args[0] == "" {
				return usage("the name of the file is empty: incore run FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runFile(cmd.Context(), args[0])
		},
	}
	cmd.Flags().BoolVar(&a.json, "json", false, "print one JSON object a line")
	return cmd
}

// noSuchCommand refuses words after incore, which takes none, and says what was
// probably meant.
func (a *app) noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if like := cmd.SuggestionsFor(args[0]); args[0] != "" && len(like) > 0 {
		return usage("unknown command %q; did you mean incore %s?", args[0], like[0])
	}
	if info, err := os.Stat(args[0]); err == nil && !info.IsDir() {
		return usage("unknown command %q; to run that file: incore run %[1]s", args[0])
	}
	return usage("unknown command %q; see incore --help", args[0])
}

// noArguments refuses words after a command that takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage("%s takes no arguments, and %q is one; see %s --help", strings.TrimPrefix(cmd.CommandPath(), "incore "), args[0], cmd.CommandPath())
}

// noSuchShell refuses what is no shell that completion knows, which has a command for each.
func noSuchShell(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || args[0] == "" {
		return usage("completion takes the name of a shell: bash, zsh, fish or powershell")
	}
	var shells []string
	for _, shell := range cmd.Commands() {
		shells = append(shells, shell.Name())
	}
	if like := nearest(args[0], shells); like != "" {
		return usage("no completion for %q; did you mean incore completion %s?", args[0], like)
	}
	return usage("no completion for %q: there are %s", args[0], strings.Join(shells, ", "))
}

// buildVersion is set by the Makefile: -ldflags "-X MODULE/ui/cli.buildVersion=…".
var buildVersion string

// version returns what --version prints: what the Makefile set, else the version that
// "go install" recorded, else "devel".
func version() string {
	if buildVersion != "" {
		return buildVersion
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
