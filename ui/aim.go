package ui

import (
	"fmt"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// aim is what a key that acts is about, as it was when the screen showed it. Between that and the
// key the lab can have told more: what a pause held, or what no frame has shown yet. A key then
// acts only where its aim is still the same.
type aim struct {
	place
	pid    int                    // of the process
	dead   bool                   // the process
	execs  int                    // the event in which it last called execve
	mapped int                    // the event that last mapped, moved or resized the region
	pages  model.Range            // those that are meant
	runs   model.Runs[model.Page] // of the region
}

// aimAt is the aim at pages of a region as they are now.
func (s *scene) aimAt(at place, pages model.Range) aim {
	a := aim{place: at, pages: pages, execs: s.view.execs[at.proc]}
	p := s.state.Process(at.proc)
	if p == nil {
		return a
	}
	a.pid, a.dead = p.PID, p.Death != nil
	if r := p.Region(at.region); r != nil {
		a.runs, a.mapped = r.Pages, s.view.of(at).mapped
	}
	return a
}

// aimed is what keys are about now: what is selected, or the cell under the cursor.
func (s *scene) aimed() aim {
	at := s.view.current
	if s.region() == nil {
		return s.aimAt(place{proc: at.proc}, model.Range{})
	}
	return s.aimAt(at, s.view.selection())
}

// changed says in what that which was aimed at has changed since, or "".
func (s *scene) changed(was *aim) string {
	p := s.state.Process(was.proc)
	switch {
	case p == nil && was.pid == 0:
		return ""
	case p == nil:
		return was.proc + " is gone"
	case p.PID != was.pid && was.proc == model.Main:
		return "this is a fresh subject"
	case p.PID != was.pid:
		return was.proc + " is another process of that name"
	case p.Death != nil && !was.dead:
		return ending(p.Death, true)
	case s.view.execs[was.proc] != was.execs:
		return was.proc + " runs a fresh program"
	case was.region == "":
		return ""
	}
	r, name := p.Region(was.region), s.named(was.proc, was.region)
	switch {
	case r == nil:
		return name + " is gone"
	case s.view.of(was.place).mapped != was.mapped:
		return name + " was mapped anew, moved or resized"
	case lost(was.runs, r.Pages, was.pages):
		return "pages of " + name + " are gone"
	}
	return ""
}

// lost reports whether some of the pages were mapped and are not any more.
func lost(was, is model.Runs[model.Page], pages model.Range) bool {
	if len(was) == 0 || len(is) == 0 || len(was) == len(is) && &was[0] == &is[0] {
		return false
	}
	mapped := func(p model.Page) bool { return p.Has(model.InVMA) }
	for part, p := range was.In(pages) {
		if mapped(p) && is.Count(part, mapped) < part.Len() {
			return true
		}
	}
	return false
}

// moved says in what the keys are about something else than they were, or "".
func (s *scene) moved(was *aim) string {
	if why := s.changed(was); why != "" {
		return why
	}
	now := s.aimed()
	switch {
	case now.place != was.place && now.region == "":
		return "the cursor is in " + now.proc + " now"
	case now.place != was.place:
		return "the cursor is in " + s.named(now.proc, now.region) + " now"
	case now.pages != was.pages:
		return "the cursor or the selection has other pages now"
	}
	return ""
}

// notice notes what has changed of the aim and no frame has shown yet. It is called before
// what the user did is done.
func (m *Model) notice() {
	if m.unseen == "" {
		m.unseen = m.moved(&m.aim)
	}
}

// aimAnew takes note of the aim when a frame shows it, or the user has moved it.
func (m *Model) aimAnew() {
	if m.unseen == "" {
		m.aim = m.aimed()
	}
}

// leave says why what was asked for was not done.
func (m *Model) leave(why string, wentOn bool) {
	m.status = status{"Nothing was done: " + why + ".", true}
	if wentOn {
		m.status.text += " The picture goes on."
	}
}

// aimsOf is what a command is about: its process, and the pages that it would reach.
func (s *scene) aimsOf(c model.Command) (aims []aim) {
	if _, ok := c.(lang.Reset); ok {
		for i := range s.state.Procs {
			if p := &s.state.Procs[i]; p.Death == nil {
				aims = append(aims, s.aimAt(place{proc: p.Name}, model.Range{}))
			}
		}
		return aims
	}
	reach := calls.Foresee(c, s.state)
	if reach.Proc != "" {
		aims = append(aims, s.aimAt(place{proc: reach.Proc}, model.Range{}))
	}
	for _, part := range reach.Parts {
		if n := len(part.Pages); n > 0 {
			aims = append(aims, s.aimAt(place{part.Proc, part.Region}, model.Range{Lo: part.Pages[0].Lo, Hi: part.Pages[n-1].Hi}))
		}
	}
	return aims
}

// differs says in what a command is about something else than it was, or "".
func (s *scene) differs(c model.Command, was []aim) string {
	known := make(map[place]bool, len(was))
	for i := range was {
		known[was[i].place] = true
		if why := s.changed(&was[i]); why != "" {
			return why
		}
	}
	for _, a := range s.aimsOf(c) {
		switch {
		case known[a.place]:
		case a.region == "":
			return a.proc + " is new"
		default:
			return s.named(a.proc, a.region) + " was not reached before"
		}
	}
	return ""
}

// submitShown submits a command that was shown before it was asked for. A pause ends first; where
// what it held has made the command one about something else, nothing is submitted, and why is
// returned.
func (m *Model) submitShown(c model.Command) (why string) {
	if !m.paused() {
		m.submit(c)
		return ""
	}
	was := m.aimsOf(c)
	m.goOn()
	m.relayout()
	if why := m.differs(c, was); why != "" {
		return why
	}
	m.submit(c)
	m.status = status{text: wentOnText}
	return ""
}

// askedStop stops what runs. In a pause that may be another command than the one that is shown.
func (m *Model) askedStop() {
	shown := m.state.Running.Line()
	wentOn := m.goOn()
	switch now := m.state.Running.Line(); {
	case now == shown:
		m.lab.Interrupt()
		m.status = status{text: "Asked to stop: " + now}
	case now == "":
		m.leave(shown+" has ended", wentOn)
	default:
		m.leave(fmt.Sprintf("%s has ended, and %s runs", shown, now), wentOn)
	}
}
