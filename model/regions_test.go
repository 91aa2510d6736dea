package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"incore/model"
	"incore/model/modeltest"
)

// What the index finds is what a look through the list finds: by name, by address, page by page,
// whatever was mapped, moved, made longer and unmapped, one within the other too.
func TestRegionIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fold(started)
		base := rapid.Uint64Range(0, 40)
		for i := range rapid.IntRange(1, 60).Draw(t, "events") {
			e := model.Event{Proc: model.Main, Call: "mmap"}
			name := fmt.Sprintf("r%d", rapid.IntRange(0, 20).Draw(t, "name"))
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				e.Gone = []string{name, "nobody", name}
			} else {
				e.Mapped = &model.RegionInfo{Name: name, Base: modeltest.BaseA + base.Draw(t, "base")*modeltest.PageSize, Len: rapid.Uint64Range(1, 9).Draw(t, "pages") * modeltest.PageSize}
			}
			older := s.Main()
			was := regionsOf(older)
			s = s.Apply(e)
			p := s.Main()
			if diff := cmp.Diff(was, regionsOf(older), cmpopts.IgnoreUnexported(model.Region{})); diff != "" {
				t.Fatalf("event %d changed the state before it (-was +is):\n%s", i, diff)
			}
			byHand := &model.Process{Name: p.Name, PageSize: p.PageSize, Regions: slices.Clone(p.Regions), Gone: slices.Clone(p.Gone)}
			for k := range 21 {
				name := fmt.Sprintf("r%d", k)
				if got, want := p.Region(name), byHand.Region(name); (got == nil) != (want == nil) || got != nil && got.RegionInfo != want.RegionInfo {
					t.Fatalf("event %d: %s is %v, want %v", i, name, got, want)
				}
			}
			span := model.Span{Addr: modeltest.BaseA + base.Draw(t, "span")*modeltest.PageSize - 3, Len: rapid.Uint64Range(0, 12*modeltest.PageSize).Draw(t, "length")}
			if got, want := namesOf(p.RegionsIn(span)), namesOf(byHand.RegionsIn(span)); !slices.Equal(got, want) {
				t.Fatalf("event %d: in %+v are %v, want %v", i, span, got, want)
			}
			if got, want := pageByPage(p, span), pageByPage(byHand, span); !slices.Equal(got, want) {
				t.Fatalf("event %d: the pages of %+v are %v, want %v", i, span, got, want)
			}
			if got, want := p.PageName(span.Addr), byHand.PageName(span.Addr); got != want {
				t.Fatalf("event %d: %#x is %s, want %s", i, span.Addr, got, want)
			}
		}
	})
}

// regionsOf is a copy of the regions of a process.
func regionsOf(p *model.Process) (list []model.Region) {
	for _, r := range p.Regions {
		list = append(list, *r)
	}
	return list
}

// Nothing that is folded on changes what an older state shows of a region: not a sample, not an access,
// not a call that takes its pages, and not one that makes it longer.
func TestOlderRegionsStay(t *testing.T) {
	a := model.RegionInfo{Name: "a", Base: modeltest.BaseA, Len: 4 * modeltest.PageSize, Backing: model.Anon}
	longer := a
	longer.Len *= 2
	other := model.RegionInfo{Name: "b", Base: modeltest.BaseA + modeltest.PageSize, Len: modeltest.PageSize, Backing: model.Anon}
	resident := model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident}
	s := fold(started)
	for i, item := range []model.Item{
		model.Event{Proc: model.Main, Call: "mmap", Mapped: &a},
		model.Sample{Proc: model.Main, Time: 1, Regions: []model.RegionSample{{Name: "a", Pages: model.Runs[model.Page]{}.Add(4, resident)}}},
		model.Accessed{Proc: model.Main, Time: 2, Runs: []model.AccessRun{{Addr: modeltest.BaseA, Stride: modeltest.PageSize, Count: 4}}},
		model.Event{Proc: model.Main, Call: "mmap", Args: []model.Arg{{}, {}}, Mapped: &other},
		model.Event{Proc: model.Main, Call: "mremap", Args: []model.Arg{{Value: a.Base}, {Value: a.Len}}, Mapped: &longer},
		model.Event{Proc: model.Main, Call: "munmap", Gone: []string{"a"}},
	} {
		older := s.Main()
		was := regionsOf(older)
		s = s.Apply(item)
		if diff := cmp.Diff(was, regionsOf(older), cmpopts.IgnoreUnexported(model.Region{})); diff != "" {
			t.Errorf("item %d changed the state before it (-was +is):\n%s", i, diff)
		}
		if cmp.Equal(was, regionsOf(s.Main()), cmpopts.IgnoreUnexported(model.Region{})) {
			t.Errorf("item %d changed nothing", i)
		}
	}
}

