//go:build linux && (amd64 || arm64)

package subject

import (
	"sync"
	"time"
)

// clock turns ticks of the counter that the subject reads (the time-stamp counter,
// CNTVCT_EL0) into nanoseconds of CLOCK_MONOTONIC. Neither architecture lets an
// ordinary program ask for the rate everywhere, so it is measured against the
// monotonic clock, over the time since the first subject was started, up to a second.
type clock struct {
	mu     sync.Mutex
	ticks0 uint64
	time0  time.Time
	rate   float64 // ns a tick
	done   bool
}

// settle is how long a measurement is good enough to be kept for good.
const settle = time.Second

// shortest is how long a measurement must be before it is used at all: reading both
// clocks takes some 0.1 µs, so it is then right to within 0.01 %.
const shortest = time.Millisecond

func (c *clock) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.time0.IsZero() {
		c.ticks0, c.time0 = ticks(), time.Now()
	}
}

// duration is the time that n ticks take.
func (c *clock) duration(n uint64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.done {
		now, age := ticks(), time.Since(c.time0)
		if age < shortest {
			continue
		}
		if now > c.ticks0 {
			c.rate = float64(age) / float64(now-c.ticks0)
		}
		c.done = age >= settle
		break
	}
	return time.Duration(float64(n) * c.rate)
}

var wall clock

// Elapsed is the time between a reply's two stamps.
func (r Reply) Elapsed() time.Duration {
	if r.After < r.Before {
		return 0
	}
	return wall.duration(r.After - r.Before)
}

// Ticks turns a count of counter ticks, as in the stamps of a touch, into a time.
func Ticks(n uint32) time.Duration { return wall.duration(uint64(n)) }
