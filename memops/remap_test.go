//go:build linux && (amd64 || arm64)

package memops_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
)

// What mremap makes of a mapping, and of the names. The values are those of a C program of the same calls.
func TestRemap(t *testing.T) {
	for name, lines := range map[string][]string{
		"a part that moves is a region of its own": {
			"mmap a 8", "memset a 5", "mmap room 16 none", "mremap a[2..3] 2 at room[8]", "expect ok", "expect minor 0",
			"expect all a_2 resident anon", "expect no a[2..3] prot=rw", "expect count a resident 6", "expect vmas a_2 1", "expect no room[8..9] prot=none",
			"touch a_2", "expect minor 0", "touch a[2]", "expect signal SIGSEGV SEGV_MAPERR in a[2]",
			"mremap a[0] 1 at room[0]", "expect all a_3 resident", "munmap a_2", "mremap a[5] 1 at room[1]", "expect all a_2[0] resident",
			"mremap a_2 1 at room[2]", "expect all a_2 resident", "mmap w 1", "memset w 5", "memcmp a_2 w", "expect return 0",
		},
		"all that is left is not the whole": {
			"mmap a 4", "touch a", "munmap a[0]", "mmap room 8 none", "mremap a[1..] 3 at room", "expect ok", "expect all a_2 resident", "mmap a 1", "expect ok",
		},
		"the name goes along with the whole": {
			"mmap a 4", "touch a", "mmap room 16 none", "mremap a 4 at room[4]", "expect ok", "expect minor 0", "expect all a resident", "expect no room[4..7] prot=none",
			"mremap a 2 at room[12]", "expect all a resident", "expect vmas a 1", "touch a[2]", "expect signal SIGSEGV",
			"mremap a 4 at room[0]", "expect ok", "expect count a resident 2",
		},
		"shorter, in the middle": {
			"mmap a 8", "touch a", "mremap a[2..5] 1", "expect ok", "expect no a[3..5] prot=rw", "expect count a resident 5",
		},
		"shorter, over a hole": {
			"mmap a 8", "touch a", "munmap a[5]", "mremap a 4", "expect ok", "expect all a resident", "touch a[4]", "expect signal SIGSEGV SEGV_MAPERR",
		},
		"as long as it is": {
			"mmap a 8", "touch a", "mremap a[2..5] 4", "expect ok", "expect all a resident", "mremap a 8 stay", "expect ok", "expect vmas a 1",
		},
		"longer where it is, into a hole": {
			"mmap a 16", "touch a", "munmap a[4..11]", "mremap a[0..3] 6 stay", "expect ok", "expect all a[4..5] absent prot=rw", "expect no a[6..11] prot=rw", "touch a[0..5]", "expect minor 2",
			"mremap a[0..5] 13 stay", "expect errno ENOMEM", "mremap a[0..5] 12 stay", "expect ok", "expect all a prot=rw", "expect vmas a 1",
		},
		"longer where it is, past the end of the region": {
			"mmap room 32", "munmap room[8..]", "mremap room[4..7] 12 stay", "expect ok", "expect all room[8..15] absent", "touch room[15]", "expect ok",
		},
		"not longer where it is": {
			"mmap a 8", "mremap a[0..3] 5 stay", "expect errno ENOMEM", "mmap b 8", "munmap b[4..]", "mmap c 1 r at b[4]", "mremap b[0..3] 5 stay", "expect errno ENOMEM",
			"expect all b[0..3] prot=rw", "mremap b[0..3] 2 stay", "expect ok",
		},
		"shared pages a second time": {
			"mmap a 8 shared", "memset a 7", "mremap a+0,0 8", "expect ok", "expect all a resident", "expect all a_2 resident", "touch a_2", "expect minor 8",
			"memset a_2[3] 9", "memcmp a a_2", "expect return 0",
		},
		"a part of shared pages a second time, where it is told": {
			"mmap m 8 shared memfd", "memset m 7", "memset m[5] 9", "mmap room 8 none", "mremap m+20480,0 2 at room[2]", "expect ok", "memcmp m_2 m[5..6]", "expect return 0",
			"memset m_2[0] 1", "memcmp m_2[0] m[5]", "expect return 0", "munmap m", "expect all m_2 resident", "truncate m_2 6", "touch m_2[1]", "expect signal SIGBUS BUS_ADRERR in m_2[1]",
			"touch m_2[0]", "expect ok",
		},
		"private pages not": {
			"mmap a 4", "touch a", "mremap a+0,0 4", "expect errno EINVAL", "mmap p 4 memfd", "mremap p+0,0 4", "expect errno EINVAL", "mmap b 4 shared", "mremap b+0,0 4 stay", "expect errno ENOMEM",
		},
		"locks go along": {
			"mmap a 8", "mlock a", "mmap room 8 none", "mremap a[4..7] 4 at room", "expect all a_2 locked resident", "expect vmlck 8", "mremap a_2 6 at a[0]", "expect ok", "expect vmlck 6",
			"expect all a_2 locked resident", "munlock a_2", "expect vmlck 0",
		},
		"locked on fault, longer": {
			"mmap a 4", "mlock2 a onfault", "touch a[0]", "mmap room 32 none", "mremap a[0..3] 16 at room", "expect ok", "expect all a onfault", "expect count a resident 1", "expect vmlck 16",
		},
		"what is not aligned": {
			"mmap a 8", "mmap room 16 none", "mremap a+1,4096 1", "expect errno EINVAL", "mremap a 8 at room+1,0", "expect errno EINVAL", "mremap a+0,4097 1B at room", "expect ok",
			"expect all a_2 prot=rw", "expect no a[0..1] prot=rw",
		},
		"flags that do not go together": {
			"mmap a 4", "touch a", "mmap room 8 none", "mremap a 4 at room stay", "expect errno EINVAL", "expect all a resident", "expect all room prot=none",
			"mremap a 4 dontunmap stay", "expect errno EINVAL", "mremap a 5 dontunmap", "expect errno EINVAL", "mremap a 3 dontunmap", "expect errno EINVAL", "mremap a 0 at room", "expect errno EINVAL",
		},
		"old and new overlap": {
			"mmap a 8", "touch a", "mremap a[0..3] 4 at a[3]", "expect errno EINVAL", "mremap a[4..7] 5 at a[0]", "expect errno EINVAL", "mremap a[4..7] 4 at a[4]", "expect errno EINVAL",
			"expect all a resident", "mremap a[0..1] 2 at a[2]", "expect ok", "expect no a[0..1] prot=rw", "expect count a resident 6", "expect all a_2 resident", "munmap a_2", "expect count a resident 4",
		},
		"holes": {
			"mmap a 8", "touch a", "munmap a[3]", "mremap a[3] 2", "expect errno EFAULT", "mremap a[2..4] 4", "expect errno EFAULT", "mmap room 16 none", "mremap a[2..4] 4 at room", "expect errno EFAULT",
			"mremap a[3] 1 at room", "expect errno EFAULT", "expect count a resident 7",
		},
		"two protections": {
			"mmap a 8", "mprotect a[4..] r", "mremap a 9", "expect errno EFAULT", "mremap a[0..3] 5 stay", "expect errno ENOMEM", "mremap a 6", "expect ok", "expect vmas a 2",
		},
		"where the addresses end": {
			"mmap a 4", "mremap a 4 at 0xfffffffffffff000,0", "expect errno EINVAL", "mremap a 8388607T", "expect errno EINVAL",
		},
		"a file goes along, offset and all": {
			"mmap s 8 shared scratch", "memset s[6] 9", "mmap room 8 none", "mremap s[4..7] 4 at room[2]", "expect ok", "mmap t 8 shared alias s", "memcmp t[6] s_2[2]", "expect return 0",
			"posix_fadvise s_2 dontneed", "expect ok", "truncate s 5", "touch s_2[1]", "expect signal SIGBUS BUS_ADRERR in s_2[1]",
		},
		"onto another region": {
			"mmap a 4", "touch a", "mmap b 8 shared memfd", "touch b", "mremap a 4 at b[2]", "touch b[2]", "expect minor 0", "mmap c 8 r", "mremap b[0] 1 at c", "expect all b_2 file",
			"mremap c[1..7] 7 at b[1]", "expect ok",
		},
		"a guard stays one": {
			"mmap a 4", "madvise a[1] guard_install", "expect ok", "mmap room 8 none", "mremap a[0..2] 3 at room", "expect ok", "touch a_2", "expect signal SIGSEGV in a_2[1]",
		},
		"a fork copies what moved": {
			"mmap a 4", "memset a 3", "mmap room 4 none", "mremap a[1..2] 2 at room", "fork kid", "in kid expect all a_2 resident shared", "in kid mremap a_2 2 at room[2]", "expect ok",
			"in kid touch a_2", "expect minor 2", "expect all a_2 resident", "memcmp a_2[0] a[0]", "expect return 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "guard_install") }) && !kernel.Probe().Advices["guard_install"] {
				t.Skip("this kernel has no guard pages")
			}
			script(name, lines...)(t)
		})
	}
}

