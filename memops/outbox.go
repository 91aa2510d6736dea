package memops

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"incore/memops/order"
	"incore/model"
)

// outbox holds what happened until somebody fetches it. A sample, or a word about
// what runs, that follows another without anything else between takes its place, so that
// a slow reader finds the newest and not a backlog. Accesses may lie between samples; of
// those that nobody fetched the oldest are forgotten where they become many, but for their times.
type outbox struct {
	mu     order.Mutex[order.Out]
	items  []model.Item
	closed bool
	crash  *Crash
	ready  chan struct{} // holds a token after something was put in, or the box was closed
}

func newOutbox() *outbox { return &outbox{ready: make(chan struct{}, 1)} }

func (o *outbox) put(item model.Item) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a, ok := item.(model.Accessed); ok {
		item = o.thinned(a)
	}
	if i := o.replaced(item); i >= 0 {
		o.items = slices.Delete(o.items, i, i+1)
	}
	o.items = append(o.items, item)
	o.wake()
}

// replaced is the index of the item that a newer one takes the place of, or -1. The
// samples of several processes come in turn.
func (o *outbox) replaced(item model.Item) int {
	switch item := item.(type) {
	case model.Sample:
		for i := len(o.items) - 1; i >= 0; i-- {
			switch last := o.items[i].(type) {
			case model.Accessed:
			case model.Sample:
				if last.Proc == item.Proc {
					return i
				}
			default:
				return -1
			}
		}
	case model.Running:
		if n := len(o.items); n > 0 {
			if _, ok := o.items[n-1].(model.Running); ok {
				return n - 1
			}
		}
	}
	return -1
}

// Accesses that nobody fetched are kept up to so many, and so many runs: some seconds of a touch.
const (
	keptAccesses = 128
	keptRuns     = 1 << 18
)

// thinned makes room for accesses among those that were not fetched, and returns them with the
// times of those that gave way.
func (o *outbox) thinned(a model.Accessed) model.Accessed {
	n, runs := 1, len(a.Runs)
	for i := len(o.items) - 1; i >= 0; i-- {
		switch it := o.items[i].(type) {
		case model.Sample:
		case model.Accessed:
			if n, runs = n+1, runs+len(it.Runs); it.Proc == a.Proc && (n > keptAccesses || runs > keptRuns) {
				a.Latencies.Join(&it.Latencies)
				n, runs = n-1, runs-len(it.Runs)
				o.items = slices.Delete(o.items, i, i+1)
			}
		default:
			return a
		}
	}
	return a
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
	if o.crash != nil {
		panic(o.crash)
	}
	items := o.items
	o.items = nil
	return items
}

// next waits for something. It returns io.EOF once the box is closed and empty.
func (o *outbox) next(ctx context.Context) ([]model.Item, error) {
	for {
		o.mu.Lock()
		items, closed, crash := o.items, o.closed, o.crash
		o.items = nil
		o.mu.Unlock()
		if crash != nil {
			panic(crash)
		}
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

// Crash is what Next and Do panic with where a goroutine of the lab did: so that it ends
// the program where somebody can restore the terminal first.
type Crash struct {
	Value any    // what it panicked with
	Stack []byte // of the goroutine that panicked
}

// Error is the panic's value and the trace of its goroutine.
func (c *Crash) Error() string { return fmt.Sprintf("panic: %v\n\n%s", c.Value, c.Stack) }

// catch is deferred by every goroutine of the lab.
func (o *outbox) catch() {
	v := recover()
	if v == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.crash == nil {
		o.crash = &Crash{v, debug.Stack()}
	}
	o.wake()
}
