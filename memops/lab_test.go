//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/model"
	"incore/model/lang"
)

// mainOf is the first process of a session.
func mainOf(l *Lab) *process { return l.process(model.Main) }

// opened is a Lab that a test drives as a script does.
func opened(t testing.TB, o Options) *Lab {
	t.Helper()
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

// do runs one line and returns the event of the command's own call.
func do(t testing.TB, l *Lab, line string) model.Event {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	if asksZeroPage(c) {
		needsZeroPage(t)
	}
	var e model.Event
	for _, item := range l.Do(context.Background(), c) {
		switch it := item.(type) {
		case model.Event:
			if !it.Aside {
				e = it
			}
		case model.Checked:
			if !it.OK {
				t.Errorf("%s: %s", it.Expect, it.Got)
			}
		}
	}
	return e
}

// asksZeroPage reports whether a command expects pages to be the zero page.
func asksZeroPage(c model.Command) bool {
	if in, ok := c.(lang.In); ok {
		c = in.Do
	}
	asked, ok := c.(lang.Expect)
	return ok && asked.Kind != lang.ExpectNo && slices.Contains(asked.States, "zero")
}

// needsZeroPage skips a test of the zero page where this kernel maps none.
func needsZeroPage(t testing.TB) {
	t.Helper()
	if !kernel.Probe().ZeroPage {
		t.Skip("this kernel maps no zero page: a read of private memory gets a page of its own")
	}
}

// zeroOrOwn is the state of a page of private memory that was read and never written, as the end of an expect.
func zeroOrOwn() string {
	if kernel.Probe().ZeroPage {
		return " zero"
	}
	return " exclusive"
}

// ok runs lines that must all succeed; an expect among them must hold.
func ok(t testing.TB, l *Lab, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if e := do(t, l, line); !e.OK() {
			t.Errorf("%s: %s %v %s", line, e.Errno, e.Signal, e.Refused)
		}
	}
}

var pageBytes = int64(os.Getpagesize())

func TestMapTouchLock(t *testing.T) {
	l := opened(t, Options{})
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
	l, err := Open(t.Context(), Options{Sampling: true})
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, lab: l}
	s.submit("mmap a 10000", "touch a at 1000/s", "wait 1h", "reset")
	s.until("some pages", func() bool { return s.resident() > 10 })
	pid := mainOf(l).sub.PID
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
		crash, _ := recover().(*Crash)
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
