//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Subject is a running subject.
type Subject struct {
	PID      int     // in the PID namespace of incore; exec keeps it
	Actor    *Thread // makes the calls that the user asks for
	Observer *Thread // asks mincore while the actor is busy

	// Args and StampArea are the parts of the window that the addresses ArgsAddr and
	// StampsAddr name in the subject; Bits are the buffers of SendMincore, the first
	// with the second behind it. Exec replaces them.
	Args      []byte
	StampArea []byte
	Bits      [2][]byte

	*life
	handler uint64 // address of the signal handler
	window  []byte

	mu     sync.Mutex
	closed bool // guarded by mu
}

// startTimeout bounds the wait for a new subject's first reply. It takes about a
// millisecond; the bound is for sandboxes that start the program and let it hang.
const startTimeout = 10 * time.Second

// Start starts a subject and brings it to where it only waits for requests: signals
// are answered, the observer runs, it has no privileges that incore has not, and the
// out-of-memory killer takes it first. The error is a *StepError.
func Start() (*Subject, error) {
	s, err := fromAnySource(start)
	if err != nil {
		return nil, err
	}
	if err := s.setUp(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// fromAnySource tries one kind of executable after the other.
func fromAnySource(start func(source, program) (*Subject, error)) (*Subject, error) {
	prog, err := newProgram()
	if err != nil {
		return nil, step("reading the subject's code", err)
	}
	if err := ownProc(); err != nil {
		return nil, step("finding itself in /proc", err)
	}
	wall.start()
	var failed []error
	for _, src := range sources() {
		s, err := start(src, prog)
		if err == nil {
			return s, nil
		}
		failed = append(failed, err)
		var exec *execError
		if !errors.As(err, &exec) {
			break // not the file's fault: another file fails as well
		}
	}
	return nil, failed[0]
}

// execError marks a failure that another kind of file may avoid.
type execError struct{ err error }

func (e *execError) Error() string { return e.err.Error() }
func (e *execError) Unwrap() error { return e.err }

// start starts a subject from one kind of executable.
func start(src source, prog program) (*Subject, error) {
	k, err := newKit()
	if err != nil {
		return nil, err
	}
	// A process group of its own keeps the terminal's ctrl+c from it.
	return k.start(src, prog, "incore-subject", &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL})
}

// start starts the process that the kit is for, or discards the kit.
func (k *kit) start(src source, prog program, name string, attr *syscall.SysProcAttr) (s *Subject, err error) {
	defer func() {
		if err != nil {
			k.discard()
		}
	}()
	file, err := src.open(prog.content)
	if err != nil {
		return nil, step(src.step, &execError{err})
	}
	defer file.Close()
	l, err := launch(file, name, k.files, attr)
	if err != nil {
		failed := &StepError{Step: src.step, Err: &execError{err}}
		if errors.Is(err, unix.EACCES) {
			failed.Why = whyShut()
		}
		return nil, failed
	}
	k.closeFiles()
	return k.subject(l, prog.handler), nil
}

// Close ends the subject and gives back all that it took. Neither thread may be in
// use, and neither may be used afterwards.
func (s *Subject) Close() error {
	s.Hangup()
	<-s.gone
	return s.release()
}

// release gives back what incore holds of the subject.
func (s *Subject) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	for _, t := range s.threads() {
		errs = append(errs, unix.Close(t.fd))
	}
	return errors.Join(append(errs, unix.Munmap(s.window))...)
}

// threads are those that the subject has: a keeper has no observer.
func (s *Subject) threads() []*Thread {
	if s.Observer == nil {
		return []*Thread{s.Actor}
	}
	return []*Thread{s.Actor, s.Observer}
}

// Hangup ends the subject without waiting: it reads the end of its sockets, and is
// killed besides, since a thread deep in a call reads nothing. Goroutines that wait
// for a reply get ErrGone.
func (s *Subject) Hangup() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	_ = s.process.Kill() // fails where it has ended
	for _, t := range s.threads() {
		_ = unix.Shutdown(t.fd, unix.SHUT_RDWR)
	}
}
