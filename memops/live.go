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
	sub     *subject.Subject
	proc    *procfs // for the goroutine that runs commands
	sampler *sampler
	holes   map[string]model.Runs[bool] // of each region: which pages were unmapped; written under the lane and mu
	ended   chan struct{}               // closed once Died was told
	asked   chan struct{}               // closed before incore ends the subject itself
	askOnce sync.Once
	over    bool // ended, and nothing of it is open; guarded by the lane

	rssLags bool // VmRSS is behind what a call changed
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
	v.rssLags = rssLags(sub, proc, l.pageSize)
	v.sampler.minor0, v.sampler.major0 = proc.faults()
	missing := l.features.missing()
	if v.rssLags {
		missing = append(missing, "this kernel counts VmRSS late: a call's change of RSS is not told")
	}
	l.mu.Lock()
	l.live = v
	l.mu.Unlock()
	_, ipcLock := proc.readStatus()
	l.emit(model.Started{
		Time: l.now(), Proc: mainProcess, PID: sub.PID, PageSize: l.pageSize,
		Limits: readLimits(sub.PID, ipcLock), Kernel: l.features.kernel,
		User: userName(os.Geteuid()), Missing: missing,
	})
	go l.watch(v)
	if l.opts.Sampling {
		go v.sampler.run()
	}
	return nil
}

// rssLags tells whether VmRSS does not follow each fault at once. Before Linux 6.2 a thread
// adds what it has counted to the process's only every 64 faults (mm/memory.c,
// check_sync_rss_stat); a per-CPU counter that is read without its parts came after that.
func rssLags(sub *subject.Subject, proc *procfs, pageSize int64) bool {
	page := uint64(pageSize)
	m, err := sub.Actor.Call(unix.SYS_MMAP, 0, 2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS, ^uint64(0), 0)
	if err != nil || m.Ret < 0 {
		return false
	}
	lags := false
	for at := uint64(m.Ret); at < uint64(m.Ret)+2*page; at += page {
		before, _ := proc.readStatus()
		_, err = sub.Actor.Call(subject.TouchWrite, at, page, 1, 0)
		after, _ := proc.readStatus()
		lags = lags || err == nil && after.RSS-before.RSS != pageSize
	}
	_, _ = sub.Actor.Call(unix.SYS_MUNMAP, uint64(m.Ret), 2*page)
	return lags
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

// lives reports whether the subject can be asked anything. The lane must be held.
func (v *live) lives() bool {
	select {
	case <-v.sub.Gone():
		return false
	default:
		return !v.over
	}
}

// hangup ends the subject, if it has not ended itself, without waiting.
func (v *live) hangup() {
	v.askOnce.Do(func() { close(v.asked) })
	v.sampler.stop()
	v.sub.Hangup()
}

// end ends the subject and gives back what it took. The lane must be held.
func (v *live) end() error {
	if v.over {
		return nil
	}
	v.over = true
	v.hangup()
	<-v.ended
	v.sampler.close()
	v.proc.close()
	return v.sub.Close()
}
