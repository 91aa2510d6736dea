//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
	"incore/model/calls"
)

// The end of a process's addresses is what refuses what lies past it.
func TestExplainedAddressEnd(t *testing.T) {
	end := kernel.AddressEnd()
	if end == 0 {
		t.Skip("where the addresses end cannot be told here")
	}
	at := fmt.Sprintf("%#x,%d", end, pageBytes)
	past := fmt.Sprintf("%#x lies past the addresses that a process can have: they end at %#x (TASK_SIZE).", end, end)
	runExplained(t, []explained{
		{lines: "mmap hi 1 at " + at, call: "mmap", answer: "ENOMEM", why: fmt.Sprintf("The addresses that a process can have end at %#x (TASK_SIZE), and {1} from %#x on would reach past that.", end, end)},
		{lines: "mlock " + at, call: "mlock", answer: "ENOMEM", why: past},
		{lines: "mprotect " + at + " r", call: "mprotect", answer: "ENOMEM", why: past},
		{lines: "madvise " + at + " willneed", call: "madvise", answer: "ENOMEM", why: past},
		{lines: "munmap " + at, call: "munmap", answer: "EINVAL", why: fmt.Sprintf("The range from %#x, %d bytes, reaches out of", end, pageBytes)},
	})
	ok(t, opened(t, memops.Options{}), fmt.Sprintf("mmap hi 1 at %#x,%d", end-uint64(pageBytes), pageBytes))
}

// Two neighbors that are alike are two VMAs for a reason that is told.
func TestExplainedApart(t *testing.T) {
	const several = "mremap takes one mapping as a whole, and at "
	touched := several + "a[4] another one begins: the two are alike in all that smaps shows, but each has pages of its own,"
	runExplained(t, []explained{
		{lines: "mmap a 8; madvise a[4..7] dontfork; touch a; madvise a dofork; mremap a 16", call: "mremap", answer: "EFAULT", why: touched, try: "munmap a, and map it anew."},
		{lines: "mmap a 8; mlock2 a[4..7] onfault; touch a; munlock a; mremap a 16", call: "mremap", answer: "EFAULT", why: touched},
		{lines: "mmap a 8; madvise a[4..7] dontfork; touch a; fork kid; madvise a dofork; mremap a 16", call: "mremap", answer: "EFAULT", why: touched},
		{lines: "mmap a 8; madvise a[4..7] dontfork; mremap a 16", call: "mremap", answer: "EFAULT", why: several + "a[4] another one begins: one of the two is advised dontfork.", try: "madvise a dofork first."},
		{lines: "mmap a 8 r; mprotect a[4..7] rw; touch a[4..7]; mprotect a[4..7] r; mremap a 16", call: "mremap", answer: "EFAULT", why: several + "a[4] another one begins: one of the two is counted as memory that is promised"},
		{lines: "mmap a 8; fork kid; in kid touch a; in kid madvise a[4..7] dontfork; in kid mremap a 16", call: "mremap", answer: "EFAULT", why: several + "a[4] another one begins: one of the two is advised dontfork.", try: "in kid madvise a dofork first."},
		{lines: "shmget s 8; mlock s[2..4]; munlock s[2..4]; mremap s 16", call: "mremap", answer: "EFAULT", why: several + "s[2] another one begins: an attached segment that was split stays split."},
		{lines: "mmap lib 8 file {file} private r; mmap head 1 file {file} private r at lib; mremap lib 9", call: "mremap", answer: "EFAULT", why: several + "lib[1] another one begins: it is one file, opened twice: head has descriptor "},
	})
	ok(t, opened(t, memops.Options{}), "mmap a 8", "touch a", "madvise a[4..7] dontfork", "madvise a dofork", "mremap a 16") // touched before the split
	ok(t, opened(t, memops.Options{}), "mmap m 8 shared memfd", "mmap head 1 shared alias m at m", "mremap m 9")             // opened once
}

