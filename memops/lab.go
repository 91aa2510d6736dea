//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"incore/memops/kernel"
	"incore/memops/order"
	"incore/memops/sampler"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// Options of a Lab.
type Options struct {
	// Sampling observes the subject at the rate of a screen. Scripts leave it off:
	// their expects observe when they ask.
	Sampling bool
	// Sharing has Refresh tell exclusive from shared pages as well, where the regions of the
	// process have no more than sampler.FullPages pages. Set it for output in words.
	Sharing bool
	// Memory is how many bytes the processes may have in memory between them; 0 is half of
	// what /proc/meminfo calls available at that moment.
	Memory int64
}

// Lab is a live subject. It implements model.Lab.
//
// Its mutexes, and those of what it holds, are taken in the order of package order, which TestLockOrder watches over.
type Lab struct {
	opts     Options
	began    time.Time
	pageSize int64 // bytes
	features kernel.Features
	groups   *memcgs

	lane        order.Mutex[order.Lane] // held while a command runs: one at a time; guards these
	command     model.Command           // the one that runs, with its in
	speed       lang.Rate
	after       []func()
	account     account
	wills       wills
	segments    []*shmSegment          // that shmget made since the session began or was reset
	sharedAnons map[fileID]*sharedAnon // by file, as they were last looked at
	huge        bool                   // there may be memory that gets huge pages: it was advised, or they come unasked
	hugeAlways  bool                   // they come unasked
	droppable   bool                   // a process has mapped some of that
	secrets     bool                   // a process has mapped secret memory

	rssLags   bool // VmRSS is behind what a call changed
	mindsExec bool // the machine keeps what may not be executed from being so

	sampling *sampler.Session // what the samplers share

	mu        order.Mutex[order.State] // guards what follows
	state     model.State
	procs     []*process // those that have not been given back, in the order in which they began
	seq       int
	queue     []model.Command
	working   bool               // a goroutine empties the queue
	current   model.Command      // the queued command that runs, or nil
	interrupt context.CancelFunc // ends the command that runs, or ran last
	closed    bool

	out *outbox
}

var _ model.Lab = (*Lab)(nil)

// Open starts a subject. The error wraps a *subject.StepError that names the step
// that this system, or a sandbox around incore, does not allow.
func Open(ctx context.Context, o Options) (*Lab, error) {
	l := &Lab{
		opts: o, began: time.Now(), pageSize: int64(os.Getpagesize()),
		features: kernel.Probe(), groups: findMemcgs(), out: newOutbox(),
	}
	l.hugeAlways = kernel.HugeAlways()
	l.huge = l.hugeAlways
	l.sampling = &sampler.Session{PageSize: l.pageSize, Features: l.features, Host: host{l}}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := l.start(); err != nil {
		return nil, err
	}
	return l, nil
}

// now is the time since the session began.
func (l *Lab) now() time.Duration { return time.Since(l.began) }

// emit folds an item into the state and puts it where readers find it.
func (l *Lab) emit(item model.Item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.emitLocked(item)
}

// emitLocked is emit with mu held.
func (l *Lab) emitLocked(item model.Item) {
	if e, ok := item.(model.Event); ok {
		l.seq++
		e.Seq = l.seq
		item = e
	}
	l.state = l.state.Apply(item)
	l.out.put(item)
}

// State is the fold of everything that happened so far.
func (l *Lab) State() model.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// here is the process in which the command runs, as the fold so far shows it.
func (p *process) here() *model.Process {
	if here := p.lab.State().Process(p.name); here != nil {
		return here
	}
	return &model.Process{Name: p.name, PageSize: p.lab.pageSize}
}

// process is the process of that name that has not been given back, or nil.
func (l *Lab) process(name string) *process {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.procs {
		if p.name == name {
			return p
		}
	}
	return nil
}

// processes are those that have not been given back.
func (l *Lab) processes() []*process {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.procs)
}

// Do runs one command to its end and returns what happened since the last Do, in
// order. It is for scripts; with a screen, Submit and Next are. A ctx that is done
// ends the command as Interrupt does.
func (l *Lab) Do(ctx context.Context, c model.Command) []model.Item {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	l.interrupt = cancel
	l.mu.Unlock()
	l.run(ctx, c)
	return l.out.take()
}

// Submit queues a command. See model.Lab.
func (l *Lab) Submit(c model.Command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.queue = append(l.queue, c)
	switch {
	case !l.working:
		l.working = true
		go l.work()
	case l.current != nil:
		l.running(l.current)
	}
}

// running tells what runs, and how many wait behind it. mu must be held.
func (l *Lab) running(command model.Command) {
	l.current = command
	l.emitLocked(model.Running{Time: l.now(), Command: command, Queued: len(l.queue)})
}

