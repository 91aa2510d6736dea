//go:build linux && (amd64 || arm64)

package memops_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// A mistake in the reference is found and made smaller to a few lines, which show it
// wherever they are run. So a walk that finds nothing has looked.
func TestWalkFinds(t *testing.T) {
	lockSegmentsAlone(t)
	l := opened(t, memops.Options{})
	m := machineOf(t, l)
	incore := builtProgram(t)
	for i, name := range []string{
		"munlock leaves a page that it covers a part of", "a hole keeps mlock from all", "a child has locks",
		"dontneed drops what is locked", "a shorter file leaves copies",
		"what came through in part is a fault", "a break that moves down leaves pages", "what dontunmap leaves is locked",
	} {
		if i > 0 && (testing.Short() || raceDetector) {
			break
		}
		rule := wrongRule(i + 1)
		t.Run(name, func(t *testing.T) {
			if rule == dontUnmapKeepsLocks && !m.kernel.atLeast(6, 17) {
				t.Skip("the walk draws dontunmap from Linux 6.17 on")
			}
			w := newWalker(l, m)
			w.wrong, w.hurry = rule, true
			text := ""
			for seed := uint64(1); text == "" && w.commands < 20_000; seed += seedStride {
				text = w.check(&deafTB{name: t.Name()}, seed)
			}
			if text == "" {
				t.Fatalf("not found in %d commands", w.commands)
			}
			t.Logf("found and made smaller with %d commands:\n%s", w.commands, text)
			fails(t, l, text)
			if incore != "" {
				runFails(t, incore, text)
			}
			if d := newWalker(l, m).replay(commandsOf(text)); d != nil {
				t.Errorf("the right reference disagrees too: %s", d.what)
			}
		})
	}
}

// commandsOf are the lines of a script but comments and expects.
func commandsOf(script string) (lines []string) {
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' && !strings.Contains(line, "expect ") {
			lines = append(lines, line)
		}
	}
	return lines
}

// fails holds that a script is short, and that each of its expects fails in a fresh
// subject.
func fails(t *testing.T, l *memops.Lab, script string) {
	t.Helper()
	const most = 6
	if n := len(commandsOf(script)); n > most {
		t.Errorf("the script has %d commands: it should have shrunk to %d", n, most)
	}
	lines, err := lang.ParseScript("found", strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	l.Do(t.Context(), lang.Reset{})
	expects := 0
	for _, line := range lines {
		for _, item := range doBriefly(t, l, line.Command) {
			if c, ok := item.(model.Checked); ok {
				expects++
				if c.OK {
					t.Errorf("line %d holds: %s", line.Number, line.Text)
				}
			}
		}
	}
	if expects == 0 {
		t.Error("the script expects nothing")
	}
}

// builtProgram is incore, built for the test, or "" where that cannot be.
func builtProgram(t *testing.T) string {
	t.Helper()
	if testing.Short() || raceDetector {
		return ""
	}
	path := filepath.Join(t.TempDir(), "incore")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, "incore").CombinedOutput()
	if err != nil {
		t.Logf("the scripts are run here only, without incore run: go build: %v %s", err, out)
		return ""
	}
	return path
}

// runFails holds that "incore run" shows the disagreement.
func runFails(t *testing.T, incore, script string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "found")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(incore, "run", file).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("incore run ended with %v:\n%s", err, out)
	}
	if !strings.Contains(string(out), "FAILED: asked") {
		t.Errorf("incore run does not show the disagreement:\n%s", out)
	}
}

// deafTB is a test of rapid's that may fail: its failure is what is wanted.
type deafTB struct {
	name   string
	failed bool
}

var _ rapid.TB = (*deafTB)(nil)

func (*deafTB) Helper()                 {}
func (d *deafTB) Name() string          { return d.name }
func (*deafTB) Log(...any)              {}
func (*deafTB) Logf(string, ...any)     {}
func (*deafTB) Skip(...any)             {}
func (*deafTB) Skipf(string, ...any)    {}
func (*deafTB) SkipNow()                {}
func (d *deafTB) Fail()                 { d.failed = true }
func (d *deafTB) FailNow()              { d.failed = true }
func (d *deafTB) Failed() bool          { return d.failed }
func (d *deafTB) Error(...any)          { d.failed = true }
func (d *deafTB) Errorf(string, ...any) { d.failed = true }

// Fatal and Fatalf are of what is wrong with the test itself.
func (*deafTB) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }
func (*deafTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
