//go:build linux && (amd64 || arm64)

package sampler

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"incore/memops/kernel"
	"incore/memops/order"
	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
)

// Sampler observes one process: mincore through its observer thread, the page table
// and the VMA list from outside.
type Sampler struct {
	session  *Session
	pageSize int64  // bytes
	name     string // of the process
	holes    *Holes // of its regions

	sub  *subject.Subject
	proc *proc.Files
	scan *proc.Scanner // nil: pagemap is read

	places *places // where something may be; used without scan

	changesMu order.Mutex[order.Notes]
	changes   changes // since the VMAs were read

	dirty  atomic.Bool   // a call may have changed the VMAs since they were read
	reach  reach         // what commands were about since the last sample
	wake   chan struct{} // a token asks for a sample now
	quit   chan struct{}
	ended  sync.Once
	active atomic.Int64 // when a command or a change was last seen, in ns since the session began

	counted atomic.Int64 // VMAs at their last reading
	split   atomic.Int64 // how many calls may have added VMAs since

	told atomic.Bool // false: a command has ended since the last sample was told

	minor0, major0 int64 // the actor's faults before the first command

	mu        order.Mutex[order.Sampler] // one sample at a time; guards what follows
	closed    bool
	cost      time.Duration // of the newest sample, without reading VMAs
	vmas      []model.VMA
	huge      []int64      // of each VMA, how many bytes huge pages map; nil where scan tells that of each page
	vmSize    int64        // VmSize when they were read, bytes
	vmasFrom  time.Time    // when they may be read again
	readings  int          // how often they were read
	mendings  int          // how often a few of them were asked for
	last      model.Sample // the newest sample made
	sweeps    map[string]*sweep
	elsewhere elsewhere
	system    systemReader
	segs      []segment // used again from sample to sample, as are these
	mapping   model.Runs[model.Mapping]
	order     []sideBySide
	core      model.Runs[model.Residency]

	pss     int64     // the process's share of its memory when that was read last, bytes
	pssFrom time.Time // when it may be read again

	peeked      peeked // the bytes under the cursor
	longAnswers bool   // the observer's last answers were long lists of runs
}

// New makes the sampler of a process that has just begun. holes are what is noted of its regions. The caller closes
// the sampler.
func New(session *Session, name string, sub *subject.Subject, holes *Holes) (*Sampler, error) {
	files, err := OpenFiles(sub)
	if err != nil {
		return nil, err
	}
	s := &Sampler{
		session: session, pageSize: session.PageSize, name: name, holes: holes, sub: sub, proc: files, sweeps: map[string]*sweep{},
		wake: make(chan struct{}, 1), quit: make(chan struct{}),
	}
	if session.Features.Scan {
		if s.scan, err = proc.NewScanner(files); err != nil {
			files.Close()
			return nil, fmt.Errorf("PAGEMAP_SCAN: %w", err)
		}
	}
	s.places = newPlaces(s.scan == nil, s.pageSize)
	s.dirty.Store(true)
	return s, nil
}

// CountFrom sets how many faults the actor has had before the first command. Samples leave them out.
func (s *Sampler) CountFrom(minor, major int64) { s.minor0, s.major0 = minor, major }

// Tick makes one sample between timed calls, tells of it if it differs from the one before,
// and returns what scanning cost; the VMA list has a pace of its own. The sample is told
// before the lock is given up: Close and Anew wait for it, so that nothing of a process that
// was given back, or of an address space that is gone, is told after what took its place.
func (s *Sampler) Tick() (cost time.Duration) {
	s.session.Gate.mu.Lock()
	defer s.session.Gate.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	told, was := s.told.Swap(true), s.last
	now, err := s.take(false, true)
	if err != nil {
		return s.cost // the subject ends; its death is told by another
	}
	if !told || !same(was, now) {
		s.active.Store(int64(now.Time))
		s.session.Host.Tell(now)
	}
	return s.cost
}

// Sample makes an exact sample of everything. With sharing, exclusive and shared pages
// are told apart.
func (s *Sampler) Sample(sharing bool) (model.Sample, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vmasFrom = time.Time{}
	return s.take(sharing, false)
}

