package ui

import (
	"fmt"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/ui/scene"
)

// aim is what a key that acts is about, as it was when the screen showed it. Between that and the
// key the lab can have told more: what a pause held, or what no frame has shown yet. A key then
// acts only where its aim is still the same.
type aim struct {
	scene.Place
	pid    int                    // of the process
	dead   bool                   // the process
	execs  int                    // the event in which it last called execve
	mapped int                    // the event that last mapped, moved or resized the region
	pages  model.Range            // those that are meant
	runs   model.Runs[model.Page] // of the region
}

// aimAt is the aim at pages of a region as they are now.
func aimAt(s *scene.Scene, at scene.Place, pages model.Range) aim {
	a := aim{Place: at, pages: pages, execs: s.Focus.Execs[at.Proc]}
	p := s.State.Process(at.Proc)
	if p == nil {
		return a
	}
	a.pid, a.dead = p.PID, p.Death != nil
	if r := p.Region(at.Region); r != nil {
		a.runs, a.mapped = r.Pages, s.Focus.Of(at).Mapped
	}
	return a
}

// aimed is what keys are about now: what is selected, or the cell under the cursor.
func aimed(s *scene.Scene) aim {
	at := s.Focus.Current
	if s.Region() == nil {
		return aimAt(s, scene.Place{Proc: at.Proc}, model.Range{})
	}
	return aimAt(s, at, s.Focus.Selection())
}

// changed says in what that which was aimed at has changed since, or "".
func changed(s *scene.Scene, was *aim) string {
	p := s.State.Process(was.Proc)
	switch {
	case p == nil && was.pid == 0:
		return ""
	case p == nil:
		return was.Proc + " is gone"
	case p.PID != was.pid && was.Proc == model.Main:
		return "this is a fresh subject"
	case p.PID != was.pid:
		return was.Proc + " is another process of that name"
	case p.Death != nil && !was.dead:
		return scene.Ending(p.Death, true)
	case s.Focus.Execs[was.Proc] != was.execs:
		return was.Proc + " runs a fresh program"
	case was.Region == "":
		return ""
	}
	r, name := p.Region(was.Region), s.Named(was.Proc, was.Region)
	switch {
	case r == nil:
		return name + " is gone"
	case s.Focus.Of(was.Place).Mapped != was.mapped:
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
func moved(s *scene.Scene, was *aim) string {
	if why := changed(s, was); why != "" {
		return why
	}
	now := aimed(s)
	switch {
	case now.Place != was.Place && now.Region == "":
		return "the cursor is in " + now.Proc + " now"
	case now.Place != was.Place:
		return "the cursor is in " + s.Named(now.Proc, now.Region) + " now"
	case now.pages != was.pages:
		return "the cursor or the selection has other pages now"
	}
	return ""
}

// notice notes what has changed of the aim and no frame has shown yet. It is called before
// what the user did is done.
func (m *Model) notice() {
	if m.unseen == "" {
		m.unseen = moved(&m.Scene, &m.aim)
	}
}

// aimAnew takes note of the aim when a frame shows it, or the user has moved it.
func (m *Model) aimAnew() {
	if m.unseen == "" {
		m.aim = aimed(&m.Scene)
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
func aimsOf(s *scene.Scene, c model.Command) (aims []aim) {
	if _, ok := c.(lang.Reset); ok {
		for i := range s.State.Procs {
			if p := &s.State.Procs[i]; p.Death == nil {
				aims = append(aims, aimAt(s, scene.Place{Proc: p.Name}, model.Range{}))
			}
		}
		return aims
	}
	reach := calls.Foresee(c, s.State)
	if reach.Proc != "" {
		aims = append(aims, aimAt(s, scene.Place{Proc: reach.Proc}, model.Range{}))
	}
	for _, part := range reach.Parts {
		if n := len(part.Pages); n > 0 {
			aims = append(aims, aimAt(s, scene.Place{Proc: part.Proc, Region: part.Region}, model.Range{Lo: part.Pages[0].Lo, Hi: part.Pages[n-1].Hi}))
		}
	}
	return aims
}

// differs says in what a command is about something else than it was, or "".
func differs(s *scene.Scene, c model.Command, was []aim) string {
	known := make(map[scene.Place]bool, len(was))
	for i := range was {
		known[was[i].Place] = true
		if why := changed(s, &was[i]); why != "" {
			return why
		}
	}
	for _, a := range aimsOf(s, c) {
		switch {
		case known[a.Place]:
		case a.Region == "":
			return a.Proc + " is new"
		default:
			return s.Named(a.Proc, a.Region) + " was not reached before"
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
	was := aimsOf(&m.Scene, c)
	m.goOn()
	m.relayout()
	if why := differs(&m.Scene, c, was); why != "" {
		return why
	}
	m.submit(c)
	m.status = status{text: wentOnText}
	return ""
}

// askedStop stops what runs. In a pause that may be another command than the one that is shown.
func (m *Model) askedStop() {
	shown := m.State.Running.Line()
	wentOn := m.goOn()
	switch now := m.State.Running.Line(); {
	case now == shown:
		m.lab.Interrupt()
		m.status = status{text: "Asked to stop: " + now}
	case now == "":
		m.leave(shown+" has ended", wentOn)
	default:
		m.leave(fmt.Sprintf("%s has ended, and %s runs", shown, now), wentOn)
	}
}
