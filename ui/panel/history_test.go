package panel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"incore/model"
	"incore/model/modeltest"
)

// remembered is a history that is told the items in order, and the state they make.
type remembered struct {
	h History
	s model.State
}

func (o *remembered) add(items ...model.Item) {
	for _, it := range items {
		o.s = o.s.Apply(it)
		o.h.Add(it, &o.s)
	}
}

func startedMain() model.Started {
	return model.Started{Proc: model.Main, PID: 1, PageSize: 4096}
}

func sampleAt(at time.Duration, minor, major int64) model.Sample {
	return model.Sample{Time: at, Proc: model.Main, Stat: model.ProcStat{Minor: minor, Major: major}}
}

// sums are the faults in all seconds remembered.
func (f *FaultHistory) sums() (minor, major int64) {
	for i := range f.len() {
		minor, major = minor+f.second(i).Minor, major+f.second(i).Major
	}
	return minor, major
}

// seconds are the seconds remembered as text: the pause before one as a bar.
func (f *FaultHistory) Text() (s string) {
	for i := range f.len() {
		if f.paused(i) {
			s += "| "
		}
		s += fmt.Sprintf("%d+%d ", f.second(i).Minor, f.second(i).Major)
	}
	return s
}

func TestSecondsOfFaults(t *testing.T) {
	const ms = time.Millisecond
	call := func(at time.Duration, minor int64) model.Event {
		return model.Event{Time: at, Proc: model.Main, Call: "touch", Minor: minor}
	}
	running := func(at time.Duration, c string) model.Running {
		return model.Running{Time: at, Command: parsed(c)}
	}
	for _, tt := range []struct {
		name  string
		items []model.Item
		want  string
	}{
		{"nothing", nil, ""},
		{"a sample without faults is no news", []model.Item{sampleAt(5000*ms, 0, 0)}, ""},
		{"a call without faults", []model.Item{call(5000*ms, 0), sampleAt(5001*ms, 0, 0)}, "0+0 "},
		{"calls within a second", []model.Item{call(5000*ms, 1), sampleAt(5001*ms, 1, 0), call(5900*ms, 2), sampleAt(5901*ms, 3, 1)}, "3+1 "},
		{"the next second", []model.Item{call(5000*ms, 1), sampleAt(5001*ms, 1, 0), call(6900*ms, 2), sampleAt(6901*ms, 3, 0)}, "1+0 2+0 "},
		{"a pause", []model.Item{call(5000*ms, 1), sampleAt(5001*ms, 1, 0), call(7000*ms, 2), sampleAt(7001*ms, 3, 0)}, "1+0 | 2+0 "},
		{"a long call that nothing looked at", []model.Item{sampleAt(500*ms, 0, 0), call(1000*ms, 400), sampleAt(5000*ms, 400, 0)}, "100+0 100+0 100+0 100+0 "},
		{"a touch that goes on", []model.Item{running(1000*ms, "touch a"), sampleAt(1500*ms, 50, 0), sampleAt(3000*ms, 200, 0),
			call(1000*ms, 250), sampleAt(3500*ms, 250, 0), running(3500*ms, "")}, "100+0 100+0 50+0 "},
		{"faults of a command that waited", []model.Item{call(1000*ms, 1), sampleAt(1001*ms, 1, 0), running(1010*ms, "wait 9s"), running(9000*ms, "touch a"),
			sampleAt(9500*ms, 7, 0)}, "1+0 | 6+0 "},
		{"out of order", []model.Item{call(5000*ms, 1), sampleAt(4990*ms, 1, 0), call(4000*ms, 1), sampleAt(4995*ms, 2, 0)}, "2+0 "},
		{"counters that begin anew", []model.Item{call(1000*ms, 5), sampleAt(1001*ms, 5, 2), sampleAt(1002*ms, 1, 0), sampleAt(1003*ms, 4, 0)}, "8+2 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var o remembered
			o.add(startedMain())
			o.add(tt.items...)
			if got := o.h.Procs[model.Main].Text(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// The faults of all seconds are those that the samples told, whatever the order of events and
// samples, and seconds follow each other.
func TestNoFaultIsLost(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		var o remembered
		o.add(startedMain())
		var now time.Duration
		var stat model.ProcStat
		for range rnd.IntN(400) {
			now += time.Duration(rnd.Int64N(int64(700 * time.Millisecond)))
			switch rnd.IntN(4) {
			case 0:
				o.add(model.Running{Time: now, Command: []model.Command{nil, parsed("touch a")}[rnd.IntN(2)]})
			case 1:
				o.add(model.Event{Time: max(0, now-time.Duration(rnd.Int64N(int64(4*time.Second)))), Proc: model.Main, Call: "touch", Minor: rnd.Int64N(3)})
			default:
				stat.Minor += rnd.Int64N(1000)
				stat.Major += rnd.Int64N(3)
				o.add(model.Sample{Time: now, Proc: model.Main, Stat: stat})
			}
		}
		f := o.h.Procs[model.Main]
		minor, major := f.sums()
		if f.len() < secondsKept && (minor != stat.Minor || major != stat.Major) {
			t.Fatalf("seed %d: the seconds have %d and %d faults, the process %d and %d", seed, minor, major, stat.Minor, stat.Major)
		}
		for i := 1; i < f.len(); i++ {
			if f.second(i).Start < f.second(i-1).Start+time.Second {
				t.Fatalf("seed %d: second %d begins at %v, the one before at %v", seed, i, f.second(i).Start, f.second(i-1).Start)
			}
		}
		for i := range f.len() {
			if k := f.second(i); k.Minor < 0 || k.Major < 0 {
				t.Fatalf("seed %d: %+v", seed, *k)
			}
		}
	}
}

// Only so many seconds are remembered, the newest of them.
func TestHistoryIsBounded(t *testing.T) {
	var o remembered
	o.add(startedMain())
	const n = 3 * secondsKept
	for i := range int64(n) {
		o.add(sampleAt(time.Duration(i)*time.Second, i+1, 0))
	}
	f := o.h.Procs[model.Main]
	if minor, _ := f.sums(); f.len() != secondsKept || minor != secondsKept || len(f.ring) != secondsKept {
		t.Errorf("%d seconds of %d faults", f.len(), minor)
	}
	if first, last := f.second(0).Start, f.second(f.len()-1).Start; first != (n-secondsKept)*time.Second || last != (n-1)*time.Second {
		t.Errorf("from %v to %v", first, last)
	}
	o.add(model.Event{Time: n * time.Second, Proc: model.Main, Call: "mlock", Minor: 1 << 40})
	o.add(sampleAt(100*n*time.Second, 1<<40, 0))
	if f.len() != secondsKept {
		t.Errorf("%d seconds after a call that took longer than is remembered", f.len())
	}
	if minor, _ := f.sums(); minor != 1<<40-n {
		t.Errorf("%d faults of one call", minor)
	}
}

// A process has a history of its own, and a fresh subject none of those before.
func TestHistoryOfProcesses(t *testing.T) {
	var o remembered
	o.add(startedMain(), sampleAt(time.Second, 7, 0), model.Started{Time: time.Second, Proc: "child", Parent: model.Main, PID: 2})
	child := sampleAt(time.Second, 3, 1)
	child.Proc = "child"
	o.add(child, model.Event{Time: time.Second, Proc: "nobody", Call: "mlock"})
	if a, b := o.h.Procs[model.Main].Text(), o.h.Procs["child"].Text(); a != "7+0 " || b != "3+1 " || len(o.h.Procs) != 2 {
		t.Errorf("main has %q, the child %q, of %d", a, b, len(o.h.Procs))
	}
	o.add(model.Started{Time: 2 * time.Second, Proc: "child", Parent: model.Main, PID: 3})
	if n := o.h.Procs["child"].len(); n != 0 {
		t.Errorf("a name that is taken again remembers %d seconds", n)
	}
	o.add(startedMain())
	if n := o.h.Procs[model.Main].len(); n != 0 || len(o.h.Procs) != 1 {
		t.Errorf("after a reset %d seconds of %d processes", n, len(o.h.Procs))
	}
}

// BenchmarkHistoryAdd is what a sample costs.
func BenchmarkHistoryAdd(b *testing.B) {
	var o remembered
	o.add(startedMain())
	item := make([]model.Item, 1024)
	for i := range item {
		item[i] = sampleAt(time.Duration(i)*50*time.Millisecond, int64(i)*9, int64(i))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		o.h.Add(item[i%len(item)], &o.s)
	}
}

// parsed is the command of a line of the language.
var parsed = modeltest.Parsed
