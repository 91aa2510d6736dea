//go:build !unix

package subject

import (
	"strconv"
	"syscall"
)

// errnoName is the number: other systems do not have the names.
func errnoName(e syscall.Errno) string { return "errno " + strconv.Itoa(int(e)) }
