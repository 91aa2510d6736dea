//go:build linux && (amd64 || arm64)

package sampler

import (
	"testing"
	"time"

	"incore/model"
)

// clock is a session of which only the time counts.
type clock struct{ now time.Duration }

func (c *clock) Now() time.Duration { return c.now }
func (c *clock) State() model.State { return model.State{} }
func (c *clock) Tell(model.Item)    {}
func (c *clock) Living() int64      { return 1 }
func (c *clock) Commands() int      { return 0 }

// While nothing happens samples become fewer, down to four a second. Whoever is at the screen has them come as before, at once.
func TestSamplesBecomeFewer(t *testing.T) {
	host := new(clock)
	s := &Sampler{session: &Session{Host: host}, wake: make(chan struct{}, 1)}
	const cost = time.Millisecond
	at := func(still time.Duration) time.Duration {
		host.now = time.Duration(s.active.Load()) + still
		return s.pause(cost) + cost
	}
	for _, tt := range []struct{ still, want time.Duration }{
		{0, time.Second / 30}, {time.Second / 2, time.Second / 30}, {3 * time.Second / 2, cost + calmShare*cost}, {3 * time.Second, time.Second / 4}, {time.Hour, time.Second / 4},
	} {
		if got := at(tt.still); got.Round(time.Microsecond) != tt.want.Round(time.Microsecond) {
			t.Errorf("after %s a sample comes every %s, want %s", tt.still, got, tt.want)
		}
	}
	s.Watched()
	if len(s.wake) != 1 {
		t.Error("no sample is made at once")
	}
	if got := s.pause(cost) + cost; got.Round(time.Microsecond) != (time.Second / 30).Round(time.Microsecond) {
		t.Errorf("then one comes every %s", got)
	}
	<-s.wake
	s.Watched()
	if len(s.wake) != 0 {
		t.Error("each key has a sample made")
	}
}
