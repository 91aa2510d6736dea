//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What is asked for is the signal that was sent, and not one from before.
func TestReceiveOwn(t *testing.T) {
	s := started(t)
	for range 10 {
		kill(t, s, unix.SIGSEGV)
		works(t, s) // keeps it
		kill(t, s, unix.SIGFPE)
		if err := s.Actor.ForgetSignals(); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Actor.ReceiveSignal(0); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after all was forgotten: %+v, %v", r, err)
		}
		kill(t, s, unix.SIGILL)
		kill(t, s, unix.SIGBUS)
		if r, err := s.Actor.ReceiveOwn(unix.SIGBUS, startTimeout); err != nil || r.Signal != int32(unix.SIGBUS) {
			t.Errorf("received %+v, %v, want SIGBUS", r, err)
		}
	}
	if err := s.Actor.ForgetSignals(); err != nil {
		t.Fatal(err)
	}
	kill(t, s, unix.SIGILL)
	if r, err := s.Actor.ReceiveOwn(unix.SIGBUS, 5*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("without a SIGBUS: %+v, %v", r, err)
	}
}

// Somebody who sends the same signal all the time keeps none of incore's from its answer.
func TestReceiveOwnAmongOthers(t *testing.T) {
	s := started(t)
	other := exec.Command("sh", "-c", "while kill -FPE "+pidText(s)+"; do :; done")
	if err := other.Start(); err != nil {
		t.Skip(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	if r, err := s.Actor.ReceiveSignal(startTimeout); err != nil || int(uint32(r.Addr)) != other.Process.Pid {
		t.Fatalf("received %+v, %v, want SIGFPE of %d", r, err, other.Process.Pid)
	}
	own, others := 0, 0
	for range 300 {
		if err := s.Actor.ForgetSignals(); err != nil {
			t.Fatal(err)
		}
		if err := s.Signal(unix.SIGFPE); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		r, err := s.Actor.ReceiveOwn(unix.SIGFPE, startTimeout)
		switch {
		case err != nil || r.Signal != int32(unix.SIGFPE) || time.Since(begin) > startTimeout/2:
			t.Fatalf("received %+v, %v after %v", r, err, time.Since(begin))
		case int(uint32(r.Addr)) == os.Getpid():
			own++
		default:
			others++
		}
	}
	t.Logf("%d answers were to this process's signals, %d to another's that had swallowed them", own, others)
	works(t, s)
}

// A signal for a process that is dead is ErrGone, whoever has its PID by then.
func TestSignalOfTheDead(t *testing.T) {
	s := started(t)
	if err := s.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if d := s.Death(); d.Signal != unix.SIGKILL {
		t.Errorf("death = %+v", d)
	}
	if err := s.Signal(unix.SIGKILL); !errors.Is(err, ErrGone) {
		t.Errorf("a signal for the dead = %v, want ErrGone", err)
	}
}