// work runs the queued commands until there are no more.
func (l *Lab) work() {
	defer l.out.catch()
	for {
		l.mu.Lock()
		if len(l.queue) == 0 || l.closed {
			l.queue, l.working = nil, false
			l.mu.Unlock()
			return
		}
		c := l.queue[0]
		l.queue = l.queue[1:]
		ctx, cancel := context.WithCancel(context.Background())
		l.interrupt = cancel
		l.mu.Unlock()
		l.tellRunning(c)
		l.run(ctx, c)
		cancel()
		l.tellRunning(nil)
	}
}

// tellRunning is running without mu held.
func (l *Lab) tellRunning(command model.Command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running(command)
}

// Interrupt ends the running command between two pages. See model.Lab.
func (l *Lab) Interrupt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.interrupt != nil {
		l.interrupt()
	}
}

// Look says what is on the screen. See model.Lab.
func (l *Lab) Look(v model.View) {
	was := l.sampling.View.Swap(&v)
	for _, p := range l.processes() {
		p.sampler.LooksElsewhere(was, v)
	}
}

// Next waits until something happened. See model.Lab.
func (l *Lab) Next(ctx context.Context) ([]model.Item, error) { return l.out.next(ctx) }

// Refresh observes a process now, the first where name is "", waiting for a command that
// runs, and returns what it saw. One that is dead or not there is not observed: the
// sample is empty.
func (l *Lab) Refresh(ctx context.Context, name string) model.Sample {
	l.lane.Lock()
	defer l.lane.Unlock()
	if name == "" {
		name = model.Main
	}
	p := l.process(name)
	if p == nil || p.over {
		return model.Sample{Time: l.now(), Proc: name}
	}
	return p.observe(l.opts.Sharing && p.pagesOf() <= sampler.FullPages)
}

// pagesOf is how many pages the regions of a process have.
func (p *process) pagesOf() (n int64) {
	if of := p.lab.State().Process(p.name); of != nil {
		for i := range of.Regions {
			n += of.Regions[i].Pages.Len()
		}
	}
	return n
}

// observe makes a sample of a process and tells of it. With sharing, exclusive and shared
// pages are told apart. The lane must be held.
func (p *process) observe(sharing bool) model.Sample {
	s, err := p.sampler.Sample(sharing)
	if err != nil {
		return model.Sample{Time: p.lab.now(), Proc: p.name}
	}
	p.lab.emit(s)
	return s
}

// observeSizes is observe for an expect about how much is in memory and in swap, where the kernel's own counters are
// late. It costs a walk over all that is mapped. The lane must be held.
func (p *process) observeSizes() {
	if s, err := p.sampler.SampleSizes(); err == nil {
		p.lab.emit(s)
	}
}

// Close ends the subject. Next returns io.EOF once what happened before is fetched.
func (l *Lab) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.queue = nil
	if l.interrupt != nil {
		l.interrupt()
	}
	procs := slices.Clone(l.procs)
	l.mu.Unlock()
	for _, p := range procs {
		p.hangup() // a command deep in a call gets its answer: none
	}
	l.lane.Lock()
	defer l.lane.Unlock()
	err := l.endAll() // a reset may have started others meanwhile
	err = errors.Join(err, l.closeKeeper())
	l.sampling.Frames.Close()
	l.out.close()
	return err
}

// endAll ends all processes, the youngest first, and removes what they leave. The lane must
// be held.
func (l *Lab) endAll() (err error) {
	for _, p := range slices.Backward(l.processes()) {
		err = errors.Join(err, p.end())
	}
	return errors.Join(err, l.removeSegments())
}

// reset replaces the subject, with all that it forked, by a fresh one.
func (l *Lab) reset() error {
	err := l.endAll()
	if l.isClosed() {
		return errors.Join(err, subject.ErrGone)
	}
	if err := l.start(); err != nil {
		l.emit(model.Died{Time: l.now(), Proc: model.Main, Signal: "SIGKILL"})
		return fmt.Errorf("no fresh subject: %w", err)
	}
	return err
}

func (l *Lab) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

func userName(uid int) string {
	if uid == 0 {
		return "root"
	}
	return "uid " + strconv.Itoa(uid)
}

// living is how many processes have not ended, each of which is sampled.
func (l *Lab) living() (n int64) {
	for _, p := range l.processes() {
		select {
		case <-p.sub.Gone():
		default:
			n++
		}
	}
	return n
}

// host is a Lab as its samplers see it.
type host struct{ lab *Lab }

func (h host) Now() time.Duration   { return h.lab.now() }
func (h host) State() model.State   { return h.lab.State() }
func (h host) Tell(item model.Item) { h.lab.emit(item) }

// Living is how many processes have not ended.
func (h host) Living() int64 { return h.lab.living() }

// Commands is how many events there were so far.
func (h host) Commands() int {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	return h.lab.seq
}
