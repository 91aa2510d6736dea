package lang

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"incore/model"
)

// Check asks the state whether e holds in the process called proc, or where that is ""
// in no particular one: then the kinds about a call ask the command before it, in whatever process that
// was, and the others the newest sample of the first process. It reads
// no clock; the outcome's time is the state's.
func (e Expect) Check(s model.State, proc string) model.Checked {
	c := check{Expect: e, s: s, proc: proc, p: s.Main()}
	text := e.String()
	if proc != "" {
		text = In{proc, e}.String()
		c.p = s.Process(proc)
	}
	if c.p == nil {
		return model.Checked{Time: s.Time, Expect: text, Got: proc + ": no such process", Void: true}
	}
	ok, got := c.check()
	return model.Checked{Time: s.Time, Expect: text, OK: ok, Got: got, Void: c.void}
}

// check is an expect that is asked.
type check struct {
	Expect
	s    model.State
	proc string         // as In names it, or ""
	p    *model.Process // whose sample is asked
	void bool           // there is nothing to ask
}

// MayTakeAMoment reports whether e waits for what the kernel does in its own time,
// so that it is worth asking again before it fails: pages that leave memory (out
// to swap, dropped by reclaim, or merged into another by ksmd) and the counters of RSS and swap that follow them.
// What a call has done is true when the call returns, and is asked once.
func (e Expect) MayTakeAMoment() bool {
	leaving := []model.PageState{model.StateSwapped, model.StateAbsent, model.StateUnmapped, model.StateKSM}
	staying := []model.PageState{model.StateResident, model.StateMapped}
	has := func(states []model.PageState) bool {
		return slices.ContainsFunc(e.States, func(s model.PageState) bool { return slices.Contains(states, s) })
	}
	switch e.Kind {
	case ExpectRSS, ExpectSwap, ExpectPss:
		return e.Sign == 0
	case ExpectAll:
		return has(leaving)
	case ExpectNo:
		return has(staying)
	case ExpectCount:
		return has(leaving) || has(staying)
	}
	return false
}

func (e *check) check() (bool, string) {
	switch e.Kind {
	case ExpectAlive, ExpectDead:
		return e.checkLife()
	case ExpectOK, ExpectErrno, ExpectSignal, ExpectMinor, ExpectMajor, ExpectReturn:
		return e.checkCall()
	case ExpectVmLck, ExpectRSS:
		if e.Sign != 0 {
			return e.checkCall()
		}
	}
	// What was last seen of a process that is gone is no longer so.
	if e.p.Death != nil {
		return false, life(e.p)
	}
	switch e.Kind {
	case ExpectAll, ExpectNo, ExpectCount:
		return e.checkPages(e.p)
	case ExpectVMAs:
		span, err := e.p.Resolve(e.T)
		if err != nil {
			e.void = true
			return false, err.Error()
		}
		n := len(e.p.VMAsIn(span))
		return compare(e.Op, int64(n), e.N), fmt.Sprintf("%s spans %s", e.T, model.Plural(int64(n), "VMA"))
	}
	return e.checkProcess(e.p)
}

func (e *check) checkLife() (bool, string) {
	p := e.p
	if e.Expect.Proc != "" {
		p = e.s.Process(e.Expect.Proc)
	}
	switch {
	case p == nil:
		e.void = true
		return false, e.Expect.Proc + ": no such process" + e.s.OrForgotten()
	case e.Kind == ExpectAlive:
		return p.Death == nil, life(p)
	}
	return p.Death != nil && (e.Word == "" || p.Death.Signal == e.Word), life(p)
}

func life(p *model.Process) string {
	switch d := p.Death; {
	case d == nil:
		return p.Name + " is alive"
	case d.Signal != "":
		return p.Name + " was " + d.String()
	default:
		return p.Name + " " + d.String()
	}
}

// lastJudged is the newest event that is judged, of the process called proc where that is not "". It
// is nil where there is none.
func lastJudged(s model.State, proc string) *model.Event {
	for i := len(s.Events) - 1; i >= 0; i-- {
		if e := &s.Events[i]; (proc == "" || e.Proc == proc) && e.Judged() {
			return e
		}
	}
	if proc == "" {
		return s.Last
	}
	return nil
}

