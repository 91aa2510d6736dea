//go:build linux && (amd64 || arm64)

package subject

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const startHereEnv = "INCORE_TEST_START_HERE"

// TestStartHere starts a subject for the tests below, which run it elsewhere, and says how that went.
func TestStartHere(t *testing.T) {
	if os.Getenv(startHereEnv) == "" {
		t.Skip("it is run by other tests")
	}
	s, err := Start()
	if err != nil {
		var failed *StepError
		if !errors.As(err, &failed) || strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("no step, or no line: %q", err)
		}
		fmt.Printf("said: %v\n", err)
		return
	}
	r, err := s.Actor.Call(unix.SYS_GETPID)
	fmt.Printf("said: started, PID %v, %v\n", int(r.Ret) == s.PID, err)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// copyOfTest is a copy of this program where every user may execute it.
func copyOfTest(t *testing.T, mode os.FileMode) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "incore-start-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	from, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path := filepath.Join(dir, "incore")
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close(), os.Chmod(path, mode), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}

// startElsewhere runs TestStartHere and returns what it said. As root it is another user who does, where
// that is asked for.
func startElsewhere(t *testing.T, path string, asUser bool, attr *syscall.SysProcAttr) string {
	t.Helper()
	cmd := exec.Command(path, "-test.run=^TestStartHere$")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), startHereEnv+"=1", "TMPDIR=/tmp", "HOME=/tmp") // what a program with privileges is not handed
	if asUser && os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EINVAL) {
		t.Skipf("this user can make no such namespace: %v", err)
	}
	_, said, ok := strings.Cut(string(out), "said: ")
	if err != nil || !ok {
		t.Fatalf("%v: %s", err, out)
	}
	said, _, _ = strings.Cut(said, "\n")
	return said
}

// A program that its user may not read, or that has privileges, finds its own files in /proc shut, and says so.
func TestStartOfUnreadable(t *testing.T) {
	shut := ": this process's files in /proc are root's (PR_SET_DUMPABLE in prctl(2)), since "
	path := copyOfTest(t, 0o755)
	if said := startElsewhere(t, path, true, &syscall.SysProcAttr{}); said != "started, PID true, <nil>" {
		t.Fatalf("a copy: %s", said)
	}
	mode := os.FileMode(0o111)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	want := "(EACCES)" + shut + path + " may be executed and not read by this user: chmod a+r on it mends that"
	if said := startElsewhere(t, path, true, &syscall.SysProcAttr{}); !strings.HasSuffix(said, want) {
		t.Errorf("of mode %o: %s", mode, said)
	}
	if os.Geteuid() != 0 {
		t.Skip("giving a file capabilities takes root")
	}
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	caps := make([]byte, 20) // struct vfs_cap_data (linux/capability.h): VFS_CAP_REVISION_2, effective; CAP_IPC_LOCK
	binary.LittleEndian.PutUint32(caps, 0x02000001)
	binary.LittleEndian.PutUint32(caps[4:], 1<<unix.CAP_IPC_LOCK)
	if err := unix.Setxattr(path, "security.capability", caps, 0); err != nil {
		t.Skipf("this file system keeps no capabilities: %v", err)
	}
	var on unix.Statfs_t
	if err := unix.Statfs(path, &on); err != nil {
		t.Fatal(err)
	}
	if on.Flags&unix.ST_NOSUID != 0 { // then the capability gives nothing
		if said := startElsewhere(t, path, true, &syscall.SysProcAttr{}); said != "started, PID true, <nil>" {
			t.Errorf("with a capability, on a mount that is nosuid: %s", said)
		}
		return
	}
	want = "(EACCES)" + shut + path + " gives privileges to who executes it (set-user-ID, set-group-ID or setcap): take a copy without"
	if said := startElsewhere(t, path, true, &syscall.SysProcAttr{}); !strings.HasSuffix(said, want) {
		t.Errorf("with a capability: %s", said)
	}
}

// In a PID namespace over the /proc of another one PIDs name other processes: nothing is started.
func TestStartInPIDNamespace(t *testing.T) {
	attr := &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWPID}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	}
	path, err := os.Executable() // since it is run in another directory, where a relative path names nothing
	if err != nil {
		t.Fatal(err)
	}
	said := startElsewhere(t, path, false, attr)
	if !strings.HasPrefix(said, "the subject cannot be started: finding itself in /proc: /proc is of another PID namespace, where this process is ") ||
		!strings.Contains(said, " and not 1: mount -t proc proc /proc") {
		t.Errorf("it said: %s", said)
	}
}

func TestPIDsIn(t *testing.T) {
	for status, want := range map[string]string{
		"Name:\tx\nPid:\t12\nNSpid:\t12\n": "12", "Name:\tx\nPid:\t12\nNSpid:\t12\t1\n": "12 1", "Name:\tx\nPid:\t12\nUid:\t0\n": "12", "": "",
	} {
		if got := strings.Join(pidsIn(status), " "); got != want {
			t.Errorf("%q: %q, want %q", status, got, want)
		}
	}
	if err := ownProc(); err != nil {
		t.Error(err)
	}
}

// What is executed is the file that was made for it, and nothing else of that name.
func TestIsFile(t *testing.T) {
	f, err := memfd([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for path, want := range map[string]bool{fmt.Sprintf("/proc/self/fd/%d", f.Fd()): true, os.Args[0]: false, "/proc/self/fd/0": false} {
		found, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if isFile(found, f) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}
