package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
)

// manyRegions is a screen of a process with n regions of a page each.
func manyRegions(tb testing.TB, n int) (s *screen, sample model.Sample) {
	s = newScreen(tb, 200, 50, ui.Options{ReducedMotion: true})
	sample = model.Sample{Proc: model.Main}
	var items []model.Item
	for i := range n {
		items = append(items, mappedRegion(fmt.Sprintf("r%d", i), i))
		sample.Regions = append(sample.Regions, model.RegionSample{
			Name: fmt.Sprintf("r%d", i), Pages: model.Runs[model.Page]{}.Add(1, model.Page{Mapping: model.InVMA, Residency: model.Absent}),
		})
	}
	s.tell(items...)
	s.tell(sample)
	return s, sample
}

func mappedRegion(name string, i int) model.Event {
	base := uint64(0x7f00_0000_0000) - uint64(i)*pageSize
	return model.Event{
		Proc: model.Main, Command: parsed("mmap " + name + " 1"), Call: "mmap", Ret: int64(base), RetHex: true, Time: time.Duration(i),
		Args: []model.Arg{{Text: "NULL"}}, Mapped: &model.RegionInfo{Name: name, Base: base, Len: pageSize, Backing: model.Anon},
	}
}

// Tab offers every one of many regions. What that costs, and a key in such a line, BenchmarkManyRegions
// tells (typed).
func TestWordsOfManyRegions(t *testing.T) {
	const n = 2_000
	s, _ := manyRegions(t, n)
	if got := len(s.m.Completer().Words("mlock r")); got != n {
		t.Errorf("%d words are offered of %d", got, n)
	}
	s.press(":")
	s.send(tea.PasteMsg{Content: "mlock r"})
	s.press("tab")
	if !strings.Contains(s.text(), "r0  r1  r2  r3") {
		t.Errorf("tab offers:\n%s", s.text())
	}
}

// BenchmarkManyRegions is a frame after a call, and one after a sample, beside few regions and
// beside many.
func BenchmarkManyRegions(b *testing.B) {
	for _, n := range []int{1_000, 5_000, 20_000} {
		s, sample := manyRegions(b, n)
		frame := func(items ...model.Item) {
			s.tell(items...)
			s.m.View()
		}
		b.Run(fmt.Sprintf("regions=%d/call", n), func(b *testing.B) {
			for b.Loop() {
				frame(model.Event{Proc: model.Main, Command: parsed("touch r7"), Call: "touch", Time: 1, Args: []model.Arg{
					{Kind: model.ArgAddr, Value: 0x7f00_0000_0000, Text: "0x7f0000000000"}, {Kind: model.ArgLen, Value: pageSize, Text: "4096"}}})
			}
		})
		b.Run(fmt.Sprintf("regions=%d/mmap", n), func(b *testing.B) {
			for b.Loop() {
				frame(mappedRegion("z", n))
				frame(model.Event{Proc: model.Main, Command: parsed("munmap z"), Call: "munmap", Time: 1, Gone: []string{"z"},
					Args: []model.Arg{{Kind: model.ArgAddr, Text: "0x7f0000000000"}, {Kind: model.ArgLen, Text: "4096"}}})
			}
		})
		b.Run(fmt.Sprintf("regions=%d/munmap", n), func(b *testing.B) {
			order := rand.New(rand.NewPCG(9, 9)).Perm(n / 2)
			for i := 0; b.Loop(); i++ {
				k := n/4 + order[i%len(order)]
				name := fmt.Sprintf("r%d", k)
				frame(model.Event{Proc: model.Main, Command: parsed("munmap " + name), Call: "munmap", Time: 1, Gone: []string{name},
					Args: []model.Arg{{Kind: model.ArgAddr, Text: "0x7f0000000000"}, {Kind: model.ArgLen, Text: "4096"}}})
				frame(mappedRegion(name, k))
			}
		})
		b.Run(fmt.Sprintf("regions=%d/typed", n), func(b *testing.B) { // after the name of many, of one and of none
			s.press(":")
			s.send(tea.PasteMsg{Content: "mlock r1"})
			more, less := keyPress(b, "9"), keyPress(b, "backspace")
			for i := 0; b.Loop(); i++ {
				s.send([]tea.Msg{more, less}[i%2])
			}
			s.press("esc")
		})
		b.Run(fmt.Sprintf("regions=%d/sample", n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				now := sample
				now.Time = time.Duration(i)
				frame(now)
			}
		})
	}
}
