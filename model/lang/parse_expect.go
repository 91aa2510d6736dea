package lang

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"incore/model"
)

// expectForms are the checks of expect, with the function that reads the words
// after the first.
var expectForms = []struct {
	kind        ExpectKind
	usage, help string
	parse       func(*parser, *Expect) *ParseError
}{
	{ExpectOK, "ok", "The last command did what it asked.", nil},
	{ExpectErrno, "errno NAME", "The last call failed with this error.", (*parser).expectErrno},
	{ExpectSignal, "signal NAME [CODE] [in T]", "The last command was answered with this signal.", (*parser).expectSignal},
	{ExpectMinor, "minor [OP] N", "Minor faults of the last command.", (*parser).expectCount},
	{ExpectMajor, "major [OP] N", "Major faults of the last command.", (*parser).expectCount},
	{ExpectAll, "all T STATE…", "Every page is in every one of the states.", (*parser).expectStates},
	{ExpectNo, "no T STATE…", "No page is in every one of the states.", (*parser).expectStates},
	{ExpectCount, "count T STATE [OP] N", "How many pages are in the state.", (*parser).expectStateCount},
	{ExpectVmLck, "vmlck [OP] SIZE", "What the process has locked.", (*parser).expectSize},
	{ExpectRSS, "rss [OP] SIZE", "What the process has resident.", (*parser).expectSize},
	{ExpectSwap, "swap [OP] SIZE", "What the process has swapped out.", (*parser).expectSize},
	{ExpectVMAs, "vmas T [OP] N", "How many VMAs the target spans.", (*parser).expectVMAs},
	{ExpectRlimit, "rlimit memlock [OP] SIZE|unlimited", "The soft limit of what may be locked.", (*parser).expectRlimit},
	{ExpectReturn, "return [OP] N", "The return value of the last call.", (*parser).expectReturn},
	{ExpectAlive, "alive [NAME]", "The process, or the one that is named, lives.", (*parser).expectLife},
	{ExpectDead, "dead [NAME] [SIGNAL]", "The process is gone, by this signal if one is named.", (*parser).expectDead},
}

// ExpectForms lists the checks that follow expect, as Verbs lists the verbs.
func ExpectForms() []VerbInfo {
	out := make([]VerbInfo, len(expectForms))
	for i, f := range expectForms {
		out[i] = VerbInfo{Name: string(f.kind), Usage: "expect " + f.usage, Help: f.help}
	}
	return out
}

func parseExpect(p *parser) (model.Command, *ParseError) {
	w, err := p.next("what to check")
	if err != nil {
		return nil, err
	}
	names := make([]string, len(expectForms))
	for i, f := range expectForms {
		names[i] = string(f.kind)
		if w.text != names[i] {
			continue
		}
		p.verb, p.usage = "expect "+names[i], "expect "+f.usage
		e := Expect{Kind: f.kind}
		if f.parse != nil {
			if err := f.parse(p, &e); err != nil {
				return nil, err
			}
		}
		return e, nil
	}
	return nil, w.wrong("expect cannot check that", Nearest(w.text, names))
}

func (p *parser) expectErrno(e *Expect) *ParseError {
	w, err := p.next("the name of an error, such as ENOMEM")
	if err != nil {
		return err
	}
	if same, ok := errnoAliases[w.text]; ok {
		w.text = same
	}
	if !slices.Contains(errnos, w.text) {
		return w.wrong("no such errno", Nearest(w.text, errnos))
	}
	e.Word = w.text
	return nil
}

func (p *parser) expectSignal(e *Expect) *ParseError {
	w, err := p.next("the name of a signal, such as SIGSEGV")
	if err != nil {
		return err
	}
	if e.Word, err = signalNamed(w); err != nil {
		return err
	}
	for w, ok := p.more(); ok; w, ok = p.more() {
		switch {
		case w.text == "in" && !e.In:
			if e.T, err = p.target(); err != nil {
				return err
			}
			e.In = true
		case e.Code == "" && !e.In:
			codes := codesOf(e.Word)
			if !slices.Contains(codes, w.text) && !isCode(w.text) {
				return w.wrong("no such code of "+e.Word, Nearest(w.text, append(codes, "in")))
			}
			e.Code = w.text
		default:
			p.words = append([]token{w}, p.words...)
			return p.done()
		}
	}
	return nil
}

// isCode reports whether s is a si_code by number, as an event has it where the
// code has no name.
func isCode(s string) bool {
	n, err := strconv.ParseInt(s, 10, 32)
	return err == nil && strconv.FormatInt(n, 10) == s
}

func signalNamed(w token) (string, *ParseError) {
	if !slices.Contains(signals, w.text) {
		return "", w.wrong("no such signal", signalMeant(strings.TrimPrefix(w.text, "-")))
	}
	return w.text, nil
}

// signalMeant guesses at the signal that is meant by what kill(1) takes: 9, -9, TERM.
func signalMeant(s string) string {
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(signals) {
		return signals[n-1]
	}
	if name := "SIG" + strings.ToUpper(s); slices.Contains(signals, name) {
		return name
	}
	return Nearest(s, signals)
}

