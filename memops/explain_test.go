//go:build linux && (amd64 || arm64)

package memops_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// explained is a line that the kernel answers with an errno or a signal, after others that
// succeed, and what has to be said of it.
type explained struct {
	lines  string // parted by "; "; the last is the one that fails
	before func(*testing.T, *memops.Lab)
	call   string // the call that fails, of those that the line makes
	answer string // its errno or signal
	why    string // the beginning of the cause; {4} is the size of 4 pages
	try    string // the beginning of what to try
}

var sizes = regexp.MustCompile(`\{(\d+)\}`)

// inPages puts sizes of pages into a text.
func inPages(text string) string {
	return sizes.ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.ParseInt(strings.Trim(s, "{}"), 10, 64)
		return model.FormatBytes(n * pageBytes)
	})
}

func runExplained(t *testing.T, cases []explained) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, x := range cases {
		t.Run(x.lines, func(t *testing.T) {
			lines := strings.Split(strings.ReplaceAll(x.lines, "{file}", file), "; ")
			for _, line := range lines {
				hasWhatItNeeds(t, line)
			}
			l := opened(t, memops.Options{})
			ok(t, l, lines[:len(lines)-1]...)
			if x.before != nil {
				x.before(t, l)
			}
			x.check(t, l, lines[len(lines)-1])
		})
	}
}

// check runs the line that fails and compares what is said of it.
func (x explained) check(t *testing.T, l *memops.Lab, line string) {
	t.Helper()
	e := failing(t, l, line)
	answer := e.Errno
	if e.Signal != nil {
		answer = e.Signal.Name
	}
	if e.Call != x.call || answer != x.answer {
		t.Fatalf("%s, want %s %s", e.Strace(), x.call, x.answer)
	}
	l.Refresh(t.Context(), e.Proc)
	why, try := calls.Explain(e, l.State())
	if want := inPages(x.why); !strings.HasPrefix(why, want) {
		t.Errorf("%s\n got: %s\nwant: %s", e.Strace(), why, want)
	}
	if want := inPages(x.try); !strings.HasPrefix(try, want) {
		t.Errorf("%s\n got: %s\nwant: %s", e.Strace(), try, want)
	}
}

// failing runs a line and returns the first event that is not OK, the command's own or one
// beside it.
func failing(t *testing.T, l *memops.Lab, line string) model.Event {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range memops.Run(l, c) {
		if e, is := item.(model.Event); is && !e.OK() {
			return e
		}
	}
	t.Fatalf("%s did not fail", line)
	return model.Event{}
}

// hasWhatItNeeds skips where this kernel lacks what a line is about.
func hasWhatItNeeds(t *testing.T, line string) {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	switch c := c.(type) {
	case lang.Madvise:
		if !kernel.Probe().Advices[c.Advice] {
			t.Skipf("this kernel does not know the advice %s", c.Advice)
		}
	case lang.Mseal:
		if _, _, errno := unix.Syscall(unix.SYS_MSEAL, 0, 0, 0); errors.Is(errno, unix.ENOSYS) {
			t.Skip("this kernel has no mseal")
		}
	case lang.Mmap:
		pool := proc.ReadMeminfo()
		spare := proc.ReadNumber("/proc/sys/vm/nr_overcommit_hugepages")
		if c.HugeTLB && (pool.HugeSize == 0 || pool.HugeSize > 4<<20 || pool.HugeFree+spare > 0) {
			t.Skipf("hugetlb pages have %d bytes here, and %d are free", pool.HugeSize, pool.HugeFree+spare)
		}
		if c.Backing == model.Secret {
			needsSecret(t)
		}
	}
}