// A mapping that stays where it was, empty, as its pages go (MREMAP_DONTUNMAP, Linux 5.7; of files 5.13).
func TestRemapDontUnmap(t *testing.T) {
	needsLinux(t, 5, 13)
	for name, lines := range map[string][]string{
		"the pages go": {
			"mmap a 8", "memset a 5", "mremap a 8 dontunmap", "expect ok", "expect minor 0", "expect all a absent prot=rw", "expect all a_2 resident", "touch a read", "expect minor 8",
			"mmap w 8", "memset w 5", "memcmp a_2 w", "expect return 0",
		},
		"a part, where it is told": {
			"mmap a 8", "touch a", "mmap room 16 none", "mremap a[2..3] 2 at room[8] dontunmap", "expect ok", "expect all a[2..3] absent", "expect all a_2 resident", "expect count a resident 6",
			"touch a[2]", "expect ok", "expect minor 1",
		},
		"of a file": {
			"mmap m 4 shared memfd", "touch m", "mremap m 4 dontunmap", "expect ok", "expect all m_2 resident", "expect all m resident", "memset m_2 6", "memcmp m m_2", "expect return 0",
		},
		"the lock goes along": {"mmap a 4", "mlock a", "mremap a 4 dontunmap", "expect ok", "expect no a locked", "expect all a_2 locked resident"},
		"what cannot grow":    {"mmap a 4", "mmap room 8", "mremap a[0..1] 3 at room dontunmap", "expect errno EINVAL", "mremap a+0,0 4 dontunmap", "expect errno EINVAL"},
	} {
		t.Run(name, script(name, lines...))
	}
}

