//go:build linux && (amd64 || arm64)

package proc

import (
	"sync"

	"golang.org/x/sys/unix"
)

// firstUserNamespace is the inode of the user namespace that a system begins with
// (PROC_USER_INIT_INO, linux/proc_ns.h).
const firstUserNamespace = 0xEFFFFFFD

// CapsCount reports whether the capabilities of /proc/PID/status are those that locking asks
// for: mm/mlock.c asks with capable(), which means the first user namespace. A process
// that is root in one of its own (unshare -r, a rootless container) shows all of them
// and yet meets RLIMIT_MEMLOCK (user_namespaces(7)). A kernel without user namespaces has
// no such file.
var CapsCount = sync.OnceValue(func() bool {
	var st unix.Stat_t
	return unix.Stat("/proc/self/ns/user", &st) != nil || st.Ino == firstUserNamespace
})
