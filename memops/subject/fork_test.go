//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func forked(t testing.TB, s *Subject) *Subject {
	t.Helper()
	child, r, err := s.Fork()
	if err != nil || child == nil {
		t.Fatalf("fork = %+v, %v", r, err)
	}
	t.Cleanup(func() { child.Close() })
	return child
}

// holds fails where the byte at addr is not want.
func holds(t testing.TB, s *Subject, addr uint64, want byte) {
	t.Helper()
	s.Args[0] = want
	if r := call(t, s, Compare, addr, ArgsAddr, 1); r.Ret != 0 || r.Done != 1 {
		t.Errorf("in process %d the byte at %#x is not %d: %+v", s.PID, addr, want, r)
	}
}

// works fails where a subject, its threads and its tie to incore are not as they must be.
func works(t testing.TB, s *Subject) {
	t.Helper()
	if r := call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID || r.After <= r.Before {
		t.Errorf("getpid = %+v, want %d and stamps that grow", r, s.PID)
	}
	if r := call(t, s, unix.SYS_GETTID); int(r.Ret) != s.Actor.TID || s.Actor.TID != s.PID {
		t.Errorf("gettid = %d, want %d and the PID, %d", r.Ret, s.Actor.TID, s.PID)
	}
	if r := call(t, s, unix.SYS_GETPPID); int(r.Ret) != os.Getpid() {
		t.Errorf("the parent of process %d is %d, not this one, %d", s.PID, r.Ret, os.Getpid())
	}
	if r, err := s.Observer.Call(unix.SYS_GETTID); err != nil || int(r.Ret) != s.Observer.TID {
		t.Errorf("gettid of the observer = %+v, %v, want %d", r, err, s.Observer.TID)
	}
	if r, err := s.Observer.Call(unix.SYS_GETPID); err != nil || int(r.Ret) != s.PID {
		t.Errorf("getpid of the observer = %+v, %v, want %d", r, err, s.PID)
	}
	s.putWords(0, 0)
	if r := call(t, s, unix.SYS_PRCTL, unix.PR_GET_PDEATHSIG, ArgsAddr); r.Ret != 0 || s.Args[0] != byte(unix.SIGKILL) {
		t.Errorf("PR_GET_PDEATHSIG of process %d = %d, %d", s.PID, r.Ret, s.Args[0])
	}
	if r := call(t, s, TouchRead, 0, 1, 1, 0); r.Signal != int32(unix.SIGSEGV) {
		t.Errorf("touch of address 0 in process %d = %+v", s.PID, r)
	}
}

// A child sees what its parent wrote before, and neither what the other writes after.
func TestForkCopiesOnWrite(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	a := mapped(t, s, 4, unix.PROT_READ|unix.PROT_WRITE)
	shared := uint64(call(t, s, unix.SYS_MMAP, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS, ^uint64(0), 0).Ret)
	call(t, s, Fill, a, 'p', 4*pageSize)
	call(t, s, Fill, shared, 'p', pageSize)
	child, r, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Close() })
	if int(r.Ret) != child.PID || child.PID == s.PID || r.After <= r.Before || r.Signal != 0 {
		t.Errorf("fork = %+v, want the PID of the child, %d, and stamps that grow", r, child.PID)
	}
	holds(t, child, a, 'p')
	if r := call(t, child, Fill, a, 'c', pageSize); r.Ret != 0 {
		t.Errorf("fill in the child = %+v", r)
	}
	holds(t, s, a, 'p')
	call(t, s, Fill, a+pageSize, 'q', pageSize)
	holds(t, child, a+pageSize, 'p')
	holds(t, child, a, 'c')
	call(t, child, Fill, shared, 'c', 1)
	holds(t, s, shared, 'c')
	works(t, s)
	works(t, child)
}

