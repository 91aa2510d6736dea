//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/sampler"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// processVerbs begin and end processes, and send them signals.
var processVerbs = family{
	verbOf((*process).fork),
	verbOf((*process).exec),
	verbOf((*process).exit),
	verbOf((*process).kill),
	verbOf((*process).setSignal),
}

// maxProcesses bounds how many processes of a session live at a time, so that a file of
// commands cannot fill the machine with them.
const maxProcesses = 64

// fork makes a child of the process: clone(2) as fork(3) calls it, but for
// CLONE_PARENT, with which incore is the child's parent too and learns how it ends. What
// memory is shared and what is copied is the same.
func (p *process) fork(c lang.Fork) (model.Event, error) {
	old := p.lab.process(c.Name)
	if old != nil && old.lives() {
		return model.Event{}, fmt.Errorf("there is a process %s already: take another name", c.Name)
	}
	dead := p.giveBackDead()
	if p.lab.living() >= maxProcesses {
		return model.Event{}, fmt.Errorf("a session has at most %d processes at a time", maxProcesses)
	}
	if err := firstOf(p.roomForWindow(), p.affordFork()); err != nil {
		return model.Event{}, err
	}
	e := model.Event{Call: "clone", Args: []model.Arg{
		model.CloneFlags.Arg(unix.CLONE_PARENT | uint64(unix.SIGCHLD)), strace.Word(0, "NULL"),
	}}
	p.lab.sampling.Shares.Store(true)
	// The child begins in its parent's memory cgroup, which is not to go with the parent before
	// it is known what ended the child.
	var young group
	young.join(&p.group)
	defer young.end()
	var sub *subject.Subject
	err := p.measured(&e, func() error {
		child, r, err := p.sub.Fork()
		if err == nil {
			sub = child
			answer(&e, r)
		}
		return err
	})
	if err != nil || !e.OK() {
		if e.Errno == "EAGAIN" {
			e.Looked = &model.Looked{Settings: p.proc.TaskLimits(p.sub.PID)}
		}
		return e, p.whyNoChild(err)
	}
	child, err := p.lab.adopt(c.Name, p.name, sub)
	if err != nil {
		return e, p.whyNoChild(notAdopted(sub, err))
	}
	regions, err := child.inherit(p, p.here().Regions, p.lab.pageSize)
	if err != nil {
		return e, errors.Join(err, child.discard())
	}
	child.group.g, young.g = young.g, nil
	p.lab.mu.Lock()
	p.lab.procs = append(slices.DeleteFunc(slices.Clone(p.lab.procs), func(o *process) bool { return o == old }), child)
	p.lab.mu.Unlock()
	p.lab.after = append(p.lab.after, func() { child.begin(regions) })
	e.Result = c.Name
	return e, dead
}

// roomForWindow refuses a fork where RLIMIT_AS is below what is mapped: clone does not look at it, and then the child could not map
// the window that it works in, be it in the place of another (mm/vma.c, __mmap_setup).
func (p *process) roomForWindow() error {
	var limit unix.Rlimit
	stat, _ := p.proc.Stat()
	if unix.Prlimit(p.sub.PID, unix.RLIMIT_AS, nil, &limit) != nil || uint64(stat.VmSize) <= limit.Cur/uint64(p.lab.pageSize)*uint64(p.lab.pageSize) {
		return nil
	}
	return fmt.Errorf("RLIMIT_AS is %s and VmSize %s: the child could not map the memory that it takes its commands by. setrlimit as %dB lets it, or munmap something",
		model.FormatSize(limit.Cur), model.FormatBytes(stat.VmSize), stat.VmSize)
}

// affordFork refuses a child whose page tables and VMAs would be too many. It gets a copy of its
// parent's VMAs, and of their page tables but for those that it can fill again from a file
// (mm/memory.c, vma_needs_copy): all of them are counted, since nobody tells how many those are.
func (p *process) affordFork() error {
	stat, err := p.proc.Status()
	if err != nil {
		return nil // it dies
	}
	n := need{tables: stat.Tables, vmas: p.sampler.VMABytes(false)}
	if p.lab.account.take(n.sum()) {
		return nil
	}
	n.vmas = p.sampler.VMABytes(true)
	return p.afford("fork", n)
}

// giveBackDead gives back what incore has open of processes that are dead. They stay in the list,
// and are told of as before, as long as the State keeps them.
func (p *process) giveBackDead() (err error) {
	for _, other := range p.lab.processes() {
		if other != p && !other.lives() {
			<-other.ended // by itself: end would have asked for it
			err = errors.Join(err, other.end())
		}
	}
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	p.lab.procs = slices.DeleteFunc(slices.Clone(p.lab.procs), func(other *process) bool { return other.over && p.lab.state.Process(other.name) == nil })
	return err
}

