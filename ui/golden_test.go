package ui_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout may have turned line ends into CRLF.
	if d := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); d != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", file, d)
	}
}

var goldenSizes = []struct{ w, h int }{{40, 12}, {60, 20}, {80, 24}, {100, 30}, {200, 50}}

// goldenModes are the ways in which a frame is shown.
var goldenModes = []struct {
	name string
	opts ui.Options
}{
	{"dark", ui.Options{Colors: canvas.TrueColor, Dark: on(true)}},
	{"light", ui.Options{Colors: canvas.TrueColor, Dark: on(false)}},
	{"16", ui.Options{Colors: canvas.Color16, Dark: on(true)}},
	{"16-light", ui.Options{Colors: canvas.Color16, Dark: on(false)}},
	{"none", ui.Options{Colors: canvas.NoColor, Dark: on(true)}},
	{"ascii", ui.Options{Colors: canvas.TrueColor, Dark: on(true), ASCII: true}},
}

func on(b bool) *bool { return &b }

// The finished frame, text and styles, at every size and in every mode.
func TestFrameGolden(t *testing.T) {
	for _, size := range goldenSizes {
		for _, mode := range goldenModes {
			name := fmt.Sprintf("frame-%dx%d-%s", size.w, size.h, mode.name)
			t.Run(name, func(t *testing.T) {
				opts := mode.opts
				opts.ReducedMotion = true
				s := newScreen(t, size.w, size.h, opts, richScript...)
				s.press("shift+tab", "down", "right", "right", "v", "right")
				golden(t, name, styled(&s.m.Canvas))
			})
		}
	}
}

// Every zoom and every lens at two sizes.
func TestZoomsAndLensesGolden(t *testing.T) {
	for _, size := range goldenSizes[3:] {
		for name, keys := range map[string][]string{
			"big": {"z"}, "dense": {"Z"}, "aggregate": {"Z", "Z"},
			"lens-2": {"2"}, "lens-3": {"3"}, "lens-4": {"4"}, "lens-5": {"5"},
			"big-lens-2": {"z", "2"}, "big-lens-3": {"z", "3"}, "dense-lens-4": {"Z", "4"}, "aggregate-lens-5": {"Z", "Z", "5"},
		} {
			for _, mode := range []int{0, 4} {
				name := fmt.Sprintf("%s-%dx%d-%s", name, size.w, size.h, goldenModes[mode].name)
				t.Run(name, func(t *testing.T) {
					opts := goldenModes[mode].opts
					opts.ReducedMotion = true
					s := newScreen(t, size.w, size.h, opts, append(richScript, "mmap c 4096", "touch c[0..999] every 3", "mlock c[8..99]")...)
					s.touched("c", 0, 10, model.MinorFault)
					s.touched("c", 20, 5, model.MajorFault)
					s.press(append([]string{"right"}, keys...)...)
					golden(t, name, styled(&s.m.Canvas))
				})
			}
		}
	}
}

// touched tells of touches of some pages of a region of main.
func (s *screen) touched(region string, first, n int64, fault model.FaultKind) {
	r := s.m.State.Main().Region(region)
	s.lab.send(model.Accessed{Time: s.m.State.Time, Proc: model.Main, Runs: []model.AccessRun{
		{Addr: r.Base + uint64(first)*pageSize, Stride: pageSize, Count: n, Fault: fault},
	}})
	s.pump()
}

func TestModesGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		text string
	}{
		{"start", nil, ""},
		{"palette", []string{":"}, "madvise a w"},
		{"palette-error", []string{":"}, "mlok a"},
		{"protection", []string{"p", "right"}, ""},
		{"advice", []string{"a"}, ""},
		{"reset", []string{"R"}, ""},
		{"help", []string{"?"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64")
			s.press(tt.keys...)
			s.typeText(tt.text)
			switch tt.name {
			case "palette":
				s.press("tab", "tab")
			case "palette-error":
				s.press("enter")
			}
			golden(t, "mode-"+tt.name, s.text())
		})
	}
	t.Run("dead", func(t *testing.T) {
		s := newScreen(t, 80, 24, ui.Options{ReducedMotion: true}, richScript...)
		s.lab.die("SIGKILL")
		s.pump()
		s.press("w")
		golden(t, "mode-dead", s.text())
	})
}

// In ASCII nothing else may reach the terminal, in any mode and at any size.
func TestASCIIFrames(t *testing.T) {
	for _, key := range []string{"", ":", "p", "a", "?", "R", "g", "/"} {
		for _, size := range goldenSizes {
			s := newScreen(t, size.w, size.h, ui.Options{ASCII: true}, append(richScript, "say 'ünïcode → 漢字'", "mlock zz")...)
			if key != "" {
				s.press(key)
			}
			for _, r := range s.picture() {
				if r > 0x7e {
					t.Fatalf("%dx%d after %q: %q is in the frame", size.w, size.h, key, r)
				}
			}
		}
	}
}

// Text that comes from a file must not steer the terminal.
func TestNoControlCharacters(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.tell(model.Event{Seq: 1, Command: lang.Say{}, Note: "a\x1b[31mb\x07c\u202ed\x9b"})
	for i, r := range strings.ReplaceAll(s.text(), "\n", "") {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e {
			t.Fatalf("%q at %d in the frame", r, i)
		}
	}
	if !strings.Contains(s.text(), `a\x1b[31mb`) {
		t.Errorf("the note is not shown:\n%s", s.text())
	}
}
