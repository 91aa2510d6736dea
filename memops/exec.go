//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
)

// exec starts the subject's own program anew in the current process: the process ID
// stays, and all of its address space goes, with the regions and their locks (execve(2),
// mlock(2)). The call does not return where it succeeds, so its time is the one until the
// new program answers.
func (l *Lab) exec() (model.Event, error) {
	p := l.cur
	e := model.Event{Time: l.now(), Call: "execveat", Args: []model.Arg{
		wordArg(0, "memfd:incore-subject"), wordArg(0, `""`), wordArg(0, `["incore-subject"]`), wordArg(0, "[]"),
		wordArg(unix.AT_EMPTY_PATH, "AT_EMPTY_PATH"),
	}}
	for _, r := range l.here().Regions {
		e.Gone = append(e.Gone, r.Name)
	}
	begin := time.Now()
	err := p.sampler.anew(func() error {
		r, err := p.sub.Exec()
		if err == nil {
			answer(&e, r)
			e.Elapsed = time.Since(begin)
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
	proc, err := openProcfs(p.sub.PID, p.sub.Actor.TID)
	if err != nil {
		return e, errors.Join(&subject.StepError{Step: "reading /proc", Err: err}, p.sub.Close())
	}
	p.proc.close()
	p.proc = proc
	p.forgetAll(e.Gone)
	return e, nil
}

// forgetAll forgets what incore keeps of an address space that is gone.
func (p *process) forgetAll(regions []string) {
	p.dies, p.files, p.heap, p.future, p.made = nil, nil, heap{}, future{}, model.Event{}
	for _, name := range regions {
		p.holes.forget(name)
	}
}
