package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
)

// What a frame is laid out by is what a look at every region of every process tells, and the cursor of each
// lies in it, however regions come, go, move and change their length.
func TestListSizes(t *testing.T) {
	for seed := range uint64(8) {
		dice := rand.New(rand.NewPCG(seed, 4))
		s := newBare(t, 200, 50)
		for i := range 150 {
			var items []model.Item
			for range 1 + dice.IntN(3) {
				items = append(items, anyRegionEvent(dice, s, i))
				if i == 40 || i == 90 {
					break
				}
			}
			s.tell(items...)
			s.press([]tea.KeyPressMsg{{Code: tea.KeyTab}, {Code: tea.KeyTab, Mod: tea.ModShift}, letter('G'), letter('n'), {Code: tea.KeyRight}, letter('z')}[dice.IntN(6)])
			digits, names, most, longest := 0, 0, int64(0), int64(0)
			for k := range s.State.Procs {
				p := &s.State.Procs[k]
				for _, r := range p.Regions {
					digits, names = max(digits, len(fmt.Sprintf("%x", r.Len-1))), max(names, canvas.Width(r.Name))
					longest = max(longest, r.Pages.Len())
					if p == s.Proc() {
						most = max(most, r.Pages.Len())
					}
					if c := s.Focus.Of(scene.Place{Proc: p.Name, Region: r.Name}).Cursor; c < 0 || c >= r.Pages.Len() {
						t.Fatalf("seed %d, item %d: the cursor of %s of %s is on page %d of %d", seed, i, r.Name, p.Name, c, r.Pages.Len())
					}
				}
			}
			for _, s.Hex = range []bool{true, false} {
				want := max(4, len(fmt.Sprint(longest-1)))
				if s.Hex {
					want = 1 + max(4, digits)
				}
				if got := s.arranger().gutterWidth(); got != want {
					t.Fatalf("seed %d, item %d: the gutter has %d columns, want %d", seed, i, got, want)
				}
			}
			if got, want := (&panel.Regions{Scene: &s.Scene}).ListedNames(900), max(4, names); got != want {
				t.Fatalf("seed %d, item %d: names have %d columns, want %d", seed, i, got, want)
			}
			over := false
			for _, r := range s.Proc().Regions {
				over = over || s.RowsOf(r) > s.lay.grid.H-2
			}
			if got := s.arranger().overflows(); got != over {
				t.Fatalf("seed %d, item %d: it is said that a region has more rows than the grid: %v; most pages: %d", seed, i, got, most)
			}
			if at := s.ListIndex(); s.Focus.Current.Region != "" && s.PlaceOf(s.List[at]) != s.Focus.Current {
				t.Fatalf("seed %d, item %d: %v is said to be line %d of the list", seed, i, s.Focus.Current, at)
			}
		}
	}
}

// anyRegionEvent maps a region, perhaps of a name that is there, or unmaps one, in one of the processes there
// are; or it is a fork.
func anyRegionEvent(dice *rand.Rand, s bare, i int) model.Item {
	procs := s.State.Procs
	p := &procs[dice.IntN(len(procs))]
	if i == 40 || i == 90 {
		it := model.Started{Proc: fmt.Sprintf("child%d", i), Parent: p.Name, PID: 100 + i, PageSize: 4096, Time: time.Duration(i)}
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
	e.Mapped = &model.RegionInfo{Name: name, Base: 0x7f0000000000 + uint64(dice.IntN(64))<<26, Len: pages * 4096, Backing: model.Anon}
	return e
}

// Whatever the room, the current region has a part of it, and nothing more is given than there is.
func TestShare(t *testing.T) {
	b := newBare(t, 100, 30)
	for _, name := range []string{"b", "c", "d", "e", "f", "g"} {
		b.tell(model.Started{Proc: name, Parent: model.Main, PageSize: 4096}, mapped(name, "a", 0x7f0000000000, 64))
	}
	for _, cur := range []string{"main", "d", "g"} {
		b.Focus.Current = scene.Place{Proc: cur, Region: "a"}
		b.dirty = true
		b.View()
		group := append([]scene.Place(nil), b.arranger().twins("a")...)
		if len(group) != 7 {
			t.Fatalf("the region is in %v", group)
		}
		for room := 2; room < 60; room++ {
			lo, hi, rows := b.arranger().share(group, room)
			sum, has := 0, false
			for i := lo; i < hi; i++ {
				sum += 1 + rows[i]
				has = has || group[i].Proc == cur && rows[i] > 0
				if rows[i] < 1 || rows[i] > 4 {
					t.Errorf("%d rows for a region of four", rows[i])
				}
			}
			if !has || sum > room && hi-lo > 1 || room >= 5*len(group) && hi-lo != len(group) {
				t.Errorf("%s with %d rows: %d to %d of %d are shown in %d rows: %v", cur, room, lo, hi, len(group), sum, rows)
			}
		}
	}
}

// Bubble Tea is told no more than is drawn, and the screen knows all the same.
func TestBubbleTeaIsToldWhatIsDrawn(t *testing.T) {
	b := newBare(t, 100, 30)
	msg := runner(b).filtered(tea.WindowSizeMsg{Width: 65535, Height: 65535})
	if want := (tea.WindowSizeMsg{Width: largest.w, Height: largest.h}); msg != want {
		t.Errorf("Bubble Tea is told %v", msg)
	}
	b.Update(msg)
	if want := "The window is said to be 65535x65535: 1000x400 of it are drawn."; !strings.Contains(b.Canvas.Plain(), want) {
		t.Error("what is cut off is not said")
	}
}
