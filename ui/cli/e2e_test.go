package cli_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"incore/ui/cli"
)

// needSubject skips a test where no subject can be started.
func needSubject(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("the live subject needs Linux; this is %s", runtime.GOOS)
	}
	if why := noSubject(); why != nil {
		t.Skipf("no subject can be started here: %v", why)
	}
}

// terminal is a terminal that a program runs in: a pseudoterminal and an emulator
// that draws what the program writes.
type terminal struct {
	t      testing.TB
	cmd    *exec.Cmd
	pty    *os.File
	tmp    string      // the program's directory for temporary files
	before *term.State // of the pseudoterminal, before the program ran
	exited chan error  // has the program's end, once

	mu      sync.Mutex
	emu     *vt.Emulator
	raw     bytes.Buffer // all that was written
	alt     bool         // the alternate screen is shown
	cursor  bool         // the cursor is shown
	changed chan struct{}
}

// startTerminal runs a command of the test binary (TestMain) in a terminal of that
// size. env is added to an environment that is the same everywhere.
func startTerminal(t testing.TB, cols, rows int, env []string, name string, args ...string) *terminal {
	t.Helper()
	needSubject(t)
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{
		t: t, tmp: t.TempDir(), emu: vt.NewEmulator(cols, rows), cursor: true,
		exited: make(chan error, 1), changed: make(chan struct{}, 1),
	}
	term.emu.SetCallbacks(vt.Callbacks{
		AltScreen:        func(on bool) { term.alt = on },
		CursorVisibility: func(on bool) { term.cursor = on },
	})
	term.cmd = exec.Command(path, args...)
	term.cmd.Env = append([]string{
		"GORACE=" + os.Getenv("GORACE"),
		"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "TMPDIR=" + term.tmp,
	}, env...)
	term.start(cols, rows)
	return term
}

func (m *terminal) start(cols, rows int) {
	m.t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		m.t.Skipf("no pseudoterminal can be had here: %v", err)
	}
	defer slave.Close()
	m.pty = master
	m.setSize(cols, rows)
	if m.before, err = term.GetState(master.Fd()); err != nil {
		m.t.Fatal(err)
	}
	m.cmd.Stdin, m.cmd.Stdout, m.cmd.Stderr = slave, slave, slave
	takeTerminal(m.cmd)
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	read, replied := make(chan struct{}), make(chan struct{})
	go m.read(read)
	go m.reply(replied)
	go func() {
		err := m.cmd.Wait()
		m.exited <- err
	}()
	m.t.Cleanup(func() {
		_ = m.cmd.Process.Kill() // fails where it has ended, which is well
		_ = m.pty.Close()
		<-read
		// Emulator.Close would race with its Read; the pipe's does the same without.
		_ = m.emu.InputPipe().(io.Closer).Close() // of a pipe: does not fail
		<-replied
	})
}

// read draws what the program writes.
func (m *terminal) read(done chan struct{}) {
	defer close(done)
	buf := make([]byte, 32<<10)
	for {
		n, err := m.pty.Read(buf)
		if err != nil {
			return
		}
		m.mu.Lock()
		m.raw.Write(buf[:n])
		_, _ = m.emu.Write(buf[:n]) // does not fail
		m.mu.Unlock()
		select {
		case m.changed <- struct{}{}:
		default:
		}
	}
}

// reply hands the program the emulator's answers to its questions. Where the program
// has ended they go nowhere, but the emulator must be rid of them all the same.
func (m *terminal) reply(done chan struct{}) {
	defer close(done)
	_, _ = io.Copy(m.pty, m.emu)
	_, _ = io.Copy(io.Discard, m.emu)
}

func (m *terminal) setSize(cols, rows int) {
	m.t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	// As a terminal does: what is drawn for a size comes to a screen that has it by then.
	if cols > 0 && rows > 0 {
		m.emu.Resize(cols, rows)
	}
	if err := pty.Setsize(m.pty, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		m.t.Fatal(err)
	}
}

// keys types, as the bytes that a terminal sends.
func (m *terminal) keys(s string) {
	m.t.Helper()
	if _, err := io.WriteString(m.pty, s); err != nil {
		m.t.Fatal(err)
	}
}

