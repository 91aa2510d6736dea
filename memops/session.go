//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"time"

	"incore/model"
	"incore/model/lang"
)

// sessionVerbs are about the session as a whole, or about none of its processes.
var sessionVerbs = family{
	sessionVerb((*Lab).resetAll),
	sessionVerb((*Lab).say),
	sessionVerb((*Lab).wait),
	sessionVerb((*Lab).setSpeed),
	verbOf((*process).look),
}

// resetAll is reset as a command.
func (l *Lab) resetAll(context.Context, lang.Reset) (model.Event, error) {
	return model.Event{Note: "a fresh subject, no regions"}, l.reset()
}

// say tells a text.
func (l *Lab) say(_ context.Context, c lang.Say) (model.Event, error) {
	return model.Event{Note: c.Text}, nil
}

// look tells who shows the process what to show, which is not done here. There has to be what is to be looked at.
func (p *process) look(c lang.Look) (model.Event, error) {
	if c.T == (model.Target{}) {
		return model.Event{}, nil
	}
	_, err := p.span(c.T)
	return model.Event{}, err
}

// setSpeed sets how fast a touch goes that names no rate.
func (l *Lab) setSpeed(_ context.Context, c lang.Speed) (model.Event, error) {
	l.speed = c.Rate
	return model.Event{Note: "touch goes at " + c.Rate.String()}, nil
}

// wait lets time pass, while what happens is told.
func (l *Lab) wait(ctx context.Context, c lang.Wait) (model.Event, error) {
	begin := l.now()
	t := time.NewTimer(c.For)
	defer t.Stop()
	note := "waited " + c.For.String()
	select {
	case <-t.C:
	case <-ctx.Done():
		note = "interrupted after " + (l.now() - begin).Round(time.Millisecond).String()
	}
	return model.Event{Time: begin, Note: note}, nil
}
