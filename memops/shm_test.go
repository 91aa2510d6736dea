//go:build linux && (amd64 || arm64)

package memops

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Segments, said in the command language.
func TestShm(t *testing.T) {
	for name, lines := range map[string][]string{
		"SHM_LOCK is seen although no VMA has it": {
			"shmget s 8", "expect ok", "expect no s locked", "shmctl s lock", "expect ok", "expect all s locked absent", "expect vmlck 0",
			"expect no s onfault", "touch s[2]", "expect all s[2] locked resident", "shmctl s unlock", "expect no s locked",
		},
		"SHM_LOCK outlives the last detach": {
			"shmget s 8", "touch s[0..3]", "shmctl s lock", "munmap s", "mmap t 8 shared alias s", "expect ok",
			"expect all t[0..3] locked resident unmapped", "expect all t[4..7] locked absent", "munmap t", "mmap s 8 shared r alias s", "expect all s locked prot=r",
		},
		"a lock of the mapping is another one": {
			"shmget s 8", "mlock s[0..1]", "expect vmlck 2", "shmctl s lock", "expect all s locked", "expect vmlck 2", "shmctl s unlock",
			"expect count s locked 2", "munlock s", "expect no s locked",
		},
		"a segment at two places": {
			"shmget s 8", "mmap t 8 shared alias s", "memset s 6", "memcmp s t", "expect return 0", "shmctl t lock", "expect all s locked", "expect all t locked",
			"shmctl t rmid", "expect ok", "touch s", "expect all t locked resident", "mmap u 8 shared alias s", "expect ok", "munmap s", "munmap t", "munmap u",
			"shmctl s lock", "expect errno EINVAL",
		},
		"a child has it too": {
			"shmget s 8", "fork child", "in child shmctl s lock", "expect all s locked", "in child touch s[1]", "expect all s[1] resident locked unmapped",
			"munmap s", "in child expect all s[1] locked", "in child exec", "mmap t 8 shared alias s", "expect all t[1] resident locked",
		},
		"a piece of a segment": {
			"shmget s 8", "munmap s[2..3]", "shmctl s lock", "expect all s[0..1] locked", "expect no s[2..3] locked", "touch s[2]",
			"expect signal SIGSEGV SEGV_MAPERR in s[2]",
		},
		"at a place": {
			"shmget s 4", "mmap room 16 none", "mmap t 4 shared alias s at room[4]", "expect ok", "touch t", "expect all s resident", "mmap u 4 shared alias s at room+1,4",
			"expect errno EINVAL",
		},
		"shmget's own errors":       {"shmget s 0", "expect errno EINVAL", "shmget s 4", "expect ok"},
		"under FUTURE":              {"mlockall future", "shmget s 8", "expect all s locked resident", "expect vmlck 8"},
		"removed by reset":          {"shmget s 4", "shmctl s lock", "reset", "shmget s 4", "expect ok", "expect no s locked"},
		"a segment has no file":     {"shmget s 4", "posix_fadvise s normal", "expect errno EBADF"},
		"past the end of a segment": {"shmget s 4", "mremap s 8", "expect ok", "touch s", "expect signal SIGBUS BUS_ADRERR in s[4]"},
	} {
		t.Run(name, script(name, lines...))
	}
}

// The lock of a segment has a budget of its own, that of the user and not of the process,
// which RLIMIT_MEMLOCK bounds as well. Others of the same user may be using some of it now.
func TestShmLockLimit(t *testing.T) {
	needsMemlock(t, 1024)
	script("limit", limited("1024",
		"shmget s 4096", "shmctl s lock", "expect errno ENOMEM", "expect no s locked", "setrlimit memlock 0", "shmctl s lock", "expect errno EPERM",
		"shmctl s unlock", "expect ok")...)(t)
	script("beside what the process has locked", limited("1024",
		"mmap a 1024", "mlock a", "expect vmlck 1024", "shmget s 64", "shmctl s lock", "expect ok", "expect all s locked", "mlock a", "expect ok")...)(t)
}

// segmentIDs are those of the segments that a Lab has made.
func segmentIDs(l *Lab) (ids []int) {
	for _, s := range l.segments {
		ids = append(ids, s.id)
	}
	return ids
}

