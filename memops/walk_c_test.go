//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	commandline "flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"incore/memops"
	"incore/model"
	"incore/model/csource"
	"incore/model/lang"
)

var cPrograms = commandline.Int("walk.programs", 250, "how many programs in C TestWalkC runs; a quarter of that with -short")

// cBatch is how many programs gcc gets at a time.
const cBatch = 200

// cProgram is the C of an event of a walk, and what it has to answer.
type cProgram struct {
	text    string
	line    string // what it prints, or the end of that
	code    int    // what it exits with; -1: any
	session string // the commands up to it

	addr  uint64            // that of a signal; a page of it is counted from one region or another
	bases map[string]uint64 // where those begin
	holed bool              // it lay in no region, or was said as a number: there may be none to count from
	page  int64             // bytes
}

// answered reports whether a program printed what it has to.
func (p *cProgram) answered(got string) bool {
	if p.bases == nil {
		return strings.Contains(got, p.line)
	}
	var n int64
	var region string
	rest, ok := strings.CutPrefix(got, p.line)
	if _, err := fmt.Sscanf(rest, "page %d of %s", &n, &region); !ok || err != nil {
		return ok && p.holed // it printed the address, which is another each time
	}
	base, ok := p.bases[region]
	return ok && base+uint64(n*p.page) == p.addr&^uint64(p.page-1)
}

// The C of a call answers as the call did: the same errno, or the same signal with its code and
// its page, after the same commands. Programs that say that they may answer otherwise are counted. Some 1 of 7000
// programs still differs, each for a reason of its own, so a plain run draws the same ones each time and make walk-c
// looks for those: a run that now and then finds one would say nothing of the change that it is run for.
func TestWalkC(t *testing.T) {
	lockSegmentsAlone(t)
	cc := compilerOf(t)
	l := opened(t, memops.Options{})
	w := newWalker(l, machineOf(t, l))
	n := *cPrograms
	if testing.Short() {
		n /= 4
	}
	seed := uint64(1)
	if commandline.Lookup("rapid.seed").Value.String() != "0" || isSet("walk.programs") {
		seed = seedOf(t)
	}
	dice := rand.New(rand.NewPCG(seed, 0))
	var batch []cProgram
	none, unsure, ran, differ, failing, lines := map[string]int{}, map[string]int{}, 0, 0, 0, 0
	w.saw = func(before model.State, e model.Event) {
		state := l.State()
		text := csource.C(e, csource.PastOf(state, e), nil, pageBytes)
		switch {
		case e.Refused != "" || e.Call == "":
			return
		case text == "":
			none[commandVerb(e)]++
			return
		}
		if why, ok := otherwise(text); ok {
			unsure[why]++
			return
		}
		if _, makes := lang.Inner(e.Command).(lang.Shmget); makes && e.OK() {
			return // the segment would outlive the program
		}
		p := cProgram{text: text, session: strings.Join(w.lines, "\n")}
		p.line, p.code = answerOf(e)
		p.countedFrom(before, e, pageBytes)
		if !e.OK() {
			failing++
		} else if dice.IntN(4) > 0 {
			return // what fails is worth more
		}
		lines += strings.Count(text, "\n")
		batch = append(batch, p)
	}
	began, made := time.Now(), time.Duration(0)
	for ran < n {
		w.start()
		for range walkSteps {
			r := roll{row: rowAt[dice.IntN(len(rowAt))], nums: make([]uint8, rollNums)}
			for i := range r.nums {
				r.nums[i] = uint8(dice.IntN(256))
			}
			if c := r.command(w.ref); c != nil && !walkRows[r.row].notInC && !w.segmentUnseen(c) {
				if w.step(c) != nil { // which is for TestWalk to tell of
					break
				}
			}
		}
		if len(batch) >= min(cBatch, n-ran) {
			at := time.Now()
			batch = batch[:min(len(batch), cBatch, n-ran)]
			differ += runC(t, cc, batch)
			ran += len(batch)
			made += time.Since(at)
			batch = nil
		}
	}
	t.Logf("%d programs of %d lines on average ran, from -rapid.seed=%d on, in %v, of which gcc and they took %v; %d calls that failed were among those seen; %d programs differed",
		ran, lines/max(1, ran), seed, time.Since(began).Round(time.Millisecond), made.Round(time.Millisecond), failing, differ)
	for _, m := range []struct {
		what string
		n    map[string]int
	}{{"say that they may answer otherwise", unsure}, {"have no C", none}} {
		sum := 0
		for _, k := range m.n {
			sum += k
		}
		t.Logf("%d %s", sum, m.what)
		for _, k := range slices.SortedFunc(mapKeys(m.n), func(a, b string) int { return cmp.Compare(m.n[b], m.n[a]) }) {
			t.Logf("%6d %s", m.n[k], k)
		}
	}
	if len(none) > 0 {
		t.Error("a command that the walk makes has no C")
	}
}

