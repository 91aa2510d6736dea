//go:build linux && (amd64 || arm64)

package memops_test

import (
	"slices"
	"testing"

	"incore/memops/order"
	"incore/model"
)

// The mutexes of a session are taken in their order, whatever goes on: commands of all kinds beside a sampler that
// runs, what the screen looks at, forks, deaths, a reset, a memory cgroup, and the end.
func TestLockOrder(t *testing.T) {
	stop := order.Watch()
	running := true
	defer func() {
		if running {
			stop()
		}
	}()
	s := onScreen(t)
	run := func(lines ...string) {
		t.Helper()
		last := lines[len(lines)-1]
		s.submit(append(lines, "say after "+last)...)
		s.until(last, func() bool {
			return slices.ContainsFunc(s.seen, func(it model.Item) bool { e, is := it.(model.Event); return is && e.Note == "after "+last })
		})
	}
	run("mmap a 64", "touch a", "mprotect a[3] r", "mlock a[5..6]", "munmap a[8]", "mmap s 8 shared", "touch s", "mmap m 4 memfd")
	s.lab.Look(model.View{Proc: model.Main, Region: "a", Pages: model.Range{Hi: 64}, Cursor: 1, Sharing: true})
	run("fork c", "in c touch a", "in c mmap b 8 scratch", "touch a[1] at 50/s", "shmget h 4", "shmctl h lock", "memcg 64M", "fork d", "madvise a dontneed")
	run("malloc k 300000", "free k", "brk +64K", "mremap m 8", "munmap s", "kill SIGSEGV", "in c exec", "in d kill SIGKILL")
	s.lab.Refresh(t.Context(), model.Main)
	run("mmap long 1G noreserve", "touch long[0..9999]", "expect all a[20] absent", "in c exit 3", "fork d", "signal SIGSEGV die", "kill SIGSEGV", "reset", "mmap a 4", "touch a")
	s.submit("touch a at 1/s")
	s.until("a touch that goes on", func() bool { return s.state.Running.Command != nil })
	s.lab.Interrupt()
	s.lab.Refresh(t.Context(), model.Main)
	if err := s.lab.Close(); err != nil {
		t.Error(err)
	}
	seen := stop()
	running = false
	for _, wrong := range seen.Wrong {
		t.Error(wrong)
	}
	// What was watched is what can go wrong.
	for _, pair := range []order.Pair{
		{Held: "lane", Taken: "gate"}, {Held: "lane", Taken: "sampler"}, {Held: "lane", Taken: "notes"}, {Held: "lane", Taken: "state"},
		{Held: "gate", Taken: "sampler"}, {Held: "gate", Taken: "notes"}, {Held: "sampler", Taken: "notes"}, {Held: "sampler", Taken: "state"},
		{Held: "state", Taken: "out"}, {Held: "lane", Taken: "wills"}, {Held: "lane", Taken: "out"},
	} {
		if seen.Pairs[pair] == 0 {
			t.Errorf("%s was never taken with %s held", pair.Taken, pair.Held)
		}
	}
	t.Logf("%v", seen.Pairs)
}
