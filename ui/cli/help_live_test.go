package cli

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"incore/assets"
)

// TestHelpTellsTheTruth runs what each topic of the help tells to try, on the real kernel: all
// that it expects must hold.
func TestHelpTellsTheTruth(t *testing.T) {
	names, err := fs.Glob(assets.Help, "help/*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("topics: %q, %v", names, err)
	}
	for _, name := range names {
		t.Run(path.Base(name), func(t *testing.T) {
			text, err := assets.Help.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, script, ok := strings.Cut(string(text), "```incore\n")
			script, _, closed := strings.Cut(script, "```")
			if !ok || !closed || strings.Count(string(text), "```") != 2 {
				t.Fatal("not one block of commands")
			}
			r := startRun(t, script, "-")
			if code := r.wait(); code != 0 {
				t.Errorf("exit code is %d: %s", code, r.stderr)
			}
		})
	}
}
