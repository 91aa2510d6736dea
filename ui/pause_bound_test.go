package ui

import (
	"testing"
	"time"

	"incore/model"
)

// A pause keeps what happened, and not more than fits: of accesses the newest with the times of
// all, and where runs would fill the memory it ends.
func TestPauseIsBounded(t *testing.T) {
	s := newScreen(t, 100, 30, Options{ReducedMotion: true}, "mmap a 64")
	base := s.m.Region().Base
	s.press("space")
	const n = 4 * mostAccesses
	for i := range n {
		a := model.Accessed{Time: time.Duration(i), Proc: model.Main, Runs: []model.AccessRun{{Addr: base, Count: 1}}}
		a.Latencies.Add(model.NoFault, time.Microsecond)
		s.send(itemsMsg{items: []model.Item{a, s.lab.sample(s.lab.procs[0])}, at: s.at})
	}
	p := &s.m.pause
	if len(p.held) > 2*mostAccesses || p.runs > mostRuns {
		t.Errorf("%d items with %d runs are held", len(p.held), p.runs)
	}
	s.press("space")
	if got := s.m.Proc().Latencies.Count(model.NoFault); got != n {
		t.Errorf("the times of %d accesses are left of %d", got, n)
	}
	s.press("space")
	s.send(itemsMsg{items: []model.Item{model.Accessed{Proc: model.Main, Runs: make([]model.AccessRun, mostRuns+1)}}, at: s.at})
	if s.m.paused() {
		t.Error("a pause holds more than it may")
	}
}

// What was selected page by page stays that when the zoom changes.
func TestZoomKeepsTheSelection(t *testing.T) {
	s := newScreen(t, 100, 30, Options{}, "mmap a 100000")
	s.press("right", "right", "right", "v", "right", "right", "Z", "Z", "Z", "l")
	if s.last() != "mlock a[3..5]" {
		t.Errorf("l submits %q in the aggregate", s.last())
	}
	s.press("right", "l")
	if s.last() == "mlock a[3..5]" {
		t.Error("the cursor's cell is not selected when the cursor moves")
	}
}

// Completion may make a line longer than can be typed.
func TestPaletteBeyondItsBound(t *testing.T) {
	s := newScreen(t, 100, 30, Options{})
	s.press(":")
	s.m.palette.set(string(make([]rune, lineMost+10)))
	s.press("x")
	if len(s.m.palette.line) != lineMost+10 {
		t.Errorf("the line has %d runes", len(s.m.palette.line))
	}
}
