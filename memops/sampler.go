//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
)

// sampler observes one process: mincore through its observer thread, the page table
// and the VMA list from outside.
type sampler struct {
	lab  *Lab
	of   *process
	sub  *subject.Subject
	proc *proc.Files
	scan *proc.Scanner // nil: pagemap is read

	places *places // where something may be; used without scan

	changesMu sync.Mutex
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

	mu        sync.Mutex // one sample at a time; guards what follows
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

	peeked      peeked // the bytes under the cursor
	longAnswers bool   // the observer's last answers were long lists of runs
}

func newSampler(l *Lab, p *process) (*sampler, error) {
	sub := p.sub
	files, err := openSubject(sub)
	if err != nil {
		return nil, err
	}
	s := &sampler{
		lab: l, of: p, sub: sub, proc: files, sweeps: map[string]*sweep{},
		wake: make(chan struct{}, 1), quit: make(chan struct{}),
	}
	if l.features.Scan {
		if s.scan, err = proc.NewScanner(files); err != nil {
			files.Close()
			return nil, fmt.Errorf("PAGEMAP_SCAN: %w", err)
		}
	}
	s.places = newPlaces(s.scan == nil, l.pageSize)
	s.dirty.Store(true)
	return s, nil
}

// tick makes one sample between timed calls, tells of it if it differs from the one before,
// and returns what scanning cost; the VMA list has a pace of its own. The sample is told
// before the lock is given up: close and anew wait for it, so that nothing of a process that
// was given back, or of an address space that is gone, is told after what took its place.
func (s *sampler) tick() (cost time.Duration) {
	s.lab.gate.mu.Lock()
	defer s.lab.gate.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	told, was := s.told.Swap(true), s.last
	now, err := s.take(false, true)
	if err != nil {
		return s.cost // the subject ends; its death is told by another
	}
	if !told || !same(was, now) {
		s.active.Store(int64(now.Time))
		s.lab.emit(now)
	}
	return s.cost
}

// sample makes an exact sample of everything. With sharing, exclusive and shared pages
// are told apart.
func (s *sampler) sample(sharing bool) (model.Sample, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vmasFrom = time.Time{}
	return s.take(sharing, false)
}

// changesVMAs says that a call may have changed the VMAs.
func (s *sampler) changesVMAs() { s.note(nil) }

// aboutToChange says that a call may change the VMAs from now on, and reports whether they
// are known as they are until then.
func (s *sampler) aboutToChange() (known bool) { return !s.dirty.Swap(true) }

// unchanged takes back what aboutToChange said, where it reported true.
func (s *sampler) unchanged() { s.dirty.Store(false) }

// looksElsewhere asks for a sample soon where the screen shows something else of the process now.
func (s *sampler) looksElsewhere(was *model.View, is model.View) {
	if is.Proc == s.of.name && (was == nil || *was != is) || is.Sharing != (was != nil && was.Sharing) {
		s.kick()
	}
}

// anew runs f, which gives the process another address space, while nothing is sampled,
// and opens again what does not survive that: pagemap and smaps are of the old one
// (fs/proc/task_mmu.c). Of the faults that f takes only those are counted that e tells by
// then: the others are of the new program's set-up.
func (s *sampler) anew(e *model.Event, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	minor, major := s.proc.Faults()
	if err := f(); err != nil {
		return err
	}
	files, err := openSubject(s.sub)
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

// stop ends run. A sample that is under way ends by itself once the subject is gone.
func (s *sampler) stop() { s.ended.Do(func() { close(s.quit) }) }

// close waits for a sample that is under way and gives back what was opened.
func (s *sampler) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.proc.Close()
	// What is known of a dead process is in the State; nobody samples it any more.
	s.scan, s.vmas, s.last, s.segs, s.mapping, s.core, s.order, s.peeked = nil, nil, model.Sample{}, nil, nil, nil, nil, peeked{}
	clear(s.sweeps)
}

// take observes. In parts, what is too large for one frame is swept over several.
func (s *sampler) take(sharing, inParts bool) (model.Sample, error) {
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
		rest = s.lab.gate.rest
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
	of := s.lab.State().Process(s.of.name)
	if of == nil {
		of = &model.Process{}
	}
	regions := of.Regions
	s.forget(of)
	s.forgetElsewhere(inParts)
	spans := s.reach.len()
	now := model.Sample{Proc: s.of.name, VMAs: s.vmas, System: s.system.read(!inParts)}
	if err := s.addRegions(&now, regions, sharing, inParts); err != nil {
		return model.Sample{}, err
	}
	now.Limits = kernel.ReadLimits(s.sub.PID, ipcLock)
	kernel.AddLimits(&now.Limits, s.sub.PID, s.proc.Caps())
	if !s.sub.OwnsPID() { // the limits may be another's, which got its PID
		return model.Sample{}, subject.ErrGone
	}
	stat.Minor, stat.Major = stat.Minor-s.minor0, stat.Major-s.major0
	now.Stat = stat
	now.Time = s.lab.now()
	s.last = now
	if inParts { // an exact sample leaves nothing for the sweep to remember
		s.reach.forget(spans)
	}
	return now, nil
}