// A call that failed with a part of its range sealed has split a VMA: that is measured and told,
// and the kernel joins the parts where a call changes them.
func TestExplainedSplit(t *testing.T) {
	hasWhatItNeeds(t, "mseal a")
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "mseal a[2]", "expect vmas a 3")
	explained{call: "munmap", answer: "EPERM", try: "exec ends a seal",
		why: "a[2] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was unmapped, but a VMA was split: in and beside the range there were 3, and are 4 now."}.
		check(t, l, "munmap a[1..2]")
	ok(t, l, "expect vmas a 4")
	explained{call: "munmap", answer: "EPERM",
		why: "a[2] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed."}.
		check(t, l, "munmap a[1..2]")
	explained{call: "mremap", answer: "EFAULT", try: "madvise a dontfork, then madvise a dofork: ",
		why: "mremap takes one mapping as a whole, and at a[1] another one begins: a call that failed has split them there, munmap with EPERM, and nothing has joined them since."}.
		check(t, l, "mremap a 8")
	ok(t, l, "madvise a dontfork", "madvise a dofork", "expect vmas a 3")
}

// Whatever a call that failed says of VMAs is what the list of them says.
func TestLookedCountsVMAs(t *testing.T) {
	for _, lines := range []string{
		"mmap a 16; mseal a[8]; munmap a[4..12]",
		"mmap a 16; mseal a[8]; mprotect a[4..12] r",
		"mmap a 16; mprotect a[8] r; mseal a[8]; madvise a[4..12] dontneed",
		"mmap a 16; munmap a[8]; mlock a[4..12]",
		"mmap a 16; munmap a[8]; mprotect a[4..12] r",
		"mmap a 16; munmap a[8]; madvise a[4..12] random",
		"mmap a 16; mlock a[4..7]; munmap a[8]; munlock a[4..12]",
		"mmap a 16; munmap a[8]; mseal a[4..12]",
		"mmap a 16; mseal a[8]; mmap b 9 at a[4]",
		"mmap a 16; mprotect a[8] none; mlock a[4..12]",
	} {
		t.Run(lines, func(t *testing.T) {
			list := strings.Split(lines, "; ")
			for _, line := range list {
				hasWhatItNeeds(t, line)
			}
			l := opened(t, memops.Options{})
			ok(t, l, list[:len(list)-1]...)
			a := l.State().Main().Region("a").Span()
			beside := model.Span{Addr: a.Addr + 3*uint64(pageBytes), Len: 11 * uint64(pageBytes)} // a page on either side
			count := func() int {
				sampled(l)
				return len(l.State().Main().VMAsIn(beside))
			}
			before := count()
			e := failing(t, l, list[len(list)-1])
			after := count()
			if e.Looked == nil || e.Looked.Before != before || e.Looked.After != after {
				t.Errorf("%s: looked %+v, and there were %d VMAs, are %d", e.Strace(), e.Looked, before, after)
			}
			why, _ := calls.Explain(e, l.State())
			changed := e.Looked != nil && !e.Looked.Same
			if says := strings.Contains(why, "Nothing was changed."); changed && says {
				t.Errorf("%+v: %s", e.Looked, why)
			}
			if says := strings.Contains(why, fmt.Sprintf("there were %d, and are %d now.", before, after)); says != (before != after) {
				t.Errorf("%d VMAs became %d: %s", before, after, why)
			}
			t.Log(why)
		})
	}
}

