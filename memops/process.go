//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/sampler"
	"incore/memops/subject"
	"incore/model"
)

// process is one process of the session from its start to its end, with what is open
// of it. fork makes further ones.
type process struct {
	lab          *Lab // the session that it is of
	name, parent string
	sub          *subject.Subject
	proc         *proc.Files // for the goroutine that runs commands
	sampler      *sampler.Sampler
	holes        sampler.Holes
	files        files // behind its regions
	group        group
	future       future
	heap         heap
	ended        chan struct{} // closed once Died was told
	asked        chan struct{} // closed before incore ends the process itself
	askOnce      sync.Once
	over         bool // ended, and nothing of it is open; guarded by the lane

	made  model.Event   // the last call in it; guarded by the lane
	named []*model.Gone // what the command has named in its targets of regions that are gone; guarded by the lane

	scan *proc.Scanner // for copied.go; nil until it is needed

	sharesAnon bool // it has had a region of shared anonymous memory; guarded by the lane

	dies map[string]bool // signals that end it, though the subject answers them
}

// start starts a subject, the first process, and tells of it.
func (l *Lab) start() error {
	sub, err := subject.Start()
	if err != nil {
		return err
	}
	p, err := l.adopt(model.Main, "", sub)
	if err != nil {
		return errors.Join(err, sub.Close())
	}
	l.sampling.Shares.Store(false)
	l.sampling.Lazy.Store(false)
	l.rssLags, l.mindsExec = rssLags(sub, p.proc, l.pageSize), mindsExec(sub)
	p.sampler.CountFrom(p.proc.Faults())
	l.mu.Lock()
	l.procs = []*process{p}
	l.mu.Unlock()
	p.begin(nil)
	return nil
}

// adopt opens what is needed of a process that has just begun. A process that cannot
// be read is the caller's to close.
func (l *Lab) adopt(name, parent string, sub *subject.Subject) (*process, error) {
	p := &process{lab: l, name: name, parent: parent, sub: sub, ended: make(chan struct{}), asked: make(chan struct{})}
	if err := p.open(); err != nil {
		return nil, err
	}
	return p, nil
}

// open opens the /proc files of a process, for its commands and its sampler.
func (p *process) open() (err error) {
	if p.proc, err = sampler.OpenFiles(p.sub); err != nil {
		return &subject.StepError{Step: "reading /proc", Err: err}
	}
	if p.sampler, err = sampler.New(p.lab.sampling, p.name, p.sub, &p.holes); err != nil {
		p.proc.Close()
		return &subject.StepError{Step: "reading /proc", Err: err}
	}
	p.sampler.CountFrom(p.proc.Faults())
	return nil
}

// begin tells of a process, of the regions that it has from its parent, and watches it
// from now on.
func (p *process) begin(regions []model.RegionInfo) {
	missing := p.lab.features.Missing()
	if p.lab.rssLags {
		missing = append(missing, "this kernel counts VmRSS late: a call's change of RSS is not told, and expect sums up smaps")
	}
	_, ipcLock := p.proc.Stat()
	p.lab.emit(model.Started{
		Time: p.lab.now(), Proc: p.name, Parent: p.parent, PID: p.sub.PID, Regions: regions, PageSize: p.lab.pageSize,
		Limits: kernel.ReadLimits(p.sub.PID, ipcLock), Kernel: p.lab.features.Release,
		User: userName(os.Geteuid()), Missing: missing,
	})
	go p.watch()
	if p.lab.opts.Sampling {
		go func() {
			defer p.lab.out.catch()
			p.sampler.Run()
		}()
	}
}

// rssLags reports whether VmRSS does not follow each fault at once. Before Linux 6.2 a thread
// adds what it has counted to the process's only every 64 faults (mm/memory.c,
// check_sync_rss_stat); a per-CPU counter that is read without its parts came after that.
func rssLags(sub *subject.Subject, files *proc.Files, pageSize int64) bool {
	page := uint64(pageSize)
	m, err := sub.Actor.Call(unix.SYS_MMAP, 0, 2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS, ^uint64(0), 0)
	if err != nil || m.Ret < 0 {
		return false
	}
	lags := false
	for at := uint64(m.Ret); at < uint64(m.Ret)+2*page; at += page {
		before, _ := files.Stat()
		_, err = sub.Actor.Call(subject.TouchWrite, at, page, 1, 0)
		after, _ := files.Stat()
		lags = lags || err == nil && after.RSS-before.RSS != pageSize
	}
	_, _ = sub.Actor.Call(unix.SYS_MUNMAP, uint64(m.Ret), 2*page)
	return lags
}

// watch tells of a process's end.
func (p *process) watch() {
	defer p.lab.out.catch()
	defer close(p.ended)
	d := p.sub.Death()
	p.sampler.Stop()
	died := model.Died{Time: p.lab.now(), Proc: p.name, Code: d.Code, Cause: p.causeOfDeath(d)}
	if d.Signal != 0 {
		died.Signal = unix.SignalName(d.Signal)
	}
	select {
	case <-p.asked:
		died.Asked = true
	default:
	}
	p.lab.emit(died)
	p.group.end()
}

// lives reports whether the process can be asked anything. The lane must be held.
func (p *process) lives() bool {
	select {
	case <-p.sub.Gone():
		return false
	default:
		return !p.over
	}
}

// endPatience bounds the wait for the end of a process that answers no more. Its sockets end
// late in its exit, after its memory was given back (do_exit in kernel/exit.c), so the rest of
// it takes no time that a user would notice.
const endPatience = 10 * time.Second

// ends reports whether a process that answers no more is dead, waiting for that where it is
// about to be. One that incore has ended dies in any case, however long its memory takes.
func (p *process) ends(within time.Duration) bool {
	select {
	case <-p.sub.Gone():
		return true
	case <-p.asked:
		<-p.sub.Gone()
		return true
	case <-time.After(within):
		return false
	}
}

// hangup ends the process, if it has not ended itself, without waiting.
func (p *process) hangup() {
	p.askOnce.Do(func() { close(p.asked) })
	p.sampler.Stop()
	p.sub.Hangup()
}

// end ends the process and gives back what it took. The lane must be held.
func (p *process) end() error {
	if p.over {
		return nil
	}
	p.over = true
	p.hangup()
	<-p.ended
	p.sampler.Close()
	p.proc.Close()
	p.files, p.heap, p.made = files{}, heap{}, model.Event{}
	p.holes.ForgetAll()
	return p.sub.Close()
}
