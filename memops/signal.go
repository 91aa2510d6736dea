//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// exit ends the process: exit_group(2), which does not return.
func (p *process) exit(c lang.Exit) (model.Event, error) {
	e := model.Event{Time: p.lab.now(), Call: "exit_group", Args: []model.Arg{strace.Word(uint64(c.Code), strconv.Itoa(c.Code))}}
	_, err := p.sub.Actor.Call(unix.SYS_EXIT_GROUP, uint64(c.Code))
	if errors.Is(err, subject.ErrGone) {
		<-p.ended
		return e, nil
	}
	return e, errors.Join(err, errors.New("exit_group returned"))
}

// stopping are the signals that stop a process (signal(7)). One that is stopped answers
// nothing, and every question about its pages would wait for ever.
var stopping = []string{"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"}

// ignored are the signals that a process without a handler ignores (signal(7)).
var ignored = []string{"SIGCHLD", "SIGURG", "SIGWINCH", "SIGCONT"}

// answered are the signals that the subject answers, unless it was told to die of them.
var answered = []string{"SIGSEGV", "SIGBUS", "SIGILL", "SIGTRAP", "SIGFPE"}

// killPatience is how long a signal may take to arrive.
const killPatience = 5 * time.Second

// kill sends the process a signal, as kill(1) would from outside, and returns when
// it has had its effect. Signals that others have sent it before are not what it answers.
func (p *process) kill(c lang.Kill) (model.Event, error) {
	if slices.Contains(stopping, c.Signal) {
		return model.Event{}, fmt.Errorf("%s stops a process, and one that is stopped cannot be asked about its pages", c.Signal)
	}
	sig := unix.SignalNum(c.Signal)
	if sig == 0 {
		return model.Event{}, fmt.Errorf("this system has no %s", c.Signal)
	}
	e := model.Event{Time: p.lab.now(), Call: "kill", Args: []model.Arg{
		strace.Word(uint64(p.sub.PID), strconv.Itoa(p.sub.PID)), strace.Word(uint64(sig), c.Signal),
	}}
	if err := p.sub.Actor.ForgetSignals(); err != nil {
		return e, err
	}
	begin := time.Now()
	err := p.sub.Signal(sig)
	e.Elapsed = time.Since(begin)
	var errno unix.Errno
	if errors.As(err, &errno) {
		e.Ret = -1
		e.Errno, e.ErrText = strace.Errno(errno)
		return e, nil
	}
	if err != nil {
		return e, err
	}
	switch {
	case c.Signal == "SIGXFSZ":
		e.Result = "ignored: the subject does, so that a file past RLIMIT_FSIZE is EFBIG to it and not its end"
	case slices.Contains(ignored, c.Signal):
		e.Result = "ignored, as without a handler it always is"
	case slices.Contains(answered, c.Signal) && !p.dies[c.Signal]:
		r, err := p.sub.Actor.ReceiveOwn(sig, killPatience)
		if err != nil {
			return e, fmt.Errorf("%s was not answered: %w", c.Signal, err)
		}
		e.Signal = strace.Signal(r.Signal, r.Code, r.Addr)
	default:
		select {
		case <-p.ended:
		case <-time.After(killPatience):
			return e, fmt.Errorf("the process lives on after %s", c.Signal)
		}
	}
	return e, nil
}

// setSignal says whether a signal is an answer, or ends the process: rt_sigaction(2).
func (p *process) setSignal(c lang.SetSignal) (model.Event, error) {
	handler := "catch"
	if c.Die {
		handler = "SIG_DFL"
	}
	sig := unix.SignalNum(c.Signal)
	e := model.Event{Call: "rt_sigaction", Args: []model.Arg{strace.Word(uint64(sig), c.Signal), strace.Word(0, handler), strace.Word(0, "NULL"), strace.Word(8, "8")}}
	err := p.measured(&e, func() error {
		r, err := p.sub.CatchSignal(sig, !c.Die)
		if err == nil {
			answer(&e, r)
		}
		return err
	})
	if err == nil && e.OK() {
		if p.dies == nil {
			p.dies = map[string]bool{}
		}
		p.dies[c.Signal] = c.Die
	}
	return e, err
}
