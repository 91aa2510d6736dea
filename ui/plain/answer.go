package plain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/wire"
)

// callsKept is how many calls "calls" can tell of.
const callsKept = 100

// answer answers one line. Its error is an [Ended], or the error of writing. An error of the
// line itself is told, and counted where nobody typed it.
func (p *Conversation) answer(ctx context.Context, line Line) error {
	if line.TooLong {
		return p.wrongLine(line, "the line is longer than 64 KiB")
	}
	if was, err := p.lessonLine(ctx, line); was || err != nil {
		return err
	}
	words := strings.Fields(line.Text)
	if len(words) > 0 {
		if w := findWord(words[0]); w != nil {
			lines, err := w.answer(p, ctx, strings.TrimSpace(line.Text)[len(words[0]):])
			if err != nil {
				return p.wrongLine(line, err.Error())
			}
			return p.print(lines...)
		}
	}
	c, err := lang.Parse(line.Text)
	if err != nil {
		return p.wrongLine(line, parseWords(err))
	}
	if c == nil {
		return nil
	}
	return p.run(ctx, line, p.within(c))
}

// wrongLine tells what is wrong with a line.
func (p *Conversation) wrongLine(line Line, what string) error {
	p.wrong = append(p.wrong, line.Number)
	if !p.cfg.Typed {
		what = fmt.Sprintf("line %d, %s", line.Number, what)
	}
	return p.print(what)
}

// parseWords returns what is wrong with a line in words, the column first.
func parseWords(err error) string {
	e := new(lang.ParseError)
	if !errors.As(err, &e) {
		return err.Error()
	}
	s := fmt.Sprintf("column %d: %s", e.Col, e.Msg)
	hint := e.Hint
	if e.Word != "" {
		s += ": " + e.Word
		if like := lang.Nearest(e.Word, lineStarts()); e.Col == 1 && hint == "" && like != "" {
			hint = "did you mean " + like + "?"
		}
	}
	if hint != "" {
		s += "; " + hint
	}
	return s
}

// within returns the command as it acts in the process that was chosen.
func (p *Conversation) within(c model.Command) model.Command {
	if p.proc == model.Main {
		return c
	}
	for _, v := range lang.Verbs() {
		if v.Name == c.Verb() && v.Session {
			return c
		}
	}
	return lang.In{Proc: p.proc, Do: c}
}

// run runs a command and tells what came of it: the call and what it cost, why where it
// failed, and what changed.
func (p *Conversation) run(ctx context.Context, line Line, c model.Command) error {
	p.look(ctx)
	before := p.cfg.Lab.State()
	if meanwhile := p.changes(p.told, before); len(meanwhile) > 0 {
		if err := p.print(append([]string{"Meanwhile, before this command:"}, meanwhile...)...); err != nil {
			return err
		}
	}
	p.told = before
	items, err := p.do(ctx, c)
	if err != nil {
		return err
	}
	p.look(ctx)
	after := p.cfg.Lab.State()
	lines, asked := p.itemLines(line, items, after)
	p.told = after
	changed := p.changes(before, after)
	if len(changed) == 0 && asked {
		changed = []string{"No page changed."}
	}
	if err := p.print(append(lines, changed...)...); err != nil {
		return err
	}
	return p.lessonTold(ctx, items)
}

// look observes every process that lives.
func (p *Conversation) look(ctx context.Context) {
	for _, proc := range p.cfg.Lab.State().Procs {
		if proc.Death == nil {
			p.cfg.Lab.Refresh(ctx, proc.Name)
		}
	}
}

// itemLines returns what there is to say of what a command brought about. asked reports whether
// a call was made of which one may ask what it changed.
func (p *Conversation) itemLines(line Line, items []model.Item, after model.State) (lines []string, asked bool) {
	bad := false
	for _, item := range items {
		switch it := item.(type) {
		case model.Event:
			lines = append(lines, p.eventWords(it, after)...)
			bad = bad || it.Refused != ""
			asked = asked || it.Refused == "" && it.Call != "" && !it.Aside && !ofProcessAlone(it.Call)
		case model.Checked:
			lines = append(lines, checkedWords(it))
			bad = bad || !it.OK
		case model.Died:
			if !it.Asked {
				lines = append(lines, deathLine(it))
			}
		case model.Started:
			lines = append(lines, p.began(it)...)
		}
	}
	if bad {
		p.wrong = append(p.wrong, line.Number)
	}
	return lines, asked
}

// ofProcessAlone reports whether a call is about a process and not about pages.
func ofProcessAlone(call string) bool {
	switch call {
	case "prlimit64", "capset", "kill", "clone", "execve", "exit_group", "mallopt", "rt_sigaction":
		return true
	}
	return false
}

