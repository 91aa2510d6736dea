package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"incore/model"
	"incore/model/lang"
)

// MaxFile is how many bytes a file of settings has at most.
const MaxFile = 64 << 10

// Read returns the settings with those of a file over them. The file is TOML. name is what errors call it.
//
// What is wrong in the file is a *[lang.ParseError] with line and column; an error of r is wrapped. Then s is returned
// as it is: of a broken file nothing holds.
func (s Settings) Read(name string, r io.Reader) (Settings, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return s, fmt.Errorf("%s: reading the settings: %w", model.Visible(name), err)
	}
	if len(data) > MaxFile {
		return s, &lang.ParseError{File: name, Msg: "the file of settings is larger than 64 KiB"}
	}
	p := &reader{name: name, data: slices.Clip(bytes.TrimPrefix(data, []byte("\ufeff"))), to: s}
	if err := p.read(); err != nil {
		return s, err
	}
	return p.to, nil
}

// reader reads a file of settings expression by expression, which keeps the place of each. Decoded into a struct, a wrong
// word would have none.
type reader struct {
	name   string
	data   []byte // its capacity is its length, by which the parser tells places
	parser unstable.Parser
	seen   [Keys]bool
	to     Settings
}

func (p *reader) read() error {
	if at := firstNotUTF8(p.data); at < len(p.data) {
		return p.errorAt(at, "", "this is not UTF-8 text", "")
	}
	p.parser.Reset(p.data)
	for p.parser.NextExpression() {
		if err := p.expression(p.parser.Expression()); err != nil {
			return err
		}
	}
	if err := p.parser.Error(); err != nil {
		return p.syntax(err)
	}
	return nil
}

// firstNotUTF8 returns where the first byte is that is not UTF-8, or the length.
func firstNotUTF8(data []byte) (at int) {
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}

// expression reads one line: a setting with its value. Tables are none.
func (p *reader) expression(e *unstable.Node) error {
	parts := e.Key()
	parts.Next()
	first := parts.Node()
	name, at := string(first.Data), int(first.Raw.Offset)
	k := Key(slices.Index(names, name))
	switch {
	case k < 0:
		hint := "there are " + strings.Join(names, ", ")
		if like := lang.Nearest(name, names); like != "" {
			hint = "did you mean " + like + "?"
		}
		return p.errorAt(at, name, "there is no setting of that name", hint)
	case e.Kind != unstable.KeyValue || parts.Next():
		return p.errorAt(at, name, rules[k].want()+", and is no table", "")
	case p.seen[k]:
		return p.errorAt(at, name, "the setting stands here twice", "")
	}
	p.seen[k] = true
	return p.value(k, e.Value(), p.valueAt(at+int(first.Raw.Length)))
}

// valueAt returns where the value stands behind a key that ends at an offset.
func (p *reader) valueAt(end int) int {
	for end < len(p.data) && strings.IndexByte(" \t=", p.data[end]) >= 0 {
		end++
	}
	return end
}

// value reads the value of a setting.
func (p *reader) value(k Key, v *unstable.Node, at int) error {
	r, text, word := rules[k], string(v.Data), string(v.Data)
	isText := v.Kind == unstable.String
	switch {
	case r.onOff && isText && slices.Contains(r.words, strings.ToLower(text)):
		return p.errorAt(at, text, r.want(), "without quotes")
	case r.onOff && v.Kind != unstable.Bool, !r.onOff && !isText:
		hint := ""
		if v.Kind == unstable.Array || v.Kind == unstable.InlineTable {
			word = string(p.data[at : at+1])
		} else if slices.Contains(r.words, text) {
			hint = "did you mean " + r.written(text) + "?"
		}
		return p.errorAt(at, word, r.want(), hint)
	case r.words == nil && strings.TrimSpace(text) == "":
		return p.errorAt(at, "", r.want()+", and not an empty one", "")
	case r.words == nil && model.Visible(text) != text:
		return p.errorAt(at, text, "the text has characters that do not show", "")
	case r.words != nil && !slices.Contains(r.words, text):
		hint := r.want()
		if like := lang.Nearest(text, r.words); like != "" {
			hint = "did you mean " + r.written(like) + "?"
		}
		msg := r.name + " cannot be"
		if text == "" {
			msg += " empty"
		}
		return p.errorAt(at, text, msg, hint)
	}
	line, col := p.place(at)
	p.to.values[k] = Value{text, File, p.name, line, col}
	return nil
}

// bare is a line whose value stands without quotes, which only a switch may.
var bare = regexp.MustCompile(`^\s*([A-Za-z0-9_-]+)\s*=\s*([A-Za-z./~][^\s#"']*)\s*(?:#.*)?$`)

// syntax words what the parser says of a text that is not TOML. The commonest slip is a text without quotes.
func (p *reader) syntax(err error) error {
	at, msg := len(p.data), err.Error()
	if e := new(unstable.ParserError); errors.As(err, &e) {
		at, msg = len(p.data)-cap(e.Highlight), e.Message
	}
	at = max(0, min(at, len(p.data)))
	start := bytes.LastIndexByte(p.data[:at], '\n') + 1
	line, _, _ := bytes.Cut(p.data[start:], []byte("\n"))
	m := bare.FindSubmatchIndex(line)
	if m == nil {
		return p.errorAt(at, "", "this is not TOML: "+msg, "")
	}
	word, r := string(line[m[4]:m[5]]), rule{}
	if k := slices.Index(names, string(line[m[2]:m[3]])); k >= 0 {
		r = rules[k]
	}
	like, msg, shown := lang.Nearest(word, r.words), "a text stands in quotes", "" // quoted it would look right
	switch {
	case r.onOff:
		msg, shown = r.want(), word
	case like == "" && len(word) < 40: // else the error is no line any more
		like = word
	}
	hint := ""
	if like != "" {
		hint = "did you mean " + r.written(like) + "?"
	}
	return p.errorAt(start+m[4], shown, msg, hint)
}

// place returns the line of an offset, and the column in characters, both from 1.
func (p *reader) place(at int) (line, col int) {
	before := p.data[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

// errorAt returns an error at an offset of the file.
func (p *reader) errorAt(at int, word, msg, hint string) error {
	line, col := p.place(at)
	return &lang.ParseError{File: p.name, Line: line, Col: col, Word: word, Msg: msg, Hint: hint}
}
