//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"errors"
	"fmt"
	"time"

	"incore/memops/subject"
	"incore/model"
)

// run runs one command, tells what came of it, and returns when its effects can be
// observed.
func (l *Lab) run(ctx context.Context, c model.Command) {
	l.lane.Lock()
	defer l.lane.Unlock()
	if l.isClosed() {
		return
	}
	if x, ok := c.(model.Expect); ok {
		l.check(ctx, x)
		return
	}
	l.command = c.String()
	var e model.Event
	err := subject.ErrGone
	withoutSubject := false
	switch c.(type) {
	case model.Reset, model.Say, model.Wait, model.Speed: // these need no subject that lives
		withoutSubject = true
	}
	if withoutSubject || l.live.lives() {
		e, err = l.act(ctx, c)
	}
	if errors.Is(err, subject.ErrGone) && !withoutSubject {
		l.lost(&e)
	} else if err != nil {
		e.Refused = err.Error()
	}
	if e.Time == 0 {
		e.Time = l.now()
	}
	e.Proc, e.Command = mainProcess, l.command
	if e.Mapped != nil {
		pages := (int64(e.Mapped.Len) + l.pageSize - 1) / l.pageSize
		l.setHoles(e.Mapped.Name, model.Runs[bool]{}.Add(pages, false))
	}
	for _, name := range e.Gone {
		l.setHoles(name, nil)
	}
	l.emit(e)
	after := l.after
	l.after = nil
	for _, f := range after {
		if e, err := f(); err == nil {
			l.aside(e)
		}
	}
	l.live.sampler.kick()
}

// setHoles notes which pages of a region were unmapped; nil forgets the region.
func (l *Lab) setHoles(region string, holes model.Runs[bool]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if holes == nil {
		delete(l.live.holes, region)
	} else {
		l.live.holes[region] = holes
	}
}

// aside tells of a call that a command needs beside its own.
func (l *Lab) aside(e model.Event) {
	e.Aside, e.Proc, e.Command = true, mainProcess, l.command
	l.emit(e)
}

// afterwards has f called, and told of, once the command's own call has been told. A
// subject that died of the command makes no further call: f's error is then dropped,
// as the death has been told.
func (l *Lab) afterwards(f func() (model.Event, error)) { l.after = append(l.after, f) }

// lost completes the event of a call that the subject did not live to answer, once
// its death has been told.
func (l *Lab) lost(e *model.Event) {
	<-l.live.ended
	e.Refused = "the subject is dead"
	if d := l.State().Proc.Death; d != nil {
		e.Refused = fmt.Sprintf("the subject is dead, %v; reset starts a fresh one", d)
	}
	if e.Call != "" {
		e.Refused = "no answer: " + e.Refused
	}
}

// act routes a command to the family of its call. An error is a command that made no
// call, or one that the subject did not answer.
func (l *Lab) act(ctx context.Context, c model.Command) (model.Event, error) {
	switch c := c.(type) {
	case model.Mmap:
		return l.mmap(c)
	case model.Munmap:
		return l.munmap(c)
	case model.Mlock:
		return l.mlock(c)
	case model.Mlock2:
		return l.mlock2(c)
	case model.Munlock:
		return l.munlock(c)
	case model.Mlockall:
		return l.mlockall(c)
	case model.Munlockall:
		return l.munlockall()
	case model.Mprotect:
		return l.mprotect(c)
	case model.Madvise:
		return l.madvise(c)
	case model.Mincore:
		return l.mincore(ctx, c)
	case model.Touch:
		return l.touch(ctx, c)
	case model.Memset:
		return l.memset(c)
	case model.Memcpy:
		return l.memcpy(c)
	case model.Memmove:
		return l.memmove(c)
	case model.Memcmp:
		return l.memcmp(c)
	case model.Reset:
		return model.Event{Note: "a fresh subject, no regions"}, l.reset()
	case model.Say:
		return model.Event{Note: c.Text}, nil
	case model.Wait:
		return l.wait(ctx, c)
	case model.Speed:
		l.speed = c.Rate
		return model.Event{Note: "touch goes at " + c.Rate.String()}, nil
	}
	return model.Event{}, fmt.Errorf("%s is not built yet", c.Verb())
}

// wait lets time pass, while what happens is told.
func (l *Lab) wait(ctx context.Context, c model.Wait) (model.Event, error) {
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
