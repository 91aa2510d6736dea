//go:build linux && (amd64 || arm64)

package subject

import (
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func started(t testing.TB) *Subject {
	t.Helper()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// call makes a call of the actor that must be answered.
func call(t testing.TB, s *Subject, number uint64, args ...uint64) Reply {
	t.Helper()
	r, err := s.Actor.Call(number, args...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var pageSize = uint64(os.Getpagesize())

func mapped(t testing.TB, s *Subject, pages uint64, prot uint64) uint64 {
	t.Helper()
	r := call(t, s, unix.SYS_MMAP, 0, pages*pageSize, prot, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS, ^uint64(0), 0)
	if r.Ret < 0 {
		t.Fatalf("mmap: %v", syscall.Errno(-r.Ret))
	}
	return uint64(r.Ret)
}