// Of a range that is collapsed in part it is told which part was, and why the rest was not.
func TestExplainedCollapse(t *testing.T) {
	if pageBytes != 4096 || !kernel.Probe().Scan {
		t.Skip("takes pages of 4 KiB, and PAGEMAP_SCAN to tell huge pages")
	}
	hasWhatItNeeds(t, "madvise a collapse")
	hasWhatItNeeds(t, "madvise a guard_install")
	for _, x := range []struct{ line, why, try, count string }{
		{"munmap a[700]", `a\[701..\d+\] is a mapping of its own and holds no whole huge page, which is 2M long and begins at a multiple of that. Of the 1024 pages of the range 512 are in huge pages now.`, "Name a range that is one mapping.", "512"},
		{"madvise a[600] guard_install", `a\[600\] is a guard page, so a\[512..1023\], in which it lies, cannot become a huge page. Of the 1024 pages of the range 512 are in huge pages now.`, "madvise a[600] guard_remove first.", "512"},
		{"madvise a[512..1023] dontneed", `No page of a\[512..1023\] has been touched, so there is nothing to make a huge page of. Of the 1024 pages of the range 512 are in huge pages now.`, "Touch it first.", "512"},
		{"madvise a nohugepage", `a is advised nohugepage, so no part of it may become a huge page.`, "madvise a hugepage first.", "0"},
	} {
		t.Run(x.line, func(t *testing.T) {
			l := opened(t, memops.Options{})
			ok(t, l, "mmap a 4M", "touch a")
			if x.line != "madvise a nohugepage" { // khugepaged could be faster than that, and make huge pages of a first
				ok(t, l, "madvise a hugepage") // where huge pages come unasked, incore advises against them
			}
			if l.State().Main().Region("a").Base%(2<<20) != 0 {
				t.Skip("a does not begin at a huge page")
			}
			ok(t, l, x.line)
			e := failing(t, l, "madvise a collapse")
			if e.Errno == "ENOMEM" || e.Errno == "EAGAIN" {
				t.Skipf("no huge page is to be had: %s", e.Errno)
			}
			sampled(l)
			why, try := calls.Explain(e, l.State())
			if !regexp.MustCompile("^" + x.why + "$").MatchString(why) {
				t.Errorf("got:  %s\nwant: %s", why, x.why)
			}
			if try != x.try {
				t.Errorf("try: %s", try)
			}
			ok(t, l, "expect count a huge "+x.count)
		})
	}
}

// A child is told that its parent kept the pages from it.
func TestExplainedDontfork(t *testing.T) {
	runExplained(t, []explained{
		{lines: "mmap a 8; madvise a[2..3] dontfork; fork kid; in kid touch a", call: "touch", answer: "SIGSEGV",
			why: "a[2] is not mapped in kid: main had it advised MADV_DONTFORK as it forked, so the child did not get it."},
		{lines: "mmap a 8; madvise a[2..3] dontfork; fork kid; in kid mlock a[2..3]", call: "mlock", answer: "ENOMEM", why: "a[2] is not mapped in kid: main had it advised"},
		{lines: "mmap a 8; madvise a[2..3] dontfork; madvise a dofork; fork kid; in kid munmap a[2]; in kid touch a", call: "touch", answer: "SIGSEGV", why: "a[2] is a hole: no mapping covers it."},
	})
}

// What is charged before it takes the place of what is locked is told so.
func TestExplainedLockedInThePlaceOfLocked(t *testing.T) {
	runExplained(t, []explained{
		{lines: lowLimit + "mmap a 4 locked; mmap b 4 locked at a", call: "mmap", answer: "EAGAIN", try: "munlock a first. setrlimit memlock {8} allows it",
			why: "The mapping is locked as it is made. RLIMIT_MEMLOCK is {4}; {4} was locked before, and this would lock {4} more: {4} too much. What lies there, a, is locked and counts until it is dropped, which comes after this check. Nothing was changed."},
	})
}

// Nothing is to be unlocked where nothing is locked, and no limit is named that the process may
// not have.
func TestExplainedRemediesAreThere(t *testing.T) {
	runExplained(t, []explained{
		{lines: lowLimit + "mmap a 16; mlock a[0..8]", call: "mlock", answer: "ENOMEM", why: "RLIMIT_MEMLOCK is {4}; 0B was locked before", try: "Lock at most 4 pages more. Start"},
		{lines: lowLimit + "mmap a 16; mlock a[0..3]; mlock a[0..4]", call: "mlock", answer: "ENOMEM", why: "RLIMIT_MEMLOCK is {4}; {4} was locked before", try: "munlock something first."},
		{lines: "setrlimit memlock 8 8; capset -sys_resource; setrlimit memlock 9", call: "prlimit64", answer: "EINVAL", why: "The soft limit, {9}, would be above the hard one, {8}.", try: "setrlimit memlock {8} is the most that this process may have."},
	})
	l := opened(t, memops.Options{})
	ok(t, l, "setrlimit memlock 4 8")
	e := failing(t, l, "setrlimit memlock 9")
	sampled(l)
	_, try := calls.Explain(e, l.State())
	most, _, _ := strings.Cut(try, " is ")
	most, _, _ = strings.Cut(most, " sets ")
	ok(t, l, most)
}

