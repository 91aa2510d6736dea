package model

import (
	"slices"
	"time"
)

// Main is the name of a session's first process.
const Main = "main"

// Process is one process of the session, as far as it is known.
type Process struct {
	Name     string    // main, or as fork named it
	Parent   string    // the process that forked it, or ""
	PID      int       // in the PID namespace of incore; 0 before it has begun
	PageSize int64     // bytes
	Limits   Limits    // as of the last sample; before the first those of locking alone
	Stat     ProcStat  // as of the last sample; zero before the first
	VMAs     []VMA     // sorted by Start; as of the last reading after a command
	Regions  []*Region // in the order in which they were mapped; none of them is ever changed: another takes its place
	Gone     []Gone    // regions of which every page is gone, oldest first; the newest GoneKept at most
	Death    *Died     // nil while it lives
	Frame    *Frame    // of the page that is looked at, or nil

	// Keys are its protection keys, freed ones with them until their name is taken again, in the order in which they were made.
	Keys []ProtectionKey

	index regionIndex // of Regions

	Latencies *Latencies // of all accesses of touches told of ([Accessed]) since it began; nil before the first
}

// Region is a named mapping that a command made.
type Region struct {
	RegionInfo
	Pages Runs[Page] // as of the last sample; NotAsked before the first

	// Segment is what the last sample saw of the segment that the region is of; zero of another region.
	Segment Segment

	// Changed is when each page last changed, and 0 where it never did since the
	// region was mapped: the difference of two samples.
	Changed Runs[time.Duration]
	// ChangedBlock is in blocks of how many pages it is told: where it is more than 1, a page can have the time
	// of another one of its block (ChangedRuns).
	ChangedBlock int64

	// Heat is what the subject's own loops did to each page; nil before the first.
	Heat Runs[Heat]
	// HeatBlock is in blocks of how many pages it is told: where it is more than 1, a page can have
	// the heat of another one of its block (HeatRuns).
	HeatBlock int64

	// Unwritten is which pages were not written since the process last forked, or was made by a fork; nil where
	// none is left, or where there was no fork.
	Unwritten Runs[bool]

	order int // among all that the process has had: ascending in Process.Regions
}

// Span returns the region's address range.
func (r *Region) Span() Span { return Span{r.Base, r.Len} }

// State is everything that a session has shown so far. It is a value: Apply
// returns a new one and leaves the old as it was, so that a screen may draw one
// while the next is made. The states of one session share the memory of their
// events and checks, so a state is to be folded on once; two sessions that part
// from one state each need a fold of their own.
type State struct {
	Time    time.Duration // of the item that was folded last, since the session began
	Kernel  string        // uname -r
	User    string        // who runs incore: "root", or "uid 1000"
	Missing []string      // what this kernel or user does not have, as of the last Started
	Procs   []Process     // each behind its parent and its older siblings, so that main is the first; of the dead DeadKept stay until reset, or until their name is taken again
	// Forgotten is how many of the dead are not kept, since the session began or was reset.
	Forgotten int
	System    System    // the machine, as of the last sample of any process; zero before the first
	Events    []Event   // oldest first; the newest EventsKept
	Last      *Event    // of the last command that an expect can be about, or nil
	Running   Running   // what runs now, and how many commands wait
	Checks    []Checked // the outcomes of expects, oldest first; EventsKept of them at most
	Began     Limits    // of the first process, as the session began
}

// EventsKept is how many events a State remembers.
const EventsKept = 10_000

// Process returns the process of that name, or nil. What it points to is the state's:
// not to be changed.
func (s State) Process(name string) *Process {
	for i := range s.Procs {
		if s.Procs[i].Name == name {
			return &s.Procs[i]
		}
	}
	return nil
}

// Main returns the session's first process; one with nothing in it before it has begun.
func (s State) Main() *Process {
	if p := s.Process(Main); p != nil {
		return p
	}
	return &Process{}
}

// with returns the state with one process changed by f, and the older states as they were.
func (s State) with(name string, f func(*Process)) State {
	i := slices.IndexFunc(s.Procs, func(p Process) bool { return p.Name == name })
	if i >= 0 {
		s.Procs = slices.Clone(s.Procs)
		f(&s.Procs[i])
	}
	return s
}

