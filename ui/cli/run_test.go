package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/model/wire"
	"incore/ui/cli"
)

var (
	killed   = model.Died{Proc: "main", Signal: "SIGKILL"}
	noRegion = model.Event{Command: parsed("mlock b"), Refused: "b: no such region"}
	unlocked = model.Checked{Expect: "expect all a locked", OK: false, Got: "a[0] is unlocked"}
	dead     = model.Checked{Expect: "expect dead SIGKILL", OK: true, Got: "killed by SIGKILL"}
)

// answers is what the fake subject of most tests answers.
var answers = map[string][]model.Item{
	"expect all a locked": {unlocked},
	"mlock b":             {noRegion},
	"touch a":             {killed, model.Event{Proc: model.Main, Command: parsed("touch a"), Call: "touch", Refused: "no answer: the subject is dead"}},
	"expect dead SIGKILL": {dead},
	"expect alive":        {model.Checked{Expect: "expect alive", Got: "main is dead, killed by SIGKILL"}},
}

func TestRunExitCodes(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		code         int
		stderr       string
		ran          int
	}{
		{"nothing", "# only a comment\n", 0, "", 0},
		{"all held", "mmap a 4\nexpect ok\n", 0, "", 2},
		{"an expect failed, and the run went on", "mmap a 4\nexpect all a locked\nmlock a\n", 1,
			"incore: standard input: 1 of 1 expect failed (line 2)\n", 3},
		{"two of three", "expect all a locked\nexpect ok\n\nexpect all a locked\n", 1,
			"incore: standard input: 2 of 3 expects failed (lines 1, 4)\n", 3},
		{"many", strings.Repeat("expect all a locked\n", 12), 1,
			"incore: standard input: 12 of 12 expects failed (lines 1, 2, 3, 4, 5, 6, 7, 8, …)\n", 12},
		{"refused", "mlock b\nexpect ok\n", 1, "incore: standard input: 1 command refused (line 1)\n", 2},
		{"not parsed, so nothing ran", "mmap a 4\nmlok a\n", 2,
			"incore: standard input:2:1: no such verb: \"mlok\" (did you mean mlock?)\n", 0},
		{"died in the last line", "touch a\n", 4,
			"incore: standard input: line 1: the subject died, killed by SIGKILL, and no \"expect dead\" foresaw it\n", 1},
		{"died and went no further", "touch a\nmlock a\n", 4,
			"incore: standard input: line 1: the subject died, killed by SIGKILL, and no \"expect dead\" foresaw it\n", 1},
		{"died as foreseen", "touch a\nexpect dead SIGKILL\n", 0, "", 2},
		{"died as foreseen, after another expect and a word", "touch a\nexpect ok\nsay 'and now'\nexpect dead SIGKILL\nreset\n", 0, "", 5},
		{"foreseen too late", "touch a\nreset\nexpect dead SIGKILL\n", 4,
			"incore: standard input: line 1: the subject died, killed by SIGKILL, and no \"expect dead\" foresaw it\n", 1},
		{"another expect does not foresee", "touch a\nexpect alive\n", 4,
			"incore: standard input: line 1: the subject died, killed by SIGKILL, and no \"expect dead\" foresaw it; 1 of 1 expect failed (line 2)\n", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newFakeLab(answers)
			f := newFakeApp(t, l, tt.script)
			if code := f.Main([]string{"run", "-"}); code != tt.code {
				t.Errorf("exit code is %d, want %d", code, tt.code)
			}
			if diff := cmp.Diff(tt.stderr, f.errs.String()); diff != "" {
				t.Errorf("stderr (-want +got):\n%s", diff)
			}
			if got := len(l.commands()); got != tt.ran {
				t.Errorf("%d commands ran, want %d: %q", got, tt.ran, l.commands())
			}
			if len(f.opened) > 0 && !l.isClosed() {
				t.Error("the lab is still open")
			}
			if tt.code == cli.ExitUsage && len(f.opened) > 0 {
				t.Error("a subject was started for a file that does not parse")
			}
		})
	}
}

