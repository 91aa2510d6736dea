//go:build linux && (amd64 || arm64)

package subject

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func executed(t testing.TB, s *Subject) Reply {
	t.Helper()
	r, err := s.Exec()
	if err != nil || r.Ret != 0 {
		t.Fatalf("exec = %+v, %v", r, err)
	}
	return r
}

// name is what ps shows of a process.
func name(t testing.TB, pid int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// An exec keeps the process and drops what it had.
func TestExecve(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	a := mapped(t, s, 4, unix.PROT_READ|unix.PROT_WRITE)
	call(t, s, Fill, a, 'x', pageSize)
	file, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fd, err := s.SendFile(file)
	if err != nil {
		t.Fatal(err)
	}
	hasOwn(t, s, fd)
	pid, observer := s.PID, s.Observer.TID
	for range 3 {
		r := executed(t, s)
		if r.After <= r.Before || r.Elapsed() > time.Second {
			t.Errorf("exec = %+v, which took %v", r, r.Elapsed())
		}
		if s.PID != pid || s.Observer.TID == observer {
			t.Errorf("PID %d and observer %d, before the exec %d and %d", s.PID, s.Observer.TID, pid, observer)
		}
		observer = s.Observer.TID
		works(t, s)
		hasOwn(t, s)
		if n := name(t, s.PID); n != "incore-subject" {
			t.Errorf("the process's name is %q", n)
		}
		if r := call(t, s, TouchRead, a, pageSize, 1, 0); r.Signal != int32(unix.SIGSEGV) || r.Addr != a {
			t.Errorf("touch of what was mapped before the exec = %+v", r)
		}
		a = mapped(t, s, 4, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
		if r := call(t, s, TouchExec, a, pageSize, 4, StampsAddr); r.Ret != 4 {
			t.Errorf("exec of 4 zeroed pages = %+v", r)
		}
	}
}

// After an exec only the regions' faults are counted, as after the start.
func TestExecveCountsOnlyRegions(t *testing.T) {
	s := started(t)
	executed(t, s)
	a := mapped(t, s, 8, unix.PROT_READ|unix.PROT_WRITE)
	before := minorFaults(t, s)
	call(t, s, TouchWrite, a, pageSize, 8, StampsAddr)
	if n := minorFaults(t, s) - before; n != 8 {
		t.Errorf("%d faults, want 8", n)
	}
}

// An exec in a child is nothing to its parent, and both can go on as before it.
func TestExecveAfterFork(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	a := mapped(t, s, 1, unix.PROT_READ|unix.PROT_WRITE)
	call(t, s, Fill, a, 'p', pageSize)
	child := forked(t, s)
	executed(t, child)
	if r := call(t, child, TouchRead, a, pageSize, 1, 0); r.Signal != int32(unix.SIGSEGV) {
		t.Errorf("touch of what the parent mapped = %+v", r)
	}
	holds(t, s, a, 'p')
	grandchild := forked(t, child)
	executed(t, s)
	for _, p := range []*Subject{s, child, grandchild} {
		works(t, p)
		hasOwn(t, p)
	}
}

// An exec that the kernel refuses is a reply, and the subject is as it was.
func TestExecveRefused(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	a := mapped(t, s, 1, unix.PROT_READ|unix.PROT_WRITE)
	call(t, s, Fill, a, 'x', pageSize)
	exe := fmt.Sprintf("/proc/%d/exe", s.PID)
	if err := os.Chmod(exe, 0); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r, err := s.Exec(); err != nil || r.Ret != -int64(unix.EACCES) || r.After <= r.Before {
			t.Errorf("exec of a file without x = %+v, %v, want EACCES", r, err)
		}
		works(t, s)
		hasOwn(t, s)
		holds(t, s, a, 'x')
	}
	if err := os.Chmod(exe, 0o700); err != nil {
		t.Fatal(err)
	}
	executed(t, s)
	works(t, s)
}

// Each kind of executable can be executed again.
func TestExecveSources(t *testing.T) {
	nothingLeft(t)
	t.Setenv("TMPDIR", t.TempDir())
	prog, err := newProgram()
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range sources()[:2] {
		s, err := start(src, prog)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if err := s.setUp(); err != nil {
			t.Fatal(err)
		}
		executed(t, s)
		works(t, forked(t, s))
	}
}

// The death in an exec is told.
func TestExecveDead(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	if err := unix.Kill(s.PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Exec(); err == nil {
		t.Errorf("exec of the dead = %+v", r)
	}
	if d := s.Death(); d.Signal != syscall.SIGKILL {
		t.Errorf("death = %+v", d)
	}
}
