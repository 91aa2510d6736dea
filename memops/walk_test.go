//go:build linux && (amd64 || arm64)

package memops_test

import (
	commandline "flag"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"incore/memops"
)

var walkCommands = commandline.Int("walk.commands", 3000, "how many commands TestWalk makes; a sixth of that with -short or -race")

// walkSteps is how many commands a sequence draws on average: enough for its regions and
// processes to have met.
const walkSteps = 120

// longWalk is how many commands have each row of the table among them.
const longWalk = 20_000

// seedStride is more than the seeds that rapid takes, from the one it is given on, for the
// sequences of one check.
const seedStride = 1000

// The kernel does what the reference says, in long sequences of commands over several
// regions and processes. One that fails is made smaller, and printed as a script.
func TestWalk(t *testing.T) {
	lockSegmentsAlone(t)
	l := opened(t, memops.Options{})
	w := newWalker(l, machineOf(t, l))
	n := *walkCommands
	if testing.Short() || raceDetector { // whose walk makes the same calls, slowly, and beside no other goroutine
		n /= 6
	}
	first := seedOf(t)
	began := time.Now()
	for seed := first; w.commands < n; seed += seedStride {
		w.check(t, seed)
	}
	took := time.Since(began)
	t.Logf("%d commands, from -rapid.seed=%d on, in %v: %.0f a second", w.commands, first, took.Round(time.Millisecond), float64(w.commands)/took.Seconds())
	for _, how := range slices.Sorted(maps.Keys(w.tally)) {
		t.Logf("%6d %s", w.tally[how], how)
	}
	for i, row := range walkRows {
		if w.commands >= longWalk && w.ran[i] == 0 && (row.needs == nil || row.needs(w.ref)) {
			t.Errorf("row %d of the table never ran", i)
		}
	}
}

// seedOf is the seed that was asked for, or one of the clock.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed, err := strconv.ParseUint(commandline.Lookup("rapid.seed").Value.String(), 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())>>10&(1<<40-1) | 1
	}
	return seed
}

// check lets rapid walk some sequences from a seed on. It returns the script of the one
// that failed, made smaller, or "".
func (w *walker) check(t rapid.TB, seed uint64) (script string) {
	shrink := "10s" // the rest is the walker's own
	if w.hurry {
		shrink = "0s"
	}
	for name, value := range map[string]string{
		"rapid.seed": strconv.FormatUint(seed, 10), "rapid.steps": strconv.Itoa(walkSteps), "rapid.checks": "20",
		"rapid.nofailfile": "true", // the script is what a failure leaves
		"rapid.shrinktime": shrink,
	} {
		old := commandline.Lookup(name).Value.String()
		if err := commandline.Set(name, value); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = commandline.Set(name, old) }()
	}
	var failed []string // the lines of the newest sequence that did
	var what string
	defer func() {
		if failed == nil {
			return
		}
		if d := w.shrink(failed); d != nil {
			script = d.text(w.script(d))
		} else {
			script = "# " + what + "; it did not happen again\n" + strings.Join(failed, "\n") + "\n"
		}
		t.Logf("the kernel and the reference disagree. Save this and incore run shows it:\n%s", script)
		if path := os.Getenv("INCORE_WALK_SCRIPT"); path != "" {
			if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
				t.Errorf("INCORE_WALK_SCRIPT: %v", err)
			}
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		d := w.start()
		step := func(t *rapid.T) {
			roll, before := rolls.Draw(t, "command"), w.commands
			if c := roll.command(w.ref); d == nil && c != nil {
				d = w.step(c)
				w.ran[roll.row] += w.commands - before
			}
			if d != nil {
				failed, what = w.lines, d.what
				t.Fatal("the kernel and the reference disagree") // the same words each time, else rapid takes it for another failure
			}
		}
		t.Repeat(map[string]func(*rapid.T){"command": step})
		if d = w.compareOthers(nil); d != nil {
			failed, what = w.lines, d.what
			t.Fatal("the kernel and the reference disagree")
		}
	})
	return script
}
