package lang

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"incore/model"
)

// Check is one of the things that expect asks for.
type Check struct {
	Name  string // the first word after expect
	Usage string // with expect before it
	Help  string // one sentence
	Parts []Part // what follows the name
}

// checkForm is a check with how it is read and written.
type checkForm struct {
	Check
	parts []part[Expect]
}

func form(kind ExpectKind, help string, parts ...part[Expect]) checkForm {
	f := checkForm{Check{Name: string(kind), Usage: usage("expect "+string(kind), parts), Help: help}, parts}
	for _, p := range parts {
		f.Parts = append(f.Parts, p.Part)
	}
	return f
}

var checkForms = []checkForm{
	form(ExpectOK, "The last command did what it asked."),
	form(ExpectErrno, "The last call failed with this error.", need(errno(), wordOf)),
	form(ExpectSignal, "The last command was answered with this signal.", need(called("NAME", signal(HeldSignals...)), wordOf), signalCode(), signalPlace()),
	form(ExpectMinor, "Minor faults of the last command.", operator(), need(count("a number"), countOf)),
	form(ExpectMajor, "Major faults of the last command.", operator(), need(count("a number"), countOf)),
	form(ExpectAll, "Every page is in every one of the states.", need(target(), targetOf), list(state(), statesOf)),
	form(ExpectNo, "No page is in every one of the states.", need(target(), targetOf), list(state(), statesOf)),
	form(ExpectCount, "How many pages are in the state.", need(target(), targetOf), oneState(), operator(),
		need(count("a number of pages"), countOf)),
	form(ExpectVmLck, "What the process has locked, or by how much the last command changed that.", operator(), sizeOrChange("0", "64K", "1M", "+4K", "-1")),
	form(ExpectRSS, "What the process has resident, or by how much the last command changed that.", operator(), sizeOrChange("64", "1M", "+64K", "-64K", "+0")),
	form(ExpectPss, "What the process has resident, each page divided by how many map it.", operator(), need(size("64", "1M"), sizeOf)),
	form(ExpectSwap, "What the process has swapped out.", operator(), need(size("0", "64", "1M"), sizeOf)),
	form(ExpectVMAs, "How many VMAs the target spans.", need(target(), targetOf), operator(), need(count("a number of VMAs"), countOf)),
	form(ExpectRlimit, "A soft limit, of those that setrlimit sets.", need(limitName(), func(e *Expect) *Limit { return &e.Of }),
		operator(), needAmount(amount("unlimited", "64K", "8M"))),
	form(ExpectReturn, "The return value of the last call.", operator(),
		need(number[int64]("N", "a return value", "not a return value", math.MinInt64, math.MaxInt64, "0", "-1"), countOf)),
	form(ExpectAlive, "The process, or the one that is named, lives.", lifeOf()),
	form(ExpectDead, "The process is gone, by this signal if one is named.", lifeOf(), may(signal(), wordOf)),
}

// The fields that the parts of several checks set.

func wordOf(e *Expect) *string              { return &e.Word }
func targetOf(e *Expect) *model.Target      { return &e.T }
func sizeOf(e *Expect) *model.Size          { return &e.Size }
func countOf(e *Expect) *int64              { return &e.N }
func statesOf(e *Expect) *[]model.PageState { return &e.States }

// ExpectForms lists the checks that follow expect, as Verbs lists the verbs.
func ExpectForms() []VerbInfo {
	out := make([]VerbInfo, len(checkForms))
	for i, f := range checkForms {
		out[i] = VerbInfo{Name: f.Name, Usage: f.Usage, Help: f.Help}
	}
	return out
}

// checks is the name of a check and what follows it.
func checks() part[Expect] {
	k := Kind{Form: FormWord, Usage: "WHAT", What: "what to check"}
	pt := part[Expect]{Part: Part{Usage: "WHAT …"}}
	for _, f := range checkForms {
		k.Words = append(k.Words, f.Name)
		pt.Forms = append(pt.Forms, f.Check)
	}
	find := func(name string) int { return slices.Index(k.Words, name) }
	pt.read = func(p *parser, e *Expect) *ParseError {
		w, err := p.next(&k)
		if err != nil {
			return err
		}
		i := find(w.text)
		if i < 0 {
			return w.wrong("expect cannot check that", Nearest(w.text, k.Words))
		}
		p.verb, p.usage = "expect "+w.text, checkForms[i].Usage
		e.Kind = ExpectKind(w.text)
		return readParts(p, e, checkForms[i].parts)
	}
	pt.write = func(w *words, e *Expect) {
		w.add(string(e.Kind))
		if i := find(string(e.Kind)); i >= 0 {
			writeParts(w, e, checkForms[i].parts)
		}
	}
	return pt
}

// signalCode is the si_code of the signal that the line has already. It may be left out.
func signalCode() part[Expect] {
	k := func(e *Expect) *Kind {
		return &Kind{Form: FormWord, Usage: "CODE", Words: codesOf(e.Word)}
	}
	return part[Expect]{
		Part: Part{Kind: *k(&Expect{}), Usage: "[CODE]", Optional: true},
		read: func(p *parser, e *Expect) *ParseError {
			if len(p.words) == 0 {
				p.ahead.ask(k(e), "[CODE]")
				return nil
			}
			w := p.words[0]
			if w.text == "in" {
				return nil
			}
			if codes := codesOf(e.Word); !slices.Contains(codes, w.text) && !isCode(w.text) {
				return w.wrong("no such code of "+e.Word, Nearest(w.text, append(codes, "in")))
			}
			e.Code = w.text
			p.more()
			return nil
		},
		write: func(w *words, e *Expect) { w.add(e.Code) },
	}
}

