//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Subject is a running subject.
type Subject struct {
	PID      int
	Actor    *Thread // makes the calls that the user asks for
	Observer *Thread // asks mincore while the actor is busy

	// Args and StampArea are the parts of the window that the addresses ArgsAddr and
	// StampsAddr name in the subject; Bits are the buffers of SendMincore, the first
	// with the second behind it.
	Args      []byte
	StampArea []byte
	Bits      [2][]byte

	handler uint64 // address of the signal handler
	window  []byte
	gone    chan struct{}
	death   Death
	process *os.Process

	mu     sync.Mutex
	closed bool // guarded by mu
}

// Death is how a subject ended.
type Death struct {
	Signal syscall.Signal // what killed it, or 0
	Code   int            // exit code where no signal did
}

// startTimeout bounds the wait for a new subject's first reply. It takes about a
// millisecond; the bound is for sandboxes that start the program and let it hang.
const startTimeout = 10 * time.Second

// Start starts a subject and brings it to where it only waits for requests: signals
// are answered, the observer runs, it has no privileges that incore has not, and the
// out-of-memory killer takes it first. The error is a *StepError.
func Start() (*Subject, error) {
	text, handler, err := code()
	if err != nil {
		return nil, step("reading the subject's code", err)
	}
	content := image(text, elfMachine())
	wall.start()
	var failed []error
	for _, src := range sources() {
		s, err := start(src, content)
		if err == nil {
			s.handler = entryAddr + uint64(handler)
			if err := s.setUp(); err != nil {
				return nil, errors.Join(err, s.Close())
			}
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

func start(src source, content []byte) (s *Subject, err error) {
	file, err := src.open(content)
	if err != nil {
		return nil, step(src.step, &execError{err})
	}
	defer file.Close()

	var fds []int // closed again where a later step fails
	defer func() {
		if err != nil {
			for _, fd := range fds {
				unix.Close(fd)
			}
		}
	}()
	windowFile, mem, err := newWindow()
	if err != nil {
		return nil, err
	}
	defer windowFile.Close()
	defer func() {
		if err != nil {
			unix.Munmap(mem)
		}
	}()

	actor, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, step("socketpair", err)
	}
	observer, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		fds = append(fds, actor[0], actor[1])
		return nil, step("socketpair", err)
	}
	fds = append(fds, actor[0], observer[0])
	actorEnd, observerEnd := os.NewFile(uintptr(actor[1]), "actor"), os.NewFile(uintptr(observer[1]), "observer")
	defer actorEnd.Close()
	defer observerEnd.Close()

	s = &Subject{
		Actor: &Thread{fd: actor[0]}, Observer: &Thread{fd: observer[0]},
		Args:      mem[argsOffset : argsOffset+ArgsSize],
		StampArea: mem[stampsOffset : stampsOffset+4*Stamps],
		window:    mem, gone: make(chan struct{}),
	}
	for i := range s.Bits {
		s.Bits[i] = mem[bitsOffset+i*bitsSize : bitsOffset+2*bitsSize]
	}
	mem[actorBlock], mem[observerBlock] = 3, 5 // the descriptors, see cmd.ExtraFiles
	cmd := &exec.Cmd{
		Path: "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/" + strconv.Itoa(int(file.Fd())),
		Args: []string{"incore-subject"}, Env: []string{}, Dir: "/",
		ExtraFiles: []*os.File{actorEnd, windowFile, observerEnd},
		// A process group of its own keeps the terminal's ctrl+c from it.
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	}
	if err := s.run(cmd); err != nil {
		return nil, step(src.step, &execError{err})
	}
	return s, nil
}

// newWindow makes the window's file and maps it in incore.
func newWindow() (*os.File, []byte, error) {
	fd, err := unix.MemfdCreate("incore", unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3
		fd, err = unix.MemfdCreate("incore", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return nil, nil, step("memfd_create", err)
	}
	file := os.NewFile(uintptr(fd), "memfd:incore")
	if err := unix.Ftruncate(fd, WindowSize); err != nil {
		return nil, nil, step("ftruncate of the window", errors.Join(err, file.Close()))
	}
	mem, err := unix.Mmap(fd, 0, WindowSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, step("mmap of the window", errors.Join(err, file.Close()))
	}
	return file, mem, nil
}

// run starts the process and waits for its end from a thread of its own: the parent
// that PR_SET_PDEATHSIG watches is the thread, not the process (prctl(2)).
func (s *Subject) run(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			s.PID, s.process = cmd.Process.Pid, cmd.Process
		}
		started <- err
		if err != nil {
			return
		}
		// The error says again what ProcessState says.
		_ = cmd.Wait()
		if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			s.death.Signal = ws.Signal()
		} else {
			s.death.Code = cmd.ProcessState.ExitCode()
		}
		close(s.gone)
	}()
	return <-started
}

