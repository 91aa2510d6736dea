package calls

import (
	"fmt"
	"math"

	"incore/model"
)

// Reach is what a command would do, told before it is done. It goes by what the last sample
// showed, so it is as true as that is.
type Reach struct {
	// Proc is the process that the command is of; "" of one of the session as a whole.
	Proc string
	// Parts are the pages that it comes to as the kernel takes its range, in the order of the
	// processes and of their regions. Where the command is certain to stop half way they end
	// there, and where it is certain to do nothing there are none.
	Parts []Part
	// Calls are the calls that it makes, in order; of each Call and Args are set. An argument
	// that only an earlier call will tell is a word, such as fd.
	Calls []model.Event
	// Effect is what comes of it in a few words, and Note is what it does beyond what is
	// written, where it does: a range is rounded to whole pages. Both may be "".
	Effect, Note string
	// Why says why it is certain to fail, or to stop half way, and Answer with which errno or
	// signal; Answer is "" where incore itself will refuse to make the call. Both are "" where
	// nothing of that kind is certain, which is no promise that it will succeed.
	Answer, Why string
	// Unknown says that it fails for a name that is not there: one that is being typed may
	// yet become one that is.
	Unknown bool
}

// Part is what a command reaches of one region.
type Part struct {
	Proc, Region string        // the process, and the name of the region in it
	Pages        []model.Range // page indexes in the region, in order, apart from each other, and without the holes of the region
	// Every is the step of a touch that leaves pages out, and 1 of all else: of Pages it
	// reaches those that are a multiple of Every away from page First.
	Every, First int64
}

// Foresee tells what a command would do to a session that is in a state. It makes no call.
func Foresee(c model.Command, s model.State) Reach {
	r := &reacher{out: &Reach{}}
	r.s, r.kernel, r.sys = s, s.Kernel, s.System
	switch d := ofCommand(c); {
	case c == nil:
	case d.of == ofSession:
		d.reach(r, c)
	default:
		r.inProcess(model.Main, c)
	}
	return *r.out
}

// inProcess follows a command of one process.
func (r *reacher) inProcess(proc string, c model.Command) {
	r.out.Proc = proc
	r.cmd, r.Proc, r.p = c, proc, r.s.Process(proc)
	d := ofCommand(c)
	switch {
	case len(r.s.Procs) == 0:
		r.refuse("the subject has not started yet")
	case r.p == nil:
		r.refuse(r.s.NoProcess(proc))
		r.out.Unknown = true
	case r.p.PageSize <= 0 || d.reach == nil:
	case r.p.Death != nil && d.of == ofLiving:
		r.refuse(fmt.Sprintf("%s is dead: %v", proc, *r.p.Death))
	default:
		d.reach(r, c)
		r.noteGone()
	}
}

// reacher follows one command. The failure in it is the call that it comes to, as if that had
// failed: then all that the explanations know of a failed call is known of this one.
type reacher struct {
	failure
	out *Reach
}

// following makes of a function for one kind of command what a dossier has.
func following[C model.Command](follow func(*reacher, C)) func(*reacher, model.Command) {
	return func(r *reacher, c model.Command) {
		if c, ok := c.(C); ok {
			follow(r, c)
		}
	}
}

// call notes a call that is made; its arguments are those that the kernel will get.
func (r *reacher) call(name string, args ...model.Arg) {
	r.Call, r.Args = name, args
	r.out.Calls = append(r.out.Calls, model.Event{Proc: r.Proc, Call: name, Args: args})
}

// refuse says that incore will make no call.
func (r *reacher) refuse(why string) {
	r.out.Calls, r.out.Parts, r.out.Effect, r.out.Note = nil, nil, "", ""
	r.out.Answer, r.out.Why = "", why
}

// fails says that the call will have no effect, and what it will be answered with.
func (r *reacher) fails(answer, format string, args ...any) {
	r.out.Parts, r.out.Effect, r.out.Note = nil, "", ""
	r.out.Answer, r.out.Why = answer, fmt.Sprintf(format, args...)
}

// ends says that the call will end with that answer, which does not undo what it did before.
func (r *reacher) ends(answer, format string, args ...any) {
	r.out.Answer, r.out.Why = answer, fmt.Sprintf(format, args...)
}

// resolve resolves a target. Where that fails incore refuses the command.
func (r *reacher) resolve(t model.Target) (model.Span, bool) {
	s, err := r.p.Resolve(t)
	if err != nil {
		r.refuse(err.Error())
		r.out.Unknown = t.Form != model.RawSpan && r.p.Named(t.Region) == nil
	}
	return s, err == nil
}

// The kinds of arguments, as the kernel gets them.

func addrOf(v uint64) model.Arg { return model.Arg{Kind: model.ArgAddr, Value: v} }

func lenOf(v uint64) model.Arg { return model.Arg{Kind: model.ArgLen, Value: v} }

func wordOf(text string) model.Arg { return model.Arg{Text: text} }

// up is n rounded up to whole pages in 64 bits, as the kernel's PAGE_ALIGN does: what is less
// than a page below 2^64 becomes 0.
func (r *reacher) up(n uint64) uint64 {
	ps := uint64(r.p.PageSize)
	return (n + ps - 1) &^ (ps - 1)
}

// pageCount returns how many pages so many bytes are, which are whole pages.
func (r *reacher) pageCount(bytes uint64) int64 {
	return int64(min(bytes/uint64(r.p.PageSize), math.MaxInt64))
}

// pagesOf returns an amount of whole pages in words: 4 pages (16K).
func (r *reacher) pagesOf(bytes uint64) string {
	return fmt.Sprintf("%s (%s)", model.Plural(r.pageCount(bytes), "page"), model.FormatSize(bytes))
}
