package cli_test

import (
	"encoding/json"
	"flag"
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

	"incore/assets"
	"incore/model/lang"
	"incore/ui/cli"
	"incore/ui/plain"
)

var update = flag.Bool("update", false, "write anew what the reference has from tables of the program")

// referenceText is a text of the reference.
func referenceText(t *testing.T, name string) string {
	t.Helper()
	for _, p := range assets.Reference() {
		if p.Name == name {
			return p.Text
		}
	}
	t.Fatalf("the reference has no %s", name)
	return ""
}

// TestReferenceTables holds the parts of the reference that are written from tables of the program: by
// go test ./ui/cli -run TestReferenceTables -update.
func TestReferenceTables(t *testing.T) {
	var verbs, checks, words, colors strings.Builder
	for _, v := range lang.Verbs() {
		verbs.WriteString("- `" + v.Usage + "`: " + v.Help + "\n")
	}
	for _, w := range plain.Words() {
		words.WriteString("- `" + w.Usage() + "`: " + w.Help + "\n")
	}
	for _, c := range lang.ExpectForms() {
		checks.WriteString("- `" + c.Usage + "`: " + c.Help + "\n")
	}
	theme, err := assets.Themes.ReadFile("themes/default.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"(\w+)":\s+\{"dark"`).FindAllSubmatch(theme, -1) {
		colors.WriteString(" `" + string(m[1]) + "`")
	}
	texts := map[string]string{} // as they are written
	for _, part := range []struct{ name, heading, want string }{
		{"language", "## Verbs", verbs.String()},
		{"language", "## Checks", checks.String()},
		{"plain", "## Words to look", words.String()},
		{"themes", "## Names of colors", strings.TrimSpace(colors.String()) + "\n"},
	} {
		text, ok := texts[part.name]
		if !ok {
			text = referenceText(t, part.name)
		}
		before, rest, ok := strings.Cut(text, "\n"+part.heading+"\n")
		if !ok {
			t.Errorf("%s.md has no %s", part.name, part.heading)
			continue
		}
		want := before + "\n" + part.heading + "\n\n" + part.want
		if _, after, ok := strings.Cut(rest, "\n## "); ok {
			want += "\n## " + after
		}
		if *update {
			if err := os.WriteFile("../../assets/reference/"+part.name+".md", []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			texts[part.name] = want
		} else if diff := cmp.Diff(want, text); diff != "" {
			t.Errorf("%s.md (-program +file), go test ./ui/cli -run TestReferenceTables -update writes it:\n%s", part.name, diff)
		}
	}
}

// TestReferenceWords holds that language.md has every word that stands for an advice, a state or a comparison.
func TestReferenceWords(t *testing.T) {
	told := map[string]bool{}
	for _, q := range quoted.FindAllStringSubmatch(referenceText(t, "language"), -1) {
		told[q[1]] = true
	}
	words := append(lang.Advices(), lang.FileAdvices()...)
	for _, state := range lang.PageStates() {
		words = append(words, string(state))
	}
	for _, op := range []lang.Op{lang.Eq, lang.Ne, lang.Lt, lang.Le, lang.Gt, lang.Ge} {
		words = append(words, string(op))
	}
	for _, word := range words {
		if !told[word] {
			t.Errorf("language.md does not tell of %s", word)
		}
	}
}

// TestHelp reads all that incore help lists: every command, topic and verb. What goes to a pipe is clean text, and what
// goes to a terminal is the same words, drawn.
func TestHelp(t *testing.T) {
	read := func(terminal bool, args ...string) string {
		f := newFakeApp(t, newFakeLab(nil), "")
		f.Terminal = terminal
		if code := f.Main(args); code != cli.ExitHeld || f.errs.String() != "" {
			t.Fatalf("incore %q: exit code %d, %s", args, code, f.errs)
		}
		return f.out.String()
	}
	list := read(false, "help")
	names := lang.VerbNames()
	for _, topic := range slices.Concat(assets.Reference(), assets.Help()) {
		names = append(names, topic.Name)
	}
	for _, name := range names {
		if !regexp.MustCompile(`(?m)^  (.* )?` + name + `( |$)`).MatchString(list) {
			t.Errorf("incore help does not list %s:\n%s", name, list)
		}
		clean, drawn := read(false, "help", name), read(true, "help", name)
		if strings.Contains(clean, "\x1b") || !strings.Contains(drawn, "\x1b") {
			t.Errorf("incore help %s: %q to a pipe, %q to a terminal", name, clean, drawn)
		}
		words := func(s string) []string {
			return strings.Fields(strings.ReplaceAll(regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(s, ""), `"`, ""))
		}
		if diff := cmp.Diff(words(clean), words(drawn)); diff != "" {
			t.Errorf("incore help %s (-pipe +terminal):\n%s", name, diff)
		}
		ascii := read(false, "--ascii", "help", name)
		if i := strings.IndexFunc(ascii, func(r rune) bool { return r > 0x7e }); i >= 0 || strings.Contains(ascii, `\u`) {
			t.Errorf("incore --ascii help %s: %q", name, ascii)
		}
	}
	if both := read(false, "help", "fork"); !strings.Contains(both, "fork NAME") || !strings.Contains(both, "copy-on-write") {
		t.Errorf("fork is a verb and a topic: %s", both)
	}
	if run := read(false, "help", "run"); !strings.Contains(run, "--json") {
		t.Errorf("run is a command: %s", run)
	}
}

// TestMan holds that there is a manual page for each topic of the reference, and that incore(1) has every command, every
// flag and every exit status.
func TestMan(t *testing.T) {
	read := func(args ...string) string {
		f := newFakeApp(t, newFakeLab(nil), "")
		if code := f.Main(append([]string{"man"}, args...)); code != cli.ExitHeld {
			t.Fatalf("incore man %q: exit code %d, %s", args, code, f.errs)
		}
		return f.out.String()
	}
	page := read()
	for _, want := range []string{"completion", "doctor", "run", "FILE", `\-\-json`, `\-\-background when`, `\-\-version`, "EXIT STATUS", "141", `NO_COLOR`} {
		if !strings.Contains(page, want) {
			t.Errorf("incore(1) has no %s", want)
		}
	}
	for _, topic := range assets.Reference() {
		if text := read(topic.Name); !strings.HasPrefix(text, ".TH INCORE-"+strings.ToUpper(topic.Name)+" 7 ") {
			t.Errorf("incore man %s: %.80s", topic.Name, text)
		}
		if !strings.Contains(page, `incore\-`+strings.ReplaceAll(topic.Name, "-", `\-`)) {
			t.Errorf("incore(1) does not name incore-%s(7)", topic.Name)
		}
	}
}

// TestReferenceJQ runs the line with jq of the reference, and without jq holds that there are the fields
// which it asks for.
func TestReferenceJQ(t *testing.T) {
	needSubject(t)
	script, _ := readmeScript(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key.incore"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSpace(blocks(referenceText(t, "json"))[0])
	run, filter, ok := strings.Cut(line, " | jq -r ")
	if !ok || run != "incore run --json key.incore" {
		t.Fatalf("the line with jq of the reference is %q", line)
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

// TestReferenceJSON holds that the reference tells of each field that incore has in JSON, in its sources and
// as it runs, and of none that it has not.
func TestReferenceJSON(t *testing.T) {
	needSubject(t)
	told := map[string]bool{}
	for _, q := range quoted.FindAllStringSubmatch(referenceText(t, "json"), -1) {
		told[q[1]] = true
	}

	has := map[string]bool{}
	sources, _ := filepath.Glob("../../model/wire/*.go") // the pattern is well-formed
	tag := regexp.MustCompile(`json:"(\w+)`)
	for _, name := range append(sources, "jsonl.go", "doctor.go", "config.go", "../settings/write.go") {
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
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != cli.ExitDied {
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
			t.Errorf("json.md does not tell of %s", name)
		}
	}
	// Values of fields, which json.md names beside them, and the rest.
	for _, value := range strings.Fields(`word length touch memset memcpy memmove memcmp ENOMEM say none minor major accessed reset
		brk mmap not_asked absent resident unlocked locked onfault shm_locked r rw in_vma mapped swapped zero huge guard file exclusive expect maybe_zero maybe_huge maybe_guard unread ksm dirty`) {
		has[value] = true
	}
	for name := range told {
		if !has[name] && !strings.HasPrefix(name, "incore run") && !strings.HasPrefix(name, `"0x`) {
			t.Errorf("json.md tells of %s, which is no field", name)
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

// TestReferenceExitStatus holds each row of the reference's table by a run that ends so. Those of signals,
// of a pipe without a reader and of a panic have tests of their own.
func TestReferenceExitStatus(t *testing.T) {
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
	for line := range strings.Lines(referenceText(t, "exit")) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && cells[1] != " status " && cells[1] != " --- " {
			rows = append(rows, strings.TrimSpace(cells[1]))
		}
	}
	want := []string{"0", "1", "2", "3", "4", strconv.Itoa(cli.ExitPanic), signals, strconv.Itoa(cli.ExitPipe)}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("the table's rows (-known +exit.md):\n%s", diff)
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
