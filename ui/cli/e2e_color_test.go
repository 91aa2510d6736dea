package cli_test

import (
	"strings"
	"testing"

	"incore/ui/cli"
)

func TestE2ENoColor(t *testing.T) {
	for _, tt := range []struct {
		name  string
		env   []string
		args  []string
		color bool
	}{
		{"color", nil, nil, true},
		{"NO_COLOR=anything", []string{"NO_COLOR=anything"}, nil, false},
		{"NO_COLOR=0", []string{"NO_COLOR=0"}, nil, false},
		{"NO_COLOR is empty", []string{"NO_COLOR="}, nil, true},
		{"--color never", nil, []string{"--color", "never"}, false},
		{"--color always", []string{"NO_COLOR=1"}, []string{"--color", "always"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := startTerminal(t, 100, 30, tt.env, "incore", tt.args...)
			m.waitFor(firstFrame...)
			m.keys("w")
			m.waitFor("touch(")
			m.keys("qq")
			m.waitExit()
			m.checkRestored()
			if got := sgr.FindString(m.output()); (got != "") != tt.color {
				t.Errorf("color: %t (%q), want %t", got != "", got, tt.color)
			}
		})
	}
}

// TestE2EHelpWithoutColor is fang's part: help in a terminal.
func TestE2EHelpWithoutColor(t *testing.T) {
	for _, color := range []bool{true, false} {
		var env []string
		if !color {
			env = []string{"NO_COLOR=anything"}
		}
		m := startTerminal(t, 100, 40, env, "incore", "--help")
		if code := m.waitExit(); code != 0 {
			t.Errorf("exit code is %d", code)
		}
		cli.Eventually(t, "the help is there", func() bool { return strings.Contains(m.output(), "version") })
		if got := sgr.FindString(m.output()); (got != "") != color {
			t.Errorf("color: %t (%q), want %t", got != "", got, color)
		}
	}
}

// TestE2EColorsOfText reads the reference and the doctor in a terminal. They have the theme's colors as far as there are any,
// and no escape sequence where the terminal takes none.
func TestE2EColorsOfText(t *testing.T) {
	for _, tt := range []struct {
		name      string
		env       []string
		code, ok  string // what is drawn in the colors of code and of what works
		sequences bool
	}{
		{"true color", nil, "\x1b[38;2;139;184;255mincore run --json", "\x1b[38;2;13;177;134mincore can run here.", true},
		{"16 colors", []string{"TERM=xterm-16color", "COLORTERM="}, "\x1b[96mincore run --json", "\x1b[92mincore can run here.", true},
		{"NO_COLOR", []string{"NO_COLOR=anything"}, "\x1b[1mincore run --json", "incore can run here.", true},
		{"dumb", []string{"TERM=dumb"}, "incore run --json", "incore can run here.", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for want, args := range map[string][]string{tt.code: {"help", "json"}, tt.ok: {"doctor"}} {
				m := startTerminal(t, 100, 40, tt.env, "incore", args...)
				if code := m.waitExit(); code != 0 {
					t.Errorf("incore %q: exit code is %d", args, code)
				}
				cli.Eventually(t, want, func() bool { return strings.Contains(m.output(), want) })
				m.checkRestored()
				out := m.output()
				if got := sgr.FindString(out); (got != "") != sgr.MatchString(want) {
					t.Errorf("incore %q: the color %q", args, got)
				}
				if got := strings.Contains(out, "\x1b"); got != tt.sequences {
					t.Errorf("incore %q: escape sequences %t, want %t", args, got, tt.sequences)
				}
			}
		})
	}
}

// TestE2EHelpInTheBackground holds that help is printed by a process in the background, which would be stopped for asking the
// terminal for its background.
func TestE2EHelpInTheBackground(t *testing.T) {
	for command, words := range map[string]string{"incore run --help": "print one JSON object", "incore help exit": "Everything held."} {
		m := startTerminal(t, 100, 40, nil, "sh", "-mc", command+" & wait")
		m.waitExit()
		cli.Eventually(t, command, func() bool { return strings.Contains(m.output(), words) })
	}
}

func TestE2EASCII(t *testing.T) {
	for _, tt := range []struct {
		env  string
		args []string
	}{{"LANG=C", nil}, {"LANG=C.UTF-8", []string{"--ascii"}}} {
		m := startTerminal(t, 100, 30, []string{tt.env}, "incore", tt.args...)
		m.waitFor("REGION a", "mmap(")
		m.keys("wl?2")
		m.waitFor("What a cell shows")
		m.keys("\x1b")
		m.waitFor("mlock(")
		m.keys("qq")
		m.waitExit()
		for _, r := range m.output() {
			if r > 0x7e {
				t.Errorf("%s %q: %q in the output", tt.env, tt.args, r)
				break
			}
		}
	}
}