// isThere reports whether there is a segment.
func isThere(id int) bool {
	var d unix.SysvShmDesc
	_, err := unix.SysvShmCtl(id, unix.IPC_STAT, &d)
	return err == nil
}

// Nothing is left of a segment when incore ends, and after reset.
func TestSegmentsAreRemoved(t *testing.T) {
	for name, end := range map[string]func(l *Lab) error{
		"close": (*Lab).Close,
		"reset": (*Lab).reset,
		"a dead subject": func(l *Lab) error {
			mainOf(l).sub.Hangup()
			<-mainOf(l).ended
			return l.Close()
		},
	} {
		l := opened(t, Options{})
		ok(t, l, "shmget a 4", "touch a", "shmctl a lock", "shmget b 4", "munmap b", "shmget c 4", "shmctl c rmid", "munmap c")
		ids := segmentIDs(l)
		if len(ids) != 3 || !isThere(ids[0]) || !isThere(ids[1]) || isThere(ids[2]) {
			t.Errorf("%s: segments %v, of which a and b should be there", name, ids)
		}
		l.lane.Lock()
		unlock := l.lane.Unlock
		if name != "reset" {
			l.lane.Unlock()
			unlock = func() {}
		}
		if err := end(l); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		unlock()
		for _, id := range ids {
			if isThere(id) {
				t.Errorf("%s: segment %d is still there", name, id)
			}
		}
	}
}

const killedEnv = "INCORE_TEST_KILLED"

// Killed, incore cannot remove anything: the keeper does.
func TestSegmentsOfAKilledIncore(t *testing.T) {
	if os.Getenv(killedEnv) != "" {
		l := opened(t, Options{})
		ok(t, l, "shmget s 4", "touch s", "shmctl s lock", "fork child", "shmget u 4")
		fmt.Println("segments", segmentIDs(l)[0], segmentIDs(l)[1])
		select {} // until killed
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), killedEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []int
	lines := bufio.NewScanner(out)
	for len(ids) == 0 && lines.Scan() {
		if rest, found := strings.CutPrefix(lines.Text(), "segments "); found {
			for word := range strings.FieldsSeq(rest) {
				id, _ := strconv.Atoi(word)
				ids = append(ids, id)
			}
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // killed
	if len(ids) != 2 {
		t.Fatal("the other incore made no segments")
	}
	for deadline := time.Now().Add(20 * time.Second); isThere(ids[0]) || isThere(ids[1]); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("segments %v are still there", ids)
		}
	}
}

// The lock of a segment is one of the user's, and is seen by who did not set it.
func TestShmLockOfAnother(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "shmget s 4", "touch s", "expect no s locked")
	id := l.segments[0].id
	if _, err := unix.SysvShmCtl(id, shmLock, nil); err != nil {
		if errors.Is(err, unix.ENOMEM) || errors.Is(err, unix.EPERM) {
			t.Skipf("this user cannot lock a segment: %v", err)
		}
		t.Fatal(err)
	}
	ok(t, l, "expect all s locked resident", "expect vmlck 0")
}

// A segment that was removed is left alone, and forgotten once its ID is that of another's.
func TestRemovedSegment(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "shmget s 4", "fork c", "shmctl s rmid", "munmap s", "in c shmctl s lock", "in c expect all s locked", "in c munmap s")
	if e := do(t, l, "in c shmctl s lock"); e.Errno != "EINVAL" {
		t.Errorf("shmctl of what is gone: %s %s", e.Strace(), e.Refused)
	}
	// There is no way to have the kernel give an ID again at once: so the segment gets another's.
	other, err := unix.SysvShmGet(unix.IPC_PRIVATE, int(pageBytes), unix.IPC_CREAT|0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = unix.SysvShmCtl(other, unix.IPC_RMID, nil) }()
	l.segments[0].id = other
	for _, line := range []string{"shmctl s rmid", "mmap s 4 shared alias s"} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" || len(l.segments) != 0 {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	ok(t, l, "shmget s 4", "shmctl s rmid")
	l.segments[0].id = other
	ok(t, l, "reset")
	if !isThere(other) {
		t.Error("a segment of another was removed")
	}
}
