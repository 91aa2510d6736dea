//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"runtime"
	"testing"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// script runs lines of the command language; each expect in it must hold.
func script(name string, lines ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, line := range lines { // before any of them fails for another reason
			if c, err := lang.Parse(line); err == nil && asksZeroPage(c) {
				needsZeroPage(t)
			}
		}
		l := opened(t, memops.Options{})
		for i, line := range lines {
			failed := t.Failed()
			do(t, l, line)
			if t.Failed() && !failed {
				t.Logf("in line %d of %s: %s", i+1, name, line)
			}
		}
	}
}

// What the kernel does, said in the command language. Page counts are of any page size.
func TestKernel(t *testing.T) {
	for name, lines := range map[string][]string{
		"a read maps the zero page": {
			"mmap a 8", "touch a read", "expect minor 8", "expect all a resident zero", "expect rss < 1M",
			"touch a", "expect minor 8", "expect no a zero", "expect all a resident anon exclusive",
		},
		"a write to PROT_NONE is answered": {
			"mmap a 16", "mprotect a[9] none", "touch a[9]",
			"expect signal SIGSEGV SEGV_ACCERR in a[9]", "expect return 0", "expect alive",
			"touch a", "expect signal SIGSEGV SEGV_ACCERR in a[9]", "expect count a resident 9",
		},
		"a write to a read-only page is answered": {
			"mmap a 4 r", "touch a read", "expect ok", "touch a", "expect signal SIGSEGV SEGV_ACCERR in a[0]", "expect return 0",
		},
		"a hole is answered with SEGV_MAPERR": {
			"mmap a 8", "munmap a[4]", "touch a", "expect signal SIGSEGV SEGV_MAPERR in a[4]", "expect count a resident 4",
			"expect all a[4] unmapped", "expect no a[4] locked", "expect no a[4] unlocked",
		},
		"exec needs PROT_EXEC": {
			"mmap a 4", "touch a exec", "expect signal SIGSEGV SEGV_ACCERR in a[0]",
			"mprotect a rx", "touch a exec", "expect ok", "expect return 4", "expect all a resident" + zeroOrOwn(),
			"mprotect a rwx", "memset a 0", "touch a exec", "expect ok",
		},
		"x and wx": { // whether x alone may be read is the processor's: with protection keys it may not (pkeys(7))
			"mmap a 2 x", "expect all a prot=x", "touch a exec", "expect return 2", "touch a", "expect signal SIGSEGV SEGV_ACCERR in a[0]",
			"mmap b 2 wx populate", "expect all b prot=wx resident mapped", "touch b", "expect minor 0", "touch b exec", "expect return 2",
			"mprotect b none", "touch b exec", "expect signal SIGSEGV SEGV_ACCERR in b[0]", "mprotect b x", "touch b exec", "expect return 2",
		},
		"exec of what was never written, and of zeros": {
			"mmap a 4 rwx", "touch a[0] exec", "expect minor 1", "expect return 1", "touch a[0] exec", "expect minor 0",
			"memset a[3] 0", "touch a[3] exec", "expect ok", "expect return 1", "expect alive",
		},
		"locking rounds outwards, unlocking too": {
			"mmap key 4", "memset key+0,32 0x41", "memset key+100,32 0x42", "mlock key+0,32", "mlock key+100,32",
			"expect all key[0] locked resident", "munlock key+0,32", "expect no key[0] locked",
		},
		"a hole stops mlock half way": {
			"mmap a 16", "munmap a[8]", "mlock a", "expect errno ENOMEM",
			"expect all a[0..7] locked", "expect no a[9..15] locked",
		},
		"PROT_NONE stops only the faulting in": {
			"mmap a 16", "mprotect a[8] none", "mlock a", "expect errno ENOMEM",
			"expect all a locked", "expect count a resident 8",
		},
		"locks do not stack": {"mmap a 4", "mlock a", "mlock a", "munlock a", "expect no a locked", "expect vmlck 0"},
		"a partial lock splits the VMA": {
			"mmap a 64", "touch a[0]", "mlock a[4..8]", "expect vmas a 3", "munlock a[4..8]", "expect vmas a 1",
		},
		"onfault locks what comes": {
			"mmap a 8", "mlock2 a onfault", "expect all a onfault locked absent", "touch a[2]", "expect count a resident 1",
		},
		"mlockall without flags": {"mlockall", "expect errno EINVAL"},
		"mlockall future": {
			"mlockall current future", "expect ok", "mmap a 8", "expect all a locked resident", "munlockall", "expect no a locked",
		},
		"unaligned addresses": {
			"mmap a 4", "munmap a+1,10", "expect errno EINVAL", "madvise a+1,10 dontneed", "expect errno EINVAL",
			"mincore a+1,10", "expect errno EINVAL", "mmap b 0", "expect errno EINVAL",
		},
		"dontneed drops": {
			"mmap a 8", "touch a", "madvise a[2..3] dontneed", "expect all a[2..3] absent unmapped", "expect count a resident 6",
			"mlock a", "madvise a dontneed", "expect errno EINVAL",
		},
		"shared anonymous memory is shmem": {
			"mmap a 8 shared", "touch a", "expect all a resident mapped file", "madvise a dontneed", "expect all a resident unmapped file",
		},
		"memfd": {
			"mmap a 8 shared memfd", "touch a[1]", "expect all a[1] resident file", "mmap b 8 memfd", "touch b[1] read",
			"expect all b[1] file", "touch b[2]", "expect all b[2] anon", "expect all b[3] absent file",
		},
		"noreserve and populate": {
			"mmap big 64G noreserve", "expect ok", "touch big[70000]", "expect count big[69000..71000] resident 1",
			"mmap a 8 populate", "expect all a resident mapped",
		},
		"memory is copied and compared": {
			"mmap a 4", "memset a+0,10 7", "memset a+10,10 9", "memcmp a+0,10 a+10,10", "expect return -2",
			"memcpy a+100,20 a+0,20", "memcmp a+100,20 a+0,20", "expect return 0",
			"memmove a+105,20 a+100,20", "memcmp a+105,20 a+0,20", "expect return 0",
		},
		"mincore counts": {"mmap a 8", "touch a[1..3]", "mincore a", "expect return 0"},
		"every and random": {
			"mmap a 9", "touch a every 2", "expect return 5", "expect count a resident 5",
			"mmap b 100", "touch b random", "expect return 100", "expect all b resident",
		},
		"a fresh subject":      {"mmap a 4", "mlock a", "reset", "expect vmlck 0", "expect alive", "mmap a 4", "expect ok"},
		"a name is taken once": {"mmap a 4", "munmap a", "mmap a 4", "expect ok", "expect all a absent"},
	} {
		t.Run(name, script(name, lines...))
	}
}

