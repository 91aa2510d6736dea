package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"incore/ui/cli"
)

// writing reports whether a thread of a process is within a write to a descriptor
// (proc_pid_syscall(5)); the test is skipped where that is not told.
func writing(t *testing.T, pid, fd int) bool {
	t.Helper()
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid)) // the pattern is well-formed
	for _, path := range tasks {
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) && gone(pid) {
			t.Fatal("the program has ended")
		}
		if os.IsPermission(err) {
			t.Skipf("whether a thread waits in a write is not told: %v", err)
		}
		if bytes.HasPrefix(b, fmt.Appendf(nil, "%d %#x ", syscall.SYS_WRITE, fd)) {
			return true
		}
	}
	return false
}

// waitBlocked waits until a process is held by a write: it has been within one for a while.
func waitBlocked(t *testing.T, pid, fd int, meanwhile func()) {
	t.Helper()
	since := 0
	cli.Eventually(t, "a write is held", func() bool {
		if since++; !writing(t, pid, fd) {
			since = 0
			meanwhile()
		}
		return since >= 20
	})
}

// unread is a program in a terminal of which nobody reads what it writes from some time on.
type unread struct {
	cmd           *exec.Cmd
	master, slave *os.File
	before        *term.State
	ended         chan error
}

func startUnread(t *testing.T, args ...string) *unread {
	t.Helper()
	needSubject(t)
	path, err := exec.LookPath("incore")
	if err != nil {
		t.Fatal(err)
	}
	u := &unread{cmd: exec.Command(path, args...), ended: make(chan error, 1)}
	if u.master, u.slave, err = pty.Open(); err != nil {
		t.Skipf("no pseudoterminal can be had here: %v", err)
	}
	if err := pty.Setsize(u.master, &pty.Winsize{Cols: 200, Rows: 60}); err != nil {
		t.Fatal(err)
	}
	if u.before, err = term.GetState(u.slave.Fd()); err != nil {
		t.Fatal(err)
	}
	u.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE"), "TERM=xterm-256color", "LANG=C.UTF-8", "TMPDIR=" + t.TempDir()}
	u.cmd.Stdin, u.cmd.Stdout, u.cmd.Stderr = u.slave, u.slave, u.slave
	takeTerminal(u.cmd)
	if err := u.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { u.ended <- u.cmd.Wait() }()
	t.Cleanup(func() {
		_ = u.cmd.Process.Kill() // fails where it has ended, which is well
		_, _ = u.master.Close(), u.slave.Close()
	})
	return u
}

// readTo reads what the program writes up to a text.
func (u *unread) readTo(t *testing.T, text string) {
	t.Helper()
	var got []byte
	b := make([]byte, 4096)
	for !bytes.Contains(got, []byte(text)) {
		n, err := u.master.Read(b)
		if err != nil {
			t.Fatalf("no %q before the end (%v) in %q", text, err, got)
		}
		got = append(got, b[:n]...)
	}
}

// block has the program write until nobody takes it.
func (u *unread) block(t *testing.T, key string) {
	t.Helper()
	waitBlocked(t, u.cmd.Process.Pid, 1, func() {
		if _, err := io.WriteString(u.master, key); err != nil {
			t.Fatal(err)
		}
	})
}

// checkEnd holds that the program ends with a code, takes its subject along and leaves the terminal
// as it was. It returns how long that took.
func (u *unread) checkEnd(t *testing.T, end func(), code int) time.Duration {
	t.Helper()
	subject := childOf(t, u.cmd.Process.Pid)
	begin := time.Now()
	end()
	select {
	case <-u.ended:
	case <-time.After(cli.Patience):
		t.Fatalf("it does not end within %s", cli.Patience)
	}
	took := time.Since(begin)
	if got := u.cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code is %d, want %d", got, code)
	}
	checkGone(t, subject)
	after, err := term.GetState(u.slave.Fd())
	if err != nil {
		t.Fatal(err)
	}
	if *after != *u.before {
		t.Errorf("the terminal's modes were %+v and are %+v", *u.before, *after)
	}
	if flags, _, _ := syscall.Syscall(syscall.SYS_FCNTL, u.slave.Fd(), syscall.F_GETFL, 0); flags&syscall.O_NONBLOCK != 0 {
		t.Error("the terminal is left non-blocking, for the shell too")
	}
	return took
}

// withinASecond holds that the quickest of some ends came within a second; the others can have
// had to wait for a processor.
func withinASecond(t *testing.T, took []time.Duration) {
	t.Helper()
	for _, d := range took {
		if d < time.Second {
			return
		}
	}
	t.Errorf("the ends took %v", took)
}

var endings = []struct {
	name string
	sig  syscall.Signal
	code int
}{{"SIGTERM", syscall.SIGTERM, 143}, {"SIGHUP", syscall.SIGHUP, 129}, {"SIGINT", syscall.SIGINT, 130}}

