//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A path that has come to name another file between the look and the opening is not mapped.
func TestFileReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a file")
	for _, p := range []string{path, path + "2"} {
		if err := os.WriteFile(p, make([]byte, pageBytes), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := opened(t, Options{})
	descriptors := func() int {
		list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", mainOf(l).sub.PID))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := descriptors()
	looked, err := lookAtFile(path, os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	defer looked.close()
	if err := os.Rename(path+"2", path); err != nil {
		t.Fatal(err)
	}
	fd, e, err := mainOf(l).openUserFile(looked)
	if err == nil || fd != noFD {
		t.Errorf("another file was opened as %d: %s", fd, e.Strace())
	}
	ok(t, l, "say that closes it")
	if n := descriptors(); n != before {
		t.Errorf("%d descriptors, want %d", n, before)
	}
}
