package model

import (
	"slices"
	"time"
)

// Process is what is known of one process of the session.
type Process struct {
	Name     string
	PID      int
	PageSize int64 // bytes
	Limits   Limits
	Stat     ProcStat
	VMAs     []VMA    // sorted by Start; as of the last reading after a command
	Regions  []Region // in the order in which they were mapped
	Death    *Died    // nil while it lives
}

// Region is a named mapping that a command made.
type Region struct {
	RegionInfo
	Pages Runs[Page] // as of the last sample; NotAsked before the first

	// Changed is when each page last changed, and 0 where it never did since the
	// region was mapped: the difference of two samples.
	Changed Runs[time.Duration]
}

// Span is the region's address range.
func (r *Region) Span() Span { return Span{r.Base, r.Len} }

// State is everything that a session has shown so far. It is a value: Apply
// returns a new one and leaves the old as it was, so that a screen may draw one
// while the next is made. The states of one session share the memory of their
// events and checks, so a state is to be folded on once; two sessions that part
// from one state each need a fold of their own.
type State struct {
	Time    time.Duration
	Kernel  string
	User    string
	Missing []string
	Proc    Process
	Events  []Event // oldest first; the newest EventsKept
	Last    *Event  // the last call made, or nil
	Running Running
	Checks  []Checked
}

// EventsKept is how many events a State remembers.
const EventsKept = 10_000

// Apply folds one item into the state.
func (s State) Apply(item Item) State {
	switch it := item.(type) {
	case Started:
		s.Time, s.Kernel, s.User, s.Missing = it.Time, it.Kernel, it.User, it.Missing
		s.Proc = Process{Name: it.Proc, PID: it.PID, PageSize: it.PageSize, Limits: it.Limits}
	case Died:
		s.Time = it.Time
		if !it.Asked {
			s.Proc.Death = &it
		}
	case Event:
		s.Time = it.Time
		s.Events = appendKept(s.Events, it)
		if it.Call != "" && !it.Aside {
			s.Last = &it
		}
		s.Proc.Regions = applyRegions(s.Proc.Regions, s.Proc.PageSize, it)
	case Sample:
		s.Time = it.Time
		s.Proc.Stat, s.Proc.Limits, s.Proc.VMAs = it.Stat, it.Limits, it.VMAs
		s.Proc.Regions = applySample(s.Proc.Regions, it)
	case Running:
		s.Time, s.Running = it.Time, it
	case Checked:
		s.Time = it.Time
		s.Checks = appendKept(s.Checks, it)
	}
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

func applyRegions(old []Region, pageSize int64, e Event) []Region {
	if e.Mapped == nil && len(e.Gone) == 0 {
		return old
	}
	out := make([]Region, 0, len(old)+1)
	for _, r := range old {
		again := e.Mapped != nil && e.Mapped.Name == r.Name
		if !again && !slices.Contains(e.Gone, r.Name) {
			out = append(out, r)
		}
	}
	if m := e.Mapped; m != nil && pageSize > 0 {
		n := int64(m.Len / uint64(pageSize))
		if m.Len%uint64(pageSize) != 0 {
			n++
		}
		out = append(out, Region{
			RegionInfo: *m,
			Pages:      Runs[Page]{}.Add(n, Page{Mapping: InVMA}),
			Changed:    Runs[time.Duration]{}.Add(n, 0),
		})
	}
	return out
}

func applySample(old []Region, s Sample) []Region {
	out := slices.Clone(old)
	for _, seen := range s.Regions {
		i := slices.IndexFunc(out, func(r Region) bool { return r.Name == seen.Name })
		// A sample begun before a munmap and an mmap of the same name can have
		// another length than the region has now; it is of the old one.
		if i < 0 || out[i].Pages.Len() != seen.Pages.Len() {
			continue
		}
		out[i].Changed = changes(out[i].Changed, out[i].Pages, seen.Pages, s.Time)
		out[i].Pages = seen.Pages
	}
	return out
}

// told is a page as every sample tells of it: whether it is exclusive or shared is known
// only to those that were asked to look.
func told(p Page) Page {
	p.Mapping &^= Exclusive | Shared
	return p
}

// changes returns last with the time now for each page that differs between was
// and is. What a first sample finds is a change only where it is in core.
func changes(last Runs[time.Duration], was, is Runs[Page], now time.Duration) Runs[time.Duration] {
	if was.Equal(is) {
		return last
	}
	out := make(Runs[time.Duration], 0, len(last)+2)
	var lo int64
	for i, j, k := 0, 0, 0; lo < is.Len(); {
		hi := min(last[i].End, was[j].End, is[k].End)
		at := last[i].Val
		if old, cur := told(was[j].Val), told(is[k].Val); old != cur && (old.Residency != NotAsked || cur.Residency == Resident) {
			at = now
		}
		out = out.Add(hi-lo, at)
		lo = hi
		if last[i].End == hi {
			i++
		}
		if was[j].End == hi {
			j++
		}
		if is[k].End == hi {
			k++
		}
	}
	return out
}
