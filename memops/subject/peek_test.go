//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPeek(t *testing.T) {
	s := started(t)
	addr := mapped(t, s, 3, unix.PROT_READ|unix.PROT_WRITE)
	call(t, s, Fill, addr, 'A', pageSize)
	call(t, s, Fill, addr+pageSize, 'B', pageSize)
	call(t, s, unix.SYS_MUNMAP, addr+2*pageSize, pageSize)
	child, _, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Close() })
	call(t, child, Fill, addr, 'C', pageSize)
	// What may not be accessed is no access's signal here, not even where nobody catches it.
	for _, p := range []*Subject{s, child} {
		for _, sig := range caught {
			if _, err := p.CatchSignal(sig, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	call(t, child, unix.SYS_MPROTECT, addr+pageSize, pageSize, unix.PROT_NONE)
	none := uint64(0xffff_8000_0000_0000) // the kernel's
	for _, tt := range []struct {
		who  *Subject
		addr uint64
		n    int
		want string
		err  error
	}{
		{s, addr, 16, strings.Repeat("A", 16), nil},
		{s, addr + pageSize - 3, 7, "AAABBBB", nil},
		{s, addr, MessageSize - 1, strings.Repeat("A", MessageSize-1), nil},
		{s, addr + pageSize, 1, "B", nil},
		{s, addr + 2*pageSize, 16, "", unix.EFAULT},
		{s, addr + 2*pageSize - 3, 16, "", unix.EFAULT},
		{s, 0, 16, "", unix.EFAULT},
		{s, none, 16, "", unix.EFAULT},
		{child, addr, 16, strings.Repeat("C", 16), nil},
		{child, addr + pageSize, 16, "", unix.EFAULT},
		{s, addr, 16, strings.Repeat("A", 16), nil},
	} {
		b := make([]byte, tt.n)
		err := tt.who.Peek(tt.addr, b)
		if !errors.Is(err, tt.err) || err == nil && string(b) != tt.want {
			t.Errorf("%d bytes at %#x: %q, %v; want %q, %v", tt.n, tt.addr, b, err, tt.want, tt.err)
		}
	}
	for _, n := range []int{0, MessageSize, MessageSize + 1} {
		if err := s.Peek(addr, make([]byte, n)); err == nil || errors.As(err, new(syscall.Errno)) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	// The observer answers as before.
	if r, err := s.Observer.Call(unix.SYS_GETTID); err != nil || int(r.Ret) != s.Observer.TID {
		t.Errorf("gettid of the observer = %+v, %v", r, err)
	}
	child.Hangup()
	<-child.Gone()
	if err := child.Peek(addr, make([]byte, 16)); !errors.Is(err, ErrGone) {
		t.Errorf("of a process that is dead: %v", err)
	}
}
