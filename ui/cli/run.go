package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/wire"
	"incore/ui/plain"
)

// graceAfterInterrupt is how long a command that was interrupted may go on before
// the subject is ended under it: a system call in the kernel cannot be interrupted.
const graceAfterInterrupt = 500 * time.Millisecond

// reporter prints a run. Each of its methods has written all it was given when it
// returns, so that a reader of a pipe follows the run; its errors are of standard output.
type reporter interface {
	started(model.Started) error
	command(lang.Line) error // before it runs
	item(wire.Record) error
	finished(runResult) error
}

// runResult is what became of a run.
type runResult struct {
	Commands    int   // run, expects included
	Expects     int   // checked
	FailedLines []int // of the expects that failed
	Refused     []int // lines of commands that incore refused to pass on
	Died        *model.Died
	DiedLine    int // of the command during which the subject died, where nothing foresaw it
	Interrupted bool
	LastLine    int
}

// code returns the run's exit code.
func (r runResult) code() int {
	switch {
	case r.Interrupted:
		return exitInterrupted
	case r.Died != nil:
		return exitDied
	case len(r.FailedLines)+len(r.Refused) > 0:
		return exitFailed
	}
	return exitHeld
}

// String returns what went wrong, in one line, or "".
func (r runResult) String() string {
	var parts []string
	if r.Died != nil {
		parts = append(parts, fmt.Sprintf("line %d: %s died, %s, and no \"expect dead\" foresaw it", r.DiedLine, plain.ProcessName(r.Died.Proc), r.Died))
	}
	if r.Interrupted {
		parts = append(parts, fmt.Sprintf("interrupted in line %d", r.LastLine))
	}
	if n := len(r.FailedLines); n > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d %s failed (%s)", n, r.Expects, plain.Plural(r.Expects, "expect"), lineList(r.FailedLines)))
	}
	if n := len(r.Refused); n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s refused (%s)", n, plain.Plural(n, "command"), lineList(r.Refused)))
	}
	return strings.Join(parts, "; ")
}

// lineList returns "line 3" or "lines 3, 5, 8, …".
func lineList(lines []int) string {
	const most = 8
	var words []string
	for _, n := range lines[:min(len(lines), most)] {
		words = append(words, fmt.Sprint(n))
	}
	if len(lines) > most {
		words = append(words, "…")
	}
	return plain.Plural(len(lines), "line") + " " + strings.Join(words, ", ")
}

// runFile returns the command "incore run".
func (a *app) runFile(ctx context.Context, name string) error {
	lines, err := a.readScript(name)
	if err != nil {
		return err
	}
	var res runResult
	err = a.withLab(ctx, func(ctx context.Context, l lab) (err error) {
		res, err = runScript(ctx, l, lines, a.reporter())
		if res.Interrupted && errors.Is(err, errGivenUp) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	a.code = res.code()
	if what := res.String(); what != "" {
		return &exitError{a.code, fmt.Errorf("%s: %s", scriptName(name), what)}
	}
	return nil
}

// withLab calls f with a fresh subject, which is gone when withLab returns. An
// interrupt (ctrl+c) ends f's context, and what runs in the lab; a second one is the
// system's to answer.
func (a *app) withLab(ctx context.Context, f func(context.Context, lab) error) error {
	return a.withContext(ctx, func(ctx context.Context) error {
		l, err := a.open(ctx, labOptions{Memory: int64(a.memory)})
		if err != nil {
			return &exitError{exitNoSubject, err}
		}
		defer l.Close()
		defer endWhenInterrupted(ctx, l)()
		return f(ctx, l)
	})
}

// withContext calls f with a context that an interrupt (ctrl+c) ends; a second one is the system's to answer.
func (a *app) withContext(ctx context.Context, f func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop)
	defer a.endOutputWith(ctx)()
	return f(ctx)
}

func (a *app) reporter() reporter {
	if a.json {
		return &jsonReport{w: a.out}
	}
	return &textReport{w: a.out, ascii: a.asciiOnly()}
}

// endWhenInterrupted interrupts what runs in the lab once ctx is done, and ends the
// subject where that is not enough. The function that it returns gives up the watch.
func endWhenInterrupted(ctx context.Context, l lab) (giveUp func()) {
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		l.Interrupt()
		select {
		case <-over:
		case <-time.After(graceAfterInterrupt):
			_ = l.Close() // what it runs is given up; the caller closes it again
		}
	})
	return func() {
		stop()
		close(over)
	}
}

