//go:build unix

package cli_test

import (
	"syscall"
	"testing"

	"incore/ui/cli"
)

// TestE2ESuspendKey holds that ctrl+z gives the terminal back, and that SIGCONT brings the
// screen back. Nobody stops here: there is no shell above to continue it, so the kernel lets no
// SIGTSTP stop it (setpgid(2), orphaned process groups).
func TestE2ESuspendKey(t *testing.T) {
	m := startScreen(t)
	m.keys(bytesOf(suspend))
	cli.Eventually(t, "the terminal is given back", func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return !m.alt && m.cursor
	})
	// The program begins to wait for the signal a moment later, and one that comes before is lost.
	cli.Eventually(t, "the screen is entered again", func() bool {
		if err := m.cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.alt
	})
	m.waitSee("the screen again", func(s *sight) bool { return s.has(firstFrame...) && s.explained("absent") })
	m.walk([]keyStep{{send: "w", want: "touch(", sees: is("anonymous")}})
}
