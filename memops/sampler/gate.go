package sampler

import (
	"sync"
	"sync/atomic"
	"time"

	"incore/memops/order"
)

// gate keeps sampling away from a timed call. A scan takes the subject's mmap lock, so a
// call that runs beside one measures the wait for it as well. A call that turns out
// long is watched instead: its time is then marked as such.
type gate struct {
	mu   order.Mutex[order.Gate]
	call atomic.Bool // a timed call is on its way; with mu held, one that is watched
}

// WatchAfter is how long a call runs unobserved.
const WatchAfter = 50 * time.Millisecond

// Hold waits for a scan that is under way and keeps further ones out until release
// is called or WatchAfter has passed. release reports whether sampling went on before
// the call had ended; opened is called when it does.
func (g *gate) Hold(opened func()) (release func() (watched bool)) {
	g.mu.Lock()
	g.call.Store(true)
	var once sync.Once
	open := func() { once.Do(g.mu.Unlock) }
	timer := time.AfterFunc(WatchAfter, func() { open(); opened() })
	return func() bool {
		watched := !timer.Stop()
		g.call.Store(false)
		open()
		return watched
	}
}

// rest lets a call that waits go first. The caller holds the gate for long, and does
// nothing that a call must not see half done.
//
// A sampler calls it with its own lock held, against the order of locks. That cannot lock up: a call that holds the
// gate for long gives it up by itself (WatchAfter).
func (g *gate) rest() {
	g.mu.Unlock()
	g.mu.LockAgainstOrder()
}
