//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Keeper is a process that outlives incore by a moment, to undo what must not: it runs
// its wills when its socket ends, as it does when incore is killed. It is made of the same
// machine code as the subject, and is in a session of its own, so that neither a terminal nor
// a signal to incore's process group reaches it. It makes no call before that.
type Keeper struct {
	PID int // of the keeper, in the PID namespace of incore

	s     *Subject // its process, without an observer
	table willTable

	mu     sync.Mutex
	what   [willEntries]string // what each entry undoes; "" where it is free
	closed bool
}

// ErrFull is wrapped where a keeper has no room for another will.
var ErrFull = errors.New("the keeper has no room for more")

// closeTimeout bounds what an orderly end waits for the keeper: by then incore has undone
// everything itself, or can do no more about it.
const closeTimeout = 2 * time.Second

// willWord is where in the actor's block the will's address is; 0 in a subject, which has none.
const willWord = 0xc8

// deaf are the signals that a keeper ignores: those that end a program with its terminal,
// its session or its unit, and that of a socket that nobody reads.
var deaf = []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGPIPE}

// NewKeeper starts a keeper without wills.
func NewKeeper() (*Keeper, error) {
	const what = "the keeper cannot be started"
	k := &Keeper{}
	s, err := fromAnySource(k.start)
	if err != nil {
		return nil, failed(what, err)
	}
	k.s, k.PID = s, s.PID
	if err := k.setUp(); err != nil {
		s.Hangup()
		return nil, errors.Join(failed(what, err), k.Close())
	}
	return k, nil
}

// start starts the process with the table of wills as its descriptor 5.
func (k *Keeper) start(src source, prog program) (*Subject, error) {
	kit, err := newSmallKit()
	if err != nil {
		return nil, err
	}
	var file *os.File
	if file, k.table.mem, err = newMemory(willSize); err != nil {
		kit.discard()
		return nil, err
	}
	kit.files = append(kit.files, file)
	s, err := kit.start(src, prog, "incore-keeper", &syscall.SysProcAttr{Setsid: true})
	if err != nil {
		return nil, errors.Join(err, unix.Munmap(k.table.mem))
	}
	return s, nil
}

// setUp makes the calls that turn a fresh process into a keeper.
func (k *Keeper) setUp() (err error) {
	s := k.s
	defer s.bounded()()
	if err := s.must("first reply", unix.SYS_GETPID); err != nil {
		return err
	}
	if _, err := s.all(append(s.actions(sigIgnore, deaf), s.named("incore-keeper"))...); err != nil {
		return err
	}
	k.table.addr, err = s.result("mmap of the will", unix.SYS_MMAP, 0, willSize,
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED, observerFD, 0)
	if err != nil {
		return err
	}
	// Its window and its table are mapped, and of the rest it needs its socket alone.
	if err := s.closeInherited(actorFD + 1); err != nil {
		return err
	}
	(*atomic.Uint64)(unsafe.Pointer(&s.window[actorBlock+willWord])).Store(k.table.addr)
	return nil
}

// Keep has w run when incore is gone, until release is called. It is to be called before the
// thing is made that w undoes, and release after that was undone; neither takes a system call.
// It may be called from any goroutine. There is room for 1024 wills.
func (k *Keeper) Keep(w Will) (release func(), err error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.lives() {
		return nil, fmt.Errorf("%s: the keeper is gone: %w", w.What, ErrGone)
	}
	i := slices.Index(k.what[:], "")
	if i < 0 {
		return nil, fmt.Errorf("%s: %w: %d wills", w.What, ErrFull, willEntries)
	}
	if err := k.table.put(i, w); err != nil {
		return nil, err
	}
	k.what[i] = w.What
	return sync.OnceFunc(func() { k.withdraw(i) }), nil
}

func (k *Keeper) lives() bool { return !k.closed && !k.Dead() }

// Dead reports whether the keeper's process has ended, and with it what it was to undo is nobody's.
func (k *Keeper) Dead() bool {
	select {
	case <-k.s.gone:
		return true
	default:
		return false
	}
}

func (k *Keeper) withdraw(i int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.closed {
		k.table.count(i).Store(0)
		k.what[i] = ""
	}
}

// Close ends the keeper. What was not withdrawn is undone first, as when incore is killed: it
// is what could not be undone otherwise. Close waits up to two seconds for that. The error
// names what is still there; the keeper goes on trying without incore.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil
	}
	k.closed = true
	_ = unix.Shutdown(k.s.Actor.fd, unix.SHUT_RDWR)
	late := time.NewTimer(closeTimeout)
	defer late.Stop()
	select {
	case <-k.s.gone:
	case <-late.C:
	}
	var errs []error
	for i, what := range k.what {
		if what != "" && k.table.count(i).Load() != 0 {
			errs = append(errs, fmt.Errorf("%s: not done by the keeper", what))
		}
	}
	return errors.Join(append(errs, k.s.release(), unix.Munmap(k.table.mem))...)
}
