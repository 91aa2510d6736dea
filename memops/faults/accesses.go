//go:build linux && (amd64 || arm64)

package faults

import (
	"cmp"
	"slices"
	"time"

	"incore/model"
)

// Source is the process that makes the accesses.
type Source interface {
	Faults() (minor, major int64) // of the thread that makes them, since it began
	Now() time.Duration           // since the session began
	Tell(model.Accessed)          // tells of accesses in the process
}

// Accesses are those that a touch has made: what each came to and how long it took. The
// thread's count of faults is read around a batch of them. Where it did not move, none of the
// batch faulted, and where it moved by as many as there are, all did. Else the slowest are
// told as the major faults and the next slowest as the minor ones: a fault takes ten times
// as long as an access that finds its page (0.5 µs and 30 ns where this was measured), and one that
// waits for a disk takes longer again. What can be wrong by that is an access that an
// interrupt fell into while it found its page: one of some 100,000 where half of them fault.
// The page table as it was before would not tell it better: one fault maps several
// pages, of a file (fault-around) and of a huge page.
type Accesses struct {
	source Source
	stride uint64 // bytes, between neighbors

	steps []accessStep    // since the faults were last counted
	times []time.Duration // of the accesses of these steps
	spent time.Duration   // their sum
	order []time.Duration // used again by slowest

	minor0, major0 int64 // the thread's faults when they were last counted
	minor, major   int64 // counted since the measuring began

	all model.Latencies // of the whole touch, but for what was not told yet

	// What was not told yet: runs where somebody watches.
	watched bool
	runs    []model.AccessRun
	untold  model.Latencies
	due     time.Duration // when it is to be told
}

// accessStep is so many accesses from an address on, a stride apart.
type accessStep struct {
	addr uint64
	n    int
}

const (
	// Counting faults is a reading of a file in /proc, which takes some 3 µs.
	countAfter = 64 * time.Microsecond // of accesses
	// CountAfterSteps is after how many steps they are counted.
	CountAfterSteps = 16 // each is a round trip of some 8 µs

	TellEvery = time.Second / 30
	tellShare = 50      // telling takes at most one part of so many
	maxUntold = 1 << 16 // runs
)

// Begin is called before a stretch of accesses around which the faults are counted. Where it is
// long they are counted within it too.
func (a *Accesses) Begin(long bool) {
	a.minor, a.major = 0, 0
	if long {
		a.minor0, a.major0 = a.source.Faults()
	}
}

// Made adds the accesses of one step, in their order.
func (a *Accesses) Made(addr uint64, times ...time.Duration) {
	if len(times) == 0 {
		return
	}
	a.steps = append(a.steps, accessStep{addr, len(times)})
	a.times = append(a.times, times...)
	for _, d := range times {
		a.spent += d
	}
}

// Count counts the faults where that is worth its time, and tells what there is to tell.
func (a *Accesses) Count() {
	if a.spent < countAfter && len(a.steps) < CountAfterSteps {
		return
	}
	minor, major := a.source.Faults()
	a.settle(minor-a.minor0, major-a.major0)
	a.minor0, a.major0 = minor, major
	a.Tell(false)
}

// End is called after a stretch with the faults that were counted around it.
func (a *Accesses) End(minor, major int64) { a.settle(minor-a.minor, major-a.major) }

// Drop forgets the accesses of which nobody knows what they came to: the subject is dead.
func (a *Accesses) Drop() { a.steps, a.times, a.spent = a.steps[:0], a.times[:0], 0 }

// settle says what the accesses came to that have taken so many faults.
func (a *Accesses) settle(minor, major int64) {
	a.minor, a.major = a.minor+minor, a.major+major
	n := int64(len(a.times))
	switch {
	case n == 0:
	case minor <= 0 && major <= 0:
		a.are(model.NoFault)
	case minor >= n && major <= 0:
		a.are(model.MinorFault)
	case major >= n:
		a.are(model.MajorFault)
	default:
		major = max(major, 0)
		a.rank(min(max(minor, 0), n-major), major)
	}
	a.Drop()
}

// are says that all came to the same.
func (a *Accesses) are(kind model.FaultKind) {
	for _, s := range a.steps {
		a.add(s.addr, int64(s.n), kind)
	}
	for _, d := range a.times {
		a.untold.Add(kind, d)
	}
}

