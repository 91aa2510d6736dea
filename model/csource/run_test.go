package csource_test

import (
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"incore/model/csource"
)

// What the C says when it runs is what the command does. All programs are compiled as one: that each
// compiles as it stands, TestCCompiles holds.
func TestCRuns(t *testing.T) {
	cc := gcc(t)
	lines := []string{"mmap x 64", "mlock a[3..4]", "touch a[4..] every 3 random", "touch a+4000,5000", "memcpy mem[0] other[1]", "mincore a+0,5000",
		"mmap x 8 alias mem", "mremap a 128", "brk +4", "malloc x 1M", "signal SIGSEGV", "exec", "fork kid", "in kid touch a[0]", "in kid exit 3", "in kid exec", "setrlimit memlock 16", "touch big[1..2]"}
	programs := map[string]string{}
	for _, line := range lines {
		programs[line] = csource.C(cEvent(line), csource.Past{}, cRegions, 4096)
	}
	binary := filepath.Join(t.TempDir(), "all")
	units, numbered := cUnits(programs)
	build := exec.Command(cc, "-O0", "-o", binary, "-x", "c", "-")
	build.Stdin = strings.NewReader(oneOfAll(units, numbered))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v: %s", err, out)
	}
	for _, line := range lines {
		out, err := exec.Command(binary, fmt.Sprint(numbered[line])).CombinedOutput()
		code := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		want, wantCode := strings.Fields(strings.TrimPrefix(line, "in kid "))[0]+": ok\n", 0
		switch line {
		case "mincore a+0,5000":
			want = "0 of 2 resident\n"
		case "exec", "in kid exec", "signal SIGSEGV":
			want = ""
		case "in kid exit 3":
			want, wantCode = "", 3
		}
		if code != wantCode || string(out) != want {
			t.Errorf("%s: exit status %d, %q, want %d, %q\n%s", line, code, out, wantCode, want, programs[line])
		}
	}
}

// oneOfAll is one program of many: its first argument says which it is. One that starts itself anew
// does so without arguments.
func oneOfAll(units map[string]string, numbered map[string]int) string {
	var all, cases strings.Builder
	all.WriteString("#define _GNU_SOURCE\n#include <stdlib.h>\n")
	heads := slices.Sorted(maps.Keys(units))
	for _, head := range heads {
		all.WriteString(strings.ReplaceAll(head, "#define _GNU_SOURCE\n", ""))
	}
	for _, head := range heads {
		all.WriteString(units[head])
	}
	for _, n := range numbered {
		fmt.Fprintf(&cases, "    case %d: return main_%d();\n", n, n)
	}
	return all.String() + "int main(int argc, char **argv)\n{\n    switch (argc < 2 ? -1 : atoi(argv[1])) {\n" + cases.String() + "    }\n    return 0;\n}\n"
}

// A program that mlockall is called in locks all of itself, libc included. That has to be less than
// what is left for it where RLIMIT_MEMLOCK binds.
func TestCSpare(t *testing.T) {
	cc := gcc(t)
	text := csource.C(cEvent("mlockall current"), csource.Past{}, nil, 4096)
	text = strings.Replace(text, "    puts(", "    char *size = NULL;\n    size_t room = 0;\n    FILE *f = fopen(\"/proc/self/status\", \"r\");\n"+
		"    while (getdelim(&size, &room, '\\n', f) > 0)\n        if (strncmp(size, \"VmSize:\", 7) == 0)\n            printf(\"%ld\\n\", atol(size + 7));\n    puts(", 1)
	text = strings.Replace(text, "#include <stdio.h>\n", "#include <stdio.h>\n#include <stdlib.h>\n", 1)
	binary := filepath.Join(t.TempDir(), "size")
	build := exec.Command(cc, "-o", binary, "-x", "c", "-")
	build.Stdin = strings.NewReader(text)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v: %s\n%s", err, out, text)
	}
	out, err := exec.Command(binary).Output()
	var kib int64
	if n, _ := fmt.Sscan(string(out), &kib); n != 1 {
		t.Skipf("mlockall is refused here: %v: %s", err, out)
	}
	t.Logf("VmSize of a program with this libc: %d KiB", kib)
	if kib <= 0 || kib<<10 > csource.CSpare {
		t.Errorf("a program with this libc is %d KiB, and %d bytes are left for it", kib, csource.CSpare)
	}
}