// segmentUnseen reports whether a command is about a segment of which its process has no region by that name: one that is gone, or another
// process's. There is no C of that.
func (w *walker) segmentUnseen(c model.Command) bool {
	p := w.ref.procs[model.Main]
	if in, ok := c.(lang.In); ok {
		p, c = w.ref.procs[in.Proc], in.Do
	}
	name := ""
	switch c := c.(type) {
	case lang.Shmat:
		name = c.Of
	case lang.Shmctl:
		name = c.Name
	}
	return name != "" && p != nil && p.regions[name].segment == nil
}

// isSet reports whether a flag was given.
func isSet(name string) (set bool) {
	commandline.Visit(func(f *commandline.Flag) { set = set || f.Name == name })
	return set
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func commandVerb(e model.Event) string { return e.Line() }

// otherwise is why a program may answer otherwise, where it says so.
func otherwise(text string) (why string, ok bool) {
	head, _, _ := strings.Cut(text, "\n#define ") // there can be another comment before it
	_, why, ok = strings.Cut(head, "/* "+csource.Otherwise)
	if !ok {
		return "", false
	}
	why, _, _ = strings.Cut(why, "*/")
	return strings.Join(strings.Fields(why), " "), true
}

// compilerOf is gcc, where it is here with the headers of glibc.
func compilerOf(t *testing.T) string {
	t.Helper()
	if raceDetector {
		t.Skip("the C is compiled and run by the run without the race detector, which has nothing to find in it")
	}
	cc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("there is no gcc here to compile with:", err)
	}
	probe := exec.Command(cc, "-x", "c", "-fsyntax-only", "-")
	probe.Stdin = strings.NewReader("#define _GNU_SOURCE\n#include <string.h>\n#include <linux/capability.h>\n#if !__GLIBC_PREREQ(2, 32)\n#error too old\n#endif\n")
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("gcc has no headers of Linux and glibc 2.32 here: %v: %s", err, out)
	}
	return cc
}

// answerOf is what a program has to print at its end, and its exit status.
func answerOf(e model.Event) (line string, code int) {
	c := lang.Inner(e.Command)
	switch c := c.(type) {
	case lang.Exit:
		return "", c.Code
	case lang.Kill:
		return "", -1
	case lang.Execve:
		return "", 0
	case lang.Mincore:
		if e.OK() {
			return e.Result, 0
		}
	case lang.Memcmp:
		if e.OK() {
			return map[bool]string{true: "equal", false: "they differ"}[e.Ret == 0], 0
		}
	}
	switch {
	case e.Errno != "":
		return ": " + e.Errno, 1
	case e.Signal == nil:
		return c.Verb() + ": ok", 0
	}
	return e.Signal.Name + " " + e.Signal.Code + " at ", 1
}

