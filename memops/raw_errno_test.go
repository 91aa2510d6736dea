//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"incore/memops"
)

// What the kernel answers to flags and values that no verb writes, and why.
func TestSyscallErrnos(t *testing.T) {
	runExplained(t, []explained{
		{lines: "mmap a 4; syscall mprotect a 4096 0x100000", call: "mprotect", answer: "EINVAL", why: "prot has 0x100000, which is no right that mprotect knows", try: "Give r, w and x alone."},
		{lines: "mmap a 4; syscall mprotect a 4096 PROT_READ|PROT_GROWSDOWN", call: "mprotect", answer: "EINVAL", why: "PROT_GROWSDOWN is for a mapping that grows down, and a[0] is none.", try: "Map it grows_down"},
		{lines: "mmap a 4; syscall mprotect a 4096 PROT_READ|PROT_GROWSUP", call: "mprotect", answer: "EINVAL", why: "No memory grows up on this processor.", try: "man mprotect"},
		{lines: "mmap a 4; syscall mprotect a 4096 PROT_GROWSUP|PROT_GROWSDOWN", call: "mprotect", answer: "EINVAL", why: "Memory does not grow down and up.", try: "man mprotect"},
		{lines: "mmap a 4; syscall mprotect a+1,1 4096 PROT_READ|PROT_GROWSUP", call: "mprotect", answer: "EINVAL", why: "The address 0x", try: ""},
		{lines: "mmap a 4; syscall mlock2 a 4096 2", call: "mlock2", answer: "EINVAL", why: "Flags has 0x2, and mlock2 knows no such flag.", try: "man mlock2"},
		{lines: "mmap a 4; syscall mlock2 a 4096 -1", call: "mlock2", answer: "EINVAL", why: "Flags has 0xfffffffe, and mlock2 knows no such flag.", try: "man mlock2"},
		{lines: "mmap a 4; syscall mlockall 8", call: "mlockall", answer: "EINVAL", why: "Flags has 0x8, and mlockall knows no such flag.", try: "man mlockall"},
		{lines: "mmap a 4; syscall madvise a 4096 9999", call: "madvise", answer: "EINVAL", why: "9999 is no advice that madvise knows.", try: "man madvise"},
		{lines: "mmap a 4; syscall madvise a 4096 -1", call: "madvise", answer: "EINVAL", why: "-1 is no advice that madvise knows.", try: "man madvise"},
		{lines: "mmap a 4; syscall msync a 4096 MS_SYNC|0x10", call: "msync", answer: "EINVAL", why: "Flags has 0x10, and msync knows no such flag.", try: "man msync"},
		{lines: "mmap a 4; syscall mincore a 16384 0", call: "mincore", answer: "EFAULT", why: "The answers were to go to 0x0, a byte a page", try: "Give a region that may be written"},
		{lines: "mmap a 4; mmap v 1 r; syscall mincore a 16384 v", call: "mincore", answer: "EFAULT", why: "The answers were to go to 0x", try: "Give a region that may be written"},
		{lines: "mmap a 4; syscall mincore a+1,1 4096 a", call: "mincore", answer: "EINVAL", why: "The address 0x", try: ""},
		{lines: "syscall mmap 0 0 PROT_READ MAP_PRIVATE|MAP_ANONYMOUS -1 0", call: "mmap", answer: "EINVAL", why: "The length is 0.", try: "man mmap"},
		{lines: "syscall mmap 0 4096 PROT_READ MAP_ANONYMOUS -1 0", call: "mmap", answer: "EINVAL", why: "Flags has none of MAP_SHARED, MAP_PRIVATE and MAP_SHARED_VALIDATE.", try: "man mmap"},
		{lines: "syscall mmap 0 4096 PROT_READ MAP_PRIVATE -1 0", call: "mmap", answer: "EBADF", why: "-1 is no descriptor, and without MAP_ANONYMOUS there has to be a file.", try: "man mmap"},
		{lines: "syscall mmap 0 4096 PROT_READ MAP_PRIVATE|MAP_ANONYMOUS -1 1", call: "mmap", answer: "EINVAL", why: "The offset, 1, is not a multiple of the page size", try: "man mmap"},
		{lines: "mmap a 4; syscall mmap a+1,1 4096 PROT_READ MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED -1 0", call: "mmap", answer: "EINVAL", why: "A fixed mapping begins at a page", try: "man mmap"},
		{lines: "mmap a 4; syscall mremap a 4096 8192 MREMAP_FIXED 0", call: "mremap", answer: "EINVAL", why: "MREMAP_FIXED and MREMAP_DONTUNMAP need MREMAP_MAYMOVE.", try: "man mremap"},
		{lines: "mmap a 4; syscall mremap a 4096 0 MREMAP_MAYMOVE 0", call: "mremap", answer: "EINVAL", why: "The new length, 0, is 0 in whole pages of 64 bits.", try: "man mremap"},
		{lines: "mmap a 4; syscall mremap a 4096 -1 MREMAP_MAYMOVE 0", call: "mremap", answer: "EINVAL", why: "The new length, 18446744073709551615, is 0 in whole pages", try: "man mremap"},
		{lines: "mmap a 4; syscall mremap a+1,1 4096 8192 MREMAP_MAYMOVE 0", call: "mremap", answer: "EINVAL", why: "A mapping begins at a page", try: "man mremap"},
		{lines: "mmap a 4; syscall mremap a 4096 8192 0x100000000 0", call: "mremap", answer: "EINVAL", why: "Flags has 0x100000000, and mremap has no such flag.", try: "man mremap"},
		// A verb makes the very call, and explains it.
		{lines: "mmap a 4; syscall munmap a+1,1 4096", call: "munmap", answer: "EINVAL", why: "The address 0x", try: ""},
		{lines: "mmap a 4; syscall munmap a 0", call: "munmap", answer: "EINVAL", why: "", try: ""},
		{lines: "mmap a 4; syscall munlock a -8192", call: "munlock", answer: "EINVAL", why: "", try: ""},
		{lines: "mmap a 4; munmap a[2]; syscall mprotect a 16384 PROT_READ", call: "mprotect", answer: "ENOMEM", why: "a[2] is a hole", try: ""},
		{lines: "syscall mlockall 0", call: "mlockall", answer: "EINVAL", why: "", try: ""},
		{lines: "mmap a 4; mlock a[0]; syscall madvise a 4096 MADV_DONTNEED", call: "madvise", answer: "EINVAL", why: "a[0] is locked", try: ""},
	})
	script("what a verb can say too", "mmap a 8", "touch a", "syscall mprotect a[1] 8192 1", "expect all a[1..2] prot=r", "syscall mlock2 a[4] 1 MLOCK_ONFAULT",
		"expect all a[4] onfault", "syscall munlock a 32768", "expect no a locked", "syscall madvise a 4096 MADV_DONTNEED", "expect no a[0] resident",
		"syscall munmap a[5] 1", "touch a[5]", "expect signal SIGSEGV SEGV_MAPERR in a[5]", "syscall msync a[1] 4096 MS_ASYNC", "expect ok",
		"mlock a", "syscall munlockall", "expect ok", "expect vmlck 0", "mlockall future", "syscall munlockall", "mmap b 1", "expect no b locked",
		"syscall mincore a 4096 a[7]", "expect return 0", "syscall msync a[1] 4096 0", "expect alive")(t)
}

// What a verb says of a call that succeeded and left something undone, syscall says of it too.
func TestSyscallShortfall(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "mprotect a[1] none")
	for _, x := range [][2]string{{"mmap m 4 shared memfd", "msync m async"}, {"mlock2 a onfault", "mlock2 a onfault"}} {
		ok(t, l, x[0])
		plain := do(t, l, x[1])
		raw := do(t, l, map[string]string{"msync m async": "syscall msync m 16384 MS_ASYNC", "mlock2 a onfault": "syscall mlock2 a 16384 MLOCK_ONFAULT"}[x[1]])
		if pageBytes == 4096 && raw.Result != plain.Result {
			t.Errorf("%s: %q, and of the verb %q", raw.Command, raw.Result, plain.Result)
		}
	}
	if !kernelSince(6, 11) {
		return
	}
	ok(t, l, "mmap d 4 droppable")
	for _, line := range []string{"mlock d[0]", "syscall mlock d 4096"} {
		if e := do(t, l, line); e.Result != "d[0] is droppable: it gets no lock" {
			t.Errorf("%s: %q", line, e.Result)
		}
	}
}
