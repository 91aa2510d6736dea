//go:build linux && (amd64 || arm64)

package memops_test

import (
	"strings"
	"testing"

	"incore/memops"
)

// Limits of the process other than that of locking: what they refuse, and what they leave as it is.
func TestProcessLimits(t *testing.T) {
	for name, lines := range map[string][]string{
		"as": {
			"mmap a 16M none", "setrlimit as 24M", "expect ok", "mmap b 16M none", "expect errno ENOMEM", "mmap b 4 none", "expect ok", "mremap a 32M", "expect errno ENOMEM", "brk +16M", "expect errno ENOMEM",
			"malloc m 64M", "expect errno ENOMEM", "mmap c 16M none at a", "expect ok", "munmap c", "mmap d 16M shared", "expect ok", "setrlimit as unlimited", "mmap e 16M none", "expect ok",
		},
		"as, below what is mapped": {
			"mmap a 16M", "touch a[0..3]", "setrlimit as 1M", "expect ok", "mmap b 1", "expect errno ENOMEM", "touch a[4..7]", "expect ok", "munmap a[8..]", "expect ok", "mlock a[0..3]", "expect ok",
			"touch a[0] exec", "setrlimit as unlimited", "expect ok", "mmap b 1", "expect ok", "expect alive",
		},
		"data": {
			"mmap a 4M", "setrlimit data 8M", "expect ok", "mmap b 8M", "expect errno ENOMEM", "mmap b 8M shared", "expect ok", "mmap c 8M r", "expect ok", "mprotect c rw", "expect errno ENOMEM",
			"mprotect c[0..7] rw", "expect ok", "mremap a 9M", "expect errno ENOMEM", "brk +8M", "expect errno ENOMEM", "malloc m 16M", "expect errno ENOMEM", "mmap d 8M memfd", "expect errno ENOMEM",
			"mremap a 4M dontunmap", "expect errno ENOMEM", "expect no a locked",
		},
		"stack": {
			"mmap x 4096 noreserve", "munmap x[0..4000]", "mmap d 4 grows_down at x[4001]", "setrlimit stack 16", "touch d[0]", "touch x[3997..4000] read", "expect ok",
			"touch x[3980] read", "expect signal SIGSEGV SEGV_MAPERR", "setrlimit stack 64", "touch x[3980] read", "expect ok",
		},
		"a child has them too": {
			"mmap a 4M none", "setrlimit as 16M", "fork kid", "expect ok", "in kid mmap b 16M none", "expect errno ENOMEM", "in kid setrlimit as unlimited", "in kid mmap b 16M none", "expect ok", "mmap b 16M none", "expect errno ENOMEM",
		},
		"each is asked for by name": {
			"setrlimit as 1G", "expect rlimit as 1G", "setrlimit data 8M", "expect rlimit data 8M", "expect rlimit data < 9M", "setrlimit stack 64K", "expect rlimit stack 64K", "expect rlimit as >= 1G",
			"setrlimit as unlimited", "expect rlimit as unlimited", "setrlimit memlock 4", "expect rlimit memlock 4", "fork kid", "in kid setrlimit data 4M", "in kid expect rlimit data 4M", "expect rlimit data 8M",
		},
		"a hard one holds": {
			"capset -sys_resource", "setrlimit data 4M 8M", "expect ok", "setrlimit data 9M", "expect errno EINVAL", "setrlimit data 9M 9M", "expect errno EPERM", "setrlimit data 8M", "expect ok",
			"setrlimit stack 4 unlimited", "setrlimit stack 5 4", "expect errno EINVAL",
		},
	} {
		t.Run(name, script(name, lines...))
	}
}

// A child that could not map what it takes its commands by is not made.
func TestForkBelowLimit(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 16M none", "setrlimit as 1M")
	if e := do(t, l, "fork kid"); !strings.Contains(e.Refused, "RLIMIT_AS is 1M") {
		t.Errorf("not refused: %s", e.Strace())
	}
	ok(t, l, "munmap a", "setrlimit as unlimited", "fork kid", "in kid mmap a 4", "in kid touch a")
}

// What a limit refuses names the limit, with the numbers.
func TestExplainedProcessLimits(t *testing.T) {
	runExplained(t, []explained{
		{lines: "mmap a 4 none; setrlimit as 16M; mmap b 64M none", call: "mmap", answer: "ENOMEM", why: "RLIMIT_AS, which is of the address space of the process, is 16M; VmSize is ", try: "Ask for less, or setrlimit as "},
		{lines: "mmap a 4; setrlimit data 1M; mmap b 2M", call: "mmap", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 1M; VmData is {4}, and this needs 2M more", try: "Ask for less, or setrlimit data "},
		{lines: "mmap a 2M r; setrlimit data 1M; mprotect a rw", call: "mprotect", answer: "ENOMEM", why: "RLIMIT_DATA, which is of the private writable memory of the process, is 1M; VmData is 0B", try: "Make fewer pages writable, or setrlimit data "},
		{lines: "mmap a 4; setrlimit data 1M 1M; mremap a 2M", call: "mremap", answer: "ENOMEM", why: "RLIMIT_DATA, which", try: "Ask for less, or start incore with a higher limit: ulimit -d says it."},
		{lines: "setrlimit data 1M; malloc m 4M", call: "mmap", answer: "ENOMEM", why: "RLIMIT_DATA, which"},
		{lines: "brk +4; setrlimit data 1M; brk +4M", call: "brk", answer: "ENOMEM", why: "RLIMIT_DATA, which"},
		{lines: "capset -sys_resource; setrlimit as 1G 1G; setrlimit as 2G", call: "prlimit64", answer: "EINVAL", why: "The soft limit, 2G, would be above the hard one, 1G.", try: "setrlimit as 1G is the most"},
		{lines: "capset -sys_resource; setrlimit as 1G 1G; setrlimit as 1G 2G", call: "prlimit64", answer: "EPERM", why: "The hard limit is 1G, and only a process with CAP_SYS_RESOURCE", try: "setrlimit as 1G is the most"},
	})
}
