package lang

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"incore/model"
)

// token is one word of a line after quotes and backslashes are gone.
type token struct {
	text string
	col  int // of its first rune, quote included; in runes from 1
	end  int // column after its last rune
}

// lex splits a line into words as a shell does: blanks between words, single
// quotes that take everything as it is, double quotes in which a backslash
// takes the next character, a backslash outside of quotes likewise, and # at the
// start of a word for a comment up to the end. end is the column after the last rune.
//
// A control character is an error even in a comment, so that no text of a file
// can reach a terminal as one.
func lex(line string) (words []token, end int, err *ParseError) {
	line = strings.TrimRight(line, "\r\n")
	l := lexer{rest: line, col: 1}
	if err := l.refuseControls(line); err != nil {
		return nil, 0, err
	}
	for {
		for l.rest != "" && unicode.IsSpace(l.peek()) {
			l.take()
		}
		if l.rest == "" || l.peek() == '#' {
			return words, l.col, nil
		}
		w, err := l.word()
		if err != nil {
			return nil, 0, err
		}
		words = append(words, w)
	}
}

type lexer struct {
	rest string
	col  int
}

func (l *lexer) peek() rune {
	r, _ := utf8.DecodeRuneInString(l.rest)
	return r
}

func (l *lexer) take() rune {
	r, n := utf8.DecodeRuneInString(l.rest)
	l.rest = l.rest[n:]
	l.col++
	return r
}

func (l *lexer) refuseControls(line string) *ParseError {
	col := 1
	for len(line) > 0 {
		r, n := utf8.DecodeRuneInString(line)
		switch {
		case r == utf8.RuneError && n == 1:
			return &ParseError{Col: col, Word: line[:1], Msg: "not UTF-8 text"}
		case r != '\t' && model.Invisible(r):
			return &ParseError{Col: col, Word: line[:n], Msg: "control characters are not taken"}
		}
		line = line[n:]
		col++
	}
	return nil
}

// word takes one word; the rest does not begin with a blank.
func (l *lexer) word() (token, *ParseError) {
	w := token{col: l.col}
	var b strings.Builder
	for {
		b.WriteString(l.plain())
		if l.rest == "" || unicode.IsSpace(l.peek()) {
			break
		}
		var err *ParseError
		switch r := l.take(); r {
		case '\'', '"':
			err = l.quoted(&b, r)
		case '\\':
			err = l.escaped(&b, l.col-1)
		default:
			b.WriteRune(r)
		}
		if err != nil {
			return token{}, err
		}
	}
	w.text, w.end = b.String(), l.col
	if i := strings.IndexByte(w.text, '\t'); i >= 0 {
		return token{}, &ParseError{Col: w.col, Word: w.text, Msg: "a tab within a word; write spaces"}
	}
	return w, nil
}

// plain takes the letters, digits and marks of ASCII that stand for themselves, as many as follow
// each other: a word in one piece, for most words.
func (l *lexer) plain() string {
	n := 0
	for n < len(l.rest) && l.rest[n] > ' ' && l.rest[n] < utf8.RuneSelf && strings.IndexByte(`'"\`, l.rest[n]) < 0 {
		n++
	}
	text := l.rest[:n]
	l.rest, l.col = l.rest[n:], l.col+n
	return text
}

// quoted takes the rest of a quoted part; its opening quote is taken.
func (l *lexer) quoted(b *strings.Builder, quote rune) *ParseError {
	open := l.col - 1
	for l.rest != "" {
		r := l.take()
		switch {
		case r == quote:
			return nil
		case r == '\\' && quote == '"':
			if err := l.escaped(b, l.col-1); err != nil {
				return err
			}
		default:
			b.WriteRune(r)
		}
	}
	return &ParseError{
		Col: open, Word: string(quote), Msg: "a quote that is not closed",
		Hint: fmt.Sprintf(`write \%c for the character itself`, quote),
	}
}

// escaped takes the character after a backslash at column col.
func (l *lexer) escaped(b *strings.Builder, col int) *ParseError {
	if l.rest == "" {
		return &ParseError{
			Col: col, Word: `\`, Msg: "nothing follows the backslash",
			Hint: `write \\ for the character itself`,
		}
	}
	b.WriteRune(l.take())
	return nil
}

// Quote is the shortest way to write text as one word.
func Quote(text string) string {
	if !strings.ContainsAny(text, `'"\#`) && text != "" && strings.IndexFunc(text, unicode.IsSpace) < 0 {
		return text
	}
	if !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