// A command file reaches nothing but memory of regions: what would change the subject's
// program, stacks or frames is refused, and what only asks is not.
func TestOwnMemoryIsLeftAlone(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4")
	for _, line := range []string{
		"mprotect 0x400000,4096 rwx", "munmap 0x400000,4096", "munmap 0x200000,4096", "memset 0x200000,1 5",
		"touch 0x204000,1", "touch 0x400000,1 exec", "memcpy 0x20c000,4096 a[0]", "memmove 0x200400,4096 a[0]",
		"madvise 0x200000,131072 dontneed", "munmap 0x0,0xffffffffffffffff", "mprotect 0x1ff000,4097 none",
	} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %s", line, e.Strace())
		}
	}
	for _, line := range []string{"mlock 0x400000,4096", "touch 0x400000,1 read", "munmap 0x10000,4096", "munmap 0x10000000,4096"} {
		if e := do(t, l, line); e.Refused != "" || e.Call == "" {
			t.Errorf("%s was refused: %s", line, e.Refused)
		}
	}
	ok(t, l, "touch a", "expect all a resident", "expect alive")
}

// What lies in a hole of a region is not of the region.
func TestAnotherRegionInAHole(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 16", "munmap a[4..7]", "mmap b 4 none")
	s := l.State()
	if a, b := s.Main().Region("a"), s.Main().Region("b"); b.Base < a.Base || b.Base >= a.Base+a.Len {
		t.Skip("this kernel put b elsewhere")
	}
	ok(t, l, "expect all b prot=none", "expect all a[3] prot=rw")
	s = l.State()
	if p := s.Main().Region("a").Pages.At(4); p != (model.Page{}) {
		t.Errorf("the hole a[4] is shown as %+v", p)
	}
	b := s.Main().Region("b")
	if name := s.Main().PageName(b.Base); name != "b[0]" {
		t.Errorf("the first page of b is called %s", name)
	}
}

func TestRefused(t *testing.T) {
	l := opened(t, memops.Options{})
	for _, line := range []string{"mlock nowhere", "touch nowhere", "memcpy x y"} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %+v", line, e)
		}
	}
	ok(t, l, "mmap a 4", "mmap b 8")
	for _, line := range []string{"mmap a 8", "memcpy a b"} {
		if e := do(t, l, line); e.Refused == "" {
			t.Errorf("%s was not refused: %+v", line, e)
		}
	}
	long := int64(1<<63 - 1)
	if runtime.GOARCH == "arm64" {
		long = 1<<55 - 1 // past 1<<56 it would come to the same memory again, with another tag
	}
	for _, line := range []string{"mlock 0x1000,18446744073709551615", fmt.Sprintf("touch a+0,%d", long), "touch 0x8000000000000000,1 exec"} {
		if e := do(t, l, line); e.Refused != "" {
			t.Errorf("%s takes no memory and was refused: %s", line, e.Refused)
		}
	}
	ok(t, l, "mmap big 1T noreserve", "touch big every 1000000")
	if e := do(t, l, "touch big"); e.Refused == "" {
		t.Errorf("a touch of 1 TiB was not refused: %+v", e)
	}
}
