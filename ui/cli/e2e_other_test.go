//go:build !unix

package cli_test

import "os/exec"

// takeTerminal does nothing: there is no pseudoterminal to take.
func takeTerminal(*exec.Cmd) {}
