package cli

import (
	"strings"
	"testing"

	"incore/assets"
)

// TestHelpTellsTheTruth runs what each topic of the help tells to try, on the real kernel: all
// that it expects must hold.
func TestHelpTellsTheTruth(t *testing.T) {
	pages := assets.Help()
	if len(pages) == 0 {
		t.Fatal("there are no topics")
	}
	for _, p := range pages {
		t.Run(p.Name, func(t *testing.T) {
			_, script, ok := strings.Cut(p.Text, "```incore\n")
			script, _, closed := strings.Cut(script, "```")
			if !ok || !closed || strings.Count(p.Text, "```") != 2 {
				t.Fatal("not one block of commands")
			}
			r := startRun(t, script, "-")
			if code := r.wait(); code != 0 {
				t.Errorf("exit code is %d: %s", code, r.stderr)
			}
		})
	}
}