// ChangesVMAs says that a call may have changed the VMAs.
func (s *Sampler) ChangesVMAs() { s.Note(nil) }

// OpenKeys has the observer read by every protection key, where the process has some.
func (s *Sampler) OpenKeys() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sub.OpenKeys()
}

// AboutToChange says that a call may change the VMAs from now on, and reports whether they
// are known as they are until then.
func (s *Sampler) AboutToChange() (known bool) { return !s.dirty.Swap(true) }

// Unchanged takes back what AboutToChange said, where it reported true.
func (s *Sampler) Unchanged() { s.dirty.Store(false) }

// LooksElsewhere asks for a sample soon where the screen shows something else of the process now.
func (s *Sampler) LooksElsewhere(was *model.View, is model.View) {
	s.Watched()
	if is.Proc == s.name && (was == nil || *was != is) || is.Sharing != (was != nil && was.Sharing) {
		s.Kick()
	}
}

// Anew runs f, which gives the process another address space, while nothing is sampled,
// and opens again what does not survive that: pagemap and smaps are of the old one
// (fs/proc/task_mmu.c). Of the faults that f takes only those are counted that e tells by
// then: the others are of the new program's set-up.
func (s *Sampler) Anew(e *model.Event, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	minor, major := s.proc.Faults()
	if err := f(); err != nil {
		return err
	}
	files, err := OpenFiles(s.sub)
	if err != nil {
		return &subject.StepError{Step: "reading /proc", Err: err}
	}
	s.proc.Close()
	s.proc = files
	minorNow, majorNow := s.proc.Faults()
	s.minor0 += minorNow - minor - e.Minor
	s.major0 += majorNow - major - e.Major
	s.vmas, s.vmasFrom, s.last = nil, time.Time{}, model.Sample{}
	s.counted.Store(0)
	clear(s.sweeps)
	s.places.clear()
	s.dirty.Store(true)
	return nil
}

// Stop ends Run. A sample that is under way ends by itself once the subject is gone.
func (s *Sampler) Stop() { s.ended.Do(func() { close(s.quit) }) }

// Close waits for a sample that is under way and gives back what was opened.
func (s *Sampler) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.proc.Close()
	// What is known of a dead process is in the State; nobody samples it any more.
	s.scan, s.vmas, s.last, s.segs, s.mapping, s.core, s.order, s.peeked = nil, nil, model.Sample{}, nil, nil, nil, nil, peeked{}
	clear(s.sweeps)
}

// take observes. In parts, what is too large for one frame is swept over several.
func (s *Sampler) take(sharing, inParts bool) (model.Sample, error) {
	select {
	case <-s.sub.Gone():
		return model.Sample{}, subject.ErrGone
	default:
	}
	if s.closed {
		return model.Sample{}, subject.ErrGone
	}
	var rest func()
	if inParts {
		rest = s.session.Gate.rest
	}
	stat, ipcLock := s.proc.Stat()
	if stat.VmSize == 0 {
		// A process that exits has no memory any more (do_exit in kernel/exit.c, exit_mm) some time
		// before it can be waited for: exit_mmap takes as long as there are pages.
		return model.Sample{}, subject.ErrGone
	}
	if s.mayBeHuge() {
		s.dirty.Store(true) // a touch makes a page huge, and so does the kernel by itself
	}
	if err := s.readVMAs(stat.VmSize, rest); err != nil {
		return model.Sample{}, err
	}
	begin := time.Now()
	defer func() { s.cost = time.Since(begin) }()
	of := s.session.Host.State().Process(s.name)
	if of == nil {
		of = &model.Process{}
	}
	regions := of.Regions
	s.forget(of)
	s.forgetElsewhere(inParts)
	spans := s.reach.len()
	now := model.Sample{Proc: s.name, VMAs: s.vmas, System: s.system.read(!inParts)}
	if err := s.addRegions(&now, regions, sharing, inParts); err != nil {
		return model.Sample{}, err
	}
	stat.Pss = s.share(!inParts)
	now.Limits = kernel.ReadLimits(s.sub.PID, ipcLock)
	kernel.AddLimits(&now.Limits, s.sub.PID, s.proc.Caps())
	if !s.sub.OwnsPID() { // the limits may be another's, which got its PID
		return model.Sample{}, subject.ErrGone
	}
	stat.Minor, stat.Major = stat.Minor-s.minor0, stat.Major-s.major0
	now.Stat = stat
	now.Time = s.session.Host.Now()
	s.last = now
	if inParts { // an exact sample leaves nothing for the sweep to remember
		s.reach.forget(spans)
	}
	return now, nil
}

