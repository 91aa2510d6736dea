//go:build unix

package subject

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// errnoName is ENOMEM and the like.
func errnoName(e syscall.Errno) string { return unix.ErrnoName(e) }