// whyNoChild adds to the error of a fork whose child died before anybody knew of it what ended
// the child. It was in its parent's memory cgroup.
func (p *process) whyNoChild(err error) error {
	var c *subject.ChildError
	if !errors.As(err, &c) {
		return err
	}
	d := model.Died{Code: c.Death.Code, Cause: p.causeOfDeath(c.Death)}
	if c.Death.Signal != 0 {
		d.Signal = unix.SignalName(c.Death.Signal)
	}
	return fmt.Errorf("the child died as it was set up: %v", d)
}

// notAdopted gives back a child of which /proc could not be read. Where it is not there any
// more, the error is how it died.
func notAdopted(sub *subject.Subject, err error) error {
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.ENOENT) || errors.Is(err, subject.ErrGone) {
		select {
		case <-sub.Gone():
			err = &subject.ChildError{PID: sub.PID, Death: sub.Death()}
		case <-time.After(endPatience):
		}
	}
	return errors.Join(err, sub.Close())
}

// discard gives back a process that has not been told of.
func (p *process) discard() error {
	p.sampler.Close()
	p.proc.Close()
	return p.sub.Close()
}

// inherit copies what incore keeps of the parent, and returns the regions that the child
// has of its: MADV_DONTFORK leaves pages out, and with them whole regions.
func (p *process) inherit(parent *process, regions []*model.Region, pageSize int64) (kept []model.RegionInfo, err error) {
	vmas, err := p.proc.ReadVMAs(64, nil)
	if err != nil {
		return nil, err
	}
	p.sampler.Inherit(parent.sampler, len(vmas))
	ps := uint64(pageSize)
	holes := parent.holes.Seen()
	for _, r := range regions {
		has := false
		segs := sampler.Segments(nil, vmas, r.Base, r.Base+uint64(r.Pages.Len())*ps)
		p.holes.Begin(r.Name, r.Len, pageSize)
		for _, s := range segs {
			pages := model.Range{Lo: int64((s.Start - r.Base) / ps), Hi: int64((s.End - r.Base) / ps)}
			if s.VMA == nil {
				p.holes.Dig(r.Name, pages)
			} else if gone, dug := holes[r.Name]; !dug || gone.Count(pages, func(gone bool) bool { return !gone }) > 0 {
				has = true
			}
		}
		if !has {
			p.holes.Forget(r.Name)
			continue
		}
		for pages, gone := range holes[r.Name].In(model.Range{Lo: 0, Hi: r.Pages.Len()}) {
			if gone {
				p.holes.Dig(r.Name, pages)
			}
		}
		kept = append(kept, r.RegionInfo)
	}
	if len(parent.here().Keys) > 0 { // its observer has what the parent's actor may do by them
		if err := p.sampler.OpenKeys(); err != nil {
			return nil, err
		}
	}
	p.sharesAnon = parent.sharesAnon
	p.dies, p.files, p.heap = maps.Clone(parent.dies), parent.files.forked(), parent.heap.forked()
	return kept, nil
}

// exec starts the subject's own program anew in the process: the process ID
// stays, and all of its address space goes, with the regions and their locks (execve(2),
// mlock(2)). Where the call succeeds it does not return. Its time, its faults and the
// changes of sizes are then those until the new program has mapped its window and read the
// next request: some ten instructions and two system calls more than the call's own.
func (p *process) exec(lang.Execve) (model.Event, error) {
	e := model.Event{Time: p.lab.now(), Call: "execve", Args: []model.Arg{
		strace.Word(subject.ArgsAddr, strconv.Quote(subject.ExecPath)), strace.Word(0, "["+strconv.Quote(subject.ExecName)+"]"), strace.Word(0, "[]"),
	}}
	for _, r := range p.here().Regions {
		e.Gone = append(e.Gone, r.Name)
	}
	// The gate is taken before the sampler's lock, as the sampler itself does. In anew nothing is
	// sampled, however long the call takes, so it is never watched.
	release := p.lab.sampling.Gate.Hold(p.sampler.KickNow)
	defer release()
	err := p.sampler.Anew(&e, func() error {
		r, err := p.sub.ExecAround(func(execve func() error) error { return p.counted(&e, execve) })
		if err == nil {
			answer(&e, r)
		}
		return err
	})
	if err != nil {
		e.Gone = nil
		return e, err
	}
	if !e.OK() {
		e.Gone = nil
		return e, nil
	}
	files, err := sampler.OpenFiles(p.sub)
	if err != nil {
		return e, errors.Join(&subject.StepError{Step: "reading /proc", Err: err}, p.sub.Close())
	}
	p.proc.Close()
	p.proc = files
	p.forgetAll(e.Gone)
	return e, nil
}

// forgetAll forgets what incore keeps of an address space that is gone.
func (p *process) forgetAll(regions []string) {
	p.dies, p.files, p.heap, p.future, p.made = nil, files{}, heap{}, future{}, model.Event{}
	for _, name := range regions {
		p.holes.Forget(name)
	}
}
