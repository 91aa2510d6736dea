package memops

import (
	"testing"
	"time"

	"incore/model"
)

// Who fetches nothing while a touch goes on finds the newest sample of each process, and of the
// accesses the newest, with the times of all.
func TestOutboxStaysSmall(t *testing.T) {
	o := newOutbox()
	o.put(model.Event{Seq: 1})
	const n = 10 * keptAccesses
	for i := range time.Duration(n) {
		a := model.Accessed{Time: i, Proc: "main", Runs: make([]model.AccessRun, 1)}
		a.Latencies.Add(model.MinorFault, 700)
		o.put(a)
		o.put(model.Sample{Time: i, Proc: "main"})
		o.put(model.Sample{Time: i, Proc: "kid"})
	}
	items := o.take()
	if len(items) != 1+keptAccesses+2 {
		t.Fatalf("%d items", len(items))
	}
	var sum model.Latencies
	last := time.Duration(-1)
	for _, it := range items[1 : 1+keptAccesses] {
		a := it.(model.Accessed)
		if a.Time <= last {
			t.Errorf("%v follows %v", a.Time, last)
		}
		last = a.Time
		sum.Join(&a.Latencies)
	}
	if sum.Count(model.MinorFault) != n || last != n-1 {
		t.Errorf("%d times are kept of %d, the newest accesses are %v", sum.Count(model.MinorFault), n, last)
	}
	for i, name := range []string{"main", "kid"} {
		if s := items[1+keptAccesses+i].(model.Sample); s.Proc != name || s.Time != n-1 {
			t.Errorf("sample %d is %v of %s", i, s.Time, s.Proc)
		}
	}
	// Long lists are few.
	for range 20 {
		o.put(model.Accessed{Proc: "main", Runs: make([]model.AccessRun, keptRuns/4)})
	}
	if items := o.take(); len(items) != 4 {
		t.Errorf("%d long lists", len(items))
	}
	// An event ends what may be replaced.
	o.put(model.Sample{Time: 1, Proc: "main"})
	o.put(model.Event{Seq: 2})
	o.put(model.Sample{Time: 2, Proc: "main"})
	if items := o.take(); len(items) != 3 {
		t.Errorf("%d items beside an event", len(items))
	}
}
