package model_test

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"incore/model"
)

// What the C says when it runs is what the command does.
func TestCRuns(t *testing.T) {
	lines := []string{"mmap x 64", "mlock a[3..4]", "touch a[4..] every 3 random", "touch a+4000,5000", "memcpy mem[0] other[1]", "mincore a+0,5000",
		"mmap x 8 alias mem", "mremap a 128", "brk +4", "malloc x 1M", "signal SIGSEGV", "exec", "fork kid", "in kid touch a[0]", "in kid exit 3", "in kid exec", "setrlimit memlock 16", "touch big[1..2]"}
	programs := map[string]string{}
	for i, line := range lines {
		programs[fmt.Sprintf("run%d", i)] = cEvent(line).C(model.Past{}, cRegions, 4096)
	}
	dir := compile(t, programs)
	if t.Failed() {
		return
	}
	for i, line := range lines {
		name := filepath.Join(dir, fmt.Sprintf("run%d", i))
		if out, err := exec.Command("gcc", "-o", name, name+".o").CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
		out, err := exec.Command(name).CombinedOutput()
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
			t.Errorf("%s: exit status %d, %q, want %d, %q\n%s", line, code, out, wantCode, want, programs[fmt.Sprintf("run%d", i)])
		}
	}
}
