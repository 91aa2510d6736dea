package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/assets"
)

// blocks are the indented blocks of a part of the README, without the indent.
func blocks(text string) (list []string) {
	var block strings.Builder
	for line := range strings.Lines(text + "\n") {
		switch code, ok := strings.CutPrefix(line, "    "); {
		case ok:
			block.WriteString(code)
		case strings.TrimSpace(line) != "" && block.Len() > 0:
			list = append(list, strings.TrimRight(block.String(), "\n")+"\n")
			block.Reset()
		}
	}
	if block.Len() > 0 {
		list = append(list, strings.TrimRight(block.String(), "\n")+"\n")
	}
	return list
}

// readmeScript are the README's script and what it says that this prints.
func readmeScript(t *testing.T) (script, prints string) {
	t.Helper()
	part := section(t, readmeText(t), "## Scripts")
	list := blocks(part)
	if len(list) < 2 || !strings.Contains(part, "This is `key.incore`:") {
		t.Fatal("the README has no key.incore, or not what it prints")
	}
	return list[0], list[1]
}

// machineWords are what differs from run to run and machine to machine: times, and all of an address but the
// place in its page, and the first line.
var machineWords = []struct {
	of *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`0x[0-9a-f]{9}([0-9a-f]{3})\b`), "0x…$1"},
	{regexp.MustCompile(`(?m)^    \d+(\.\d+)?(ns|µs|ms|s)\b`), "    TIME"},
	{regexp.MustCompile(`(?m)^# Linux \S+, pages of \S+, (root|uid \d+), .*$`), "# Linux"},
	{regexp.MustCompile(`(?m)^# [^L].*\n`), ""}, // what this kernel lacks
}

func masked(s string) string {
	for _, w := range machineWords {
		s = w.of.ReplaceAllString(s, w.to)
	}
	return s
}

// TestReadmeScript runs the README's script, and holds that it prints what stands there.
func TestReadmeScript(t *testing.T) {
	needSubject(t)
	if os.Getpagesize() != 4096 {
		t.Skipf("the README's pages are of 4096 bytes, these of %d", os.Getpagesize())
	}
	script, prints := readmeScript(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key.incore"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := runIn(t, dir, "incore", "run", "key.incore")
	if diff := cmp.Diff(masked(prints), masked(out)); diff != "" {
		t.Errorf("key.incore (-README +real):\n%s", diff)
	}
	if want := "ends with exit status " + strconv.Itoa(code); !strings.Contains(readmeText(t), want+":") {
		t.Errorf("the README does not say that it %s", want)
	}
}

// TestReadmeLeads holds that the README is short, begins with two commands, and leads to every text of the reference and
// to nothing that is not there.
func TestReadmeLeads(t *testing.T) {
	text := readmeText(t)
	if n := strings.Count(text, "\n"); n > 220 {
		t.Errorf("the README has %d lines", n)
	}
	if first := strings.Fields(blocks(text)[0]); first[0]+first[1] != "makerun" {
		t.Errorf("it begins with %q", first)
	}
	leads := map[string]bool{}
	for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		leads[m[1]] = true
		if _, err := os.Stat("../../assets"); err != nil {
			continue // only the README is here
		}
		if _, err := os.Stat("../../" + m[1]); err != nil {
			t.Errorf("the README leads to %v", err)
		}
	}
	for _, topic := range assets.Reference() {
		if file := "assets/reference/" + topic.Name + ".md"; !leads[file] {
			t.Errorf("the README does not lead to %s", file)
		}
	}
}

// runIn runs a program in a directory, and returns its output and exit code.
func runIn(t *testing.T, dir, name string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8")
	b, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}
