//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/subject"
)

// A filter of system calls is seen in /proc/self/status, and only then a death of SIGSYS can be of it.
func TestFiltered(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "NoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n": false, "Seccomp:\t1\n": false, "Seccomp:\t2\nSeccomp_filters:\t1\n": true,
	} {
		if got := proc.Filtered([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	own, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0)
	if err != nil {
		t.Skip("this kernel has no seccomp:", err)
	}
	got := (&process{}).causeOfDeath(subject.Death{Signal: unix.SIGSYS})
	if (got != "") != (own == unix.SECCOMP_MODE_FILTER) {
		t.Errorf("the mode of seccomp is %d, and of SIGSYS it is said %q", own, got)
	}
}
