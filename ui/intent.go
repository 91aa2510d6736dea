package ui

import (
	"fmt"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/ui/scene"
)

// intent is what a key that acts is about, as the screen showed it last. The lab can have told more
// before the key is pressed: what a pause held, or what has not been drawn yet. The key then acts only
// if its intent is still the same.
type intent struct {
	scene.Place
	pid    int                    // of the process
	dead   bool                   // the process
	execs  int                    // the event in which it last called execve
	mapped int                    // the event that last mapped, moved or resized the region
	pages  model.Range            // those that are meant
	runs   model.Runs[model.Page] // of the region
}

// intentAt returns the intent that pages of a region stand for now.
func intentAt(s *scene.Scene, at scene.Place, pages model.Range) intent {
	a := intent{Place: at, pages: pages, execs: s.Focus.Execs[at.Proc]}
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

// intended returns what keys are about now: the selection, or the cell under the cursor.
func intended(s *scene.Scene) intent {
	at := s.Focus.Current
	if s.Region() == nil {
		return intentAt(s, scene.Place{Proc: at.Proc}, model.Range{})
	}
	return intentAt(s, at, s.Focus.Selection())
}

// changed says in words how the object of an intent has changed since. It is "" if it has not.
func changed(s *scene.Scene, was *intent) string {
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

// moved says in words why keys are about something else now than an intent. It is "" if they are not.
func moved(s *scene.Scene, was *intent) string {
	if why := changed(s, was); why != "" {
		return why
	}
	now := intended(s)
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

// notice notes what has changed of the intent and has not been drawn yet. It is called before
// what the user did is done.
func (m *Model) notice() {
	if m.unseen == "" {
		m.unseen = moved(&m.Scene, &m.intent)
	}
}

// intendAnew renews the intent when the screen shows it, or when the user has moved the cursor.
func (m *Model) intendAnew() {
	if m.unseen == "" {
		m.intent = intended(&m.Scene)
	}
}

// leave says in the status row why nothing was done.
func (m *Model) leave(why string, wentOn bool) {
	m.status = status{"Nothing was done: " + why + ".", true}
	if wentOn {
		m.status.text += " The picture goes on."
	}
}

// intentsOf returns what a command is about: its process, and the pages that it would reach.
func intentsOf(s *scene.Scene, c model.Command) (list []intent) {
	if _, ok := c.(lang.Reset); ok {
		for i := range s.State.Procs {
			if p := &s.State.Procs[i]; p.Death == nil {
				list = append(list, intentAt(s, scene.Place{Proc: p.Name}, model.Range{}))
			}
		}
		return list
	}
	reach := calls.Foresee(c, s.State)
	if reach.Proc != "" {
		list = append(list, intentAt(s, scene.Place{Proc: reach.Proc}, model.Range{}))
	}
	for _, part := range reach.Parts {
		if n := len(part.Pages); n > 0 {
			list = append(list, intentAt(s, scene.Place{Proc: part.Proc, Region: part.Region}, model.Range{Lo: part.Pages[0].Lo, Hi: part.Pages[n-1].Hi}))
		}
	}
	return list
}

// differs says in words why a command is about something else now than before. It is "" if it is not.
func differs(s *scene.Scene, c model.Command, was []intent) string {
	known := make(map[scene.Place]bool, len(was))
	for i := range was {
		known[was[i].Place] = true
		if why := changed(s, &was[i]); why != "" {
			return why
		}
	}
	for _, a := range intentsOf(s, c) {
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

// submitShown submits a command that was shown before it was asked for. A pause ends first. If what it
// held makes the command one about something else, nothing is submitted, and the reason is returned.
func (m *Model) submitShown(c model.Command) (why string) {
	if !m.paused() {
		m.submit(c)
		return ""
	}
	was := intentsOf(&m.Scene, c)
	m.goOn()
	m.relayout()
	if why := differs(&m.Scene, c, was); why != "" {
		return why
	}
	m.submit(c)
	m.status = status{text: wentOnText}
	return ""
}

// askedStop stops what runs. During a pause that may be another command than the one shown.
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
