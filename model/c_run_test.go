package model_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// What the C says when it runs is what the command does.
func TestCRuns(t *testing.T) {
	lines := []string{"mmap x 64", "mlock a[3..4]", "touch a[4..] every 3 random", "touch a+4000,5000", "memcpy mem[0] other[1]", "mincore a+0,5000",
		"mmap x 8 alias mem", "mremap a 128", "brk +4", "malloc x 1M", "signal SIGSEGV", "exec", "fork kid", "in kid touch a[0]", "in kid exit 3", "in kid exec", "setrlimit memlock 16", "touch big[1..2]"}
	programs := map[string]string{}
	for i, line := range lines {
		programs[fmt.Sprintf("run%d", i)] = cEvent(line).C(cRegions, 4096)
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
		want := ""
		if line == "mincore a+0,5000" {
			want = "0 of 2 resident\n"
		}
		if err != nil || string(out) != want {
			t.Errorf("%s: %v, %q, want %q\n%s", line, err, out, want, programs[fmt.Sprintf("run%d", i)])
		}
	}
}
