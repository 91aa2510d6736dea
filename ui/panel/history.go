package panel

import (
	"time"

	"incore/model"
)

// History keeps for each process the faults that it took, in the seconds in which something happened.
type History struct {
	Procs map[string]*FaultHistory // by the name of the process; nil before the first process
	busy  bool                     // a command runs
	start time.Duration            // when it began
}

// FaultSecond is one column of a sparkline: the faults that a process took in one second. Seconds are not those
// of a clock: the first one after a pause begins with what ended the pause. So an even pace makes columns of
// even height.
type FaultSecond struct {
	Start        time.Duration // of the session
	Minor, Major int64         // how many faults it took in that second
}

// secondsKept is how many seconds are remembered of a process.
const secondsKept = 512

// FaultHistory is the newest seconds in which a process made a call or took a fault. Other time takes no room:
// nothing is drawn then, so a time axis could not move on.
type FaultHistory struct {
	ring []FaultSecond
	old  int // index of the oldest, once the ring is full

	minor, major int64         // of the newest sample
	sampled      time.Duration // when that was
	since        time.Duration // when the first call began whose faults no sample has told yet
	waits        bool          // there is such a call
}

// Add notes an item. s is the state with it.
func (h *History) Add(it model.Item, s *model.State) {
	switch it := it.(type) {
	case model.Started:
		if it.Parent == "" || h.Procs == nil {
			h.Procs = map[string]*FaultHistory{}
		}
		h.Procs[it.Proc] = &FaultHistory{}
	case model.Running:
		h.busy = it.Command != nil
		h.start = it.Time
	case model.Event:
		if it.Call != "" && s.Process(it.Proc) != nil {
			h.of(it.Proc).call(&it)
		}
	case model.Sample:
		if s.Process(it.Proc) != nil {
			h.of(it.Proc).sample(it.Time, it.Stat, h)
		}
	}
}

// of returns the history of a process, made if there is none.
func (h *History) of(proc string) *FaultHistory {
	f := h.Procs[proc]
	if f == nil {
		if h.Procs == nil {
			h.Procs = map[string]*FaultHistory{}
		}
		f = &FaultHistory{}
		h.Procs[proc] = f
	}
	return f
}

// call takes note of when a call was made. How many faults there were the next sample tells,
// since one that was made meanwhile may have told some of them.
func (f *FaultHistory) call(e *model.Event) {
	f.At(e.Time)
	if e.Minor+e.Major > 0 && !f.waits {
		f.since, f.waits = e.Time, true
	}
}

// sample adds the faults since the sample before. Where it is known when they began they are
// spread over the time since then: a call of three seconds that nothing could look at did not
// take all its faults in the last.
func (f *FaultHistory) sample(now time.Duration, stat model.ProcStat, h *History) {
	minor, major := max(0, stat.Minor-f.minor), max(0, stat.Major-f.major)
	if minor+major > 0 {
		from := now
		switch {
		case f.waits:
			from = max(f.since, f.sampled)
		case h.busy:
			from = max(h.start, f.sampled)
		}
		f.spread(from, now, minor, major)
	}
	f.minor, f.major, f.sampled, f.waits = stat.Minor, stat.Major, now, false
}

// spread adds faults to the seconds from one time to another, evenly.
func (f *FaultHistory) spread(from, to time.Duration, minor, major int64) {
	from = min(to, max(from, to-secondsKept*time.Second))
	var minorDone, majorDone int64
	for t := from; ; {
		k := f.At(t)
		t = k.Start + time.Second
		if t >= to {
			k.Minor, k.Major = k.Minor+minor-minorDone, k.Major+major-majorDone
			return
		}
		share := float64(t-from) / float64(to-from)
		a, b := int64(float64(minor)*share), int64(float64(major)*share)
		k.Minor, k.Major = k.Minor+a-minorDone, k.Major+b-majorDone
		minorDone, majorDone = a, b
	}
}

// At returns the second that a time lies in. It makes one if the time is later than the newest. It is valid
// until the next call.
func (f *FaultHistory) At(t time.Duration) *FaultSecond {
	if n := f.len(); n > 0 {
		k := f.second(n - 1)
		end := k.Start + time.Second
		if t < end {
			return k
		}
		if t < end+time.Second {
			t = end
		}
	}
	if len(f.ring) < secondsKept {
		f.ring = append(f.ring, FaultSecond{Start: t})
	} else {
		f.ring[f.old] = FaultSecond{Start: t}
		f.old = (f.old + 1) % secondsKept
	}
	return f.second(f.len() - 1)
}

// len returns how many seconds are remembered; a nil history has none.
func (f *FaultHistory) len() int {
	if f == nil {
		return 0
	}
	return len(f.ring)
}

// second returns one of those remembered, the oldest first.
func (f *FaultHistory) second(i int) *FaultSecond { return &f.ring[(f.old+i)%len(f.ring)] }

// paused reports whether there was a pause between a second and the one before it.
func (f *FaultHistory) paused(i int) bool {
	return i > 0 && f.second(i).Start > f.second(i-1).Start+time.Second
}
