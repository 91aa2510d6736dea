package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

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
	m.keys("qq")
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

// statusBytes is a size of /proc/PID/status.
func statusBytes(b testing.TB, pid int, field string) int64 {
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
