package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/cli"
	"incore/ui/look"
	"incore/ui/scene"
	"incore/ui/settings"
)

// startWith runs incore on a terminal, in a home with that file of settings, and returns what the screen was handed and
// what was said on standard error.
func startWith(t *testing.T, file string, env map[string]string, args ...string) (got ui.Options, said string) {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, ".config", "incore")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"config.toml": file, "mine.json": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := newFakeApp(t, newFakeLab(nil), "")
	f.Terminal = true
	f.Getenv = func(name string) string {
		if name == "HOME" {
			return home
		}
		return env[name]
	}
	f.Screen = func(_ context.Context, _ model.Lab, o ui.Options) error { got = o; return nil }
	if code := f.Main(args); code != cli.ExitHeld {
		t.Errorf("%q, %q: exit code %d: %s", file, args, code, f.errs)
	}
	return got, strings.ReplaceAll(f.errs.String(), dir, "DIR")
}

func TestScreenGetsSettings(t *testing.T) {
	yes, no := true, false
	color := map[string]string{"NO_COLOR": "1"}
	for _, tt := range []struct {
		file string
		env  map[string]string
		args []string
		want ui.Options
	}{
		{file: "", want: ui.Options{}},
		{file: "reduced_motion = true", want: ui.Options{ReducedMotion: true}},
		{file: "reduced_motion = true", args: []string{"--reduced-motion=false"}, want: ui.Options{}},
		{file: "numbers = 'hex'", want: ui.Options{Hex: true}},
		{file: "numbers = 'decimal'", want: ui.Options{}},
		{file: "zoom = 'auto'", want: ui.Options{}},
		{file: "zoom = 'big'", want: ui.Options{Scale: &scene.Scale{Zoom: scene.ZoomBig}}},
		{file: "zoom = 'chips'", want: ui.Options{Scale: &scene.Scale{Zoom: scene.ZoomChips}}},
		{file: "zoom = 'dense'", want: ui.Options{Scale: &scene.Scale{Zoom: scene.ZoomDense}}},
		{file: "zoom = 'aggregate'", want: ui.Options{Scale: &scene.Scale{Zoom: scene.ZoomFar, Shift: 3}}},
		{file: "background = 'light'", want: ui.Options{Dark: &no}},
		{file: "background = 'dark'", want: ui.Options{Dark: &yes}},
		{file: "background = 'dark'", args: []string{"--background", "auto"}, want: ui.Options{}},
		{file: "color = 'always'", want: ui.Options{Colors: canvas.TrueColor}},
		{file: "color = '16'", want: ui.Options{Colors: canvas.Color16}},
		{file: "color = 'never'", want: ui.Options{Colors: canvas.NoColor}},
		{file: "color = 'always'", env: color, want: ui.Options{Colors: canvas.NoColor}},
		{file: "color = 'never'", env: color, args: []string{"--color", "always"}, want: ui.Options{Colors: canvas.TrueColor}},
		{file: "zoom = 'big'", args: []string{"--config", "none"}, want: ui.Options{}},
	} {
		got, said := startWith(t, tt.file, tt.env, tt.args...)
		got.Files, got.Opening, got.Lessons = nil, nil, nil
		if d := cmp.Diff(tt.want, got); d != "" || said != "" {
			t.Errorf("%q, %q (-want +got):\n%s%s", tt.file, tt.args, d, said)
		}
	}
	for file, want := range map[string]string{"theme = 'high-contrast'": "high-contrast", "theme = 'mine.json'": "mine.json", "theme = 'default'": "default"} {
		if got, said := startWith(t, file, nil); got.Theme == nil || got.Theme.Name != want || said != "" {
			t.Errorf("%s: the theme is %v; it said %q", file, got.Theme, said)
		}
	}
	if got, _ := startWith(t, "theme = 'mine.json'", nil, "--theme", "high-contrast"); got.Theme == nil || got.Theme.Name != "high-contrast" {
		t.Errorf("the theme is %v, for all that --theme says", got.Theme)
	}
}

