//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"incore/memops"
)

// A touch at a pace tells how long it went on, beside what its accesses took; one that goes without
// a pause does not.
func TestPacedTouchTellsBothTimes(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8")
	for line, paced := range map[string]bool{"touch a at 500/s": true, "touch a[0] at 500/s": false, "touch a": false} {
		e := do(t, l, line)
		if paced && e.Paced <= e.Elapsed || !paced && e.Paced != 0 {
			t.Errorf("%s: %v in %v", line, e.Elapsed, e.Paced)
		}
	}
}