// runScript runs the lines one after the other. Its error is the reporter's.
func runScript(ctx context.Context, l lab, lines []lang.Line, rep reporter) (runResult, error) {
	first := startedOf(l.State())
	r := run{ctx: ctx, lab: l, rep: rep, pid: first.PID}
	err := rep.started(first)
	for _, line := range lines {
		if err != nil || ctx.Err() != nil || r.diedUnforeseen(line.Command) {
			break
		}
		err = r.line(line)
	}
	r.res.Interrupted = ctx.Err() != nil
	if !r.res.Interrupted && len(r.deaths) > 0 {
		r.res.Died, r.res.DiedLine = &r.deaths[0].Died, r.deaths[0].line
	}
	return r.res, errors.Join(err, rep.finished(r.res))
}

// startedOf returns how the session that s is the state of began.
func startedOf(s model.State) model.Started {
	return model.Started{
		Proc: s.Main().Name, PID: s.Main().PID, PageSize: s.Main().PageSize,
		Limits: s.Main().Limits, Kernel: s.Kernel, User: s.User, Missing: s.Missing,
	}
}

// run is a script that is being run.
type run struct {
	ctx context.Context
	lab lab
	rep reporter
	res runResult

	pid    int           // of the subject that runs, whose start has been told
	looked time.Duration // when the newest sample was taken that has been told

	// A death is foreseen where one of the expects right after it is an "expect
	// dead" that holds; it is no more of these from there.
	deaths []death
}

// death is the end of a process that nothing has foreseen yet.
type death struct {
	model.Died
	line int // of the command during which it died
}

// diedUnforeseen reports whether a process died and this next command shows that
// nothing foresaw it.
func (r *run) diedUnforeseen(next model.Command) bool {
	if len(r.deaths) == 0 {
		return false
	}
	_, next = ofProcess(next)
	switch next.(type) {
	case lang.Expect, lang.Say:
		return false
	}
	return true
}

func (r *run) line(line lang.Line) error {
	r.res.Commands++
	r.res.LastLine = line.Number
	if err := r.rep.command(line); err != nil {
		return err
	}
	for _, item := range r.lab.Do(r.ctx, line.Command) {
		if r.told(item) {
			continue
		}
		r.note(line, item)
		if err := r.report(line, item); err != nil {
			return err
		}
	}
	return nil
}

// told reports whether an item has been reported already: the start of the subject,
// and a sample that an explanation needed.
func (r *run) told(item model.Item) bool {
	switch it := item.(type) {
	case model.Started:
		return it.PID == r.pid
	case model.Sample:
		return it.Time <= r.looked // 0 before the first, as no sample is
	}
	return false
}

// report hands an item to the reporter, with its explanation where a call failed. A
// call that failed can have had effects, so that takes a look at the subject.
func (r *run) report(line lang.Line, item model.Item) error {
	rec := wire.Record{Line: line.Number, Item: item}
	e, ok := item.(model.Event)
	if !ok || e.OK() || e.Refused != "" {
		return r.rep.item(rec)
	}
	after := r.lab.Refresh(r.ctx, e.Proc)
	r.looked = after.Time
	rec.Why, rec.Try = calls.Explain(e, r.lab.State())
	if err := r.rep.item(rec); err != nil {
		return err
	}
	return r.rep.item(wire.Record{Line: line.Number, Item: after})
}

// note counts what an item means for the run's result.
func (r *run) note(line lang.Line, item model.Item) {
	switch it := item.(type) {
	case model.Event:
		// What is refused because the process is dead is of its death.
		p := r.lab.State().Process(it.Proc)
		if it.Refused != "" && (p == nil || p.Death == nil) {
			r.res.Refused = append(r.res.Refused, line.Number)
		}
	case model.Checked:
		r.res.Expects++
		if !it.OK {
			r.res.FailedLines = append(r.res.FailedLines, line.Number)
		} else {
			r.foreseen(line.Command)
		}
	case model.Died:
		if !it.Asked && !endsChild(line.Command) {
			r.deaths = append(r.deaths, death{it, line.Number})
		}
	case model.Started:
		if it.Parent == "" {
			r.pid, r.deaths = it.PID, nil
		}
	}
}

// foreseen forgets the death that an expect which held is about.
func (r *run) foreseen(c model.Command) {
	proc, c := ofProcess(c)
	e, ok := c.(lang.Expect)
	if !ok || e.Kind != lang.ExpectDead {
		return
	}
	if e.Proc != "" {
		proc = e.Proc
	}
	r.deaths = slices.DeleteFunc(r.deaths, func(d death) bool { return d.Proc == proc })
}

// ofProcess takes a command out of the process that it is run in.
func ofProcess(c model.Command) (proc string, inner model.Command) {
	if in, ok := c.(lang.In); ok {
		return in.Proc, in.Do
	}
	return model.Main, c
}

// endsChild reports whether a command asks for the end of a process other than the first,
// which then needs no expect to foresee it.
func endsChild(c model.Command) bool {
	proc, c := ofProcess(c)
	switch c.(type) {
	case lang.Exit, lang.Kill:
		return proc != model.Main
	}
	return false
}
