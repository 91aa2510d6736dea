package look

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"incore/model"
	"incore/model/lang"
	"incore/ui/canvas"
)

// What ParseTheme takes at most.
const (
	MaxTheme     = 64 << 10 // bytes of a theme file
	maxThemeName = 40       // characters of a theme's name
)

// Theme is the colors of a theme file. It is not changed after it is made.
type Theme struct {
	Name  string // as the file calls it
	About string // a sentence on whom it is for, or ""

	paint bool        // the background is painted always, not in presenter mode alone
	Hues  [hueIDs]hue // by hueID
}

// ParseTheme reads a theme file: JSON, an object with name, about, paint and colors, where
// colors has for each name an object of dark and light ("#17BE90") and of dark16 and light16
// (0 to 15, or -1 for the terminal's own color). Whatever is left out is as in the default
// theme. file is what errors call it.
//
// What is wrong in the file is a *[model.ParseError] with line and column; an error of r is
// wrapped.
func ParseTheme(file string, r io.Reader) (*Theme, error) {
	return parseTheme(file, r, *DefaultTheme())
}

// parseTheme reads a theme file over what it leaves out.
func parseTheme(file string, r io.Reader, of Theme) (*Theme, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxTheme+1))
	if err != nil {
		return nil, fmt.Errorf("%s: reading the theme: %w", model.Visible(file), err)
	}
	if len(data) > MaxTheme {
		return nil, &lang.ParseError{File: file, Msg: "the theme is larger than 64 KiB"}
	}
	p := &themeParser{file: file, data: bytes.TrimPrefix(data, []byte("\ufeff")), theme: of}
	p.theme.Name, p.theme.About, p.theme.paint = "", "", false
	if err := p.parse(); err != nil {
		return nil, err
	}
	return &p.theme, nil
}

// themeParser reads a theme file token by token, which keeps the place of each: a Decode
// into a struct would take the last of two equal names, and say of a bad value only its type.
type themeParser struct {
	file  string
	data  []byte
	dec   *json.Decoder
	at    int // where the token begins that was read last
	theme Theme
}

func (p *themeParser) parse() error {
	var whole json.RawMessage
	if err := json.Unmarshal(p.data, &whole); err != nil {
		at, msg := len(p.data), "the theme ends before its last brace"
		if syntax := new(json.SyntaxError); errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), "invalid") {
			at = int(syntax.Offset) - 1 // the offset is behind the character that is wrong
			msg = "this is not JSON: " + syntax.Error()
		}
		if !bytes.HasPrefix(bytes.TrimLeft(p.data, " \t\r\n"), []byte("{")) {
			msg = "a theme is JSON, an object in braces"
		}
		return p.errorAt(at, "", msg, "")
	}
	p.dec = json.NewDecoder(bytes.NewReader(p.data))
	return p.object("the theme", []string{"name", "about", "paint", "colors"}, func(field string) (err error) {
		switch field {
		case "name":
			p.theme.Name, err = p.words(maxThemeName)
		case "about":
			p.theme.About, err = p.words(5 * maxThemeName)
		case "paint":
			p.theme.paint, err = p.boolean()
		case "colors":
			err = p.colors()
		}
		return err
	})
}

// colors reads the object of all colors.
func (p *themeParser) colors() error {
	return p.object("colors", hueNames[:], func(name string) error {
		h := &p.theme.Hues[slices.Index(hueNames[:], name)]
		return p.object("a color", []string{"dark", "light", "dark16", "light16"}, func(field string) (err error) {
			switch field {
			case "dark":
				h.Dark, err = p.hex()
			case "light":
				h.light, err = p.hex()
			case "dark16":
				h.dark16, err = p.index()
			case "light16":
				h.light16, err = p.index()
			}
			return err
		})
	})
}

