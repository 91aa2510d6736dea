//go:build linux && (amd64 || arm64)

package memops

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
)

// killKeeper has the keeper killed, as the OOM killer could.
func killKeeper(t *testing.T, k *wills) {
	t.Helper()
	if err := unix.Kill(k.keeper.PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for !k.keeper.Dead() {
		if err := unix.Kill(k.keeper.PID, 0); err != nil && err != unix.ESRCH {
			t.Fatal(err)
		}
	}
}

// A keeper that was killed is replaced by one that has the wills of the first, and the released
// ones not.
func TestKeeperIsReplaced(t *testing.T) {
	dir := t.TempDir()
	made := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keep := func(k *wills, path string) (release func()) {
		t.Helper()
		release, err := k.keep(subject.WillUnlink(path))
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	there := func(path string) bool {
		_, err := os.Lstat(path)
		return err == nil
	}
	for _, more := range []bool{true, false} { // a will is made after that, or none
		var k wills
		before, after, released, early := made("before"), made("after"), made("released"), made("early")
		keep(&k, before)
		release := keep(&k, released)
		keep(&k, early)()
		killKeeper(t, &k)
		if more {
			keep(&k, after)
		}
		release()
		release()
		if err := k.close(); err != nil {
			t.Error(err)
		}
		if there(before) || there(after) == more || !there(released) || !there(early) {
			t.Errorf("there are: before %v, after %v, released %v, released early %v", there(before), there(after), there(released), there(early))
		}
		if err := k.close(); err != nil {
			t.Error(err)
		}
	}
}

// A session goes on with another keeper, and one that died with nothing to do is no error.
func TestKeeperKilledInASession(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "shmget s 4")
	killKeeper(t, &l.wills)
	ok(t, l, "shmctl s rmid", "shmget u 4", "expect ok")
	killKeeper(t, &l.wills)
	ok(t, l, "shmctl u rmid")
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
