package ui

import (
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/modeltest"
)

// What a pause keeps is bounded, and by the commands that ran, not by its length.
func TestPauseKeeps(t *testing.T) {
	b := newBare(t, 100, 30)
	b.tell(model.Started{Proc: "child", Parent: model.Main, PID: 2, PageSize: 4096})
	b.press(letter(' '))
	sample := func(i int) []model.Item {
		at := time.Duration(i) * time.Second
		return []model.Item{model.Sample{Time: at, Proc: model.Main}, model.Running{Time: at, Command: modeltest.Parsed("touch a")}, model.Sample{Time: at, Proc: "child"}}
	}
	for i := range 1000 {
		b.tell(sample(i)...)
	}
	if n := len(b.pause.held); n != 3 {
		t.Errorf("after 1000 samples %d items are kept", n)
	}
	for i := range mostHeld / 2 {
		b.tell(model.Event{Seq: 100 + i, Command: modeltest.Parsed("say x"), Note: "x"}, model.Sample{Proc: model.Main})
	}
	if b.paused() || len(b.pause.held) != 0 || !strings.Contains(b.Canvas.Plain(), "More has happened than a pause can keep") {
		t.Errorf("paused %v, %d items are kept:\n%s", b.paused(), len(b.pause.held), b.Canvas.Plain())
	}
}

// A pause keeps what happened, and not more than fits: of accesses the newest with the times of
// all, and where runs would fill the memory it ends.
func TestPauseIsBounded(t *testing.T) {
	b := newBare(t, 100, 30)
	base := b.Region().Base
	b.press(letter(' '))
	const n = 4 * mostAccesses
	for i := range n {
		a := model.Accessed{Time: time.Duration(i), Proc: model.Main, Runs: []model.AccessRun{{Addr: base, Count: 1}}}
		a.Latencies.Add(model.NoFault, time.Microsecond)
		b.tell(a, model.Sample{Time: a.Time, Proc: model.Main})
	}
	p := &b.pause
	if len(p.held) > 2*mostAccesses || p.runs > mostRuns {
		t.Errorf("%d items with %d runs are held", len(p.held), p.runs)
	}
	b.press(letter(' '))
	if got := b.Proc().Latencies.Count(model.NoFault); got != n {
		t.Errorf("the times of %d accesses are left of %d", got, n)
	}
	b.press(letter(' '))
	b.tell(model.Accessed{Proc: model.Main, Runs: make([]model.AccessRun, mostRuns+1)})
	if b.paused() {
		t.Error("a pause holds more than it may")
	}
}
