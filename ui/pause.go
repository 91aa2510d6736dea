package ui

import (
	"fmt"
	"slices"
	"time"

	"incore/model"
	"incore/model/lang"
)

// pause holds the picture still. What the lab tells meanwhile is kept and folded when the
// picture goes on, so that nothing is lost but samples that a newer one replaces.
type pause struct {
	on   bool
	held []model.Item
	at   time.Time // when the last of them arrived

	accesses int // of held, those that tell of accesses
	runs     int // of the pages and accesses of held
}

// mostHeld is how many items are kept at most, and mostRuns how many runs of pages and accesses
// in them. What is folded of them when the picture goes on is done before the screen is drawn again.
const (
	mostHeld     = 20_000
	mostRuns     = 1 << 21
	mostAccesses = 128
)

const wentOnText = "The picture was held still: it goes on."

// paused reports whether the picture is held still.
func (m *Model) paused() bool { return m.pause.on }

func (m *Model) togglePause() {
	if m.pause.on {
		m.goOn()
		return
	}
	m.pause.on = true
	m.Glow.Ticking = false
	m.Glow.Gen++ // the tick that is under way is an old one
	m.status = status{text: "The picture is held still: space goes on, and so does any key that acts."}
}

// goOn ends the pause and shows what is now. It reports whether there was one.
func (m *Model) goOn() bool {
	if !m.pause.on {
		return false
	}
	was := m.pause
	m.pause = pause{}
	if len(was.held) > 0 {
		m.fold(was.held, was.at)
	}
	m.dirty = true
	return true
}

// hold returns the items that are to be folded: all of them, or none during a pause, when it
// keeps them.
func (m *Model) hold(items []model.Item, at time.Time) []model.Item {
	if !m.pause.on {
		return items
	}
	m.pause.at = at
	for _, it := range items {
		m.pause.add(it)
	}
	if len(m.pause.held) > mostHeld || m.pause.runs > mostRuns {
		m.goOn()
		m.status = status{text: "More has happened than a pause can keep: the picture goes on."}
	}
	return nil
}

// add keeps an item. A sample takes the place of the one before it of its process, where
// nothing else has happened since, and what the actor does now that of what it did. Of accesses
// only the newest are kept, with the times of all.
func (p *pause) add(it model.Item) {
	for i := len(p.held) - 1; i >= 0 && passing(p.held[i]); i-- {
		if replaces(it, p.held[i]) {
			p.drop(i)
			break
		}
	}
	if a, ok := it.(model.Accessed); ok {
		if p.accesses++; p.accesses > mostAccesses {
			it = p.thinned(a)
		}
	}
	p.runs += runsIn(it)
	p.held = append(p.held, it)
}

func (p *pause) drop(i int) {
	p.runs -= runsIn(p.held[i])
	p.held = slices.Delete(p.held, i, i+1)
}

// thinned returns accesses with the times of the oldest ones of their process, which give way.
func (p *pause) thinned(a model.Accessed) model.Accessed {
	i := slices.IndexFunc(p.held, func(it model.Item) bool {
		old, ok := it.(model.Accessed)
		return ok && old.Proc == a.Proc
	})
	if i >= 0 {
		old := p.held[i].(model.Accessed)
		a.Latencies.Join(&old.Latencies)
		p.drop(i)
		p.accesses--
	}
	return a
}

// runsIn returns how many runs an item has.
func runsIn(it model.Item) (n int) {
	switch it := it.(type) {
	case model.Accessed:
		n = len(it.Runs)
	case model.Sample:
		for i := range it.Regions {
			n += len(it.Regions[i].Pages)
		}
	}
	return n
}

// passing reports whether an item says only how things are at its time.
func passing(it model.Item) bool {
	switch it.(type) {
	case model.Sample, model.Running, model.Accessed:
		return true
	}
	return false
}

func replaces(it, old model.Item) bool {
	switch it := it.(type) {
	case model.Sample:
		s, ok := old.(model.Sample)
		return ok && s.Proc == it.Proc
	case model.Running:
		_, ok := old.(model.Running)
		return ok
	}
	return false
}

// slowRate is the pace of slow motion in pages a second: every page is seen to come in.
const slowRate = 20

// toggleSlow asks for slow motion, or for full speed again.
func (m *Model) toggleSlow() {
	c := lang.Speed{Rate: slowRate}
	if m.present.pace > 0 {
		c.Rate = 0
	}
	m.present.pace = c.Rate
	m.submit(c)
}

// notePace takes note of the pace of touches, whoever set it.
func (p *presenter) notePace(e *model.Event) {
	if c, ok := e.Command.(lang.Speed); ok && e.OK() {
		p.pace = c.Rate
	}
}

// slow returns the pace of touches in words, or "" where they run at full speed.
func (m *Model) slow() string {
	if m.present.pace <= 0 {
		return ""
	}
	return fmt.Sprintf("slow: %d pages/s", m.present.pace)
}
