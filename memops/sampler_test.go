//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/sampler"
	"incore/model"
	"incore/model/lang"
)

// screen drives a Lab as a screen does and keeps the fold of what it is told.
type screen struct {
	t     testing.TB
	lab   *memops.Lab
	state model.State
	seen  []model.Item
}

func onScreen(t testing.TB) *screen {
	return &screen{t: t, lab: opened(t, memops.Options{Sampling: true})}
}

func (s *screen) submit(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		c, err := lang.Parse(line)
		if err != nil {
			s.t.Fatal(err)
		}
		s.lab.Submit(c)
	}
}

// patient is how long a screen waits for a state. It is long, since all of it is waited for only where a test
// fails, and an emulated machine takes a hundred times as long as a real one.
const patient = 2 * time.Minute

// until folds what happens until cond holds.
func (s *screen) until(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	for !cond() {
		items, err := s.lab.Next(ctx)
		if err != nil {
			s.t.Fatalf("waiting for %s: %v", what, err)
		}
		for _, it := range items {
			s.state = s.state.Apply(it)
			s.seen = append(s.seen, it)
		}
	}
}

// resident is how many pages of region a the state shows in core.
func (s *screen) resident() int64 {
	if r := s.state.Main().Region("a"); r != nil {
		return r.Pages.Count(model.Range{Hi: r.Pages.Len()}, func(p model.Page) bool { return p.Residency == model.Resident })
	}
	return -1
}

// ended is how many commands have: a command's own call is one event, and the calls that
// incore makes beside it (ftruncate of a scratch file, the advice of tidy) are not counted.
func (s *screen) ended() (n int) {
	for _, e := range s.state.Events {
		if !e.Aside {
			n++
		}
	}
	return n
}

// done reports whether n commands have ended.
func (s *screen) done(n int) func() bool { return func() bool { return s.ended() >= n } }

// idle reports whether n commands have ended and nothing runs.
func (s *screen) idle(n int) func() bool {
	return func() bool { return s.ended() >= n && s.state.Running.Command == nil }
}

func TestScreenSeesPages(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 64", "touch a[3..6]", "mlock a[8..9]")
	s.until("six pages, two of them locked", func() bool {
		a := s.state.Main().Region("a")
		return s.resident() == 6 && a.Pages.At(8).IsLocked() && a.Pages.At(9).IsLocked()
	})
	if p := s.state.Main().Region("a").Pages.At(3); p.IsLocked() {
		t.Errorf("page 3 is %+v", p)
	}
	if s.state.Main().Stat.VmLck != 2*pageBytes {
		t.Errorf("VmLck is %d, want %d", s.state.Main().Stat.VmLck, 2*pageBytes)
	}
	// The same name and size again: nothing of the old region stays on the screen.
	s.submit("munmap a", "mmap a 64")
	s.until("an empty a", func() bool {
		return s.resident() == 0 && s.state.Main().Region("a").Pages.At(0).Residency == model.Absent
	})
}

// A paced touch is seen page by page, and ends where it is interrupted.
func TestTouchIsSeenGoingOn(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 10000", "touch a at 500/s")
	s.until("the first pages", func() bool { return s.resident() > 0 })
	some := s.resident()
	s.until("more pages", func() bool { return s.resident() > some })
	if s.state.Running.Line() != "touch a at 500/s" {
		t.Errorf("what runs is %q", s.state.Running.Command)
	}
	s.lab.Interrupt()
	s.until("its end", s.idle(2))
	if e := s.state.Last; e.Ret >= 10000 || e.Ret == 0 || e.Minor != e.Ret {
		t.Errorf("an interrupted touch = %+v", e)
	}
}