func (e *check) checkCall() (bool, string) {
	last := lastJudged(e.s, e.proc)
	if e.void = last == nil; e.void {
		return false, "no command has been run yet"
	}
	of := e.p
	if p := e.s.Process(last.Proc); p != nil {
		of = p // an address that it was answered with is of its address space
	}
	got := outcome(of, last)
	switch {
	case last.Refused != "":
		e.void = last.Call == "" // a call that the process did not live to answer was made
		return false, got
	case last.Call == "": // all there is to ask of it is that it was not refused
		return e.Kind == ExpectOK, got
	}
	switch e.Kind {
	case ExpectOK:
		return last.OK(), got
	case ExpectErrno:
		return last.Errno == e.Word, got
	case ExpectMinor:
		return compare(e.Op, last.Minor, e.N), last.Call + " took " + model.Plural(last.Minor, "minor fault")
	case ExpectMajor:
		return compare(e.Op, last.Major, e.N), last.Call + " took " + model.Plural(last.Major, "major fault")
	case ExpectReturn:
		return compare(e.Op, last.Ret, e.N), last.Call + " returned " + returned(last)
	case ExpectVmLck, ExpectRSS:
		if of.Death != nil { // whose sizes went with it
			return false, life(of)
		}
		return e.checkChange(last, of.PageSize)
	}
	g := last.Signal
	if g == nil || g.Name != e.Word || e.Code != "" && g.Code != e.Code || !e.In {
		return g != nil && g.Name == e.Word && (e.Code == "" || g.Code == e.Code), got
	}
	span, err := of.Resolve(e.T)
	if err != nil {
		e.void = true
		return false, got + "; " + err.Error()
	}
	return g.Addr >= span.Addr && g.Addr-span.Addr < span.Len, got
}

// checkChange holds the change by a call against what is expected of it.
func (e check) checkChange(last *model.Event, pageSize int64) (bool, string) {
	have, name := last.VmLck, "VmLck"
	if e.Kind == ExpectRSS {
		if last.RSSLate {
			return false, "by how much " + last.Call + " changed VmRSS is not known: this kernel counts it late, some faults at a time"
		}
		have, name = last.RSS, "VmRSS"
	}
	want := int64(min(e.Size.Bytes(pageSize), math.MaxInt64))
	if e.Sign == '-' {
		want = -want
	}
	by := model.FormatDelta(have)
	if have == 0 {
		by = "+0"
	}
	of := "of " + last.Call
	if strings.Contains(by, ".") {
		of = fmt.Sprintf("%+dB, %s", have, of)
	}
	return compare(e.Op, have, want), fmt.Sprintf("%s changed by %s (%s)", name, by, of)
}

// outcome is how a command ended.
func outcome(p *model.Process, e *model.Event) string {
	switch {
	case e.Refused != "" && e.Call == "":
		return "no call was made: " + e.Refused
	case e.Refused != "":
		return e.Call + ": " + e.Refused
	case e.Signal != nil:
		where := p.PageNameAs(e.Signal.Addr, TargetNames(Inner(e.Command))...)
		if !strings.HasPrefix(where, "0x") {
			return fmt.Sprintf("signal is %s, in %s", e.Signal, where)
		}
		return fmt.Sprintf("signal is %s", e.Signal)
	case e.Errno != "":
		return "errno is " + e.Errno
	case e.Call == "":
		return e.Line() + " made no call"
	}
	return e.Call + " returned " + returned(e)
}

func returned(e *model.Event) string {
	if e.RetHex {
		return fmt.Sprintf("%#x", uint64(e.Ret))
	}
	return fmt.Sprint(e.Ret)
}

