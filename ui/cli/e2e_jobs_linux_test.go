package cli_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"incore/ui/cli"
)

// shell is a shell with job control in a terminal, and incore as its job.
type shell struct {
	*terminal
	job int // its process id
}

// startJob starts incore from a shell, which makes it a job that can be stopped.
func startJob(t *testing.T) *shell {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skipf("no shell with job control: %v", err)
	}
	s := &shell{terminal: startTerminal(t, 100, 30, []string{"PS1=prompt$ "}, "bash", "--norc", "--noprofile", "--noediting", "-i")}
	s.waitFor("prompt$")
	s.keys("incore\n")
	s.waitFor(firstFrame...)
	s.job = childOf(t, s.cmd.Process.Pid)
	s.settled()
	return s
}

// settled waits until nothing is written any more: the rest of a write that a stop comes upon is written in the background.
func (s *shell) settled() {
	const quiet = 10
	n, same := 0, 0
	cli.Eventually(s.t, "nothing more is written", func() bool {
		if now := len(s.output()); now != n {
			n, same = now, 0
		}
		same++
		return same > quiet
	})
}

// signal sends the job a signal.
func (s *shell) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(s.job, sig); err != nil {
		s.t.Fatal(err)
	}
}

// stopped waits until the job is stopped and the shell knows, and returns what has been written by then. The shell is told
// once the last thread has stopped, and "fg" continues no job that it takes for a running one.
func (s *shell) stopped() string {
	s.t.Helper()
	cli.Eventually(s.t, "the job is stopped", func() bool { state, _ := processStat(s.job); return state == "T" })
	for end := time.Now().Add(cli.Patience); ; {
		begin := len(s.output())
		s.keys("jobs; echo so$((1))far\n")
		s.waitOutput(begin, "so1far", "prompt$")
		if out := s.output(); strings.Contains(out[begin:], "Stopped") {
			return out
		}
		if time.Now().After(end) {
			s.t.Fatal("the shell does not know that the job is stopped")
		}
	}
}

// waitOutput waits until texts have been written behind that offset, in that order.
func (s *shell) waitOutput(begin int, texts ...string) {
	s.t.Helper()
	cli.Eventually(s.t, fmt.Sprintf("%q is written", texts), func() bool {
		out := s.output()[begin:]
		for _, text := range texts {
			_, behind, has := strings.Cut(out, text)
			if !has {
				return false
			}
			out = behind
		}
		return true
	})
}

// foreground continues the job as "fg" does, and holds that the screen is whole and takes keys.
func (s *shell) foreground(key, want string) {
	s.t.Helper()
	s.keys("fg\n")
	cli.Eventually(s.t, "the alternate screen is there", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.alt })
	s.waitUntil("the screen and nothing else", func(screen string) bool {
		return !strings.Contains(screen, "prompt$") && !strings.Contains(screen, "far") && hasAll(screen, firstFrame[:3]...)
	})
	s.keys(key)
	s.waitFor(want)
}

func hasAll(screen string, words ...string) bool {
	for _, w := range words {
		if !strings.Contains(screen, w) {
			return false
		}
	}
	return true
}

// end ends the job and the shell, and holds that the terminal is as it was.
func (s *shell) end() {
	s.t.Helper()
	s.endJob()
	s.keys("exit\n")
	if code := s.waitExit(); code != 0 {
		s.t.Errorf("exit code is %d", code)
	}
	s.checkRestored()
}

// TestE2EStopSignal holds that SIGTSTP from outside gives the terminal to the shell, with a real stop, and "fg" the screen.
func TestE2EStopSignal(t *testing.T) {
	s := startJob(t)
	s.signal(syscall.SIGTSTP)
	s.stopped()
	s.mu.Lock()
	if s.alt || !s.cursor {
		t.Errorf("to the shell is left: alternate screen %t, cursor %t", s.alt, s.cursor)
	}
	s.mu.Unlock()
	s.foreground("w", "touch(")
	s.signal(syscall.SIGTSTP) // and once more
	s.stopped()
	s.foreground("l", "mlock(")
	s.keys("\x1a")
	s.stopped()
	s.foreground("u", "munlock(")
	s.end()
}

// TestE2EStopped holds that the screen is back with "fg" after a stop that cannot be caught.
func TestE2EStopped(t *testing.T) {
	s := startJob(t)
	for _, key := range []struct{ key, want string }{{"w", "touch("}, {"l", "mlock("}} {
		s.signal(syscall.SIGSTOP)
		s.stopped()
		s.foreground(key.key, key.want)
	}
	s.end()
}

