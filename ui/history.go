package ui

import (
	"time"

	"incore/model"
)

// history is what the meters remember of the samples before: for each process the faults it
// took in the seconds in which something happened.
type history struct {
	procs map[string]*faultHistory
	busy  bool          // a command runs
	start time.Duration // when it began
}

// faultSecond is one column of a sparkline: the faults that a process took in one second.
// Seconds are not those of a clock: the first one after a pause begins with what ended the
// pause, so that an even pace makes columns of even height.
type faultSecond struct {
	start        time.Duration // of the session
	minor, major int64
}

// secondsKept is how many seconds are remembered of a process.
const secondsKept = 512

// faultHistory is the newest seconds in which a process made a call or took a fault. Time in
// which it did neither takes no room: the screen is not drawn then, so a time axis could not
// move on.
type faultHistory struct {
	ring []faultSecond
	old  int // index of the oldest, once the ring is full

	minor, major int64         // of the newest sample
	sampled      time.Duration // when that was
	since        time.Duration // when the first call began whose faults no sample has told yet
	waits        bool          // there is such a call
}

// add takes note of an item; s is the state with it.
func (h *history) add(it model.Item, s *model.State) {
	switch it := it.(type) {
	case model.Started:
		if it.Parent == "" || h.procs == nil {
			h.procs = map[string]*faultHistory{}
		}
		h.procs[it.Proc] = &faultHistory{}
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

// of is the history of a process, made if there is none.
func (h *history) of(proc string) *faultHistory {
	f := h.procs[proc]
	if f == nil {
		if h.procs == nil {
			h.procs = map[string]*faultHistory{}
		}
		f = &faultHistory{}
		h.procs[proc] = f
	}
	return f
}

// call takes note of when a call was made. How many faults there were the next sample tells,
// since one that was made meanwhile may have told some of them.
func (f *faultHistory) call(e *model.Event) {
	f.at(e.Time)
	if e.Minor+e.Major > 0 && !f.waits {
		f.since, f.waits = e.Time, true
	}
}

// sample adds the faults since the sample before. Where it is known when they began they are
// spread over the time since then: a call of three seconds that nothing could look at did not
// take all its faults in the last.
func (f *faultHistory) sample(now time.Duration, stat model.ProcStat, h *history) {
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
func (f *faultHistory) spread(from, to time.Duration, minor, major int64) {
	from = min(to, max(from, to-secondsKept*time.Second))
	var minorDone, majorDone int64
	for t := from; ; {
		k := f.at(t)
		t = k.start + time.Second
		if t >= to {
			k.minor, k.major = k.minor+minor-minorDone, k.major+major-majorDone
			return
		}
		share := float64(t-from) / float64(to-from)
		a, b := int64(float64(minor)*share), int64(float64(major)*share)
		k.minor, k.major = k.minor+a-minorDone, k.major+b-majorDone
		minorDone, majorDone = a, b
	}
}

// at is the second that a time lies in, made if it is later than the newest. It is good until
// the next call.
func (f *faultHistory) at(t time.Duration) *faultSecond {
	if n := f.len(); n > 0 {
		k := f.second(n - 1)
		end := k.start + time.Second
		if t < end {
			return k
		}
		if t < end+time.Second {
			t = end
		}
	}
	if len(f.ring) < secondsKept {
		f.ring = append(f.ring, faultSecond{start: t})
	} else {
		f.ring[f.old] = faultSecond{start: t}
		f.old = (f.old + 1) % secondsKept
	}
	return f.second(f.len() - 1)
}

// len is how many seconds are remembered; a nil history has none.
func (f *faultHistory) len() int {
	if f == nil {
		return 0
	}
	return len(f.ring)
}

// second is one of those remembered, the oldest first.
func (f *faultHistory) second(i int) *faultSecond { return &f.ring[(f.old+i)%len(f.ring)] }

// paused reports whether there was a pause between a second and the one before it.
func (f *faultHistory) paused(i int) bool {
	return i > 0 && f.second(i).start > f.second(i-1).start+time.Second
}
