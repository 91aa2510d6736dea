//go:build linux && (amd64 || arm64)

package subject

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// victimEnv makes the test binary the incore that TestKilled kills.
const victimEnv = "INCORE_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimEnv); dir != "" {
		beVictim(dir)
		os.Exit(1)
	}
	// What whoever runs the tests has left open for their children.
	for fd := 3; fd < 1024; fd++ {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			inherited = append(inherited, fd)
		}
	}
	os.Exit(m.Run())
}

var inherited []int

// descriptors are the numbers that a process has open, without those that it inherited
// through this one.
func descriptors(t testing.TB, pid int) []int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	var fds []int
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if pid == os.Getpid() && slices.Contains(inherited, fd) {
			continue
		}
		// The one that lists this process's own is closed again.
		if _, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); err == nil {
			fds = append(fds, fd)
		}
	}
	slices.Sort(fds)
	return fds
}

// children are the processes whose parent this one is, the dead among them included.
func children(t testing.TB) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // gone meanwhile
		}
		// PID (COMM) STATE PPID
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if fields[1] == strconv.Itoa(os.Getpid()) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// nothingLeft fails a test that leaves descriptors or children of this process behind.
func nothingLeft(t *testing.T) {
	t.Helper()
	s, err := Start() // so that what is made once is there
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	fds, pids := descriptors(t, os.Getpid()), children(t)
	t.Cleanup(func() {
		if now := descriptors(t, os.Getpid()); !slices.Equal(now, fds) {
			t.Errorf("descriptors %v are left of %v", now, fds)
		}
		if now := children(t); !slices.Equal(now, pids) {
			t.Errorf("children %v are left of %v", now, pids)
		}
	})
}

// own are a subject's descriptors.
var own = []int{0, 1, 2, actorFD, windowFD, observerFD}

// hasOwn fails where a subject has other descriptors than its own.
func hasOwn(t *testing.T, s *Subject, more ...int) {
	t.Helper()
	if fds := descriptors(t, s.PID); !slices.Equal(fds, append(slices.Clone(own), more...)) {
		t.Errorf("process %d has the descriptors %v, not %v and %v", s.PID, fds, own, more)
	}
}
