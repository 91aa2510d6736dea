package subject

import "fmt"

// StepError says which step of starting or driving the subject failed, and why.
// Err is a syscall.Errno where the kernel said it.
type StepError struct {
	Step string // "memfd_create", "execve of a memfd", "rt_sigaction SIGSEGV"
	Err  error
}

// Error is "the subject cannot be started: STEP: CAUSE".
func (e *StepError) Error() string {
	return fmt.Sprintf("the subject cannot be started: %s: %v", e.Step, e.Err)
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

func step(name string, err error) error {
	if err == nil {
		return nil
	}
	return &StepError{name, err}
}
