package model_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
	"incore/model/modeltest"
)

// heatOf is the heat of each page of a region, one by one.
func heatOf(r *model.Region) []model.Heat {
	out := make([]model.Heat, r.Pages.Len())
	for i := range out {
		out[i] = r.Heat.At(int64(i))
	}
	return out
}

// accessed is an item of main with the runs.
func accessed(at time.Duration, runs ...model.AccessRun) model.Accessed {
	return model.Accessed{Time: at, Proc: "main", Runs: runs}
}

// pagesRun is count accesses from a page of a on, each every pages behind the one before.
func pagesRun(page, count, every int64, fault model.FaultKind) model.AccessRun {
	r := model.AccessRun{Addr: modeltest.BaseA + uint64(page)*modeltest.PageSize, Count: count, Fault: fault}
	if count > 1 {
		r.Stride = uint64(every) * modeltest.PageSize
	}
	return r
}

func TestApplyAccessed(t *testing.T) {
	s := fold(started, mappedEvent("a", 8))
	if s.Main().Region("a").Heat != nil || s.Main().Latencies != nil {
		t.Errorf("before the first access: %+v", s.Main())
	}
	first := accessed(3, pagesRun(0, 3, 1, model.MinorFault), pagesRun(4, 2, 2, model.MajorFault))
	first.Latencies.Add(model.MinorFault, 700)
	first.Latencies.Add(model.MajorFault, time.Millisecond)
	s = s.Apply(first)
	was := s
	again := accessed(5, model.AccessRun{Addr: modeltest.BaseA + 2*modeltest.PageSize + 17, Count: 1, Fault: model.NoFault})
	again.Latencies.Add(model.NoFault, 30)
	s = s.Apply(again)
	minor, major := model.Heat{Last: 3, Minor: 1}, model.Heat{Last: 3, Major: 1}
	want := []model.Heat{minor, minor, {Last: 5, Minor: 1}, {}, major, {}, major, {}}
	if diff := cmp.Diff(want, heatOf(s.Main().Region("a"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sum := first.Latencies
	sum.Join(&again.Latencies)
	if *s.Main().Latencies != sum || *was.Main().Latencies != first.Latencies || s.Time != 5 {
		t.Errorf("the times are %v, in the state before %v", *s.Main().Latencies, *was.Main().Latencies)
	}
	if n := sum.Count(model.NoFault) + 10*sum.Count(model.MinorFault) + 100*sum.Count(model.MajorFault); n != 111 {
		t.Errorf("counted are %d", n)
	}
	kid := s.Apply(forked("kid", 8, s.Main().Region("a").RegionInfo)).Process("kid")
	if kid.Region("a").Heat != nil || kid.Latencies != nil {
		t.Errorf("a child begins with %+v", kid)
	}
	if again := s.Apply(model.Event{Proc: "main", Gone: []string{"a"}}).Apply(mappedEvent("a", 8)); again.Main().Region("a").Heat != nil {
		t.Errorf("a region that is mapped anew begins with %+v", again.Main().Region("a").Heat)
	}
}

// Of a region that lies in a hole of another, only that one is accessed; a block that malloc took from the
// heap shares its pages with the heap.
func TestAccessedWhereRegionsOverlap(t *testing.T) {
	b := mappedEvent("b", 2)
	b.Mapped.Base = modeltest.BaseA + 2*modeltest.PageSize
	s := fold(started, mappedEvent("a", 6), accessed(1, pagesRun(0, 6, 1, model.MinorFault)),
		model.Event{Proc: "main", Call: "munmap", Args: []model.Arg{{Value: modeltest.BaseA + 2*modeltest.PageSize}, {Value: 2*modeltest.PageSize - 5}}},
		sampleOf(2, "a", modeltest.MappedPage, modeltest.MappedPage, model.Page{}, model.Page{}, modeltest.MappedPage, modeltest.MappedPage),
		b, accessed(3, pagesRun(1, 3, 1, model.NoFault)))
	old, both := model.Heat{Last: 1, Minor: 1}, model.Heat{Last: 3, Minor: 1}
	if diff := cmp.Diff([]model.Heat{old, both, {}, {}, old, old}, heatOf(s.Main().Region("a"))); diff != "" {
		t.Errorf("a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]model.Heat{{Last: 3}, {Last: 3}}, heatOf(s.Main().Region("b"))); diff != "" {
		t.Errorf("b (-want +got):\n%s", diff)
	}
	block := mappedEvent("b", 1)
	block.Call, block.Mapped.Malloc, block.Mapped.Backing = "brk", model.FromBrk, model.Heap
	s = fold(started, mappedEvent("heap", 2), accessed(1, pagesRun(0, 2, 1, model.NoFault)), block, accessed(2, pagesRun(0, 1, 1, model.NoFault)))
	if got := append(heatOf(s.Main().Region("heap")), heatOf(s.Main().Region("b"))...); !cmp.Equal(got, []model.Heat{{Last: 2}, {Last: 1}, {Last: 2}}) {
		t.Errorf("the heap and a block: %+v", got)
	}
}

// What a call unmaps of other regions has no heat any more.
func TestUnmappedIsCold(t *testing.T) {
	at := func(base, pages uint64, call string, args ...uint64) model.Event {
		e := mappedEvent("c", pages)
		e.Call, e.Mapped.Base, e.Mapped.Len = call, base, pages*modeltest.PageSize
		for _, v := range args {
			e.Args = append(e.Args, model.Arg{Value: v})
		}
		return e
	}
	unmap := model.Event{Proc: "main", Call: "munmap", Args: []model.Arg{{Value: modeltest.BaseA + modeltest.PageSize}, {Value: 1}}}
	failed := unmap
	failed.Errno = "EPERM"
	other := unmap
	other.Proc = "kid"
	for _, tt := range []struct {
		name string
		e    model.Event
		cold string // pages of the four of a
	}{
		{"munmap", unmap, ".x.."},
		{"munmap that failed", failed, "...."},
		{"munmap in another process", other, "...."},
		{"mmap over it", at(modeltest.BaseA+2*modeltest.PageSize, 5, "mmap", modeltest.BaseA, 0), "..xx"},
		{"shmat over it", at(modeltest.BaseA-modeltest.PageSize, 2, "shmat", 3, 0), "x..."},
		{"mremap of what fills a hole and moves", at(modeltest.BaseB, 2, "mremap", modeltest.BaseA+modeltest.PageSize, 2*modeltest.PageSize), ".xx."},
		{"mremap that is shorter", at(modeltest.BaseA, 1, "mremap", modeltest.BaseA, 3*modeltest.PageSize), ".xx."},
		{"mremap that is longer", at(modeltest.BaseA, 3, "mremap", modeltest.BaseA, 2*modeltest.PageSize), "...."},
		{"a block of the heap", at(modeltest.BaseA, 2, "brk", modeltest.BaseA), "...."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			was := fold(started, mappedEvent("a", 4), accessed(7, pagesRun(0, 4, 1, model.NoFault)))
			cold := ""
			for _, h := range heatOf(was.Apply(tt.e).Main().Region("a")) {
				if h == (model.Heat{}) {
					cold += "x"
				} else {
					cold += "."
				}
			}
			if cold != tt.cold {
				t.Errorf("cold are %s, want %s", cold, tt.cold)
			}
			if r := was.Main().Region("a"); len(r.Heat) != 1 || r.Heat[0].Val.Last != 7 {
				t.Errorf("the state before has %+v", r.Heat)
			}
		})
	}
}

// heatReference is what the pages of a and b should have, page by page.
type heatReference map[string][]model.Heat

// draw draws an item and does to the pages what it says.
func (ref heatReference) draw(t *rapid.T, at time.Duration) model.Item {
	name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "region")
	base := map[string]uint64{"a": modeltest.BaseA, "b": modeltest.BaseB}[name]
	pages := ref[name]
	n := len(pages)
	switch rapid.IntRange(0, 5).Draw(t, "item") {
	case 0:
		lo := rapid.IntRange(0, n-1).Draw(t, "from")
		hi := rapid.IntRange(lo+1, n).Draw(t, "to")
		clear(pages[lo:hi])
		return model.Event{Proc: "main", Call: "munmap", Args: []model.Arg{{Value: base + uint64(lo)*modeltest.PageSize}, {Value: uint64(hi-lo)*modeltest.PageSize - 9}}}
	case 1:
		length := rapid.IntRange(1, 40).Draw(t, "length")
		grown := make([]model.Heat, length)
		copy(grown, pages)
		ref[name] = grown
		e := mappedEvent(name, uint64(length))
		e.Call, e.Mapped.Base = "mremap", base
		e.Args = []model.Arg{{Value: base}, {Value: uint64(n) * modeltest.PageSize}}
		return e
	}
	a := accessed(at)
	addr := uint64(modeltest.BaseA) - 3*modeltest.PageSize
	for addr < modeltest.BaseB+50*modeltest.PageSize && len(a.Runs) < 6 {
		addr += rapid.Uint64Range(0, 6*modeltest.PageSize).Draw(t, "gap")
		if addr > modeltest.BaseA+45*modeltest.PageSize && addr < modeltest.BaseB-3*modeltest.PageSize {
			addr = modeltest.BaseB - 3*modeltest.PageSize
		}
		r := model.AccessRun{
			Addr: addr, Count: rapid.Int64Range(1, 9).Draw(t, "count"),
			Fault: rapid.SampledFrom([]model.FaultKind{model.NoFault, model.MinorFault, model.MajorFault}).Draw(t, "fault"),
		}
		if r.Count > 1 {
			r.Stride = rapid.SampledFrom([]uint64{1, modeltest.PageSize / 2, modeltest.PageSize, 2 * modeltest.PageSize, 2*modeltest.PageSize + 100, 7 * modeltest.PageSize}).Draw(t, "stride")
		}
		a.Runs = append(a.Runs, r)
		ref.touch(r, at)
		addr = (r.Last()/modeltest.PageSize + 1) * modeltest.PageSize
	}
	return a
}

func (ref heatReference) touch(r model.AccessRun, at time.Duration) {
	last := uint64(0)
	for i := range uint64(r.Count) {
		addr := r.Addr + i*r.Stride
		if addr/modeltest.PageSize == last {
			continue // a page that was reached once more
		}
		last = addr / modeltest.PageSize
		for name, base := range map[string]uint64{"a": modeltest.BaseA, "b": modeltest.BaseB} {
			if addr < base || addr >= base+uint64(len(ref[name]))*modeltest.PageSize {
				continue
			}
			h := &ref[name][(addr-base)/modeltest.PageSize]
			h.Last = at
			switch r.Fault {
			case model.MinorFault:
				h.Minor++
			case model.MajorFault:
				h.Major++
			}
		}
	}
}

func heatIsOfItsPages(t *rapid.T) {
	s := fold(started, mappedEvent("a", 20))
	b := mappedEvent("b", 30)
	b.Mapped.Base = modeltest.BaseB
	s = s.Apply(b)
	ref := heatReference{"a": make([]model.Heat, 20), "b": make([]model.Heat, 30)}
	for i := range rapid.IntRange(1, 12).Draw(t, "items") {
		item := ref.draw(t, time.Duration(i+1))
		s = s.Apply(item)
		for name, want := range ref {
			r := s.Main().Region(name)
			if diff := cmp.Diff(want, heatOf(r)); diff != "" {
				t.Fatalf("%s after %+v (-want +got):\n%s", name, item, diff)
			}
			if r.Heat != nil && r.Heat.Len() != r.Pages.Len() {
				t.Fatalf("the heat of %d pages is of %d", r.Pages.Len(), r.Heat.Len())
			}
			for k := 1; k < len(r.Heat); k++ {
				if r.Heat[k].Val == r.Heat[k-1].Val {
					t.Fatalf("runs %d and %d are equal: %+v", k-1, k, r.Heat)
				}
			}
		}
	}
}

func TestHeatIsOfItsPages(t *testing.T) { rapid.Check(t, heatIsOfItsPages) }

func FuzzHeat(f *testing.F) { f.Fuzz(rapid.MakeFuzz(heatIsOfItsPages)) }

// However many pages lie between those that are accessed, the heat stays small, and no page that
// was accessed is told of as if it were not.
func TestHeatIsBounded(t *testing.T) {
	const pages = 1 << 28 // a TiB
	s := fold(started, mappedEvent("a", pages))
	for i := range int64(8) { // every third page, a stretch at a time
		const n = model.HeatRuns / 4
		s = s.Apply(accessed(time.Duration(i+1), pagesRun(3*n*i, n, 3, model.MinorFault)))
	}
	heat := s.Main().Region("a").Heat
	if len(heat) > model.HeatRuns || heat.Len() != pages {
		t.Errorf("%d runs of %d pages", len(heat), heat.Len())
	}
	for i := range int64(8) {
		const n = model.HeatRuns / 4
		for _, page := range []int64{0, 3, 3 * (n / 2), 3 * (n - 1)} {
			if h := heat.At(3*n*i + page); h.Last < time.Duration(i+1) || h.Minor != 1 {
				t.Errorf("page %d of stretch %d has %+v", page, i, h)
			}
		}
	}
	if h := heat.At(3*8*model.HeatRuns/4 + 64); h != (model.Heat{}) {
		t.Errorf("a page behind all has %+v", h)
	}
	// What a file says of accesses needs not be possible.
	s = s.Apply(accessed(100, model.AccessRun{Addr: 5, Stride: 2 * modeltest.PageSize, Count: 1 << 62}))
	s = s.Apply(accessed(90, model.AccessRun{Addr: ^uint64(0), Stride: 1 << 63, Count: 9}, model.AccessRun{Count: -1},
		pagesRun(5, 9, 0, model.NoFault), pagesRun(0, 1, 1, model.NoFault)))
	if heat := s.Main().Region("a").Heat; len(heat) > model.HeatRuns || heat.At(pages/2).Last != 100 {
		t.Errorf("%d runs, the page in the middle has %+v", len(heat), heat.At(pages/2))
	}
}

func TestLatencyClasses(t *testing.T) {
	for class := range model.LatencyBuckets {
		from := model.LatencyOf(class)
		if got := model.LatencyBucket(from); got != class {
			t.Errorf("class %d begins at %v, which counts in %d", class, from, got)
		}
		if got := model.LatencyBucket(from - 1); got != max(class-1, 0) {
			t.Errorf("just below %v is class %d", from, got)
		}
	}
	for d, want := range map[time.Duration]int{-1: 0, 0: 0, time.Hour: model.LatencyBuckets - 1} {
		if got := model.LatencyBucket(d); got != want {
			t.Errorf("%v is of class %d, not %d", d, got, want)
		}
	}
}

// BenchmarkApplyAccessed folds what a touch at full speed tells of in a thirtieth of a second
// into a region of a GiB: in a row, and into one whose pages were touched at random.
func BenchmarkApplyAccessed(b *testing.B) {
	row := accessed(1, pagesRun(1000, 1<<15, 1, model.MinorFault))
	scattered := accessed(1)
	for page := int64(0); page < 1<<18; page += 53 {
		scattered.Runs = append(scattered.Runs, pagesRun(page, 1, 1, model.MinorFault))
	}
	cold := fold(started, mappedEvent("a", 1<<18))
	torn := cold.Apply(accessed(1, pagesRun(0, 1<<17, 2, model.MinorFault)))
	for _, bb := range []struct {
		name string
		s    model.State
		a    model.Accessed
	}{{"row", cold, row}, {"row into 262144 runs", torn, row}, {"5000 single into 262144 runs", torn, scattered}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.s.Apply(bb.a)
			}
		})
	}
}

