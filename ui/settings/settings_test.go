package settings_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"incore/model/lang"
	"incore/ui/settings"
)

// all is a file that says something of every setting.
const all = `# mine
theme = 'high-contrast'
"background" = "light"
color = """16"""
zoom	=	"dense"   # for the laptop
numbers="hex"
reduced_motion = true
`

func TestRead(t *testing.T) {
	want := map[settings.Key]settings.Value{
		settings.Theme:         {Text: "high-contrast", Source: settings.File, Name: "c.toml", Line: 2, Col: 9},
		settings.Background:    {Text: "light", Source: settings.File, Name: "c.toml", Line: 3, Col: 16},
		settings.Color:         {Text: "16", Source: settings.File, Name: "c.toml", Line: 4, Col: 9},
		settings.Zoom:          {Text: "dense", Source: settings.File, Name: "c.toml", Line: 5, Col: 8},
		settings.Numbers:       {Text: "hex", Source: settings.File, Name: "c.toml", Line: 6, Col: 9},
		settings.ReducedMotion: {Text: "true", Source: settings.File, Name: "c.toml", Line: 7, Col: 18},
	}
	for name, text := range map[string]string{"as it is": all, "marked": "\ufeff" + all, "of Windows": strings.ReplaceAll(all, "\n", "\r\n")} {
		s, err := settings.Defaults().Read("c.toml", strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := map[settings.Key]settings.Value{}
		for k := range settings.Keys {
			got[k] = s.Of(k)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if !s.On(settings.ReducedMotion) {
			t.Errorf("%s: reduced motion is off", name)
		}
	}
	for _, text := range []string{"", "\n\n", "# nothing", "\ufeff"} {
		if s, err := settings.Defaults().Read("c.toml", strings.NewReader(text)); err != nil || s != settings.Defaults() {
			t.Errorf("%q is read as %v, %v", text, s, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	const names = "theme, background, color, zoom, numbers, reduced_motion"
	for _, tt := range []struct{ in, want string }{
		// Names.
		{"teme = 'x'", `c.toml:1:1: there is no setting of that name: "teme" (did you mean theme?)`},
		{"\n\n  reduced-motion = true", `c.toml:3:3: there is no setting of that name: "reduced-motion" (did you mean reduced_motion?)`},
		{"colour = 'auto'", `c.toml:1:1: there is no setting of that name: "colour" (did you mean color?)`},
		{"fonts = 1", `c.toml:1:1: there is no setting of that name: "fonts" (there are ` + names + `)`},
		{"zoom = 'big'\n[screen]\nzoom = 'big'", `c.toml:2:2: there is no setting of that name: "screen" (there are ` + names + `)`},
		{"[[screen]]", `c.toml:1:3: there is no setting of that name: "screen" (there are ` + names + `)`},
		{"\"\" = 1", `c.toml:1:1: there is no setting of that name (there are ` + names + `)`},
		{"\"a\\u001b[2Jb\" = 1", `c.toml:1:1: there is no setting of that name: "a\x1b[2Jb" (there are ` + names + `)`},
		{"zoom = 'big'\nzoom = 'big'", `c.toml:2:1: the setting stands here twice: "zoom"`},
		// Types.
		{"theme = 7", `c.toml:1:9: theme takes a text in quotes: "7"`},
		{"theme = []", `c.toml:1:9: theme takes a text in quotes: "["`},
		{"theme = {name = 'x'}", `c.toml:1:9: theme takes a text in quotes: "{"`},
		{"theme = 1979-05-27", `c.toml:1:9: theme takes a text in quotes: "1979-05-27"`},
		{"theme.dark = 'x'", `c.toml:1:1: theme takes a text in quotes, and is no table: "theme"`},
		{"[theme]", `c.toml:1:2: theme takes a text in quotes, and is no table: "theme"`},
		{"theme = ' '", `c.toml:1:9: theme takes a text in quotes, and not an empty one`},
		{"theme = \"\\u001b[2J\"", `c.toml:1:9: the text has characters that do not show: "\x1b[2J"`},
		{"color = 16", `c.toml:1:9: color takes "auto", "always", "never" or "16": "16" (did you mean "16"?)`},
		{"numbers = true", `c.toml:1:11: numbers takes "decimal" or "hex": "true"`},
		{"reduced_motion = 'true'", `c.toml:1:18: reduced_motion takes true or false: "true" (without quotes)`},
		{"reduced_motion = 1", `c.toml:1:18: reduced_motion takes true or false: "1"`},
		{"reduced_motion = 'no'", `c.toml:1:18: reduced_motion takes true or false: "no"`},
		// Words.
		{"zoom = 'bgi'", `c.toml:1:8: zoom cannot be: "bgi" (did you mean "big"?)`},
		{"zoom = 'DENSE'", `c.toml:1:8: zoom cannot be: "DENSE" (did you mean "dense"?)`},
		{"zoom = 'enormous'", `c.toml:1:8: zoom cannot be: "enormous" (zoom takes "auto", "big", "chips", "dense" or "aggregate")`},
		{"zoom = ''", `c.toml:1:8: zoom cannot be empty (zoom takes "auto", "big", "chips", "dense" or "aggregate")`},
		{"numbers = 'dec'", `c.toml:1:11: numbers cannot be: "dec" (numbers takes "decimal" or "hex")`},
		{"background = 'drak'", `c.toml:1:14: background cannot be: "drak" (did you mean "dark"?)`},
		// The columns are those of characters.
		{"'ü' = 1", `c.toml:1:1: there is no setting of that name: "ü" (there are ` + names + `)`},
		{"zoom = 'big' # ü", ""},
		{"theme = 'üü' ü", `c.toml:1:14: this is not TOML: expected newline but got U+00C3 'Ã'`},
		// Texts without quotes.
		{"zoom = big", `c.toml:1:8: a text stands in quotes (did you mean "big"?)`},
		{"zoom = bgi", `c.toml:1:8: a text stands in quotes (did you mean "big"?)`},
		{"fonts = x", `c.toml:1:9: a text stands in quotes (did you mean "x"?)`},
		{"zoom = 'big'\ntheme = ~/mine.json # mine", `c.toml:2:9: a text stands in quotes (did you mean "~/mine.json"?)`},
		{"theme = night", `c.toml:1:9: a text stands in quotes (did you mean "night"?)`},
		{"reduced_motion = True", `c.toml:1:18: reduced_motion takes true or false: "True" (did you mean true?)`},
		{"reduced_motion = on", `c.toml:1:18: reduced_motion takes true or false: "on"`},
		{"theme = " + strings.Repeat("x", 60), `c.toml:1:9: a text stands in quotes`},
		// No TOML.
		{"zoom", `c.toml:1:4: this is not TOML: expected '=' after key`},
		{"zoom =", `c.toml:1:6: this is not TOML: expected value, not end of input`},
		{"zoom = 'big", `c.toml:1:11: this is not TOML: unterminated literal string`},
		{"zoom = \"big", `c.toml:1:11: this is not TOML: unterminated basic string`},
		{"{\"zoom\": 1}", `c.toml:1:1: this is not TOML: invalid character at start of key: U+007B '{'`},
		{"zoom: big", `c.toml:1:5: this is not TOML: expected '=' after key`},
		{"\x1b[2J", `c.toml:1:1: this is not TOML: invalid character at start of key: U+001B`},
		{"zoom = 'big\x07'", `c.toml:1:12: this is not TOML: literal strings cannot have control characters`},
		{"zoom = 'big' # \xff", `c.toml:1:16: this is not UTF-8 text`},
		{strings.Repeat("#", settings.MaxFile+1), `c.toml: the file of settings is larger than 64 KiB`},
		{strings.Repeat("#", settings.MaxFile), ""},
	} {
		before := settings.Defaults()
		before.Set(settings.Zoom, settings.Chips, settings.Flag, "--zoom")
		s, err := before.Read("c.toml", strings.NewReader(tt.in))
		got := ""
		if p := new(lang.ParseError); err != nil {
			got = err.Error()
			if !errors.As(err, &p) {
				t.Errorf("%.40q: the error is a %T", tt.in, err)
			}
			if s != before {
				t.Errorf("%.40q: of a broken file something holds: %v", tt.in, s)
			}
		}
		if got != tt.want {
			t.Errorf("%.40q:\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
	broken := errors.New("broken")
	if _, err := settings.Defaults().Read("c.toml", iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("the error of a reader is %v", err)
	}
}

func TestTOML(t *testing.T) {
	s, err := settings.Defaults().Read("c.toml", strings.NewReader("numbers = 'hex'\n\ntheme = '/home/ü/a\"b.json'"))
	if err != nil {
		t.Fatal(err)
	}
	s.Set(settings.Color, settings.Never, settings.Environment, "NO_COLOR")
	s.Set(settings.ReducedMotion, "true", settings.Flag, "--reduced-motion")
	const want = `theme = "/home/ü/a\"b.json"  # c.toml:3
background = "auto"          # default
color = "never"              # NO_COLOR
zoom = "auto"                # default
numbers = "hex"              # c.toml:1
reduced_motion = true        # --reduced-motion
`
	if d := cmp.Diff(want, s.TOML(false)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := s.TOML(true); !strings.Contains(got, `theme = "/home/\u00fc/a\"b.json"  # c.toml:3`) {
		t.Errorf("in ASCII:\n%s", got)
	}
	s.Reword(settings.Theme, "x\U000e0001\x1b")
	if got := s.TOML(false); !strings.HasPrefix(got, `theme = "x\U000e0001\u001b"`+"  # c.toml:3\n") {
		t.Errorf("what does not show is written as\n%s", got)
	}
	s.Reword(settings.Theme, strings.Repeat("x", 60))
	if got := s.TOML(false); !strings.Contains(got, "\nzoom = \"auto\"          # default\n") {
		t.Errorf("beside a long one:\n%s", got)
	}
}

func TestJSON(t *testing.T) {
	s, err := settings.Defaults().Read("c.toml", strings.NewReader("\n  numbers = 'hex'"))
	if err != nil {
		t.Fatal(err)
	}
	s.Set(settings.Color, settings.Never, settings.Environment, "NO_COLOR")
	got, err := json.Marshal(s)
	const want = `[{"name":"theme","value":"default","source":"default"},` +
		`{"name":"background","value":"auto","source":"default"},` +
		`{"name":"color","value":"never","source":"environment","where":"NO_COLOR"},` +
		`{"name":"zoom","value":"auto","source":"default"},` +
		`{"name":"numbers","value":"hex","source":"file","where":"c.toml","line":2,"col":13},` +
		`{"name":"reduced_motion","value":false,"source":"default"}]`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
}

// Whoever changes a list of words gets a copy.
func TestWords(t *testing.T) {
	settings.Zoom.Words()[0] = "x"
	if got := settings.Zoom.Words(); !slices.Equal(got, []string{"auto", "big", "chips", "dense", "aggregate"}) {
		t.Errorf("zoom takes %q", got)
	}
	if settings.Theme.Words() != nil || settings.ReducedMotion.String() != "reduced_motion" {
		t.Errorf("%q, %s", settings.Theme.Words(), settings.ReducedMotion)
	}
}
