package cli_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/cli"
)

func TestScreenGetsWhatWasAsked(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		lang string
		want ui.Options

		memory int64
	}{
		{"nothing", nil, "de_DE.UTF-8", ui.Options{}, 0},
		{"a locale of another charset", nil, "C", ui.Options{ASCII: true}, 0},
		{"all", []string{"--ascii", "--color=16", "--reduced-motion"}, "", ui.Options{Colors: canvas.Color16, ASCII: true, ReducedMotion: true}, 0},
		{"no color", []string{"--color", "never"}, "", ui.Options{Colors: canvas.NoColor}, 0},
		{"memory", []string{"--memory", "2G"}, "", ui.Options{}, 2 << 30},
		{"color", []string{"--color", "always"}, "", ui.Options{Colors: canvas.TrueColor}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newFakeLab(nil)
			f := newFakeApp(t, l, "")
			f.Terminal = true
			f.Getenv = func(name string) string {
				if name == "LANG" {
					return tt.lang
				}
				return ""
			}
			var got ui.Options
			f.Screen = func(_ context.Context, shown model.Lab, o ui.Options) error {
				if shown != model.Lab(l) || l.isClosed() {
					t.Error("the screen was not handed the lab that was opened")
				}
				got = o
				return nil
			}
			if code := f.Main(tt.args); code != cli.ExitHeld {
				t.Errorf("exit code is %d: %s", code, f.errs)
			}
			if got.Files == nil {
				t.Error("the screen was not told how to complete a path")
			}
			got.Files = nil // functions cannot be compared
			if got.Lessons == nil || len(got.Lessons.List()) == 0 {
				t.Error("the screen was told of no lessons")
			}
			got.Lessons = nil
			if got.Opening == nil || got.Opening.String() != "mmap a 64" {
				t.Errorf("R would begin with %v", got.Opening)
			}
			got.Opening = nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("options (-want +got):\n%s", diff)
			}
			if len(f.opened) != 1 || f.opened[0] != (cli.LabOptions{Sampling: true, Memory: tt.memory}) {
				t.Errorf("opened with %+v", f.opened)
			}
			if diff := cmp.Diff([]string{"mmap a 64"}, l.commands()); diff != "" {
				t.Errorf("commands of the start:\n%s", diff)
			}
			if !l.isClosed() {
				t.Error("the lab is still open")
			}
		})
	}
}

func TestScreenFails(t *testing.T) {
	for _, tt := range []struct {
		err    error
		code   int
		stderr string
	}{
		{fmt.Errorf("the screen: %w", &ui.Panic{Value: "on purpose", Stack: []byte("goroutine 1")}), cli.ExitPanic, "incore: panic: on purpose\n\ngoroutine 1\n"},
		{errors.New("could not open a new TTY"), cli.ExitFailed, "incore: could not open a new TTY\n"},
	} {
		l := newFakeLab(nil)
		f := newFakeApp(t, l, "")
		f.Terminal = true
		f.Screen = func(context.Context, model.Lab, ui.Options) error { return tt.err }
		if code := f.Main(nil); code != tt.code || f.errs.String() != tt.stderr {
			t.Errorf("exit code %d, stderr %q; want %d, %q", code, f.errs, tt.code, tt.stderr)
		}
		if !l.isClosed() {
			t.Error("the lab is still open")
		}
	}
}
