//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	proc := model.Main
	in, within := c.(lang.In)
	if within {
		proc, c = in.Proc, in.Do
	}
	if x, ok := c.(lang.Expect); ok {
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
	case lang.Reset, lang.Say, lang.Wait, lang.Speed: // these need no subject that lives
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
	case lang.Mmap:
		return l.mmap(c)
	case lang.Munmap:
		return l.munmap(c)
	case lang.Mremap:
		return l.mremap(c)
	case lang.Mseal:
		return l.mseal(c)
	case lang.PosixFadvise:
		return l.posixFadvise(c)
	case lang.Msync:
		return l.msync(c)
	case lang.Shmget:
		return l.shmget(c)
	case lang.Shmctl:
		return l.shmctl(c)
	case lang.Mlock:
		return l.mlock(c)
	case lang.Mlock2:
		return l.mlock2(c)
	case lang.Munlock:
		return l.munlock(c)
	case lang.Mlockall:
		return l.mlockall(c)
	case lang.Munlockall:
		return l.munlockall()
	case lang.Mprotect:
		return l.mprotect(c)
	case lang.Madvise:
		return l.madvise(c)
	case lang.Mincore:
		return l.mincore(ctx, c)
	case lang.Touch:
		return l.touch(ctx, c)
	case lang.Memset:
		return l.memset(c)
	case lang.Memcpy:
		return l.memcpy(c)
	case lang.Memmove:
		return l.memmove(c)
	case lang.Memcmp:
		return l.memcmp(c)
	case lang.Brk:
		return l.brk(c)
	case lang.Malloc:
		return l.malloc(c)
	case lang.Free:
		return l.free(c)
	case lang.Mallopt:
		return l.mallopt(c)
	}
	return l.actOnProcess(ctx, c)
}

// actOnProcess routes the commands that are about a process as a whole, or about none.
func (l *Lab) actOnProcess(ctx context.Context, c model.Command) (model.Event, error) {
	switch c := c.(type) {
	case lang.Fork:
		return l.fork(c)
	case lang.Execve:
		return l.exec()
	case lang.Exit:
		return l.exit(c)
	case lang.Kill:
		return l.kill(c)
	case lang.SetSignal:
		return l.setSignal(c)
	case lang.Setrlimit:
		return l.setrlimit(c)
	case lang.Capset:
		return l.capset(c)
	case lang.Memcg:
		return l.memcg(c)
	case lang.Reset:
		return model.Event{Note: "a fresh subject, no regions"}, l.reset()
	case lang.Say:
		return model.Event{Note: c.Text}, nil
	case lang.Wait:
		return l.wait(ctx, c)
	case lang.Speed:
		l.speed = c.Rate
		return model.Event{Note: "touch goes at " + c.Rate.String()}, nil
	}
	return model.Event{}, fmt.Errorf("incore does not know how to run %s", c.Verb())
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