// The actor's own pages are there after a fork, in both: what is counted is of the regions.
func TestForkCountsOnlyRegions(t *testing.T) {
	s := started(t)
	const pages = 64
	a := mapped(t, s, pages, unix.PROT_READ|unix.PROT_WRITE)
	if r := call(t, s, unix.SYS_MADVISE, a, pages*pageSize, unix.MADV_NOHUGEPAGE); r.Ret != 0 {
		t.Logf("madvise MADV_NOHUGEPAGE: %v", syscall.Errno(-r.Ret))
	}
	call(t, s, TouchWrite, a, pageSize, pages, 0)
	child := forked(t, s)
	for _, p := range []*Subject{child, s} {
		before := minorFaults(t, p)
		call(t, p, TouchWrite, a, pageSize, pages, StampsAddr)
		if n := minorFaults(t, p) - before; n != pages {
			t.Errorf("%d faults in process %d, want %d", n, p.PID, pages)
		}
	}
}

// minorFaults are those of the actor.
func minorFaults(t *testing.T, s *Subject) uint64 {
	t.Helper()
	// struct rusage: two struct timeval, then 14 longs, of which the fifth is ru_minflt
	if r := call(t, s, unix.SYS_GETRUSAGE, unix.RUSAGE_THREAD, ArgsAddr); r.Ret != 0 {
		t.Fatal(syscall.Errno(-r.Ret))
	}
	var n uint64
	for i := range 8 {
		n |= uint64(s.Args[32+4*8+i]) << (8 * i)
	}
	return n
}

func TestForkOfFork(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	a := mapped(t, s, 1, unix.PROT_READ|unix.PROT_WRITE)
	line := []*Subject{s}
	for i := byte(1); i <= 4; i++ {
		child := forked(t, line[len(line)-1])
		call(t, child, Fill, a, uint64(i), pageSize)
		line = append(line, child)
	}
	for i, p := range line {
		holds(t, p, a, byte(i))
		works(t, p)
	}
}

