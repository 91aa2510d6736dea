//go:build linux && (amd64 || arm64)

package subject

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// leftOpen opens a file that the children of this process inherit, as a shell's exec 9<FILE
// does, at two numbers of which one is far off.
func leftOpen(t *testing.T) {
	t.Helper()
	for _, at := range []int{0, 300} {
		// Without O_CLOEXEC.
		fd, err := unix.Open("/proc/self/exe", unix.O_RDONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		if fd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD, at); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
	}
}

// What whoever started incore has left open reaches no process of incore's.
func TestInheritsNoDescriptor(t *testing.T) {
	leftOpen(t)
	s := started(t)
	hasOwn(t, s)
	child := forked(t, s)
	executed(t, s)
	for _, p := range []*Subject{s, child} {
		works(t, p)
		hasOwn(t, p)
	}
	k, err := NewKeeper()
	if err != nil {
		t.Fatal(err)
	}
	if fds := descriptors(t, k.PID); len(fds) != 4 || fds[3] != actorFD {
		t.Errorf("the keeper has the descriptors %v, not 0 to %d", fds, actorFD)
	}
	if err := k.Close(); err != nil {
		t.Error(err)
	}
}

// Where the kernel has no close_range, they are found one by one.
func TestCloseListed(t *testing.T) {
	s := started(t)
	file, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var last uint64
	for range 3 {
		fd, err := s.SendFile(file)
		if err != nil {
			t.Fatal(err)
		}
		last = uint64(fd)
	}
	if r := call(t, s, unix.SYS_FCNTL, last, unix.F_DUPFD, 300); r.Ret < 300 {
		t.Fatalf("fcntl = %+v", r)
	}
	if err := s.closeListed(observerFD + 1); err != nil {
		t.Fatal(err)
	}
	hasOwn(t, s)
	works(t, s)
	if err := s.closeListed(observerFD + 1); err != nil {
		t.Errorf("with nothing to close: %v", err)
	}
}
