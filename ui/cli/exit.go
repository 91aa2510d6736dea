package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// The exit codes: those of the command language, and the shell's for signals.
const (
	exitHeld        = 0
	exitFailed      = 1   // an expect failed, a command was refused, or standard output could not be written
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

// Unwrap returns the error beneath.
func (e *exitError) Unwrap() error { return e.err }

// bySignal reports whether an error is the end by a signal. The exit code then tells of that,
// whatever else failed on the way: a terminal that is lost takes no output either.
func bySignal(err error) bool {
	coded := new(exitError)
	return errors.As(err, &coded) && coded.code > 128
}

// usage returns an error about the command line.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// outputError gives a failed write to standard output its exit code, whichever command
// wrote. It is not 2: the command line was right. It is not 70: incore is not at fault. A
// reader that went away is no error worth a word.
func outputError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return &exitError{exitPipe, nil}
	case errors.Is(err, errGivenUp): // the interrupt came first
		return &exitError{exitInterrupted, nil}
	}
	return &exitError{exitFailed, fmt.Errorf("standard output cannot be written: %w", bare(err))}
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
