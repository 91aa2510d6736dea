package look

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"incore/assets"
	"incore/model/lang"
	"incore/ui/canvas"
)

func TestParseTheme(t *testing.T) {
	th, err := ParseTheme("my.json", strings.NewReader("\ufeff"+`{
  "name": "mine", "about": "Bright.", "paint": true,
  "colors": {
    "anonymous": {"dark": "#01fE0a", "light16": -1},
    "heat_7": {"dark16": 0, "light16": 1.5e1, "light": "#000000"}
  }
}`))
	if err != nil {
		t.Fatal(err)
	}
	want := *DefaultTheme()
	want.Name, want.About, want.paint = "mine", "Bright.", true
	want.Hues[HueAnon].Dark, want.Hues[HueAnon].light16 = 0x01FE0A, -1
	want.Hues[hueHeat+6].dark16, want.Hues[hueHeat+6].light16, want.Hues[hueHeat+6].light = 0, 15, 0
	if *th != want {
		t.Errorf("read %+v\nwant %+v", *th, want)
	}
	// What is left out is as in the default theme.
	if th, err := ParseTheme("my.json", strings.NewReader("{}")); err != nil || th.Hues != DefaultTheme().Hues || th.Name != "" || th.paint {
		t.Errorf("an empty theme is %+v, %v", th, err)
	}
	if got := New(th, canvas.TrueColor, true, false); got.Kinds[Anon] != canvas.RGB(0x01FE0A) || got.Kinds[File] != canvas.RGB(DefaultTheme().Hues[hueFile].Dark) {
		t.Errorf("the theme has %x and %x", got.Kinds[Anon], got.Kinds[File])
	}
}