// inNamespace is set where the test binary is run again as root of a user namespace of its own.
const inNamespace = "INCORE_TEST_USER_NAMESPACE"

// To one who has CAP_IPC_LOCK in a user namespace alone, that is not what is to try.
func TestExplainedInUserNamespace(t *testing.T) {
	if os.Getenv(inNamespace) != "" {
		runExplained(t, []explained{
			{lines: "setrlimit memlock 4 4; mmap a 16; mlock a", call: "mlock", answer: "ENOMEM", why: "RLIMIT_MEMLOCK is {4}; 0B was locked before",
				try: "Lock at most 4 pages more. Start incore with a higher limit (ulimit -l), or outside of this user namespace as a user who has CAP_IPC_LOCK: what a namespace gives does not count here."},
			{lines: "setrlimit memlock 4 4; setrlimit memlock 8 8", call: "prlimit64", answer: "EPERM", why: "The hard limit is {4}, and only a process with CAP_SYS_RESOURCE in the system's first user namespace may raise it, to {8}."},
		})
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestExplainedInUserNamespace$", "-test.v")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Skipf("no user namespace can be made here: %v", err)
	}
	if text := string(out); err != nil || !strings.Contains(text, "--- PASS: TestExplainedInUserNamespace") {
		t.Errorf("%v\n%s", err, text)
	}
}

// The limits that the shell sets before incore starts are told by their name and size.
func TestExplainedUlimit(t *testing.T) {
	if os.Getenv(inNamespace) != "" {
		runExplained(t, []explained{
			{lines: "mmap b 1G", call: "mmap", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 585.9M; VmData is 0B", try: "Ask for less, or start incore with a higher limit: ulimit -d says it."},
			{lines: "brk +1G", call: "brk", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 585.9M;"},
			{lines: "mmap a 4; mremap a 1G", call: "mremap", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 585.9M; VmData is {4}"},
			{lines: "malloc a 1G", call: "mmap", answer: "ENOMEM", why: "RLIMIT_DATA, which is"},
		})
		ok(t, opened(t, memops.Options{}), "mmap b 1G shared", "mmap c 1G r")
		return
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -d 600000 && exec "$0" -test.run='^TestExplainedUlimit$' -test.v`, os.Args[0])
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	out, err := cmd.CombinedOutput()
	if text := string(out); err != nil || !strings.Contains(text, "--- PASS: TestExplainedUlimit") {
		t.Errorf("%v\n%s", err, text)
	}
}

// What an explanation says to do makes the call succeed.
func TestExplainedTryDoes(t *testing.T) {
	for _, x := range []struct{ lines, pick string }{
		{"mmap a 8; madvise a[4..7] dontfork; mremap a 16", "madvise a dofork"},
		{"mmap a 8; madvise a[4..7] random; mremap a 16", "madvise a normal"},
		{"mmap a 8; madvise a[4..7] wipeonfork; mremap a 16", "madvise a keeponfork"},
		{"mmap a 8; mlock2 a[4..7] onfault; mremap a 16", "munlock a"},
		{"mmap a 8; mprotect a[4..7] r; mremap a 16", `mprotect a \w+`},
		{lowLimit + "mmap a 4 locked; mmap b 4 locked at a", "munlock a"},
		{lowLimit + "mmap a 16; mlock a[0..3]; mlock a[0..4]", `setrlimit memlock \w+`},
		{"mmap a 4M; touch a; madvise a hugepage; madvise a[5] guard_install; madvise a[6] guard_remove; madvise a collapse", `madvise a\[5\] guard_remove`},
		{"mmap a 4M; touch a; madvise a nohugepage; madvise a collapse", "madvise a hugepage"},
	} {
		t.Run(x.lines, func(t *testing.T) {
			list := strings.Split(x.lines, "; ")
			for _, line := range list {
				hasWhatItNeeds(t, line)
			}
			if strings.Contains(x.lines, "collapse") && pageBytes != 4096 {
				t.Skip("takes pages of 4 KiB")
			}
			l := opened(t, memops.Options{})
			ok(t, l, list[:len(list)-1]...)
			tried(t, l, list[len(list)-1], regexp.MustCompile(x.pick))
		})
	}
}
