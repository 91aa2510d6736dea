//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
	"incore/model/calls"
)

// tried runs a line that fails, then what the explanation says to try, as much of it as pick
// finds, and the line again, which has to succeed.
func tried(t *testing.T, l *memops.Lab, line string, pick *regexp.Regexp) {
	t.Helper()
	e := failing(t, l, line)
	l.Refresh(t.Context(), e.Proc)
	why, try := calls.Explain(e, l.State())
	said := pick.FindString(try)
	if said == "" {
		if strings.Contains(try, "Start incore with a higher limit") {
			t.Skipf("the hard limit is too low here: %s", try)
		}
		t.Fatalf("%s\n%s\n%s", e.Strace(), why, try)
	}
	ok(t, l, said)
	if again := do(t, l, line); !again.OK() {
		t.Errorf("after %s: %s, as before: %s", said, again.Strace(), e.Strace())
	}
}

// A limit that is named is enough, with all that is locked already.
func TestExplainedLimitIsEnough(t *testing.T) {
	const before = "capset -ipc_lock; setrlimit memlock 16; mmap q 32; mlock q[0..10]; "
	for _, lines := range []string{
		"setrlimit memlock 0; mlock q[20]",
		"setrlimit memlock 0; mlock q[9..20]",
		"setrlimit memlock 0; mlock2 q[20]+1,1 onfault",
		"setrlimit memlock 0; mmap r 4 locked",
		"setrlimit memlock 0; mlockall current",
		"setrlimit memlock 0; mlockall future",
		"setrlimit memlock 0; mlockall current future onfault",
		"mlock q[9..20]",
		"setrlimit memlock 4; mlock q[9..20]",
		"mlock2 q[20..30] onfault",
		"mmap r 8 locked",
		"mlockall current",
		"mlockall future; mmap r 8 none",
		"mlockall future; brk +8",
		"mlockall future; shmget s 8",
		"mmap r 4; mlock r; mremap r 16",
	} {
		t.Run(lines, func(t *testing.T) {
			list := strings.Split(before+strings.Replace(lines, "q[20]+1,1", "q+81921,1", 1), "; ")
			l := opened(t, memops.Options{})
			ok(t, l, list[:len(list)-1]...)
			tried(t, l, list[len(list)-1], regexp.MustCompile(`setrlimit memlock \w+`))
		})
	}
}

// Two mappings that are each allowed are one when they lie side by side, and too large for fork.
func TestExplainedForkOfOneLargeMapping(t *testing.T) {
	sys := proc.ReadSystem()
	if sys.Overcommit != 0 {
		t.Skip("vm.overcommit_memory is not 0")
	}
	l := opened(t, memops.Options{})
	size := (sys.MemTotal + sys.SwapTotal) >> 20 * 6 / 10
	ok(t, l, fmt.Sprintf("mmap d %dM", size), fmt.Sprintf("mmap e %dM", size))
	if d, e := l.State().Main().Region("d").Base, l.State().Main().Region("e"); e.Base+e.Len != d {
		t.Skip("the two do not lie side by side")
	}
	x := explained{
		call: "clone", answer: "ENOMEM", try: "madvise d dontfork keeps that from the child.",
		why: "vm.overcommit_memory is 0, and a child is promised its parent's private writable memory once more, mapping by mapping, though nothing is copied yet. The mapping that begins at e[0] has ",
	}
	x.check(t, l, "fork kid")
	tried(t, l, "fork kid", regexp.MustCompile("madvise d dontfork"))
}

// What the kernel itself maps behind a region is named, where there is such a thing.
func TestExplainedKernelsOwn(t *testing.T) {
	l := opened(t, memops.Options{})
	for _, v := range sampled(l).VMAs {
		switch line := fmt.Sprintf("%#x,1 read", v.Start); v.Path {
		case "[vsyscall]":
			if v.Prot&model.ProtRead != 0 {
				continue
			}
			x := explained{call: "touch", answer: "SIGSEGV", why: fmt.Sprintf("At %#x the kernel has mapped [vsyscall], its page for old programs, which may be executed, but", v.Start)}
			x.check(t, l, "touch "+line)
		case "[vvar]":
			if v.Sealed || v.End-v.Start < 2*uint64(os.Getpagesize()) {
				continue
			}
			part := fmt.Sprintf("%#x,%d", v.Start, os.Getpagesize())
			for _, x := range []struct{ line, call, answer string }{
				{"munmap " + part, "munmap", "EINVAL"},
				{"madvise " + part + " dontneed", "madvise", "EINVAL"},
				{"mprotect " + part + " rw", "mprotect", "EACCES"},
			} {
				explained{call: x.call, answer: x.answer, why: fmt.Sprintf("At %#x the kernel has mapped [vvar], its clock data, which ", v.Start)}.check(t, l, x.line)
			}
		}
	}
}
