package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// watched is how long a program is watched that does nothing.
const watched = 10 * time.Second

// BenchmarkIdle is the screen at 200x50 while nothing changes: bytes written to the
// terminal and share of a core, of incore and of its subject.
func BenchmarkIdle(b *testing.B) {
	m := startTerminal(b, 200, 50, nil, "incore")
	m.waitFor("REGION a", "live")
	subject := m.subject()
	for range b.N {
		quiet(m)
		written, used, usedThere := len(m.output()), cpuTime(b, m.cmd.Process.Pid), cpuTime(b, subject)
		<-time.After(watched)
		b.ReportMetric(float64(len(m.output())-written), "bytes-written")
		b.ReportMetric(100*float64(cpuTime(b, m.cmd.Process.Pid)-used)/float64(watched), "%-of-a-core")
		b.ReportMetric(100*float64(cpuTime(b, subject)-usedThere)/float64(watched), "%-subject")
	}
	m.keys("q")
	m.waitExit()
}

// BenchmarkGiB is the memory of the program and of its subject, beside the region, with
// 1 GiB resident on the screen.
func BenchmarkGiB(b *testing.B) {
	m := startTerminal(b, 100, 30, nil, "incore", "--memory", "4G")
	m.waitFor("REGION a", "live")
	for range b.N {
		m.command("munmap a")
		m.command("mmap a 1G")
		m.command("touch a")
		m.waitFor("RSS", "1.0G", "= 262144")
		quiet(m)
		b.ReportMetric(float64(statusBytes(b, m.cmd.Process.Pid, "VmRSS:"))/(1<<20), "MiB-incore")
		b.ReportMetric(float64(statusBytes(b, m.subject(), "VmRSS:")-1<<30)/(1<<10), "KiB-subject-own")
	}
	m.keys("q")
	m.waitExit()
}

// quiet waits until the program has written nothing for two seconds.
func quiet(m *terminal) {
	for {
		before := len(m.output())
		<-time.After(2 * time.Second)
		if len(m.output()) == before {
			return
		}
	}
}

// cpuTime is what all threads of a process have had of a processor
// (/proc/PID/task/TID/schedstat, whose first field is in nanoseconds).
func cpuTime(b *testing.B, pid int) (sum time.Duration) {
	b.Helper()
	files, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task/*/schedstat")) // the pattern is well-formed
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // a thread that has ended
		}
		ns, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(ns)
	}
	return sum
}

// statusBytes is a size of /proc/PID/status.
func statusBytes(b *testing.B, pid int, field string) int64 {
	b.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		b.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(field)); ok {
			n, err := strconv.ParseInt(strings.Fields(string(rest))[0], 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n << 10
		}
	}
	b.Fatalf("/proc/%d/status has no %s", pid, field)
	return 0
}
