package cli

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestReadmeJQ runs the README's line with jq, and without jq holds that there are the fields
// which it asks for.
func TestReadmeJQ(t *testing.T) {
	needSubject(t)
	script, _ := readmeScript(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key.incore"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	list := blocks(section(t, readmeText(t), "## JSON Lines"))
	line := strings.TrimSpace(list[len(list)-1])
	run, filter, ok := strings.Cut(line, " | jq -r ")
	if !ok || run != "incore run --json key.incore" {
		t.Fatalf("the README's line with jq is %q", line)
	}
	if jq, err := exec.LookPath("jq"); err == nil && jq != "" {
		out, _ := runIn(t, dir, "/bin/sh", "-c", line)
		if want := regexp.MustCompile(`^mmap key 4\t\d+\nmemset key\+0,32 0x41\t\d+\n`); !want.MatchString(out) {
			t.Errorf("%s prints\n%s", line, out)
		}
		return
	}
	out, _ := runIn(t, dir, "incore", strings.Fields(run)[1:]...)
	for event := range strings.Lines(out) {
		fields := map[string]any{}
		if err := json.Unmarshal([]byte(event), &fields); err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\.(\w+)`).FindAllStringSubmatch(filter, -1) {
			if _, ok := fields[name[1]]; !ok && fields["type"] == "event" {
				t.Errorf("%s has no %s", event, name[1])
			}
		}
	}
}

// everything is a script that makes incore print nearly all that there is in JSON.
const everything = `mmap a 8
touch a[0..3] at 1000/s
mmap f 4 scratch
mlock a[0]
expect all a resident
mlock nope
mprotect a[5] none
touch a[5]
malloc big 1M
fork child
in child touch a[1]
in child exit 3
memcmp a[0] a[1]
shmget s 4
munmap a[2..3]
munmap a
say hello
mlock 0x1000,4096
signal SIGSEGV die
mmap z 1
mprotect z none
touch z
expect alive
`

// TestReadmeJSON holds that the README tells of each field that incore has in JSON, in its sources and
// as it runs, and of none that it has not.
func TestReadmeJSON(t *testing.T) {
	needSubject(t)
	told := map[string]bool{}
	for _, q := range quoted.FindAllStringSubmatch(section(t, readmeText(t), "## JSON Lines"), -1) {
		told[q[1]] = true
	}

	has := map[string]bool{}
	sources, _ := filepath.Glob("../../model/wire/*.go") // the pattern is well-formed
	tag := regexp.MustCompile(`json:"(\w+)`)
	for _, name := range append(sources, "jsonl.go") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Skipf("the sources are not here: %v", err)
		}
		for _, m := range tag.FindAllSubmatch(b, -1) {
			has[string(m[1])] = true
		}
	}
	delete(has, "queued") // of what the screen alone is told

	cmd := exec.Command("incore", "run", "--json", "-")
	cmd.Stdin = strings.NewReader(everything)
	out, err := cmd.Output()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitDied {
		t.Errorf("the script ends with %v", err)
	}
	types := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		types[v["type"].(string)] = true
		for name := range fieldsOf(v) {
			if !has[name] {
				t.Errorf("%s is printed, and in no source", name)
			}
		}
	}
	for name := range types {
		has[name] = true
	}
	if len(types) != 6 {
		t.Errorf("the script makes incore print %v", slices.Sorted(maps.Keys(types)))
	}
	for name := range has {
		if !told[name] {
			t.Errorf("the README does not tell of %s", name)
		}
	}
	// Values of fields, which the README names beside them, and the rest.
	for _, value := range strings.Fields(`word length touch memset memcpy memmove memcmp ENOMEM say none minor major accessed reset
		brk mmap not_asked absent resident unlocked locked onfault shm_locked r rw in_vma mapped swapped zero huge guard file exclusive expect maybe_zero maybe_huge maybe_guard unread`) {
		has[value] = true
	}
	for name := range told {
		if !has[name] && !strings.HasPrefix(name, "incore run") && !strings.HasPrefix(name, `"0x`) {
			t.Errorf("the README tells of %s, which is no field", name)
		}
	}
}

// fieldsOf are the names of all fields in a value of JSON.
func fieldsOf(v any) map[string]bool {
	names := map[string]bool{}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			names[name] = true
			maps.Copy(names, fieldsOf(inner))
		}
	case []any:
		for _, inner := range v {
			maps.Copy(names, fieldsOf(inner))
		}
	}
	return names
}

// TestReadmeExitStatus holds each row of the README's table by a run that ends so. Those of signals,
// of a pipe without a reader and of a panic have tests of their own.
func TestReadmeExitStatus(t *testing.T) {
	needSubject(t)
	const signals = "129, 130, 143"
	tried := map[string][]struct{ line, script string }{
		"0": {{"run -", "mmap a 1\nexpect ok\n"}, {"run -", "mlock 0x1000,4096\n"}, {"run -", "mmap a 1\nfork c\nin c exit 3\n"},
			{"run -", "kill SIGKILL\nexpect dead SIGKILL\n"}},
		"1": {{"run -", "mmap a 1\nexpect all a locked\n"}, {"run -", "mlock nope\n"}, {"run -", "mlock 0x1000,4096\nexpect ok\n"}, {"run - >/dev/full", "mmap a 1\n"},
			{"--version >/dev/full", ""}},
		"2": {{"--nothing", ""}, {"run", ""}, {"run nowhere.incore", ""}, {"run -", "mlok a\n"}},
		"3": {{"run -", "mmap a 1\n"}},
		"4": {{"run -", "kill SIGKILL\n"}, {"run -", "exit 0\n"}},
	}
	var rows []string
	for line := range strings.Lines(section(t, readmeText(t), "### Exit status")) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && cells[1] != " status " && cells[1] != " --- " {
			rows = append(rows, strings.TrimSpace(cells[1]))
		}
	}
	want := []string{"0", "1", "2", "3", "4", strconv.Itoa(exitPanic), signals, strconv.Itoa(exitPipe)}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("the table's rows (-known +README):\n%s", diff)
	}
	for _, status := range slices.Sorted(maps.Keys(tried)) {
		for _, run := range tried[status] {
			line := "incore " + run.line
			if status == "3" {
				line = "ulimit -f 0; " + line // which allows the subject no file to lie in
			}
			cmd := exec.Command("/bin/sh", "-c", line)
			cmd.Stdin = strings.NewReader(run.script)
			err := cmd.Run()
			if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != status {
				t.Errorf("%s, of %q, ends with %s (%v), want %s", line, run.script, got, err, status)
			}
		}
	}
}
