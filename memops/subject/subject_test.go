//go:build linux && (amd64 || arm64)

package subject_test

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
)

func TestCall(t *testing.T) {
	s := subject.Started(t)
	if r := subject.Call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID || r.After <= r.Before {
		t.Errorf("getpid = %+v, want %d and stamps that grow", r, s.PID)
	}
	if r := subject.Call(t, s, unix.SYS_GETTID); int(r.Ret) != s.PID {
		t.Errorf("gettid of the actor = %d, want %d", r.Ret, s.PID)
	}
	if r, err := s.Observer.Call(unix.SYS_GETTID); err != nil || int(r.Ret) != s.Observer.TID {
		t.Errorf("gettid of the observer = %+v, %v, want %d", r, err, s.Observer.TID)
	}
	if r := subject.Call(t, s, 100_000); r.Ret != -int64(unix.ENOSYS) {
		t.Errorf("a call that does not exist = %d, want ENOSYS", r.Ret)
	}
	if r := subject.Call(t, s, 1<<32+99); r.Ret != -int64(unix.ENOSYS) {
		t.Errorf("a loop that does not exist = %d, want ENOSYS", r.Ret)
	}
}

func TestTouch(t *testing.T) {
	s := subject.Started(t)
	a := subject.Mapped(t, s, 64, unix.PROT_READ|unix.PROT_WRITE)
	clear(s.StampArea)
	for _, how := range []uint64{subject.TouchRead, subject.TouchWrite} {
		r := subject.Call(t, s, how, a, subject.PageSize, 64, subject.StampsAddr)
		if r.Ret != 64 || r.Done != 64 || r.Signal != 0 {
			t.Errorf("touch %d = %+v, want 64 pages", how-subject.TouchRead, r)
		}
	}
	for i := 0; i < 64; i++ {
		if s.StampArea[4*i]|s.StampArea[4*i+1]|s.StampArea[4*i+2] == 0 {
			t.Errorf("page %d has no time stamp", i)
		}
	}
	if r := subject.Call(t, s, subject.TouchWrite, a, subject.PageSize, 0, 0); r.Ret != 0 {
		t.Errorf("touch of no page = %+v", r)
	}
}

// An access that may not be is an answer that tells how far it came, and the subject
// lives on.
func TestSignalIsAnAnswer(t *testing.T) {
	s := subject.Started(t)
	a := subject.Mapped(t, s, 16, unix.PROT_READ|unix.PROT_WRITE)
	if r := subject.Call(t, s, unix.SYS_MPROTECT, a+8*subject.PageSize, subject.PageSize, unix.PROT_NONE); r.Ret != 0 {
		t.Fatal(syscall.Errno(-r.Ret))
	}
	const accerr, maperr = 2, 1
	for range 3 {
		for _, how := range []uint64{subject.TouchRead, subject.TouchWrite} {
			r := subject.Call(t, s, how, a, subject.PageSize, 16, subject.StampsAddr)
			if r.Ret != -1 || r.Signal != int32(unix.SIGSEGV) || r.Code != accerr || r.Addr != a+8*subject.PageSize || r.Done != 8 {
				t.Errorf("touch into PROT_NONE = %+v", r)
			}
		}
	}
	if r := subject.Call(t, s, subject.TouchRead, 0, 1, 1, 0); r.Signal != int32(unix.SIGSEGV) || r.Code != maperr {
		t.Errorf("touch of address 0 = %+v", r)
	}
	if r := subject.Call(t, s, subject.Fill, a, 7, 16*subject.PageSize); r.Signal != int32(unix.SIGSEGV) || r.Addr != a+8*subject.PageSize {
		t.Errorf("fill into PROT_NONE = %+v", r)
	}
	if r := subject.Call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID {
		t.Errorf("afterwards getpid = %d", r.Ret)
	}
}

func TestFillCopyCompare(t *testing.T) {
	s := subject.Started(t)
	a := subject.Mapped(t, s, 4, unix.PROT_READ|unix.PROT_WRITE)
	subject.Call(t, s, subject.Fill, a, 0xab, 5000)
	subject.Call(t, s, subject.Fill, a+10, 0x01, 10)
	// Overlapping by one byte less than the pattern: downwards is right, upwards repeats.
	subject.Call(t, s, subject.CopyDown, a+15, a+10, 10)
	if r := subject.Call(t, s, subject.Compare, a+15, a, 1); r.Ret != 0x01-0xab || r.Done != 0 {
		t.Errorf("compare = %+v, want the difference of 0x01 and 0xab", r)
	}
	if r := subject.Call(t, s, subject.Compare, a, a+100, 10); r.Ret != 0 || r.Done != 10 {
		t.Errorf("compare of equals = %+v", r)
	}
	if r := subject.Call(t, s, subject.Compare, a+25, a, 1); r.Ret != 0 {
		t.Errorf("the copy wrote past its end: %+v", r)
	}
	subject.Call(t, s, subject.CopyUp, a+subject.PageSize, a, subject.PageSize)
	if r := subject.Call(t, s, subject.Compare, a+subject.PageSize, a, subject.PageSize); r.Ret != 0 {
		t.Errorf("the copy differs from what was copied: %+v", r)
	}
}

// Whatever lies at the page's start, one instruction runs and control comes back.
func TestExec(t *testing.T) {
	s := subject.Started(t)
	a := subject.Mapped(t, s, 8, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	if r := subject.Call(t, s, subject.TouchExec, a, subject.PageSize, 8, subject.StampsAddr); r.Ret != 8 || r.Done != 8 {
		t.Errorf("exec of 8 zeroed pages = %+v", r)
	}
	n := subject.Mapped(t, s, 1, unix.PROT_READ|unix.PROT_WRITE)
	if r := subject.Call(t, s, subject.TouchExec, n, subject.PageSize, 1, 0); r.Signal != int32(unix.SIGSEGV) || r.Code != 2 || r.Addr != n {
		t.Errorf("exec of a page without PROT_EXEC = %+v", r)
	}
}

func TestDeath(t *testing.T) {
	s := subject.Started(t)
	if err := unix.Kill(s.PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if d := s.Death(); d.Signal != syscall.SIGKILL {
		t.Errorf("death = %+v, want SIGKILL", d)
	}
	if _, err := s.Actor.Call(unix.SYS_GETPID); err != subject.ErrGone {
		t.Errorf("a call to the dead = %v, want ErrGone", err)
	}
}
