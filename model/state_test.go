package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
)

// fold is the state after the items, from nothing.
func fold(items ...model.Item) model.State {
	var s model.State
	for _, it := range items {
		s = s.Apply(it)
	}
	return s
}

func mappedEvent(name string, pages uint64) model.Event {
	return model.Event{Call: "mmap", Ret: baseA, RetHex: true, Mapped: &model.RegionInfo{
		Name: name, Base: baseA, Len: pages*pageSize - 1, Backing: model.Anon,
	}}
}

func sampleOf(at time.Duration, name string, pages ...model.Page) model.Sample {
	return model.Sample{Time: at, Proc: "main", Regions: []model.RegionSample{{Name: name, Pages: region(name, 0, pages).Pages}}}
}

var started = model.Started{Proc: "main", PID: 7, PageSize: pageSize, Kernel: "6.18.44", User: "root"}

func TestApplyRegions(t *testing.T) {
	s := fold(started, mappedEvent("a", 4))
	r := s.Proc.Region("a")
	if r == nil || r.Pages.Len() != 4 || r.Changed.Len() != 4 {
		t.Fatalf("after mmap: %+v", r)
	}
	if pg := r.Pages.At(3); pg.Residency != model.NotAsked || !pg.Has(model.InVMA) {
		t.Errorf("before the first sample a page is %+v", pg)
	}
	again := s.Apply(mappedEvent("a", 2))
	if len(again.Proc.Regions) != 1 || again.Proc.Region("a").Pages.Len() != 2 {
		t.Errorf("mapped again under its name: %+v", again.Proc.Regions)
	}
	gone := s.Apply(model.Event{Call: "munmap", Gone: []string{"a"}})
	if gone.Proc.Region("a") != nil || s.Proc.Region("a") == nil {
		t.Error("munmap does not take the region from the new state alone")
	}
	fresh := s.Apply(started)
	if len(fresh.Proc.Regions) != 0 || len(fresh.Events) != 1 {
		t.Errorf("after a fresh start: %+v", fresh)
	}
}

func TestApplyChanges(t *testing.T) {
	s := fold(started, mappedEvent("a", 4))
	for i, step := range []struct {
		pages []model.Page
		want  []time.Duration
	}{
		// What the first sample finds in core has come since the mapping; the rest has not changed.
		{[]model.Page{absentPage, mappedPage, absentPage, absentPage}, []time.Duration{0, 1, 0, 0}},
		{[]model.Page{absentPage, mappedPage, mappedPage, absentPage}, []time.Duration{0, 1, 2, 0}},
		{[]model.Page{absentPage, mappedPage, mappedPage, absentPage}, []time.Duration{0, 1, 2, 0}},
		{[]model.Page{absentPage, absentPage, lockedPage, holePage}, []time.Duration{0, 4, 4, 4}},
		// Of a region of that name and another length: not of this one.
		{[]model.Page{mappedPage, mappedPage}, []time.Duration{0, 4, 4, 4}},
	} {
		s = s.Apply(sampleOf(time.Duration(i+1), "a", step.pages...))
		got := make([]time.Duration, 4)
		for p := range got {
			got[p] = s.Proc.Region("a").Changed.At(int64(p))
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("sample %d (-want +got):\n%s", i+1, diff)
		}
	}
}

func TestApplyOtherItems(t *testing.T) {
	died := model.Died{Time: 3, Proc: "main", Signal: "SIGKILL"}
	s := fold(started, model.Running{Time: 1, Command: "touch a", Queued: 2}, model.Checked{Time: 2, Expect: "expect ok"}, died)
	if s.Running.Queued != 2 || len(s.Checks) != 1 || s.Time != 3 || s.Proc.Death == nil || *s.Proc.Death != died {
		t.Errorf("%+v", s)
	}
	if s := fold(started, model.Died{Asked: true}); s.Proc.Death != nil {
		t.Errorf("incore ended it itself: %+v", s.Proc.Death)
	}
	s = fold(started, model.Event{Seq: 1, Call: "mlock"}, model.Event{Seq: 2, Call: "memfd_create", Aside: true},
		model.Event{Seq: 3, Note: "said"})
	if s.Last == nil || s.Last.Seq != 1 || len(s.Events) != 3 {
		t.Errorf("the last call is %+v of %d events", s.Last, len(s.Events))
	}
}

func TestApplyKeepsTheNewestEvents(t *testing.T) {
	s := fold(started)
	const n = model.EventsKept + model.EventsKept/2
	for i := range n {
		s = s.Apply(model.Event{Seq: i + 1, Call: "mlock"})
		if len(s.Events) > model.EventsKept {
			t.Fatalf("%d events", len(s.Events))
		}
	}
	if last := s.Events[len(s.Events)-1].Seq; last != n || s.Last.Seq != n {
		t.Errorf("the newest event is %d, the last call %d, want %d", last, s.Last.Seq, n)
	}
	for i := 1; i < len(s.Events); i++ {
		if s.Events[i].Seq != s.Events[i-1].Seq+1 {
			t.Fatalf("event %d follows %d", s.Events[i].Seq, s.Events[i-1].Seq)
		}
	}
}

// A state that is kept stays as it was, whatever is folded after it.
func TestApplyLeavesTheOldState(t *testing.T) { rapid.Check(t, applyLeavesTheOldState) }

func FuzzApply(f *testing.F) { f.Fuzz(rapid.MakeFuzz(applyLeavesTheOldState)) }

func applyLeavesTheOldState(t *rapid.T) {
	s := fold(started)
	var kept []model.State
	var shown []string
	for range rapid.IntRange(1, 20).Draw(t, "items") {
		s = s.Apply(drawItem(t))
		kept = append(kept, s)
		shown = append(shown, show(s))
	}
	for i, k := range kept {
		if got := show(k); got != shown[i] {
			t.Fatalf("state %d (-then +now):\n%s", i, cmp.Diff(shown[i], got))
		}
		for j := range k.Proc.Regions {
			r := &k.Proc.Regions[j]
			if r.Pages.Len() != r.Changed.Len() {
				t.Fatalf("%s has %d pages and %d times", r.Name, r.Pages.Len(), r.Changed.Len())
			}
		}
	}
}

func drawItem(t *rapid.T) model.Item {
	name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name")
	switch rapid.IntRange(0, 5).Draw(t, "item") {
	case 0:
		return mappedEvent(name, rapid.Uint64Range(1, 4).Draw(t, "pages"))
	case 1:
		return model.Event{Call: "munmap", Gone: []string{name}}
	case 2:
		return model.Checked{Expect: "expect ok"}
	case 3:
		return model.Running{Command: "touch " + name}
	default:
		kinds := []model.Page{absentPage, mappedPage, lockedPage, holePage}
		return sampleOf(time.Duration(rapid.IntRange(1, 9).Draw(t, "time")), name,
			rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 4).Draw(t, "sampled")...)
	}
}

func show(s model.State) string { return fmt.Sprintf("%+v", s) }
