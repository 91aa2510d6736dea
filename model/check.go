package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Check asks the state whether e holds: the kinds about a call ask the last
// command that made one or was refused, the others the newest sample. It reads
// no clock; the outcome's time is the state's.
func (e Expect) Check(s State) Checked {
	ok, got := e.check(s)
	return Checked{Time: s.Time, Expect: e.String(), OK: ok, Got: got}
}

// MayTakeAMoment reports whether e waits for what the kernel does in its own time,
// so that it is worth asking again before it fails: pages that leave memory (out
// to swap, or dropped by reclaim) and the counters of RSS and swap that follow them.
// What a call has done is true when the call returns, and is asked once.
func (e Expect) MayTakeAMoment() bool {
	leaving := []PageState{"swapped", "absent", "unmapped"}
	staying := []PageState{"resident", "mapped"}
	has := func(states []PageState) bool {
		return slices.ContainsFunc(e.States, func(s PageState) bool { return slices.Contains(states, s) })
	}
	switch e.Kind {
	case ExpectRSS, ExpectSwap:
		return true
	case ExpectAll:
		return has(leaving)
	case ExpectNo:
		return has(staying)
	case ExpectCount:
		return has(leaving) || has(staying)
	}
	return false
}

func (e Expect) check(s State) (bool, string) {
	switch e.Kind {
	case ExpectAlive:
		return s.Proc.Death == nil, life(s)
	case ExpectDead:
		d := s.Proc.Death
		return d != nil && (e.Word == "" || d.Signal == e.Word), life(s)
	case ExpectOK, ExpectErrno, ExpectSignal, ExpectMinor, ExpectMajor, ExpectReturn:
		return e.checkCall(s)
	}
	// What was last seen of a process that is gone is no longer so.
	if s.Proc.Death != nil {
		return false, life(s)
	}
	switch e.Kind {
	case ExpectAll, ExpectNo, ExpectCount:
		return e.checkPages(&s.Proc)
	case ExpectVMAs:
		span, err := s.Proc.Resolve(e.T)
		if err != nil {
			return false, err.Error()
		}
		n := len(s.Proc.VMAsIn(span))
		return compare(e.Op, int64(n), e.N), fmt.Sprintf("%s spans %s", e.T, plural(int64(n), "VMA"))
	}
	return e.checkProcess(&s.Proc)
}

func life(s State) string {
	switch d := s.Proc.Death; {
	case d == nil:
		return s.Proc.Name + " is alive"
	case d.Signal != "":
		return s.Proc.Name + " was " + d.String()
	default:
		return s.Proc.Name + " " + d.String()
	}
}

// lastActed is the newest event of a command that made a call or was refused one:
// a text that was said says nothing about either, nor does a call made aside. It
// is nil where there is none.
func (s State) lastActed() *Event {
	for i := len(s.Events) - 1; i >= 0; i-- {
		if e := &s.Events[i]; !e.Aside && (e.Call != "" || e.Refused != "") {
			return e
		}
	}
	return s.Last
}

func (e Expect) checkCall(s State) (bool, string) {
	last := s.lastActed()
	if last == nil {
		return false, "no call has been made yet"
	}
	got := outcome(&s.Proc, last)
	if last.Refused != "" {
		return false, got
	}
	switch e.Kind {
	case ExpectOK:
		return last.OK(), got
	case ExpectErrno:
		return last.Errno == e.Word, got
	case ExpectMinor:
		return compare(e.Op, last.Minor, e.N), last.Call + " took " + plural(last.Minor, "minor fault")
	case ExpectMajor:
		return compare(e.Op, last.Major, e.N), last.Call + " took " + plural(last.Major, "major fault")
	case ExpectReturn:
		return compare(e.Op, last.Ret, e.N), last.Call + " returned " + returned(last)
	}
	g := last.Signal
	if g == nil || g.Name != e.Word || e.Code != "" && g.Code != e.Code || !e.In {
		return g != nil && g.Name == e.Word && (e.Code == "" || g.Code == e.Code), got
	}
	span, err := s.Proc.Resolve(e.T)
	if err != nil {
		return false, got + "; " + err.Error()
	}
	return g.Addr >= span.Addr && g.Addr-span.Addr < span.Len, got
}

// outcome is how a command ended.
func outcome(p *Process, e *Event) string {
	switch {
	case e.Refused != "" && e.Call == "":
		return "no call was made: " + e.Refused
	case e.Refused != "":
		return e.Call + ": " + e.Refused
	case e.Signal != nil:
		where := p.PageName(e.Signal.Addr)
		if !strings.HasPrefix(where, "0x") {
			return fmt.Sprintf("signal is %s, in %s", e.Signal, where)
		}
		return fmt.Sprintf("signal is %s", e.Signal)
	case e.Errno != "":
		return "errno is " + e.Errno
	}
	return e.Call + " returned " + returned(e)
}

func returned(e *Event) string {
	if e.RetHex {
		return fmt.Sprintf("%#x", uint64(e.Ret))
	}
	return fmt.Sprint(e.Ret)
}

func (e Expect) checkPages(p *Process) (bool, string) {
	span, err := p.Resolve(e.T)
	if err != nil {
		return false, err.Error()
	}
	var fit, all int64
	var against string // the first page that is not as asked
	for rg, pg := range p.PagesIn(span) {
		i := slices.IndexFunc(e.States, func(s PageState) bool { return !pg.Is(s) })
		if i < 0 {
			fit += rg.Len()
		}
		all += rg.Len()
		name := func() string { return p.PageName(uint64(rg.Lo) * uint64(p.PageSize)) }
		switch {
		case against != "":
		case e.Kind == ExpectAll && i >= 0:
			against = fmt.Sprintf("%s is %s; ", name(), pg.axisWord(e.States[i]))
		case e.Kind == ExpectNo && i < 0:
			against = fmt.Sprintf("%s is %s; ", name(), joinStates(e.States))
		}
	}
	verb := isAre(fit)
	if all == 1 {
		verb = isAre(1)
	}
	got := fmt.Sprintf("%s%d of %s %s %s", against, fit, plural(all, "page"), verb, joinStates(e.States))
	switch {
	case e.Kind == ExpectCount:
		return compare(e.Op, fit, e.N), got
	case all == 0:
		return false, e.T.String() + " names no page"
	}
	return against == "", got
}

func (e Expect) checkProcess(p *Process) (bool, string) {
	have, name := p.Stat.RSS, "VmRSS"
	switch e.Kind {
	case ExpectVmLck:
		have, name = p.Stat.VmLck, "VmLck"
	case ExpectSwap:
		have, name = p.Stat.Swap, "VmSwap"
	case ExpectRlimit:
		have, name = p.Limits.MemlockSoft, "RLIMIT_MEMLOCK"
	}
	// RLIM_INFINITY is the highest number there is, and Unlimited becomes it.
	want := e.Size.Bytes(p.PageSize)
	if e.Unlimited {
		want = math.MaxUint64
	}
	got := fmt.Sprintf("%s is %s", name, FormatLimit(have))
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

func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func isAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func joinStates(states []PageState) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, " and ")
}
