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
}

// Error is "the subject cannot be started: STEP: CAUSE (ERRNO)".
func (e *StepError) Error() string {
	text := fmt.Sprintf("the subject cannot be started: %s: %v", e.Step, e.Err)
	var errno syscall.Errno
	if errors.As(e.Err, &errno) {
		text += " (" + errnoName(errno) + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

func step(name string, err error) error {
	if err == nil {
		return nil
	}
	return &StepError{name, err}
}
