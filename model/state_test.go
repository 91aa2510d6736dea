package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"incore/model"
	"incore/model/modeltest"
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
	return model.Event{Proc: "main", Call: "mmap", Ret: modeltest.BaseA, RetHex: true, Mapped: &model.RegionInfo{
		Name: name, Base: modeltest.BaseA, Len: pages*modeltest.PageSize - 1, Backing: model.Anon,
	}}
}

func sampleOf(at time.Duration, name string, pages ...model.Page) model.Sample {
	return model.Sample{Time: at, Proc: "main", Regions: []model.RegionSample{{Name: name, Pages: modeltest.Region(name, 0, pages).Pages}}}
}

var started = model.Started{Proc: "main", PID: 7, PageSize: modeltest.PageSize, Kernel: "6.18.44", User: "root"}

// seen leaves out what only makes a state quick to ask.
var seen = cmpopts.IgnoreUnexported(model.Process{}, model.Region{})

func TestApplyRegions(t *testing.T) {
	s := fold(started, mappedEvent("a", 4))
	r := s.Main().Region("a")
	if r == nil || r.Pages.Len() != 4 || r.Changed.Len() != 4 {
		t.Fatalf("after mmap: %+v", r)
	}
	if pg := r.Pages.At(3); pg.Residency != model.NotAsked || !pg.Has(model.InVMA) {
		t.Errorf("before the first sample a page is %+v", pg)
	}
	again := s.Apply(mappedEvent("a", 2))
	if len(again.Main().Regions) != 1 || again.Main().Region("a").Pages.Len() != 2 {
		t.Errorf("mapped again under its name: %+v", again.Main().Regions)
	}
	gone := s.Apply(model.Event{Proc: "main", Call: "munmap", Gone: []string{"a"}})
	if gone.Main().Region("a") != nil || s.Main().Region("a") == nil {
		t.Error("munmap does not take the region from the new state alone")
	}
	fresh := s.Apply(started)
	if len(fresh.Main().Regions) != 0 || len(fresh.Events) != 1 {
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
		{[]model.Page{modeltest.AbsentPage, modeltest.MappedPage, modeltest.AbsentPage, modeltest.AbsentPage}, []time.Duration{0, 1, 0, 0}},
		{[]model.Page{modeltest.AbsentPage, modeltest.MappedPage, modeltest.MappedPage, modeltest.AbsentPage}, []time.Duration{0, 1, 2, 0}},
		{[]model.Page{modeltest.AbsentPage, modeltest.MappedPage, modeltest.MappedPage, modeltest.AbsentPage}, []time.Duration{0, 1, 2, 0}},
		{[]model.Page{modeltest.AbsentPage, modeltest.AbsentPage, modeltest.LockedPage, modeltest.HolePage}, []time.Duration{0, 4, 4, 4}},
		// Of a region of that name and another length: not of this one.
		{[]model.Page{modeltest.MappedPage, modeltest.MappedPage}, []time.Duration{0, 4, 4, 4}},
	} {
		s = s.Apply(sampleOf(time.Duration(i+1), "a", step.pages...))
		got := make([]time.Duration, 4)
		for p := range got {
			got[p] = s.Main().Region("a").Changed.At(int64(p))
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("sample %d (-want +got):\n%s", i+1, diff)
		}
	}
}

// A page that stops being shared has changed; that it is shared, or that it is not told, is no
// change.
func TestApplySharing(t *testing.T) {
	own, shared := modeltest.MappedPage, modeltest.MappedPage
	own.Mapping |= model.Exclusive
	shared.Mapping |= model.Shared
	s := fold(started, mappedEvent("a", 1), sampleOf(1, "a", modeltest.MappedPage))
	for i, step := range []struct {
		page model.Page
		want time.Duration
	}{
		{own, 1}, {shared, 1}, {modeltest.MappedPage, 1}, {own, 1}, {shared, 1}, {own, 7}, {shared, 7}, {modeltest.AbsentPage, 9}, {own, 10},
	} {
		s = s.Apply(sampleOf(time.Duration(i+2), "a", step.page))
		if got := s.Main().Region("a").Changed.At(0); got != step.want {
			t.Errorf("after sample %d the page changed at %d, not %d", i+2, got, step.want)
		}
	}
}

// forked is the start of a child of main that has the regions.
func forked(name string, pid int, regions ...model.RegionInfo) model.Started {
	s := started
	s.Proc, s.Parent, s.PID, s.Regions = name, "main", pid, regions
	return s
}

// names lists the processes of a state, each with its regions: kid(a b).
func names(s model.State) (out []string) {
	for i := range s.Procs {
		var regions []string
		for _, r := range s.Procs[i].Regions {
			regions = append(regions, r.Name)
		}
		out = append(out, fmt.Sprintf("%s(%s)", s.Procs[i].Name, strings.Join(regions, " ")))
	}
	return out
}