// countedFrom notes what the page of a signal may be counted from: a program makes the regions that
// matter, and may count from another than the youngest.
func (p *cProgram) countedFrom(before model.State, e model.Event, pageSize int64) {
	if e.Signal == nil {
		return
	}
	p.addr, p.page, p.bases = e.Signal.Addr, pageSize, map[string]uint64{}
	p.holed = true
	for _, r := range before.Process(e.Proc).Regions {
		p.bases[r.Name] = r.Base
		p.holed = p.holed && (p.addr < r.Base || p.addr-r.Base >= r.Len)
	}
	for _, name := range before.Process(e.Proc).GoneNames() {
		p.bases[name] = before.Process(e.Proc).GoneRegion(name).Base
	}
	if touch, ok := lang.Inner(e.Command).(lang.Touch); ok {
		p.holed = p.holed || touch.T.Form == model.RawSpan
	}
}

// ownWords are the names that a program gives outside of main.
var ownWords = []string{"main", "base", "caught", "core", "back", "put", "run"}

// runC compiles programs, all of them as one, runs each, and returns how many answered otherwise
// than they should.
func runC(t *testing.T, cc string, programs []cProgram) (differ int) {
	t.Helper()
	dir := t.TempDir()
	var heads, defines []string
	var text, cases strings.Builder
	for i, p := range programs {
		head, body, _ := strings.Cut(p.text, "int main(void)\n")
		for h := range strings.SplitSeq(head, "\n") {
			if strings.HasPrefix(h, "#include") && !slices.Contains(heads, h) {
				heads = append(heads, h)
			}
		}
		if at := strings.Index(head, "#ifndef"); at >= 0 && !slices.Contains(defines, head[at:strings.LastIndex(head, "#endif")+6]) {
			defines = append(defines, head[at:strings.LastIndex(head, "#endif")+6])
		}
		for _, word := range ownWords {
			fmt.Fprintf(&text, "#define %s %s_%d\n", word, word, i)
		}
		rest := false
		for h := range strings.SplitSeq(head, "\n") { // what it has before main
			rest = rest || strings.HasPrefix(h, "static") || strings.HasPrefix(h, "/* Tells")
			if rest && !strings.HasPrefix(h, "#") {
				text.WriteString(h + "\n")
			}
		}
		// Of main alone C says that it returns 0 where nothing is said.
		text.WriteString("static int main(void)\n" + strings.TrimSuffix(body, "}\n") + "    return 0;\n}\n")
		for _, word := range ownWords {
			fmt.Fprintf(&text, "#undef %s\n", word)
		}
		fmt.Fprintf(&cases, "    case %d: return main_%d();\n", i, i)
	}
	all := "#define _GNU_SOURCE\n#include <stdlib.h>\n" + strings.Join(append(heads, defines...), "\n") + "\n" + text.String() +
		"int main(int argc, char **argv)\n{\n    switch (argc < 2 ? -1 : atoi(argv[1])) {\n" + cases.String() + "    }\n    return 0;\n}\n"
	source, binary := filepath.Join(dir, "all.c"), filepath.Join(dir, "all")
	if err := os.WriteFile(source, []byte(all), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-pipe", "-O0", "-Wall", "-Wextra", "-Werror", "-o", binary, source).CombinedOutput(); err != nil {
		keep := filepath.Join(os.TempDir(), "incore-walk-c.c")
		_ = os.WriteFile(keep, []byte(all), 0o644)
		t.Fatalf("gcc: %v; the source is %s\n%.3000s", err, keep, out)
	}
	for i, p := range programs {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		cmd := exec.CommandContext(ctx, binary, strconv.Itoa(i))
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		cancel()
		code := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimSuffix(string(out), "\n")
		if p.answered(got) && (p.code == code || p.code < 0) {
			continue
		}
		if differ++; differ <= 5 {
			t.Errorf("%q and exit status %d, but the call had %q and %d; standard error: %s\n%s\nafter\n%s", got, code, p.line, p.code, stderr.String(), p.text, p.session)
		}
	}
	return differ
}
