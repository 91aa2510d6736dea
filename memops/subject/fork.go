//go:build linux && (amd64 || arm64)

package subject

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ForkFlags are the flags of the clone(2) that Fork makes. With CLONE_PARENT incore is the
// child's parent, as it is the subject's: it can wait for the child, the child lives on where
// the one that forked it dies, and is killed when incore dies (see family).
// CLONE_PARENT_SETTID has the PID written into the window before the child runs (kernel_clone
// in kernel/fork.c), where incore finds it even if the subject dies before it answers.
const ForkFlags = uint64(unix.CLONE_PARENT | unix.CLONE_PARENT_SETTID | unix.SIGCHLD)

// childPID is where in the actor's block the PID of the last child is.
const childPID = 0xd0

// Fork makes a child of the subject's process, as fork(2) does, and brings it to where it
// waits for requests. It has all that the subject had, with a window and sockets of its own
// in the place of the subject's. The subject's Args is used.
//
// The reply is that of the clone call, as the subject got it: its Ret is the child's PID, or
// a negative errno, which is not an error of Fork; the child is then nil. An error is about the
// exchange or about what the child needs afterwards, such as an observer: ErrGone is the
// subject's own end, and *ChildError that of the child. Whatever fails, nothing stays behind,
// in the subject or here.
func (s *Subject) Fork() (child *Subject, r Reply, err error) { return s.clone(ForkFlags) }

func (s *Subject) clone(flags uint64) (child *Subject, r Reply, err error) {
	const what = "the child cannot be set up"
	if !s.family.join() {
		return nil, r, ErrGone
	}
	joined := true
	defer func() {
		if joined {
			s.family.leave()
		}
	}()
	k, err := newKit()
	if err != nil {
		return nil, r, failed(what, err)
	}
	got, err := s.pass(k.fd(windowFD), k.fd(actorFD), k.fd(observerFD))
	if err != nil {
		k.discard()
		return nil, r, failed(what, step("passing descriptors", err))
	}
	k.closeFiles()
	pid := s.window[actorBlock+childPID:][:4]
	clear(pid)
	r, err = s.Actor.Call(fork, flags, got[0], got[1], got[2])
	if err != nil {
		// The subject died in the call. It may have made a child all the same.
		s.Hangup()
		<-s.gone
		r = Reply{Ret: int64(binary.LittleEndian.Uint32(pid))}
	} else if cerr := s.closeAll(got); !errors.Is(cerr, ErrGone) { // a child outlives its parent
		err = cerr
	}
	if r.Ret <= 0 {
		k.discard()
		return nil, r, err
	}
	l, lerr := born(int(r.Ret), s.family)
	if lerr != nil {
		k.discard()
		return nil, r, fmt.Errorf("%s: pidfd_open(%d): %w", what, r.Ret, lerr)
	}
	joined = false // the life is, until it ends
	child = k.subject(l, s.handler)
	if err == nil {
		err = child.setUpChild(got)
		if errors.Is(err, ErrGone) {
			err = child.diedYoung()
		} else {
			err = failed(what, err)
		}
	}
	if err != nil {
		return nil, r, errors.Join(err, child.Close())
	}
	return child, r, nil
}

// ChildError says that a child died before it waited for requests. It does not wrap ErrGone:
// the one that forked it lives on.
type ChildError struct {
	PID   int   // that it had
	Death Death // how it ended
}

// Error is "the child died as it was set up: killed by SIGKILL".
func (e *ChildError) Error() string {
	if e.Death.Signal != 0 {
		return "the child died as it was set up: killed by " + unix.SignalName(e.Death.Signal)
	}
	return fmt.Sprintf("the child died as it was set up: exit code %d", e.Death.Code)
}

// diedYoung is the error of a child that answers no more, with how it died.
func (s *Subject) diedYoung() error {
	// Its sockets end when it exits, which is a little before it can be waited for.
	s.Hangup()
	return &ChildError{PID: s.PID, Death: s.Death()}
}

// setUpChild does for a child what it did not inherit, beginning with its first word. It
// also has the descriptors that its parent was passed.
func (s *Subject) setUpChild(passed []uint64) error {
	defer s.bounded()()
	if _, err := s.Actor.Receive(); err != nil {
		return step("first reply", err)
	}
	// Its window takes the place of its parent's.
	needs := []need{dieWithIncore, {"dup3 of the window", unix.SYS_DUP3, []uint64{passed[0], windowFD, 0}}}
	needs = append(append(needs, closing(passed)...), touchWindow...)
	if _, err := s.all(needs...); err != nil {
		return err
	}
	return s.startObserver()
}
