package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"incore/ui/cli"
)

// ownSettings writes a file of settings, and returns the environment in which it is the user's own.
func ownSettings(t *testing.T, text string) (env []string) {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "incore"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "incore", "config.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"XDG_CONFIG_HOME=" + home}
}

// The file of settings is on the screen from its first picture.
func TestE2ESettings(t *testing.T) {
	term := startTerminal(t, 100, 30, ownSettings(t, "zoom = \"dense\"\n"), "incore")
	term.waitFor("REGION a", strings.Repeat("·", 63))
	term.keys("q")
	if code := term.waitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	term.checkRestored()
	if out := term.output(); strings.Contains(out, "incore: ") {
		t.Errorf("it said %q", out)
	}
}

// A broken one is said in the status row and, once the screen is gone, in the terminal. No escape sequence of it is written.
func TestE2ESettingsBroken(t *testing.T) {
	term := startTerminal(t, 100, 30, ownSettings(t, "zoom = \"\\u001b[31mbig\"\n"), "incore")
	term.waitFor("REGION a", `Defaults hold: config.toml:1:8: zoom cannot be: "\x1b[31mbig"`)
	term.keys("w")
	term.waitUntil("no notice", func(screen string) bool { return !strings.Contains(screen, "Defaults hold") })
	term.keys("qq") // something was done
	if code := term.waitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	term.checkRestored()
	// The terminal breaks a line where a name is long.
	cli.Eventually(t, "a line about the file", func() bool { return strings.Contains(term.output(), "incore/config.toml:1:8: zoom cannot be") })
	if strings.Contains(term.output(), "\x1b[31mbig") {
		t.Error("the file's escape sequence was written")
	}
}
