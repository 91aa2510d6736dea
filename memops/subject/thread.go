//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ErrGone is returned once the subject does not answer any more because it is dead
// or closed. Wait tells what became of it.
var ErrGone = errors.New("the subject is gone")

// Thread is one thread of the subject: the actor or the observer. Its methods are
// for one goroutine at a time.
type Thread struct {
	TID int // thread ID

	fd  int // incore's end of the socket pair; blocking, so that a reply wakes the reader directly
	tag uint64
	out [FrameSize]byte
	in  [FrameSize]byte
}

// Send hands a request over and does not wait for the reply. The requests of one
// thread are answered in order; some dozens may wait.
func (t *Thread) Send(number uint64, args ...uint64) error {
	t.tag++
	r := Request{Number: number, Tag: t.tag}
	copy(r.Args[:], args)
	r.encode(&t.out)
	for {
		_, err := unix.Write(t.fd, t.out[:])
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EPIPE), errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.EBADF):
			return ErrGone
		default:
			return fmt.Errorf("write to the subject: %w", err)
		}
	}
}

// Receive waits for the next reply.
func (t *Thread) Receive() (Reply, error) {
	for {
		n, err := unix.Read(t.fd, t.in[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.EBADF), err == nil && n == 0:
			return Reply{}, ErrGone
		case err != nil:
			return Reply{}, fmt.Errorf("read from the subject: %w", err)
		default:
			return decodeReply(t.in[:n])
		}
	}
}

// Poll is Receive for a reply that is about to come: it asks for up to spin before it
// sleeps. Waking a sleeper costs the subject more than a short call does, above all in a
// virtual machine, so a reader of many short replies does well not to sleep.
func (t *Thread) Poll(spin time.Duration) (Reply, error) {
	for begin := time.Now(); time.Since(begin) < spin; {
		for range 16 {
			// A call that does not block, so the scheduler need not hear of it.
			n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(t.fd),
				uintptr(unsafe.Pointer(&t.in)), FrameSize, unix.MSG_DONTWAIT, 0, 0)
			if errno == 0 && n == FrameSize {
				return decodeReply(t.in[:])
			}
			if errno != unix.EAGAIN {
				return t.Receive()
			}
		}
	}
	return t.Receive()
}

// Call sends a request and waits for its reply. The error is about the exchange; what
// the kernel said of the call is in the reply.
func (t *Thread) Call(number uint64, args ...uint64) (Reply, error) {
	if err := t.Send(number, args...); err != nil {
		return Reply{}, err
	}
	r, err := t.Receive()
	if err == nil && r.Tag != t.tag {
		err = fmt.Errorf("the subject answered request %d, not %d", r.Tag, t.tag)
	}
	return r, err
}
