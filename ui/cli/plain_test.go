package cli_test

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/ui/cli"
	"incore/ui/plain"
)

// fail is what a script on standard input ends with, and what a user who types ends with.
func TestPlainExitCodes(t *testing.T) {
	for _, tt := range []struct {
		name, input string
		typed       bool
		code        int
		stderr      string
	}{
		{"nothing", "", false, cli.ExitHeld, ""},
		{"held", "mmap a 4\nexpect ok\n", false, cli.ExitHeld, ""},
		{"a verb that is none", "mlok a\nmmap a 4\n", false, cli.ExitFailed, "incore: standard input: 1 line in error (line 1)\n"},
		{"too long", strings.Repeat("x", lang.MaxLine+1) + "\nexpect ok\n", false, cli.ExitFailed, "incore: standard input: 1 line in error (line 1)\n"},
		{"an expect failed", "expect all a locked\n", false, cli.ExitFailed, "incore: standard input: 1 line in error (line 1)\n"},
		{"refused", "\nmlock b\n", false, cli.ExitFailed, "incore: standard input: 1 line in error (line 2)\n"},
		{"typed", "mlok a\nmlock b\n", true, cli.ExitHeld, ""},
		{"quit", "quit\nmlok a\n", false, cli.ExitHeld, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newFakeLab(answers)
			f := newFakeApp(t, l, tt.input)
			f.Typed = tt.typed
			if code := f.Main([]string{"--plain"}); code != tt.code {
				t.Errorf("exit code is %d, want %d; it said %s", code, tt.code, f.out)
			}
			if got := f.errs.String(); got != tt.stderr {
				t.Errorf("stderr is %q, want %q", got, tt.stderr)
			}
			if !l.isClosed() {
				t.Error("the lab is left open")
			}
			if f.opened[0] != (cli.LabOptions{Sharing: true}) {
				t.Errorf("opened with %+v", f.opened)
			}
			if got := strings.Contains(f.out.String(), "incore> "); got != tt.typed {
				t.Errorf("a prompt is written: %v; %q", got, f.out)
			}
		})
	}
}

// Where a terminal takes no escape sequences and somebody sits there, it is a conversation.
func TestPlainIsChosen(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		args                  []string
		terminal, dumb, typed bool
		want                  bool
	}{
		{"asked for", []string{"--plain"}, true, false, true, true},
		{"dumb", nil, false, true, true, true},
		{"dumb, and nobody types", nil, false, true, false, false},
		{"no terminal, and somebody types", nil, false, false, true, false},
		{"a terminal", nil, true, false, true, false},
	} {
		f := newFakeApp(t, newFakeLab(nil), "")
		f.Terminal, f.Dumb, f.Typed = tt.terminal, tt.dumb, tt.typed
		if code := f.Main(tt.args); code != cli.ExitHeld {
			t.Errorf("%s: exit code is %d: %s", tt.name, code, f.errs)
		}
		if got := strings.HasPrefix(f.out.String(), "incore in plain text. "); got != tt.want {
			t.Errorf("%s: a conversation: %v; %q", tt.name, got, f.out)
		}
	}
}

// Commands act in the process that was chosen, but those of the session and those that name
// one themselves.
func TestPlainProcess(t *testing.T) {
	l := newFakeLab(map[string][]model.Item{"fork child": {
		model.Started{Proc: "child", Parent: "main", PID: 4712, PageSize: 4096},
		model.Event{Proc: "main", Command: parsed("fork child"), Call: "clone", Ret: 4712},
	}})
	f := newFakeApp(t, l, "fork child\nprocess child\nmunlockall\nin main munlockall\nspeed max\nprocess main\nmunlockall\n")
	f.Typed = true
	if code := f.Main([]string{"--plain"}); code != cli.ExitHeld {
		t.Fatalf("exit code is %d: %s", code, f.errs)
	}
	want := []string{"fork child", "in child munlockall", "in main munlockall", "speed max", "munlockall"}
	if diff := cmp.Diff(want, l.commands()); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if n := strings.Count(f.out.String(), "incore in child> "); n != 4 {
		t.Errorf("%d prompts name the process, want 4:\n%s", n, f.out)
	}
}

// No text from outside reaches the terminal as a control character.
func TestPlainIsFiltered(t *testing.T) {
	l := newFakeLab(map[string][]model.Item{"munlockall": {
		model.Event{Proc: "main", Command: parsed("munlockall"), Call: "munlockall", Errno: "EPERM", ErrText: "no\x1b[2J"},
	}})
	l.state = l.state.Apply(model.Started{Proc: "main", PageSize: 4096, Kernel: "6\x1b[31m", Missing: []string{"\u202e\a"}})
	f := newFakeApp(t, l, "munlockall\n\x1b[2J\nhelp \x1b[2J\nprocess \a\nwhy\ncalls\n")
	f.Main([]string{"--plain"})
	out := f.out.String() + f.errs.String()
	if i := strings.IndexAny(out, "\x1b\a\u202e"); i >= 0 {
		t.Errorf("a control character in %q", out)
	}
	for _, want := range []string{`no\x1b[2J`, `6\x1b[31m`, `\u202e\x07`} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %q", want, out)
		}
	}
}

// grace is how long a call of these conversations may go on after an interrupt before that is said.
const grace = 500 * time.Millisecond

// talk is a conversation of a test: the test types, and reads what is said.
type talk struct {
	t       *testing.T
	lines   chan plain.Line
	signals chan os.Signal
	ended   chan error

	mu   sync.Mutex
	said strings.Builder
	more chan struct{}
}

