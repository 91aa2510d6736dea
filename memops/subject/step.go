package subject

import (
	"errors"
	"fmt"
	"syscall"
)

// StepError says which step of starting or driving the subject failed, and why.
// Err wraps a syscall.Errno where the kernel said it.
type StepError struct {
	Step string // "memfd_create", "execve of a memfd", "rt_sigaction SIGSEGV"
	Err  error
	Why  string // what that means here, where it is known, or ""
}

// Error is "the subject cannot be started: STEP: CAUSE (ERRNO): WHY".
func (e *StepError) Error() string { return e.say("the subject cannot be started") }

func (e *StepError) say(what string) string {
	text := fmt.Sprintf("%s: %s: %v", what, e.Step, e.Err)
	var errno syscall.Errno
	if errors.As(e.Err, &errno) {
		text += " (" + errnoName(errno) + ")"
	}
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

func step(name string, err error) error {
	if err == nil {
		return nil
	}
	return &StepError{Step: name, Err: err}
}

// failure is a step's error where it was not the start of a subject that failed.
type failure struct {
	what string // "the child cannot be set up"
	*StepError
}

func (f *failure) Error() string { return f.say(f.what) }

// failed says what failed where err is a step's.
func failed(what string, err error) error {
	var s *StepError
	if errors.As(err, &s) {
		return &failure{what, s}
	}
	return err
}
