package lang

import (
	"slices"
	"strings"

	"incore/model"
)

func parseFork(p *parser) (model.Command, *ParseError) {
	w, err := p.next("a name for the child")
	if err != nil {
		return nil, err
	}
	if w.text == model.Main {
		return nil, w.wrong("that is the first process's name", "")
	}
	if err := checkName(w); err != nil {
		return nil, err
	}
	return Fork{Name: w.text}, nil
}

// parseIn reads the name of a process and the command that is to run in it. Whether there
// is such a process shows when it runs.
func parseIn(p *parser) (model.Command, *ParseError) {
	proc, err := p.name("the name of a process")
	if err != nil {
		return nil, err
	}
	words := p.words
	if _, err := p.next("a command"); err != nil {
		return nil, err
	}
	p.words = nil
	c, err := p.command(words, p.end, true)
	if err != nil {
		return nil, err
	}
	return In{Proc: proc, Do: c}, nil
}

// MaxExit is the highest code that a process can end with: the kernel keeps 8 bits
// (exit(2), wait(2)).
const MaxExit = 255

func parseExit(p *parser) (model.Command, *ParseError) {
	w, ok := p.more()
	if !ok {
		return Exit{}, nil
	}
	n, err := parseUint(w.text, MaxExit)
	if err != nil {
		return nil, w.wrong("an exit code is 0 to 255", "")
	}
	return Exit{Code: int(n)}, nil
}

func parseKill(p *parser) (model.Command, *ParseError) {
	w, err := p.next("the name of a signal, such as SIGTERM")
	if err != nil {
		return nil, err
	}
	name, err := signalNamed(w)
	if err != nil {
		return nil, err
	}
	return Kill{Signal: name}, nil
}

func parseSignal(p *parser) (model.Command, *ParseError) {
	w, err := p.next("a signal, " + strings.Join(HeldSignals, " or "))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(HeldSignals, w.text) {
		hint := signalMeant(w.text)
		if !slices.Contains(HeldSignals, hint) || slices.Contains(signals, w.text) {
			hint = ""
		}
		return nil, w.wrong("signal is about SIGSEGV and SIGBUS alone", hint)
	}
	c := SetSignal{Signal: w.text}
	if w, ok := p.more(); ok {
		if w.text != "catch" && w.text != "die" {
			return nil, w.wrong("a signal is to catch or to die", Nearest(w.text, []string{"catch", "die"}))
		}
		c.Die = w.text == "die"
	}
	return c, nil
}

func parseSetrlimit(p *parser) (model.Command, *ParseError) {
	err := p.memlock()
	if err != nil {
		return nil, err
	}
	var c Setrlimit
	if c.Soft, err = p.amount("unlimited"); err != nil {
		return nil, err
	}
	if len(p.words) > 0 {
		hard, err := p.amount("unlimited")
		if err != nil {
			return nil, err
		}
		c.Hard = &hard
	}
	return c, nil
}

func parseCapset(p *parser) (model.Command, *ParseError) {
	w, err := p.next("a capability behind a minus, such as -ipc_lock")
	if err != nil {
		return nil, err
	}
	name, minus := strings.CutPrefix(w.text, "-")
	known := slices.Contains(capabilities, name)
	if minus && known {
		return Capset{Drop: name}, nil
	}
	hint := Nearest(strings.TrimPrefix(strings.ToLower(name), "cap_"), capabilities)
	if hint != "" {
		hint = "-" + hint
	}
	if known {
		return nil, w.wrong("a capability is dropped, with a minus before it", hint)
	}
	return nil, w.wrong("no such capability", hint)
}

func parseMemcg(p *parser) (model.Command, *ParseError) {
	limit, err := p.amount("max")
	if err != nil {
		return nil, err
	}
	return Memcg{Limit: limit}, nil
}