func startTalk(t *testing.T, l cli.Lab) *talk {
	k := &talk{
		t: t, lines: make(chan plain.Line), signals: make(chan os.Signal), ended: make(chan error, 1), more: make(chan struct{}, 1),
	}
	p := plain.New(plain.Config{Out: k, Lab: l, Typed: true, Lines: k.lines, Signals: k.signals, Grace: grace})
	go func() { k.ended <- p.Converse(context.Background()) }()
	return k
}

// Write implements io.Writer.
func (k *talk) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case k.more <- struct{}{}:
	default:
	}
	return k.said.Write(b)
}

// waitFor waits until that was said, and forgets all up to its end.
func (k *talk) waitFor(words string) {
	k.t.Helper()
	for {
		k.mu.Lock()
		said := k.said.String()
		_, rest, found := strings.Cut(said, words)
		if found {
			k.said.Reset()
			k.said.WriteString(rest)
		}
		k.mu.Unlock()
		if found {
			return
		}
		select {
		case <-k.more:
		case err := <-k.ended:
			k.t.Fatalf("it ended (%v) before it said %q: %q", err, words, said)
		}
	}
}

func (k *talk) end() error {
	k.t.Helper()
	return <-k.ended
}

func TestPlainInterrupt(t *testing.T) {
	l := newFakeLab(nil)
	l.blocks = "touch a"
	k := startTalk(t, l)
	k.waitFor("incore> ")
	k.lines <- plain.Line{Text: "touch a"}
	<-l.reached
	k.signals <- syscall.SIGINT
	k.waitFor("touch()")
	k.waitFor("incore> ")
	if !l.interrupted {
		t.Error("the command was not interrupted")
	}
	k.lines <- plain.Line{Text: "munlockall"}
	k.waitFor("munlockall()")
	k.waitFor("incore> ")
	k.signals <- syscall.SIGINT
	if err := k.end(); err == nil || err.Error() != (plain.Ended{Signal: syscall.SIGINT}).Error() {
		t.Errorf("it ended with %v", err)
	}
}

// A call that does not heed the interrupt is given up at the second one.
func TestPlainInterruptTwice(t *testing.T) {
	l := newFakeLab(nil)
	l.blocks, l.deaf = "mlock a", true
	k := startTalk(t, l)
	k.lines <- plain.Line{Text: "mlock a"}
	<-l.reached
	k.signals <- syscall.SIGINT
	k.waitFor("The call goes on: ")
	k.signals <- syscall.SIGINT
	if err := k.end(); err == nil || err.Error() != (plain.Ended{Signal: syscall.SIGINT}).Error() {
		t.Errorf("it ended with %v", err)
	}
	l.Close()
}

func TestPlainTermination(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		l := newFakeLab(nil)
		l.blocks = "touch a"
		k := startTalk(t, l)
		k.lines <- plain.Line{Text: "touch a"}
		<-l.reached
		k.signals <- s
		if err := k.end(); err == nil || err.Error() != (plain.Ended{Signal: s}).Error() {
			t.Errorf("it ended with %v", err)
		}
		l.Close()
	}
}

// tellingLab tells what happens by itself, too.
type tellingLab struct {
	*fakeLab
	happened chan []model.Item
}

func (l *tellingLab) Next(ctx context.Context) ([]model.Item, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case items, ok := <-l.happened:
		if !ok {
			return nil, io.EOF
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, it := range items {
			l.state = l.state.Apply(it)
		}
		return items, nil
	}
}

// A death between commands is told at once, below the prompt, which is then given again.
func TestPlainDeathIsToldAtOnce(t *testing.T) {
	l := &tellingLab{newFakeLab(nil), make(chan []model.Item)}
	k := startTalk(t, l)
	k.waitFor("incore> ")
	l.happened <- []model.Item{model.Sample{Proc: "main"}, model.Died{Proc: "main", Signal: "SIGKILL", Asked: true}}
	l.happened <- []model.Item{killed}
	k.waitFor("\nThe subject died: killed by SIGKILL. reset starts a fresh one.\nincore> ")
	k.lines <- plain.Line{Text: "quit"}
	if err := k.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if rest := k.said.String(); rest != "" {
		t.Errorf("it said more: %q", rest)
	}
}

// What changed between two commands is not put down to the second.
func TestPlainMeanwhile(t *testing.T) {
	l := newFakeLab(map[string][]model.Item{"mmap a 4": {model.Event{
		Proc: "main", Command: parsed("mmap a 4"), Call: "mmap",
		Mapped: &model.RegionInfo{Name: "a", Base: 0x1000, Len: 4 * 4096, Backing: model.Anon},
	}}})
	l.page = model.Page{Residency: model.Resident, Mapping: model.InVMA | model.Mapped, Prot: model.ProtRead}
	k := startTalk(t, l)
	k.lines <- plain.Line{Text: "mmap a 4"}
	k.waitFor("a: new, 4 pages, 16K, private, anonymous. All 4 pages are resident, anonymous; not locked; read-only.\nincore> ")
	l.mu.Lock()
	l.page = model.Page{Residency: model.Absent, Mapping: model.InVMA | model.Swapped, Prot: model.ProtRead}
	l.mu.Unlock()
	k.lines <- plain.Line{Text: "munlockall"}
	k.waitFor("Meanwhile, before this command:\na: all 4 pages are now swapped out.\nmunlockall() = 0\n")
	k.waitFor("No page changed.\nincore> ")
	close(k.lines)
	if err := k.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