func TestRunText(t *testing.T) {
	l := newFakeLab(map[string][]model.Item{
		"mmap a 4": {model.Started{Proc: model.Main, PID: 4711, PageSize: 4096}, model.Event{
			Call: "memfd_create", Aside: true, Elapsed: 5000, Ret: 3,
		}, model.Event{
			Seq: 1, Proc: model.Main, Command: parsed("mmap a 4"), Call: "mmap", Ret: 0x7f0000000000, RetHex: true, Elapsed: 4100,
			Args:   []model.Arg{{Kind: model.ArgAddr, Text: "NULL"}, {Kind: model.ArgLen, Value: 16384}},
			Mapped: &model.RegionInfo{Name: "a", Base: 0x7f0000000000, Len: 16384, Backing: model.Anon},
		}},
		"touch a[1]": {model.Event{
			Seq: 2, Proc: model.Main, Command: parsed("touch a[1]"), Call: "touch", Ret: 0, Elapsed: 900,
			Args:   []model.Arg{{Kind: model.ArgAddr, Value: 0x7f0000001000}},
			Signal: &model.Signal{Number: 11, Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: 0x7f0000001000},
		}},
		"expect all a locked": {unlocked},
		"mlock b":             {noRegion},
		"wait 1s":             {model.Event{Command: parsed("wait 1s")}},
		"reset": {
			model.Died{Proc: model.Main, Asked: true}, model.Started{Proc: model.Main, PID: 4712, PageSize: 4096},
			model.Event{Command: parsed("reset"), Note: "a fresh subject, no regions"},
		},
		"touch a": {killed, model.Event{Proc: model.Main, Command: parsed("touch a"), Call: "touch", Refused: "no answer: the subject is dead"}},
	})
	l.page = model.Page{Mapping: model.InVMA, Prot: model.ProtNone}
	f := newFakeApp(t, l, `mmap a 4
say 'two words, and µ'
touch a[1]
expect signal SIGSEGV
expect all a locked
mlock b
wait 1s
reset
touch a
expect dead
`)
	if code := f.Main([]string{"run", "-"}); code != cli.ExitFailed {
		t.Errorf("exit code is %d, want %d", code, cli.ExitFailed)
	}
	want := `# Linux 6.18.0, pages of 4K, uid 1000, RLIMIT_MEMLOCK 8M
# PAGEMAP_SCAN needs Linux 6.7; pagemap is read instead
> mmap a 4
  memfd_create() = 3
  mmap(NULL, 16384) = 0x7f0000000000
    4.1µs, no faults
two words, and µ
> touch a[1]
  touch(0x7f0000001000) = 0
  --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_ACCERR, si_addr=0x7f0000001000} ---
    900ns, no faults
    why: …
    try: …
> expect signal SIGSEGV
  ok
> expect all a locked
  FAILED: asked all a locked, is: a[0] is unlocked, line 5
> mlock b
  refused: b: no such region
> wait 1s
> reset
  a fresh subject, no regions
> touch a
  the subject died: killed by SIGKILL
  no answer: the subject is dead
> expect dead
  ok
`
	// The words of why and try are the model's; here it counts that they stand beneath.
	got := regexp.MustCompile(`(?m)^    (why|try): .+$`).ReplaceAllString(f.out.String(), "    $1: …")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stdout (-want +got):\n%s", diff)
	}
}

// TestRunShowsNoControls holds that nothing which a subject or a file can name gets
// to the terminal as a command to it.
func TestRunShowsNoControls(t *testing.T) {
	const evil = "a\x1b[31m\u009b1m\u202e\x07\r\n\x7f"
	l := newFakeLab(map[string][]model.Item{
		"mlock a": {
			model.Event{Proc: model.Main, Command: parsed("mlock a"), Call: "mlock", Result: evil, Signal: &model.Signal{Name: "SIGSEGV", Code: evil}},
			model.Event{Command: lang.Say{Text: evil}, Refused: evil},
			model.Event{Command: lang.Say{Text: evil}, Note: evil},
			model.Checked{Expect: evil, Got: evil},
		},
	})
	for _, args := range [][]string{{"run", "-"}, {"run", "--json", "-"}, {"run", "--ascii", "-"}} {
		f := newFakeApp(t, l, "mlock a\n")
		f.Main(args)
		for _, r := range f.out.String() {
			if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e') {
				t.Errorf("%q printed %q:\n%q", args, r, f.out)
				break
			}
		}
	}
}

