//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"

	"golang.org/x/sys/unix"

	"incore/model/lang"
)

// A limit is shown as strace(1) shows it.
func TestLimitText(t *testing.T) {
	for v, want := range map[uint64]string{
		0: "0", 1000: "1000", 1024: "1024", 2048: "2*1024", 1 << 23: "8192*1024", unix.RLIM_INFINITY: "RLIM64_INFINITY",
	} {
		if got := limitText(v); got != want {
			t.Errorf("the limit %d is shown as %s, want %s", v, got, want)
		}
	}
	l := opened(t, Options{})
	if got := l.limitBytes(lang.Amount{Unlimited: true}); got != unix.RLIM_INFINITY {
		t.Errorf("unlimited is %d", got)
	}
}
