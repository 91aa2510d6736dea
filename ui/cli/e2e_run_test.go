package cli_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"incore/model"
	"incore/model/wire"
	"incore/ui/cli"
)

// running is a program whose standard output is a pipe to the test.
type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    *bufio.Reader
	pipe   io.Closer
	stderr *strings.Builder
	tmp    string
}

// startRun starts "incore run" with those arguments and that script on standard input.
func startRun(t *testing.T, script string, args ...string) *running {
	t.Helper()
	needSubject(t)
	path, err := exec.LookPath("incore")
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, stderr: new(strings.Builder), tmp: t.TempDir()}
	r.cmd = exec.Command(path, append([]string{"run"}, args...)...)
	r.cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "TMPDIR="+r.tmp)
	r.cmd.Stdin, r.cmd.Stderr = strings.NewReader(script), r.stderr
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.out, r.pipe = bufio.NewReader(out), out
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() }) // fails where it has ended, which is well
	return r
}

// readTo reads lines up to one that begins so, and returns that.
func (r *running) readTo(prefix string) string {
	r.t.Helper()
	for {
		line, err := r.out.ReadString('\n')
		if err != nil {
			r.t.Fatalf("no line %q before the end (%v); stderr: %s", prefix, err, r.stderr)
		}
		if strings.HasPrefix(line, prefix) {
			return line
		}
	}
}

// wait waits for the end and returns the exit code, 128 + n for the signal n.
func (r *running) wait() int {
	r.t.Helper()
	rest, err := io.ReadAll(r.out)
	if err != nil && !errors.Is(err, os.ErrClosed) {
		r.t.Fatalf("%v after %q", err, rest)
	}
	err = r.cmd.Wait()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	if s := r.cmd.ProcessState.Sys().(syscall.WaitStatus); !r.cmd.ProcessState.Exited() {
		return 128 + int(s.Signal())
	}
	return r.cmd.ProcessState.ExitCode()
}

func TestE2ERunInterrupted(t *testing.T) {
	for _, script := range []string{
		"mmap a 64\nwait 1h\nmunmap a\n",
		"mmap a 64\ntouch a at 1/s\nmunmap a\n",
	} {
		r := startRun(t, script, "-")
		r.readTo("> mmap a")
		r.readTo("> ")
		subject := childOf(t, r.cmd.Process.Pid)
		if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if code := r.wait(); code != cli.ExitInterrupted {
			t.Errorf("exit code is %d, want %d", code, cli.ExitInterrupted)
		}
		if got, want := r.stderr.String(), "incore: standard input: interrupted in line 2\n"; got != want {
			t.Errorf("stderr is %q, want %q", got, want)
		}
		checkGone(t, subject)
		checkNoFiles(t, r.tmp)
	}
}

func TestE2ERunReaderGone(t *testing.T) {
	for _, args := range [][]string{{"-"}, {"--json", "-"}} {
		r := startRun(t, strings.Repeat("mmap a 4\nmunmap a\n", 20_000), args...)
		if _, err := r.out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		subject := childOf(t, r.cmd.Process.Pid)
		if err := r.pipe.Close(); err != nil {
			t.Fatal(err)
		}
		if code := r.wait(); code != cli.ExitPipe {
			t.Errorf("%q: exit code is %d, want %d", args, code, cli.ExitPipe)
		}
		if r.stderr.Len() > 0 {
			t.Errorf("%q: stderr is %q, want nothing", args, r.stderr)
		}
		checkGone(t, subject)
	}
}

func TestE2ERunSubjectKilled(t *testing.T) {
	for _, tt := range []struct {
		name, after string
		code        int
	}{
		{"unforeseen", "mlock a\n", cli.ExitDied},
		{"foreseen", "expect dead SIGKILL\nreset\nmmap a 4\nexpect ok\n", cli.ExitHeld},
		{"foreseen, of another signal", "expect dead SIGSEGV\n", cli.ExitDied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := startRun(t, "mmap a 64\ntouch a at 1/s\n"+tt.after, "--json", "-")
			var started wire.Record
			if err := json.Unmarshal([]byte(r.readTo(`{"type":"started"`)), &started); err != nil {
				t.Fatal(err)
			}
			r.readTo(`{"type":"event"`)
			subject := started.Item.(model.Started).PID
			if child := childOf(t, r.cmd.Process.Pid); child != subject {
				t.Errorf("the subject is %d, and the only child %d", subject, child)
			}
			kill(t, subject)
			var died wire.Record
			if err := json.Unmarshal([]byte(r.readTo(`{"type":"died"`)), &died); err != nil {
				t.Fatal(err)
			}
			if d := died.Item.(model.Died); d.Signal != "SIGKILL" || d.Asked {
				t.Errorf("died: %+v", d)
			}
			if code := r.wait(); code != tt.code {
				t.Errorf("exit code is %d, want %d; stderr: %s", code, tt.code, r.stderr)
			}
		})
	}
}

// TestE2ERunIncoreKilled holds that nothing outlives a kill -9 of incore.
func TestE2ERunIncoreKilled(t *testing.T) {
	r := startRun(t, "mmap a 64 memfd\ntouch a\nwait 1h\n", "-")
	r.readTo("> wait")
	subject := childOf(t, r.cmd.Process.Pid)
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	checkGone(t, subject)
	r.wait()
	checkNoFiles(t, r.tmp)
}

// TestE2ERunNamedPipe runs a script from a named pipe, with a writer and without.
func TestE2ERunNamedPipe(t *testing.T) {
	t.Parallel() // it waits most of its time
	needSubject(t)
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil {
		t.Skipf("no mkfifo to make one with: %v", err)
	}
	name := filepath.Join(t.TempDir(), "pipe")
	if out, err := exec.Command(mkfifo, name).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	go func() { _ = os.WriteFile(name, []byte("mmap a 4\nexpect ok\n"), 0) }() // a failure shows as a run without lines
	r := startRun(t, "", name)
	r.readTo("> expect ok")
	if code := r.wait(); code != cli.ExitHeld {
		t.Errorf("exit code is %d: %s", code, r.stderr)
	}

	r = startRun(t, "", name)
	if code := r.wait(); code != cli.ExitUsage {
		t.Errorf("without a writer the exit code is %d", code)
	}
	want := "incore: waiting for " + name + ": nothing has come of it yet (ctrl+c ends this)\n" +
		"incore: " + name + ": a named pipe that nobody writes to (waited 5s)\n"
	if got := r.stderr.String(); got != want {
		t.Errorf("stderr is %q, want %q", got, want)
	}
}
