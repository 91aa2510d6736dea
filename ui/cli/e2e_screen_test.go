package cli_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"incore/model"
	"incore/ui/cli"
)

// firstFrame is on the screen once the program shows its first region.
var firstFrame = []string{"incore", "REGION a", "64 pages", "mmap("}

func TestE2EKeys(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	subject := m.subject()

	m.keys("w")
	m.waitFor("touch(", "1 minor", "▇▇")
	m.keys("l")
	m.waitFor("mlock(", "VmLck +4K")
	m.keys("u")
	m.waitFor("munlock(", "VmLck -4K")
	m.keys("\x1b[C") // right
	m.keys("o")
	m.waitFor("mlock2(", "MLOCK_ONFAULT", "PAGE a[1]")
	m.keys("r")
	m.waitFor("touch(", ", read)")

	m.command("mprotect a[3] none")
	m.waitFor("mprotect(", "PROT_NONE")
	m.command("touch a[3]")
	m.waitFor("SIGSEGV", "SEGV_ACCERR")
	if gone(subject) {
		t.Error("the subject did not live on after SIGSEGV")
	}

	m.keys("qq")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
	checkGone(t, subject)
	checkNoFiles(t, m.tmp)
}

func TestE2EInterruptKey(t *testing.T) {
	m := startTerminal(t, 80, 24, nil, "incore")
	m.waitFor("REGION a")
	subject := m.subject()
	m.keys("\x03")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
	checkGone(t, subject)
}

// TestE2EResize goes through sizes faster than a screen is drawn, nonsense among them.
func TestE2EResize(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	for i := range 40 {
		m.setSize(1+i*5, 1+i*2)
		m.setSize(0, 0)
		m.setSize(200-i*4, 60-i)
	}
	m.setSize(0, 0)
	m.setSize(100, 30)
	m.keys("w")
	m.waitFor("REGION a", "touch(", "q quit")
	for _, size := range [][2]int{{40, 12}, {20, 5}, {200, 50}, {80, 24}} {
		m.setSize(size[0], size[1])
		m.keys("\x1b[C")
	}
	m.waitFor("REGION a", "PAGE a[4]")
	m.keys("qq")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
}

// TestE2ENoSize is a terminal that says it has none, as a serial line does.
func TestE2ENoSize(t *testing.T) {
	m := startTerminal(t, 80, 24, nil, "incore")
	m.setSize(0, 0)
	m.waitFor("incore", "quit")
	m.keys("q")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
}

// TestE2EDumb holds that a terminal which takes no escape sequences gets none, of help and
// of errors. That a conversation has none TestE2EPlainDumb holds.
func TestE2EDumb(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"--help"}, "--reduced-motion", 0},
		{[]string{"--asci"}, "did you mean --ascii?", 2},
	} {
		t.Run(fmt.Sprint(tt.args), func(t *testing.T) {
			m := startTerminal(t, 80, 24, []string{"TERM=dumb", "CLICOLOR_FORCE=1"}, "incore", tt.args...)
			if code := m.waitExit(); code != tt.code {
				t.Errorf("exit code is %d, want %d", code, tt.code)
			}
			cli.Eventually(t, "the end of the output is there", func() bool { return strings.Contains(m.output(), tt.want) })
			if out := m.output(); strings.Contains(out, "\x1b") {
				t.Errorf("escape sequences in %q", out)
			}
		})
	}
}

// sgr is a sequence that selects a color: 30-38, 40-48, 90-97, 100-107 among its parameters.
var sgr = regexp.MustCompile(`\x1b\[(?:[0-9:]+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;:]*m`)

// TestE2EIncoreKilled holds that nothing outlives a kill -9 of incore.
func TestE2EIncoreKilled(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	m.command("mmap m 16 memfd")
	m.waitFor("REGION m")
	m.keys("w")
	m.waitFor("touch(")
	subject := m.subject()
	if err := m.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	checkGone(t, subject)
	m.waitExit()
	checkNoFiles(t, m.tmp)
}

