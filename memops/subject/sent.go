//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// maxSignals is how many signals a thread keeps until they are asked for; older ones are
// forgotten.
const maxSignals = 16

func (t *Thread) keepSignal(r Reply) {
	if len(t.signals) == maxSignals {
		t.signals = append(t.signals[:0], t.signals[1:]...)
	}
	t.signals = append(t.signals, r)
}

// ReceiveSignal returns the next caught signal that somebody sent to the actor with
// kill(2), tgkill(2) or sigqueue(3): Signal, Code (SI_USER and the like, none above 0), Addr
// (who sent it) and PC (what it struck) are set. Such a signal ends nothing: a loop that it
// strikes goes on, and a system call ends as signal(7) has it, with EINTR or not at all. The
// signals are told in their order; those that came while Call waited for a reply come first.
//
// No request may be under way. Without a signal ReceiveSignal waits for timeout, and then
// the error is os.ErrDeadlineExceeded; a subject that dies of the signal makes it ErrGone.
func (t *Thread) ReceiveSignal(timeout time.Duration) (Reply, error) {
	if len(t.signals) > 0 {
		r := t.signals[0]
		t.signals = t.signals[1:]
		return r, nil
	}
	if err := t.readable(timeout); err != nil {
		return Reply{}, err
	}
	r, err := t.receive()
	if err == nil && r.Signal == 0 {
		err = fmt.Errorf("the subject answered request %d, where a signal was waited for", r.Tag)
	}
	return r, err
}

// Signal sends the process a signal, as kill(2) does, and never another one that got its PID:
// it goes by the pidfd, or where the kernel has none (before Linux 5.4) while nobody waits for
// the process. The error is ErrGone where it is dead.
func (s *Subject) Signal(sig unix.Signal) error {
	err := s.process.Signal(sig)
	if errors.Is(err, os.ErrProcessDone) {
		return ErrGone
	}
	return err
}

// OwnsPID reports whether the PID is still the process's: as long as nobody has waited for it
// no other can get it. What was found by the PID before is then of this process.
func (s *Subject) OwnsPID() bool { return s.Signal(0) == nil }

// ForgetSignals forgets the signals that ReceiveSignal would return, those included that were
// sent before ForgetSignals was called and are pending.
func (t *Thread) ForgetSignals() error {
	err := t.settle()
	t.signals = nil
	return err
}

// settle has all that is pending told and kept: a signal is delivered before a call of the
// thread returns, so its message comes before the reply.
func (t *Thread) settle() error {
	_, err := t.Call(unix.SYS_GETPID)
	return err
}

// ReceiveOwn is ReceiveSignal for a signal that incore itself has sent by now, and passes over
// all others. Of a signal that is pending already no second one is queued (signal(7)): where
// somebody else's has swallowed incore's, that one is returned.
func (t *Thread) ReceiveOwn(sig unix.Signal, timeout time.Duration) (Reply, error) {
	own := func(r Reply) bool {
		return unix.Signal(r.Signal) == sig && r.Code <= 0 && int(uint32(r.Addr)) == os.Getpid()
	}
	for end := time.Now().Add(timeout); ; {
		r, err := t.ReceiveSignal(time.Until(end))
		if err != nil || own(r) {
			return r, err
		}
		if unix.Signal(r.Signal) == sig && r.Code <= 0 {
			if err := t.settle(); err != nil {
				return Reply{}, err
			}
			if i := slices.IndexFunc(t.signals, own); i >= 0 {
				r, t.signals = t.signals[i], t.signals[i+1:]
			}
			return r, nil
		}
		if time.Now().After(end) {
			return Reply{}, os.ErrDeadlineExceeded
		}
	}
}

// readable waits until receive does not have to.
func (t *Thread) readable(timeout time.Duration) error {
	for end := time.Now().Add(timeout); ; {
		left := max(time.Until(end), 0)
		// Rounded up, so that less than a millisecond is not a loop that never sleeps.
		ms := int((left + time.Millisecond - 1) / time.Millisecond)
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(t.fd), Events: unix.POLLIN}}, ms)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return fmt.Errorf("poll of the subject's socket: %w", err)
		case n > 0:
			return nil
		case left == 0:
			return os.ErrDeadlineExceeded
		}
	}
}
