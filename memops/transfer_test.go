//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/subject"
)

// read(2) and write(2) access memory for the process. Where a touch is answered with a signal, they are answered with EFAULT, or with how
// far they came (read(2), ERRORS; mm/shmem.c).
func TestTransfer(t *testing.T) {
	bytes := func(pages int64) string { return fmt.Sprintf("expect return %d", pages*pageBytes) }
	for name, lines := range map[string][]string{
		"zeros come in": {
			"mmap a 4", "memset a 7", "mmap z 4", "memset z 0", "read a[1..2]", bytes(2), "memcmp a[1..2] z[1..2]", "expect return 0", "memset z 7",
			"memcmp a[3] z[3]", "expect return 0", "memcmp a[0] z[0]", "expect return 0", "read a+100,50", "expect return 50", "memcmp a+99,1 z+99,1", "expect return 0",
			"memcmp a+100,1 z+100,1", "expect return != 0", "read a+1,0", "expect return 0",
		},
		"the kernel faults": {
			"mmap a 4", "read a", bytes(4), "expect minor 4", "expect all a resident anon", "mmap s 4 shared memfd", "write s", "expect minor 4", "expect all s resident",
			"mmap c 4", "touch c", "fork kid", "read c[1]", "expect minor 1", "expect all c[1] exclusive", "expect all c[2] shared", "in kid write c", "expect minor 0",
		},
		"a short count": {
			"mmap a 8", "touch a", "munmap a[3]", "read a", bytes(3), "write a", bytes(3), "mprotect a[1] none", "read a", bytes(1), "write a", bytes(1),
			"mprotect a[1] r", "read a", bytes(1), "write a", bytes(3), "mprotect a r", "mmap m 8 shared memfd", "touch m", "truncate m 2", "read m", bytes(2), "write m", bytes(2),
		},
		"EFAULT": {
			"mmap a 8", "munmap a[3]", "read a[3]", "expect errno EFAULT", "write a[3]", "expect errno EFAULT", "mprotect a[1] none", "read a[1]", "expect errno EFAULT",
			"write a[1]", "expect errno EFAULT", "mprotect a[1] r", "read a[1]", "expect errno EFAULT", "write a[1]", "expect ok", "expect all a[1] resident",
			"mmap m 8 shared memfd", "truncate m 2", "read m[2]", "expect errno EFAULT", "write m[2]", "expect errno EFAULT", "read a[0]", "expect ok",
			"read 0xfffffffffffff000,8192", "expect errno EFAULT", "write 0xfffffffffffff000,8192", "expect errno EFAULT",
			"write 0x1000,1", "expect errno EFAULT", "expect alive",
		},
		"a lock makes no difference": {"mmap a 4", "mlock a", "read a", bytes(4), "expect minor 0", "write a", "expect minor 0"},
		"into a private file":        {"mmap m 4 shared memfd", "memset m 7", "mmap p 4 private alias m", "read p[1]", "expect all p[1] anon", "memcmp m[1] m[0]", "expect return 0"},
	} {
		t.Run(name, script(name, lines...))
	}
}

// What lies behind EFAULT or a short count is said, and the subject's own memory is not written to.
func TestTransferExplained(t *testing.T) {
	runExplained(t, []explained{
		{lines: "mmap a 4; munmap a[0]; read a", call: "read", answer: "EFAULT", why: "a[0] is a hole, and the kernel was to access it for the process. A touch that did the same would be SIGSEGV", try: "Name pages that are mapped and may be written."},
		{lines: "mmap a 4 r; read a", call: "read", answer: "EFAULT", why: "a[0] has protection r, and the kernel was to access it"},
		{lines: "mmap a 4 none; write a", call: "write", answer: "EFAULT", why: "a[0] is PROT_NONE, and the kernel was to access it", try: "Name pages that are mapped and may be read."},
		{lines: "mmap a 4 shared memfd; truncate a 1; write a[1..]", call: "write", answer: "EFAULT", why: "a[1] lies behind the end of its file, and the kernel was to access it for the process. A touch that did the same would be SIGBUS"},
		{lines: "mmap a 2 r file {file}; write a[1]", call: "write", answer: "EFAULT", why: "a[1] could not be brought in; a touch would be SIGBUS"},
		{lines: "read 0xfffffffffffff000,8192", call: "read", answer: "EFAULT", why: "0xfffffffffffff000 plus 8K goes past the last address of a process."},
	})
	l := opened(t, memops.Options{Memory: 1 << 30}) // where there is a page of zeros, write takes no more than the 2G of one call
	ok(t, l, "mmap a 4", "munmap a[2]")
	e := do(t, l, "read a")
	if want := fmt.Sprintf("%d of %d bytes. a[2] is a hole", 2*pageBytes, 4*pageBytes); !e.OK() || !strings.HasPrefix(e.Result, want) {
		t.Errorf("%s: result %q, want %q", e.Strace(), e.Result, want)
	}
	own := fmt.Sprintf("read %#x,16", uint64(subject.OwnStart))
	if e := do(t, l, own); !strings.Contains(e.Refused, "own memory") {
		t.Errorf("%s: %s, refused %q", own, e.Strace(), e.Refused)
	}
	for _, line := range []string{"mmap big 1T noreserve", "read big", "write big"} {
		if e := do(t, l, line); line != "mmap big 1T noreserve" && !strings.Contains(e.Refused, "--memory") {
			t.Errorf("%s: %s, refused %q", line, e.Strace(), e.Refused)
		}
	}
	ok(t, l, "touch a[0]", "expect alive")
}