func TestRunJSON(t *testing.T) {
	sample := model.Sample{Time: 10, Proc: "main", Regions: []model.RegionSample{{Name: "a"}}}
	l := newFakeLab(map[string][]model.Item{
		"mlock a":             {model.Event{Proc: model.Main, Command: parsed("mlock a"), Call: "mlock", Ret: -1, Errno: "EPERM"}},
		"expect all a locked": {sample, unlocked},
		"touch a":             {model.Event{Proc: model.Main, Command: parsed("touch a"), Call: "touch"}, killed},
	})
	f := newFakeApp(t, l, "\nmmap a 4\nmlock a\nexpect all a locked\ntouch a\nexpect dead\n")
	if code := f.Main([]string{"run", "--json", "-"}); code != cli.ExitFailed {
		t.Errorf("exit code is %d, want %d", code, cli.ExitFailed)
	}
	var types []string
	var finished map[string]any
	for line := range strings.Lines(f.out.String()) {
		finished = nil
		if err := json.Unmarshal([]byte(line), &finished); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if finished["type"] == "finished" {
			types = append(types, "finished")
			continue
		}
		var rec wire.Record
		if err := json.Unmarshal([]byte(line), &rec); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		types = append(types, fmt.Sprintf("%d %T", rec.Line, rec.Item))
	}
	want := []string{
		"0 model.Started", "2 model.Event", "3 model.Event", "3 model.Sample", "4 model.Sample", "4 model.Checked",
		"5 model.Event", "5 model.Died", "6 model.Checked", "finished",
	}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{
		"type": "finished", "commands": 5., "expects": 2., "failed": 1., "failed_lines": []any{4.}, "refused": 0., "died": false,
		"interrupted": false, "exit_code": float64(cli.ExitFailed),
	}, finished); diff != "" {
		t.Errorf("the last line (-want +got):\n%s", diff)
	}
}

// TestRunFollows holds that a reader sees a command before it ends.
func TestRunFollows(t *testing.T) {
	l := newFakeLab(nil)
	l.blocks = "mlock a"
	f := newFakeApp(t, l, "mmap a 4\nmlock a\n")
	r, w := io.Pipe()
	f.Stdout = w
	done := make(chan int)
	go func() { done <- f.Main([]string{"run", "-"}) }()
	var seen strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(seen.String(), "> mlock a\n") {
		n, err := r.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		seen.Write(buf[:n])
	}
	<-l.reached
	l.release <- struct{}{}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	if code := <-done; code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
}

func TestRunInterrupted(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		t.Run(fmt.Sprintf("deaf=%t", deaf), func(t *testing.T) {
			l := newFakeLab(nil)
			l.blocks, l.deaf = "touch a at 1/s", deaf
			lines, err := lang.ParseScript("x", strings.NewReader("mmap a 4\ntouch a at 1/s\nmlock a\n"))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-l.reached
				cancel()
			}()
			status, wrong, err := cli.RunUntil(ctx, l, lines)
			if err != nil {
				t.Fatal(err)
			}
			if status != cli.ExitInterrupted || wrong != "interrupted in line 2" {
				t.Errorf("code %d, %q", status, wrong)
			}
			if got := l.commands(); len(got) != 2 {
				t.Errorf("ran %q", got)
			}
			if deaf && !l.isClosed() {
				t.Error("a lab that does not heed the interrupt was not ended")
			}
		})
	}
}

// brokenWriter fails every write.
type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestRunOutputFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		err    error
		code   int
		stderr string
	}{
		{"reader gone", &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, cli.ExitPipe, ""},
		{"disk full", &os.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("no space left on device")}, cli.ExitFailed,
			"incore: standard output cannot be written: no space left on device\n"},
	} {
		for _, args := range [][]string{{"run", "-"}, {"run", "--json", "-"}, {}} {
			t.Run(fmt.Sprint(tt.name, args), func(t *testing.T) {
				l := newFakeLab(nil)
				f := newFakeApp(t, l, "mmap a 4\nmlock a\n")
				f.Stdout = brokenWriter{tt.err}
				if code := f.Main(args); code != tt.code {
					t.Errorf("exit code is %d, want %d", code, tt.code)
				}
				if got := f.errs.String(); got != tt.stderr {
					t.Errorf("stderr is %q, want %q", got, tt.stderr)
				}
				if ran := l.commands(); len(ran) > 0 {
					t.Errorf("went on with %q", ran)
				}
			})
		}
	}
}

func TestNoSubject(t *testing.T) {
	for _, tt := range []struct {
		args     []string
		terminal bool
	}{{[]string{"run", "-"}, false}, {nil, false}, {nil, true}} {
		f := newFakeApp(t, nil, "mmap a 4\n")
		f.Terminal = tt.terminal
		f.Open = func(context.Context, cli.LabOptions) (cli.Lab, error) {
			return nil, errors.New("memfd_create: operation not permitted (EPERM)")
		}
		if code := f.Main(tt.args); code != cli.ExitNoSubject {
			t.Errorf("%q: exit code is %d, want %d", tt.args, code, cli.ExitNoSubject)
		}
		if got, want := f.errs.String(), "incore: memfd_create: operation not permitted (EPERM)\n"; got != want {
			t.Errorf("%q: stderr is %q, want %q", tt.args, got, want)
		}
	}
}
