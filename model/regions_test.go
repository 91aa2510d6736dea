package model_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"incore/model"
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
				e.Mapped = &model.RegionInfo{Name: name, Base: baseA + base.Draw(t, "base")*pageSize, Len: rapid.Uint64Range(1, 9).Draw(t, "pages") * pageSize}
			}
			older := s.Main()
			was := slices.Clone(older.Regions)
			s = s.Apply(e)
			p := s.Main()
			if !slices.EqualFunc(older.Regions, was, func(a, b model.Region) bool { return a.RegionInfo == b.RegionInfo }) {
				t.Fatalf("event %d changed the state before it: %v, was %v", i, older.Regions, was)
			}
			byHand := &model.Process{Name: p.Name, PageSize: p.PageSize, Regions: slices.Clone(p.Regions)}
			for k := range 21 {
				name := fmt.Sprintf("r%d", k)
				if got, want := p.Region(name), byHand.Region(name); (got == nil) != (want == nil) || got != nil && got.RegionInfo != want.RegionInfo {
					t.Fatalf("event %d: %s is %v, want %v", i, name, got, want)
				}
			}
			span := model.Span{Addr: baseA + base.Draw(t, "span")*pageSize - 3, Len: rapid.Uint64Range(0, 12*pageSize).Draw(t, "length")}
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
				many = many.Apply(model.Event{Proc: model.Main, Mapped: &model.RegionInfo{Name: fmt.Sprintf("r%d", i), Base: uint64(i+1) * pageSize, Len: pageSize}})
			}
			s := many
			for i := 0; b.Loop(); i++ {
				if i%n == 0 {
					s = many
				}
				s = s.Apply(model.Event{Proc: model.Main, Mapped: &model.RegionInfo{Name: fmt.Sprintf("z%d", i), Base: uint64(n+i+1) * pageSize, Len: pageSize}})
			}
		})
	}
}
