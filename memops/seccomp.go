//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// filtered reports whether incore, and so all of its processes, runs under a filter of system calls, as the text
// of /proc/self/status tells (proc_pid_status(5), Seccomp). What a filter answers a call with is told nowhere.
func filtered(status []byte) bool {
	for line := range bytes.Lines(status) {
		if mode, ok := bytes.CutPrefix(line, []byte("Seccomp:")); ok {
			return number(bytes.TrimSpace(mode)) == unix.SECCOMP_MODE_FILTER
		}
	}
	return false
}
