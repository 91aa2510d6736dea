package cli

import (
	"context"

	"incore/model"
)

// lab is a running subject as the command line drives it: as a screen does
// (model.Lab), and one command at a time as scripts need it.
type lab interface {
	model.Lab

	// Do runs one command and returns, in order, what happened.
	Do(context.Context, model.Command) []model.Item

	// Refresh observes a process now, the first where its name is "".
	Refresh(ctx context.Context, proc string) model.Sample

	// State is the fold of everything so far.
	State() model.State
}

// labOptions says how a subject is started.
type labOptions struct {
	Sampling bool  // observe at the rate of a screen; else only where an expect or a caller asks
	Sharing  bool  // Refresh tells exclusive from shared pages
	Memory   int64 // most bytes that the session may fill; 0 is half of what is available
}

// opener starts a subject.
type opener func(context.Context, labOptions) (lab, error)
