//go:build linux && (amd64 || arm64)

package subject

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// SendFile gives the subject an open file of incore's and returns the descriptor that it
// has there, which is closed by an execve. Args is used.
func (s *Subject) SendFile(f *os.File) (fd int, err error) {
	c, err := f.SyscallConn()
	if err != nil {
		return -1, err
	}
	var got []uint64
	if cerr := c.Control(func(ours uintptr) { got, err = s.pass(int(ours)) }); cerr != nil {
		err = cerr
	}
	if err != nil {
		return -1, fmt.Errorf("passing %s to the subject: %w", f.Name(), err)
	}
	return int(got[0]), nil
}

// Where recvmsg(2) finds what it needs, in Args: struct msghdr, struct iovec, a byte of
// data, which a message must have, and the descriptors.
const (
	msgHeader  = 0
	msgVector  = 64
	msgData    = 80
	msgControl = 96
)

// pass gives descriptors of incore's to the subject (unix(7), SCM_RIGHTS) and returns
// their numbers there. Where not all arrive, none stay.
func (s *Subject) pass(ours ...int) ([]uint64, error) {
	const tries = 1000 // a signal from outside interrupts the subject's recvmsg
	for i := 1; ; i++ {
		got, err := s.passOnce(ours)
		if i == tries || !errors.Is(err, unix.EINTR) {
			return got, err
		}
	}
}

func (s *Subject) passOnce(ours []int) ([]uint64, error) {
	rights := unix.UnixRights(ours...)
	s.putWords(msgHeader, 0, 0, ArgsAddr+msgVector, 1, ArgsAddr+msgControl, uint64(len(rights)), 0)
	s.putWords(msgVector, ArgsAddr+msgData, 1)
	a := s.Actor
	// First the request, so that the message finds the recvmsg waiting and not the read
	// for the next request.
	if err := a.Send(unix.SYS_RECVMSG, actorFD, ArgsAddr+msgHeader, unix.MSG_CMSG_CLOEXEC); err != nil {
		return nil, err
	}
	err := sendmsg(a.fd, rights)
	if err != nil {
		// One without descriptors lets the subject go on.
		if err := sendmsg(a.fd, nil); err != nil {
			return nil, ErrGone
		}
	}
	r, rerr := a.answer(a.tag)
	switch {
	case rerr != nil:
		return nil, rerr
	case err != nil:
		return nil, fmt.Errorf("sendmsg(SCM_RIGHTS, %d descriptors): %w", len(ours), err)
	case r.Ret < 0:
		return nil, fmt.Errorf("recvmsg(%d, SCM_RIGHTS): %w", actorFD, syscall.Errno(-r.Ret))
	}
	got, err := s.received()
	if err == nil && len(got) < len(ours) {
		// scm_detach_fds (net/core/scm.c) stops at the first that gets no number.
		err = fmt.Errorf("recvmsg(%d, SCM_RIGHTS): %d of %d descriptors arrived, as at the limit on open files: %w",
			actorFD, len(got), len(ours), unix.EMFILE)
	}
	if err != nil {
		return nil, errors.Join(err, s.closeAll(got))
	}
	return got, nil
}

// received reads the descriptors that recvmsg put into Args.
func (s *Subject) received() ([]uint64, error) {
	n := binary.LittleEndian.Uint64(s.Args[msgHeader+40:]) // msg_controllen
	if n == 0 || n > ArgsSize-msgControl {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(append([]byte(nil), s.Args[msgControl:msgControl+n]...))
	if err != nil {
		return nil, fmt.Errorf("recvmsg(%d, SCM_RIGHTS): %w", actorFD, err)
	}
	var got []uint64
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			return got, fmt.Errorf("recvmsg(%d, SCM_RIGHTS): %w", actorFD, err)
		}
		for _, fd := range fds {
			got = append(got, uint64(fd))
		}
	}
	return got, nil
}

// closeAll closes descriptors of the subject.
func (s *Subject) closeAll(fds []uint64) error {
	_, err := s.all(closing(fds)...)
	return err
}

func closing(fds []uint64) (needs []need) {
	for _, fd := range fds {
		needs = append(needs, need{"close", unix.SYS_CLOSE, []uint64{fd}})
	}
	return needs
}

func sendmsg(fd int, control []byte) error {
	for {
		err := unix.Sendmsg(fd, []byte{0}, control, nil, unix.MSG_NOSIGNAL)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