// addRegions adds what is seen of the regions to a sample, and the frame of the page that is
// looked at. For a screen, what is too large for one frame is swept in parts.
func (s *sampler) addRegions(now *model.Sample, regions []*model.Region, sharing, screen bool) error {
	holes := s.of.holes.seen()
	total := int64(0) // pages
	for i := range regions {
		total += regions[i].Pages.Len()
	}
	few := (sharing || screen) && total*s.lab.living() <= sharePages
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
		case screen && total > fullPages && all.Len() > partPages:
			pages, err = s.sweepOf(r).advance(s, r, shared)
		case scanned != nil:
			pages = scanned
		default:
			delete(s.sweeps, r.Name) // what it knew will be old when it is wanted again
			pages, err = s.pages(make(model.Runs[model.Page], 0, len(r.Pages)+8), r, all, all.Len() <= fullPages, shared)
		}
		if err != nil {
			return err
		}
		if r.Backing == model.Shm && isShmLocked(r.ShmID) {
			pages = shmLockedPages(pages)
		}
		pages = dig(pages, holes[r.Name])
		list.add(model.RegionSample{Name: r.Name, Pages: pages})
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
func (s *sampler) readVMAs(vmSize int64, rest func()) error {
	if !s.dirty.Load() && vmSize == s.vmSize || time.Now().Before(s.vmasFrom) {
		return nil
	}
	s.dirty.Store(false)
	s.split.Store(0)
	if calls := s.takeChanges(); s.scan != nil && len(s.vmas) >= mendFrom && len(calls.list) > 0 && !calls.whole {
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

// pages appends the pages of a region within rg. ask has mincore asked of every page;
// without, what the page table implies is taken for its answer. Of those within shared it
// is told whether they are shared.
func (s *sampler) pages(dst model.Runs[model.Page], r *model.Region, rg model.Range, ask bool, shared model.Range) (model.Runs[model.Page], error) {
	ps := uint64(s.lab.pageSize)
	sharing := model.Span{Addr: r.Base + uint64(shared.Lo)*ps, Len: uint64(shared.Len()) * ps}
	s.segs = segments(s.segs[:0], s.vmas, r.Base+uint64(rg.Lo)*ps, r.Base+uint64(rg.Hi)*ps)
	s.mapping, s.core = s.mapping[:0], s.core[:0]
	var err error
	for i := 0; i < len(s.segs) && err == nil; {
		j := i + 1
		for j < len(s.segs) && s.alike(s.segs[i], s.segs[j]) {
			j++
		}
		err = s.span(s.segs[i].vma, s.segs[i].start, s.segs[j-1].end, ask, sharing)
		i = j
	}
	if err == nil && s.scan == nil {
		err = s.addHuge()
	}
	if err != nil {
		return nil, err
	}
	if r.Unknowable {
		s.core = inPageTable(s.core[:0], s.mapping)
	}
	return merge(dst, s.segs, s.mapping, s.core, s.lab.pageSize), nil
}

// alike tells whether two neighbouring segments can be asked about in one go.
func (s *sampler) alike(a, b segment) bool {
	if a.vma == nil || b.vma == nil {
		return a.vma == b.vma
	}
	if s.scan == nil && s.isLong(a.vma) != s.isLong(b.vma) {
		return false
	}
	return anonymous(a.vma) == anonymous(b.vma) && mixed(a.vma) == mixed(b.vma) && a.vma.HugeTLB == b.vma.HugeTLB
}

// span appends what the page table and mincore say of the addresses from start to end,
// which VMAs like v cover, or none where v is nil. Of the addresses in sharing it also asks
// whether they are shared.
func (s *sampler) span(v *model.VMA, start, end uint64, ask bool, sharing model.Span) (err error) {
	n := int64(end-start) / s.lab.pageSize
	if v == nil {
		s.mapping, s.core = s.mapping.Add(n, 0), s.core.Add(n, model.NotAsked)
		return nil
	}
	from := s.mapping.Len()
	if s.scan != nil {
		s.mapping, err = s.scan.Append(s.mapping, s.proc, start, end, s.lab.pageSize, mixed(v))
	} else {
		s.mapping, err = s.appendVMA(s.mapping, v, start, end)
	}
	if s.guardsUntold() {
		maybeGuards(s.mapping, from)
	}
	if lo, hi := max(start, sharing.Addr), min(end, sharing.End()); err == nil && lo < hi && s.scan != nil {
		err = s.addSharing(from+int64(lo-start)/s.lab.pageSize, lo, hi)
	}
	if err != nil {
		return err
	}
	if ask || !anonymous(v) {
		s.core, err = s.appendMincore(s.core, start, end)
		return err
	}
	for rg, m := range s.mapping.In(model.Range{Lo: from, Hi: from + n}) {
		switch {
		case m&model.Mapped != 0:
			s.core = s.core.Add(rg.Len(), model.Resident)
		case m&model.Swapped != 0: // in the swap cache or not: only mincore knows
			at := start + uint64(rg.Lo-from)*uint64(s.lab.pageSize)
			s.core, err = s.appendMincore(s.core, at, at+uint64(rg.Len()*s.lab.pageSize))
			if err != nil {
				return err
			}
		case m&model.Unread != 0:
			s.core = s.core.Add(rg.Len(), model.NotAsked)
		default: // no file behind it: mincore says 0 (mm/mincore.c, __mincore_unmapped_range)
			s.core = s.core.Add(rg.Len(), model.Absent)
		}
	}
	return nil
}
