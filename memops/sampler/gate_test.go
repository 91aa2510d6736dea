package sampler

import "testing"

// A short call is alone; a long one is watched after a while, and says so.
func TestGate(t *testing.T) {
	var g gate
	release := g.Hold(func() { t.Error("a short call was watched") })
	if g.mu.TryLock() {
		t.Error("a scan got in beside a call")
	}
	if release() {
		t.Error("a short call says that it was watched")
	}

	opened := make(chan struct{})
	release = g.Hold(func() { close(opened) })
	<-opened
	if !g.mu.TryLock() {
		t.Fatal("no scan gets in beside a long call")
	}
	g.mu.Unlock()
	if !release() {
		t.Error("a long call does not say that it was watched")
	}
	if !g.mu.TryLock() {
		t.Error("after a call the gate is shut")
	}
}
