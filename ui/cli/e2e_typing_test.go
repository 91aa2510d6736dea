package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"incore/ui/cli"
)

// TestE2EKeyAfterItsRegion types what unmaps a region in slow motion while the picture is held
// still, and then a key of each kind that acts: none acts on what is no longer there, and the program lives.
func TestE2EKeyAfterItsRegion(t *testing.T) {
	for _, key := range []string{"r", "p", "c", "d"} {
		t.Run(key, func(t *testing.T) {
			m := startTerminal(t, 100, 30, nil, "incore")
			m.waitFor(firstFrame...)
			m.command("speed 200/s")
			m.waitFor("slow: 200 pages/s")
			m.keys("V")
			m.waitFor("64 of 64 pages")
			m.keys("wd ")
			m.waitFor("● paused")
			m.waitUnmapped("a")
			m.keys(key)
			m.waitFor("Nothing was done: a is gone. The picture goes on.", "No region is mapped")
			m.keys("qq")
			if code := m.waitExit(); code != 0 {
				t.Errorf("exit code is %d", code)
			}
			m.checkRestored()
		})
	}
}

// TestE2EKeyAfterItsNeighborCame holds that d does not unmap a page of a region that became the
// current one while the picture was held still.
func TestE2EKeyAfterItsNeighborCame(t *testing.T) {
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	m.command("mmap b 64")
	m.waitFor("REGION b")
	m.command("speed 200/s")
	m.waitFor("slow: 200 pages/s")
	m.keys("Vwd ")
	m.waitFor("● paused")
	m.waitUnmapped("b")
	m.keys("d")
	m.waitFor("Nothing was done: b is gone. The picture goes on.", "REGION a")
	m.keys("l") // now that a is shown
	m.waitFor("mlock(a")
	if strings.Contains(m.screen(), "munmap(a") {
		t.Errorf("a page of a is gone:\n%s", m.screen())
	}
}

// waitUnmapped waits until the region of 64 pages, of which a is there when b comes, is unmapped
// and the program has been told.
func (m *terminal) waitUnmapped(name string) {
	m.t.Helper()
	subject := m.subject()
	left := map[string]int{"a": 0, "b": 1}[name]
	regions := func() (n int) {
		maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", subject))
		if err != nil {
			m.t.Fatal(err)
		}
		for line := range strings.Lines(string(maps)) {
			var lo, hi uint64
			if _, err := fmt.Sscanf(line, "%x-%x", &lo, &hi); err == nil && strings.HasSuffix(strings.TrimSpace(line), " 0") && hi-lo >= 64*uint64(os.Getpagesize()) {
				n += int((hi - lo) / (64 * uint64(os.Getpagesize())))
			}
		}
		return n
	}
	cli.Eventually(m.t, name+" is unmapped", func() bool { return regions() <= left })
	m.waitIdle()
}

// waitIdle waits until the program has nothing left to do: no thread of it runs, or waits for a
// processor, in several looks one after the other. What its subject has answered is then known to it.
func (m *terminal) waitIdle() {
	m.t.Helper()
	const looks = 10
	idle := 0
	cli.Eventually(m.t, "the program is idle", func() bool {
		idle++
		stats, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", m.cmd.Process.Pid)) // the pattern is well-formed
		for _, path := range stats {
			text, err := os.ReadFile(path)
			if _, rest, ok := strings.Cut(string(text), ") "); err == nil && ok && !strings.HasPrefix(rest, "S") {
				idle = 0
			}
		}
		return idle >= looks && len(stats) > 0
	})
}

// TestE2ELongLine types a line as long as a line can be, as a paste without brackets is: it is
// there, and ctrl+c behind it, and behind much more, is answered at once.
func TestE2ELongLine(t *testing.T) {
	const tries = 3
	line := strings.Repeat("touch a[0] ", 400)[:4000]
	for _, tt := range []struct{ name, text string }{
		{"a line", line}, {"a word", strings.Repeat("x", 4000)}, {"200 KB", strings.Repeat(line, 50)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var took []time.Duration
			for range tries {
				m := startTerminal(t, 100, 30, nil, "incore")
				m.waitFor(firstFrame...)
				m.keys(":")
				m.waitFor("tab completes")
				m.keys(tt.text) // returns when the terminal has taken all of it
				begin := time.Now()
				m.keys("\x03")
				if code := m.waitExit(); code != 0 {
					t.Fatalf("exit code is %d", code)
				}
				took = append(took, time.Since(begin))
				m.checkRestored()
			}
			slices.Sort(took)
			// 100 ms on a machine of its own; tests share theirs, and the end of the subject is in it.
			if took[tries/2] > 500*time.Millisecond {
				t.Errorf("ctrl+c is answered after %v", took)
			}
		})
	}
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	m.keys(":" + strings.Repeat("x", 3990) + "the_end")
	m.waitFor("xxxthe_end")
	m.keys(strings.Repeat("y", 200))
	m.waitFor("A line has 4096 characters at most")
}

// TestE2EAbsurdSize holds that a window of an absurd size takes no absurd memory, says what of
// it is drawn, and hears keys, whether it is so from the beginning or later.
func TestE2EAbsurdSize(t *testing.T) {
	absurd := &pty.Winsize{Cols: 65535, Rows: 65535}
	resize := func(m *terminal, size *pty.Winsize) { // without the emulator, which would make a screen of it
		if err := pty.Setsize(m.pty, size); err != nil {
			t.Fatal(err)
		}
	}
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	for range 5 {
		resize(m, absurd)
		resize(m, &pty.Winsize{Cols: 1, Rows: 65535})
		resize(m, &pty.Winsize{Cols: 65535, Rows: 1})
		resize(m, &pty.Winsize{})
	}
	resize(m, absurd)
	cli.Eventually(t, "what is drawn is said", func() bool { return strings.Contains(m.output(), "65535x65535: 1000x400") })
	if peak := peakMemory(t, m.cmd.Process.Pid); peak > 1<<30 {
		t.Errorf("it took %d MiB", peak>>20)
	}
	m.setSize(100, 30)
	m.keys("w")
	m.waitFor("REGION a", "touch(", "q quit")
	resize(m, absurd)
	m.keys("qq")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
}

// peakMemory is the most memory that a process had, in bytes (proc_pid_status(5), VmHWM).
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var kib int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	t.Fatal("no VmHWM is told")
	return 0
}