// TestE2EBackground holds that nothing is written in the background, and that "bg" stops the job as it does of any that
// writes there: whether it had left the terminal or was stopped as it had it.
func TestE2EBackground(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTSTP, syscall.SIGSTOP} {
		t.Run(sig.String(), func(t *testing.T) {
			s := startJob(t)
			s.signal(sig)
			begin := len(s.stopped())
			s.keys("bg\n")
			s.waitOutput(begin, "incore &", "prompt$")
			out := s.stopped()[begin:]
			if strings.Contains(out, "\x1b") {
				t.Errorf("in the background is written %q", out)
			}
			s.foreground("w", "touch(")
			s.end()
		})
	}
	t.Run("started there", func(t *testing.T) {
		s := startJob(t)
		s.endJob()
		begin := len(s.output())
		s.keys("incore &\n")
		s.job = childOf(t, s.cmd.Process.Pid)
		if out := s.stopped()[begin:]; strings.Contains(out, "\x1b") {
			t.Errorf("in the background is written %q", out)
		}
		s.foreground("w", "touch(")
		s.end()
	})
}

// endJob ends the job and leaves the shell.
func (s *shell) endJob() {
	s.t.Helper()
	begin := len(s.output())
	s.keys("\x03")
	cli.Eventually(s.t, "the job has ended", func() bool { return gone(s.job) })
	s.waitOutput(begin, "prompt$")
}

// TestE2EDump holds that SIGQUIT prints the traces of all goroutines, as Go does, into a terminal that can be used.
func TestE2EDump(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	subject := m.subject()
	if err := m.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if code := m.waitExit(); code != 2 {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
	checkGone(t, subject)
	cli.Eventually(t, "the traces stand behind the screen, in whole lines", func() bool {
		_, behind, left := strings.Cut(m.output(), "\x1b[?1049l")
		return left && strings.Contains(behind, "SIGQUIT: quit\r\n") && strings.Contains(behind, "goroutine ")
	})
}

// TestE2ETerminalGone holds that a terminal which is gone, and of which no SIGHUP tells as it does not control the program,
// ends it as SIGHUP does.
func TestE2ETerminalGone(t *testing.T) {
	needSubject(t)
	path, err := exec.LookPath("incore")
	if err != nil {
		t.Fatal(err)
	}
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudoterminal can be had here: %v", err)
	}
	defer master.Close()
	cmd := exec.Command(path)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE"), "TERM=xterm-256color", "LANG=C.UTF-8", "TMPDIR=" + t.TempDir()}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // fails where it has ended, which is well
	(&unread{master: master}).readTo(t, "quit")
	subject := childOf(t, cmd.Process.Pid)
	master.Close()
	select {
	case <-ended:
	case <-time.After(cli.Patience):
		t.Fatalf("it does not end within %s", cli.Patience)
	}
	if code := cmd.ProcessState.ExitCode(); code != 129 {
		t.Errorf("exit code is %d", code)
	}
	checkGone(t, subject)
}

// TestE2ENonBlocking holds that what did not fit into a terminal that another program has made non-blocking comes once there is
// room, without anything changing, and that the program ends well even then.
func TestE2ENonBlocking(t *testing.T) {
	u := startUnread(t, "--reduced-motion")
	u.readTo(t, "quit")
	slave := int(u.slave.Fd())                               // once: it makes the description blocking
	if err := syscall.SetNonblock(slave, true); err != nil { // that is of the program's descriptors too
		t.Fatal(err)
	}
	keys := func(text string) {
		t.Helper()
		if _, err := io.WriteString(u.master, text); err != nil {
			t.Fatal(err)
		}
	}
	cli.Eventually(t, "the terminal is full", func() bool {
		keys("P")
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(slave), Events: unix.POLLOUT}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return n == 0
	})
	keys(":say the last")
	read := 0
	cli.Eventually(t, "the keys have been read for a while", func() bool {
		if n, err := unix.IoctlGetInt(slave, unix.TIOCINQ); err != nil || n > 0 {
			read = 0
		}
		read++
		return read >= 100
	})
	emu := vt.NewEmulator(200, 60)
	go func() { _, _ = io.Copy(io.Discard, emu) }() // what it answers
	var mu sync.Mutex
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := u.master.Read(b)
			if err != nil {
				return
			}
			mu.Lock()
			_, _ = emu.Write(b[:n])
			mu.Unlock()
		}
	}()
	cli.Eventually(t, "the newest picture is there", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return hasAll(emu.String(), "say the last", "REGION a", "VmLck")
	})
}
