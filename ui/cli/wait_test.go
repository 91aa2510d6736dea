package cli

import (
	"testing"
	"time"
)

// patience is how long an end-to-end test waits for a state before it fails. It is
// long, because machines that run tests are slow and shared.
const patience = 20 * time.Second

// eventually waits for something that is not on a screen.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(patience); !holds(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("not in %s: %s", patience, what)
		}
	}
}
