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
	unmapped := l.aboutToUnmap(name, args)
	before := l.aroundCall(name, args)
	known := l.cur.sampler.aboutToChange()
	err := l.measured(&e, func() error {
		r, err := l.cur.sub.Actor.Call(number, words...)
		if err != nil {
			return err
		}
		answer(&e, r)
		return nil
	})
	switch s := l.cur.sampler; {
	case err != nil:
		s.changesVMAs()
	case known && (leavesVMAs(name) || l.failedAgain(&e)):
		s.unchanged()
	case !leavesVMAs(name):
		s.note(l.changeOf(&e))
	}
	if err == nil {
		l.cur.sampler.places.called(&e)
		l.cur.made = e
		unmapped()
		if e.Errno != "" {
			e.Looked = l.lookedAt(&e, before)
		}
	}
	return e, err
}

// failedAgain reports whether a call surely left the VMAs as they are known. Reading 65,000
// of them takes a quarter of a second, which every failed call would cost that may have had
// effects. A lock of pages of one VMA can do one thing before it fails: split that VMA at
// one end, and find vm.max_map_count reached at the other (mm/vma.c, vma_modify). Where
// the call before failed in the same way, it was reached before.
func (l *Lab) failedAgain(e *model.Event) bool {
	switch e.Call {
	case "mlock", "mlock2", "munlock":
	default:
		return false
	}
	was := &l.cur.made
	if e.Errno == "" || was.Call != e.Call || was.Errno != e.Errno || e.VmLck != 0 || e.RSS != 0 || e.Minor+e.Major != 0 {
		return false
	}
	span := model.Span{Addr: e.Args[0].Value, Len: e.Args[1].Value}
	vmas := l.here().VMAsIn(span)
	// From locked on fault to locked is a change that VmLck does not tell.
	return len(vmas) == 1 && vmas[0].Start <= span.Addr && span.End() <= vmas[0].End &&
		(e.Call == "munlock" || vmas[0].Lock == model.Unlocked)
}

// answer fills in what the kernel returned, and how long it took.
func answer(e *model.Event, r subject.Reply) {
	e.Elapsed = r.Elapsed()
	e.Ret = r.Ret
	if r.Ret < 0 && r.Ret > -4096 { // the range of errnos: include/linux/err.h
		e.Ret = -1
		e.Errno, e.ErrText = errnoOf(syscall.Errno(-r.Ret))
	}
}

// measured runs f with sampling held and fills in the faults and changes of sizes that
// the process's files show before and after.
func (l *Lab) measured(e *model.Event, f func() error) error {
	e.Time = l.now()
	release := l.gate.hold(l.cur.sampler.kickNow)
	err := l.counted(e, f)
	e.Watched = release() && l.opts.Sampling
	return err
}

// counted is measured for who keeps sampling away itself.
func (l *Lab) counted(e *model.Event, f func() error) error {
	before, _ := l.cur.proc.readStatus()
	err := f()
	after, _ := l.cur.proc.readStatus()
	if err != nil || after.VmSize == 0 { // a process that ends has no sizes any more
		return err
	}
	e.Minor, e.Major = after.Minor-before.Minor, after.Major-before.Major
	e.VmLck = after.VmLck - before.VmLck
	if !l.rssLags {
		e.RSS = after.RSS - before.RSS
	}
	return nil
}

// loop runs one of the subject's own loops in the actor.
func (l *Lab) loop(e *model.Event, number uint64, args ...uint64) (subject.Reply, error) {
	l.cur.sampler.places.accessed(number, args)
	r, err := l.cur.sub.Actor.Call(number, args...)
	if err != nil {
		return r, err
	}
	e.Elapsed += r.Elapsed()
	if r.Signal != 0 {
		e.Signal = signalOf(r.Signal, r.Code, r.Addr)
		e.Looked = l.lookedAtSignal(e.Signal)
	}
	return r, nil
}

// span resolves a target of the process.
func (l *Lab) span(t model.Target) (model.Span, error) {
	return l.here().Resolve(t)
}

// onSpan makes a call whose first two arguments are the address and the length of a target.
func (l *Lab) onSpan(name string, number uint64, t model.Target, more ...model.Arg) (model.Event, error) {
	s, err := l.span(t)
	if err != nil {
		return model.Event{}, err
	}
	return l.syscall(name, number, append([]model.Arg{addrArg(s.Addr), lenArg(s.Len)}, more...)...)
}
