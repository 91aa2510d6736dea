package plain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"incore/model"
)

// allChanges is processChanges by a look at every region of both states.
func allChanges(was, is *model.Process) (lines []string) {
	for _, r := range was.Regions {
		if is.Region(r.Name) == nil {
			lines = append(lines, fmt.Sprintf("%s: gone, it had %s.", r.Name, pagesWord(r.Pages.Len())))
		}
	}
	for _, r := range is.Regions {
		if old := was.Region(r.Name); old == nil {
			lines = append(lines, newRegion(r, is.PageSize)...)
		} else {
			lines = append(lines, regionChanges(old, r)...)
		}
	}
	return lines
}

// What changed is the same whether all regions are compared or those that are not the same ones any more:
// after any mix of mappings, names that are taken again, moves, sizes, regions that go, and samples.
func TestUnlikeIsAllThatChanged(t *testing.T) {
	const pageSize = 4096
	for seed := range uint64(60) {
		dice := rand.New(rand.NewPCG(seed, 9))
		s := model.State{}.Apply(model.Started{Proc: model.Main, PID: 7, PageSize: pageSize})
		kept := []model.State{s}
		for i := range 120 {
			s = s.Apply(anyItem(dice, &s, time.Duration(i+1), pageSize))
			kept = append(kept, s)
			was := kept[max(0, len(kept)-1-dice.IntN(12))]
			before, after := was.Main(), s.Main()
			if got, want := processChanges(before, after), allChanges(before, after); !slices.Equal(got, want) {
				t.Fatalf("seed %d, item %d: it is said that\n%q\nchanged, and\n%q\ndid", seed, i, got, want)
			}
		}
	}
}

// anyItem is something that may happen to the regions of main.
func anyItem(dice *rand.Rand, s *model.State, now time.Duration, pageSize uint64) model.Item {
	p := s.Main()
	if n := dice.IntN(10); n < 3 && len(p.Regions) > 0 { // a sample, in which some pages are others
		sample := model.Sample{Proc: model.Main, Time: now, Limits: p.Limits}
		for _, r := range p.Regions {
			pages := r.Pages
			if dice.IntN(4) == 0 {
				pages = nil
				for range r.Pages.Len() {
					pages = pages.Add(1, model.Page{Mapping: model.InVMA, Residency: model.Residency(dice.IntN(3))})
				}
			}
			sample.Regions = append(sample.Regions, model.RegionSample{Name: r.Name, Pages: pages})
		}
		return sample
	}
	e := model.Event{Proc: model.Main, Call: "mmap", Time: now}
	if len(p.Regions) > 0 && dice.IntN(2) == 0 {
		for range 1 + dice.IntN(3) {
			e.Gone = append(e.Gone, p.Regions[dice.IntN(len(p.Regions))].Name)
		}
	}
	if dice.IntN(3) > 0 { // of a name that may be there, and so moves or has another length
		name := fmt.Sprintf("r%d", dice.IntN(12))
		pages := uint64(1 + dice.IntN(4))
		e.Mapped = &model.RegionInfo{Name: name, Base: 0x7f0000000000 + uint64(dice.IntN(64))*16*pageSize, Len: pages * pageSize, Backing: model.Anon}
	}
	return e
}