// Several VMAs move at once where their lengths stay and they are told where to go; before Linux 6.17 that is EFAULT (mm/mremap.c,
// remap_move).
func TestRemapSeveral(t *testing.T) {
	several := []string{"mmap a 8", "touch a", "mprotect a[4..5] r", "munmap a[2]", "mmap room 16 none"}
	if v, _ := model.KernelVersion(kernel.Probe().Release); v.Before(model.Version{6, 17}) {
		script("before 6.17", append(several, "mremap a 8 at room", "expect errno EFAULT", "expect count a resident 7")...)(t)
		return
	}
	for name, lines := range map[string][]string{
		"with a hole": append(slices.Clone(several), "mremap a 8 at room", "expect ok", "expect count a resident 7", "expect vmas a 5", "expect all a[4..5] prot=r", "expect all room[2] prot=none",
			"expect count room prot=none 9", "mmap b 1 at a[2]", "expect ok", "touch b", "expect count a resident 8", "munmap a[0..1]", "munmap a[3..]", "mmap a 1", "expect ok"),
		"a part":          append(slices.Clone(several), "mremap a[1..4] 4 at room[8]", "expect ok", "expect count a_2 resident 3", "expect count a resident 4", "expect vmas a_2 4"),
		"not from a hole": append(slices.Clone(several), "mremap a[2..4] 3 at room[8]", "expect errno EFAULT", "expect count a resident 7"),
		"not longer":      append(slices.Clone(several), "mremap a 9 at room", "expect errno EFAULT", "expect count a resident 7"),
	} {
		t.Run(name, script(name, lines...))
	}
	t.Run("the mappings stay, as far as a segment, which goes alone", script("a segment",
		"mmap a 4 at 0x1000000000,0", "memset a 5", "shmget s 2", "shmat t of s at 0x1000004000,0", "mremap a[0..5] 6 at 0x1000010000,0 dontunmap", "expect errno EFAULT",
		"expect all a_2 resident", "expect count a_2 resident 4", "expect all a absent prot=rw", "munmap a_2", "touch 0x1000010000,1", "expect signal SIGSEGV SEGV_MAPERR",
		"memset a 5", "mremap a[0..5] 6 at 0x1000010001,0 dontunmap", "expect errno EINVAL", "expect all a resident"))
	t.Run("as far as a seal", func(t *testing.T) {
		needsCall(t, "mseal", unix.SYS_MSEAL)
		script("as far as a seal", "mmap a 8", "memset a 5", "mseal a[4..]", "mmap room 16 none", "mremap a 8 at room[4]", "expect errno EPERM",
			"expect count a resident 4", "expect all a[4..] resident", "expect all a_2 resident", "expect vmas a_2 1", "touch a_2", "expect minor 0", "touch a[0]", "expect signal SIGSEGV SEGV_MAPERR")(t)
	})
}

