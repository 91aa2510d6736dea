//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"os"
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