// rank says that the slowest were major faults, the next slowest minor ones, and the others none.
func (a *Accesses) rank(minor, major int64) {
	longMajor, sameMajor := a.slowest(int(major))
	longMinor, sameMinor := a.slowest(int(major + minor))
	i := 0
	for _, s := range a.steps {
		for k := range s.n {
			d, kind := a.times[i], model.NoFault
			switch {
			case d > longMajor, d == longMajor && sameMajor > 0:
				kind = model.MajorFault
			case d > longMinor, d == longMinor && sameMinor > 0:
				kind = model.MinorFault
			}
			if d == longMajor {
				sameMajor--
			}
			if d == longMinor {
				sameMinor--
			}
			a.add(s.addr+uint64(k)*a.stride, 1, kind)
			a.untold.Add(kind, d)
			i++
		}
	}
}

// slowest is the shortest time of the k slowest accesses, and how many of those that took that
// long are among them. Of none it is longer than all.
func (a *Accesses) slowest(k int) (shortest time.Duration, same int) {
	if k == 0 {
		return time.Duration(1<<63 - 1), 0
	}
	a.order = append(a.order[:0], a.times...)
	shortest = nthLargest(a.order, k)
	same = k
	for _, d := range a.times {
		if d > shortest {
			same--
		}
	}
	return shortest, same
}

// nthLargest is the k-th largest of the list, from 1 on. It leaves the list in another order,
// and takes a time that follows its length.
func nthLargest(list []time.Duration, k int) time.Duration {
	for len(list) > 1 {
		pivot := list[len(list)/2]
		larger, rest := 0, len(list) // list[:larger] > pivot, list[rest:] < pivot
		for i := 0; i < rest; {
			switch d := list[i]; {
			case d > pivot:
				list[i], list[larger] = list[larger], d
				larger++
				i++
			case d < pivot:
				rest--
				list[i], list[rest] = list[rest], d
			default:
				i++
			}
		}
		switch {
		case k <= larger:
			list = list[:larger]
		case k <= rest:
			return pivot
		default:
			list, k = list[rest:], k-rest
		}
	}
	return list[0]
}

// add keeps accesses that are to be told.
func (a *Accesses) add(addr uint64, n int64, kind model.FaultKind) {
	if !a.watched {
		return
	}
	a.runs = appendAccess(a.runs, model.AccessRun{Addr: addr, Stride: a.stride, Count: n, Fault: kind})
}

// appendAccess appends a run, joined to the last where it goes on with that. All have one
// stride here, those of one access too.
func appendAccess(runs []model.AccessRun, r model.AccessRun) []model.AccessRun {
	if k := len(runs) - 1; k >= 0 && runs[k].Fault == r.Fault && runs[k].Addr+uint64(runs[k].Count)*r.Stride == r.Addr {
		runs[k].Count += r.Count
		return runs
	}
	return append(runs, r)
}

// Tell tells of what was not told yet: some 30 times a second, and less often where folding it takes
// long; at the end at once.
func (a *Accesses) Tell(end bool) {
	now := a.source.Now()
	if len(a.runs) == 0 || !end && now < a.due && len(a.runs) < maxUntold {
		return
	}
	a.source.Tell(model.Accessed{Time: now, Runs: inOrder(a.runs), Latencies: a.untold})
	a.all.Join(&a.untold)
	a.runs, a.untold = nil, model.Latencies{}
	a.due = now + max(TellEvery, tellShare*(a.source.Now()-now))
}

// Close tells the rest and returns the times of the whole touch.
func (a *Accesses) Close() *model.Latencies {
	a.Tell(true)
	a.all.Join(&a.untold) // nobody watches, and nothing was told
	return &a.all
}

// inOrder sorts runs of one stride by address, joins them, and gives those of one access the stride 0.
func inOrder(runs []model.AccessRun) []model.AccessRun {
	byAddr := func(a, b model.AccessRun) int { return cmp.Compare(a.Addr, b.Addr) }
	if !slices.IsSortedFunc(runs, byAddr) {
		slices.SortFunc(runs, byAddr)
	}
	out := runs[:0]
	for _, r := range runs {
		out = appendAccess(out, r)
	}
	for i := range out {
		if out[i].Count == 1 {
			out[i].Stride = 0
		}
	}
	return out
}

// New are accesses that lie a stride apart, in bytes. They are told where somebody watches.
func New(source Source, stride uint64, watched bool) Accesses {
	return Accesses{source: source, stride: stride, watched: watched}
}