// needsLinux skips a test of what an older kernel does not have.
func needsLinux(t *testing.T, major, minor int) {
	t.Helper()
	if v, known := model.KernelVersion(kernel.Probe().Release); known && v.Before(model.Version{major, minor}) {
		t.Skipf("needs Linux %d.%d", major, minor)
	}
}

// What mremap is not made for, and what keeps the subject's own memory its own.
func TestRemapRefused(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4 shared", "malloc h 100", "malloc big 1M", "brk +4", "mmap room 8 none")
	for _, line := range []string{
		"mremap h 4", "mremap big 4", "mremap big[1..2] 4 at room", "mremap heap 8", "mremap 0x200000,4096 1", "mremap 0x200000,0 1", "mremap 0x400000,0 4", "mremap 0x400000,4096 1 at room",
		"mremap a 4 at 0x200000,4096", "mremap a 4 at 0x400000,0", "mremap a[1] 1000 at 0x1f0000,1", "mremap none_such 4", "mremap a 4 at none_such", "mremap a+0,0 8192 at 0x100000,0",
		"mremap 0x1fffff000,0 4", "mremap 0x1000,18446744073709551615 1", "mremap 0x1ff000,18446744073709551000 1 at room",
	} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %s", line, e.Strace())
		}
	}
	ok(t, l, "touch a", "touch h", "touch big", "touch heap", "expect alive")
}

// As much as may be locked, and no more.
func TestRemapOverLimit(t *testing.T) {
	l := opened(t, memops.Options{})
	for _, line := range []string{
		"capset -ipc_lock", "mmap a 4", "mlock a", "mmap room 32 none", "setrlimit memlock 8", "mremap a[1..3] 8 at room", "expect errno EAGAIN", "expect vmlck 4",
		"mremap a[1..3] 7 at room", "expect ok", "expect vmlck 8", "expect all a_2 locked resident",
	} {
		do(t, l, line)
	}
}
