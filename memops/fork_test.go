//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/subject"
	"incore/model"
)

// A child that dies before it can be asked anything is told of as such, and its parent goes on.
func TestForkChildEnds(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "touch a")
	// Of a sealed window the child cannot put its own in the place, and gives up.
	sub := memops.SubjectOf(l, model.Main)
	if r, err := sub.Actor.Call(unix.SYS_MSEAL, subject.WindowAddr, subject.WindowSize, 0); err != nil || r.Ret != 0 {
		t.Skipf("mseal of the window: %+v, %v", r, err)
	}
	for range 3 {
		e := do(t, l, "fork c")
		if e.Call != "clone" || e.Refused != "the child died as it was set up: exited with 0" {
			t.Errorf("fork = %s", e.Strace())
		}
		ok(t, l, "expect alive", "expect all a resident exclusive", "touch a")
	}
	if e := do(t, l, "in c touch a"); !strings.Contains(e.Refused, "there is no process c") {
		t.Errorf("the child is answered for: %s", e.Strace())
	}
}

// In a memory cgroup that has no room for children forks end in one of three ways, and none
// takes for ever: a child, one that died young with the cause, or the death of the parent.
func TestForkInFullMemcg(t *testing.T) {
	needsNoSwap(t)
	for _, limit := range []string{"96K", "128K", "192K", "256K", "384K", "512K"} {
		t.Run(limit, func(t *testing.T) {
			l := inMemcg(t)
			ok(t, l, "mmap a 16 shared", "touch a")
			if e := do(t, l, "memcg "+limit); e.Refused != "" {
				t.Skipf("memcg %s: %s", limit, e.Refused)
			}
			made, young := 0, 0
			for i := range 8 {
				if l.State().Main().Death != nil {
					break
				}
				switch e := do(t, l, fmt.Sprintf("fork c%d", i)); {
				case e.OK():
					made++
				case strings.HasPrefix(e.Refused, "the child died as it was set up: "):
					young++
					if !strings.Contains(e.Refused, "killed by SIGKILL (the OOM killer: its memory cgroup may have "+limit+")") {
						t.Errorf("fork = %s", e.Strace())
					}
				case strings.Contains(e.Refused, "the subject is dead"), e.Errno == "ENOMEM":
				default:
					t.Errorf("fork = %s", e.Strace())
				}
			}
			t.Logf("%d forks worked, %d children died young; then the parent: %v", made, young, l.State().Main().Death)
			ok(t, l, "reset", "expect alive")
		})
	}
}