// Of more accesses than are kept apart blocks of pages are told as one, and that is said.
func TestHeatInBlocks(t *testing.T) {
	const n = 4 * model.HeatRuns
	s := model.State{}.Apply(model.Started{Proc: "main", PageSize: 4096}).Apply(mappedEvent("a", n))
	base := s.Main().Region("a").Base
	accessed := func(at time.Duration, stride uint64, count int64) {
		s = s.Apply(model.Accessed{Time: at, Proc: "main", Runs: []model.AccessRun{{Addr: base, Stride: stride, Count: count, Fault: model.MinorFault}}})
	}
	if accessed(1, 8192, 100); s.Main().Region("a").HeatBlock > 1 {
		t.Errorf("100 accesses are told in blocks of %d", s.Main().Region("a").HeatBlock)
	}
	accessed(2, 8192, n/2)
	r := s.Main().Region("a")
	if r.HeatBlock < 2 || len(r.Heat) > model.HeatRuns {
		t.Errorf("%d accesses are %d runs, in blocks of %d pages", n/2, len(r.Heat), r.HeatBlock)
	}
	if s = s.Apply(model.Event{Proc: "main", Gone: []string{"a"}}).Apply(mappedEvent("a", 8)); s.Main().Region("a").HeatBlock != 0 {
		t.Error("a region that is mapped anew begins in blocks")
	}
}
