package cli_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"incore/ui/cli"
)

// prompted waits until the conversation stands at a prompt.
func (m *terminal) prompted() {
	m.t.Helper()
	m.waitUntil("a prompt", func(screen string) bool {
		screen = strings.TrimRight(screen, " \n")
		last := screen[strings.LastIndex(screen, "\n")+1:]
		return strings.HasPrefix(last, "incore") && strings.HasSuffix(last, ">")
	})
}

// say types a line into a conversation, and waits for words of the answer.
func (m *terminal) say(line string, want ...string) {
	m.t.Helper()
	m.prompted()
	m.keys(line + "\r")
	m.waitFor(want...)
}

// checkPlain holds that nothing but lines was written.
func (m *terminal) checkPlain() {
	m.t.Helper()
	out := strings.ReplaceAll(m.output(), "\r\n", "\n")
	if i := strings.IndexFunc(out, func(r rune) bool { return r < ' ' && r != '\n' }); i >= 0 {
		m.t.Errorf("a control character in %q", out[i:])
	}
	if strings.ContainsAny(out, "│─┌█▇") {
		m.t.Errorf("drawing in %q", out)
	}
	m.checkRestored()
}

func TestE2EPlain(t *testing.T) {
	m := startTerminal(t, 100, 40, nil, "incore", "--plain")
	m.waitFor("incore in plain text.", "incore>")
	subject := m.subject()
	m.say("mmap a 64", "All 64 pages are absent")
	m.say("touch a[4..7]", "a: pages 4 to 7 are now resident")
	m.say("mlok a", "column 1: no such verb: mlok; did you mean mlock?")
	m.say("page a[5]", "a[5]: resident, anonymous, mapped by this process alone")
	m.say("fork child", "Process child began")
	m.say("process child", "incore in child>")
	m.say("process main", "main, where commands act")
	m.prompted()
	m.keys("\x04")
	if code := m.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	m.checkPlain()
	checkGone(t, subject)
	checkNoFiles(t, m.tmp)
}

// ctrl+c ends a touch between two pages, and at the prompt the program.
func TestE2EPlainInterrupt(t *testing.T) {
	m := startTerminal(t, 100, 40, nil, "incore", "--plain")
	m.waitFor("incore>")
	subject := m.subject()
	m.say("mmap a 64", "All 64 pages are absent")
	before := statusBytes(t, subject, "VmRSS:")
	m.prompted()
	m.keys("touch a at 1/s\r")
	cli.Eventually(t, "the touch has begun", func() bool { return statusBytes(t, subject, "VmRSS:") > before })
	m.keys("\x03")
	m.waitFor("Took ", " of 64 resident")
	m.say("expect alive", "\nok")
	m.prompted()
	m.keys("\x03")
	if code := m.waitExit(); code != cli.ExitInterrupted {
		t.Errorf("exit code is %d, want %d", code, cli.ExitInterrupted)
	}
	cli.Eventually(t, "the shell's prompt has a line of its own", func() bool { return strings.HasSuffix(m.output(), "\n") })
	checkGone(t, subject)
	checkNoFiles(t, m.tmp)
}

func TestE2EPlainSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		for _, busy := range []string{"", "wait 1h"} {
			m := startTerminal(t, 100, 40, nil, "incore", "--plain")
			m.waitFor("incore>")
			subject := m.subject()
			if busy != "" {
				m.say(busy, "incore> "+busy)
			}
			if err := m.cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			if code := m.waitExit(); code != 128+int(s) {
				t.Errorf("%v, %q: exit code is %d", s, busy, code)
			}
			m.checkPlain()
			checkGone(t, subject)
			checkNoFiles(t, m.tmp)
		}
	}
}

// TestE2EPlainDumb holds that incore is a conversation where the terminal takes no escape
// sequences, and that it gets none.
func TestE2EPlainDumb(t *testing.T) {
	m := startTerminal(t, 80, 24, []string{"TERM=dumb", "CLICOLOR_FORCE=1"}, "incore")
	m.waitFor("incore in plain text.", "incore>")
	m.say("mmap a 4", "All 4 pages are absent")
	m.say("quit")
	if code := m.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	m.checkPlain()
}

// A subject that something from outside kills is told of at once, and reset goes on.
func TestE2EPlainSubjectKilled(t *testing.T) {
	m := startTerminal(t, 100, 40, nil, "incore", "--plain")
	m.waitFor("incore>")
	subject, err := os.FindProcess(m.subject())
	if err != nil {
		t.Fatal(err)
	}
	if err := subject.Kill(); err != nil {
		t.Fatal(err)
	}
	m.waitFor("The subject died: killed by SIGKILL. reset starts a fresh one.\nincore>")
	m.say("touch a", "Refused: the subject is dead")
	m.say("reset", "A fresh subject")
	m.say("mmap b 4", "b: new, 4 pages")
	m.say("quit")
	if code := m.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	m.checkPlain()
}
