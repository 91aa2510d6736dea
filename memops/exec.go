//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"strconv"

	"incore/memops/sampler"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

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