// TestE2ESubjectKilled holds that incore says how the subject ended, keeps what was
// seen, and goes on with a fresh one.
func TestE2ESubjectKilled(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	m.keys("w")
	m.waitFor("touch(")
	first := m.subject()
	kill(t, first)
	m.waitFor("SIGKILL", "touch(", "REGION a")
	checkGone(t, first)

	m.command("reset")
	m.waitUntil("a fresh subject", func(screen string) bool {
		return !strings.Contains(screen, fmt.Sprintf("pid %d", first)) && strings.Contains(screen, "● live")
	})
	m.command("mmap b 8")
	m.waitFor("REGION b", "8 pages")
	if again := m.subject(); again == first {
		t.Errorf("the subject is still %d", again)
	}
	m.keys("qq")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
}

// kill ends a process the hard way.
func kill(t *testing.T, pid int) {
	t.Helper()
	p, err := os.FindProcess(pid)
	if err == nil {
		err = p.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestE2ETebibyte holds that a region far larger than any memory opens, is drawn and
// answers keys.
func TestE2ETebibyte(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	m.command("mmap t 1T noreserve")
	m.waitFor("REGION t", "1T")
	m.keys("G")
	m.keys("w")
	m.waitFor("touch(", "1 minor", "▇▇")
	m.keys("qq")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
}

// TestE2EStill holds that where nothing changes nothing is written.
func TestE2EStill(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore", "--reduced-motion")
	m.waitFor(firstFrame...)
	m.keys("w")
	m.waitFor("touch(", "▇▇")
	const quiet = time.Second
	deadline := time.After(cli.Patience)
	for begin := len(m.output()); ; begin = len(m.output()) {
		still := time.After(quiet)
		select {
		case <-still:
			if got := m.output()[begin:]; got != "" {
				t.Errorf("written: %q", got)
			}
			return
		case <-m.changed: // what the last key changed is still on its way
		case <-deadline:
			t.Fatalf("the program writes on and on; the last was %q", m.output()[begin:])
		}
	}
}

// TestE2ESignals holds that a lost terminal and SIGTERM end the program as q does.
func TestE2ESignals(t *testing.T) {
	for sig, code := range map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(sig.String(), func(t *testing.T) {
			m := startTerminal(t, 80, 24, nil, "incore")
			m.waitFor("REGION a", "live")
			subject := m.subject()
			if err := m.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if got := m.waitExit(); got != code {
				t.Errorf("exit code is %d, want %d", got, code)
			}
			m.checkRestored()
			checkGone(t, subject)
		})
	}
}

// TestE2EPanic holds that a panic leaves a terminal that can be used, and a trace.
func TestE2EPanic(t *testing.T) {
	for _, where := range []string{"next", "submit"} {
		t.Run(where, func(t *testing.T) {
			m := startTerminal(t, 100, 30, []string{"INCORE_TEST_PANIC=" + where}, "incore-panics")
			m.waitFor("REGION a")
			m.keys("w")
			if code := m.waitExit(); code != cli.ExitPanic {
				t.Errorf("exit code is %d, want %d", code, cli.ExitPanic)
			}
			m.checkRestored()
			// What was written last may be read only after the program has ended.
			cli.Eventually(t, "a trace", func() bool {
				out := m.output()
				return strings.Contains(out, "on purpose") && strings.Contains(out, "goroutine ")
			})
		})
	}
}

// panicMain is the program over a lab that panics where a test asks it to.
func panicMain() int {
	return cli.MainOver(func(ctx context.Context, o cli.LabOptions) (cli.Lab, error) {
		l, err := cli.OpenLive(ctx, o)
		if err != nil {
			return nil, err
		}
		return &panicLab{Lab: l, where: os.Getenv("INCORE_TEST_PANIC")}, nil
	}, nil)
}

// panicLab is a real lab that panics once a page was written to.
type panicLab struct {
	cli.Lab
	where string
}

func (l *panicLab) Submit(c model.Command) {
	if l.where == "submit" && c.Verb() == "touch" {
		panic("on purpose, in Update")
	}
	l.Lab.Submit(c)
}

func (l *panicLab) Next(ctx context.Context) ([]model.Item, error) {
	items, err := l.Lab.Next(ctx)
	for _, it := range items {
		if e, ok := it.(model.Event); ok && l.where == "next" && e.Call == "touch" {
			panic("on purpose, in Next")
		}
	}
	return items, err
}
