package ui

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// What a frame is laid out by is what a look at every region of every process tells, and the cursor of each
// lies in it, however regions come, go, move and change their length.
func TestListSizes(t *testing.T) {
	for seed := range uint64(8) {
		dice := rand.New(rand.NewPCG(seed, 4))
		s := newScreen(t, 200, 50, Options{ReducedMotion: true})
		for i := range 150 {
			var items []model.Item
			for range 1 + dice.IntN(3) {
				items = append(items, anyRegionEvent(dice, s, i))
				if i == 40 || i == 90 {
					break
				}
			}
			s.send(itemsMsg{items: items, at: s.at})
			s.press([]string{"tab", "shift+tab", "G", "n", "right", "z"}[dice.IntN(6)])
			digits, names, most := 0, 0, int64(0)
			for k := range s.m.State.Procs {
				p := &s.m.State.Procs[k]
				for _, r := range p.Regions {
					digits, names = max(digits, len(fmt.Sprintf("%x", r.Len-1))), max(names, canvas.Width(r.Name))
					if p == s.m.Proc() {
						most = max(most, r.Pages.Len())
					}
					if c := s.m.Focus.Of(scene.Place{Proc: p.Name, Region: r.Name}).Cursor; c < 0 || c >= r.Pages.Len() {
						t.Fatalf("seed %d, item %d: the cursor of %s of %s is on page %d of %d", seed, i, r.Name, p.Name, c, r.Pages.Len())
					}
				}
			}
			if got, want := s.m.arranger().gutterWidth(), 1+max(4, digits); got != want {
				t.Fatalf("seed %d, item %d: the gutter has %d columns, want %d", seed, i, got, want)
			}
			if got, want := s.regions().ListedNames(900), max(4, names); got != want {
				t.Fatalf("seed %d, item %d: names have %d columns, want %d", seed, i, got, want)
			}
			over := false
			for _, r := range s.m.Proc().Regions {
				over = over || s.m.RowsOf(r) > s.m.lay.grid.H-2
			}
			if got := s.m.arranger().overflows(); got != over {
				t.Fatalf("seed %d, item %d: it is said that a region has more rows than the grid: %v; most pages: %d", seed, i, got, most)
			}
			if at := s.m.ListIndex(); s.m.Focus.Current.Region != "" && s.m.PlaceOf(s.m.List[at]) != s.m.Focus.Current {
				t.Fatalf("seed %d, item %d: %v is said to be line %d of the list", seed, i, s.m.Focus.Current, at)
			}
		}
	}
}

// anyRegionEvent maps a region, perhaps of a name that is there, or unmaps one, in one of the processes there
// are; or it is a fork.
func anyRegionEvent(dice *rand.Rand, s *screen, i int) model.Item {
	procs := s.m.State.Procs
	p := &procs[dice.IntN(len(procs))]
	if i == 40 || i == 90 {
		it := model.Started{Proc: fmt.Sprintf("child%d", i), Parent: p.Name, PID: 100 + i, PageSize: pageSize, Time: time.Duration(i)}
		for _, r := range p.Regions {
			it.Regions = append(it.Regions, r.RegionInfo)
		}
		return it
	}
	e := model.Event{Proc: p.Name, Call: "mmap", Time: time.Duration(i), Seq: i}
	if len(p.Regions) > 0 && dice.IntN(3) == 0 {
		e.Call, e.Gone = "munmap", []string{p.Regions[dice.IntN(len(p.Regions))].Name}
		return e
	}
	pages := uint64(1) << dice.IntN(14)
	name := "r" + "0123456789"[:dice.IntN(10)]
	e.Mapped = &model.RegionInfo{Name: name, Base: 0x7f0000000000 + uint64(dice.IntN(64))<<26, Len: pages * pageSize, Backing: model.Anon}
	return e
}

// Tab offers every one of many regions. What that costs, and a key in such a line, BenchmarkManyRegions
// tells (typed).
func TestWordsOfManyRegions(t *testing.T) {
	const n = 2_000
	s, _ := manyRegions(t, n)
	if got := len(s.m.completer().Words("mlock r")); got != n {
		t.Errorf("%d words are offered of %d", got, n)
	}
	s.press(":")
	s.send(tea.PasteMsg{Content: "mlock r"})
	s.press("tab")
	if got := len(s.m.palette.words); got != n {
		t.Errorf("tab offers %d words of %d", got, n)
	}
}
