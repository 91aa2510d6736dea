//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
)

// What a sampler saw before its process was given back, or got another address space, is not
// told after the process that took the name has begun.
func TestNoSampleAfterItsEnd(t *testing.T) {
	l := opened(t, Options{Sampling: true})
	over := make(chan struct{})
	var looking, reading sync.WaitGroup
	// The screen's own sampler ticks 60 times a second; these find the moment between a look
	// and its telling far more often.
	for range 3 {
		looking.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				for _, p := range l.processes() {
					// Like the screen's own, none looks before its process was told of.
					if q := l.State().Process(p.name); q != nil && q.PID == p.sub.PID {
						p.sampler.Stir()
						p.sampler.Tick()
					}
				}
			}
		})
	}
	reading.Go(func() {
		began := map[string]time.Duration{}
		for {
			items, err := l.Next(t.Context())
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				return
			}
			for _, item := range items {
				switch it := item.(type) {
				case model.Started:
					began[it.Proc] = it.Time
				case model.Sample:
					if it.Time < began[it.Proc] {
						t.Errorf("a sample of %s from %v follows the start of another at %v", it.Proc, it.Time, began[it.Proc])
					}
				}
			}
		}
	})
	run := func(line string) {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		l.run(context.Background(), c)
	}
	for range 60 {
		for _, line := range []string{"mmap a 16", "touch a", "fork c", "in c kill SIGKILL", "fork c", "reset"} {
			run(line)
		}
	}
	close(over)
	looking.Wait()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	reading.Wait()
}

// What ends a sampler, or gives its process another address space, waits for a sample that is
// being told.
func TestEndWaitsForTelling(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 4", "touch a")
	s := mainOf(l).sampler
	l.out.mu.Lock() // nothing can be told
	var ticking sync.WaitGroup
	ticking.Go(func() { s.Tick() })
	// A tick that tells keeps the lab's lock; one that looks has it for a moment.
	for stuck := 0; stuck < 1000; stuck++ {
		if l.mu.TryLock() {
			l.mu.Unlock()
			stuck = 0
		}
		time.Sleep(10 * time.Microsecond)
	}
	entered, told := make(chan struct{}), errors.New("nothing is to be done")
	go s.Anew(&model.Event{}, func() error { close(entered); return told })
	select {
	case <-entered:
		t.Error("a sample from before is told after the end")
	case <-time.After(50 * time.Millisecond):
	}
	l.out.mu.Unlock()
	<-entered
	ticking.Wait()
	items := l.out.take()
	if len(items) != 1 {
		t.Fatalf("told was %v, want a sample", items)
	}
	if _, is := items[0].(model.Sample); !is {
		t.Errorf("told was %v, want a sample", items)
	}
}
