package terminal

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// ErrGone is the end of a terminal that takes nothing any more and never will.
var ErrGone = errors.New("the terminal is gone")

// isGone reports whether an error of a write is the end of the terminal: it was hung up, or nobody has its other side.
func isGone(err error) bool {
	for _, end := range []error{syscall.EIO, syscall.ENXIO, syscall.EPIPE, syscall.EBADF, os.ErrClosed} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// Panic is a panic of what draws, which is the program's end.
type Panic struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine
}

// Error returns the panic's value and the trace of the goroutine.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n\n%s", p.Value, p.Stack) }

// pause is a time in which nothing is written: after a failure, longer each time, and while another job has the terminal.
type pause struct {
	on    bool
	last  time.Duration // after a failure; 0 is none
	timer *time.Timer
	over  func() // called by a goroutine of its own as the pause ends
}

// The first pause after a failure, and the longest.
const firstPause, longestPause = 50 * time.Millisecond, time.Second

// again begins a pause after a failure.
func (p *pause) again() {
	last := min(max(2*p.last, firstPause), longestPause)
	p.begin(last)
	p.last = last
}

// begin begins a pause.
func (p *pause) begin(d time.Duration) {
	p.end()
	p.on, p.timer = true, time.AfterFunc(d, p.over)
}

// end ends a pause, and forgets the failures.
func (p *pause) end() {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.on, p.last = false, 0
}
