//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
)

// live is one subject from its start to its end, with what is open of it. A reset
// makes another.
type live struct {
	sub      *subject.Subject
	proc     *procfs // for the goroutine that runs commands
	sampler  *sampler
	holes    map[string]model.Runs[bool] // of each region: which pages were unmapped
	ended    chan struct{}               // closed once Died was told
	asked    chan struct{}               // closed before incore ends the subject itself
	stopOnce sync.Once
}

// start starts a subject and tells of it.
func (l *Lab) start() error {
	sub, err := subject.Start()
	if err != nil {
		return err
	}
	proc, err := openProcfs(sub.PID, sub.Actor.TID)
	if err != nil {
		return errors.Join(&subject.StepError{Step: "reading /proc", Err: err}, sub.Close())
	}
	v := &live{
		sub: sub, proc: proc, holes: map[string]model.Runs[bool]{},
		ended: make(chan struct{}), asked: make(chan struct{}),
	}
	if v.sampler, err = newSampler(l, sub); err != nil {
		proc.close()
		return errors.Join(&subject.StepError{Step: "reading /proc", Err: err}, sub.Close())
	}
	l.mu.Lock()
	l.live = v
	l.mu.Unlock()
	_, ipcLock := proc.readStatus()
	l.emit(model.Started{
		Time: l.now(), Proc: mainProcess, PID: sub.PID, PageSize: l.pageSize,
		Limits: readLimits(sub.PID, ipcLock), Kernel: l.features.kernel,
		User: userName(os.Geteuid()), Missing: l.features.missing(),
	})
	go l.watch(v)
	if l.opts.Sampling {
		go v.sampler.run()
	}
	return nil
}

// mainProcess is the name of the session's first process.
const mainProcess = "main"

// watch tells of the subject's end.
func (l *Lab) watch(v *live) {
	defer l.out.catch()
	defer close(v.ended)
	d := v.sub.Death()
	v.sampler.stop()
	died := model.Died{Time: l.now(), Proc: mainProcess, Code: d.Code}
	if d.Signal != 0 {
		died.Signal = unix.SignalName(d.Signal)
	}
	select {
	case <-v.asked:
		died.Asked = true
	default:
	}
	l.emit(died)
}

// end ends the subject, if it has not ended itself, and gives back what it took.
func (v *live) end() error {
	var err error
	v.stopOnce.Do(func() {
		close(v.asked)
		v.sampler.stop()
		v.sub.Hangup()
		<-v.ended
		v.sampler.close()
		v.proc.close()
		err = v.sub.Close()
	})
	return err
}