// Sixteen processes, forked by each other, that are ended in no order at all.
func TestForkMany(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	a := mapped(t, s, 1, unix.PROT_READ|unix.PROT_WRITE)
	all := []*Subject{s}
	for len(all) < 16 {
		all = append(all, forked(t, all[rand.IntN(len(all))]))
	}
	for i, p := range all {
		call(t, p, Fill, a, uint64(i), pageSize)
	}
	rand.Shuffle(len(all)-1, func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i, p := range all {
		works(t, p)
		hasOwn(t, p)
		if i%2 == 0 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for i, p := range all {
		if i%2 != 0 {
			works(t, p)
			p.Hangup()
			if d := p.Death(); d.Signal != unix.SIGKILL {
				t.Errorf("death after Hangup = %+v", d)
			}
		}
	}
}

// A child lives on where its parent is killed, tells how it ends itself, and has all that
// a subject has.
func TestForkOutlivesParent(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	child := forked(t, s)
	grandchild := forked(t, child)
	for _, p := range []*Subject{s, child} {
		if err := p.process.Kill(); err != nil {
			t.Fatal(err)
		}
		if d := p.Death(); d.Signal != unix.SIGKILL {
			t.Errorf("death = %+v", d)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		works(t, grandchild)
	}
	works(t, forked(t, grandchild))
	if _, err := grandchild.Actor.Call(unix.SYS_EXIT_GROUP, 7); !errors.Is(err, ErrGone) {
		t.Errorf("a call of exit_group = %v", err)
	}
	select {
	case <-grandchild.Gone():
	case <-time.After(startTimeout):
		t.Fatal("the process that called exit_group lives")
	}
	if d := grandchild.Death(); d.Signal != 0 || d.Code != 7 {
		t.Errorf("death = %+v, want exit code 7", d)
	}
}

// A fault is an answer in a child too, on a signal stack of its own, and so is an
// executed instruction.
func TestForkCatches(t *testing.T) {
	s := started(t)
	a := mapped(t, s, 16, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	child := forked(t, s)
	if r := call(t, child, unix.SYS_MPROTECT, a+8*pageSize, pageSize, unix.PROT_NONE); r.Ret != 0 {
		t.Fatal(syscall.Errno(-r.Ret))
	}
	for range 3 {
		if r := call(t, child, TouchWrite, a, pageSize, 16, StampsAddr); r.Signal != int32(unix.SIGSEGV) || r.Addr != a+8*pageSize || r.Done != 8 {
			t.Errorf("touch into PROT_NONE in the child = %+v", r)
		}
		if r := call(t, s, TouchWrite, a, pageSize, 16, StampsAddr); r.Signal != 0 || r.Done != 16 {
			t.Errorf("the same in the parent = %+v", r)
		}
	}
	b := mapped(t, child, 2, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	if r := call(t, child, TouchExec, b, pageSize, 2, StampsAddr); r.Ret != 2 {
		t.Errorf("exec of 2 zeroed pages = %+v", r)
	}
}

// A clone that the kernel refuses is a reply, one that cannot be tried an error, and
// neither leaves anything.
func TestForkRefused(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	child, r, err := s.clone(ForkFlags | unix.CLONE_THREAD) // which needs CLONE_SIGHAND
	if child != nil || err != nil || r.Ret != -int64(unix.EINVAL) {
		t.Errorf("clone = %v, %+v, %v, want EINVAL", child, r, err)
	}
	hasOwn(t, s)
	var old unix.Rlimit
	if err := unix.Prlimit(s.PID, unix.RLIMIT_NOFILE, nil, &old); err != nil {
		t.Fatal(err)
	}
	for room := range uint64(3) {
		limit := unix.Rlimit{Cur: uint64(len(own)) + room, Max: old.Max}
		if err := unix.Prlimit(s.PID, unix.RLIMIT_NOFILE, &limit, nil); err != nil {
			t.Fatal(err)
		}
		if child, r, err := s.Fork(); child != nil || !errors.Is(err, unix.EMFILE) {
			t.Errorf("fork with room for %d descriptors = %v, %+v, %v, want EMFILE", room, child, r, err)
		}
		hasOwn(t, s)
	}
	if err := unix.Prlimit(s.PID, unix.RLIMIT_NOFILE, &old, nil); err != nil {
		t.Fatal(err)
	}
	works(t, forked(t, s))
}

// At the limit on processes the clone is refused by the kernel itself.
func TestForkRefusedByNPROC(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root has no limit on processes (copy_process in kernel/fork.c)")
	}
	nothingLeft(t)
	s := started(t)
	if err := unix.Prlimit(s.PID, unix.RLIMIT_NPROC, &unix.Rlimit{Cur: 1, Max: 1}, nil); err != nil {
		t.Fatal(err)
	}
	if child, r, err := s.Fork(); child != nil || err != nil || r.Ret != -int64(unix.EAGAIN) {
		t.Errorf("fork = %v, %+v, %v, want EAGAIN", child, r, err)
	}
	hasOwn(t, s)
	works(t, s)
}

// A child that cannot put its window in the place of its parent's ends at once. Of a
// sealed mapping it cannot.
func TestForkChildEnds(t *testing.T) {
	const mseal = 462 // on every architecture, Linux 6.10
	nothingLeft(t)
	s := started(t)
	if r := call(t, s, mseal, WindowAddr, WindowSize, 0); r.Ret != 0 {
		t.Skipf("mseal: %v", syscall.Errno(-r.Ret))
	}
	child, r, err := s.Fork()
	var died *ChildError
	if child != nil || !errors.As(err, &died) || int(r.Ret) != died.PID || died.Death.Signal != 0 || died.Death.Code != 0 {
		t.Errorf("fork = %v, %+v, %v, want a PID and a ChildError with exit code 0", child, r, err)
	}
	if errors.Is(err, ErrGone) {
		t.Errorf("%v is told as the end of the one that forked", err)
	}
	hasOwn(t, s)
	works(t, s)
}

// Each of several processes is waited for by itself, beside what os/exec waits for.
func TestForkWaits(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	var all []*Subject
	for range 4 {
		all = append(all, forked(t, s))
	}
	other, err := os.StartProcess("/proc/self/exe", []string{"test", "-test.run=^$"}, &os.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range slices.Backward(all) {
		if err := p.Actor.Send(unix.SYS_EXIT_GROUP, uint64(10+i)); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range all {
		if d := p.Death(); d.Signal != 0 || d.Code != 10+i {
			t.Errorf("death = %+v, want exit code %d", d, 10+i)
		}
	}
	if state, err := other.Wait(); err != nil || !state.Success() {
		t.Errorf("the other child = %v, %v", state, err)
	}
}
