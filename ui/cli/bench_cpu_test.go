package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	// watched is how long a program is watched.
	watched = 10 * time.Second
	// cpuRounds is how often each program is; all of them in turn, for a machine that has other
	// things to do is slower at one time than at another.
	cpuRounds = 3
)

// load is a program on a screen of 200x50 whose use of the processor is measured.
type load struct {
	name  string
	start func(*testing.B) *loaded
	used  []time.Duration // by the program and its children, one value a round
	there []time.Duration // by the subject
	bytes []int           // written, one value a round
}

// loaded is a load that runs. subject is incore's, 0 for other programs; shown is what these
// look at.
type loaded struct {
	*recording
	subject int
	shown   *exec.Cmd
}

func (l *loaded) end() {
	l.stop()
	if l.shown != nil {
		_ = l.shown.Process.Kill() // fails where it has ended, which is well
		_ = l.shown.Wait()         // tells of the kill
	}
}

// BenchmarkCPU is what incore takes of a processor over 10 seconds, and bytes that it writes to the
// terminal, beside htop(1) and pagemon(8), in turn in one run, each in a pseudoterminal of 200x50: while
// nothing happens, and while a process is touched at 1000 pages a second, which is incore's subject, or
// for the others one that they show. Beside them a Bubble Tea program that shows one letter.
// Percent of one core; what the subject takes itself is told apart. A program that is not
// installed is left out.
func BenchmarkCPU(b *testing.B) {
	needSubject(b)
	program := programBinary(b)
	incore := func(keys string) func(*testing.B) *loaded {
		return func(b *testing.B) *loaded { return startIncore(b, program, keys) }
	}
	loads := []*load{
		{name: "incore-idle", start: incore("")},
		{name: "incore-touch", start: incore(":munmap a\r:mmap a 32768\r:touch a at 1000/s\r")},
		{name: "bubbletea-idle", start: func(b *testing.B) *loaded {
			return &loaded{recording: record(b, 200, 50, testCommand(b, "still"))}
		}},
	}
	for _, other := range []struct {
		name string
		args func(pid int) []string
	}{
		{"htop", func(int) []string { return nil }},
		{"pagemon", func(pid int) []string { return []string{"-p", strconv.Itoa(pid)} }},
	} {
		path := installed(other.name)
		if path == "" {
			b.Logf("%s is left out: it is not installed", other.name)
			continue
		}
		for _, touched := range []bool{false, true} {
			name := other.name + "-idle"
			if touched {
				name = other.name + "-touch"
			}
			loads = append(loads, &load{name: name, start: func(b *testing.B) *loaded {
				shown, pid := startTouched(b, program, touched)
				return &loaded{recording: record(b, 200, 50, path, other.args(pid)...), shown: shown}
			}})
		}
	}
	for range b.N {
		for range cpuRounds {
			for _, l := range loads {
				l.measure(b)
			}
		}
	}
	report(b, loads)
}

// installed is the path of a program, "" where there is none; pagemon lies where only root looks.
func installed(name string) string {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}

func startIncore(b *testing.B, program, keys string) *loaded {
	r := record(b, 200, 50, program)
	r.viewer().wait("a region", showsRegion)
	subject := childOf(b, r.cmd.Process.Pid)
	r.keys(keys)
	return &loaded{recording: r, subject: subject}
}

// startTouched starts a process with a region, touched at 1000 pages a second or not at all, by
// incore without a screen.
func startTouched(b *testing.B, program string, touched bool) (incore *exec.Cmd, pid int) {
	b.Helper()
	script := "mmap a 32768\nwait 1h\n"
	if touched {
		script = "mmap a 32768\ntouch a at 1000/s\n"
	}
	incore = exec.Command(program, "run", "-")
	incore.Stdin = strings.NewReader(script)
	if err := incore.Start(); err != nil {
		b.Fatal(err)
	}
	return incore, childOf(b, incore.Process.Pid)
}

// measure runs the load once.
func (l *load) measure(b *testing.B) {
	b.Helper()
	running := l.start(b)
	defer running.end()
	<-time.After(2 * time.Second) // for the start to be over
	pid := running.cmd.Process.Pid
	written0, used0, there0 := written(running.sofar()), treeTime(b, pid, running.subject), cpuTime(b, running.subject)
	<-time.After(watched)
	l.used = append(l.used, treeTime(b, pid, running.subject)-used0)
	l.there = append(l.there, cpuTime(b, running.subject)-there0)
	l.bytes = append(l.bytes, written(running.sofar())-written0)
	if gone(pid) {
		b.Fatalf("%s ended while it was watched", l.name)
	}
}

// report gives each load a line: medians, and the share of incore's own.
func report(b *testing.B, loads []*load) {
	percent := func(of []time.Duration) float64 { return 100 * float64(quantile(of, 0.5)) / float64(watched) }
	incores := map[string]float64{}
	for _, l := range loads {
		used := percent(l.used)
		who, doing, _ := strings.Cut(l.name, "-")
		if who == "incore" {
			incores[doing] = used
		}
		b.Run(l.name, func(b *testing.B) {
			b.ReportMetric(used, "%-of-a-core")
			b.ReportMetric(percent(l.there), "%-subject")
			b.ReportMetric(used/incores[doing], "of-incore's")
			b.ReportMetric(float64(quantile(l.bytes, 0.5)), "written-B")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// treeTime is the processor time of a process and its descendants but for one, with those of
// them that have ended and been waited for.
func treeTime(b *testing.B, pid, without int) time.Duration {
	b.Helper()
	sum := cpuTime(b, pid)
	for _, child := range childrenOf(pid) {
		if child != without {
			sum += treeTime(b, child, without)
		}
	}
	return sum
}

// cpuTime is utime, stime, cutime and cstime of proc_pid_stat(5): user and system time of all threads of
// a process, and of its children that it has waited for. 0 for the process 0, and for one that
// is gone: its parent has its time then.
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	if pid == 0 {
		return 0
	}
	// Linux tells these to user space in hundredths of a second on all that Go runs on (USER_HZ).
	const tick = time.Second / 100
	const utime, cstime = 13 - 2, 16 - 2 // counted behind the name
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		return 0
	}
	if err != nil {
		b.Fatal(err)
	}
	// The name may hold anything, and ends with the last parenthesis.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var sum time.Duration
	for _, f := range fields[utime : cstime+1] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(n) * tick
	}
	return sum
}

// still is a Bubble Tea program that shows one letter: what the library costs while nothing
// happens.
type still struct{}

func (still) Init() tea.Cmd                       { return nil }
func (still) Update(tea.Msg) (tea.Model, tea.Cmd) { return still{}, nil }
func (still) View() tea.View                      { v := tea.NewView("x"); v.AltScreen = true; return v }

func stillMain() int {
	if _, err := tea.NewProgram(still{}, tea.WithContext(context.Background())).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
