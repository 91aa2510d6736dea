//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/model"
)

// explained is a line that the kernel answers with an errno or a signal, after others that
// succeed, and what has to be said of it.
type explained struct {
	lines  string // parted by "; "; the last is the one that fails
	before func(*testing.T, *Lab)
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
			l := opened(t, Options{})
			ok(t, l, lines[:len(lines)-1]...)
			if x.before != nil {
				x.before(t, l)
			}
			x.check(t, l, lines[len(lines)-1])
		})
	}
}

// check runs the line that fails and compares what is said of it.
func (x explained) check(t *testing.T, l *Lab, line string) {
	t.Helper()
	e := failing(t, l, line)
	answer := e.Errno
	if e.Signal != nil {
		answer = e.Signal.Name
	}
	if e.Call != x.call || answer != x.answer {
		t.Fatalf("%s, want %s %s", e.Strace(), x.call, x.answer)
	}
	l.observe(l.process(e.Proc), false)
	why, try := model.Explain(e, l.State())
	if want := inPages(x.why); !strings.HasPrefix(why, want) {
		t.Errorf("%s\n got: %s\nwant: %s", e.Strace(), why, want)
	}
	if want := inPages(x.try); !strings.HasPrefix(try, want) {
		t.Errorf("%s\n got: %s\nwant: %s", e.Strace(), try, want)
	}
}