// Apply folds one item into the state.
func (s State) Apply(item Item) State {
	switch it := item.(type) {
	case Started:
		s = s.applyStarted(it)
	case Died:
		s.Time = it.Time
		if !it.Asked {
			s = s.with(it.Proc, func(p *Process) { p.Death = &it }).bury()
		}
	case Event:
		s.Time = it.Time
		s.Events = appendKept(s.Events, it)
		if it.Judged() {
			s.Last = &it
		}
		if it.Mapped != nil || len(it.Gone) > 0 {
			s = s.with(it.Proc, func(p *Process) { p.applyRegions(it) })
		}
		if it.Key != nil || it.Call == CallExecve && it.OK() {
			s = s.with(it.Proc, func(p *Process) { p.applyKey(it.Key) })
		}
		if span, every := it.written(); span.Len > 0 {
			s = s.with(it.Proc, func(p *Process) { p.applyWritten(span, every) })
		}
		for _, r := range it.Resized {
			s = s.with(r.Proc, func(p *Process) { p.applyResized(r) })
		}
		if span, except := it.unmapped(); span.Len > 0 {
			s = s.with(it.Proc, func(p *Process) { p.cool(except, span) })
		}
	case Sample:
		s.Time, s.System = it.Time, it.System
		s = s.with(it.Proc, func(p *Process) {
			p.Stat, p.Limits, p.VMAs, p.Frame = it.Stat, it.Limits, it.VMAs, it.Frame
			p.applySample(it)
		})
	case Accessed:
		s.Time = it.Time
		s = s.with(it.Proc, func(p *Process) { p.applyAccessed(it) })
	case Running:
		s.Time, s.Running = it.Time, it
	case Checked:
		s.Time = it.Time
		s.Checks = appendKept(s.Checks, it)
	case Asked:
		s.Time = it.Time
	}
	return s
}

func (s State) applyStarted(it Started) State {
	s.Time, s.Kernel, s.User, s.Missing = it.Time, it.Kernel, it.User, it.Missing
	p := Process{Name: it.Proc, Parent: it.Parent, PID: it.PID, PageSize: it.PageSize, Limits: it.Limits}
	for _, r := range it.Regions {
		p.applyRegions(Event{Mapped: &r})
	}
	if it.Parent == "" {
		s.Procs, s.Forgotten, s.Began = []Process{p}, 0, it.Limits
		return s
	}
	p.forked(it.Regions)
	if parent := s.Process(it.Parent); parent != nil {
		p.leftOut(parent)
		p.Keys = parent.Keys
	}
	s = s.with(it.Parent, func(p *Process) { p.forked(it.Regions) })
	procs := make([]Process, 0, len(s.Procs)+1)
	for _, old := range s.Procs {
		if old.Name != p.Name {
			procs = append(procs, old)
		}
	}
	s.Procs = procs
	s.Procs = slices.Insert(procs, s.behindKin(p.Parent), p)
	return s
}

// appendKept appends without touching what an older State still shows, and drops
// the oldest half once there are more than EventsKept, so that the price of
// dropping is paid seldom.
func appendKept[T any](list []T, v T) []T {
	if len(list) >= EventsKept {
		list = append(make([]T, 0, EventsKept), list[EventsKept/2:]...)
	}
	return append(list, v)
}

// resized returns the first n of the pages, and rest for those that runs does not have.
func resized[T comparable](runs Runs[T], n int64, rest T) Runs[T] {
	out := make(Runs[T], 0, len(runs)+1)
	for part, v := range runs.In(Range{0, n}) {
		out = out.Add(part.Len(), v)
	}
	return out.Add(n-out.Len(), rest)
}

// hasChanged reports whether a page has changed between two samples that follow each other.
// Whether it is exclusive or shared is told only by those that were asked to look, so that
// one tells it and the other does not is no change. Where both do, a page that was shared and
// is exclusive now has changed: it was copied, or its other owner wrote, or is gone. One that
// becomes shared has not: a fork leaves the pages of the parent as they are.
func hasChanged(was, is Page) bool {
	if was.Has(Shared) && is.Has(Exclusive) {
		return true
	}
	was.Mapping &^= Exclusive | Shared
	is.Mapping &^= Exclusive | Shared
	was.Frame, is.Frame = 0, 0 // which an expect alone asks
	return was != is
}
