//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
)

// A cgroup that was made, cannot be used and cannot be removed either is removed when incore
// ends. Here an ordinary directory stands for it, in one that is only appended to.
func TestMemcgIsLeft(t *testing.T) {
	l := opened(t, Options{})
	dir := t.TempDir()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const appendOnly = 0x20 // FS_APPEND_FL of linux/fs.h
	flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags|appendOnly)
	}
	if err != nil {
		t.Skipf("%s cannot be made append-only: %v", dir, err)
	}
	g, err := mainOf(l).tryMemcg(proc.Hierarchy{V2: true, Mount: dir, Own: dir}, dir, 1<<20)
	if e := unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags); e != nil {
		t.Fatal(e)
	}
	if !errors.Is(err, errLeft) || !errors.Is(err, errNoController) {
		t.Fatalf("made %v, %v", g, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Fatalf("left are %v, %v", left, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v, after incore's end", left, err)
	}
}

// One that was not made, or is another's, is nothing that incore has to remove.
func TestMemcgOfAnother(t *testing.T) {
	l := opened(t, Options{})
	dir := t.TempDir()
	others := filepath.Join(dir, fmt.Sprintf("incore-%d-1", os.Getpid()))
	if err := os.Mkdir(others, 0o700); err != nil {
		t.Fatal(err)
	}
	if g, err := mainOf(l).tryMemcg(proc.Hierarchy{V2: true, Mount: dir, Own: dir}, dir, 1<<20); !errors.Is(err, errNoController) || errors.Is(err, errLeft) {
		t.Errorf("made %v, %v", g, err)
	}
	if n := len(l.wills.held); n != 0 {
		t.Errorf("%d wills are held", n)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != filepath.Base(others) {
		t.Errorf("left are %v, %v", left, err)
	}
}
