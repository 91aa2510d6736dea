//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// run runs one command, tells what came of it, and returns when its effects can be
// observed.
func (l *Lab) run(ctx context.Context, c model.Command) {
	l.lane.Lock()
	defer l.lane.Unlock()
	if l.isClosed() {
		return
	}
	l.command = c
	if ask, ok := c.(lang.Ask); ok {
		l.answer(ctx, ask)
		return
	}
	name := model.Main
	in, within := c.(lang.In)
	if within {
		name, c = in.Proc, in.Do
	}
	if x, ok := c.(lang.Expect); ok {
		l.check(ctx, x, in.Proc)
		return
	}
	var e model.Event
	if p := l.process(name); p != nil {
		e = p.run(ctx, c)
	} else {
		e.Refused = l.State().NoProcess(name)
	}
	if e.Time == 0 {
		e.Time = l.now()
	}
	e.Proc, e.Command = name, l.command
	l.emit(e)
	after := l.after
	l.after = nil
	for _, f := range after {
		f()
	}
	for _, p := range l.processes() {
		p.sampler.Kick()
	}
}

// run runs a command in the process, and takes note of the regions that came to be by it and
// of those that are gone.
func (p *process) run(ctx context.Context, c model.Command) model.Event {
	e := p.act(ctx, c)
	if e.Mapped != nil {
		p.holes.Begin(e.Mapped.Name, e.Mapped.Len, p.lab.pageSize)
		p.sharesAnon = p.sharesAnon || isSharedAnon(&model.Region{RegionInfo: *e.Mapped})
	}
	for _, name := range e.Gone {
		p.holes.Forget(name)
	}
	p.sampler.Ended(e)
	return e
}

// act has the verb of a command make its call. An error of the verb is a command that made no
// call, or one that the subject did not answer.
func (p *process) act(ctx context.Context, c model.Command) (e model.Event) {
	v, ok := verbs[c.Verb()]
	if !ok {
		return model.Event{Refused: "incore does not know how to run " + c.Verb()}
	}
	err := subject.ErrGone
	p.named = nil
	if v.ofSession || p.lives() {
		was := p.future
		e, err = v.run(ctx, p, c)
		if err == nil && v.left != nil && e.Call != "" && e.OK() && e.Result == "" {
			e.Result = v.left(p, c, e, was)
		}
		if err == nil && e.Call != "" && e.OK() && e.Mapped == nil && len(p.named) > 0 {
			e.Result = strings.TrimPrefix(e.Result+"; "+p.lieNow(p.here()), "; ")
		}
	}
	if errors.Is(err, subject.ErrGone) && !v.ofSession && p.ends(endPatience) {
		p.lost(&e)
	} else if err != nil {
		e.Refused = OneLine(err)
	}
	return e
}

// aside tells of a call that a command needs beside its own.
func (p *process) aside(e model.Event) {
	e.Aside, e.Proc, e.Command = true, p.name, p.lab.command
	p.lab.emit(e)
}

// afterwards has f called, and told of, once the command's own call has been told. A
// subject that died of the command makes no further call: f's error is then dropped,
// as the death has been told.
func (p *process) afterwards(f func() (model.Event, error)) {
	p.lab.after = append(p.lab.after, func() {
		if e, err := f(); err == nil {
			p.aside(e)
		}
	})
}

// lost completes the event of a call that the subject did not live to answer, once
// its death has been told.
func (p *process) lost(e *model.Event) {
	<-p.ended
	who, anew := "the subject", "reset starts a fresh one"
	if p.name != model.Main {
		who, anew = p.name, "fork makes another"
	}
	e.Refused = who + " is dead"
	if d := p.here().Death; d != nil {
		e.Refused = fmt.Sprintf("%s is dead, %v; %s", who, d, anew)
	}
	if e.Call != "" {
		e.Refused = "no answer: " + e.Refused
	}
}