// A call that takes long is watched while it runs, and says so.
func TestLongCallIsSeenGoingOn(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 1G")
	s.until("the mapping", s.done(1))
	call := "madvise a populate_write" // mlock where no limit forbids it
	if s.state.Main().Limits.IPCLock {
		call = "mlock a"
	}
	s.submit(call)
	grew := 0
	s.until("its end", func() bool {
		if n := s.resident(); n > 0 && n < s.state.Main().Region("a").Pages.Len() && s.state.Last.Call == "mmap" {
			grew++
		}
		return s.idle(2)()
	})
	e := s.state.Last
	if e.Errno == "EINVAL" {
		t.Skip("this kernel has no MADV_POPULATE_WRITE (Linux 5.14)")
	}
	if e.Elapsed < 2*sampler.WatchAfter {
		t.Skipf("1 GiB took only %v here", e.Elapsed)
	}
	if !e.Watched || grew == 0 {
		t.Errorf("watched is %v after %v; pages were seen coming %d times", e.Watched, e.Elapsed, grew)
	}
}

// With no command given the subject's faults do not move and its VMAs do not change,
// however long it is watched at the full rate.
func TestObserverDisturbsNothing(t *testing.T) {
	long := 3 * time.Second // what is not done with each sample is done every second
	if testing.Short() {
		long = time.Second
	}
	s := onScreen(t)
	s.submit("mmap a 64", "touch a[0..20]", "mlock a[4..5]", "mmap b 64 shared", "touch b[7] read")
	s.until("the pages", func() bool { return s.resident() == 21 && len(s.state.Main().Regions) == 2 })
	s.until("quiet", s.idle(5))
	pid := s.lab.State().Main().PID
	look := func() (faults [2]int64, maps []byte) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		if maps, err = os.ReadFile(fmt.Sprintf("/proc/%d/smaps", pid)); err != nil {
			t.Fatal(err)
		}
		faults[0], faults[1] = proc.ParseFaults(stat)
		return faults, maps
	}
	// The first sample after a command may still be on its way.
	if _, err := memops.SamplerOf(s.lab, model.Main).Sample(false); err != nil {
		t.Fatal(err)
	}
	faults, maps := look()
	samples := 0
	for begin := time.Now(); time.Since(begin) < long; samples++ {
		memops.SamplerOf(s.lab, model.Main).Kick() // never calm: the full rate and more
		s.lab.Look(model.View{Proc: "main", Region: "a", Pages: model.Range{Hi: 64}, Cursor: int64(samples % 64)})
		if _, err := memops.SamplerOf(s.lab, model.Main).Sample(samples%2 == 0); err != nil {
			t.Fatal(err)
		}
	}
	after, mapsAfter := look()
	if faults != after {
		t.Errorf("faults went from %v to %v in %d samples", faults, after, samples)
	}
	if !bytes.Equal(maps, mapsAfter) {
		t.Errorf("the VMAs changed from\n%s\nto\n%s", maps, mapsAfter)
	}
	t.Logf("%d samples", samples)
}

// PAGEMAP_SCAN and reading pagemap say the same of every page.
func TestScanAgreesWithPagemap(t *testing.T) {
	l := opened(t, memops.Options{})
	if !memops.SamplerOf(l, model.Main).Scans() {
		t.Skip("this kernel has no PAGEMAP_SCAN (Linux 6.7): pagemap is always read")
	}
	ok(t, l, "mmap a 3000", "touch a every 2", "touch a[100..300] read", "mprotect a[50..60] none", "munmap a[500..600]",
		"mmap b 64 shared", "touch b[3..9]", "madvise b[4] dontneed", "mmap c 64 memfd", "touch c[5]", "touch c[6] read")
	if kernel.Probe().Advices["guard_install"] {
		ok(t, l, "madvise a[700..701] guard_install")
	}
	scanned := sampled(l)
	memops.SamplerOf(l, model.Main).ForgoScan()
	read := sampled(l)
	for i := range scanned.Regions {
		s, r := scanned.Regions[i], read.Regions[i]
		var lo int64
		for _, run := range s.Pages {
			for part, p := range r.Pages.In(model.Range{Lo: lo, Hi: run.End}) {
				p.Mapping &^= model.Exclusive | model.Shared // only pagemap tells
				if p != run.Val {
					t.Errorf("%s%v: PAGEMAP_SCAN says %+v, pagemap %+v", s.Name, part, run.Val, p)
				}
			}
			lo = run.End
		}
	}
}