// A broken file of the user's own is one line, and nothing of it holds. What the command line says does.
func TestBrokenSettings(t *testing.T) {
	const begin = "theme = 'high-contrast'\nnumbers = 'hex'\n"
	for _, tt := range []struct{ file, said string }{
		{begin + "zoom = 'bgi'", `config.toml:3:8: zoom cannot be: "bgi" (did you mean "big"?)`},
		{begin + "zoom = big", `config.toml:3:8: a text stands in quotes (did you mean "big"?)`},
		{"numbers = 'hex'\ntheme = \"defalt\"", `config.toml:2:9: no theme is called "defalt"; did you mean default?`},
		{begin + "[screen]", `config.toml:3:2: there is no setting of that name: "screen" (there are theme, background, color, zoom, numbers, reduced_motion)`},
		{begin + "x\x1b[2J", `config.toml:3:2: this is not TOML: expected '=' after key`},
		{begin + "\"\\u001b[2J\" = 1", `config.toml:3:1: there is no setting of that name: "\x1b[2J" (there are theme, background, color, zoom, numbers, reduced_motion)`},
	} {
		got, said := startWith(t, tt.file, nil, "--reduced-motion")
		if want := "incore: DIR/" + tt.said + "\n"; filepath.ToSlash(said) != want {
			t.Errorf("%q: it said %q, want %q", tt.file, said, want)
		}
		got.Files, got.Opening, got.Lessons = nil, nil, nil
		if d := cmp.Diff(ui.Options{ReducedMotion: true, Notice: "Defaults hold: " + tt.said}, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", tt.file, d)
		}
	}
	// The command line is wrong as well: that ends it.
	if line := refuse(t, "--theme", "nothing"); !strings.HasPrefix(line, `no theme is called "nothing"`) {
		t.Errorf("it said %q", line)
	}
}

// A file that has no end, or that waits for a writer, is not read unasked.
func TestSettingsAreARegularFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no /dev/zero")
	}
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "incore"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(home, "incore", "config.toml")); err != nil {
		t.Fatal(err)
	}
	f := newFakeApp(t, newFakeLab(nil), "")
	f.Terminal = true
	f.Getenv = func(name string) string { return map[string]string{"XDG_CONFIG_HOME": home}[name] }
	if code := f.Main(nil); code != cli.ExitHeld || f.errs.String() != "incore: "+home+"/incore/config.toml: is no regular file\n" {
		t.Errorf("exit code %d, it said %q", code, f.errs)
	}
}

// The reference has every setting with what it takes and what holds unasked, and the file that it shows can be read.
func TestReferenceSettings(t *testing.T) {
	text := referenceText(t, "settings")
	for k := range settings.Keys {
		i := strings.Index(text, "\n| `"+k.String()+"` |")
		if i < 0 {
			t.Errorf("the reference has no row of %s", k)
			continue
		}
		row, _, _ := strings.Cut(text[i+1:], "\n")
		_, row, _ = strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		var takes []string
		for _, m := range quoted.FindAllStringSubmatch(row, -1) {
			takes = append(takes, strings.Trim(m[1], `"`))
		}
		words := k.Words()
		if k == settings.Theme {
			words = []string{look.Themes()[0].Name, look.Themes()[1].Name}
		}
		if k == settings.ReducedMotion {
			slices.Reverse(words) // what holds unasked is first in the reference, and true in an error
		}
		if len(takes) < len(words) || !slices.Equal(takes[:len(words)], words) || takes[0] != settings.Defaults().Text(k) {
			t.Errorf("%s takes %q, and the reference says %s", k, words, row)
		}
	}
	_, block, _ := strings.Cut(text, "\n    ")
	block, _, _ = strings.Cut(block, "\n\n")
	s, err := settings.Defaults().Read("settings.md", strings.NewReader(block))
	if err != nil || s.Text(settings.Zoom) != settings.Big {
		t.Errorf("the file of the reference is %v, %v:\n%s", s, err, block)
	}
	if got := settings.Defaults().Text(settings.Theme); got != look.DefaultTheme().Name {
		t.Errorf("the theme that holds unasked is %s", got)
	}
}