// command types a line into the palette.
func (m *terminal) command(line string) {
	m.t.Helper()
	m.keys(":")
	m.keys(line)
	m.waitFor(line)
	m.keys("\r")
}

// screen is the text that is on the screen.
func (m *terminal) screen() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.emu.String()
}

// output is all that the program wrote.
func (m *terminal) output() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.raw.String()
}

// waitFor waits until all the words are on the screen.
func (m *terminal) waitFor(words ...string) {
	m.t.Helper()
	m.waitUntil(strings.Join(words, ", "), func(screen string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(screen, w) })
	})
}

func (m *terminal) waitUntil(what string, holds func(screen string) bool) {
	m.t.Helper()
	end := time.After(cli.Patience)
	for !holds(m.screen()) {
		select {
		case <-m.changed:
		case err := <-m.exited:
			m.t.Fatalf("the program ended (%v) while the screen was to show %s:\n%s", err, what, m.screen())
		case <-end:
			m.t.Fatalf("the screen does not show %s:\n%s", what, m.screen())
		}
	}
}

// waitExit waits for the program's end and returns its exit code, -1 for a signal.
func (m *terminal) waitExit() int {
	m.t.Helper()
	select {
	case err := <-m.exited:
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			m.t.Fatal(err)
		}
		return m.cmd.ProcessState.ExitCode()
	case <-time.After(cli.Patience):
		begin := len(m.output())
		_ = m.cmd.Process.Signal(syscall.SIGQUIT) // the traces of all goroutines; fails where it has just ended
		<-m.exited
		m.t.Fatalf("the program does not end:\n%s\n%s", m.screen(), m.output()[begin:])
	}
	return 0
}

// checkRestored holds that the terminal is as it was before the program ran.
func (m *terminal) checkRestored() {
	m.t.Helper()
	defer func() {
		if m.t.Failed() {
			out := m.output()
			m.mu.Lock()
			defer m.mu.Unlock()
			m.t.Logf("alternate screen: %t, cursor: %t; the last that was written: %q", m.alt, m.cursor, out[max(0, len(out)-2000):])
		}
	}()
	cli.Eventually(m.t, "the terminal is restored", func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return !m.alt && m.cursor
	})
	after, err := term.GetState(m.pty.Fd())
	if err != nil {
		m.t.Fatal(err)
	}
	if *after != *m.before {
		m.t.Errorf("the terminal's modes were %+v and are %+v", *m.before, *after)
	}
}

// subject is the process id of the program's subject, which is its only child.
func (m *terminal) subject() int {
	m.t.Helper()
	return childOf(m.t, m.cmd.Process.Pid)
}

// childOf waits until the process has exactly one child, and returns its id.
func childOf(t testing.TB, parent int) int {
	t.Helper()
	var child int
	cli.Eventually(t, "the program has one child", func() bool {
		children := childrenOf(parent)
		if len(children) != 1 {
			return false
		}
		child = children[0]
		return true
	})
	return child
}

func childrenOf(parent int) (children []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, path := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if state, of := processStat(pid); err == nil && of == parent && state != "Z" {
			children = append(children, pid)
		}
	}
	return children
}

// processStat is the state and the parent of a process, from proc_pid_stat(5); ""
// where there is no such process.
func processStat(pid int) (state string, parent int) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return "", 0
	}
	// The name before them may hold anything, and ends with the last parenthesis.
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 2 {
		return "", 0
	}
	parent, _ = strconv.Atoi(fields[1]) // the kernel's own number
	return fields[0], parent
}

// gone reports whether a process has ended; one that only its parent has yet to
// ask about has.
func gone(pid int) bool {
	state, _ := processStat(pid)
	return state == "" || state == "Z"
}

// checkGone holds that a process ends within a second from now.
func checkGone(t *testing.T, pid int) {
	t.Helper()
	begin := time.Now()
	cli.Eventually(t, "the subject is gone", func() bool { return gone(pid) })
	if took := time.Since(begin); took > time.Second {
		t.Errorf("the subject was there for another %s", took)
	}
}

// checkNoFiles holds that nothing was left in the directory for temporary files.
func checkNoFiles(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		t.Errorf("left behind: %s", f.Name())
	}
}
