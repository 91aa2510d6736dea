//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
)

// What drives a Lab is of drive_test.go.
var (
	opened        = memops.Opened
	do            = memops.Do
	ok            = memops.OK
	asksZeroPage  = memops.AsksZeroPage
	needsZeroPage = memops.NeedsZeroPage
)

// sampled is a look at the first process, which the state then has.
func sampled(l *memops.Lab) model.Sample { return l.Refresh(context.Background(), model.Main) }

// withSharing is a look at a process that tells exclusive from shared pages.
func withSharing(t testing.TB, l *memops.Lab, name string) model.Sample {
	t.Helper()
	s, err := memops.SamplerOf(l, name).Sample(true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// zeroOrOwn is the state of a page of private memory that was read and never written, as the end of an expect.
func zeroOrOwn() string {
	if kernel.Probe().ZeroPage {
		return " zero"
	}
	return " exclusive"
}

var pageBytes = int64(os.Getpagesize())

func TestMapTouchLock(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l,
		"mmap a 64",
		"expect all a absent unmapped anon unlocked prot=rw",
		"touch a[3]",
		"expect minor 1",
		"expect return 1",
		"expect all a[3] resident mapped anon",
		"expect count a resident 1",
		"touch a[5] read",
		"expect all a[5] resident"+zeroOrOwn(),
		"mlock a[8..11]",
		"expect all a[8..11] locked resident",
		"expect no a[8..11] onfault",
		"expect count a locked 4",
		"mlock2 a[12..15] onfault",
		"expect all a[12..15] onfault absent",
		"munlock a[8..15]",
		"expect no a locked",
		"mprotect a[20] none",
		"expect all a[20] prot=none",
		"expect vmas a 3",
		"munmap a[30..31]",
		"expect count a unmapped >= 2",
		"mincore a[0..9]",
		"expect ok",
		"munmap a",
	)
	if s := l.State(); len(s.Main().Regions) != 0 {
		t.Errorf("after munmap there are still regions: %d", len(s.Main().Regions))
	}
}

// broken is a command that panics where it is worked on.
type broken struct{ model.Command }

func (broken) Verb() string { panic("broken") }

func TestCloseWhileItWorks(t *testing.T) {
	l, err := memops.Open(t.Context(), memops.Options{Sampling: true})
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, lab: l}
	s.submit("mmap a 10000", "touch a at 1000/s", "wait 1h", "reset")
	s.until("some pages", func() bool { return s.resident() > 10 })
	pid := l.State().Main().PID
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	for {
		if _, err := l.Next(t.Context()); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
	}
	if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) {
		t.Errorf("the subject is still there: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

// A panic of a goroutine of the lab comes out where the screen waits.
func TestPanicComesOut(t *testing.T) {
	s := onScreen(t)
	s.lab.Submit(broken{})
	defer func() {
		crash, _ := recover().(*memops.Crash)
		if crash == nil || crash.Value != "broken" || !bytes.Contains(crash.Stack, []byte("broken.Verb")) {
			t.Errorf("Next panicked with %v", crash)
		}
	}()
	s.until("the panic", func() bool { return false })
}

// What waits behind a command is told, an interrupt ends the one that runs, and the next
// one follows.
func TestQueueIsTold(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 64", "touch a at 1/s")
	s.until("the touch to run", func() bool { return s.state.Running.Line() == "touch a at 1/s" })
	s.submit("mlock a[0]", "say done")
	s.until("two waiting", func() bool { return s.state.Running.Queued == 2 })
	s.lab.Interrupt()
	s.until("the rest", func() bool { k := len(s.state.Events); return k > 0 && s.state.Events[k-1].Note == "done" })
	if e := s.state.Last; e.Call != "mlock" || !e.OK() {
		t.Errorf("the last call is %s", e.Strace())
	}
}
