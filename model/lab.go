package model

import (
	"context"
	"io"
)

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

	// Look says which pages are on the screen, so that they are sampled first
	// and at full rate where all of a region would cost too much.
	Look(region string, pages Range)

	// Next waits until something happened and returns it, in order. Samples that
	// were not fetched in time are dropped for newer ones; nothing else is. It
	// returns an error when ctx is done or the lab is closed (io.EOF).
	Next(ctx context.Context) ([]Item, error)
}
