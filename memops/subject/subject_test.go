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

func TestCall(t *testing.T) {
	s := started(t)
	if r := call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID || r.After <= r.Before {
		t.Errorf("getpid = %+v, want %d and stamps that grow", r, s.PID)
	}
	if r := call(t, s, unix.SYS_GETTID); int(r.Ret) != s.PID {
		t.Errorf("gettid of the actor = %d, want %d", r.Ret, s.PID)
	}
	if r, err := s.Observer.Call(unix.SYS_GETTID); err != nil || int(r.Ret) != s.Observer.TID {
		t.Errorf("gettid of the observer = %+v, %v, want %d", r, err, s.Observer.TID)
	}
	if r := call(t, s, 100_000); r.Ret != -int64(unix.ENOSYS) {
		t.Errorf("a call that does not exist = %d, want ENOSYS", r.Ret)
	}
	if r := call(t, s, 1<<32+99); r.Ret != -int64(unix.ENOSYS) {
		t.Errorf("a loop that does not exist = %d, want ENOSYS", r.Ret)
	}
}

func TestTouch(t *testing.T) {
	s := started(t)
	a := mapped(t, s, 64, unix.PROT_READ|unix.PROT_WRITE)
	clear(s.StampArea)
	for _, how := range []uint64{TouchRead, TouchWrite} {
		r := call(t, s, how, a, pageSize, 64, StampsAddr)
		if r.Ret != 64 || r.Done != 64 || r.Signal != 0 {
			t.Errorf("touch %d = %+v, want 64 pages", how-TouchRead, r)
		}
	}
	for i := 0; i < 64; i++ {
		if s.StampArea[4*i]|s.StampArea[4*i+1]|s.StampArea[4*i+2] == 0 {
			t.Errorf("page %d has no time stamp", i)
		}
	}
	if r := call(t, s, TouchWrite, a, pageSize, 0, 0); r.Ret != 0 {
		t.Errorf("touch of no page = %+v", r)
	}
}

// An access that may not be is an answer that tells how far it came, and the subject
// lives on.
func TestSignalIsAnAnswer(t *testing.T) {
	s := started(t)
	a := mapped(t, s, 16, unix.PROT_READ|unix.PROT_WRITE)
	if r := call(t, s, unix.SYS_MPROTECT, a+8*pageSize, pageSize, unix.PROT_NONE); r.Ret != 0 {
		t.Fatal(syscall.Errno(-r.Ret))
	}
	const accerr, maperr = 2, 1
	for range 3 {
		for _, how := range []uint64{TouchRead, TouchWrite} {
			r := call(t, s, how, a, pageSize, 16, StampsAddr)
			if r.Ret != -1 || r.Signal != int32(unix.SIGSEGV) || r.Code != accerr || r.Addr != a+8*pageSize || r.Done != 8 {
				t.Errorf("touch into PROT_NONE = %+v", r)
			}
		}
	}
	if r := call(t, s, TouchRead, 0, 1, 1, 0); r.Signal != int32(unix.SIGSEGV) || r.Code != maperr {
		t.Errorf("touch of address 0 = %+v", r)
	}
	if r := call(t, s, Fill, a, 7, 16*pageSize); r.Signal != int32(unix.SIGSEGV) || r.Addr != a+8*pageSize {
		t.Errorf("fill into PROT_NONE = %+v", r)
	}
	if r := call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID {
		t.Errorf("afterwards getpid = %d", r.Ret)
	}
}

func TestFillCopyCompare(t *testing.T) {
	s := started(t)
	a := mapped(t, s, 4, unix.PROT_READ|unix.PROT_WRITE)
	call(t, s, Fill, a, 0xab, 5000)
	call(t, s, Fill, a+10, 0x01, 10)
	// Overlapping by one byte less than the pattern: downwards is right, upwards repeats.
	call(t, s, CopyDown, a+15, a+10, 10)
	if r := call(t, s, Compare, a+15, a, 1); r.Ret != 0x01-0xab || r.Done != 0 {
		t.Errorf("compare = %+v, want the difference of 0x01 and 0xab", r)
	}
	if r := call(t, s, Compare, a, a+100, 10); r.Ret != 0 || r.Done != 10 {
		t.Errorf("compare of equals = %+v", r)
	}
	if r := call(t, s, Compare, a+25, a, 1); r.Ret != 0 {
		t.Errorf("the copy wrote past its end: %+v", r)
	}
	call(t, s, CopyUp, a+pageSize, a, pageSize)
	if r := call(t, s, Compare, a+pageSize, a, pageSize); r.Ret != 0 {
		t.Errorf("the copy differs from what was copied: %+v", r)
	}
}

// Whatever lies at the page's start, one instruction runs and control comes back.
func TestExec(t *testing.T) {
	s := started(t)
	a := mapped(t, s, 8, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	if r := call(t, s, TouchExec, a, pageSize, 8, StampsAddr); r.Ret != 8 || r.Done != 8 {
		t.Errorf("exec of 8 zeroed pages = %+v", r)
	}
	n := mapped(t, s, 1, unix.PROT_READ|unix.PROT_WRITE)
	if r := call(t, s, TouchExec, n, pageSize, 1, 0); r.Signal != int32(unix.SIGSEGV) || r.Code != 2 || r.Addr != n {
		t.Errorf("exec of a page without PROT_EXEC = %+v", r)
	}
}

func TestDeath(t *testing.T) {
	s := started(t)
	if err := unix.Kill(s.PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if d := s.Death(); d.Signal != syscall.SIGKILL {
		t.Errorf("death = %+v, want SIGKILL", d)
	}
	if _, err := s.Actor.Call(unix.SYS_GETPID); err != ErrGone {
		t.Errorf("a call to the dead = %v, want ErrGone", err)
	}
}
