package cli_test

import (
	"io"
	"os/exec"
	"strings"
	"sync"
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
			said, err := io.ReadAll(r.out)
			if err != nil {
				t.Fatal(err)
			}
			code := r.wait()
			if strings.Contains(script, " zero") && strings.Contains(string(said), noZeroPage) {
				t.Skip("this kernel maps no zero page")
			}
			if code != 0 {
				t.Errorf("exit code is %d: %s", code, r.stderr)
			}
		})
	}
}

// noZeroPage is how a run begins to say that a read of private memory maps no zero page on this kernel.
const noZeroPage = "# no zero page"

// readPage is the legend's word of a page of private memory that was read and never written.
var readPage = sync.OnceValue(func() string {
	cmd := exec.Command("incore", "run", "-")
	cmd.Stdin = strings.NewReader("say it\n")
	if said, err := cmd.Output(); err == nil && strings.Contains(string(said), noZeroPage) {
		return "anonymous"
	}
	return "zero page"
})
