//go:build linux && (amd64 || arm64)

package subject

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// Peek fills b, which is shorter than a message, with what the subject's memory holds from addr on.
// The observer sends it: the kernel loads the bytes as it does those of any message, through the
// subject's page table, and answers EFAULT where a program would be answered with a signal. Of
// the page it takes no reference. ptrace(2), process_vm_readv(2) and /proc/PID/mem do take one,
// and mark the page as accessed with it (mm/gup.c, FOLL_GET and FOLL_TOUCH).
func (s *Subject) Peek(addr uint64, b []byte) error {
	t := s.Observer
	if len(b) == 0 || len(b) >= MessageSize {
		return fmt.Errorf("%d bytes cannot be told from a message of %d", len(b), MessageSize)
	}
	if err := t.Send(unix.SYS_WRITE, observerFD, addr, uint64(len(b))); err != nil {
		return err
	}
	for sent := false; ; {
		n, err := t.read()
		if err != nil {
			return err
		}
		if n == len(b) {
			copy(b, t.in[:n])
			sent = true
			continue
		}
		r, err := decodeReply(t.in[:n])
		switch {
		case err != nil:
			return err
		case r.Tag != t.tag: // a signal that somebody sent
			t.keepSignal(r)
		case r.Ret < 0:
			return syscall.Errno(-r.Ret)
		case !sent:
			return fmt.Errorf("the subject sent %d bytes, not %d", r.Ret, len(b))
		default:
			return nil
		}
	}
}
