//go:build linux && (amd64 || arm64)

package memops_test

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

	"incore/memops"
	"incore/model"

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
		"attached once more": {
			"shmget s 4", "shmat t of s", "expect ok", "memset s 6", "memcmp s t", "expect return 0", "expect all t prot=rw", "fork kid", "in kid shmat u of t",
			"expect ok", "in kid touch u", "expect ok", "in kid memset u 7", "memset s[0] 7", "memcmp s[0] t[3]", "expect return 0",
		},
		"attached for reading alone": {
			"shmget s 4", "memset s 6", "shmat t of s rdonly", "expect ok", "expect all t prot=r", "touch t read", "expect ok", "touch t",
			"expect signal SIGSEGV SEGV_ACCERR in t[0]", "mprotect t rw", "expect errno EACCES", "mprotect t none", "expect ok", "mprotect t r", "expect ok",
			"memcmp s t", "expect return 0", "mprotect s[0] r", "mprotect s[0] rw", "expect ok",
		},
		"attached at an address": {
			"shmget s 4", "mmap room 16 none", "shmat t of s at room[4]", "expect errno EINVAL", "munmap room[4..11]", "shmat t of s at room[4]", "expect ok", "touch t",
			"expect all s resident", "expect no room[4..7] prot=none", "shmat u of s at room+32769,1", "expect errno EINVAL", "shmat u of s at room+32769,1 round", "expect ok",
			"expect all u prot=rw", "shmat v of s at room+20481,1 round", "expect errno EINVAL", "shmat v of s at t", "expect errno EINVAL",
			"shmat v of s at 0xfffffffffffff000,1", "expect errno EINVAL", "shmat v of s round", "expect ok",
		},
		"shmat under a limit": {
			"capset -ipc_lock", "shmget s 8", "mlockall future onfault", "setrlimit memlock 4", "shmat t of s", "expect errno EAGAIN", "munlockall", "shmat t of s", "expect ok",
		},
		"shmat of what is gone": {
			"shmget s 4", "shmctl s rmid", "shmat t of s", "expect ok", "munmap s", "munmap t", "shmat t of s", "expect errno EINVAL",
		},
		"detached": {
			"shmget s 4", "shmat t of s", "touch t", "shmdt t", "expect ok", "expect all s resident", "shmdt s", "expect ok", "shmat s of s", "expect all s resident unmapped",
			"mlock s", "expect vmlck 4", "shmdt s", "expect vmlck 0", "shmat s of s", "expect no s locked",
		},
		"detached in a child": {
			"shmget s 4", "fork kid", "shmdt s", "expect ok", "in kid touch s", "expect ok", "in kid shmdt s", "expect ok", "shmat s of s", "expect all s resident",
		},
		"detached from the last": {"shmget s 4", "shmctl s rmid", "shmdt s", "expect ok", "shmat s of s", "expect errno EINVAL"},
		"detached when its start is gone": {
			"shmget s 8", "munmap s[0..1]", "munmap s[4]", "mprotect s[6] r", "shmdt s", "expect ok", "shmat s of s", "expect ok", "mmap a 2 at s[0]", "shmdt s", "expect ok",
			"touch a", "expect ok",
		},
		"detached through what lies at its start": {
			"shmget s 4", "mmap a 1 at s[0]", "shmdt a", "expect ok", "touch a", "expect ok", "shmdt a", "expect errno EINVAL",
		},
		"detached where it was moved to": {
			"shmget s 4", "mremap s 64", "shmdt s", "expect ok", "shmat s of s", "mremap s 2", "shmdt s", "expect ok",
		},
		"what cannot be detached": {
			"mmap a 4", "shmdt a", "expect errno EINVAL", "malloc b 100B", "shmdt b", "expect errno EINVAL", "touch a", "expect ok", "brk +4", "shmdt heap", "expect errno EINVAL",
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

// IPC_STAT tells of the segment, whoever asks; so does each sample of a region that has it.
func TestShmStat(t *testing.T) {
	l := opened(t, memops.Options{})
	pid := func(proc string) int { return l.State().Process(proc).PID }
	ok(t, l, "shmget s 10000B", "shmat t of s", "fork kid", "in kid shmdt t", "shmctl s lock")
	e := do(t, l, "shmctl s stat")
	want := model.Segment{Attached: 3, Mode: 0o600 | model.SegmentLocked, Size: 10000, Creator: pid(model.Main), Last: pid("kid")}
	if e.Segment == nil || *e.Segment != want || e.Result != want.String() {
		t.Errorf("%s: %+v, want %+v", e.Strace(), e.Segment, want)
	}
	ok(t, l, "expect all s locked")
	if got := l.State().Process(model.Main).Region("t").Segment; got != want {
		t.Errorf("the sample has %+v, want %+v", got, want)
	}
	ok(t, l, "shmctl s unlock", "shmctl s rmid", "in kid exit", "shmdt t")
	e = do(t, l, "shmctl s stat")
	want = model.Segment{Attached: 1, Mode: 0o600 | model.SegmentRemoved, Size: 10000, Creator: pid(model.Main), Last: pid(model.Main)}
	if e.Segment == nil || *e.Segment != want {
		t.Errorf("%s: %+v, want %+v", e.Strace(), e.Segment, want)
	}
	ok(t, l, "shmdt s")
	if e = do(t, l, "shmctl s stat"); e.Errno != "EINVAL" || e.Segment != nil {
		t.Errorf("of a segment that is gone: %s", e.Strace())
	}
}

// What is sealed stays attached, and the kernel says that all went well: the event tells of it.
func TestShmdtOfSealedPages(t *testing.T) {
	needsCall(t, "mseal", unix.SYS_MSEAL)
	l := opened(t, memops.Options{})
	ok(t, l, "shmget s 4", "touch s", "mseal s[1]")
	e := do(t, l, "shmdt s")
	if want := "sealed, and attached still: 1 page of s"; !e.OK() || len(e.Gone) != 0 || e.Result != want {
		t.Errorf("%s: result %q, want %q; gone %q", e.Strace(), e.Result, want, e.Gone)
	}
	ok(t, l, "touch s[1]", "expect ok", "expect vmas s 1")
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

// isThere reports whether there is a segment.
func isThere(id int) bool {
	var d unix.SysvShmDesc
	_, err := unix.SysvShmCtl(id, unix.IPC_STAT, &d)
	return err == nil
}

// Nothing is left of a segment when incore ends, and after reset.
func TestSegmentsAreRemoved(t *testing.T) {
	for name, end := range map[string]func(l *memops.Lab) error{
		"close": (*memops.Lab).Close,
		"reset": func(l *memops.Lab) error {
			ok(t, l, "reset")
			return nil
		},
		"a dead subject": func(l *memops.Lab) error {
			sub := memops.SubjectOf(l, model.Main)
			sub.Hangup()
			<-sub.Gone()
			return l.Close()
		},
	} {
		l := opened(t, memops.Options{})
		ok(t, l, "shmget a 4", "touch a", "shmctl a lock", "shmget b 4", "munmap b", "shmget c 4", "shmctl c rmid", "munmap c")
		ids := memops.SegmentIDs(l)
		if len(ids) != 3 || !isThere(ids[0]) || !isThere(ids[1]) || isThere(ids[2]) {
			t.Errorf("%s: segments %v, of which a and b should be there", name, ids)
		}
		if err := end(l); err != nil {
			t.Errorf("%s: %v", name, err)
		}
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
		l := opened(t, memops.Options{})
		ok(t, l, "shmget s 4", "touch s", "shmctl s lock", "fork child", "shmget u 4")
		fmt.Println("segments", memops.SegmentIDs(l)[0], memops.SegmentIDs(l)[1])
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
	l := opened(t, memops.Options{})
	ok(t, l, "shmget s 4", "touch s", "expect no s locked")
	const lockSegment = 11 // SHM_LOCK of linux/shm.h
	id := memops.SegmentIDs(l)[0]
	if _, err := unix.SysvShmCtl(id, lockSegment, nil); err != nil {
		if errors.Is(err, unix.ENOMEM) || errors.Is(err, unix.EPERM) {
			t.Skipf("this user cannot lock a segment: %v", err)
		}
		t.Fatal(err)
	}
	ok(t, l, "expect all s locked resident", "expect vmlck 0")
}
