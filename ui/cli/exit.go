package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit codes: those of the command language, and the shell's for signals.
const (
	exitHeld        = 0
	exitFailed      = 1   // an expect failed, a command was refused, or output could not be written
	exitUsage       = 2   // the command line or a file could not be read or parsed
	exitNoSubject   = 3   // the subject could not be started
	exitDied        = 4   // the subject died and nothing foresaw it
	exitInterrupted = 130 // 128 + SIGINT
	exitPipe        = 141 // 128 + SIGPIPE, where that signal itself is ignored
)

// exitError is an error that knows its exit code. A nil err has been said already,
// or is to be left unsaid.
type exitError struct {
	code int
	err  error
}

// Error implements error.
func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

// Unwrap gives the error beneath.
func (e *exitError) Unwrap() error { return e.err }

// usage is an error about the command line.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// outputError gives a failed write to standard output its exit code. A reader that
// went away is no error worth a word.
func outputError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return &exitError{exitPipe, nil}
	case errors.Is(err, errGivenUp): // the interrupt came first
		return &exitError{exitInterrupted, nil}
	}
	return &exitError{exitFailed, fmt.Errorf("standard output: %w", bare(err))}
}

// bare takes the operation and path off a file error; the message has its own.
func bare(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	if s := new(os.SyscallError); errors.As(err, &s) {
		return s.Err
	}
	return err
}

// flagError words what pflag says of a flag, with the nearest one that there is.
func flagError(cmd *cobra.Command, err error) error {
	help := cmd.CommandPath() + " --help"
	unknown := new(pflag.NotExistError)
	if !errors.As(err, &unknown) {
		return usage("%w; see %s", err, help)
	}
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		return usage("unknown flag -%s; see %s", short, help)
	}
	if like := nearestFlag(cmd, unknown.GetSpecifiedName()); like != "" {
		return usage("unknown flag --%s; did you mean --%s?", unknown.GetSpecifiedName(), like)
	}
	return usage("unknown flag --%s; see %s", unknown.GetSpecifiedName(), help)
}

// nearestFlag finds a flag by cobra's own measure of nearness, which it applies to
// commands only.
func nearestFlag(cmd *cobra.Command, name string) string {
	names := &cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		names.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
	})
	if like := names.SuggestionsFor(name); len(like) > 0 {
		return like[0]
	}
	return ""
}