// object reads an object and hands each of its names, which must be among those and come
// once, to field, which reads the value.
func (p *themeParser) object(what string, names []string, field func(string) error) error {
	if open, err := p.token(); err != nil {
		return err
	} else if open != json.Delim('{') {
		return p.wrong(open, what+" must be an object in braces")
	}
	seen := map[string]bool{}
	for p.dec.More() {
		tok, err := p.token()
		if err != nil {
			return err
		}
		name, at := tok.(string), p.at // in an object nothing else can stand here
		switch {
		case slices.Index(names, name) < 0:
			hint := ""
			if like := nearestOf(name, names); like != "" {
				hint = "did you mean " + like + "?"
			} else if len(names) < 10 {
				hint = "there are " + strings.Join(names, ", ")
			}
			return p.errorAt(at, name, "no such name in "+what, hint)
		case seen[name]:
			return p.errorAt(at, name, "the name stands here twice", "")
		}
		seen[name] = true
		if err := field(name); err != nil {
			return err
		}
	}
	_, err := p.token() // the brace
	return err
}

// token reads the next token and notes where it begins.
func (p *themeParser) token() (json.Token, error) {
	p.at = int(p.dec.InputOffset())
	for p.at < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[p.at]) >= 0 {
		p.at++
	}
	tok, err := p.dec.Token()
	if err != nil {
		return nil, p.errorAt(p.at, "", "this is not JSON: "+err.Error(), "")
	}
	return tok, nil
}

// words reads a text of at most so many characters, all of which can be shown.
func (p *themeParser) words(most int) (string, error) {
	tok, err := p.token()
	if err != nil {
		return "", err
	}
	s, ok := tok.(string)
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	switch {
	case !ok || strings.TrimSpace(s) == "":
		return "", p.wrong(tok, "want a text in quotes")
	case utf8.RuneCountInString(s) > most:
		return "", p.wrong(tok, fmt.Sprintf("the text is longer than %d characters", most))
	case strings.IndexFunc(s, hidden) >= 0:
		return "", p.wrong(tok, "the text has characters that do not show")
	}
	return s, nil
}

func (p *themeParser) boolean() (bool, error) {
	tok, err := p.token()
	if err != nil {
		return false, err
	}
	b, ok := tok.(bool)
	if !ok {
		return false, p.wrong(tok, "want true or false")
	}
	return b, nil
}

// hex reads a color as #RRGGBB.
func (p *themeParser) hex() (uint32, error) {
	tok, err := p.token()
	if err != nil {
		return 0, err
	}
	s, _ := tok.(string)
	digits, sharp := strings.CutPrefix(s, "#")
	v, err := strconv.ParseUint(digits, 16, 24)
	if !sharp || len(digits) != 6 || err != nil {
		return 0, p.wrong(tok, "want a color as \"#17BE90\"")
	}
	return uint32(v), nil
}

// index reads which of the 16 colors.
func (p *themeParser) index() (int8, error) {
	tok, err := p.token()
	if err != nil {
		return 0, err
	}
	n, ok := tok.(float64)
	if !ok || n < -1 || n > 15 || n != float64(int8(n)) {
		return 0, p.wrong(tok, "want a number from 0 to 15, or -1 for the terminal's own color")
	}
	return int8(n), nil
}

// wrong is an error about the token that was read last.
func (p *themeParser) wrong(tok json.Token, msg string) error {
	word := fmt.Sprint(tok)
	if tok == nil {
		word = "null"
	}
	return p.errorAt(p.at, word, msg, "")
}

// errorAt is an error at an offset of the file.
func (p *themeParser) errorAt(at int, word, msg, hint string) error {
	before := p.data[:canvas.Clamp(at, 0, len(p.data))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &lang.ParseError{File: p.file, Line: 1 + bytes.Count(before, []byte("\n")), Col: 1 + utf8.RuneCount(before[start:]),
		Word: word, Msg: msg, Hint: hint}
}

// nearestOf is the name that differs from s by the fewest letters, at most two; else "".
func nearestOf(s string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if n := distance(s, name, least); n < least {
			best, least = name, n
		}
	}
	return best
}

// distance is how many letters must be put in, taken out or changed to get b out of a
// (Levenshtein); most where they are more.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			n := last
			if a[i] != b[j] {
				n = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], n
		}
	}
	return min(row[len(b)], most)
}
