package ui_test

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/look"
)

// BenchmarkFrameChanged is a frame from a cursor that moved.
func BenchmarkFrameChanged(b *testing.B) {
	for _, size := range goldenSizes {
		b.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(b *testing.B) {
			s := newScreen(b, size.w, size.h, ui.Options{ReducedMotion: true}, richScript...)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.m.Focus.Of(inMain("a")).Cursor = int64(i & 31)
				s.redraw()
			}
		})
	}
}

// BenchmarkFrameUnchanged is what a message costs that changes nothing.
func BenchmarkFrameUnchanged(b *testing.B) {
	s := newScreen(b, 200, 50, ui.Options{ReducedMotion: true}, richScript...)
	b.ReportAllocs()
	for b.Loop() {
		s.m.Update(tea.FocusMsg{})
		s.m.View()
	}
}

// BenchmarkDraw is the drawing alone, without the string that is made of it.
func BenchmarkDraw(b *testing.B) {
	s := newScreen(b, 200, 50, ui.Options{ReducedMotion: true}, richScript...)
	b.ReportAllocs()
	for b.Loop() {
		s.m.Draw()
	}
}

// BenchmarkGridPages is the cell loop alone.
func BenchmarkGridPages(b *testing.B) {
	s := newScreen(b, 200, 50, ui.Options{ReducedMotion: true}, "mmap a 4096", "touch a")
	blk, r := s.m.Block(), s.m.Region()
	var sn look.Seen
	b.ReportAllocs()
	for b.Loop() {
		s.cells().DrawPages(s.m.Proc(), r, blk, &sn)
	}
}

// checkered is a sample of a region of which every second page is in core.
func checkered(pages int64) model.Sample {
	var runs model.Runs[model.Page]
	for i := range pages {
		p := model.Page{Mapping: model.InVMA, Prot: model.ProtRead | model.ProtWrite, Residency: model.Absent}
		if i%2 == 0 {
			p.Residency, p.Mapping = model.Resident, model.InVMA|model.Mapped
		}
		runs = runs.Add(1, p)
	}
	return model.Sample{Proc: "main", Regions: []model.RegionSample{{Name: "a", Pages: runs}}}
}

// BenchmarkSampleOfCheckerboard is a new sample of 262144 runs, strip and all.
func BenchmarkSampleOfCheckerboard(b *testing.B) {
	const pages = 262144
	s := newScreen(b, 200, 50, ui.Options{ReducedMotion: true}, fmt.Sprintf("mmap a %d", pages))
	sample := checkered(pages)
	s.tell(sample)
	rv := s.m.Focus.Of(inMain("a"))
	b.ReportAllocs()
	for b.Loop() {
		rv.Tally.Of = nil
		s.redraw()
	}
}

// BenchmarkFar is a frame of aggregated cells of a checkerboard: as long as its sample is the same,
// and with a new sample each.
func BenchmarkFar(b *testing.B) {
	const pages = 262144
	s := newScreen(b, 200, 50, ui.Options{ReducedMotion: true}, fmt.Sprintf("mmap a %d", pages))
	s.tell(checkered(pages))
	s.press("Z", "Z", "Z", "Z", "Z", "Z")
	rv := s.m.Focus.Of(inMain("a"))
	for _, fresh := range []bool{false, true} {
		b.Run(map[bool]string{false: "same", true: "new"}[fresh], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if fresh {
					rv.FarKey.Of, rv.Tally.Of, rv.Mini.Of = nil, nil, nil
				}
				s.redraw()
			}
		})
	}
}
