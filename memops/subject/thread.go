//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"math/bits"
	"os"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ErrGone is returned once the subject does not answer any more because it is dead
// or closed. Death tells what became of it.
var ErrGone = errors.New("the subject is gone")

// Thread is one thread of the subject: the actor or the observer. Its methods are
// for one goroutine at a time.
type Thread struct {
	TID int // thread ID

	fd  int // incore's end of the socket pair; blocking, so that a reply wakes the reader directly
	tag uint64
	out [MessageSize]byte
	in  [MessageSize]byte

	signals []Reply // that came before a reply, at most maxSignals: see ReceiveSignal
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
		case errors.Is(err, unix.EPIPE), hungUp(err):
			return ErrGone
		default:
			return fmt.Errorf("write to the subject: %w", err)
		}
	}
}

// hungUp reports whether an error tells that the other end is gone, or this one is closed. On Linux 5.10 a write that meets
// the end of the other side was answered with ECONNREFUSED; after that the socket has no peer, which is ENOTCONN
// (net/unix/af_unix.c, unix_dgram_sendmsg).
func hungUp(err error) bool {
	return slices.ContainsFunc([]error{unix.ECONNRESET, unix.EBADF, unix.ECONNREFUSED, unix.ENOTCONN}, func(e error) bool { return errors.Is(err, e) })
}

// Receive waits for the next reply.
func (t *Thread) Receive() (Reply, error) {
	for {
		r, err := t.receive()
		if err != nil || r.Tag != sentTag {
			return r, err
		}
		t.keepSignal(r)
	}
}

// receive waits for the next message, be it a reply or a signal's.
func (t *Thread) receive() (Reply, error) {
	n, err := t.read()
	if err != nil {
		return Reply{}, err
	}
	return decodeReply(t.in[:n])
}

// read waits for the next message and returns how long it is.
func (t *Thread) read() (int, error) {
	for {
		n, err := unix.Read(t.fd, t.in[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case hungUp(err), err == nil && n == 0:
			return 0, ErrGone
		case err != nil:
			return 0, fmt.Errorf("read from the subject: %w", err)
		default:
			return n, nil
		}
	}
}

// take is receive for a message that is there already. Where there is none, wait tells
// whether one may come; if not, receive tells why.
func (t *Thread) take() (r Reply, ok, wait bool) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(t.fd),
		uintptr(unsafe.Pointer(&t.in)), MessageSize, unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 || n != MessageSize {
		return Reply{}, false, errno == unix.EAGAIN
	}
	r, err := decodeReply(t.in[:])
	return r, err == nil, false
}

// Poll is Receive for a reply that is about to come: it asks for up to spin before it
// sleeps. A goroutine that sleeps in a call for more than some 20 µs has the runtime
// hand its processor to another thread, which costs more than the wait.
func (t *Thread) Poll(spin time.Duration) (Reply, error) {
	for begin := time.Now(); time.Since(begin) < spin; {
		r, ok, wait := t.take()
		if ok && r.Tag != sentTag {
			return r, nil
		}
		if ok {
			t.keepSignal(r)
		} else if !wait {
			break
		}
	}
	return t.Receive()
}

// SendMincore has the thread ask mincore(2) about pages pages, at most BitsPages, from
// addr on, and leave the answers in buffer i (0 or 1), a bit a page, the lowest first; from
// buffer 0 on, twice as many pages fill both. It
// is one request instead of one for every 4096 pages, and an eighth of the memory. The
// reply's Ret is the number of pages, or a negative errno.
func (t *Thread) SendMincore(addr uint64, pages int64, i int) error {
	const gather = 0x0102040810204080 // for arm64, where a large constant would lie outside of the code
	return t.Send(mincore, addr, uint64(pages), WindowAddr+vectorOffset,
		uint64(WindowAddr+bitsOffset+i*bitsSize), pageShift, gather)
}

// pageShift is the logarithm of the page size.
var pageShift = uint64(bits.TrailingZeros(uint(os.Getpagesize())))

// Call sends a request and waits for its reply. The error is about the exchange; what
// the kernel said of the call is in the reply. A signal that somebody sent meanwhile is no
// reply: ReceiveSignal has it.
func (t *Thread) Call(number uint64, args ...uint64) (Reply, error) {
	if err := t.Send(number, args...); err != nil {
		return Reply{}, err
	}
	return t.answer(t.tag)
}

// answer waits for the reply to a request with one of the tags.
func (t *Thread) answer(tags ...uint64) (Reply, error) {
	for {
		r, err := t.Receive()
		if err != nil || slices.Contains(tags, r.Tag) {
			return r, err
		}
		if r.Signal == 0 {
			return r, fmt.Errorf("the subject answered request %d, not %d", r.Tag, tags)
		}
		// One that the kernel raised while the thread waited for a request, such as
		// SIGBUS for a memory error (BUS_MCEERR_AO), is told with the last request's tag.
		t.keepSignal(r)
	}
}
