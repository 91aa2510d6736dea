//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ownProc says why /proc cannot be asked about the processes that incore starts: it goes by their PIDs,
// and names in /proc are PIDs of the namespace that it was mounted in (pid_namespaces(7)). In another one
// /proc/PID is somebody else, if anybody. It is nil where /proc is of incore's own namespace.
func ownProc() error {
	text, err := os.ReadFile("/proc/self/status")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("/proc does not know this process: it is not mounted here, or in another PID namespace (mount -t proc proc /proc): %w", err)
	case err != nil:
		return err
	}
	pids := pidsIn(string(text))
	if len(pids) == 1 && pids[0] == strconv.Itoa(os.Getpid()) {
		return nil
	}
	return fmt.Errorf("/proc is of another PID namespace, where this process is %s and not %d: mount -t proc proc /proc in this one, as unshare --mount-proc does",
		strings.Join(pids[:min(1, len(pids))], ""), os.Getpid())
}

// pidsIn are the PIDs that /proc/PID/status has of a process: from the namespace that /proc is of, to
// the process's own (NSpid, Linux 4.1). An older kernel shows the first.
func pidsIn(status string) (pids []string) {
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "NSpid":
			return strings.Fields(value)
		case "Pid":
			pids = strings.Fields(value)
		}
	}
	return pids
}

// whyShut says why the files of this process in /proc are root's, so that it cannot have a file executed that has
// no name; "" where they are not, or where no cause is known.
func whyShut() string {
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || dumpable == 1 || os.Geteuid() == 0 {
		return ""
	}
	const shut = "this process's files in /proc are root's (PR_SET_DUMPABLE in prctl(2)), since "
	path, err := ownFile()
	switch {
	case err == nil && errors.Is(unix.Access(path, unix.R_OK), unix.EACCES):
		return shut + path + " may be executed and not read by this user: chmod a+r on it mends that"
	case err == nil && hasPrivileges(path):
		return shut + path + " gives privileges to who executes it (set-user-ID, set-group-ID or setcap): take a copy without"
	}
	return ""
}

// ownFile is the file that this process was started from, as execve(2) was told, since what /proc/self/exe
// says may be shut too. Where glibc's loader has taken variables out of the environment of a program with
// privileges (ld.so(8), secure-execution mode), Go does not find the auxiliary vector behind it, and it is as the
// shell looks it up.
func ownFile() (string, error) {
	const atExecFn = 31 // AT_EXECFN, getauxval(3)
	aux, err := unix.Auxv()
	i := slices.IndexFunc(aux, func(a [2]uintptr) bool { return a[0] == atExecFn })
	if err != nil || i < 0 || aux[i][1] == 0 {
		return exec.LookPath(os.Args[0])
	}
	return unix.BytePtrToString((*byte)(unsafe.Add(unsafe.Pointer(nil), aux[i][1]))), nil
}

// hasPrivileges reports whether executing a file gives privileges: it is set-user-ID, set-group-ID, or has
// capabilities, and its mount does not ignore that (nosuid, mount(8); mnt_may_suid in fs/namespace.c).
func hasPrivileges(path string) bool {
	var on unix.Statfs_t
	if unix.Statfs(path, &on) == nil && on.Flags&unix.ST_NOSUID != 0 {
		return false
	}
	if st, err := os.Stat(path); err == nil && st.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
		return true
	}
	n, err := unix.Getxattr(path, "security.capability", nil)
	return err == nil && n > 0
}

// isFile reports whether what was found at a path is the file that f is.
func isFile(found os.FileInfo, f *os.File) bool {
	own, err := f.Stat()
	return err == nil && os.SameFile(found, own)
}
