//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"incore/model"
)

// descriptorsAndWindows is how many descriptors incore has, and how many windows of subjects it
// has mapped.
func descriptorsAndWindows(t *testing.T) (fds, windows int) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return len(list), strings.Count(string(maps), "memfd:")
}

// However many processes a session had, those that live are bounded, and the dead cost nothing.
func TestDeadProcesses(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "fork c")
	fds, windows := descriptorsAndWindows(t)
	for i := range 2 * maxProcesses {
		name := fmt.Sprintf("p%d", i)
		ok(t, l, "fork "+name)
		do(t, l, "in "+name+" exit 3")
		if t.Failed() {
			break
		}
	}
	ok(t, l, "fork d")
	do(t, l, "in d exit")
	// The last is given back with the next fork.
	ok(t, l, "fork e")
	if f, w := descriptorsAndWindows(t); f > fds+(fds+1)/2 || w != windows+1 {
		t.Errorf("with one process more there are %d descriptors and %d windows, and there were %d and %d", f, w, fds, windows)
	}
	// The newest are told of as before, and those before them in number.
	for _, name := range []string{"p70", "p100"} {
		if e := do(t, l, "in "+name+" mmap a 4"); e.Call != "" || !strings.Contains(e.Refused, name+" is dead, exited with 3; fork makes another") {
			t.Errorf("in %s: %s %q", name, e.Strace(), e.Refused)
		}
	}
	if d := l.State().Process("p70").Death; d == nil || d.Asked || d.Code != 3 {
		t.Errorf("the death of p70 is %+v", d)
	}
	const gone = 2*maxProcesses + 1 - model.DeadKept
	if e := do(t, l, "in p0 mmap a 4"); !strings.Contains(e.Refused, fmt.Sprintf("there is no process p0, or it is one of the %d that died before the newest 64 dead", gone)) {
		t.Errorf("in p0: %q", e.Refused)
	}
	if n := len(l.processes()); n != model.DeadKept+3 { // main, c and e live
		t.Errorf("%d processes are kept", n)
	}
	ok(t, l, "expect dead p77", "fork p77", "in p77 mmap a 4", "in p77 touch a", "in e touch 0x200000,1 read", "fork p7", "in p7 mmap a 4", "reset", "expect alive")
}
