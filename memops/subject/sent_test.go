//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const siUser = 0 // SI_USER

// sentHere fails where a signal is not one that this process sent.
func sentHere(t testing.TB, s *Subject, sig unix.Signal) {
	t.Helper()
	r, err := s.Actor.ReceiveSignal(startTimeout)
	if err != nil || r.Signal != int32(sig) || r.Code != siUser || uint32(r.Addr) != uint32(os.Getpid()) || r.Addr>>32 != uint64(os.Getuid()) {
		t.Errorf("received %+v, %v, want %v, SI_USER from %d", r, err, sig, os.Getpid())
	}
}

func kill(t testing.TB, s *Subject, sig unix.Signal) {
	t.Helper()
	if err := s.process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// A signal that somebody sends is told beside the replies, whether it is asked for or not.
func TestReceiveSignal(t *testing.T) {
	s := started(t)
	for _, p := range []*Subject{s, forked(t, s)} {
		for _, sig := range caught {
			kill(t, p, sig)
			sentHere(t, p, sig)
			works(t, p)
		}
		kill(t, p, unix.SIGBUS)
		works(t, p)
		sentHere(t, p, unix.SIGBUS)
		for _, wait := range []time.Duration{0, 5 * time.Millisecond} {
			begin := time.Now()
			if r, err := p.Actor.ReceiveSignal(wait); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) < wait {
				t.Errorf("without a signal: %+v, %v after %v", r, err, time.Since(begin))
			}
		}
	}
	executed(t, s)
	kill(t, s, unix.SIGSEGV)
	sentHere(t, s, unix.SIGSEGV)
}

// What it strikes goes on: a loop to its end, an interruptible call to EINTR.
func TestSignalStrikesNothing(t *testing.T) {
	s := started(t)
	const pages = 4096
	a := mapped(t, s, pages, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	for _, loop := range []uint64{TouchWrite, TouchRead, TouchExec} {
		if err := s.Actor.Send(loop, a, pageSize, pages, 0); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			kill(t, s, unix.SIGTRAP)
		}
		if r, err := s.Actor.Receive(); err != nil || r.Done != pages || r.Signal != 0 {
			t.Errorf("loop %d = %+v, %v, want all %d pages", loop-TouchRead, r, err, pages)
		}
		if len(s.Actor.signals) == 0 {
			sentHere(t, s, unix.SIGTRAP)
		}
		works(t, s)
		s.Actor.signals = nil
		for _, err := s.Actor.ReceiveSignal(0); err == nil; _, err = s.Actor.ReceiveSignal(0) {
		}
	}
	s.putWords(0, 1000, 0) // seconds, which end with the signal or the test
	if err := s.Actor.Send(unix.SYS_NANOSLEEP, ArgsAddr, 0); err != nil {
		t.Fatal(err)
	}
	sleeps(t, s)
	kill(t, s, unix.SIGFPE)
	if r, err := s.Actor.Receive(); err != nil || r.Ret != -int64(unix.EINTR) || r.Signal != 0 {
		t.Errorf("nanosleep = %+v, %v, want EINTR", r, err)
	}
	sentHere(t, s, unix.SIGFPE)
}

// sleeps waits until the actor is in nanosleep.
func sleeps(t *testing.T, s *Subject) {
	t.Helper()
	for end := time.Now().Add(startTimeout); ; time.Sleep(time.Millisecond) {
		text, err := os.ReadFile(filepath.Join("/proc", pidText(s), "syscall"))
		if err != nil {
			t.Skipf("whether a call is under way cannot be told here: %v", err)
		}
		if inCall(string(text), unix.SYS_NANOSLEEP) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the actor does not sleep: %s", text)
		}
	}
}

