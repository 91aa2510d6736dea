//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A file that incore opened can be mapped by the subject.
func TestSendFile(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("what is in it"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := s.SendFile(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	hasOwn(t, s, fd)
	if r := call(t, s, unix.SYS_FCNTL, uint64(fd), unix.F_GETFD, 0); r.Ret != unix.FD_CLOEXEC {
		t.Errorf("F_GETFD = %d, want FD_CLOEXEC", r.Ret)
	}
	r := call(t, s, unix.SYS_MMAP, 0, pageSize, unix.PROT_READ, unix.MAP_PRIVATE, uint64(fd), 0)
	if r.Ret < 0 {
		t.Fatalf("mmap = %d", r.Ret)
	}
	holds(t, s, uint64(r.Ret), 'w')
	if err := s.closeAll([]uint64{uint64(fd)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SendFile(f); err == nil {
		t.Error("a closed file was passed")
	}
	limit := unix.Rlimit{Cur: uint64(len(own)), Max: uint64(len(own))}
	if err := unix.Prlimit(s.PID, unix.RLIMIT_NOFILE, &limit, nil); err != nil {
		t.Fatal(err)
	}
	if fd, err := s.SendFile(os.Stdin); !errors.Is(err, unix.EMFILE) {
		t.Errorf("at the limit on open files: %d, %v, want EMFILE", fd, err)
	}
	hasOwn(t, s)
	works(t, s)
}

// A packet that is no message, and what it carries, is dropped.
func TestOddMessage(t *testing.T) {
	s := started(t)
	for range 3 {
		if err := sendmsg(s.Actor.fd, unix.UnixRights(0, 1)); err != nil {
			t.Fatal(err)
		}
		works(t, s)
	}
	hasOwn(t, s)
}
