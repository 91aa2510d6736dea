//go:build linux && (amd64 || arm64)

package memops

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/subject"
)

// A death is put down to the OOM killer where its count has grown, and to the limit that was
// met. The files are made up; TestOOM and TestCauseAround have the kernel's.
func TestCauseOfDeath(t *testing.T) {
	killed := subject.Death{Signal: unix.SIGKILL}
	const mine, others = "the OOM killer: the memory cgroup that incore is in may have 8M",
		"the OOM killer: the machine, or a memory cgroup around this one, ran out of memory"
	dir := tree(t, map[string]string{"memory.max": "8388608\n", "memory.events": "oom 3\noom_kill 2\n"})
	h := proc.Hierarchy{V2: true}
	events := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "memory.events"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := &Lab{groups: &memcgs{around: &memcg{in: h, dir: dir}}}
	l.groups.around.before, _ = h.Counts(dir)
	p := &process{lab: l}
	check := func(d subject.Death, want, when string) {
		t.Helper()
		if got := p.causeOfDeath(d); got != want {
			t.Errorf("%s: got %q, want %q", when, got, want)
		}
	}
	check(killed, "", "nothing was counted")
	events("oom 3\noom_kill 3\n")
	check(subject.Death{Signal: unix.SIGTERM}, "", "another signal")
	check(subject.Death{Code: 1}, "", "an exit")
	check(killed, others, "no limit of this cgroup was met")
	check(killed, "", "one kill is of one death")
	events("oom 4\noom_kill 5\n")
	check(killed, mine, "the limit was met")
	check(killed, mine, "two were killed")
	check(killed, "", "all kills are accounted for")

	const never = 1 << 62
	l.groups.around, l.groups.kills = nil, never
	check(killed, "", "no cgroup, and the machine killed nobody")
	before := proc.MachineKills() - 1
	l.groups.kills = before
	check(killed, "the OOM killer: the machine ran out of memory", "no cgroup, and the machine killed one")
	if l.groups.kills != before+1 {
		t.Errorf("one death accounts for %d kills", l.groups.kills-before)
	}
}

// Who is ended over its processor time is told so.
func TestCauseOfCPULimit(t *testing.T) {
	l := opened(t, Options{})
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CPU, &was); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Setrlimit(unix.RLIMIT_CPU, &was); err != nil {
			t.Error(err)
		}
	})
	if was.Max != unix.RLIM_INFINITY {
		t.Skip("RLIMIT_CPU is limited here")
	}
	const hour = 3600
	if err := unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: hour, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	p := mainOf(l)
	for _, tt := range []struct {
		signal unix.Signal
		cpu    time.Duration
		want   string
	}{
		{unix.SIGXCPU, hour * time.Second, "it has used up RLIMIT_CPU (ulimit -t), 3600 s of processor time"},
		{unix.SIGXCPU, hour * time.Second / 2, ""},
		{unix.SIGTERM, hour * time.Second, ""},
		{unix.SIGKILL, hour * time.Second, ""}, // of the hard limit there is none
	} {
		if got := p.causeOfDeath(subject.Death{Signal: tt.signal, CPU: tt.cpu}); got != tt.want {
			t.Errorf("%v after %v: %q, want %q", tt.signal, tt.cpu, got, tt.want)
		}
	}
}
