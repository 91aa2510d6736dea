package csource_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"incore/model/csource"
)

// gcc is the compiler, where it is here with the headers of glibc. It is not asked again in the run
// with the race detector, which has nothing to find in C.
func gcc(t *testing.T) string {
	t.Helper()
	if raceDetector {
		t.Skip("the C is compiled by the run without the race detector")
	}
	cc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("there is no gcc here to compile with:", err)
	}
	probe := exec.Command(cc, "-x", "c", "-fsyntax-only", "-")
	probe.Stdin = strings.NewReader("#include <sys/mman.h>\n#include <linux/capability.h>\n#ifndef __GLIBC__\n#error another C library\n#endif\n")
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("gcc has no headers of Linux and glibc here: %v: %s", err, out)
	}
	return cc
}

// cWords are the names that a program gives outside of main.
var cWords = []string{"main", "base", "caught", "core", "back", "put", "run"}

// cUnits makes one source of the programs that have the same lines of the preprocessor, so that each
// has just what it says itself. The main of program N is main_N; numbered says which N a program has.
func cUnits(programs map[string]string) (units map[string]string, numbered map[string]int) {
	units, numbered = map[string]string{}, map[string]int{}
	for i, name := range slices.Sorted(maps.Keys(programs)) {
		var head, rest strings.Builder
		for line := range strings.Lines(programs[name]) {
			if strings.HasPrefix(line, "#") {
				head.WriteString(line)
			} else {
				rest.WriteString(line)
			}
		}
		for _, word := range cWords {
			fmt.Fprintf(&rest, "#undef %s\n", word)
		}
		text := strings.Replace(rest.String(), "}\n#undef main", "    return 0;\n}\n#undef main", 1) // of main alone C says that it need not
		var defines strings.Builder
		for _, word := range cWords {
			fmt.Fprintf(&defines, "#define %s %s_%d\n", word, word, i)
		}
		units[head.String()] += "/* " + strings.NewReplacer("*", "", "/", "").Replace(name) + " */\n" + defines.String() + text
		numbered[name] = i
	}
	return units, numbered
}

// checkC has gcc check programs, with all its warnings.
func checkC(t *testing.T, programs map[string]string) {
	t.Helper()
	cc := gcc(t)
	units, _ := cUnits(programs)
	dir := t.TempDir()
	args := []string{"-Wall", "-Wextra", "-Werror", "-fsyntax-only"}
	texts := map[string]string{}
	for i, head := range slices.Sorted(maps.Keys(units)) {
		name := fmt.Sprintf("unit%d.c", i)
		texts[name] = head + units[head]
		if err := os.WriteFile(filepath.Join(dir, name), []byte(texts[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	cmd := exec.Command(cc, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("gcc: %v\n%s", err, out)
		for _, name := range regexp.MustCompile(`(?m)^(\w+\.c):\d+.*error`).FindAllStringSubmatch(string(out), 3) {
			t.Log(texts[name[1]])
		}
	}
}

func TestCCompiles(t *testing.T) {
	programs := map[string]string{}
	for verb, lines := range cCommands {
		for i, line := range lines {
			programs[fmt.Sprintf("%s%d", verb, i)] = csource.C(cEvent(line), csource.Past{}, cRegions, 4096)
		}
	}
	checkC(t, programs)
}

// A program that lacks a header, or has a variable too many, is told though others have it.
func TestCheckCFindsFaults(t *testing.T) {
	cc := gcc(t)
	good := csource.C(cEvent("mlock a"), csource.Past{}, cRegions, 4096)
	for _, bad := range []string{
		strings.Replace(good, "#include <sys/mman.h>\n", "", 1),
		strings.Replace(good, "{\n", "{\n    int unused;\n", 1),
	} {
		units, _ := cUnits(map[string]string{"good": good, "bad": bad})
		failed := false
		for head, text := range units {
			cmd := exec.Command(cc, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c", "-")
			cmd.Stdin = strings.NewReader(head + text)
			failed = failed || cmd.Run() != nil
		}
		if bad == good || !failed {
			t.Errorf("gcc takes\n%s", bad)
		}
	}
}