// Signals that come at any time, several at once, disturb no exchange.
func TestSignalsAnyTime(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	sent := make(chan int)
	over := make(chan struct{})
	defer func() {
		close(over)
		t.Logf("%d signals", <-sent)
	}()
	go func() {
		n := 0
		defer func() { sent <- n }()
		for ; ; n++ {
			select {
			case <-over:
				return
			default:
				_ = s.process.Signal(caught[n%len(caught)])
				// So that the subject has some time for itself.
				for begin := time.Now(); time.Since(begin) < 20*time.Microsecond; {
				}
			}
		}
	}()
	a := mapped(t, s, 16, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	b := mapped(t, s, 1, unix.PROT_NONE)
	for range 300 {
		if r := call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID {
			t.Fatalf("getpid = %+v", r)
		}
		if r := call(t, s, TouchExec, a, pageSize, 16, StampsAddr); r.Done != 16 {
			t.Fatalf("touch exec = %+v", r)
		}
		if r := call(t, s, TouchRead, b, pageSize, 1, 0); r.Signal != int32(unix.SIGSEGV) || r.Code <= 0 || r.Addr != b {
			t.Fatalf("touch of PROT_NONE = %+v", r)
		}
		fd, err := s.SendFile(os.Stdin)
		if err != nil {
			t.Fatal(err)
		}
		if r := call(t, s, unix.SYS_CLOSE, uint64(fd)); r.Ret != 0 {
			t.Fatalf("close = %+v", r)
		}
	}
	for range 10 {
		child, r, err := s.Fork()
		if err != nil {
			t.Fatalf("fork = %+v, %v", r, err)
		}
		works(t, child)
		if err := child.Close(); err != nil {
			t.Error(err)
		}
	}
	works(t, s)
	hasOwn(t, s)
}

func TestCatchSignal(t *testing.T) {
	s := started(t)
	child := forked(t, s)
	for _, catch := range []bool{false, true, false} {
		if r, err := s.CatchSignal(unix.SIGSEGV, catch); err != nil || r.Ret != 0 {
			t.Fatalf("rt_sigaction = %+v, %v", r, err)
		}
		if catch {
			kill(t, s, unix.SIGSEGV)
			sentHere(t, s, unix.SIGSEGV)
			works(t, s)
		}
	}
	if r, err := s.CatchSignal(unix.SIGKILL, false); err != nil || r.Ret != -int64(unix.EINVAL) {
		t.Errorf("rt_sigaction of SIGKILL = %+v, %v, want EINVAL", r, err)
	}
	if _, err := s.Actor.Call(TouchRead, 0, 1, 1, 0); !errors.Is(err, ErrGone) {
		t.Errorf("touch of address 0 with SIG_DFL = %v, want ErrGone", err)
	}
	if d := s.Death(); d.Signal != unix.SIGSEGV {
		t.Errorf("death = %+v, want SIGSEGV", d)
	}
	works(t, child) // forked before, it catches
	if r, err := child.CatchSignal(unix.SIGSEGV, false); err != nil || r.Ret != 0 {
		t.Fatalf("rt_sigaction = %+v, %v", r, err)
	}
	kill(t, child, unix.SIGSEGV)
	if r, err := child.Actor.ReceiveSignal(startTimeout); !errors.Is(err, ErrGone) {
		t.Errorf("a signal that is not caught = %+v, %v, want ErrGone", r, err)
	}
}

// What the kernel raises between two requests comes with the tag of the one before.
func TestStrayMessage(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	write := func(tag uint64, ret int64, sig unix.Signal) {
		t.Helper()
		var b [MessageSize]byte
		(Request{Number: uint64(ret), Args: [6]uint64{2: uint64(sig)}, Tag: tag}).encode(&b)
		if _, err := unix.Write(pair[1], b[:]); err != nil {
			t.Fatal(err)
		}
	}
	a := &Thread{fd: pair[0], tag: 6}
	write(6, -1, unix.SIGBUS)
	for range maxSignals {
		write(sentTag, 0, unix.SIGSEGV)
	}
	write(7, 42, 0)
	if r, err := a.Call(unix.SYS_GETPID); err != nil || r.Ret != 42 {
		t.Errorf("call = %+v, %v, want 42", r, err)
	}
	for range maxSignals { // the oldest was forgotten
		if r, err := a.ReceiveSignal(0); err != nil || unix.Signal(r.Signal) != unix.SIGSEGV {
			t.Errorf("the signal before it = %+v, %v, want SIGSEGV", r, err)
		}
	}
	write(sentTag, 0, unix.SIGSEGV)
	write(7, 43, 0)
	if r, err := a.Poll(time.Second); err != nil || r.Ret != 43 || len(a.signals) != 1 {
		t.Errorf("poll = %+v, %v, %d signals, want 43 and 1", r, err, len(a.signals))
	}
	write(3, 44, 0)
	if r, err := a.Call(unix.SYS_GETPID); err == nil {
		t.Errorf("a reply to another request = %+v", r)
	}
}