// Gone is closed once the subject is dead.
func (s *Subject) Gone() <-chan struct{} { return s.gone }

// Death waits for the subject's end and tells how it ended.
func (s *Subject) Death() Death {
	<-s.gone
	return s.death
}

// Close ends the subject and gives back all that it took. Neither thread may be in
// use, and neither may be used afterwards.
func (s *Subject) Close() error {
	s.Hangup()
	<-s.gone
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return errors.Join(unix.Close(s.Actor.fd), unix.Close(s.Observer.fd), unix.Munmap(s.window))
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
	_ = unix.Shutdown(s.Actor.fd, unix.SHUT_RDWR)
	_ = unix.Shutdown(s.Observer.fd, unix.SHUT_RDWR)
}

// setUp makes the calls that turn a fresh process into a subject.
func (s *Subject) setUp() error {
	ready := time.AfterFunc(startTimeout, s.Hangup)
	defer ready.Stop()
	s.Actor.TID = s.PID
	if err := s.must("first reply", unix.SYS_GETPID); err != nil {
		return err
	}
	// No core file when it dies, and the first to go where memory runs out. Neither
	// is worth failing for.
	_ = unix.Prlimit(s.PID, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
	_ = os.WriteFile("/proc/"+strconv.Itoa(s.PID)+"/oom_score_adj", []byte("1000"), 0)
	copy(s.Args, "incore-subject\x00")
	if err := s.must("prctl PR_SET_NAME", unix.SYS_PRCTL, unix.PR_SET_NAME, ArgsAddr); err != nil {
		return err
	}
	if err := s.must("close of the window", unix.SYS_CLOSE, 4); err != nil {
		return err
	}
	if err := s.catchSignals(); err != nil {
		return err
	}
	if err := s.touchWindow(); err != nil {
		return err
	}
	return s.startObserver()
}

// touchWindow faults in what the actor will need of the window, so that the faults which
// are counted later are those of the regions: where stamps go, what an executed
// instruction works on, and the signal stack as far as a frame reaches.
func (s *Subject) touchWindow() error {
	page := uint64(os.Getpagesize())
	for _, r := range [][2]uint64{
		{stampsOffset, 4 * Stamps}, {scratchOffset, 1},
		{actorBlock + sigStack + sigStackSize - sigFrame, sigFrame},
	} {
		if err := s.must("touching the window", TouchWrite, WindowAddr+r[0], page, (r[1]+page-1)/page, 0); err != nil {
			return err
		}
	}
	return nil
}

// must makes a call of the actor that has to work.
func (s *Subject) must(what string, number uint64, args ...uint64) error {
	r, err := s.Actor.Call(number, args...)
	if errors.Is(err, ErrGone) {
		return step(what, s.whyGone())
	}
	if err == nil && r.Ret < 0 {
		err = syscall.Errno(-r.Ret)
	}
	return step(what, err)
}

// whyGone says how the subject ended, for a step during which it did.
func (s *Subject) whyGone() error {
	s.Hangup()
	if d := s.Death(); d.Signal != 0 {
		return fmt.Errorf("%w: killed by %s", ErrGone, unix.SignalName(d.Signal))
	}
	return fmt.Errorf("%w: exit code %d", ErrGone, s.death.Code)
}

func (s *Subject) startObserver() error {
	const flags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND |
		unix.CLONE_THREAD | unix.CLONE_SYSVSEM
	r, err := s.Actor.Call(unix.SYS_CLONE, flags, WindowAddr+observerBlock+stackTop)
	if err == nil && r.Ret < 0 {
		err = syscall.Errno(-r.Ret)
	}
	if err != nil {
		return step("clone of the observer", err)
	}
	s.Observer.TID = int(r.Ret)
	// It comes back from clone in the same loop, so its first word is a reply.
	_, err = s.Observer.Receive()
	return step("first reply of the observer", err)
}
