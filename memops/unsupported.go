//go:build !linux || !(amd64 || arm64)

package memops

import (
	"context"
	"io"
	"runtime"
	"syscall"

	"incore/memops/subject"
	"incore/model"
)

// Options of a Lab, as they are where there is one. None of them counts here.
type Options struct {
	Sampling bool  // observe at the rate of a screen
	Sharing  bool  // tell exclusive from shared pages
	Memory   int64 // bytes that the processes may have in memory between them
}

// Lab is a live subject, which there is none of on this system.
type Lab struct{}

// Open says that the subject's machine code is not written for this system. The error
// is a *subject.StepError.
func Open(context.Context, Options) (*Lab, error) {
	return nil, &subject.StepError{
		Step: "machine code for " + runtime.GOOS + "/" + runtime.GOARCH,
		Err:  syscall.ENOSYS,
	}
}

// The methods of model.Lab, for a Lab that cannot be had.

// Do runs nothing.
func (*Lab) Do(context.Context, model.Command) []model.Item { return nil }

// Refresh observes nothing.
func (*Lab) Refresh(context.Context, string) model.Sample { return model.Sample{} }

// State is empty.
func (*Lab) State() model.State { return model.State{} }

// Submit drops the command.
func (*Lab) Submit(model.Command) {}

// Interrupt does nothing.
func (*Lab) Interrupt() {}

// Look does nothing.
func (*Lab) Look(model.View) {}

// Next returns io.EOF.
func (*Lab) Next(context.Context) ([]model.Item, error) { return nil, io.EOF }

// Close does nothing.
func (*Lab) Close() error { return nil }