func TestApplyProcesses(t *testing.T) {
	a, b := *mappedEvent("a", 2).Mapped, *mappedEvent("b", 1).Mapped
	died := model.Died{Proc: "kid", Signal: "SIGSEGV", Cause: "signal SIGSEGV die"}
	s := fold(started, mappedEvent("a", 2), mappedEvent("b", 1), sampleOf(1, "a", modeltest.LockedPage, modeltest.MappedPage))
	for _, step := range []struct {
		item model.Item
		want []string
	}{
		{forked("kid", 8, a, b), []string{"main(a b)", "kid(a b)"}},
		{model.Event{Proc: "kid", Call: "munmap", Gone: []string{"b"}}, []string{"main(a b)", "kid(a)"}},
		{forked("other", 9), []string{"main(a b)", "kid(a)", "other()"}},
		{died, []string{"main(a b)", "kid(a)", "other()"}},
		{model.Event{Proc: "main", Call: "munmap", Gone: []string{"a", "b"}}, []string{"main()", "kid(a)", "other()"}},
		{model.Event{Proc: "ghost", Call: "munmap", Gone: []string{"a"}}, []string{"main()", "kid(a)", "other()"}},
		{model.Event{Call: "memfd_create", Aside: true}, []string{"main()", "kid(a)", "other()"}},
		// The name is free again when its process is gone.
		{forked("kid", 10, b), []string{"main()", "other()", "kid(b)"}},
		{started, []string{"main()"}},
	} {
		s = s.Apply(step.item)
		if diff := cmp.Diff(step.want, names(s)); diff != "" {
			t.Fatalf("after %+v (-want +got):\n%s", step.item, diff)
		}
		kid, parent := s.Process("kid"), s.Main()
		switch {
		case parent.PID != 7 || parent.Death != nil:
			t.Errorf("main is %+v after %+v", parent, step.item)
		case step.item == model.Item(died) && (kid.Death == nil || *kid.Death != died):
			t.Errorf("kid died of %+v", kid.Death)
		case kid != nil && kid.PID == 10 && (kid.Death != nil || kid.Parent != "main"):
			t.Errorf("the second kid is %+v", kid)
		}
	}
	if s.Process("ghost") != nil || s.Process("") != nil {
		t.Error("a process that is not there was found")
	}
}

// A sample is of one process; a child begins with regions of which nothing was seen.
func TestApplySampleOfProcess(t *testing.T) {
	s := fold(started, mappedEvent("a", 2), sampleOf(1, "a", modeltest.LockedPage, modeltest.MappedPage))
	s = s.Apply(forked("kid", 8, *mappedEvent("a", 2).Mapped))
	was := *s.Main()
	fresh := model.Runs[model.Page]{}.Add(2, model.Page{Mapping: model.InVMA})
	if got := s.Process("kid").Region("a").Pages; !got.Equal(fresh) {
		t.Errorf("a child's pages before the first sample: %+v", got)
	}
	sample := sampleOf(2, "a", modeltest.AbsentPage, modeltest.LockedPage)
	sample.Proc, sample.Stat, sample.Limits = "kid", model.ProcStat{VmLck: 4096}, model.Limits{MemlockSoft: 1}
	sample.VMAs, sample.Frame = []model.VMA{{Start: modeltest.BaseA, End: modeltest.BaseA + 2*modeltest.PageSize}}, &model.Frame{Region: "a", PFN: 5}
	sample.System = model.System{MemTotal: 1 << 30}
	s = s.Apply(sample)
	if diff := cmp.Diff(was, *s.Main(), seen); diff != "" {
		t.Errorf("a child's sample changed main (-was +is):\n%s", diff)
	}
	kid := s.Process("kid")
	if !kid.Region("a").Pages.Equal(sample.Regions[0].Pages) || kid.Stat != sample.Stat || kid.Limits != sample.Limits ||
		len(kid.VMAs) != 1 || kid.Frame == nil || kid.Frame.PFN != 5 || s.System != sample.System {
		t.Errorf("the child after its sample: %+v of %+v", kid, s.System)
	}
	sample.Proc = "ghost"
	if diff := cmp.Diff(s.Procs, s.Apply(sample).Procs, seen); diff != "" {
		t.Errorf("a sample of no process changed one (-was +is):\n%s", diff)
	}
}

