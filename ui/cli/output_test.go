package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"incore/ui/cli"
)

// printing are the command lines that print something, by the command that they are of; what is
// read from standard input is a script.
var printing = map[string][][]string{
	"incore":                       {{}, {"--plain"}, {"--version"}, {"--help"}},
	"incore run":                   {{"run", "-"}, {"run", "--json", "-"}, {"run", "--help"}},
	"incore lesson":                {{"lesson"}, {"lesson", "--print", "6"}, {"lesson", "--plain", "6"}, {"lesson", "--help"}},
	"incore check":                 {{"check", "6"}, {"check", "--json", "6"}, {"check", "--tap", "6"}, {"check", "--help"}},
	"incore new-lesson":            {{"new-lesson", "--help"}},
	"incore doctor":                {{"doctor"}, {"doctor", "--json"}, {"doctor", "--help"}},
	"incore config":                {{"config"}, {"config", "--json"}, {"config", "--help"}},
	"incore man":                   {{"man"}, {"man", "--help"}},
	"incore help":                  {{"help"}, {"help", "run"}, {"help", "--help"}},
	"incore completion":            {{"completion", "--help"}},
	"incore completion bash":       {{"completion", "bash"}, {"completion", "bash", "--help"}},
	"incore completion zsh":        {{"completion", "zsh"}, {"completion", "zsh", "--help"}},
	"incore completion fish":       {{"completion", "fish"}, {"completion", "fish", "--help"}},
	"incore completion powershell": {{"completion", "powershell"}, {"completion", "powershell", "--help"}},
}

// eachCommand calls f with the program's command and all those beneath it.
func eachCommand(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, sub := range cmd.Commands() {
		eachCommand(sub, f)
	}
}

// TestOutputOfEveryCommand holds that printing leaves no command out.
func TestOutputOfEveryCommand(t *testing.T) {
	f := newFakeApp(t, newFakeLab(nil), "")
	root := f.Commands()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	n := 0
	eachCommand(root, func(cmd *cobra.Command) {
		n++
		if printing[cmd.CommandPath()] == nil {
			t.Errorf("no line of %q is tried with an output that fails", cmd.CommandPath())
		}
	})
	if n != len(printing) {
		t.Errorf("there are %d commands, and lines of %d", n, len(printing))
	}
}

// runInto runs the program with that standard output, which is closed then; wrap are words before its own.
func runInto(t *testing.T, out *os.File, wrap, args []string) (code int, stderr string) {
	t.Helper()
	path, err := exec.LookPath("incore")
	if err != nil {
		t.Fatal(err)
	}
	words := append(append(slices.Clone(wrap), path), args...)
	cmd := exec.Command(words[0], words[1:]...)
	errs := new(strings.Builder)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("mmap a 4\nexpect ok\n"), out, errs
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8")
	err = cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if s := cmd.ProcessState.Sys().(syscall.WaitStatus); s.Signaled() {
		return 128 + int(s.Signal()), errs.String()
	}
	return cmd.ProcessState.ExitCode(), errs.String()
}

// TestE2EOutputFails holds that every command answers a standard output that cannot be written in
// the same way: one line, and exit code 1; and one whose reader went away by SIGPIPE.
func TestE2EOutputFails(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skipf("/dev/full is Linux's; this is %s", runtime.GOOS)
	}
	needSubject(t)
	open := func(name string, flag int) func() *os.File {
		return func() *os.File {
			f, err := os.OpenFile(name, flag, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
	}
	// A file that is longer already than any may become (RLIMIT_FSIZE): 16 MiB where a shell counts
	// in blocks of 512 bytes, which leaves the subject's own files room.
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 64<<20); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		out    func() *os.File
		wrap   []string
		code   int
		stderr string
	}{
		{"full", open("/dev/full", os.O_WRONLY), nil, cli.ExitFailed, "incore: standard output cannot be written: no space left on device\n"},
		{"file too large", open(large, os.O_WRONLY|os.O_APPEND), []string{"/bin/sh", "-c", `ulimit -f 32768; exec "$0" "$@"`},
			cli.ExitFailed, "incore: standard output cannot be written: file too large\n"},
		{"not for writing", open(os.DevNull, os.O_RDONLY), nil, cli.ExitFailed, "incore: standard output cannot be written: bad file descriptor\n"},
		{"reader gone", func() *os.File {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			return w
		}, nil, cli.ExitPipe, ""},
		// Go opens /dev/null for one of 0, 1, 2 that is closed, as git does: nothing is to be told, and
		// nothing fails. It is not to be told from a /dev/null that is meant.
		{"closed", open(os.DevNull, os.O_WRONLY), []string{"/bin/sh", "-c", `exec "$0" "$@" >&-`}, cli.ExitHeld, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, lines := range printing {
				if tt.name != "full" {
					lines = lines[:1] // the rule is one; here it is of another error
				}
				for _, args := range lines {
					if code, stderr := runInto(t, tt.out(), tt.wrap, args); code != tt.code || stderr != tt.stderr {
						t.Errorf("incore %s: exit code %d, want %d; stderr %q, want %q", strings.Join(args, " "), code, tt.code, stderr, tt.stderr)
					}
				}
			}
		})
	}
}
