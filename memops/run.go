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
	l.command = c
	proc := model.Main
	in, within := c.(model.In)
	if within {
		proc, c = in.Proc, in.Do
	}
	if x, ok := c.(model.Expect); ok {
		l.check(ctx, x, in.Proc)
		return
	}
	var e model.Event
	if l.cur = l.process(proc); l.cur != nil {
		e = l.inProcess(ctx, c)
	} else {
		e.Refused = l.State().NoProcess(proc)
		l.cur = l.process(model.Main)
	}
	if e.Time == 0 {
		e.Time = l.now()
	}
	e.Proc, e.Command = proc, l.command
	if e.Mapped != nil {
		l.cur.holes.begin(e.Mapped.Name, e.Mapped.Len, l.pageSize)
		l.cur.sharesAnon = l.cur.sharesAnon || isSharedAnon(&model.Region{RegionInfo: *e.Mapped})
	}
	for _, name := range e.Gone {
		l.cur.holes.forget(name)
	}
	if l.cur != nil {
		l.cur.sampler.reach.add(e)
	}
	l.emit(e)
	after := l.after
	l.after = nil
	for _, f := range after {
		f()
	}
	for _, p := range l.processes() {
		p.sampler.kick()
	}
}

// inProcess runs a command in the current process.
func (l *Lab) inProcess(ctx context.Context, c model.Command) (e model.Event) {
	err := subject.ErrGone
	withoutSubject := false
	switch c.(type) {
	case model.Reset, model.Say, model.Wait, model.Speed: // these need no subject that lives
		withoutSubject = true
	}
	if withoutSubject || l.cur.lives() {
		was := l.cur.future
		if e, err = l.act(ctx, c); err == nil && e.Call != "" && e.OK() && e.Result == "" {
			e.Result = l.shortfall(c, &e, was)
		}
	}
	if errors.Is(err, subject.ErrGone) && !withoutSubject && l.cur.ends(endPatience) {
		l.lost(&e)
	} else if err != nil {
		e.Refused = oneLine(err)
	}
	return e
}

// aside tells of a call that a command needs beside its own.
func (l *Lab) aside(e model.Event) {
	e.Aside, e.Proc, e.Command = true, l.cur.name, l.command
	l.emit(e)
}

// afterwards has f called, and told of, once the command's own call has been told. A
// subject that died of the command makes no further call: f's error is then dropped,
// as the death has been told.
func (l *Lab) afterwards(f func() (model.Event, error)) {
	l.after = append(l.after, func() {
		if e, err := f(); err == nil {
			l.aside(e)
		}
	})
}

// lost completes the event of a call that the subject did not live to answer, once
// its death has been told.
func (l *Lab) lost(e *model.Event) {
	<-l.cur.ended
	who, anew := "the subject", "reset starts a fresh one"
	if l.cur.name != model.Main {
		who, anew = l.cur.name, "fork makes another"
	}
	e.Refused = who + " is dead"
	if d := l.here().Death; d != nil {
		e.Refused = fmt.Sprintf("%s is dead, %v; %s", who, d, anew)
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
	case model.Mremap:
		return l.mremap(c)
	case model.Mseal:
		return l.mseal(c)
	case model.PosixFadvise:
		return l.posixFadvise(c)
	case model.Msync:
		return l.msync(c)
	case model.Shmget:
		return l.shmget(c)
	case model.Shmctl:
		return l.shmctl(c)
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
	case model.Brk:
		return l.brk(c)
	case model.Malloc:
		return l.malloc(c)
	case model.Free:
		return l.free(c)
	case model.Mallopt:
		return l.mallopt(c)
	}
	return l.actOnProcess(ctx, c)
}

// actOnProcess routes the commands that are about a process as a whole, or about none.
func (l *Lab) actOnProcess(ctx context.Context, c model.Command) (model.Event, error) {
	switch c := c.(type) {
	case model.Fork:
		return l.fork(c)
	case model.Execve:
		return l.exec()
	case model.Exit:
		return l.exit(c)
	case model.Kill:
		return l.kill(c)
	case model.SetSignal:
		return l.setSignal(c)
	case model.Setrlimit:
		return l.setrlimit(c)
	case model.Capset:
		return l.capset(c)
	case model.Memcg:
		return l.memcg(c)
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
	return model.Event{}, fmt.Errorf("incore does not know how to run %s", c.Verb())
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