// mremap: a region that moves or changes its length keeps its place in the list, and what
// was seen of the pages that it still has.
func TestApplyMremap(t *testing.T) {
	two := func(a, b model.Page) model.Runs[model.Page] { return model.Runs[model.Page]{}.Add(1, a).Add(1, b) }
	s := fold(started, mappedEvent("a", 2), mappedEvent("b", 1), sampleOf(3, "a", modeltest.AbsentPage, modeltest.LockedPage))
	resize := func(base, pages uint64) model.State {
		e := mappedEvent("a", pages)
		e.Call, e.Mapped.Base = "mremap", base
		return s.Apply(e)
	}
	for _, tt := range []struct {
		name        string
		base, pages uint64
		want        model.Runs[model.Page]
		changed     model.Runs[time.Duration]
	}{
		{"moved", modeltest.BaseB, 2, two(modeltest.AbsentPage, modeltest.LockedPage), model.Runs[time.Duration]{}.Add(1, 0).Add(1, 3)},
		{"longer", modeltest.BaseA, 4, two(modeltest.AbsentPage, modeltest.LockedPage).Add(2, model.Page{Mapping: model.InVMA}),
			model.Runs[time.Duration]{}.Add(1, 0).Add(1, 3).Add(2, 0)},
		{"shorter", modeltest.BaseA, 1, model.Runs[model.Page]{}.Add(1, modeltest.AbsentPage), model.Runs[time.Duration]{}.Add(1, 0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := resize(tt.base, tt.pages)
			r := got.Main().Region("a")
			if diff := cmp.Diff([]string{"main(a b)"}, names(got)); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if r.Base != tt.base || !r.Pages.Equal(tt.want) || !r.Changed.Equal(tt.changed) {
				t.Errorf("%+v, want pages %+v changed %+v", r, tt.want, tt.changed)
			}
			if old := s.Main().Region("a"); old.Base != modeltest.BaseA || !old.Pages.Equal(two(modeltest.AbsentPage, modeltest.LockedPage)) {
				t.Errorf("the state before has now %+v", old)
			}
			// The sample was begun before the call.
			late := got.Apply(sampleOf(4, "a", modeltest.MappedPage, modeltest.MappedPage))
			if kept := late.Main().Region("a").Pages.Equal(tt.want); kept != (tt.pages != 2) {
				t.Errorf("a sample of 2 pages was taken: %v", !kept)
			}
		})
	}
	// What is mapped anew in place of what is gone is another region.
	e := mappedEvent("a", 2)
	e.Gone = []string{"a"}
	if got := s.Apply(e); cmp.Diff([]string{"main(b a)"}, names(got)) != "" || got.Main().Region("a").Pages.At(0).Residency != model.NotAsked {
		t.Errorf("mapped anew: %v, %+v", names(got), got.Main().Region("a"))
	}
}

func TestApplyOtherItems(t *testing.T) {
	died := model.Died{Time: 3, Proc: "main", Signal: "SIGKILL"}
	s := fold(started, model.Running{Time: 1, Command: modeltest.Parsed("touch a"), Queued: 2}, model.Checked{Time: 2, Expect: "expect ok"}, died)
	if s.Running.Queued != 2 || len(s.Checks) != 1 || s.Time != 3 || s.Main().Death == nil || *s.Main().Death != died {
		t.Errorf("%+v", s)
	}
	if s := fold(started, model.Died{Proc: "main", Asked: true}); s.Main().Death != nil {
		t.Errorf("incore ended it itself: %+v", s.Main().Death)
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
			t.Fatalf("state %d (-then +now):\n%s", i, cmp.Diff(shown[i], got, seen))
		}
		for _, p := range k.Procs {
			for _, r := range p.Regions {
				if r.Pages.Len() != r.Changed.Len() || r.Heat != nil && r.Pages.Len() != r.Heat.Len() {
					t.Fatalf("%s of %s has %d pages, %d times, the heat of %d", r.Name, p.Name, r.Pages.Len(), r.Changed.Len(), r.Heat.Len())
				}
			}
		}
	}
}

func drawItem(t *rapid.T) model.Item {
	name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name")
	proc := rapid.SampledFrom([]string{"main", "kid", "other"}).Draw(t, "process")
	switch rapid.IntRange(0, 9).Draw(t, "item") {
	case 0, 1:
		e := mappedEvent(name, rapid.Uint64Range(1, 4).Draw(t, "pages"))
		e.Proc, e.Mapped.Base = proc, rapid.SampledFrom([]uint64{modeltest.BaseA, modeltest.BaseB}).Draw(t, "base")
		return e
	case 4:
		if proc == "main" {
			return started
		}
		return forked(proc, rapid.IntRange(8, 9).Draw(t, "pid"), *mappedEvent(name, 3).Mapped)
	case 5:
		return model.Died{Proc: proc, Signal: "SIGKILL", Asked: rapid.Bool().Draw(t, "asked")}
	case 6:
		return model.Event{Proc: proc, Call: "munmap", Gone: []string{name}}
	case 2:
		return model.Checked{Expect: "expect ok"}
	case 3:
		return model.Running{Command: modeltest.Parsed("touch " + name)}
	case 7:
		a := accessed(time.Duration(rapid.IntRange(1, 9).Draw(t, "time")), pagesRun(rapid.Int64Range(0, 3).Draw(t, "page"), 2, 2, model.MinorFault))
		a.Proc = proc
		a.Latencies.Add(model.MinorFault, 800)
		return a
	default:
		kinds := []model.Page{modeltest.AbsentPage, modeltest.MappedPage, modeltest.LockedPage, modeltest.HolePage}
		s := sampleOf(time.Duration(rapid.IntRange(1, 9).Draw(t, "time")), name,
			rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 4).Draw(t, "sampled")...)
		s.Proc = proc
		return s
	}
}

func show(s model.State) string {
	text := fmt.Sprintf("%+v", s)
	for _, p := range s.Procs {
		if p.Latencies != nil {
			text += fmt.Sprint(*p.Latencies)
		}
	}
	return text
}
