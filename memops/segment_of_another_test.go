//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A segment that was removed is left alone, and forgotten once its ID is that of another's.
func TestRemovedSegment(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "shmget s 4", "fork c", "shmctl s rmid", "munmap s", "in c shmctl s lock", "in c expect all s locked", "in c munmap s")
	if e := do(t, l, "in c shmctl s lock"); e.Errno != "EINVAL" {
		t.Errorf("shmctl of what is gone: %s %s", e.Strace(), e.Refused)
	}
	// There is no way to have the kernel give an ID again at once: so the segment gets another's.
	other, err := unix.SysvShmGet(unix.IPC_PRIVATE, int(pageBytes), unix.IPC_CREAT|0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = unix.SysvShmCtl(other, unix.IPC_RMID, nil) }()
	l.segments[0].id = other
	for _, line := range []string{"shmctl s rmid", "mmap s 4 shared alias s"} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" || len(l.segments) != 0 {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	ok(t, l, "shmget s 4", "shmctl s rmid")
	l.segments[0].id = other
	ok(t, l, "reset")
	var d unix.SysvShmDesc
	if _, err := unix.SysvShmCtl(other, unix.IPC_STAT, &d); err != nil {
		t.Error("a segment of another was removed")
	}
}
