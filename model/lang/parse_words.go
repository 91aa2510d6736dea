package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// noWords reads the words of a verb that takes none.
func noWords(c model.Command) func(*parser) (model.Command, *ParseError) {
	return func(*parser) (model.Command, *ParseError) { return c, nil }
}

// ofTarget reads the words of a verb that takes one target.
func ofTarget(build func(model.Target) model.Command) func(*parser) (model.Command, *ParseError) {
	return func(p *parser) (model.Command, *ParseError) {
		t, err := p.target()
		if err != nil {
			return nil, err
		}
		return build(t), nil
	}
}

// ofTargets reads the words of a verb that takes two targets.
func ofTargets(build func(a, b model.Target) model.Command) func(*parser) (model.Command, *ParseError) {
	return func(p *parser) (model.Command, *ParseError) {
		a, err := p.target()
		if err != nil {
			return nil, err
		}
		b, err := p.target()
		if err != nil {
			return nil, err
		}
		return build(a, b), nil
	}
}

// ofTargetWord reads the words of a verb that takes a target and one word of a set:
// an advice, a mode.
func ofTargetWord(article, noun string, set []string, build func(model.Target, string) model.Command) func(*parser) (model.Command, *ParseError) {
	return func(p *parser) (model.Command, *ParseError) {
		t, err := p.target()
		if err != nil {
			return nil, err
		}
		w, err := p.oneOf(article, noun, set)
		if err != nil {
			return nil, err
		}
		return build(t, w), nil
	}
}

// ofName reads the words of a verb that takes one name; what says of what.
func ofName(what string, build func(string) model.Command) func(*parser) (model.Command, *ParseError) {
	return func(p *parser) (model.Command, *ParseError) {
		n, err := p.name(what)
		if err != nil {
			return nil, err
		}
		return build(n), nil
	}
}

// ofNameSize reads the words of a verb that takes a name and a size.
func ofNameSize(what string, build func(string, model.Size) model.Command) func(*parser) (model.Command, *ParseError) {
	return func(p *parser) (model.Command, *ParseError) {
		n, err := p.name(what)
		if err != nil {
			return nil, err
		}
		s, err := p.size()
		if err != nil {
			return nil, err
		}
		return build(n, s), nil
	}
}

// name takes the next word as the name of a region or a process; what says as which.
func (p *parser) name(what string) (string, *ParseError) {
	w, err := p.next(what)
	if err != nil {
		return "", err
	}
	return w.text, checkName(w)
}

// oneOf takes the next word, which is one of a set: an advice, a mode.
func (p *parser) oneOf(article, noun string, set []string) (string, *ParseError) {
	w, err := p.next(article + " " + noun + ", " + strings.Join(set, "|"))
	if err != nil {
		return "", err
	}
	if !slices.Contains(set, w.text) {
		return "", w.wrong("no such "+noun, Nearest(w.text, set))
	}
	return w.text, nil
}

// amount takes the next word as a size, or as none, the word for no limit.
func (p *parser) amount(none string) (Amount, *ParseError) {
	w, err := p.next("a size, such as 64 (pages), 64K or 1M, or " + none)
	if err != nil {
		return Amount{}, err
	}
	if w.text == none {
		return Amount{Unlimited: true}, nil
	}
	s, err := parseSize(w)
	if err != nil && err.Hint == "" && Nearest(w.text, []string{"unlimited", "max"}) != "" {
		err.Hint = "did you mean " + none + "?"
	}
	return Amount{Size: s}, err
}

// memlock takes the next word, which is the one limit that the language knows.
func (p *parser) memlock() *ParseError {
	w, err := p.next("the name of a limit: memlock")
	if err != nil {
		return err
	}
	if w.text != "memlock" {
		return w.wrong("no other limit than memlock is known", Nearest(w.text, []string{"memlock"}))
	}
	return nil
}

// once refuses the second of two options that say the same thing.
type once map[string]string

// take notes that w says what; it is an error where a word before it did.
func (o once) take(w token, what string) *ParseError {
	before, twice := o[what]
	o[what] = w.text
	switch {
	case twice && before == w.text:
		return w.wrong("said twice", "")
	case twice:
		return w.wrong("cannot be both "+before+" and", "")
	}
	return nil
}