// A burst of commands costs one reading of the VMA list.
func TestBurstCostsOneReading(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 64")
	sampled(l)
	before, _ := memops.SamplerOf(l, model.Main).Readings()
	for i := range 60 {
		ok(t, l, fmt.Sprintf("mprotect a[%d] r", i))
	}
	sampled(l)
	sampled(l)
	read, _ := memops.SamplerOf(l, model.Main).Readings()
	if n := read - before; n != 1 {
		t.Errorf("60 commands cost %d readings", n)
	}
}

// Terabytes that nothing is in open, draw and answer.
func TestTerabyte(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 1T noreserve")
	s.until("the mapping", s.idle(1))
	if !s.state.Last.OK() {
		t.Skipf("mmap of 1 TiB: %s", s.state.Last.Strace())
	}
	at := int64(123_456_789) / (pageBytes / 4096)
	s.lab.Look(model.View{Proc: model.Main, Region: "a", Pages: model.Range{Lo: at - 100, Hi: at + 100}})
	s.submit(fmt.Sprintf("touch a[%d]", at))
	s.until("its page", func() bool { return s.state.Main().Region("a").Pages.At(at).Residency == model.Resident })
	s.until("all of it", func() bool {
		r := s.state.Main().Region("a")
		return r.Pages.Count(model.Range{Hi: r.Pages.Len()}, func(p model.Page) bool { return p.Residency == model.NotAsked }) == 0
	})
	if n := s.resident(); n != 1 {
		t.Errorf("%d pages are resident", n)
	}
}

// A subject that somebody kills is told of, with the signal; what was seen stays, and
// reset starts a fresh one.
func TestKilled(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 64", "touch a[0..9]")
	s.until("ten pages", func() bool { return s.resident() == 10 })
	if err := unix.Kill(s.lab.State().Main().PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.until("the death", func() bool { return s.state.Main().Death != nil })
	if d := s.state.Main().Death; d.Signal != "SIGKILL" {
		t.Errorf("it was %v", d)
	}
	if s.resident() != 10 {
		t.Errorf("%d pages of what was seen stay", s.resident())
	}
	s.submit("mlock a")
	s.until("a refusal", func() bool { k := len(s.state.Events); return k > 0 && s.state.Events[k-1].Refused != "" })
	old := s.state.Main().PID
	s.submit("reset", "mmap a 8")
	s.until("a fresh a", func() bool { return s.state.Main().Death == nil && s.resident() == 0 })
	if s.state.Main().PID == old {
		t.Errorf("the PID is still %d", old)
	}
}

// A subject that is killed while it works takes nobody with it.
func TestKilledInACall(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 10000", "touch a at 1000/s")
	s.until("some pages", func() bool { return s.resident() > 10 })
	if err := unix.Kill(s.lab.State().Main().PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.until("the end of the touch", s.idle(2))
	if e := s.state.Events[len(s.state.Events)-1]; e.Refused == "" || s.state.Main().Death == nil {
		t.Errorf("the touch ended as %+v, the subject %v", e, s.state.Main().Death)
	}
}

// Closing beside a command that is about to run: whichever comes first, nothing is used
// after it was closed, and nobody waits for the other.
func TestCloseBesideACommand(t *testing.T) {
	for i := range 60 {
		l, err := memops.Open(t.Context(), memops.Options{Sampling: i%2 == 0})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"wait 1h", "mmap x 4 memfd", "reset"}[i%3:] {
			c, err := lang.Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			l.Submit(c)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A reset that cannot start a fresh subject says so, touches nothing of the old one, and
// can be tried again.
func TestResetThatFails(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4")
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	none := was
	none.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	e := do(t, l, "reset")
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	if e.Refused == "" || l.State().Main().Death == nil {
		t.Errorf("reset said %+v, the subject is %v", e, l.State().Main().Death)
	}
	for _, line := range []string{"touch a", "mmap x 4 memfd", "mlock a"} {
		if e := do(t, l, line); e.Refused == "" {
			t.Errorf("%s of a subject that is gone: %+v", line, e)
		}
	}
	sampled(l)
	ok(t, l, "reset", "mmap a 4", "touch a", "expect all a resident")
}