func (e *check) checkPages(p *model.Process) (bool, string) {
	span, err := p.Resolve(e.T)
	if err != nil {
		e.void = true
		return false, err.Error()
	}
	var fit, untold, all int64
	var against, why string // the first page that is not as asked, and the first of which it is not known
	for rg, pg := range p.PagesIn(span) {
		i := slices.IndexFunc(e.States, func(s model.PageState) bool { return !pg.Is(s) })
		isNot := slices.ContainsFunc(e.States, func(s model.PageState) bool { return !pg.Is(s) && pg.CanTell(s) })
		all += rg.Len()
		name := func() string { return p.PageNameAs(uint64(rg.Lo)*uint64(p.PageSize), e.T.Region) }
		switch {
		case i < 0:
			fit += rg.Len()
		case !isNot:
			untold += rg.Len()
			if why == "" {
				s := e.States[slices.IndexFunc(e.States, func(s model.PageState) bool { return !pg.CanTell(s) })]
				why = fmt.Sprintf("whether %s is %s is not known: %s; ", name(), s, pg.Untold(s))
			}
		}
		switch {
		case against != "":
		case e.Kind == ExpectAll && i >= 0 && (isNot || pg.IsUnsampled(e.States[i])):
			against = fmt.Sprintf("%s is %s; ", name(), pg.AxisWord(e.States[i]))
		case e.Kind == ExpectNo && i < 0:
			against = fmt.Sprintf("%s is %s; ", name(), joinStates(e.States))
		}
	}
	verb := isAre(fit)
	if all == 1 {
		verb = isAre(1)
	}
	ok := against == "" && untold == 0
	if e.Kind == ExpectCount {
		var told bool
		if ok, told = e.counted(fit, untold); told {
			why = ""
		}
	}
	if against != "" {
		why = ""
	}
	got := fmt.Sprintf("%s%s%d of %s %s %s", against, why, fit, model.Plural(all, "page"), verb, joinStates(e.States))
	if all == 0 && e.Kind != ExpectCount {
		return false, e.T.String() + " names no page"
	}
	return ok, got
}

// counted is the answer to a count of fit pages, of which there may be as many more as nothing is known
// of. told is false where the answer depends on those; then it does not hold.
func (e check) counted(fit, untold int64) (ok, told bool) {
	least, most := compare(e.Op, fit, e.N), compare(e.Op, fit+untold, e.N)
	between := untold > 0 && fit <= e.N && e.N <= fit+untold // == and != are not alike in there
	told = least == most && !(between && (e.Op == Eq || e.Op == "" || e.Op == Ne))
	return least && told, told
}

func (e check) checkProcess(p *model.Process) (bool, string) {
	have, name := p.Stat.RSS, "VmRSS"
	switch e.Kind {
	case ExpectVmLck:
		have, name = p.Stat.VmLck, "VmLck"
	case ExpectPss:
		if have, name = p.Stat.Pss, "Pss"; have == 0 { // its own program alone is more
			return false, "Pss is not known: nobody has asked for it"
		}
	case ExpectSwap:
		have, name = p.Stat.Swap, "VmSwap"
	case ExpectRlimit:
		if name = e.Of.Constant(); e.Of != LimitMemlock && !p.Limits.Known {
			return false, "what " + name + " is was not read"
		}
		have, _ = e.Of.In(p.Limits)
	}
	// RLIM_INFINITY is the highest number there is, and Unlimited becomes it.
	want := e.Size.Bytes(p.PageSize)
	if e.Unlimited {
		want = math.MaxUint64
	}
	got := fmt.Sprintf("%s is %s", name, model.FormatLimit(have))
	if exact := fmt.Sprintf("%dB", have); have >= 1<<10 && strings.Contains(got, ".") {
		got += " (" + exact + ")"
	}
	return compare(e.Op, uint64(have), want), got
}

// compare applies an operator; none is Eq.
func compare[T cmp.Ordered](op Op, have, want T) bool {
	switch op {
	case Ne:
		return have != want
	case Lt:
		return have < want
	case Le:
		return have <= want
	case Gt:
		return have > want
	case Ge:
		return have >= want
	}
	return have == want
}

func isAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func joinStates(states []model.PageState) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, " and ")
}
