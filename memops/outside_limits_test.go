//go:build linux && (amd64 || arm64)

package memops_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/model"
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
	l := opened(t, memops.Options{})
	limitFrom(t, l.State().Main().PID, unix.RLIMIT_FSIZE, 1<<20)
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
	limitFrom(t, l.State().Main().PID, unix.RLIMIT_FSIZE, 1<<62)
	e := do(t, l, "mmap far 8388608T memfd noreserve")
	l.Refresh(t.Context(), e.Proc)
	if why, _ := calls.Explain(e, l.State()); e.Call == "ftruncate" && strings.Contains(why, "RLIMIT_FSIZE") {
		t.Errorf("%s: %s", e.Strace(), why)
	}
	ok(t, l, "expect alive", "expect alive kid")
}

// The kernel's own SIGXCPU, of a process that may use a second.
func TestSIGXCPU(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 64M", "touch a")
	limitFrom(t, l.State().Main().PID, unix.RLIMIT_CPU, 1)
	for range 100_000 {
		if e := do(t, l, "memset a 1"); e.Refused != "" {
			break
		}
	}
	d := memops.SubjectOf(l, model.Main).Death()
	// The limit is of time that the clock's ticks found the process running (kernel/time/posix-cpu-timers.c,
	// check_process_timers); what is told is what it ran, which on a machine that shares its processors may be less.
	if d.Signal != unix.SIGXCPU || d.CPU < 300*time.Millisecond || d.CPU > time.Minute {
		t.Errorf("it ended with %v after %v", d.Signal, d.CPU)
	}
}
