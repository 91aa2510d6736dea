package lang

import (
	"fmt"
	"slices"
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
	c, err := parseWords(words, end, false)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// parseWords reads a verb and what follows it; there is at least one word. Where within
// is set they follow in and the name of a process.
func parseWords(words []token, end int, within bool) (model.Command, *ParseError) {
	name := words[0]
	v := findVerb(name.text)
	if v == nil {
		return nil, noSuchVerb(name)
	}
	switch {
	case within && v.Name == "in":
		return nil, name.wrong("in cannot stand within in", "")
	case within && v.Session:
		return nil, name.wrong("of the whole session, and not of one process", "")
	}
	p := &parser{usage: v.Usage, verb: name.text, words: words[1:], end: end, command: parseWords}
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
	end   int // column past the line

	// command is parseWords, for the command that in runs. It is handed down because the
	// table of verbs cannot refer to a function that reads the table.
	command func(words []token, end int, within bool) (model.Command, *ParseError)
}

// next takes the next word, which is needed: what says as what.
func (p *parser) next(what string) (token, *ParseError) {
	w, ok := p.more()
	if !ok {
		return token{}, &ParseError{Col: p.end, Msg: p.verb + " needs " + what, Hint: "usage: " + p.usage}
	}
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

// Nearest is the name that C's constant s stands for, or else the one that takes the fewest
// edits to come from s, of nearest length among several, or "" where none is near enough to
// be meant: one that has nothing in common with s is not.
func Nearest(s string, names []string) string {
	if name := ofConstant(s); slices.Contains(names, name) {
		return name
	}
	const longest = 40
	if len(s) > longest {
		return ""
	}
	meant := []rune(strings.ToLower(s))
	best, least, off := "", 1+max(1, min(3, len(meant)/2)), 0
	for _, n := range names {
		name := []rune(strings.ToLower(n))
		d, o := edits(meant, name), max(len(meant)-len(name), len(name)-len(meant))
		if d >= max(len(meant), len(name)) {
			continue
		}
		if d < least || d == least && best != "" && o < off {
			best, least, off = n, d, o
		}
	}
	return best
}

// ofConstant is the word of the language for a constant of the C headers: dontneed for
// MADV_DONTNEED, rw for PROT_READ|PROT_WRITE; "" for what is none.
func ofConstant(s string) string {
	if rest, ok := strings.CutPrefix(s, "PROT_"); ok {
		rights := map[string]model.Prot{"NONE": model.ProtNone, "READ": model.ProtRead, "WRITE": model.ProtWrite, "EXEC": model.ProtExec}
		all := model.ProtNone
		for right := range strings.SplitSeq(rest, "|") {
			p, known := rights[strings.TrimPrefix(right, "PROT_")]
			if !known {
				return ""
			}
			all |= p
		}
		return all.String()
	}
	for _, prefix := range []string{"MADV_", "POSIX_FADV_", "MS_", "MCL_", "MLOCK_", "MAP_", "SHM_", "IPC_"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			switch rest {
			case "ANONYMOUS":
				return "anon"
			case "GROWSDOWN":
				return "grows_down"
			}
			return strings.ToLower(rest)
		}
	}
	return ""
}

// edits is the number of insertions, deletions, substitutions and swaps of
// neighbours that turn a into b (optimal string alignment).
func edits(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
