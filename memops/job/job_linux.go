package job

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Foreground reports whether the terminal of a descriptor is the caller's to write to: its process group is in the
// foreground, or the terminal is not the one that controls it, of which nobody stops it (drivers/tty/tty_jobctrl.c,
// __tty_check_change).
func Foreground(fd uintptr) bool {
	pgrp, err := unix.IoctlGetInt(int(fd), unix.TIOCGPGRP)
	return err != nil || pgrp == unix.Getpgrp()
}

// Background has the kernel do to the process group what it does to one that sets the terminal of a descriptor in the
// background: stop it, unless it ignores SIGTTOU or nobody could continue it. It returns once the group is in the
// foreground, or nothing stops it. The kernel looks and stops in one call, which it makes again as the group is continued:
// a signal that is sent after a look of one's own can come after "fg". What is set is that output goes on, which holds
// (tcflow(3), drivers/tty/tty_ioctl.c, n_tty_ioctl_helper).
func Background(fd uintptr) { _ = unix.IoctlSetInt(int(fd), unix.TCXONC, unix.TCOON) }

// Stop sends the process group SIGTSTP with its default action, which is to stop, and returns after continued, which waits
// until the group has been continued. The runtime keeps the handler of a signal that was once asked for, so the kernel is
// told to leave it out for as long: another thread than the caller's may take the signal, at any time. Nothing stops where
// nobody could continue the group (setpgid(2), orphaned process groups).
func Stop(continued func()) error {
	// The struct sigaction of the kernel, whatever its order on a processor: zeros are SIG_DFL without flags and mask.
	var none, before, replaced [64]byte
	if err := action(&none, &before); err != nil {
		return err
	}
	err := unix.Kill(0, unix.SIGTSTP)
	if err == nil {
		continued()
	}
	if e := action(&before, &replaced); err == nil {
		err = e
	}
	return err
}

// action sets what SIGTSTP does (rt_sigaction(2)).
func action(to, before *[64]byte) error {
	const setSize = 8 // bytes of a sigset_t of the kernel
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGTSTP),
		uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(before)), setSize, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
