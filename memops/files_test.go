//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
)

// descriptors are those that a process has open.
func descriptors(t testing.TB, pid int) (fds []string) {
	t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range list {
		fds = append(fds, fd.Name())
	}
	return fds
}

// A descriptor is open as long as a region has it, and no longer.
func TestDescriptors(t *testing.T) {
	l := opened(t, memops.Options{})
	before := descriptors(t, l.State().Main().PID)
	open := func(n int) {
		t.Helper()
		if fds := descriptors(t, l.State().Main().PID); len(fds) != len(before)+n {
			t.Errorf("descriptors %v, want %d more than %v", fds, n, before)
		}
	}
	ok(t, l, "mmap a 8 shared memfd", "mmap b 8 memfd", "mmap c 8 shared alias a")
	open(2)
	ok(t, l, "munmap a[0..6]", "posix_fadvise a normal", "munmap a[7]")
	open(2)
	ok(t, l, "mmap d 8 at c")
	open(1)
	ok(t, l, "mmap a 8 alias b", "mmap e 8 shared alias a at b", "munmap a")
	open(1)
	ok(t, l, "posix_fadvise e normal", "munmap e")
	open(0)
	do(t, l, "mmap f 0 memfd")
	do(t, l, "expect errno EINVAL")
	open(0)
	ok(t, l, "mmap a 8 shared memfd", "mmap b 8 memfd", "exec")
	open(0)
	ok(t, l, "mmap a 8 shared memfd", "reset")
	open(0)
}

// A child has its parent's descriptors, and each closes its own.
func TestDescriptorsOfAChild(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8 shared memfd", "mmap b 4 shared memfd", "madvise b dontfork", "fork child")
	child := l.State().Process("child").PID
	before := descriptors(t, child)
	ok(t, l, "in child posix_fadvise a normal", "in child mmap c 8 shared alias a", "munmap a", "in child memset c 7", "in child munmap a",
		"in child posix_fadvise c normal", "in child touch c", "in child munmap c")
	if fds := descriptors(t, child); len(fds) != len(before)-1 {
		t.Errorf("the child has the descriptors %v, want one less than %v", fds, before)
	}
	ok(t, l, "in child mmap b 8 shared memfd", "in child posix_fadvise b normal", "posix_fadvise b normal")
	if fds := descriptors(t, child); len(fds) != len(before)-1 {
		t.Errorf("the child has the descriptors %v, want the one of b taken by another", fds)
	}
}

// Where the subject may open no more, the kernel's answer comes, and nothing stays half made.
func TestTooManyDescriptors(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8 shared memfd")
	limit := unix.Rlimit{Cur: uint64(len(descriptors(t, l.State().Main().PID))), Max: 4096}
	if err := unix.Prlimit(l.State().Main().PID, unix.RLIMIT_NOFILE, &limit, nil); err != nil {
		t.Skipf("RLIMIT_NOFILE cannot be set: %v", err)
	}
	// The numbers below the limit that are free.
	for i := 0; i < 8 && do(t, l, fmt.Sprintf("mmap filler%d 1 memfd", i)).OK(); i++ {
	}
	before := descriptors(t, l.State().Main().PID)
	for _, what := range []string{"memfd", "scratch", "file " + os.Args[0]} {
		e := do(t, l, "mmap b 8 r "+what)
		if what == "scratch" && e.Refused != "" {
			continue // no directory for one
		}
		if e.Errno != "EMFILE" || e.Mapped != nil {
			t.Errorf("%s: %s %s", what, e.Strace(), e.Refused)
		}
	}
	ok(t, l, "mmap b 8 shared alias a", "mmap c 8", "munmap a", "munmap b", "mmap b 8 memfd")
	if fds := descriptors(t, l.State().Main().PID); !slices.Equal(fds, before) {
		t.Errorf("descriptors %v, want %v", fds, before)
	}
}
