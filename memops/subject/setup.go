//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// setUp makes the calls that turn a fresh process into a subject.
func (s *Subject) setUp() error {
	defer s.bounded()()
	if err := s.must("first reply", unix.SYS_GETPID); err != nil {
		return err
	}
	if err := s.closeInherited(observerFD + 1); err != nil {
		return err
	}
	// No core file when it dies, and the first to go where memory runs out. Neither
	// is worth failing for.
	s.putWords(0, 0, 0) // struct rlimit64: rlim_cur, rlim_max
	if _, err := s.may("prlimit RLIMIT_CORE", unix.SYS_PRLIMIT64, 0, unix.RLIMIT_CORE, ArgsAddr, 0); err != nil {
		return err
	}
	s.goFirst()
	if _, err := s.all(s.actions(sigIgnore, unheard)...); err != nil {
		return err
	}
	return s.prepare("incore-subject")
}

// goFirst has the OOM killer take the process first.
func (s *Subject) goFirst() {
	fd, err := unix.Open("/proc/"+strconv.Itoa(s.PID)+"/oom_score_adj", unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	// The file stays that of the process whose PID it was when it was opened.
	if s.OwnsPID() {
		_, _ = unix.Write(fd, []byte("1000")) // where that fails, it goes as any other
	}
}

// closeInherited closes the descriptors from first on, which whoever started incore has left
// open for its children: a lock or a pipe's end would else stay with the process. Before Linux
// 5.9, which brought close_range(2), they are looked for in /proc.
func (s *Subject) closeInherited(first uint64) error {
	worked, err := s.may("close_range", unix.SYS_CLOSE_RANGE, first, math.MaxUint32, 0)
	if err != nil || worked {
		return err
	}
	return s.closeListed(first)
}

// closeListed is closeInherited by what /proc lists.
func (s *Subject) closeListed(first uint64) error {
	list, err := os.ReadDir("/proc/" + strconv.Itoa(s.PID) + "/fd")
	if err != nil {
		return step("listing open files", err)
	}
	var fds []uint64
	for _, e := range list {
		if fd, err := strconv.ParseUint(e.Name(), 10, 32); err == nil && fd >= first {
			fds = append(fds, fd)
		}
	}
	return s.closeAll(fds)
}

// bounded ends the process where its set-up takes too long, until the function that it
// returns is called.
func (s *Subject) bounded() (done func()) {
	t := time.AfterFunc(startTimeout, s.Hangup)
	return func() { t.Stop() }
}

// prepare makes the calls that a program needs after each execve.
func (s *Subject) prepare(name string) error {
	needs := append([]need{s.named(name)}, s.catching()...)
	if _, err := s.all(append(needs, touchWindow...)...); err != nil {
		return err
	}
	if err := s.unmapVDSO(); err != nil {
		return err
	}
	return s.startObserver()
}

// Where the set-up puts what its calls point to, in Args. They do not overlap: one call is
// made while the next is prepared.
const (
	nameArgs   = 0x00
	stackArgs  = 0x20
	actionArgs = 0x40
)

// named gives the actor a name, as ps and top show it.
func (s *Subject) named(name string) need {
	s.putText(nameArgs, name)
	return need{"prctl PR_SET_NAME", unix.SYS_PRCTL, []uint64{unix.PR_SET_NAME, ArgsAddr + nameArgs}}
}

// dieWithIncore has the kernel kill the process when incore ends: see family. A child
// does not inherit that (pdeath_signal in copy_process), and an execve that gains a
// capability ends it (commit_creds in kernel/cred.c).
var dieWithIncore = need{"prctl PR_SET_PDEATHSIG", unix.SYS_PRCTL, []uint64{unix.PR_SET_PDEATHSIG, uint64(unix.SIGKILL)}}

// touchWindow faults in what the actor will need of the window, so that the faults which
// are counted later are those of the regions: where stamps go, what an executed
// instruction works on, and the signal stack as far as a frame reaches.
var touchWindow = func() (needs []need) {
	page := uint64(os.Getpagesize())
	for _, r := range [][2]uint64{
		{stampsOffset, 4 * Stamps}, {scratchOffset, 1},
		{actorBlock + sigStack + sigStackSize - sigFrame, sigFrame},
	} {
		needs = append(needs, need{"touching the window", TouchWrite, []uint64{WindowAddr + r[0], page, (r[1] + page - 1) / page, 0}})
	}
	return needs
}()

// startObserver makes the second thread.
func (s *Subject) startObserver() error {
	if err := s.deafen(); err != nil {
		return step("rt_sigprocmask of the observer", err)
	}
	const flags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND |
		unix.CLONE_THREAD | unix.CLONE_SYSVSEM
	tid, err := s.result("clone of the observer", unix.SYS_CLONE, flags, WindowAddr+observerBlock+stackTop)
	if err != nil {
		return err
	}
	s.Observer.TID = int(tid)
	// It comes back from clone in the same loop, so its first word is a reply.
	if _, err := s.Observer.Receive(); err != nil {
		return step("first reply of the observer", err)
	}
	return step("rt_sigprocmask of the observer", s.deaf())
}

// need is a call of the actor that has to work.
type need struct {
	what   string
	number uint64
	args   []uint64
}

// all makes calls that have to work, and returns what the last one returned. The subject is
// not waited for between them: most of what a call takes here is to wake the one who waits.
func (s *Subject) all(needs ...need) (ret uint64, err error) {
	a := s.Actor
	first := a.tag + 1
	for i, n := range needs {
		serr := a.Send(n.number, n.args...)
		if errors.Is(serr, ErrGone) {
			break // the replies tell how far it came
		}
		if serr != nil {
			err, needs = step(n.what, serr), needs[:i]
			break
		}
	}
	for i, n := range needs {
		r, rerr := a.answer(first + uint64(i))
		if errors.Is(rerr, ErrGone) {
			return 0, errors.Join(err, step(n.what, s.whyGone()))
		}
		if rerr == nil && r.Ret < 0 {
			rerr = syscall.Errno(-r.Ret)
		}
		if err == nil {
			ret, err = uint64(r.Ret), step(n.what, rerr)
		}
	}
	return ret, err
}

// may makes a call that need not work, and reports whether it did. The error is that there was no
// answer.
func (s *Subject) may(what string, number uint64, args ...uint64) (worked bool, err error) {
	r, err := s.Actor.Call(number, args...)
	if errors.Is(err, ErrGone) {
		err = s.whyGone()
	}
	return err == nil && r.Ret >= 0, step(what, err)
}

// must makes a call that has to work.
func (s *Subject) must(what string, number uint64, args ...uint64) error {
	_, err := s.all(need{what, number, args})
	return err
}

// result makes a call that has to work, and returns what it returned.
func (s *Subject) result(what string, number uint64, args ...uint64) (uint64, error) {
	return s.all(need{what, number, args})
}

// whyGone says how the subject ended, for a step during which it did.
func (s *Subject) whyGone() error {
	s.Hangup()
	if d := s.Death(); d.Signal != 0 {
		return fmt.Errorf("%w: killed by %s", ErrGone, unix.SignalName(d.Signal))
	}
	return fmt.Errorf("%w: exit code %d", ErrGone, s.death.Code)
}
