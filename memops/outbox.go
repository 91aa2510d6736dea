package memops

import (
	"context"
	"io"
	"sync"

	"incore/model"
)

// outbox holds what happened until somebody fetches it. A sample, or a word about
// what runs, that follows another without anything between takes its place, so that
// a slow reader finds the newest and not a backlog.
type outbox struct {
	mu     sync.Mutex
	items  []model.Item
	closed bool
	ready  chan struct{} // holds a token after something was put in, or the box was closed
}

func newOutbox() *outbox { return &outbox{ready: make(chan struct{}, 1)} }

func (o *outbox) put(item model.Item) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := len(o.items); n > 0 && replaces(item, o.items[n-1]) {
		o.items[n-1] = item
	} else {
		o.items = append(o.items, item)
	}
	o.wake()
}

func replaces(item, last model.Item) bool {
	switch item.(type) {
	case model.Sample:
		_, ok := last.(model.Sample)
		return ok
	case model.Running:
		_, ok := last.(model.Running)
		return ok
	}
	return false
}

func (o *outbox) wake() {
	select {
	case o.ready <- struct{}{}:
	default:
	}
}

// take returns what is there, which may be nothing.
func (o *outbox) take() []model.Item {
	o.mu.Lock()
	defer o.mu.Unlock()
	items := o.items
	o.items = nil
	return items
}

// next waits for something. It returns io.EOF once the box is closed and empty.
func (o *outbox) next(ctx context.Context) ([]model.Item, error) {
	for {
		o.mu.Lock()
		items, closed := o.items, o.closed
		o.items = nil
		o.mu.Unlock()
		if len(items) > 0 {
			return items, nil
		}
		if closed {
			return nil, io.EOF
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-o.ready:
		}
	}
}

func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.wake()
}
