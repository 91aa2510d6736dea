//go:build linux && (amd64 || arm64)

package memops

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model/calls"
)

// limitFrom sets a limit of a process, as whoever started incore may have.
func limitFrom(t testing.TB, pid, resource int, soft uint64) {
	t.Helper()
	var was unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &was); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(pid, resource, &unix.Rlimit{Cur: soft, Max: was.Max}, nil); err != nil {
		t.Fatal(err)
	}
}

// A file past RLIMIT_FSIZE is an error with its cause, and not the subject's end by SIGXFSZ: also in a child and
// after an exec.
func TestFilePastLimit(t *testing.T) {
	l := opened(t, Options{})
	limitFrom(t, mainOf(l).sub.PID, unix.RLIMIT_FSIZE, 1<<20)
	ok(t, l, "mmap before 1M memfd", "fork kid")
	for _, in := range []string{"", "in kid "} {
		for _, how := range []string{"memfd", "scratch", "memfd shared"} {
			e := do(t, l, in+"mmap s 16M "+how)
			if strings.HasPrefix(e.Refused, "no file") { // no disk here that scratch takes
				continue
			}
			l.Refresh(t.Context(), e.Proc)
			why, try := calls.Explain(e, l.State())
			if e.Call != "ftruncate" || e.Errno != "EFBIG" || !strings.HasPrefix(why, "The file behind the mapping would be 16M long, and RLIMIT_FSIZE (ulimit -f) is 1M.") || try == "" {
				t.Errorf("%smmap s 16M %s: %s %s: %q, %q", in, how, e.Strace(), e.Refused, why, try)
			}
		}
		ok(t, l, in+"mmap s 1M memfd", in+"munmap s", in+"exec")
		if e := do(t, l, in+"mmap s 2M memfd"); e.Errno != "EFBIG" {
			t.Errorf("%sexec, then mmap s 2M memfd: %s", in, e.Strace())
		}
	}
	if e := do(t, l, "kill SIGXFSZ"); !e.OK() || !strings.HasPrefix(e.Result, "ignored: the subject does") {
		t.Errorf("kill SIGXFSZ: %s %s", e.Strace(), e.Refused)
	}
	// What is too long for another reason is not blamed on the limit.
	limitFrom(t, mainOf(l).sub.PID, unix.RLIMIT_FSIZE, 1<<62)
	e := do(t, l, "mmap far 8388608T memfd noreserve")
	l.Refresh(t.Context(), e.Proc)
	if why, _ := calls.Explain(e, l.State()); e.Call == "ftruncate" && strings.Contains(why, "RLIMIT_FSIZE") {
		t.Errorf("%s: %s", e.Strace(), why)
	}
	ok(t, l, "expect alive", "expect alive kid")
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

// The kernel's own SIGXCPU, of a process that may use a second.
func TestSIGXCPU(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 64M", "touch a")
	p := mainOf(l)
	limitFrom(t, p.sub.PID, unix.RLIMIT_CPU, 1)
	for range 100_000 {
		if e := do(t, l, "memset a 1"); e.Refused != "" {
			break
		}
	}
	d := p.sub.Death()
	if d.Signal != unix.SIGXCPU || d.CPU < 900*time.Millisecond || d.CPU > time.Minute {
		t.Errorf("it ended with %v after %v", d.Signal, d.CPU)
	}
}
