//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"syscall"
	"testing"
)

// lockSegmentsAlone waits until no other test of this user locks segments, and has others wait until this one ends: what SHM_LOCK locks
// is counted by the user and not by the process (mm/mlock.c, user_shm_lock), and packages are tested side by side.
func lockSegmentsAlone(t *testing.T) {
	t.Helper()
	dir, err := os.Open(os.TempDir()) // which every test can open, and where nothing is left
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(int(dir.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
}
