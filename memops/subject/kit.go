//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// The descriptors of a subject, beside 0, 1 and 2, which are /dev/null. They stay open
// across exec.
const (
	actorFD    = 3
	windowFD   = 4 // read by nobody once it is mapped; kept so that its number is free for exec's next window
	observerFD = 5
)

// kit is what incore makes for a new process: a window, and a socket pair a thread. The
// mapping and one end of each pair are incore's, the files go to the process.
type kit struct {
	window          []byte
	actor, observer int        // incore's ends; -1 where there is none
	files           []*os.File // the process's, in the order of its descriptors
}

// newKit makes the kit of a subject.
func newKit() (*kit, error) {
	k, err := newSmallKit()
	if err != nil {
		return nil, err
	}
	if k.observer, err = k.addSocket("observer"); err != nil {
		k.discard()
		return nil, err
	}
	return k, nil
}

// newSmallKit makes a kit without an observer.
func newSmallKit() (*kit, error) {
	k := &kit{actor: -1, observer: -1}
	var err error
	if k.actor, err = k.addSocket("actor"); err != nil {
		return nil, err
	}
	file, mem, err := newMemory(WindowSize)
	if err != nil {
		k.discard()
		return nil, err
	}
	k.files, k.window = append(k.files, file), mem
	k.window[actorBlock], k.window[observerBlock] = actorFD, observerFD
	return k, nil
}

// addSocket makes a socket pair, puts one end to the process's files and returns the other.
func (k *kit) addSocket(name string) (ours int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, step("socketpair", err)
	}
	k.files = append(k.files, os.NewFile(uintptr(pair[1]), name))
	return pair[0], nil
}

// fd is incore's descriptor of the file that becomes the process's descriptor theirs.
func (k *kit) fd(theirs int) int { return int(k.files[theirs-actorFD].Fd()) }

// closeFiles closes what the process has by now, or does not need any more: with one of
// its sockets open here, incore would not see its end.
func (k *kit) closeFiles() {
	for _, f := range k.files {
		f.Close()
	}
}

// discard gives everything back where there is no process to use it.
func (k *kit) discard() {
	k.closeFiles()
	for _, fd := range []int{k.actor, k.observer} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
	if k.window != nil {
		_ = unix.Munmap(k.window) // a mapping of our own: it cannot fail
	}
}

// subject is the process that was made with the kit.
func (k *kit) subject(l *life, handler uint64) *Subject {
	pid := l.process.Pid
	s := &Subject{PID: pid, life: l, handler: handler, Actor: &Thread{TID: pid, fd: k.actor}}
	if k.observer >= 0 {
		s.Observer = &Thread{fd: k.observer}
	}
	s.setWindow(k.window)
	return s
}

// setWindow makes mem the window, and returns the one before.
func (s *Subject) setWindow(mem []byte) (old []byte) {
	old, s.window = s.window, mem
	s.Args = mem[argsOffset : argsOffset+ArgsSize]
	s.StampArea = mem[stampsOffset : stampsOffset+4*Stamps]
	for i := range s.Bits {
		s.Bits[i] = mem[bitsOffset+i*bitsSize : bitsOffset+2*bitsSize]
	}
	return old
}

// whyTooLarge says that a file of size bytes is longer than RLIMIT_FSIZE allows; "" where it is not.
func whyTooLarge(size int) string {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &r) != nil || r.Cur >= uint64(size) {
		return ""
	}
	return fmt.Sprintf("RLIMIT_FSIZE (ulimit -f) is %d bytes, and it has %d", r.Cur, size)
}

// newMemory makes a memory file of size bytes and maps it in incore.
func newMemory(size int) (*os.File, []byte, error) {
	fd, err := unix.MemfdCreate("incore", unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3
		fd, err = unix.MemfdCreate("incore", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return nil, nil, step("memfd_create", err)
	}
	file := os.NewFile(uintptr(fd), "memfd:incore")
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return nil, nil, &StepError{Step: "ftruncate of the window", Err: errors.Join(err, file.Close()), Why: whyTooLarge(size)}
	}
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, step("mmap of the window", errors.Join(err, file.Close()))
	}
	return file, mem, nil
}
