package model

import (
	"context"
	"io"
)

// View is what of a process is looked at: pages of a region, and the one under the
// cursor, of which samples then tell the frame ([Sample.Frame]).
type View struct {
	Proc   string // the process
	Region string // the region's name in that process
	Pages  Range  // page indexes in the region
	Cursor int64  // page of the region; outside of Pages where there is no cursor
	// Sharing asks for exclusive and shared pages to be told apart although there is nobody
	// yet to share with: of all regions, or of Pages alone where all would cost too much.
	Sharing bool
}

// Lab is a running subject as a screen or a script drives it. The live one is
// made by package memops; tests and replays make their own.
type Lab interface {
	io.Closer

	// Submit queues a command behind those before it and returns at once. What
	// comes of it arrives through Next. It may be called from any goroutine.
	Submit(Command)

	// Interrupt asks the command that runs now to end early; those queued behind it
	// follow. A touch or a wait ends between two pages; a system call is not
	// interrupted. It returns at once.
	Interrupt()

	// Look says what is on the screen, so that it is sampled first and at full rate
	// where all of a region would cost too much. Said again, it says that somebody is
	// there: what was sampled seldom, since nothing happened, is sampled at full rate.
	Look(View)

	// Next waits until something happened and returns it, in order. Samples that
	// were not fetched in time are dropped for newer ones, and pages of accesses for
	// those accessed later; nothing else is. It returns an error when ctx is done or
	// the lab is closed (io.EOF).
	Next(ctx context.Context) ([]Item, error)
}