// isCode reports whether s is a si_code by number, as an event has it where the
// code has no name.
func isCode(s string) bool {
	n, err := strconv.ParseInt(s, 10, 32)
	return err == nil && strconv.FormatInt(n, 10) == s
}

// signalPlace is where the signal's address lies. It may be left out.
func signalPlace() part[Expect] {
	return options("", keyed("in", "in", target(),
		func(e *Expect, t model.Target) { e.T, e.In = t, true }, func(e *Expect) (model.Target, bool) { return e.T, e.In }))
}

// lifeOf is the name of a process. It may be left out, and is there where a word begins as a name
// does: with a small letter, where the name of a signal has a capital.
func lifeOf() part[Expect] {
	return mayBe(name("the name of a process", OfProcess), func(e *Expect) *string { return &e.Proc },
		func(word string) bool { return nameLen(word) > 0 })
}

// count is a number from 0.
func count(what string) kind[int64] {
	return number[int64]("N", what, "not "+what, 0, math.MaxInt64, "0", "1")
}

// sizeOrChange is the size of an expect, or behind a sign the change by the last command.
func sizeOrChange(examples ...string) part[Expect] {
	k := size(examples...)
	k.Usage, k.What = "SIZE|+SIZE|-SIZE", "a size, such as 64 (pages), 64K or 1M, or a change, such as +64K"
	return part[Expect]{
		Part: Part{Kind: k.Kind, Usage: k.Usage},
		read: func(p *parser, e *Expect) *ParseError {
			w, err := p.next(&k.Kind)
			if err != nil {
				return err
			}
			if strings.HasPrefix(w.text, "+") || strings.HasPrefix(w.text, "-") {
				if len(w.text) == 1 {
					return w.wrong("the size follows its sign in one word, such as +64K", "")
				}
				e.Sign = w.text[0]
				w.text, w.col = w.text[1:], w.col+1
			}
			e.Size, err = k.read(w)
			return err
		},
		write: func(w *words, e *Expect) {
			size := k.write(e.Size)
			if e.Sign != 0 {
				size = string(rune(e.Sign)) + size
			}
			w.add(size)
		},
	}
}

// needAmount is the size of an expect, or no limit.
func needAmount(k kind[Amount]) part[Expect] {
	return part[Expect]{
		Part: Part{Kind: k.Kind, Usage: k.Usage},
		read: func(p *parser, e *Expect) *ParseError {
			w, err := p.next(&k.Kind)
			if err != nil {
				return err
			}
			a, err := k.read(w)
			e.Size, e.Unlimited = a.Size, a.Unlimited
			return err
		},
		write: func(w *words, e *Expect) { w.add(k.write(Amount{Size: e.Size, Unlimited: e.Unlimited})) },
	}
}

// ops are the operators, the longer before those that they begin with.
var ops = []Op{Eq, Ne, Le, Ge, Lt, Gt}

// operator is a comparison. It may be left out, and may be attached to the word behind it.
func operator() part[Expect] {
	k := Kind{Form: FormWord, Usage: "OP"}
	for _, op := range ops {
		k.Words = append(k.Words, string(op))
	}
	return part[Expect]{
		Part: Part{Kind: k, Usage: "[OP]", Optional: true},
		read: func(p *parser, e *Expect) *ParseError {
			e.Op = Eq
			if len(p.words) == 0 {
				p.ahead.ask(&k, "[OP]")
				return nil
			}
			return p.operator(&p.words[0], e)
		},
		write: func(w *words, e *Expect) {
			if e.Op != Eq {
				w.add(string(e.Op))
			}
		},
	}
}

// operator takes the operator that a word is or begins with, if there is one.
func (p *parser) operator(w *token, e *Expect) *ParseError {
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
	model.StateResident, model.StateAbsent, model.StateUnknowable,
	model.StateHole, model.StateMapped, model.StateUnmapped, model.StateSwapped, model.StateZero, model.StateHuge, model.StateGuard,
	model.StateExclusive, model.StateShared, model.StateAnon, model.StateFile,
	model.StateLocked, model.StateOnFault, model.StateUnlocked,
	model.StateKSM, model.StateDirty,
	"prot=none", "prot=r", "prot=w", "prot=rw", "prot=x", "prot=rx", "prot=wx", "prot=rwx",
}

// PageStates lists the states that expect takes; the caller may change the slice.
func PageStates() []model.PageState { return slices.Clone(pageStates) }

// state is a state of a page.
func state() kind[model.PageState] {
	names := make([]string, len(pageStates))
	for i, s := range pageStates {
		names[i] = string(s)
	}
	return kind[model.PageState]{
		Kind: Kind{Form: FormWord, Usage: "STATE", What: "a state, such as resident or locked", Words: names},
		read: func(w token) (model.PageState, *ParseError) {
			if !slices.Contains(names, w.text) {
				return "", w.wrong("no such state of a page", Nearest(w.text, names))
			}
			return model.PageState(w.text), nil
		},
		write: func(s model.PageState) string { return string(s) },
	}
}

// oneState is the one state that a count is of.
func oneState() part[Expect] {
	k := state()
	return part[Expect]{
		Part: Part{Kind: k.Kind, Usage: k.Usage},
		read: func(p *parser, e *Expect) *ParseError {
			w, err := p.next(&k.Kind)
			if err != nil {
				return err
			}
			s, err := k.read(w)
			e.States = []model.PageState{s}
			return err
		},
		write: func(w *words, e *Expect) {
			for _, s := range e.States {
				w.add(string(s))
			}
		},
	}
}
