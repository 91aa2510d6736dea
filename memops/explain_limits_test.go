//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
)

// What the machine promises, and what a process may have, are told apart.
func TestExplainedPromises(t *testing.T) {
	if proc.ReadSystem().Overcommit != 0 {
		t.Skip("vm.overcommit_memory is not 0")
	}
	const tooMuch = "vm.overcommit_memory is 0, and 64T is more than all memory and swap of the machine, "
	// What is mapped before the call fails is no larger than it has to be: kernels before 6.7 have pagemap read for all of it.
	machine := proc.ReadMeminfo()
	more := model.FormatBytes((machine.MemTotal+machine.SwapTotal)>>30<<30 + 2<<30)
	runExplained(t, []explained{
		{lines: "mmap a 64T", call: "mmap", answer: "ENOMEM", why: tooMuch, try: "Map less, or add noreserve"},
		{lines: "mmap a 64T shared", call: "mmap", answer: "ENOMEM", why: tooMuch},
		{lines: "mmap a 4; mremap a 64T", call: "mremap", answer: "ENOMEM", why: "vm.overcommit_memory is 0, and 64.0T is more than", try: "Ask for less."},
		{lines: "brk +64T", call: "brk", answer: "ENOMEM", why: tooMuch},
		{lines: "malloc a 64T", call: "mmap", answer: "ENOMEM", why: "vm.overcommit_memory is 0, and 64.0T is more than"},
		{lines: "shmget a 64T", call: "shmget", answer: "ENOMEM", why: tooMuch},
		{lines: "mmap a 4; mmap b 60T none", before: halfGone, call: "mmap", answer: "ENOMEM", why: "That is 60T, and the longest stretch of addresses that is free has "},
		{lines: "mmap a 4 none; mmap b 1G", before: permitted(unix.RLIMIT_AS, to(1<<29)), call: "mmap", answer: "ENOMEM", why: "RLIMIT_AS, which is of the address space of the process, is 512M; VmSize is ", try: "Ask for less, or "},
		{lines: "mmap a 4 none; mmap b 1G none", before: permitted(unix.RLIMIT_AS, to(1<<29)), call: "mmap", answer: "ENOMEM", why: "RLIMIT_AS, which is of the address space of the process, is 512M; VmSize is ", try: "Ask for less, or "},
		{lines: "mmap a 4; mremap a 1G", before: permitted(unix.RLIMIT_DATA, to(1<<29)), call: "mremap", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 512M; VmData is {4}, and this needs 1", try: "Ask for less, or "},
		{lines: "brk +4; brk +1G", before: permitted(unix.RLIMIT_DATA, to(1<<29)), call: "brk", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 512M; VmData is {4}, and this needs 1G more", try: "Ask for less, or "},
		{lines: "mmap a 1G r; mprotect a rw", before: permitted(unix.RLIMIT_DATA, to(1<<29)), call: "mprotect", answer: "ENOMEM",
			why: "RLIMIT_DATA, which is of the private writable memory of the process, is 512M; VmData is 0B, and this would make 1G more writable: 512M too much. Nothing was changed."},
		{lines: "malloc a 1G", before: permitted(unix.RLIMIT_DATA, to(1<<29)), call: "mmap", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 512M; VmData is 132K, and this needs 1.0G more"},
		{lines: "mmap a 4; mmap b 64M shared", before: permitted(unix.RLIMIT_AS, to(16<<20)), call: "mmap", answer: "ENOMEM", why: "RLIMIT_AS, which is of the address space of the process, is 16M; VmSize is "},
		{lines: "mmap a " + more + " r; mprotect a rw", call: "mprotect", answer: "ENOMEM", why: strings.Replace(tooMuch, "64T", more, 1), try: "Make fewer pages writable, or map them with noreserve: those are not counted."},
		{lines: "mmap x 16384 noreserve; munmap x[0..16349]; mmap d 4 grows_down at x[16350]; touch x[16340] read", before: stackOf(4), call: "touch", answer: "SIGSEGV", why: "d begins at 0x", try: "Access the page right below it, or "},
		{lines: "mmap a 4; mmap b 4 memfd", before: permitted(unix.RLIMIT_NOFILE, to(3)), call: "memfd_create", answer: "EMFILE", why: "The process has as many files open as it may"},
		{lines: "mmap a 4; fork kid", before: onlyProcess, call: "clone", answer: "EAGAIN", why: "The user has ", try: "exit in a process that is no longer needed, or start incore with a higher limit (ulimit -u)."},
		{lines: "mmap a 4; fork kid", before: fullCgroup, call: "clone", answer: "EAGAIN", why: "The cgroup of the process, or one above it, has", try: "exit in a process that is no longer needed, or raise pids.max of the container or service."},
	})
}

// stackOf is a limit of so many pages for what grows down.
func stackOf(pages uint64) func(*testing.T, *memops.Lab) {
	return permitted(unix.RLIMIT_STACK, to(pages*uint64(pageBytes)))
}

// halfGone maps more than half of the addresses that are free.
func halfGone(t *testing.T, l *memops.Lab) {
	const most = 128 << 40 // what x86-64 gives
	vmas := sampled(l).VMAs
	if top := vmas[len(vmas)-2].End; top > most {
		t.Skipf("the addresses reach up to %#x here", top)
	}
	r, err := memops.SubjectOf(l, model.Main).Actor.Call(unix.SYS_MMAP, 0, 70<<40, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, ^uint64(0), 0)
	if err != nil || r.Ret < 0 {
		t.Fatalf("mmap of 70T: %d, %v", r.Ret, err)
	}
	memops.SamplerOf(l, model.Main).ChangesVMAs()
}

// onlyProcess lets the user have no process more; root may have any number.
func onlyProcess(t *testing.T, l *memops.Lab) {
	if os.Geteuid() == 0 {
		t.Skip("RLIMIT_NPROC is not root's")
	}
	permitted(unix.RLIMIT_NPROC, to(1))(t, l)
}

// fullCgroup puts the process in a cgroup that has no room for another.
func fullCgroup(t *testing.T, l *memops.Lab) {
	h, ok := proc.FindHierarchyOf("pids", proc.ReadText("/proc/self/mountinfo"), proc.ReadText("/proc/self/cgroup"))
	if !ok {
		t.Skip("there is no cgroup")
	}
	for _, dir := range h.Places() {
		at := filepath.Join(dir, fmt.Sprintf("incore-test-%d", os.Getpid()))
		if os.Mkdir(at, 0o755) != nil {
			continue
		}
		t.Cleanup(func() {
			for until := time.Now().Add(patient); os.Remove(at) != nil; time.Sleep(time.Millisecond) { // its process is still ending
				if time.Now().After(until) {
					t.Fatalf("%s stays", at)
				}
			}
		})
		put := func(file string, n int) error { return memops.WriteFile(filepath.Join(at, file), strconv.Itoa(n)) }
		if put("cgroup.procs", l.State().Main().PID) == nil && put("pids.max", int(proc.ReadNumber(filepath.Join(at, "pids.current")))) == nil {
			t.Cleanup(func() { l.Close() }) // before the cgroup goes
			return
		}
		_ = memops.WriteFile(filepath.Join(dir, "cgroup.procs"), strconv.Itoa(l.State().Main().PID))
	}
	t.Skip("this user may make no cgroup that counts processes")
}

// rootWord is who may set what the machine has.
func rootWord() string {
	if !proc.CapsCount() {
		return "as root outside of this user namespace"
	}
	return "as root"
}

// With as many VMAs as there may be, each call that needs one more says so.
func TestExplainedTooManyVMAs(t *testing.T) {
	if testing.Short() {
		t.Skip("65,000 mappings")
	}
	l := opened(t, memops.Options{})
	ok(t, l, "brk +4", "mmap g 1 none", "mmap a 4", "mmap b 4", "mlock b", "shmget s 1", "munmap s")
	count, most := mapCount(t, l.State().Main().PID)
	if most > 1<<17 {
		t.Skipf("vm.max_map_count is %d", most)
	}
	for full := false; !full; count++ {
		prot := uint64(count % 2) // so that they do not merge
		r, err := memops.SubjectOf(l, model.Main).Actor.Call(unix.SYS_MMAP, 0, uint64(pageBytes), prot, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, ^uint64(0), 0)
		if err != nil || count > most+8 {
			t.Fatalf("mapping %d of %d: %d, %v", count, most, r.Ret, err)
		}
		full = r.Ret < 0
	}
	memops.SamplerOf(l, model.Main).ChangesVMAs()
	count, _ = mapCount(t, l.State().Main().PID)
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
			x.try = "Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, " + rootWord() + ", sysctl vm.max_map_count=" + strconv.Itoa(2*most)
			x.check(t, l, x.lines)
		})
	}
}