// failing runs a line and returns the first event that is not OK, the command's own or one
// beside it.
func failing(t *testing.T, l *Lab, line string) model.Event {
	t.Helper()
	c, err := model.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range l.Do(t.Context(), c) {
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
	c, err := model.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	switch c := c.(type) {
	case model.Madvise:
		if !probe().advices[c.Advice] {
			t.Skipf("this kernel does not know the advice %s", c.Advice)
		}
	case model.Mseal:
		if _, _, errno := unix.Syscall(unix.SYS_MSEAL, 0, 0, 0); errors.Is(errno, unix.ENOSYS) {
			t.Skip("this kernel has no mseal")
		}
	case model.Mmap:
		pool := readMeminfo()
		spare := readNumber("/proc/sys/vm/nr_overcommit_hugepages")
		if c.HugeTLB && (pool.HugeSize == 0 || pool.HugeSize > 4<<20 || pool.HugeFree+spare > 0) {
			t.Skipf("hugetlb pages have %d bytes here, and %d are free", pool.HugeSize, pool.HugeFree+spare)
		}
	}
}

// permitted sets a limit of the process, as ulimit would have before it was started.
func permitted(resource int, soft func(l *Lab) uint64) func(*testing.T, *Lab) {
	return func(t *testing.T, l *Lab) {
		t.Helper()
		var r unix.Rlimit
		pid := l.cur.sub.PID
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
func to(n uint64) func(*Lab) uint64 { return func(*Lab) uint64 { return n } }

// lowLimit is a process of an ordinary user's with 4 pages to lock, whoever runs the test.
const lowLimit = "capset -ipc_lock; setrlimit memlock 4 8; "

func TestExplainedLocks(t *testing.T) {
	runExplained(t, []explained{
		{lines: lowLimit + "mmap a 16; mlock a[0..1]; mlock a[2..8]", call: "mlock", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {4}; {2} was locked before, and this would lock {7} more: {5} too much. Over the limit it is all or nothing, so nothing was locked.",
			try: "Lock at most 2 pages more, or munlock something first. Start incore with a higher limit"},
		{lines: lowLimit + "mmap a 16; mlock a[0..3]; mlock2 a[4] onfault", call: "mlock2", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {4}; {4} was locked before, and this would lock {1} more: {1} too much.",
			try: "munlock something first. setrlimit memlock {5} allows it: the hard limit is {8}."},
		{lines: lowLimit + "mmap a 16; mlock a[0..3]; setrlimit memlock 2; mlock a[0]", call: "mlock", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {2}, and {4} is locked already, which is more:", try: "munlock something first."},
		{lines: "mmap a 8; fork kid; in kid " + strings.ReplaceAll(lowLimit, "; s", "; in kid s") + "in kid mlock a", call: "mlock", answer: "ENOMEM",
			why: "RLIMIT_MEMLOCK is {4}; 0B was locked before, and this would lock {8} more: {4} too much.",
			try: "Lock at most 4 pages more, or munlock something first. in kid setrlimit memlock {8} allows it"},
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
			why: "b[4] could not be brought in: the memory file ends before it"},
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
	runExplained(t, []explained{
		{lines: lowLimit + "mlockall future; mmap a 8 none", call: "mmap", answer: "EAGAIN",
			why: "mlockall future is in force, so a new mapping is locked, even one that may not be accessed. RLIMIT_MEMLOCK is {4}; 0B was locked before, and this would lock {8} more: {4} too much.",
			try: "munlockall, or mlockall current, ends that. Or map less. setrlimit memlock {8} allows it"},
		{lines: lowLimit + "mmap a 8 locked", call: "mmap", answer: "EAGAIN", why: "MAP_LOCKED locks the mapping as it is made. RLIMIT_MEMLOCK is {4}"},
		{lines: lowLimit + "setrlimit memlock 0; mmap a 8 locked", call: "mmap", answer: "EPERM", why: "RLIMIT_MEMLOCK is 0"},
		{lines: "mmap a 0", call: "mmap", answer: "EINVAL", why: "The length is 0"},
		{lines: "mmap a 4; mmap b 1 at a+100,1", call: "mmap", answer: "EINVAL", why: "A mapping begins at a page", try: "Name a page: at a[0]."},
		{lines: "mmap a 4 shared grows_down", call: "mmap", answer: "EINVAL", why: "Only private anonymous memory of ordinary pages grows down"},
		{lines: "mmap a 4 memfd grows_down", call: "mmap", answer: "EINVAL", why: "Only private anonymous memory of ordinary pages grows down"},
		{lines: "mmap a 4 hugetlb noreserve grows_down", call: "mmap", answer: "EINVAL", why: "Only private anonymous memory of ordinary pages grows down"},
		{lines: "mmap a 100000T noreserve none", call: "mmap", answer: "ENOMEM", why: "That is 97.7P; a process has addresses for "},
		{lines: "mmap a 4; capset -sys_rawio; mmap b 1 at 0x0,1", before: lowAddresses, call: "mmap", answer: "EPERM", why: "0x0 is below vm.mmap_min_addr"},
		{lines: "mmap a 8; mseal a[2..3]; mmap b 8 at a", call: "mmap", answer: "EPERM", why: "a[2..3] is sealed: mseal forbids", try: "exec ends a seal"},
		{lines: "mmap a 1 shared file {file}", call: "mmap", answer: "EACCES", why: "incore opens a file for reading alone"},
		{lines: "mmap a 8; munmap a+100,50", call: "munmap", answer: "EINVAL", why: "The address 0x", try: "Name whole pages: a[0]."},
		{lines: "malloc a 1000B; munmap a", call: "munmap", answer: "EINVAL", why: "The address 0x"},
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
		{lines: "mmap a 4M hugetlb noreserve; madvise a[1..] dontneed", call: "madvise", answer: "EINVAL", why: "a is of hugetlb pages, and 0x"},
		{lines: "mmap a 4M hugetlb noreserve; madvise a populate_write", call: "madvise", answer: "EFAULT", why: "a[0] is of hugetlb pages without a reservation"},
		{lines: "mmap a 4M hugetlb noreserve; touch a", call: "touch", answer: "SIGBUS", why: "a[0] is of hugetlb pages without a reservation, and none was free: the pool has "},
	})
}

// lowAddresses skips where anyone may map those.
func lowAddresses(t *testing.T, _ *Lab) {
	if readNumber("/proc/sys/vm/mmap_min_addr") == 0 {
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

// What the machine promises, and what a process may have, are told apart.
func TestExplainedPromises(t *testing.T) {
	if readSystem().Overcommit != 0 {
		t.Skip("vm.overcommit_memory is not 0")
	}
	const tooMuch = "vm.overcommit_memory is 0, and 64T is more than all memory and swap of the machine, "
	runExplained(t, []explained{
		{lines: "mmap a 64T", call: "mmap", answer: "ENOMEM", why: tooMuch, try: "Map less, or add noreserve"},
		{lines: "mmap a 64T shared", call: "mmap", answer: "ENOMEM", why: tooMuch},
		{lines: "mmap a 4; mremap a 64T", call: "mremap", answer: "ENOMEM", why: "vm.overcommit_memory is 0, and 64.0T is more than", try: "Ask for less."},
		{lines: "brk +64T", call: "brk", answer: "ENOMEM", why: tooMuch},
		{lines: "malloc a 64T", call: "mmap", answer: "ENOMEM", why: "vm.overcommit_memory is 0, and 64.0T is more than"},
		{lines: "shmget a 64T", call: "shmget", answer: "ENOMEM", why: tooMuch},
		{lines: "mmap a 4; mmap b 60T none", before: halfGone, call: "mmap", answer: "ENOMEM", why: "That is 60T, and the longest stretch of addresses that is free has "},
		{lines: "mmap a 4 none; mmap b 1G", before: permitted(unix.RLIMIT_AS, to(1<<29)), call: "mmap", answer: "ENOMEM", why: "VmSize is ", try: "Ask for less, or start incore with higher limits: ulimit -v and ulimit -d say them."},
		{lines: "mmap a 4 none; mmap b 1G none", before: permitted(unix.RLIMIT_AS, to(1<<29)), call: "mmap", answer: "ENOMEM", why: "VmSize is ", try: "Ask for less, or start incore with a higher limit: ulimit -v says it."},
		{lines: "mmap a 4; mremap a 1G", before: permitted(unix.RLIMIT_DATA, to(1<<29)), call: "mremap", answer: "ENOMEM", why: "VmSize is "},
		{lines: "brk +4; brk +1G", before: permitted(unix.RLIMIT_DATA, to(1<<29)), call: "brk", answer: "ENOMEM", why: "VmSize is "},
		{lines: "mmap a 1G r; mprotect a rw", before: permitted(unix.RLIMIT_DATA, to(1<<29)), call: "mprotect", answer: "ENOMEM",
			why: "1G more of private writable memory is over RLIMIT_DATA of the process: nothing else refuses to make mapped memory writable. Nothing was changed."},
		{lines: "mmap a 4; mmap b 4 memfd", before: permitted(unix.RLIMIT_NOFILE, to(3)), call: "memfd_create", answer: "EMFILE", why: "The process has as many files open as it may"},
		{lines: "mmap a 4; fork kid", before: onlyProcess, call: "clone", answer: "EAGAIN", why: "There are as many processes and threads as there may be: of this user (RLIMIT_NPROC)"},
	})
}

// halfGone maps more than half of the addresses that are free.
func halfGone(t *testing.T, l *Lab) {
	const most = 128 << 40 // what x86-64 gives
	vmas := l.observe(l.cur, false).VMAs
	if top := vmas[len(vmas)-2].End; top > most {
		t.Skipf("the addresses reach up to %#x here", top)
	}
	r, err := l.cur.sub.Actor.Call(unix.SYS_MMAP, 0, 70<<40, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, noFD, 0)
	if err != nil || r.Ret < 0 {
		t.Fatalf("mmap of 70T: %d, %v", r.Ret, err)
	}
	l.cur.sampler.changesVMAs()
}

// onlyProcess lets the user have no process more; root may have any number.
func onlyProcess(t *testing.T, l *Lab) {
	if os.Geteuid() == 0 {
		t.Skip("RLIMIT_NPROC is not root's")
	}
	permitted(unix.RLIMIT_NPROC, to(1))(t, l)
}

func TestExplainedRemaps(t *testing.T) {
	runExplained(t, []explained{
		{lines: "mmap a 8; mremap a 0", call: "mremap", answer: "EINVAL", why: "The new length is 0"},
		{lines: "mmap a 8; munmap a[3]; mremap a 16", call: "mremap", answer: "EFAULT", why: "a[3] is a hole: no mapping covers it. mremap takes one mapping as a whole"},
		{lines: "mmap a 8; munmap a[0]; mremap a 16", call: "mremap", answer: "EFAULT", why: "a[0] is a hole: no mapping covers it. mremap looks for the mapping at the first address."},
		{lines: "mmap a 8; mlock a[3]; mremap a 16", call: "mremap", answer: "EFAULT", why: "mremap takes one mapping as a whole, and here are several: at a[3] another one begins, for one of the two is locked."},
		{lines: "mmap a 8; mprotect a[3] r; mremap a 16", call: "mremap", answer: "EFAULT", why: "mremap takes one mapping as a whole, and here are several: at a[3] another one begins, for the protections are rw and r."},
		{lines: "mmap a 8; madvise a[3] random; mremap a 16", call: "mremap", answer: "EFAULT", why: "mremap takes one mapping as a whole, and here are several: at a[3] another one begins, for the two differ in an advice"},
		{lines: lowLimit + "mmap a 4; mlock a; mremap a 16", call: "mremap", answer: "EAGAIN",
			why: "a is locked, so what is added to it is locked too. RLIMIT_MEMLOCK is {4}; {4} was locked before, and this would lock {12} more: {12} too much. Nothing was changed.",
			try: "munlock a first."},
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
		{lines: "mmap a 4 shared memfd; mmap b 8 shared alias a; madvise b populate_write", call: "madvise", answer: "EFAULT", why: "b[4] could not be brought in; an access would be SIGBUS: the memory file ends before it"},
		{lines: "mmap a 4; munmap a[2]; madvise a populate_write", call: "madvise", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. Before it, a[0..1] was brought in"},
		{lines: "mmap a 4; munmap a[2]; madvise a cold", call: "madvise", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. The advice skips holes"},
		{lines: "mmap a 4; mprotect a r; mseal a[2]; madvise a dontneed", call: "madvise", answer: "EPERM", why: "a[2] is sealed, private, anonymous and not writable: mseal forbids to throw its contents away."},
		{lines: "mmap a 64M noreserve; madvise a collapse", call: "madvise", answer: "EINVAL", why: "No part of the range could become a huge page"},
	})
	if pageBytes == 4096 {
		runExplained(t, []explained{
			{lines: "mmap a 4; madvise a collapse", call: "madvise", answer: "EINVAL", why: "The range holds no whole huge page, which is 2M long"},
		})
	}
}

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
		{lines: file("file") + "; touch a read", call: "touch", answer: "SIGBUS", why: "a[1] is mapped, but nothing is behind it: the file ends before it, or could not be read there."},
		{lines: "mmap a 4 shared memfd; mlock a[2]; msync a invalidate", call: "msync", answer: "EBUSY", why: "a[2] is locked, and MS_INVALIDATE may not take locked pages away. Before it, a[0..1] was synced"},
		{lines: "mmap a 4 shared memfd; munmap a[2]; msync a sync", call: "msync", answer: "ENOMEM", why: "a[2] is a hole: no mapping covers it. msync skips holes"},
		{lines: "mmap a 4; msync a+1,1 async", call: "msync", answer: "EINVAL", why: "The address 0x"},
		{lines: "mmap a 4; posix_fadvise a dontneed", call: "fadvise64", answer: "EBADF", why: "posix_fadvise is about files, and none lies behind a, which is anon memory.", try: "madvise a dontneed"},
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
	l := opened(t, Options{})
	ok(t, l, "brk +4")
	heap := l.here().Region(heapName)
	ok(t, l, "mmap a 1 at 0x"+strconv.FormatUint(heap.Span().End()+8*uint64(pageBytes), 16)+",1")
	x := explained{call: "brk", answer: "ENOMEM", why: "The pages of the heap end at 0x" + strconv.FormatUint(heap.Span().End(), 16) +
		", and a[0] is in the way: {8} are free up to it, and 1 page must stay free between."}
	x.check(t, l, "brk +8")
	ok(t, l, "brk +7")
}

// malloc says what the last of its calls was refused for.
func TestExplainedMalloc(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, strings.Split(strings.TrimSuffix(lowLimit, "; "), "; ")...)
	ok(t, l, "mlockall future")
	e := do(t, l, "malloc a 64K")
	l.observe(l.cur, false)
	why, _ := model.Explain(e, l.State())
	if want := "Neither brk nor mmap gave malloc the memory. Of mmap: mlockall future is in force"; e.Errno != "ENOMEM" || !strings.HasPrefix(why, want) {
		t.Errorf("%s\n got: %s\nwant: %s", e.Strace(), why, want)
	}
}

func TestExplainedSegments(t *testing.T) {
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
		{lines: "shmget s 8; munmap s; shmctl s rmid; shmctl s lock", call: "shmctl", answer: "EINVAL", why: "The segment is gone"},
		{lines: "shmget s 8; munmap s; shmctl s rmid; mmap b 8 shared alias s", call: "shmat", answer: "EINVAL", why: "The segment is gone"},
		{lines: "shmget s 8; mmap b 8; mseal b[3]; mmap c 8 shared alias s at b", call: "shmat", answer: "EPERM", why: "b[3] is sealed: mseal forbids"},
		{lines: "shmget s 8; mmap c 8 shared alias s at s+1,1", call: "shmat", answer: "EINVAL", why: "A mapping begins at a page"},
	})
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
		{lines: "mmap a 4 shared memfd; mremap a 8; touch a", call: "touch", answer: "SIGBUS", why: "a[4] is mapped, but nothing is behind it: the memory file ends before it"},
		{lines: "shmget a 4; mremap a 8; touch a read", call: "touch", answer: "SIGBUS", why: "a[4] is mapped, but nothing is behind it: the segment ends before it"},
		{lines: "malloc a 1000B; malloc b 1000B; mprotect heap none; free a", call: "free", answer: "SIGSEGV", why: "heap[0] is PROT_NONE"},
		{lines: down + "touch x[1300]; touch x[1200]", call: "touch", answer: "SIGSEGV", why: "d begins at 0x"},
		{lines: lowLimit + down + "mlock d; touch x[1499]", call: "touch", answer: "SIGSEGV", why: "d begins at 0x"},
		{lines: "mmap x 16384 noreserve; munmap x[1000..16383]; mmap d 4 grows_down at x[16000]; touch x[12000]", before: permitted(unix.RLIMIT_STACK, to(8<<20)),
			call: "touch", answer: "SIGSEGV", why: "d begins at 0x"},
	})
}

// With as many VMAs as there may be, each call that needs one more says so.
func TestExplainedTooManyVMAs(t *testing.T) {
	if testing.Short() {
		t.Skip("65,000 mappings")
	}
	l := opened(t, Options{})
	ok(t, l, "brk +4", "mmap g 1 none", "mmap a 4", "mmap b 4", "mlock b", "shmget s 1", "munmap s")
	count, most := mapCount(t, l.cur.sub.PID)
	if most > 1<<17 {
		t.Skipf("vm.max_map_count is %d", most)
	}
	for full := false; !full; count++ {
		prot := uint64(count % 2) // so that they do not merge
		r, err := l.cur.sub.Actor.Call(unix.SYS_MMAP, 0, uint64(pageBytes), prot, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, noFD, 0)
		if err != nil || count > most+8 {
			t.Fatalf("mapping %d of %d: %d, %v", count, most, r.Ret, err)
		}
		full = r.Ret < 0
	}
	l.cur.sampler.changesVMAs()
	count, _ = mapCount(t, l.cur.sub.PID)
	whole := "The process has " + strconv.Itoa(count) + " VMAs, and vm.max_map_count, the most it may have, is " + strconv.Itoa(most) + ": "
	for _, x := range []explained{
		{lines: "mmap c 1", call: "mmap", answer: "ENOMEM", why: "mmap may not make another."},
		{lines: "mmap c 1 shared alias s", call: "shmat", answer: "ENOMEM", why: "shmat may not make another."},
		{lines: "brk +4", call: "brk", answer: "ENOMEM", why: "brk may not make another."},
		{lines: "munmap a[1]", call: "munmap", answer: "ENOMEM", why: "munmap would split one more."},
		{lines: "mlock a[1]", call: "mlock", answer: "ENOMEM", why: "mlock would split one more."},
		{lines: "mlock2 a[1] onfault", call: "mlock2", answer: "ENOMEM", why: "mlock2 would split one more."},
		{lines: "munlock b[1]", call: "munlock", answer: "ENOMEM", why: "munlock would split one more."},
		{lines: "mprotect a[1] r", call: "mprotect", answer: "ENOMEM", why: "mprotect would split one more."},
		{lines: "madvise a[1] random", call: "madvise", answer: "EAGAIN", why: "madvise would split one more."},
		{lines: "mremap a 8", call: "mremap", answer: "ENOMEM", why: "to move one can take three more for a moment."},
		{lines: "mseal a[1]", call: "mseal", answer: "ENOMEM", why: "mseal would split one more."},
	} {
		t.Run(x.lines, func(t *testing.T) {
			hasWhatItNeeds(t, x.lines)
			x.why = whole + x.why
			x.try = "Give neighbouring pages the same locks"
			x.check(t, l, x.lines)
		})
	}
}