func TestParseThemeRefuses(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "t.json:1:1: a theme is JSON, an object in braces"},
		{"mmap a 4", "t.json:1:1: a theme is JSON, an object in braces"},
		{"{\n  \"name\": \"x\",\n", "t.json:3:1: the theme ends before its last brace"},
		{"{\"name\": \"ü\" x}", "t.json:1:14: this is not JSON: invalid character 'x' after object key:value pair"},
		{"{} {}", "t.json:1:4: this is not JSON: invalid character '{' after top-level value"},
		{"[]", `t.json:1:1: the theme must be an object in braces: "["`},
		{"7", `t.json:1:1: the theme must be an object in braces: "7"`},
		{`{"nmae": "x"}`, `t.json:1:2: no such name in the theme: "nmae" (did you mean name?)`},
		{`{"Name": "x"}`, `t.json:1:2: no such name in the theme: "Name" (did you mean name?)`},
		{`{"fonts": 1}`, `t.json:1:2: no such name in the theme: "fonts" (there are name, about, paint, colors)`},
		{"{\n\t\"colors\": {\n\t\t\"anonymus\": {}}}", `t.json:3:3: no such name in colors: "anonymus" (did you mean anonymous?)`},
		{`{"colors": {"something": {}}}`, `t.json:1:13: no such name in colors: "something"`},
		{`{"colors": {"text": {}, "text": {}}}`, `t.json:1:25: the name stands here twice: "text"`},
		{`{"colors": {}, "colors": {}}`, `t.json:1:16: the name stands here twice: "colors"`},
		{`{"colors": {"text": {"dark": "#000000", "dark": "#000000"}}}`, `t.json:1:41: the name stands here twice: "dark"`},
		{`{"colors": []}`, `t.json:1:12: colors must be an object in braces: "["`},
		{`{"colors": {"text": "#ffffff"}}`, `t.json:1:21: a color must be an object in braces: "#ffffff"`},
		{`{"colors": {"text": {"dark": "#12345"}}}`, `t.json:1:30: want a color as "#17BE90": "#12345"`},
		{`{"colors": {"text": {"dark": "#12345g"}}}`, `t.json:1:30: want a color as "#17BE90": "#12345g"`},
		{`{"colors": {"text": {"dark": "1234567"}}}`, `t.json:1:30: want a color as "#17BE90": "1234567"`},
		{`{"colors": {"text": {"dark": "#+12345"}}}`, `t.json:1:30: want a color as "#17BE90": "#+12345"`},
		{`{"colors": {"text": {"light": null}}}`, `t.json:1:31: want a color as "#17BE90": "null"`},
		{`{"colors": {"text": {"light": {"a": 1}}}}`, `t.json:1:31: want a color as "#17BE90": "{"`},
		{`{"colors": {"text": {"dark16": 16}}}`, `t.json:1:32: want a number from 0 to 15, or -1 for the terminal's own color: "16"`},
		{`{"colors": {"text": {"dark16": -2}}}`, `t.json:1:32: want a number from 0 to 15, or -1 for the terminal's own color: "-2"`},
		{`{"colors": {"text": {"dark16": 1.5}}}`, `t.json:1:32: want a number from 0 to 15, or -1 for the terminal's own color: "1.5"`},
		{`{"colors": {"text": {"dark16": 1e30}}}`, `t.json:1:32: want a number from 0 to 15, or -1 for the terminal's own color: "1e+30"`},
		{`{"colors": {"text": {"dark17": 1}}}`, `t.json:1:22: no such name in a color: "dark17" (did you mean dark16?)`},
		{`{"name": ""}`, `t.json:1:10: want a text in quotes`},
		{`{"name": 5}`, `t.json:1:10: want a text in quotes: "5"`},
		{`{"name": "a\u001b[31m"}`, `t.json:1:10: the text has characters that do not show: "a\x1b[31m"`},
		{`{"name": "` + strings.Repeat("x", 41) + `"}`, `t.json:1:10: the text is longer than 40 characters: "` + strings.Repeat("x", 41) + `"`},
		{`{"paint": "yes"}`, `t.json:1:11: want true or false: "yes"`},
		{strings.Repeat(" ", MaxTheme) + "{}", "t.json: the theme is larger than 64 KiB"},
	} {
		_, err := ParseTheme("t.json", strings.NewReader(tt.in))
		if bad := new(lang.ParseError); !errors.As(err, &bad) || err.Error() != tt.want {
			t.Errorf("%.60s\n got %v\nwant %s", tt.in, err, tt.want)
		}
	}
	if _, err := ParseTheme("t.json", iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) || err.Error() != "t.json: reading the theme: unexpected EOF" {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// Whatever a theme file holds, it is one theme or one line, at a place that there is.
func FuzzParseTheme(f *testing.F) {
	for _, name := range themeFiles {
		data, err := assets.Themes.ReadFile("themes/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	for _, s := range []string{"{}", `{"colors": {"text": {"dark": "#000000"}}}`, "[", "{\"name\":\n\"\\u202e\"}", `{"a":[[[[`, "\xff", `{"colors":{"text":{"dark16":-0.0}}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		th, err := ParseTheme("t.json", strings.NewReader(s))
		if err != nil {
			bad := new(lang.ParseError)
			if !errors.As(err, &bad) {
				t.Fatalf("%T: %v", err, err)
			}
			if text := err.Error(); strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("%q is more than a line", text)
			}
			lines := strings.Split(strings.TrimPrefix(s, "\ufeff"), "\n")
			if len(s) <= MaxTheme && (bad.Line < 1 || bad.Line > len(lines) || bad.Col < 1 || bad.Col > utf8.RuneCountInString(lines[bad.Line-1])+1) {
				t.Errorf("%v: the file has no such place", err)
			}
			return
		}
		if utf8.RuneCountInString(th.Name) > maxThemeName {
			t.Errorf("the name %q is too long", th.Name)
		}
		for id, h := range th.Hues {
			if h.Dark > 0xFFFFFF || h.light > 0xFFFFFF || h.dark16 < -1 || h.dark16 > 15 || h.light16 < -1 || h.light16 > 15 {
				t.Errorf("%s is %+v", hueNames[id], h)
			}
		}
		for _, c := range []canvas.Colors{canvas.TrueColor, canvas.Color256, canvas.Color16, canvas.NoColor} {
			_ = New(th, c, true, false)
			_ = New(th, c, false, true)
		}
	})
}

// A theme that leaves nothing out is read as it is, whatever the order.
func TestParseThemeWhole(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"colors": {`)
	for i := range hueIDs {
		id := hueIDs - 1 - i
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `"%s": {"dark": "#%06X", "light": "#%06x", "dark16": %d, "light16": %d}`, hueNames[id], id, 0xABC000+int(id), int(id)%17-1, int(id)%16)
	}
	b.WriteString(`}}`)
	th, err := ParseTheme("t.json", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	for id, h := range th.Hues {
		if want := (hue{uint32(id), 0xABC000 + uint32(id), int8(id%17 - 1), int8(id % 16)}); h != want {
			t.Errorf("%s is %+v, want %+v", hueNames[id], h, want)
		}
	}
}