// eventWords returns one call: first whether it failed and why, then the call as strace(1) writes
// it, and what it cost.
func (p *Conversation) eventWords(e model.Event, after model.State) []string {
	p.keep(e)
	if e.Call == "" && e.Refused == "" {
		if e.Note == "" || e.Command == model.Command(lang.Reset{}) { // what began tells of itself
			return nil
		}
		return []string{e.Note}
	}
	if e.Refused != "" && e.Call == "" {
		return []string{"Refused: " + e.Refused + "."}
	}
	call, _, _ := strings.Cut(e.Strace(), "\n") // the signal that answered it is told in words
	if e.OK() {
		lines := []string{call}
		if costs := costWords(e); costs != "" && !e.Aside {
			lines = append(lines, costs)
		}
		return lines
	}
	why, try := calls.Explain(e, after)
	p.failure = &wire.Record{Item: e, Why: why, Try: try}
	return failureWords(p.failure, after)
}

// failureWords returns what there is to say of a call that failed.
func failureWords(rec *wire.Record, s model.State) []string {
	e := rec.Item.(model.Event)
	var lines []string
	switch {
	case e.Refused != "":
		answer, _, _ := strings.Cut(e.Refused, ": ") // why none came is told with the death
		lines = append(lines, e.Call+": "+answer+".")
	case e.Signal != nil:
		lines = append(lines, fmt.Sprintf("%s was answered by %s %s at %s.", e.Call, e.Signal.Name, e.Signal.Code, placeWords(e, s)))
	default:
		lines = append(lines, fmt.Sprintf("%s failed: %s, %s.", e.Call, e.Errno, e.ErrText))
	}
	if rec.Why != "" {
		lines = append(lines, "Why: "+rec.Why)
	}
	if rec.Try != "" {
		lines = append(lines, "Try: "+rec.Try)
	}
	call, _, _ := strings.Cut(e.Strace(), "\n")
	lines = append(lines, call)
	if costs := costWords(e); costs != "" {
		lines = append(lines, costs)
	}
	return lines
}

// placeWords returns where a signal says that it happened: the page, and the address.
func placeWords(e model.Event, s model.State) string {
	address := fmt.Sprintf("address %#x", e.Signal.Addr)
	if proc := s.Process(e.Proc); proc != nil {
		if page := proc.PageName(e.Signal.Addr); strings.HasSuffix(page, "]") {
			return page + ", " + address
		}
	}
	return address
}

// costWords returns what a call cost: "4.1µs, 2 minor faults, RSS up 8K".
func costWords(e model.Event) string {
	if e.Costs() == "" { // nothing was measured
		return ""
	}
	parts := []string{"Took " + e.Took()}
	for _, f := range []struct {
		n    int64
		kind string
	}{{e.Minor, "minor"}, {e.Major, "major"}} {
		if f.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s %s", f.n, f.kind, Plural(int(f.n), "fault")))
		}
	}
	if len(parts) == 1 {
		parts = append(parts, "no faults")
	}
	for _, s := range []string{e.CopiedWords(), e.Unasked.Words()} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	for _, m := range []struct {
		delta int64
		name  string
	}{{e.RSS, "RSS"}, {e.VmLck, "VmLck"}} {
		switch {
		case m.delta > 0:
			parts = append(parts, m.name+" up "+model.FormatBytes(m.delta))
		case m.delta < 0:
			parts = append(parts, m.name+" down "+model.FormatBytes(-m.delta))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// checkedWords returns whether an expect held, and what is where it did not.
func checkedWords(c model.Checked) string {
	if c.OK {
		return "ok"
	}
	return fmt.Sprintf("FAILED: asked %s, is: %s", strings.TrimPrefix(c.Expect, lang.Expect{}.Verb()+" "), c.Got)
}

// deathLine returns how a process ended, and what can be done then.
func deathLine(d model.Died) string {
	anew := "fork makes another."
	if d.Proc == model.Main {
		anew = "reset starts a fresh one."
	}
	return capital(fmt.Sprintf("%s died: %s. %s", ProcessName(d.Proc), d, anew))
}

// began returns a process that has begun: a child, or the subject after reset.
func (p *Conversation) began(s model.Started) []string {
	if s.Parent == "" {
		p.proc = s.Proc
		return []string{fmt.Sprintf("A fresh subject, process %d. Nothing is mapped.", s.PID)}
	}
	return []string{fmt.Sprintf("Process %s began, pid %d, a child of %s with %d %s. To act in it: process %s",
		s.Proc, s.PID, s.Parent, len(s.Regions), Plural(len(s.Regions), "region"), s.Proc)}
}

// keep keeps a call for "calls".
func (p *Conversation) keep(e model.Event) {
	if e.Call == "" {
		return
	}
	if len(p.calls) == callsKept {
		p.calls = append(p.calls[:0], p.calls[1:]...)
	}
	p.calls = append(p.calls, e)
}
