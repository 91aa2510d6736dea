//go:build linux && (amd64 || arm64)

package subject

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// ExecName is the one argument that the program gets.
const ExecName = "incore-subject"

// ExecPath is what Exec has the subject execute: the file that it runs already, which has
// no other name. It is of a kind that this system allows to be executed, or the subject
// would not have started.
const ExecPath = "/proc/self/exe"

// Where Exec puts what execve(2) needs, in Args: the path, argv's one string, argv, envp.
const (
	execPath = 0
	execName = 32
	execArgv = 64
	execEnvp = 80
)

// stampBefore is where in a block the reply's stamp before the call is, from before the call on.
const stampBefore = 0x88

// Exec has the process execute its own program again, with one argument and an empty
// environment: everything that it had mapped or locked is gone, the PID stays. The program
// gets a new window: Args, StampArea and Bits are others afterwards, and the observer is
// another thread. Neither thread may be in use meanwhile.
//
// The reply is that of execve(2). Where it failed, Ret is a negative errno and nothing has
// changed. Where it worked, Ret is 0, Before is the stamp before the call, and After that of
// the new program when it had its window and read the first request. After an error the
// subject is as it was, or dead.
func (s *Subject) Exec() (Reply, error) {
	return s.ExecAround(func(execve func() error) error { return execve() })
}

// ExecAround is Exec with a look at the process right before the call and right
// after it: around is called once, and calls execve, whose error it returns. Between the two
// lies what Before and After of the reply lie around, and nothing of what Exec does besides.
func (s *Subject) ExecAround(around func(execve func() error) error) (r Reply, err error) {
	const what = "the program cannot be executed again"
	file, mem, err := newMemory(WindowSize)
	if err != nil {
		return r, failed(what, err)
	}
	mem[actorBlock], mem[observerBlock] = actorFD, observerFD
	got, err := s.pass(int(file.Fd()))
	file.Close()
	if err != nil {
		return r, errors.Join(failed(what, step("passing descriptors", err)), unix.Munmap(mem))
	}
	// The new program looks for its window at the old one's descriptor.
	kept, err := s.replaceWindow(got[0])
	if err == nil {
		err = around(func() (err error) {
			r, err = s.execve()
			return err
		})
	}
	if err == nil && r.Ret < 0 {
		err = s.restoreWindow(kept, got[0])
	}
	if err != nil || r.Ret < 0 {
		return r, errors.Join(failed(what, err), unix.Munmap(mem))
	}
	// The kernel has closed got and kept.
	err = unix.Munmap(s.setWindow(mem))
	defer s.bounded()()
	if _, derr := s.all(dieWithIncore); err == nil {
		err = derr
	}
	if err == nil {
		err = s.prepare("incore-subject")
	}
	if err != nil {
		s.Hangup()
	}
	return r, failed(what, err)
}

// replaceWindow makes window the descriptor that a new program maps, and returns where the
// one before is kept.
func (s *Subject) replaceWindow(window uint64) (kept uint64, err error) {
	kept, err = s.result("fcntl F_DUPFD_CLOEXEC", unix.SYS_FCNTL, windowFD, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return 0, errors.Join(err, s.closeAll([]uint64{window}))
	}
	return kept, s.must("dup3 of the window", unix.SYS_DUP3, window, windowFD, 0)
}

// restoreWindow undoes replaceWindow, and closes window.
func (s *Subject) restoreWindow(kept, window uint64) error {
	if err := s.must("dup3 of the window", unix.SYS_DUP3, kept, windowFD, 0); err != nil {
		return err
	}
	return s.closeAll([]uint64{kept, window})
}

// execve makes the call. Who answers the request behind it tells how it went: a call that
// worked returns nowhere.
func (s *Subject) execve() (Reply, error) {
	s.putText(execPath, ExecPath)
	s.putText(execName, ExecName)
	s.putWords(execArgv, ArgsAddr+execName, 0)
	s.putWords(execEnvp, 0)
	a := s.Actor
	if err := a.Send(unix.SYS_EXECVE, ArgsAddr+execPath, ArgsAddr+execArgv, ArgsAddr+execEnvp); err != nil {
		return Reply{}, err
	}
	tag := a.tag
	if err := a.Send(unix.SYS_GETPID); err != nil {
		return Reply{}, err
	}
	r, err := a.answer(tag, a.tag)
	if err != nil || r.Tag == tag {
		if err == nil {
			_, err = a.answer(a.tag)
		}
		return r, err
	}
	before := binary.LittleEndian.Uint64(s.window[actorBlock+stampBefore:])
	return Reply{Before: before, After: r.Before, Tag: tag}, nil
}