// addRegions adds what is seen of the regions to a sample, and the frame of the page that is
// looked at. For a screen, what is too large for one frame is swept in parts.
func (s *Sampler) addRegions(now *model.Sample, regions []*model.Region, sharing, screen bool) error {
	holes := s.holes.Seen()
	total := int64(0) // pages
	for i := range regions {
		total += regions[i].Pages.Len()
	}
	few := (sharing || screen) && total*s.session.Host.Living() <= SharePages
	shared := func(r *model.Region) model.Range {
		if sharing || screen { // else nothing is asked
			return s.shared(r, sharing, screen, few)
		}
		return model.Range{}
	}
	together := s.scanTogether(regions, shared)
	list := sampleList{last: s.last.Regions, n: len(regions)}
	for _, r := range regions {
		all := model.Range{Lo: 0, Hi: r.Pages.Len()}
		var pages model.Runs[model.Page]
		var err error
		shared := shared(r)
		scanned := together.of(r, shared)
		switch {
		case screen && total > FullPages && all.Len() > partPages:
			pages, err = s.sweepOf(r).advance(s, r, shared)
		case scanned != nil:
			pages = scanned
		default:
			delete(s.sweeps, r.Name) // what it knew will be old when it is wanted again
			pages, err = s.pages(make(model.Runs[model.Page], 0, len(r.Pages)+8), r, all, all.Len() <= FullPages, shared)
		}
		if err != nil {
			return err
		}
		var segment model.Segment
		if r.Backing == model.Shm {
			if segment = statShm(r.ShmID); segment.Mode&model.SegmentLocked != 0 {
				pages = shmLockedPages(pages)
			}
		}
		pages = dig(pages, holes[r.Name])
		list.add(model.RegionSample{Name: r.Name, Pages: pages, Segment: segment})
		if f := s.frame(r, pages); f != nil {
			now.Frame = f
		}
	}
	now.Regions = list.done()
	return nil
}

// readVMAs reads the VMA list where a call may have changed it, or where VmSize, in bytes, is
// not what it was at the last reading: a touch makes a VMA that grows down longer without any
// call (expand_downwards in mm). A burst of calls costs one reading, and a long list is read so
// seldom that it takes a fifth of the time. rest lets commands in between; what they change is
// read anew.
func (s *Sampler) readVMAs(vmSize int64, rest func()) error {
	if !s.dirty.Load() && vmSize == s.vmSize || time.Now().Before(s.vmasFrom) {
		return nil
	}
	s.dirty.Store(false)
	s.split.Store(0)
	if calls := s.takeChanges(); s.scan != nil && len(s.vmas) >= MendFrom && len(calls.list) > 0 && !calls.whole {
		if vmas, ok := s.mended(vmSize, calls.list); ok {
			s.vmas, s.vmSize = vmas, vmSize
			s.counted.Store(int64(len(vmas)))
			s.mendings++
			return nil
		}
	}
	begin := time.Now()
	var vmas []model.VMA
	var huge []int64
	var err error
	if s.scan != nil {
		vmas, err = s.proc.ReadVMAs(len(s.vmas)+2, rest)
	} else {
		vmas, huge, err = s.proc.ReadHuge(len(s.vmas)+2, rest)
	}
	if err != nil {
		return err
	}
	if len(vmas) == 0 { // it exits, see take
		return subject.ErrGone
	}
	s.vmas, s.huge, s.vmSize = vmas, huge, vmSize
	s.counted.Store(int64(len(vmas)))
	s.readings++
	s.vmasFrom = time.Now().Add(4 * time.Since(begin))
	return nil
}
