//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/model/calls"
)

func TestExplainedFiles(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"file": 0o644, "none": 0} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "loop"), filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string { return "mmap a 4 file '" + filepath.Join(dir, name) + "'" }
	runExplained(t, []explained{
		{lines: file("gone"), call: "openat", answer: "ENOENT", why: filepath.Join(dir, "gone") + ": there is no such file"},
		{lines: file("file/x"), call: "openat", answer: "ENOTDIR", why: filepath.Join(dir, "file/x") + ": something on the way to it is a file"},
		{lines: file("loop"), call: "openat", answer: "ELOOP", why: filepath.Join(dir, "loop") + ": more than 40 symbolic links"},
		{lines: file(strings.Repeat("x", 300)), call: "openat", answer: "ENAMETOOLONG", why: filepath.Join(dir, "xxx")},
		{lines: "capset -dac_override; capset -dac_read_search; " + file("none"), call: "openat", answer: "EACCES", why: filepath.Join(dir, "none") + ": the user may not read it"},
		{lines: "mmap a 8388608T memfd", call: "ftruncate", answer: "EINVAL", why: "The file behind the mapping cannot be 8E long"},
		{lines: file("file") + "; touch a read", call: "touch", answer: "SIGBUS", why: "a[1] is mapped, but nothing is behind it: the file has 1 byte, and the page begins behind its end."},
		{lines: "mmap a 4 shared memfd; mlock a[2]; msync a invalidate", call: "msync", answer: "EBUSY", why: "a[2] is locked, and MS_INVALIDATE may not take locked pages away. Nothing was changed: MS_INVALIDATE alone syncs nothing.", try: "munlock a[2] first."},
		{lines: "mmap a 4 shared memfd; mlock a[2]; msync a sync,invalidate", call: "msync", answer: "EBUSY", why: "a[2] is locked, and MS_INVALIDATE may not take locked pages away. Before it, a[0..1] was written; nothing after it was.", try: "munlock a[2] first."},
		{lines: "mmap a 4 shared memfd; mlock a[2]; msync a async,invalidate", call: "msync", answer: "EBUSY", why: "a[2] is locked, and MS_INVALIDATE may not take locked pages away. Nothing was changed: MS_ASYNC starts no writing.", try: "munlock a[2] first."},
		{lines: "mmap a 4 shared memfd; msync a sync,async", call: "msync", answer: "EINVAL", why: "MS_SYNC waits until all is written, and MS_ASYNC waits for nothing", try: "Say one of them."},
		{lines: "mmap a 4 shared memfd; munmap a[2]; msync a async,invalidate", call: "msync", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. MS_ASYNC with MS_INVALIDATE only looks"},
		{lines: "mmap a 4 shared memfd; munmap a[2]; msync a sync", call: "msync", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. msync skips holes"},
		{lines: "mmap a 4 shared memfd; munmap a[2]; msync a async", call: "msync", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. MS_ASYNC only looks"},
		{lines: "mmap a 4; msync a+1,1 async", call: "msync", answer: "EINVAL", why: "The address 0x"},
		{lines: "mmap a 4; posix_fadvise a dontneed", call: "fadvise64", answer: "EBADF", why: "posix_fadvise is about files, and none lies behind a, which is anon memory.", try: "madvise a pageout takes the pages out of core and keeps"},
		{lines: "mmap a 4 memfd at 0x10_0000_0000,1; posix_fadvise 0x10_0000_0000,0xffffffffffffffff dontneed", call: "fadvise64", answer: "EINVAL", why: "The length, 18446744073709551615, is negative"},
	})
}

func TestExplainedHeap(t *testing.T) {
	runExplained(t, []explained{
		{lines: "brk -1", call: "brk", answer: "ENOMEM", why: "The heap is empty, and its end cannot move below where it began."},
		{lines: "brk +16; brk -17", call: "brk", answer: "ENOMEM", why: "The heap has 16 pages, and its end cannot move below where it began."},
		{lines: "brk +16; mseal heap[8]; brk -16", call: "brk", answer: "ENOMEM", why: "heap[8] is sealed: mseal forbids"},
		{lines: lowLimit + "brk +4; mlockall future; brk +8", call: "brk", answer: "ENOMEM",
			why: "mlockall future is in force, so what is added to the heap is locked. RLIMIT_MEMLOCK is {4}; 0B was locked before, and this would lock {8} more: {4} too much."},
		{lines: lowLimit + "malloc a 4; mlockall future; malloc b 16M", call: "mmap", answer: "EAGAIN", why: "mlockall future is in force"},
		{lines: lowLimit + "mlockall future; malloc a 1", call: "brk", answer: "ENOMEM", why: "mlockall future is in force, so what is added to the heap is locked."},
		{lines: "brk +100000T", call: "brk", answer: "ENOMEM", why: "That is 97.7P; a process has addresses for "},
		{lines: "malloc a 8388608T", call: "malloc", answer: "ENOMEM", why: "9223372036854775808 bytes are more than malloc gives anyone"},
	})
}

// What lies in the way of the heap is named, and how much of it is free up to there.
func TestExplainedHeapInTheWay(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "brk +4")
	heap := l.State().Main().Region("heap")
	ok(t, l, "mmap a 1 at 0x"+strconv.FormatUint(heap.Span().End()+8*uint64(pageBytes), 16)+",1")
	x := explained{call: "brk", answer: "ENOMEM", why: "The pages of the heap end at 0x" + strconv.FormatUint(heap.Span().End(), 16) +
		", and a[0] is in the way: {8} are free up to it, and 1 page must stay free between."}
	x.check(t, l, "brk +8")
	ok(t, l, "brk +7")
}

// malloc says what the last of its calls was refused for.
func TestExplainedMalloc(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, strings.Split(strings.TrimSuffix(lowLimit, "; "), "; ")...)
	ok(t, l, "mlockall future")
	e := do(t, l, "malloc a 64K")
	sampled(l)
	why, _ := calls.Explain(e, l.State())
	if want := "Neither brk nor mmap gave malloc the memory. Of mmap: mlockall future is in force"; e.Errno != "ENOMEM" || !strings.HasPrefix(why, want) {
		t.Errorf("%s\n got: %s\nwant: %s", e.Strace(), why, want)
	}
}

