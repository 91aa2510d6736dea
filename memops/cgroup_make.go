//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
)

// errNoController says that a cgroup can be made, but not one that limits memory. What
// would help, to change cgroup.subtree_control, is not incore's to do.
var errNoController = errors.New("the memory controller is not enabled for cgroups in it (cgroup.subtree_control)")

// make makes the cgroup dir with a limit and puts a process into it. Where any of that is not
// allowed it leaves nothing, or else the error is errLeft.
func makeCgroup(h proc.Hierarchy, dir, limit string, pid int) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	err := fillCgroup(h, dir, limit, pid)
	if err != nil {
		if left := os.Remove(dir); left != nil {
			err = fmt.Errorf("%w; %w: %w", err, errLeft, left)
		}
	}
	return err
}

// errLeft is wrapped where a cgroup was made, of no use, and could not be removed yet.
var errLeft = errors.New("it is left behind until incore ends")

func fillCgroup(h proc.Hierarchy, dir, limit string, pid int) error {
	file := filepath.Join(dir, h.LimitFile())
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", filepath.Dir(dir), errNoController)
	}
	if err := writeFile(file, limit); err != nil {
		return err
	}
	if !h.V2 {
		// A cgroup of version 1 begins with its parent's answer to running out: where that
		// is to wait for ever, this one is to kill (memory.rst, 10. OOM Control).
		control := filepath.Join(dir, "memory.oom_control")
		if waits, _ := proc.Keyed(proc.ReadText(control), "oom_kill_disable"); waits != 0 {
			if err := writeFile(control, "0"); err != nil {
				return err
			}
		}
	}
	return writeFile(filepath.Join(dir, "cgroup.procs"), strconv.Itoa(pid))
}

// writeFile writes to a file of the kernel's that is there, in one call, as cgroup files want it.
//
// The descriptor blocks. That of an os.File would not: files of cgroups can be polled, so the os package
// sets O_NONBLOCK. Then a lowered memory.max is written down and not enforced (Linux 7, mm/memcontrol.c,
// memory_max_write), and the EAGAIN of memory.reclaim, which says that not all could be reclaimed, has
// the write wait for ever for a file that is always ready.
func writeFile(path, text string) error {
	var fd int
	var err error
	for fd, err = -1, unix.EINTR; errors.Is(err, unix.EINTR); {
		fd, err = unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	for err = unix.EINTR; errors.Is(err, unix.EINTR); {
		_, err = unix.Write(fd, []byte(text))
	}
	if err := errors.Join(err, unix.Close(fd)); err != nil {
		return fmt.Errorf("writing %s: %w", text, &fs.PathError{Op: "write", Path: path, Err: err})
	}
	return nil
}