// permitted sets a limit of the process, as ulimit would have before it was started.
func permitted(resource int, soft func(l *memops.Lab) uint64) func(*testing.T, *memops.Lab) {
	return func(t *testing.T, l *memops.Lab) {
		t.Helper()
		var r unix.Rlimit
		pid := l.State().Main().PID
		if err := unix.Prlimit(pid, resource, nil, &r); err != nil {
			t.Fatal(err)
		}
		if r.Cur = soft(l); r.Cur > r.Max {
			t.Skipf("the hard limit of %d is %d", resource, r.Max)
		}
		if err := unix.Prlimit(pid, resource, &r, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// to is a limit of so many.
func to(n uint64) func(*memops.Lab) uint64 { return func(*memops.Lab) uint64 { return n } }

// lowLimit is a process of an ordinary user's with 4 pages to lock, whoever runs the test.
const lowLimit = "capset -ipc_lock; setrlimit memlock 4 8; "

func TestExplainedLocks(t *testing.T) {
	runExplained(t, []explained{
		{lines: lowLimit + "mmap a 16; mlock a[0..1]; mlock a[2..8]", call: "mlock", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {4}; {2} was locked before, and this would lock {7} more: {5} too much. Over the limit it is all or nothing, so nothing was locked.",
			try: "Lock at most 2 pages more. Start incore with a higher limit"},
		{lines: lowLimit + "mmap a 16; mlock a[0..3]; mlock2 a[4] onfault", call: "mlock2", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {4}; {4} was locked before, and this would lock {1} more: {1} too much.",
			try: "munlock something first. setrlimit memlock {5} allows it: the hard limit is {8}."},
		{lines: lowLimit + "mmap a 16; mlock a[0..3]; setrlimit memlock 2; mlock a[0]", call: "mlock", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {2}, and {4} is locked already, which is more:", try: "munlock something first."},
		{lines: "mmap a 8; fork kid; in kid " + strings.ReplaceAll(lowLimit, "; s", "; in kid s") + "in kid mlock a", call: "mlock", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {4}; 0B was locked before, and this would lock {8} more: {4} too much.",
			try: "Lock at most 4 pages more. in kid setrlimit memlock {8} allows it"},
		{lines: lowLimit + "mmap a 16; setrlimit memlock 0; mlock a[0]", call: "mlock", answer: "EPERM",
			why: "RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK", try: "setrlimit memlock {1} allows it"},
		{lines: lowLimit + "mmap a 16; setrlimit memlock 0; mlock2 a[0] onfault", call: "mlock2", answer: "EPERM", why: "RLIMIT_MEMLOCK is 0"},
		{lines: lowLimit + "setrlimit memlock 0; mlockall future", call: "mlockall", answer: "EPERM", why: "RLIMIT_MEMLOCK is 0"},
		{lines: "mmap a 16; munmap a[8]; mlock2 a onfault", call: "mlock2", answer: "ENOMEM",
			why: "a[8] is a hole: no mapping covers it. Before it, a[0..7] has its lock", try: "mlock2 a[0..7] onfault, and what is mapped after the hole"},
		{lines: "mmap a 16; mprotect a[8..9] none; mlock a", call: "mlock", answer: "ENOMEM",
			why: "a[8..9] is PROT_NONE, so it could not be brought in. The whole range is locked all the same. Before it, a[0..7] was brought in", try: "mprotect a[8..9] r first"},
		{lines: "mmap a 16; madvise a[5] guard_install; mprotect a[8] none; mlock a", call: "mlock", answer: "ENOMEM",
			why: "a[5] is a guard page, which cannot be brought in.", try: "madvise a[5] guard_remove first"},
		{lines: "mmap a 4 shared memfd; mmap b 8 shared alias a; mlock b", call: "mlock", answer: "ENOMEM",
			why: "b[4] could not be brought in: the memory file has {4}, and the page begins behind its end."},
		{lines: "mmap a 4 shared; mremap a 8; mlock a", call: "mlock", answer: "ENOMEM",
			why: "a[4] could not be brought in: shared anonymous memory stays as long as it was mapped first"},
		{lines: "mmap a 4M hugetlb noreserve; mlock a", call: "mlock", answer: "ENOMEM", why: "a[0] is of hugetlb pages without a reservation", try: "As root, sysctl vm.nr_hugepages="},
		{lines: "mlock 0xfffffffffffff000,8192", call: "mlock", answer: "EINVAL", why: "0xfffffffffffff000 plus 8192 bytes goes past the last address"},
		{lines: "munlock 0xfffffffffffff000,8192", call: "munlock", answer: "EINVAL", why: "0xfffffffffffff000 plus 8192 bytes goes past the last address"},
		{lines: "mmap a 16; munmap a[8]; munlock a", call: "munlock", answer: "ENOMEM", why: "a[8] is a hole: no mapping covers it. Before it, a[0..7] was unlocked"},
		{lines: lowLimit + "mmap a 64; mlockall current", call: "mlockall", answer: "ENOMEM", why: "MCL_CURRENT counts the whole address space of the process, touched or not: VmSize is"},
		{lines: "mlockall", call: "mlockall", answer: "EINVAL", why: "No flag says what to lock"},
		{lines: "mlockall onfault", call: "mlockall", answer: "EINVAL", why: "MCL_ONFAULT only says how to lock"},
	})
}

func TestExplainedMaps(t *testing.T) {
	ofHugePages := "a is of hugetlb pages, and 0x"
	if !kernelSince(5, 18) {
		ofHugePages = "a[1..1023] is of hugetlb pages, which MADV_DONTNEED takes since Linux 5.18"
	}
	runExplained(t, []explained{
		{lines: lowLimit + "mlockall future; mmap a 8 none", call: "mmap", answer: "EAGAIN",
			why: "mlockall future is in force, so a new mapping is locked, even one that may not be accessed. RLIMIT_MEMLOCK is {4}; 0B was locked before, and this would lock {8} more: {4} too much.",
			try: "munlockall, or mlockall current, ends that. Or map less. setrlimit memlock {8} allows it"},
		{lines: lowLimit + "mmap a 8 locked", call: "mmap", answer: "EAGAIN", why: "MAP_LOCKED locks the mapping as it is made. RLIMIT_MEMLOCK is {4}"},
		{lines: lowLimit + "setrlimit memlock 0; mmap a 8 locked", call: "mmap", answer: "EPERM", why: "RLIMIT_MEMLOCK is 0"},
		{lines: "mmap a 0", call: "mmap", answer: "EINVAL", why: "The length is 0"},
		{lines: "mmap a 4; mmap b 1 at a+100,1", call: "mmap", answer: "EINVAL", why: "A mapping begins at a page", try: "Name a page: at a[0]."},
		{lines: "mmap a 8 shared memfd; mmap b 4 alias a offset 100B", call: "mmap", answer: "EINVAL", why: "A mapping begins at a page of its file, and the offset, 100, is not a multiple of the page size, ", try: "Give a multiple: offset 0B."},
		{lines: "mmap a 8 shared memfd; mmap b 4 alias a offset 8388608T", call: "mmap", answer: "EOVERFLOW", why: "The mapping would end 8E and {4} into the file, and the file system has no files of that length."},
		{lines: "mmap a 8 shared memfd; mmap b 4 alias a offset 6; touch b", call: "touch", answer: "SIGBUS", why: "b[2] is mapped, but nothing is behind it: the memory file has {8}, and the page begins behind its end."},
		{lines: "mmap a 4M memfd hugetlb noreserve; mmap b 2M alias a offset 1", call: "mmap", answer: "EINVAL", why: "A mapping begins at a page of its file, and the offset, "},
		{lines: "mmap a 8 droppable locked", call: "mmap", answer: "EINVAL", why: "MAP_DROPPABLE "},
		{lines: "mmap a 8 memfd droppable", call: "mmap", answer: "EINVAL", why: "MAP_DROPPABLE "},
		{lines: "mmap a 8; mmap b 8 at a[4] noreplace", call: "mmap", answer: "EEXIST", why: "a[4..7] is mapped, and MAP_FIXED_NOREPLACE takes the place of nothing. Nothing was changed.", try: "munmap a[4..7] first, or leave out noreplace, which replaces it."},
		{lines: "mmap a 8; munmap a[0..2]; mmap b 8 at a noreplace", call: "mmap", answer: "EEXIST", why: "a[3..7] is mapped, and MAP_FIXED_NOREPLACE"},
		{lines: lowLimit + "mmap a 8; mmap b 8 locked at a noreplace", call: "mmap", answer: "EEXIST", why: "a is mapped, and MAP_FIXED_NOREPLACE"},
		{lines: lowLimit + "mmap a 8; munmap a[1..]; mmap b 7 locked at a[1] noreplace", call: "mmap", answer: "EAGAIN", why: "MAP_LOCKED locks the mapping as it is made."},
		{lines: "mmap a 4 shared grows_down", call: "mmap", answer: "EINVAL", why: "Only private anonymous memory of ordinary pages grows down"},
		{lines: "mmap a 4 memfd grows_down", call: "mmap", answer: "EINVAL", why: "Only private anonymous memory of ordinary pages grows down"},
		{lines: "mmap a 4 hugetlb noreserve grows_down", call: "mmap", answer: "EINVAL", why: "Only private anonymous memory of ordinary pages grows down"},
		{lines: "mmap a 100000T noreserve none", call: "mmap", answer: "ENOMEM", why: "That is 97.7P; a process has addresses for "},
		{lines: "mmap a 4; capset -sys_rawio; mmap b 1 at 0x0,1", before: lowAddresses, call: "mmap", answer: "EPERM", why: "0x0 is below vm.mmap_min_addr"},
		{lines: "mmap a 8; mseal a[2..3]; mmap b 8 at a", call: "mmap", answer: "EPERM", why: "a[2..3] is sealed: mseal forbids", try: "exec ends a seal"},
		{lines: "mmap a 1 shared file {file}", call: "mmap", answer: "EACCES", why: "incore opens a file for reading alone"},
		{lines: "mmap a 8; munmap a+100,50", call: "munmap", answer: "EINVAL", why: "The address 0x", try: "Name whole pages: a[0]."},
		{lines: "malloc a 1000B; munmap a", call: "munmap", answer: "EINVAL", why: "The address 0x", try: "free a."},
		{lines: "malloc a 1M; munmap a", call: "munmap", answer: "EINVAL", why: "The address 0x", try: "free a."},
		{lines: "mmap a 8; munmap a+0,0", call: "munmap", answer: "EINVAL", why: "The length is 0"},
		{lines: "munmap 0xffff_8000_0000_0000,4096", call: "munmap", answer: "EINVAL", why: "The range from 0xffff800000000000, 4096 bytes, reaches out of"},
		{lines: "mmap a 8; mseal a[2..3]; munmap a", call: "munmap", answer: "EPERM", why: "a[2..3] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed."},
		{lines: "mmap a 4 scratch hugetlb", call: "mmap", answer: "EINVAL", why: "MAP_HUGETLB is for anonymous memory and for files of hugetlb pages"},
		{lines: "mmap a 4M; mmap b 1 hugetlb noreserve at a[1]", call: "mmap", answer: "EINVAL", why: "Hugetlb pages lie at multiples of their size, 2M"},
		{lines: "mmap a 1000G hugetlb", call: "mmap", answer: "ENOMEM", why: "This needs 512000 hugetlb pages of 2M, and of the "},
		{lines: "mmap a 4M hugetlb noreserve; munmap a[1..2]", call: "munmap", answer: "EINVAL", why: "a is of hugetlb pages, and 0x", try: "Name whole ones: a[0..511]."},
		{lines: "mmap a 4M hugetlb noreserve; mprotect a[512..513] r", call: "mprotect", answer: "EINVAL", why: "a[512..1023] is of hugetlb pages, and 0x", try: "Name whole ones: a[512..1023]."},
		{lines: "mmap a 4M hugetlb noreserve; mremap a 8M", call: "mremap", answer: "EINVAL", why: "A mapping of hugetlb pages can be made shorter, but not longer"},
		{lines: "mmap a 4M hugetlb noreserve; madvise a cold", call: "madvise", answer: "EINVAL", why: "a is of hugetlb pages, which are not reclaimed and do not know MADV_COLD."},
		{lines: "mmap a 4M hugetlb noreserve; madvise a guard_install", call: "madvise", answer: "EINVAL", why: "a is of hugetlb pages"},
		{lines: "mmap a 4M hugetlb noreserve; madvise a[1..] dontneed", call: "madvise", answer: "EINVAL", why: ofHugePages},
		{lines: "mmap a 4M hugetlb noreserve; madvise a populate_write", call: "madvise", answer: "EFAULT", why: "a[0] is of hugetlb pages without a reservation"},
		{lines: "mmap a 4M hugetlb noreserve; touch a", call: "touch", answer: "SIGBUS", why: "a[0] is of hugetlb pages without a reservation, and none was free: the pool has "},
	})
}

// lowAddresses skips where anyone may map those.
func lowAddresses(t *testing.T, _ *memops.Lab) {
	if proc.ReadNumber("/proc/sys/vm/mmap_min_addr") == 0 {
		t.Skip("vm.mmap_min_addr is 0")
	}
}

// A file on a mount that allows nothing to be executed.
func TestExplainedNoexec(t *testing.T) {
	for _, dir := range []string{"/dev/shm", "/run/lock", "/run/user/" + strconv.Itoa(os.Getuid()), "/sys/fs/cgroup"} {
		var on unix.Statfs_t
		if unix.Statfs(dir, &on) != nil || on.Flags&unix.ST_NOEXEC == 0 {
			continue
		}
		f, err := os.CreateTemp(dir, "incore-test-*")
		if err != nil {
			continue
		}
		defer os.Remove(f.Name())
		defer f.Close()
		const why = " lies where nothing may be executed (a noexec mount)"
		runExplained(t, []explained{
			{lines: "mmap a 1 rx file " + f.Name(), call: "mmap", answer: "EPERM", why: "The file behind the mapping" + why},
			{lines: "mmap a 1 r file " + f.Name() + "; mprotect a rx", call: "mprotect", answer: "EACCES", why: "The file behind a" + why},
		})
		return
	}
	t.Skip("there is no noexec mount on which a file can be made")
}

func TestExplainedRemaps(t *testing.T) {
	runExplained(t, []explained{
		{lines: "mmap a 8; mremap a 0", call: "mremap", answer: "EINVAL", why: "The new length is 0"},
		{lines: "mmap a 8; munmap a[3]; mremap a 16", call: "mremap", answer: "EFAULT", why: "a[3] is a hole: no mapping covers it. mremap takes one mapping as a whole"},
		{lines: "mmap a 8; munmap a[0]; mremap a 16", call: "mremap", answer: "EFAULT", why: "a[0] is a hole: no mapping covers it. mremap looks for the mapping at the first address."},
		{lines: "mmap a 8; mlock a[3]; mremap a 16", call: "mremap", answer: "EFAULT", why: "mremap takes one mapping as a whole, and at a[3] another one begins: one of the two is locked."},
		{lines: "mmap a 8; mprotect a[3] r; mremap a 16", call: "mremap", answer: "EFAULT", why: "mremap takes one mapping as a whole, and at a[3] another one begins: the protections are rw and r."},
		{lines: "mmap a 8; madvise a[3] random; mremap a 16", call: "mremap", answer: "EFAULT", why: "mremap takes one mapping as a whole, and at a[3] another one begins: one of the two is advised random.", try: "madvise a normal first."},
		{lines: "mmap a 8; mmap b 1 shared memfd at a[3]; mremap a 16", call: "mremap", answer: "EFAULT", why: "mremap takes one mapping as a whole, and at b[0] another one begins: one is private anonymous memory, the other shared memfd memory.", try: "munmap both"},
		{lines: lowLimit + "mmap a 4; mlock a; mremap a 16", call: "mremap", answer: "EAGAIN",
			why: "a is locked, so what is added to it is locked too. RLIMIT_MEMLOCK is {4}; {4} was locked before, and this would lock {12} more: {12} too much. Nothing was changed.",
			try: "munlock a first."},
		{lines: "mmap a 8; mremap a[0..3] 5 stay", call: "mremap", answer: "ENOMEM", why: "It may not move (stay), and the mapping goes on behind it, at a[4]. Nothing was changed.", try: "mremap a[0..3] 5 lets it move."},
		{lines: "mmap a 8; munmap a[4..]; mmap b 1 r at a[4]; mremap a[0..3] 5 stay", call: "mremap", answer: "ENOMEM", why: "It may not move (stay), and b[0] lies behind it."},
		{lines: "mmap a 8; mremap a[0..3] 4 at a[2]", call: "mremap", answer: "EINVAL", why: "The new place, a[2..5], and the old one, a[0..3], overlap."},
		{lines: "mmap a 8; mremap a 9 dontunmap", call: "mremap", answer: "EINVAL", why: "With MREMAP_DONTUNMAP the length stays what it is: {8}, and not {9}."},
		{lines: "mmap a 8; mremap a 8 at 0x7fffffffffff000,0", call: "mremap", answer: "EINVAL", why: "The addresses that a process can have end at"},
		{lines: "mmap a 8; mmap b 8; mseal b[2]; mremap a 8 at b", call: "mremap", answer: "EPERM", why: "b[2] is sealed, and the mapping was to take its place"},
		{lines: "mmap a 4; mseal a; mremap a 8", call: "mremap", answer: "EPERM", why: "a is sealed: mseal forbids"},
		{lines: "mmap a 4; munmap a[2]; mseal a", call: "mseal", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. mseal seals a range that is mapped throughout, or nothing."},
		{lines: "mmap a 4; mseal a+1,1", call: "mseal", answer: "EINVAL", why: "The address 0x"},
		{lines: "mseal 0x100000000000,0xffffffffffffffff", call: "mseal", answer: "EINVAL", why: "0x100000000000 plus 18446744073709551615 bytes goes past the last address"},
	})
}

func TestExplainedProtections(t *testing.T) {
	runExplained(t, []explained{
		{lines: "mmap a 8; mprotect a+1,1 r", call: "mprotect", answer: "EINVAL", why: "The address 0x"},
		{lines: "mmap a 1 shared r file {file}; mprotect a rw", call: "mprotect", answer: "EACCES", why: "a is a shared mapping of a file, which incore opens for reading alone"},
		{lines: "mmap a 4; munmap a[2]; mprotect a r", call: "mprotect", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. Before it, a[0..1] has the new protection"},
		{lines: "mprotect 0x100000000000,0xffffffffffffffff r", call: "mprotect", answer: "ENOMEM", why: "0x100000000000 plus 18446744073709551615 bytes goes past the last address"},
		{lines: "mmap a 8; mseal a[4]; mprotect a r", call: "mprotect", answer: "EPERM", why: "a[4] is sealed: mseal forbids"},
		{lines: "mmap a 4; mincore a+1,1", call: "mincore", answer: "EINVAL", why: "The address 0x"},
		{lines: "mmap a 4; munmap a[2]; mincore a", call: "mincore", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. mincore answers only for ranges that are mapped throughout."},
	})
}

func TestExplainedAdvice(t *testing.T) {
	runExplained(t, []explained{
		{lines: "madvise 0x100000000000,0xffffffffffffffff dontneed", call: "madvise", answer: "EINVAL", why: "0x100000000000 plus 18446744073709551615 bytes goes past the last address"},
		{lines: "mmap a 4; mlock a[2..3]; madvise a dontneed", call: "madvise", answer: "EINVAL",
			why: "a[2..3] is locked, and MADV_DONTNEED may not take locked pages away. Before it, a[0..1] was advised; nothing after it was.", try: "munlock a[2..3] first"},
		{lines: "mmap a 4 memfd; madvise a free", call: "madvise", answer: "EINVAL", why: "MADV_FREE is for private anonymous memory, and a is not."},
		{lines: "mmap a 4 memfd; madvise a wipeonfork", call: "madvise", answer: "EINVAL", why: "MADV_WIPEONFORK is for private anonymous memory, and a is not."},
		{lines: "mmap a 4; madvise a remove", call: "madvise", answer: "EINVAL", why: "MADV_REMOVE punches a hole in a file or in shared memory, and a is private anonymous memory."},
		{lines: "mmap a 4 memfd; madvise a remove", call: "madvise", answer: "EACCES", why: "MADV_REMOVE punches a hole in a file by way of a shared mapping, and a is private."},
		{lines: "mmap a 1 shared r file {file}; madvise a remove", call: "madvise", answer: "EACCES", why: "MADV_REMOVE punches a hole in a file, and the file behind a is open for reading alone."},
		{lines: "mmap a 4; mprotect a[2] r; madvise a populate_write", call: "madvise", answer: "EINVAL", why: "a[2] has protection r, and MADV_POPULATE_WRITE needs a page that it may write. Before it, a[0..1] was brought in"},
		{lines: "mmap a 4; madvise a[2] guard_install; madvise a populate_write", call: "madvise", answer: "EFAULT", why: "a[2] is a guard page: an access would be SIGSEGV. Before it, a[0..1] was brought in"},
		{lines: "mmap a 4 shared memfd; mmap b 8 shared alias a; madvise b populate_write", call: "madvise", answer: "EFAULT", why: "b[4] could not be brought in; an access would be SIGBUS: the memory file has {4}, and the page begins behind its end."},
		{lines: "mmap a 4; munmap a[2]; madvise a populate_write", call: "madvise", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. " + map[bool]string{true: "Before it, a[0..1] was brought in", false: "The advice skips holes"}[kernelSince(6, 10)]},
		{lines: "mmap a 4; munmap a[2]; madvise a cold", call: "madvise", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. The advice skips holes"},
		{lines: "mmap a 4; mprotect a r; mseal a[2]; madvise a dontneed", call: "madvise", answer: "EPERM", why: "a[2] is sealed, private, anonymous and not writable: mseal forbids to throw its contents away."},
		{lines: "mmap a 64M noreserve; madvise a hugepage; madvise a collapse", call: "madvise", answer: "EINVAL", why: "No page of a["},
	})
	if pageBytes == 4096 {
		runExplained(t, []explained{
			{lines: "mmap a 4; madvise a collapse", call: "madvise", answer: "EINVAL", why: "The range holds no whole huge page, which is 2M long"},
		})
	}
}