func TestExplainedSegments(t *testing.T) {
	lockSegmentsAlone(t)
	runExplained(t, []explained{
		{lines: "shmget s 0", call: "shmget", answer: "EINVAL", why: "A segment has at least one byte."},
		{lines: "shmget s 8388608T", call: "shmget", answer: "EINVAL", why: "A segment cannot be 8E long"},
		{lines: lowLimit + "mlockall future; shmget s 8", call: "shmat", answer: "EAGAIN", why: "mlockall future is in force"},
		{lines: "capset -ipc_owner; shmget s 8; mmap b 8 shared rx alias s", call: "shmat", answer: "EACCES", why: "The segment's mode, 0600, lets nobody execute what is in it"},
		{lines: lowLimit + "setrlimit memlock 0; shmget s 8; shmctl s lock", call: "shmctl", answer: "EPERM", why: "RLIMIT_MEMLOCK is 0"},
		{lines: lowLimit + "shmget s 8; shmctl s lock", call: "shmctl", answer: "ENOMEM",
			why: "SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, {4}, and apart from that of mlock. s has {8}, and other segments of this session have locked 0B: {4} too much."},
		{lines: lowLimit + "shmget s 3; shmget z 2; mlock s; munlock s; shmctl s lock; expect ok; shmctl z lock", call: "shmctl", answer: "ENOMEM",
			why: "SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, {4}, and apart from that of mlock. z has {2}, and other segments of this session have locked {3}: {1} too much.",
			try: "shmctl s unlock first."},
		{lines: "shmget s 8; munmap s; shmctl s lock", before: removedByOther, call: "shmctl", answer: "EINVAL", why: "The segment is gone"},
		{lines: "shmget s 8; munmap s; mmap b 8 shared alias s", before: removedByOther, call: "shmat", answer: "EINVAL", why: "The segment is gone"},
		{lines: "shmget s 8; mmap b 8; mseal b[3]; mmap c 8 shared alias s at b", call: "shmat", answer: "EPERM", why: "b[3] is sealed: mseal forbids"},
		{lines: "shmget s 8; mmap c 8 shared alias s at s+1,1", call: "shmat", answer: "EINVAL", why: "A mapping begins at a page"},
	})
}