func namesOf(list []*model.Region) (names []string) {
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names
}

func pageByPage(p *model.Process, s model.Span) (pages []model.Page) {
	for rg, v := range p.PagesIn(s) {
		for range rg.Len() {
			pages = append(pages, v)
		}
	}
	return pages
}

// BenchmarkApplyMapped is the fold of a new region beside others.
func BenchmarkApplyMapped(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		b.Run(fmt.Sprintf("regions=%d", n), func(b *testing.B) {
			many := fold(started)
			for i := range n {
				many = many.Apply(model.Event{Proc: model.Main, Mapped: &model.RegionInfo{Name: fmt.Sprintf("r%d", i), Base: uint64(i+1) * modeltest.PageSize, Len: modeltest.PageSize}})
			}
			s := many
			for i := 0; b.Loop(); i++ {
				if i%n == 0 {
					s = many
				}
				s = s.Apply(model.Event{Proc: model.Main, Mapped: &model.RegionInfo{Name: fmt.Sprintf("z%d", i), Base: uint64(n+i+1) * modeltest.PageSize, Len: modeltest.PageSize}})
			}
		})
	}
}

// BenchmarkApplyGone is the fold of the end of a region from the middle of many.
func BenchmarkApplyGone(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		b.Run(fmt.Sprintf("regions=%d", n), func(b *testing.B) {
			many := fold(started)
			for i := range n {
				many = many.Apply(model.Event{Proc: model.Main, Mapped: &model.RegionInfo{Name: fmt.Sprintf("r%d", i), Base: uint64(i+1) * modeltest.PageSize, Len: modeltest.PageSize}})
			}
			order := rand.New(rand.NewPCG(9, 9)).Perm(n)[:n/2]
			s := many
			for i := 0; b.Loop(); i++ {
				if i%len(order) == 0 {
					s = many
				}
				s = s.Apply(model.Event{Proc: model.Main, Gone: []string{fmt.Sprintf("r%d", order[i%len(order)])}})
			}
		})
	}
}

// How long a file is by now is so in each process that has a region of it, and nothing else of the
// region changes.
func TestApplyResized(t *testing.T) {
	was := model.State{Procs: []model.Process{modeltest.Process(modeltest.MappedPage, modeltest.AbsentPage), modeltest.Process()}}
	was.Procs[1].Name = "kid"
	s := was.Apply(model.Event{Proc: "main", Resized: []model.Resized{
		{Proc: "main", Region: "a", FileLen: 1}, {Proc: "kid", Region: "b", FileLen: 4096}, {Proc: "gone", Region: "a"}, {Proc: "main", Region: "gone"},
	}})
	a, b := s.Procs[0].Region("a"), s.Procs[1].Region("b")
	if !a.Sized || a.FileLen != 1 || !b.Sized || b.FileLen != 4096 || s.Procs[1].Region("a").Sized {
		t.Errorf("a %+v, b %+v", a.RegionInfo, b.RegionInfo)
	}
	if old := was.Procs[0].Region("a"); old.Sized || !a.Pages.Equal(old.Pages) || s.Procs[0].Regions[0] != a {
		t.Errorf("the older state has %+v, and the pages are %v, were %v", old.RegionInfo, a.Pages, old.Pages)
	}
}
