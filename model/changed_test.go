package model_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"incore/model"
)

// Times of single pages are bounded, whatever changes: in blocks, each of which has the newest of its pages. What changed in the last
// second is told of each page.
func TestChangedIsBounded(t *testing.T) {
	const n = 1 << 19
	r := rand.New(rand.NewPCG(3, 4))
	s := model.State{}.Apply(model.Started{Proc: "main", PageSize: 4096}).Apply(mappedEvent("a", n))
	in := make([]bool, n)
	exact := make([]time.Duration, n)
	sample := func(at time.Duration) {
		var pages model.Runs[model.Page]
		for _, is := range in {
			p := model.Page{Mapping: model.InVMA, Residency: model.Absent}
			if is {
				p.Residency = model.Resident
			}
			pages = pages.Add(1, p)
		}
		s = s.Apply(model.Sample{Proc: "main", Time: at, Regions: []model.RegionSample{{Name: "a", Pages: pages}}})
	}
	sample(time.Second)
	last := time.Duration(0)
	for i := range 60 {
		at := time.Duration(2+i) * time.Second / 2
		for range 4000 {
			if p := r.IntN(n); exact[p] != at { // else it would be as it was
				in[p], exact[p] = !in[p], at
			}
		}
		sample(at)
		last = at
	}
	a := s.Main().Region("a")
	if len(a.Changed) > model.ChangedRuns || a.ChangedBlock < 2 {
		t.Fatalf("%d runs, in blocks of %d", len(a.Changed), a.ChangedBlock)
	}
	for p := int64(0); p < n; p++ {
		got, lo := a.Changed.At(p), p-p%a.ChangedBlock
		newest := time.Duration(0)
		for _, at := range exact[lo : lo+a.ChangedBlock] {
			newest = max(newest, at)
		}
		switch recent := last - exact[p]; {
		case recent < time.Second && got != exact[p]:
			t.Fatalf("page %d changed at %s, and is told at %s", p, exact[p], got)
		case got < exact[p] || got > newest:
			t.Fatalf("page %d of a block changed at %s, the newest of it at %s; told is %s", p, exact[p], newest, got)
		}
	}
}

// Where all pages change one by one at once there is no room for each.
func TestChangedAllAtOnce(t *testing.T) {
	const n = 1 << 19
	s := model.State{}.Apply(model.Started{Proc: "main", PageSize: 4096}).Apply(mappedEvent("a", n))
	for k := range 3 {
		var pages model.Runs[model.Page]
		for p := range int64(n) {
			pg := model.Page{Mapping: model.InVMA, Residency: model.Absent}
			if k > 0 && p%2 == int64(k%2) {
				pg.Residency = model.Resident
			}
			pages = pages.Add(1, pg)
		}
		s = s.Apply(model.Sample{Proc: "main", Time: time.Duration(k+1) * time.Second, Regions: []model.RegionSample{{Name: "a", Pages: pages}}})
	}
	if a := s.Main().Region("a"); len(a.Changed) > model.ChangedRuns || a.Changed.At(5) != 3*time.Second {
		t.Errorf("%d runs; a page that changed at 3 s is told at %s", len(a.Changed), a.Changed.At(5))
	}
}
