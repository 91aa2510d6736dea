//lint:file-ignore SA2001 the order of the locks is what is tested, and not what they guard

package order_test

import (
	"strings"
	"testing"

	"incore/memops/order"
)

// What is taken against the order is told, whether it locks up or not, and what is not is not.
func TestOrderIsWatched(t *testing.T) {
	var lane order.Mutex[order.Lane]
	var gate order.Mutex[order.Gate]
	var sampler order.Mutex[order.Sampler]
	var a, b order.Mutex[order.Notes]
	for name, tt := range map[string]struct {
		run   func()
		wrong []string
	}{
		"in order": {run: func() {
			lane.Lock()
			gate.Lock()
			sampler.Lock()
			sampler.Unlock()
			gate.Unlock()
			lane.Unlock()
		}},
		"one is left": {run: func() {
			lane.Lock()
			sampler.Lock()
			lane.Unlock()
			a.Lock()
			a.Unlock()
			sampler.Unlock()
		}},
		"one after one": {run: func() { sampler.Lock(); sampler.Unlock(); lane.Lock(); lane.Unlock() }},
		"reversed": {run: func() { sampler.Lock(); gate.Lock(); gate.Unlock(); sampler.Unlock() },
			wrong: []string{"gate is taken while sampler is held"}},
		"over one between": {run: func() {
			sampler.Lock()
			a.Lock()
			lane.Lock()
			lane.Unlock()
			a.Unlock()
			sampler.Unlock()
		},
			wrong: []string{"lane is taken while sampler is held", "lane is taken while notes is held"}},
		"two of a rank": {run: func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() },
			wrong: []string{"notes is taken while notes is held"}},
		"said to be so": {run: func() {
			gate.Lock()
			sampler.Lock()
			gate.Unlock()
			gate.LockAgainstOrder()
			sampler.Unlock()
			gate.Unlock()
		}},
		"another unlocks": {run: func() {
			gate.Lock()
			done := make(chan struct{})
			go func() { gate.Unlock(); close(done) }()
			<-done
			lane.Lock()
			lane.Unlock()
		}},
		"another holds": {run: func() {
			sampler.Lock()
			done := make(chan struct{})
			go func() { lane.Lock(); lane.Unlock(); close(done) }()
			<-done
			sampler.Unlock()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			stop := order.Watch()
			tt.run()
			seen := stop()
			if len(seen.Wrong) != len(tt.wrong) {
				t.Fatalf("%d were found: %q", len(seen.Wrong), seen.Wrong)
			}
			for i, want := range tt.wrong {
				if !strings.HasPrefix(seen.Wrong[i], want) || !strings.Contains(seen.Wrong[i], "TestOrderIsWatched") {
					t.Errorf("%q is told, want %q and where", seen.Wrong[i], want)
				}
			}
		})
	}
}

// What was taken before the watch began is not known, and giving it back is no fault.
func TestTakenBeforeTheWatch(t *testing.T) {
	var gate order.Mutex[order.Gate]
	gate.Lock()
	stop := order.Watch()
	gate.Unlock()
	gate.Lock()
	if seen := stop(); len(seen.Wrong) > 0 || len(seen.Pairs) > 0 {
		t.Errorf("%+v", seen)
	}
	gate.Unlock()
	if !gate.TryLock() {
		t.Error("what was given back is not free")
	}
}
