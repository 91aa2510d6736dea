//go:build unix

package cli_test

import (
	"os/exec"
	"syscall"
)

// takeTerminal makes the command's standard input its controlling terminal.
func takeTerminal(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
}