// TestE2EEndsUnread holds that a screen of which nobody reads ends by signals and by ctrl+c, and
// that what leaves the alternate screen is written all the same.
func TestE2EEndsUnread(t *testing.T) {
	var took []time.Duration
	for _, tt := range endings {
		t.Run(tt.name, func(t *testing.T) {
			u := startUnread(t)
			u.readTo(t, "quit")
			u.block(t, "P")
			took = append(took, u.checkEnd(t, func() {
				if err := u.cmd.Process.Signal(tt.sig); err != nil {
					t.Fatal(err)
				}
			}, tt.code))
		})
	}
	t.Run("ctrl+c", func(t *testing.T) {
		u := startUnread(t)
		u.readTo(t, "quit")
		u.block(t, "P")
		took = append(took, u.checkEnd(t, func() {
			if _, err := io.WriteString(u.master, "\x03"); err != nil {
				t.Fatal(err)
			}
		}, 0))
		u.readTo(t, "\x1b[?1049l")
	})
	withinASecond(t, took)
}

// TestE2EEndsStopped holds the same of a terminal whose output is stopped, as by ctrl+s.
func TestE2EEndsStopped(t *testing.T) {
	const tcxonc, tcooff = 0x540a, 0 // ioctl_tty(2): stop output
	var took []time.Duration
	for _, tt := range endings {
		u := startUnread(t)
		u.readTo(t, "quit")
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, u.slave.Fd(), tcxonc, tcooff); errno != 0 {
			t.Fatal(errno)
		}
		u.block(t, "P")
		took = append(took, u.checkEnd(t, func() {
			if err := u.cmd.Process.Signal(tt.sig); err != nil {
				t.Fatal(err)
			}
		}, tt.code))
	}
	withinASecond(t, took)
}

// TestE2EEndsPipeUnread holds it of what writes into a pipe that nobody reads. "incore run" is ended
// by SIGTERM and SIGHUP themselves.
func TestE2EEndsPipeUnread(t *testing.T) {
	script := strings.Repeat("mmap a 4\nmunmap a\n", 20_000)
	file := filepath.Join(t.TempDir(), "long.incore")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("incore")
	if err != nil {
		t.Fatal(err)
	}
	needSubject(t)
	var took []time.Duration
	for _, args := range [][]string{{"run", file}, {"run", "--json", file}, {"--plain"}} {
		for _, tt := range endings {
			t.Run(strings.Join(args[:len(args)-1], " ")+" "+tt.name, func(t *testing.T) {
				cmd := exec.Command(path, args...)
				cmd.Stdin = strings.NewReader(script)
				out, err := cmd.StdoutPipe() // that nobody reads
				if err != nil {
					t.Fatal(err)
				}
				var said strings.Builder
				cmd.Stderr = &said
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _, _ = cmd.Process.Kill(), out.Close() })
				waitBlocked(t, cmd.Process.Pid, 1, func() {})
				subject := childOf(t, cmd.Process.Pid)
				begin := time.Now()
				if err := cmd.Process.Signal(tt.sig); err != nil {
					t.Fatal(err)
				}
				done := make(chan error, 1)
				go func() { done <- cmd.Wait() }()
				select {
				case <-done:
				case <-time.After(cli.Patience):
					t.Fatalf("it does not end within %s", cli.Patience)
				}
				took = append(took, time.Since(begin))
				code := cmd.ProcessState.ExitCode()
				if s := cmd.ProcessState.Sys().(syscall.WaitStatus); s.Signaled() && args[0] == "run" {
					code = 128 + int(s.Signal()) // as a shell says it
				}
				if code != tt.code {
					t.Errorf("exit code is %d, want %d; stderr: %s", code, tt.code, said.String())
				}
				if tt.sig == syscall.SIGINT && args[0] == "run" && !strings.Contains(said.String(), "interrupted in line") {
					t.Errorf("stderr is %q", said.String())
				}
				checkGone(t, subject)
			})
		}
	}
	withinASecond(t, took)
}

// TestE2EEndsStarting holds it of a program that has only just been started, that has just started
// its subject, and that has just begun to draw.
func TestE2EEndsStarting(t *testing.T) {
	for _, tt := range endings {
		for _, until := range []func(*unread){
			func(*unread) {},
			func(u *unread) { childOf(t, u.cmd.Process.Pid) },
			func(u *unread) { u.readTo(t, "\x1b") },
		} {
			u := startUnread(t)
			until(u)
			if err := u.cmd.Process.Signal(tt.sig); err != nil {
				t.Fatal(err)
			}
			select {
			case <-u.ended:
			case <-time.After(cli.Patience):
				t.Fatalf("%s: it does not end within %s", tt.name, cli.Patience)
			}
			code := u.cmd.ProcessState.ExitCode()
			if s := u.cmd.ProcessState.Sys().(syscall.WaitStatus); s.Signaled() {
				code = 128 + int(s.Signal())
			}
			if code != tt.code {
				t.Errorf("%s: exit code is %d, want %d", tt.name, code, tt.code)
			}
			if after, err := term.GetState(u.slave.Fd()); err != nil || *after != *u.before {
				t.Errorf("%s: the terminal's modes were %+v and are %+v, %v", tt.name, *u.before, *after, err)
			}
		}
	}
}
