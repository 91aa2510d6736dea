//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
)

// kill answers with the signal that it has sent, whatever else the process was sent before.
func TestKillAnswersItsOwn(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4")
	for i := range 20 {
		// From outside: not asked for by anybody, and so still there.
		if err := unix.Kill(l.State().Main().PID, unix.SIGSEGV); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			ok(t, l, "touch a")
		}
		for _, sig := range []string{"SIGFPE", "SIGBUS"} {
			e := do(t, l, "kill "+sig)
			if e.Signal == nil || e.Signal.Name != sig || e.Signal.Code != "SI_USER" {
				t.Fatalf("kill %s = %s", sig, e.Strace())
			}
		}
	}
	ok(t, l, "touch a", "expect alive")
}
