package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// ioctl_tty(2), on amd64, arm64 and riscv64.
const (
	tcXONC, tcOOFF, tcOON = 0x540a, 0, 1 // stop output, go on
	tcFLSH, tcOFLUSH      = 0x540b, 1    // throw away what was written
)

// discard throws away what a terminal has not taken yet (tcflush(3)), and wakes whoever waits to
// write more, which going on after a stop does (drivers/tty/tty_io.c, __start_tty) and throwing away
// alone does not. Of anything that is no terminal the kernel refuses both. A process in the
// background would be stopped for it by SIGTTOU.
func discard(f *os.File) {
	signal.Ignore(syscall.SIGTTOU)
	for _, call := range [][2]uintptr{{tcFLSH, tcOFLUSH}, {tcXONC, tcOOFF}, {tcXONC, tcOON}} {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), call[0], call[1])
	}
}
