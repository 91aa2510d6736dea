package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui"
	"incore/ui/cli"
)

// The screen is handed the theme and the commands that were read, and begins with no region
// where a file brings its own.
func TestScreenGetsWhatWasPrepared(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	theme := write("mine.json", `{"colors": {"text": {"dark": "#FFFFFF"}}}`)
	named := write("named.json", `{"name": "mine"}`)
	commands := write("talk.incore", "say hello  # a comment\n\nmmap b 2\n")
	for _, tt := range []struct {
		args      []string
		theme     string
		presenter bool
		steps     []string
		first     []string
	}{
		{nil, "", false, nil, []string{"mmap a 64"}},
		{[]string{"--presenter"}, "", true, nil, []string{"mmap a 64"}},
		{[]string{"--theme", "high-contrast"}, "high-contrast", false, nil, []string{"mmap a 64"}},
		{[]string{"--theme", named}, "mine", false, nil, []string{"mmap a 64"}},
		{[]string{"--theme", theme}, theme, false, nil, []string{"mmap a 64"}},
		{[]string{"--commands", commands, "--presenter"}, "", true, []string{"say hello", "mmap b 2"}, nil},
	} {
		l := newFakeLab(nil)
		f := newFakeApp(t, l, "")
		f.Terminal = true
		var got ui.Options
		f.Screen = func(_ context.Context, _ model.Lab, o ui.Options) error { got = o; return nil }
		if code := f.Main(tt.args); code != cli.ExitHeld {
			t.Errorf("%v: exit code is %d: %s", tt.args, code, f.errs)
		}
		name, steps := "", []string(nil)
		if got.Theme != nil {
			name = got.Theme.Name
		}
		for _, line := range got.Steps {
			steps = append(steps, line.Command.String())
		}
		if name != tt.theme || got.Presenter != tt.presenter {
			t.Errorf("%v: theme %q, presenter %v", tt.args, name, got.Presenter)
		}
		if d := cmp.Diff(tt.steps, steps); d != "" {
			t.Errorf("%v: steps (-want +got):\n%s", tt.args, d)
		}
		if d := cmp.Diff(tt.first, l.commands()); d != "" {
			t.Errorf("%v: commands of the start (-want +got):\n%s", tt.args, d)
		}
	}
}

// Nothing is started where a file is wrong.
func TestPreparedFirst(t *testing.T) {
	for _, args := range [][]string{{"--theme", "nothing"}, {"--commands", filepath.Join(t.TempDir(), "nowhere")}, {"--commands", "-"}} {
		f := newFakeApp(t, newFakeLab(nil), "")
		f.Terminal = true
		if code := f.Main(args); code != cli.ExitUsage || len(f.opened) != 0 {
			t.Errorf("%v: exit code %d, %d subjects were started", args, code, len(f.opened))
		}
	}
}
