//go:build linux && (amd64 || arm64)

package memops

import (
	"syscall"

	"incore/memops/subject"
	"incore/model"
)

// syscall makes one system call in the actor and tells what it cost. The words of
// args are what the kernel gets. An error means that there was no answer; the event
// then still says what was asked.
func (l *Lab) syscall(name string, number uint64, args ...model.Arg) (model.Event, error) {
	words := make([]uint64, len(args))
	for i, a := range args {
		words[i] = a.Value
	}
	e := model.Event{Call: name, Args: args}
	l.live.sampler.changesVMAs()
	err := l.measured(&e, func() error {
		r, err := l.live.sub.Actor.Call(number, words...)
		if err != nil {
			return err
		}
		e.Elapsed = r.Elapsed()
		e.Ret = r.Ret
		if r.Ret < 0 && r.Ret > -4096 { // the range of errnos: include/linux/err.h
			e.Ret = -1
			e.Errno, e.ErrText = errnoOf(syscall.Errno(-r.Ret))
		}
		return nil
	})
	l.live.sampler.changesVMAs()
	return e, err
}

// measured runs f with sampling held and fills in the faults and changes of sizes that
// the process's files show before and after.
func (l *Lab) measured(e *model.Event, f func() error) error {
	e.Time = l.now()
	release := l.gate.hold(l.live.sampler.kickNow)
	before, _ := l.live.proc.readStatus()
	err := f()
	e.Watched = release() && l.opts.Sampling
	after, _ := l.live.proc.readStatus()
	if err != nil || after.VmSize == 0 { // a process that ends has no sizes any more
		return err
	}
	e.Minor, e.Major = after.Minor-before.Minor, after.Major-before.Major
	e.VmLck = after.VmLck - before.VmLck
	if !l.live.rssLags {
		e.RSS = after.RSS - before.RSS
	}
	return nil
}

// loop runs one of the subject's own loops in the actor.
func (l *Lab) loop(e *model.Event, number uint64, args ...uint64) (subject.Reply, error) {
	r, err := l.live.sub.Actor.Call(number, args...)
	if err != nil {
		return r, err
	}
	e.Elapsed += r.Elapsed()
	if r.Signal != 0 {
		e.Signal = signalOf(r.Signal, r.Code, r.Addr)
	}
	return r, nil
}

// span resolves a target of the process.
func (l *Lab) span(t model.Target) (model.Span, error) {
	s := l.State()
	return s.Proc.Resolve(t)
}

// onSpan makes a call whose first two arguments are the address and the length of a target.
func (l *Lab) onSpan(name string, number uint64, t model.Target, more ...model.Arg) (model.Event, error) {
	s, err := l.span(t)
	if err != nil {
		return model.Event{}, err
	}
	return l.syscall(name, number, append([]model.Arg{addrArg(s.Addr), lenArg(s.Len)}, more...)...)
}