// removedByOther removes the segments as ipcrm would, so that the session does not know of it.
func removedByOther(t *testing.T, l *memops.Lab) {
	for _, id := range memops.SegmentIDs(l) {
		if _, err := unix.SysvShmCtl(id, unix.IPC_RMID, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExplainedProcesses(t *testing.T) {
	runExplained(t, []explained{
		{lines: "setrlimit memlock 8 8; capset -sys_resource; setrlimit memlock 16 16", call: "prlimit64", answer: "EPERM",
			why: "The hard limit is {8}, and only a process with CAP_SYS_RESOURCE may raise it, to {16}.", try: "setrlimit memlock {8} is the most"},
		{lines: "setrlimit memlock 8 8; setrlimit memlock 16", call: "prlimit64", answer: "EINVAL", why: "The soft limit, {16}, would be above the hard one, {8}."},
		{lines: "kill SIGSEGV", call: "kill", answer: "SIGSEGV", why: "kill sent it, and the subject answers a SIGSEGV", try: "signal SIGSEGV die"},
		{lines: "kill SIGFPE", call: "kill", answer: "SIGFPE", why: "kill sent it, and the subject answers a SIGFPE"},
	})
}

func TestExplainedSignals(t *testing.T) {
	down := "mmap x 16384 noreserve; munmap x[1000..16383]; mmap d 4 grows_down at x[1500]; "
	runExplained(t, []explained{
		{lines: "mmap a 4 r; touch a", call: "touch", answer: "SIGSEGV", why: "a[0] has protection r, and touch wrote to it.", try: "mprotect a[0] rw."},
		{lines: "mmap a 4; fork kid; in kid mprotect a[2] none; in kid touch a", call: "touch", answer: "SIGSEGV", why: "a[2] is PROT_NONE", try: "in kid mprotect a[2] rw."},
		{lines: "mmap a 4; munmap a[2]; memset a 1", call: "memset", answer: "SIGSEGV", why: "a[2] is a hole: no mapping covers it."},
		{lines: "mmap a 4; madvise a[2] guard_install; touch a", call: "touch", answer: "SIGSEGV", why: "a[2] is a guard page", try: "madvise a[2] guard_remove."},
		{lines: "mmap a 4 shared; mremap a 8; touch a", call: "touch", answer: "SIGBUS", why: "a[4] is mapped, but nothing is behind it: shared anonymous memory stays as long as it was mapped first"},
		{lines: "mmap a 4 shared memfd; mremap a 8; touch a", call: "touch", answer: "SIGBUS", why: "a[4] is mapped, but nothing is behind it: the memory file has {4}, and the page begins behind its end."},
		{lines: "shmget a 4; mremap a 8; touch a read", call: "touch", answer: "SIGBUS", why: "a[4] is mapped, but nothing is behind it: the segment has {4}, and the page begins behind its end."},
		{lines: "malloc a 1000B; malloc b 1000B; mprotect heap none; free a", call: "free", answer: "SIGSEGV", why: "heap[0] is PROT_NONE"},
		{lines: down + "touch x[1300]; touch x[1200]", call: "touch", answer: "SIGSEGV", why: "d begins at 0x"},
		{lines: lowLimit + down + "mlock d; touch x[1499]", call: "touch", answer: "SIGSEGV", why: "d begins at 0x"},
		{lines: "mmap x 16384 noreserve; munmap x[1000..16383]; mmap d 4 grows_down at x[16000]; touch x[12000]", before: permitted(unix.RLIMIT_STACK, to(8<<20)),
			call: "touch", answer: "SIGSEGV", why: "d begins at 0x"},
	})
}