// expectLife takes the name of a process if the next word begins as one does: with a
// small letter, where the name of a signal has a capital.
func (p *parser) expectLife(e *Expect) (err *ParseError) {
	if len(p.words) > 0 && nameLen(p.words[0].text) > 0 {
		e.Proc, err = p.name("the name of a process")
	}
	return err
}

func (p *parser) expectDead(e *Expect) *ParseError {
	if err := p.expectLife(e); err != nil {
		return err
	}
	w, ok := p.more()
	if !ok {
		return nil
	}
	var err *ParseError
	e.Word, err = signalNamed(w)
	return err
}

func (p *parser) expectCount(e *Expect) *ParseError {
	return p.opNumber(e, "a number", 0)
}

func (p *parser) expectReturn(e *Expect) *ParseError {
	return p.opNumber(e, "a return value", math.MinInt64)
}

func (p *parser) expectVMAs(e *Expect) (err *ParseError) {
	if e.T, err = p.target(); err != nil {
		return err
	}
	return p.opNumber(e, "a number of VMAs", 0)
}

func (p *parser) expectStates(e *Expect) (err *ParseError) {
	if e.T, err = p.target(); err != nil {
		return err
	}
	w, err := p.next("a state, such as resident or locked")
	if err != nil {
		return err
	}
	for ok := true; ok; w, ok = p.more() {
		s, err := stateNamed(w)
		if err != nil {
			return err
		}
		if slices.Contains(e.States, s) {
			return w.wrong("said twice", "")
		}
		e.States = append(e.States, s)
	}
	return nil
}

func (p *parser) expectStateCount(e *Expect) (err *ParseError) {
	if e.T, err = p.target(); err != nil {
		return err
	}
	w, err := p.next("a state, such as resident or locked")
	if err != nil {
		return err
	}
	s, err := stateNamed(w)
	if err != nil {
		return err
	}
	e.States = []model.PageState{s}
	return p.opNumber(e, "a number of pages", 0)
}

func (p *parser) expectSize(e *Expect) (err *ParseError) {
	if err := p.op(e); err != nil {
		return err
	}
	e.Size, err = p.size()
	return err
}

func (p *parser) expectRlimit(e *Expect) *ParseError {
	if err := p.memlock(); err != nil {
		return err
	}
	if err := p.op(e); err != nil {
		return err
	}
	a, err := p.amount("unlimited")
	e.Size, e.Unlimited = a.Size, a.Unlimited
	return err
}

// opNumber takes an operator, which may be left out, and a number of at least least.
func (p *parser) opNumber(e *Expect, what string, least int64) *ParseError {
	if err := p.op(e); err != nil {
		return err
	}
	w, err := p.next(what)
	if err != nil {
		return err
	}
	digits, negative := strings.CutPrefix(w.text, "-")
	n, perr := parseUint(digits, math.MaxInt64)
	if e.N = int64(n); negative {
		e.N = -e.N
	}
	if perr != nil || e.N < least || negative && n == 0 {
		return w.wrong("not "+what, "")
	}
	return nil
}

// ops are the operators, the longer before those that they begin with.
var ops = []Op{Eq, Ne, Le, Ge, Lt, Gt}

// op takes an operator if the next word is one or begins with one, which may
// be attached to what follows.
func (p *parser) op(e *Expect) *ParseError {
	e.Op = Eq
	if len(p.words) == 0 {
		return nil
	}
	w := &p.words[0]
	for _, op := range ops {
		rest, ok := strings.CutPrefix(w.text, string(op))
		if !ok {
			continue
		}
		e.Op = op
		if w.text, w.col = rest, w.col+len(op); rest == "" {
			p.more()
		}
		return nil
	}
	if rest, ok := strings.CutPrefix(w.text, "="); ok {
		meant := "==" + rest
		if rest != "" && strings.ContainsRune("<>!", rune(rest[0])) { // turned round
			meant = rest[:1] + "=" + rest[1:]
		}
		return w.wrong("no such operator", meant)
	}
	return nil
}

// pageStates are the states by axis; prot= is followed by a protection.
var pageStates = []model.PageState{
	"resident", "absent", "unknowable",
	"mapped", "unmapped", "swapped", "zero", "huge", "guard",
	"exclusive", "shared", "anon", "file",
	"locked", "onfault", "unlocked",
	"prot=none", "prot=r", "prot=w", "prot=rw", "prot=x", "prot=rx", "prot=wx", "prot=rwx",
}

// PageStates lists the states that expect takes; the caller may change the slice.
func PageStates() []model.PageState { return slices.Clone(pageStates) }

func stateNamed(w token) (model.PageState, *ParseError) {
	if s := model.PageState(w.text); slices.Contains(pageStates, s) {
		return s, nil
	}
	names := make([]string, len(pageStates))
	for i, s := range pageStates {
		names[i] = string(s)
	}
	return "", w.wrong("no such state of a page", Nearest(w.text, names))
}
