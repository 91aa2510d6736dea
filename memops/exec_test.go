//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"incore/memops"
)

// exec tells the call that is made, and what it cost: its own faults and time, without what
// the new program's set-up takes.
func TestExecTold(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "touch a")
	if !memops.OverLimit(l, 4*uint64(pageBytes)) {
		ok(t, l, "mlock a")
	}
	for range 3 {
		before := sampled(l).Stat
		begin := time.Now()
		e := do(t, l, "exec")
		whole := time.Since(begin)
		if s := e.Strace(); s != `execve("/proc/self/exe", ["incore-subject"], []) = 0` {
			t.Errorf("exec = %s", s)
		}
		if e.Elapsed <= 0 || e.Elapsed >= whole {
			t.Errorf("the call took %v of %v", e.Elapsed, whole)
		}
		// The program's text and its stack are faulted in before it can answer anything.
		if e.Minor < 2 {
			t.Errorf("the call took %d minor faults", e.Minor)
		}
		ok(t, l, "expect minor > 1", "expect return 0")
		now := sampled(l).Stat
		if now.Minor-before.Minor != e.Minor || now.Major-before.Major != e.Major {
			t.Errorf("%d, %d faults are told of the call, and %d, %d of the process meanwhile",
				e.Minor, e.Major, now.Minor-before.Minor, now.Major-before.Major)
		}
		if e.VmLck != -before.VmLck || now.VmLck != 0 {
			t.Errorf("VmLck changed by %d from %d", e.VmLck, before.VmLck)
		}
		ok(t, l, "mmap a 4", "touch a", "expect minor 4")
	}
}

// An exec that the kernel refuses is told with its answer, and changes nothing.
func TestExecRefused(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "touch a")
	exe := fmt.Sprintf("/proc/%d/exe", l.State().Main().PID)
	if err := os.Chmod(exe, 0); err != nil {
		t.Skipf("the program's file cannot be made one that is not executable: %v", err)
	}
	if e := do(t, l, "exec"); e.Call != "execve" || e.Errno != "EACCES" || e.Gone != nil || e.Elapsed <= 0 {
		t.Errorf("exec = %s", e.Strace())
	}
	ok(t, l, "expect errno EACCES", "expect all a resident", "touch a", "expect minor 0")
	if err := os.Chmod(exe, 0o700); err != nil {
		t.Fatal(err)
	}
	ok(t, l, "exec", "expect return 0")
}
