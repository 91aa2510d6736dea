package lang

import (
	"fmt"
	"strings"

	"incore/model"
)

// ParseError says where a line is not of the language, and what would be.
type ParseError struct {
	File string // "" where the line is not of a file
	Line int    // from 1; 0 where the line is not of a file
	Col  int    // of the word, in runes from 1
	Word string // as it was written, or "" where one is missing
	Msg  string // what is wrong
	Hint string // what would be right: "did you mean mlock?", "usage: mlock T"; or ""
}

// Error is one line: file:line:col: msg: "word" (hint). Control characters in it are
// shown as escapes.
func (e *ParseError) Error() string {
	var b strings.Builder
	switch {
	case e.File != "" && e.Line > 0:
		fmt.Fprintf(&b, "%s:%d:%d: ", model.Visible(e.File), e.Line, e.Col)
	case e.File != "":
		fmt.Fprintf(&b, "%s: ", model.Visible(e.File))
	default:
		fmt.Fprintf(&b, "column %d: ", e.Col)
	}
	b.WriteString(model.Visible(e.Msg))
	if e.Word != "" {
		fmt.Fprintf(&b, ": \"%s\"", model.Visible(shorten(e.Word)))
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, " (%s)", model.Visible(e.Hint))
	}
	return b.String()
}

// shorten keeps an error one line long whatever word it is about.
func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// Parse reads one line of the language. It returns nil for an empty line or a
// comment. Its error is a *[ParseError] without file and line.
func Parse(line string) (model.Command, error) {
	words, end, err := lex(line)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, nil
	}
	c, err := parseWords(words, &parser{end: end}, false)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// parseWords reads a verb and what follows it; there is at least one word. of has the line's
// end and who asks what may stand there. Where within is set the words follow in and the name
// of a process.
func parseWords(words []token, of *parser, within bool) (model.Command, *ParseError) {
	name := words[0]
	v := findVerb(name.text)
	if v == nil {
		return nil, noSuchVerb(name)
	}
	switch {
	case within && v.Name == In{}.Verb():
		return nil, name.wrong("in cannot stand within in", "")
	case within && v.Session:
		return nil, name.wrong("of the whole session, and not of one process", "")
	}
	of.ahead.verb(v.Name)
	p := &parser{usage: v.Usage, verb: name.text, words: words[1:], end: of.end, ahead: of.ahead, command: parseWords}
	c, err := v.parse(p)
	if err == nil {
		err = p.done()
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// noSuchVerb is the error of a word that is no verb. A call as C has it, mlock(a), is one
// whose arguments follow in words.
func noSuchVerb(name token) *ParseError {
	if verb, args, ok := strings.Cut(name.text, "("); ok {
		if v := findVerb(verb); v != nil {
			err := name.wrong("no such verb", "")
			err.Hint = "usage: " + v.Usage
			if arg, closed := strings.CutSuffix(args, ")"); closed && arg != "" && !strings.ContainsAny(arg, "(),") {
				err.Hint = "did you mean " + verb + " " + arg + "?"
			}
			return err
		}
	}
	return name.wrong("no such verb", Nearest(name.text, VerbNames()))
}

// parser hands out the words of one line after its verb.
type parser struct {
	usage string
	verb  string
	words []token
	end   int    // column past the line
	ahead *ahead // nil: nobody asks what may follow

	// command is parseWords, for the command that in runs. It is handed down because the
	// table of verbs cannot refer to a function that reads the table.
	command func(words []token, of *parser, within bool) (model.Command, *ParseError)
}

// next takes the next word, which is needed.
func (p *parser) next(k *Kind) (token, *ParseError) {
	w, ok := p.more()
	if !ok {
		p.ahead.ask(k, k.Usage)
		return token{}, &ParseError{Col: p.end, Msg: p.verb + " needs " + k.What, Hint: "usage: " + p.usage}
	}
	p.ahead.took(k, w)
	return w, nil
}

// more takes the next word if there is one.
func (p *parser) more() (token, bool) {
	if len(p.words) == 0 {
		return token{}, false
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w, true
}

// done is an error where words are left.
func (p *parser) done() *ParseError {
	if w, ok := p.more(); ok {
		err := w.wrong("a word too many", "")
		err.Hint = "usage: " + p.usage
		return err
	}
	return nil
}

// wrong is an error about the word; hint is what would be right, or "".
func (w token) wrong(msg, hint string) *ParseError {
	if hint != "" {
		hint = "did you mean " + hint + "?"
	}
	shown := w.text
	if shown == "" {
		shown = "''"
	}
	return &ParseError{Col: w.col, Word: shown, Msg: msg, Hint: hint}
}
