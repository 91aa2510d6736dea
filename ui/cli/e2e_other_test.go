//go:build !unix

package cli

import "os/exec"

// takeTerminal does nothing: there is no pseudoterminal to take.
func takeTerminal(*exec.Cmd) {}
