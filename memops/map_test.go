//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
	"incore/model/calls"
)

// Where mappings lie, what they replace and how they move, said in the command language.
func TestMapping(t *testing.T) {
	for name, lines := range map[string][]string{
		"a fixed mapping is a hole of what it covers": {
			"mmap a 16", "touch a", "mlock a", "mmap b 4 at a[4]", "expect ok", "expect vmlck 12", "expect no b locked",
			"expect all b absent", "expect all a[0..3] locked resident", "expect all a[8..15] locked resident",
			"munmap b", "touch a[4]", "expect signal SIGSEGV SEGV_MAPERR in a[4]", "expect vmlck 12",
		},
		"a fixed mapping over all of a region": {
			"mmap a 8", "mlock a", "mmap b 16 none", "mmap a2 8 at a", "expect ok", "expect vmlck 0", "mmap a 4", "expect ok",
			"mmap c 8 at b[4]", "mmap d 8 at b[12]", "expect ok", "mmap e 8 at b[0]", "expect ok", "expect all d prot=rw",
		},
		"a fixed mapping is aligned": {"mmap a 4", "mmap b 1 at a+1,10", "expect errno EINVAL", "expect all a prot=rw", "mmap b 1", "expect ok"},
		"noreplace takes the place of nothing": {
			"mmap a 8", "touch a", "mlock a[0]", "mmap b 4 at a[4] noreplace", "expect errno EEXIST", "expect all a resident prot=rw", "expect count a locked 1",
			"mmap b 4 at a+100,1 noreplace", "expect errno EINVAL", "mmap b 4 memfd at a[7] noreplace locked", "expect errno EEXIST", "munmap a[4..7]",
			"mmap b 5 at a[3] noreplace", "expect errno EEXIST", "mmap b 4 r at a[4] noreplace", "expect ok", "expect all b absent prot=r", "touch a[4]", "expect signal SIGSEGV SEGV_ACCERR in b[0]",
			"munmap b", "mmap b 4 shared memfd at a[4] noreplace", "expect ok", "mmap m 4 shared alias b", "munmap b", "mmap b 4 alias m at a[4] noreplace", "expect ok", "mmap c 4 alias m at a[4] noreplace", "expect errno EEXIST",
		},
		"noreplace: what is taken is asked before the limit, and sealed memory is no more than taken": {
			"capset -ipc_lock", "mmap a 8", "setrlimit memlock 4 8", "mmap b 8 locked at a noreplace", "expect errno EEXIST", "munmap a[2..]",
			"mmap b 5 locked at a[2] noreplace", "expect errno EAGAIN", "setrlimit memlock 0", "mmap b 4 locked at a[2] noreplace", "expect errno EPERM", "expect count a prot=rw 2",
		},
		"offset": {
			"mmap m 8 shared memfd", "memset m[5] 7", "mmap a 4 alias m offset 4", "expect ok", "memcmp a[1] m[5]", "expect return 0", "expect all a[1] resident", "memset a[0] 9", "memcmp m[4] a[0]", "expect return 0",
			"mmap b 4 alias m offset 6", "touch b[1]", "expect ok", "touch b[2]", "expect signal SIGBUS BUS_ADRERR in b[2]", "mmap c 4 alias m offset 100B", "expect errno EINVAL", "mmap c 4 offset 1B", "expect errno EINVAL",
			"mmap c 4 offset 16K", "expect ok", "mmap d 4 alias m offset 8388608T", "expect errno EOVERFLOW", "mmap d 0 alias m offset 1", "expect errno EINVAL", "truncate m 5", "touch a[0]", "expect ok", "touch a[1]", "expect signal SIGBUS in a[1]",
			"mmap e 4 memfd offset 4", "touch e", "expect ok", "mmap f 8 alias e", "touch f", "expect ok", "mmap g 4 scratch offset 2 shared", "touch g", "expect ok", "mmap h 7 alias g", "touch h[5] read", "expect ok", "touch h[6] read", "expect signal SIGBUS",
			"msync g sync", "munmap h", "munmap g[1]", "posix_fadvise g[2] dontneed", "expect ok", "mremap f 12", "touch f[8]", "expect signal SIGBUS",
		},
		"a hint is no more": {
			"mmap a 8", "touch a", "mmap b 4 near a", "expect ok", "expect all a resident", "expect all b absent", "munmap a[2..5]",
			"mmap c 4 near a[2]", "expect ok", "touch a[2..5]", "expect ok", "expect all c resident", "munmap c", "mmap c 8 r near a[1]", "expect ok", "touch a[2]", "expect signal SIGSEGV SEGV_MAPERR",
			"mmap d 1 near 0xffff_8000_0000_0000,1", "expect ok", "mmap e 0 near a", "expect errno EINVAL",
		},
		"MAP_LOCKED on what cannot be accessed says that all is well": {
			"mmap a 8 none locked", "expect ok", "expect all a locked absent", "expect vmlck 8",
		},
		"populate maps at once": {
			"mmap a 8 populate", "expect all a resident mapped anon", "touch a", "expect minor 0",
			"mmap b 8 r populate", "expect all b resident" + zeroOrOwn(), "mmap c 8 none populate", "expect all c absent",
		},
		"under FUTURE a new mapping is locked and resident": {
			"mlockall future", "mmap a 8", "expect all a locked resident", "mmap b 8 none", "expect all b locked absent",
			"mmap c 8 memfd shared", "expect all c locked resident file", "mmap d 8 shared alias c", "expect all d locked resident",
			"mlockall current future onfault", "mmap e 8 populate", "expect all e onfault absent", "mlockall current", "mmap f 8", "expect no f locked",
		},
		"an alias is shared as what it is an alias of": {
			"mmap b 8 shared memfd", "mmap a 8 alias b", "memset a[0] 9", "expect all b[0] resident unmapped", "memcmp a b", "expect return 0",
			"mmap p 8 memfd", "mmap q 8 alias p", "memset q[0] 9", "expect all q[0] anon", "expect all p[0] unmapped",
		},
		"one page, two regions, two locks": {
			"mmap a 8 shared memfd", "touch a", "mmap b 8 shared alias a", "expect all b resident unmapped", "mlock a[3]", "mlock b[3]",
			"expect vmlck 2", "munlock a[3]", "expect all b[3] locked resident", "expect no a locked", "expect vmlck 1",
			"memset a 7", "memcmp a b", "expect return 0", "munmap a", "expect all b[3] locked", "posix_fadvise b dontneed", "expect ok",
			"mmap a 8 private alias b", "memset a[0] 9", "expect all a[0] anon", "memcmp a b", "expect return 2",
		},
		"mremap keeps what is there": {
			"mmap a 8", "memset a 5", "mmap same 8", "memset same 5", "mremap a 64", "expect ok", "expect count a resident 8",
			"memcmp a[0..7] same", "expect return 0", "touch a", "expect minor 56", "mremap a 2", "expect ok", "expect all a resident",
			"touch a[2]", "expect signal SIGSEGV SEGV_MAPERR", "mremap a 0", "expect errno EINVAL", "expect all a resident",
		},
		"mremap keeps a lock and extends it": {
			"mmap a 4", "mlock a", "mremap a 32", "expect all a locked resident", "expect vmlck 32", "mremap a 1", "expect vmlck 1",
			"mmap b 4", "mlock2 b onfault", "mremap b 32", "expect all b onfault", "expect count b resident 0",
		},
		"mremap of pieces": {"mmap a 8", "touch a", "munmap a[4]", "mremap a 16", "expect errno EFAULT", "expect count a resident 7"},
		"a seal holds": {
			"mmap a 8", "touch a", "mseal a[2..5]", "expect ok", "munmap a", "expect errno EPERM", "mprotect a[2] none", "expect errno EPERM",
			"mremap a 4", "expect errno EPERM", "mmap b 1 at a[2]", "expect errno EPERM", "expect all a resident prot=rw",
			"mlock a", "expect ok", "expect all a locked", "munlock a", "expect ok", "madvise a[2..5] dontneed", "expect ok", "expect all a[2..5] absent",
			"mprotect a[6] r", "expect ok", "munmap a[6..7]", "expect ok",
			"mmap c 4", "touch c", "mprotect c r", "mseal c", "madvise c dontneed", "expect errno EPERM", "expect all c resident",
		},
		"msync": {
			"mmap a 4 shared memfd", "touch a", "msync a sync", "expect ok", "msync a async", "expect ok", "msync a invalidate", "expect ok",
			"msync a sync,invalidate", "expect ok", "msync a async,invalidate", "expect ok", "msync a sync,async", "expect errno EINVAL",
			"msync a+1,10 sync,async", "expect errno EINVAL", "mlock a[1]", "msync a async", "expect ok", "msync a sync", "expect ok",
			"msync a sync,invalidate", "expect errno EBUSY", "msync a async,invalidate", "expect errno EBUSY", "msync a invalidate", "expect errno EBUSY", "msync a+1,10 sync", "expect errno EINVAL",
			"munmap a[2]", "msync a sync", "expect errno ENOMEM",
		},
		"no file, no advice": {
			"mmap a 4", "posix_fadvise a dontneed", "expect errno EBADF", "mmap b 4 shared memfd", "posix_fadvise b[1..2] willneed", "expect ok",
			"posix_fadvise 0x1000,4096 normal", "expect errno EBADF", "posix_fadvise a noreuse", "expect errno EBADF", "posix_fadvise b noreuse", "expect ok",
			"mmap c 4 scratch", "touch c read", "posix_fadvise c noreuse", "expect ok", "expect all c resident", "posix_fadvise c+1,1 noreuse", "expect ok",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "mseal") }) {
				needsCall(t, "mseal", unix.SYS_MSEAL)
			}
			script(name, lines...)(t)
		})
	}
}

// A hint is rounded to a page, down or up, and the event says where it was not followed, and why.
func TestHint(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8", "munmap a[2..5]")
	if e := do(t, l, "mmap b 2 near a+12300,1"); e.Result != "" {
		t.Errorf("%s is told", e.Strace())
	}
	a, b := l.State().Process(model.Main).Region("a").Base, l.State().Process(model.Main).Region("b").Base
	if page := (b - a) / uint64(pageBytes); page != uint64(12300/pageBytes) && page != uint64(12300/pageBytes)+1 {
		t.Errorf("b lies at page %d of a", page)
	}
	ok(t, l, "munmap b")
	for _, tt := range [][2]string{
		{"mmap c 8 near a[1]", "not where the hint says: a[1] is mapped, and a hint takes the place of nothing"},
		{"mmap d 8 near a[3]", "not where the hint says: a[6] is mapped, and a hint takes the place of nothing"},
		{"mmap e 4 near 0xffff_8000_0000_0000,1", "not where the hint says: the kernel chose another place"},
	} {
		if e := do(t, l, tt[0]); e.Result != tt[1] {
			t.Errorf("%s\n got: %s\nwant: %s", tt[0], e.Result, tt[1])
		}
	}
}

// What the kernel may drop is private, gets no lock, is wiped in a child and kept out of core dumps (mmap(2), MAP_DROPPABLE; mm/mmap.c, do_mmap;
// mm/mlock.c, mlock_fixup).
func TestDroppable(t *testing.T) {
	if !kernelSince(6, 11) {
		t.Skip("MAP_DROPPABLE came with Linux 6.11")
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8 droppable", "memset a 7", "expect all a resident anon", "expect vmlck 0")
	main := l.State().Process(model.Main)
	if v := main.VMAsIn(main.Region("a").Span())[0]; !v.Flags.Has("dp") || !v.Flags.Has("dd") || !v.Flags.Has("wf") || v.Shared {
		t.Errorf("its flags are %s", v.Flags)
	}
	for _, line := range []string{"mlock a[2..3]", "mlock2 a[2] onfault", "mlock2 a[2]"} {
		if e := do(t, l, line); !e.OK() || e.Result != "a[2] is droppable: it gets no lock" {
			t.Errorf("%s: %s", line, e.Strace())
		}
		ok(t, l, "expect no a locked", "expect vmlck 0", "expect vmas a 1")
	}
	ok(t, l, "madvise a dontneed", "expect no a resident", "memset a 7", "madvise a free", "madvise a wipeonfork", "madvise a dontdump", "memset a 7",
		"fork kid", "in kid mmap zero 8", "in kid memcmp a zero", "expect return 0", "mlockall future", "mmap b 4 droppable", "expect no b locked", "munlockall")
	for _, line := range []string{"mmap c 4 droppable locked", "mmap c 4 droppable grows_down", "mmap c 4 droppable memfd", "mmap c 4M droppable hugetlb noreserve",
		"madvise a dodump", "madvise a keeponfork"} {
		if e := do(t, l, line); e.Errno != "EINVAL" {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	ok(t, l, "capset -ipc_lock", "setrlimit memlock 0", "mmap d 4 droppable", "touch d")
	if e := do(t, l, "mmap e 4 droppable locked"); e.Errno != "EPERM" {
		t.Errorf("nothing may be locked: %s", e.Strace())
	}
}

// MAP_STACK keeps huge pages away from Linux 6.7 on, and does nothing else (include/linux/mman.h, calc_vm_flag_bits).
func TestStack(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4 stack", "touch a", "mmap b 4 shared memfd stack", "touch b")
	l.Refresh(t.Context(), model.Main)
	main := l.State().Process(model.Main)
	huge := false
	if v := main.VMAsIn(main.Region("a").Span())[0]; v.GrowsDown {
		t.Error("it grows down")
	} else {
		huge = !v.Flags.Has("nh")
	}
	if proc.ReadText("/sys/kernel/mm/transparent_hugepage/enabled") != nil && huge == kernelSince(6, 7) {
		t.Errorf("huge pages may come: %t", huge)
	}
}

// MAP_32BIT is of x86-64: there a mapping lies between 1G and 2G, and elsewhere where any would.
func TestLow32(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4 low32", "touch a", "mmap b 4 shared memfd low32", "touch b")
	for _, name := range []string{"a", "b"} {
		if base := l.State().Process(model.Main).Region(name).Base; runtime.GOARCH == "amd64" && (base < 1<<30 || base >= 1<<31) {
			t.Errorf("%s lies at %#x", name, base)
		}
	}
	e := do(t, l, "mmap c 1100M none low32")
	if runtime.GOARCH != "amd64" {
		if e.Result != "above 2G: MAP_32BIT means something on x86-64 alone" {
			t.Errorf("%s", e.Strace())
		}
		return
	}
	l.Refresh(t.Context(), model.Main)
	why, try := calls.Explain(e, l.State())
	if e.Errno != "ENOMEM" || !strings.HasPrefix(why, "MAP_32BIT takes addresses between 1G and 2G alone, and the longest stretch of those that is free has ") || try != "Map less, or leave out low32." {
		t.Errorf("%s: %s %s", e.Strace(), why, try)
	}
	ok(t, l, "mmap c 700M none low32")
	if e = do(t, l, "mmap d 700M none low32"); e.Errno != "ENOMEM" {
		t.Errorf("where it is full: %s", e.Strace())
	}
	ok(t, l, "munmap c", "mmap d 700M none low32")
}

// What is left out of a core dump is a flag of the VMA, dd (proc_pid_smaps(5)), so that a part that is left out is a VMA of its own. What the
// kernel maps itself keeps the flag (mm/madvise.c, madvise_vma_behavior, VM_SPECIAL).
func TestDontdump(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8", "touch a", "madvise a[2..3] dontdump", "expect vmas a 3", "expect all a resident")
	main := l.State().Process(model.Main)
	base := main.Region("a").Base
	for page, want := range []bool{false, false, true, true, false} {
		at := base + uint64(page)*uint64(pageBytes)
		if got := main.VMAsIn(model.Span{Addr: at, Len: 1})[0].Flags.Has("dd"); got != want {
			t.Errorf("page %d: dd is %t", page, got)
		}
	}
	if e := do(t, l, "mremap a 16"); e.Errno != "EFAULT" {
		t.Errorf("mremap over three VMAs: %s", e.Strace())
	} else if why, try := calls.Explain(e, l.State()); !strings.Contains(why, "one of the two is advised dontdump") || try != "madvise a dodump first." {
		t.Errorf("mremap over three VMAs: %s; %s", why, try)
	}
	ok(t, l, "fork kid", "in kid expect vmas a 3", "madvise a dodump", "expect ok", "expect vmas a 1", "mremap a 16", "expect ok")
	for _, v := range l.State().Process(model.Main).VMAs {
		if v.Path != "[vdso]" {
			continue
		}
		e := do(t, l, fmt.Sprintf("madvise %#x,%d dodump", v.Start, v.End-v.Start))
		if why, _ := calls.Explain(e, l.State()); e.Errno != "EINVAL" || !strings.Contains(why, "[vdso]") {
			t.Errorf("dodump of [vdso]: %s: %s", e.Strace(), why)
		}
		ok(t, l, fmt.Sprintf("madvise %#x,%d dontdump", v.Start, v.End-v.Start))
	}
	script("errors", "mmap h 4", "munmap h[1]", "madvise h dontdump", "expect errno ENOMEM", "madvise h+1,1 dontdump", "expect errno EINVAL")(t)
}

// needsCall skips a test where the kernel does not have a system call, which does nothing
// when all its arguments are 0.
func needsCall(t testing.TB, name string, number uintptr) {
	t.Helper()
	if _, _, errno := unix.Syscall(number, 0, 0, 0); errno == unix.ENOSYS {
		t.Skip("this kernel has no " + name)
	}
}

// What a command of mapping does not do.
func TestMappingRefused(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "shmget s 4")
	for _, line := range []string{
		"mmap b 4 alias a", "mmap b 4 alias none_such", "mmap b 1 at 0x400000,4096", "mmap b 1 at 0x200000,4096", "mmap b 1000 at 0x1f0000,1",
		"mmap a 4 alias s", "mmap b 4 private alias s", "mmap b 5 shared alias s", "mmap b 4 shared none alias s", "mmap b 4 shared locked alias s", "mmap b 4 alias s near a", "mmap b 4 alias s low32", "mmap b 4 alias s stack", "mmap b 4 alias s droppable", "mmap b 4 alias s offset 1", "mmap b 4 alias s at a noreplace", "mmap b 1 at 0x400000,4096 noreplace", "mmap b 1 near 0x400000,4096",
		"mmap b 4 shared alias s at 0x200000,4096", "mremap b 4", "mseal 0x400000,4096", "shmctl a lock", "shmctl b lock", "shmget a 4", "shmget s 4",
	} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %s", line, e.Strace())
		}
	}
	ok(t, l, "touch a", "touch s", "expect alive")
}

// A region that another one came to lie in: what the kernel unmaps behind the new end of the
// first is the second's.
func TestMremapShrinksOverAnother(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 16", "munmap a[8..15]", "mmap b 4", "touch b", "mmap c 4", "touch c")
	a, b := l.State().Main().Region("a"), l.State().Main().Region("b")
	if b.Base < a.Base || b.Base >= a.Base+a.Len {
		t.Skip("this kernel put b elsewhere")
	}
	e := do(t, l, "mremap a 4")
	if e.Mapped == nil || e.Mapped.Len != 4*uint64(pageBytes) || !slices.Contains(e.Gone, "b") {
		t.Errorf("mremap: %s, mapped %+v, gone %v", e.Strace(), e.Mapped, e.Gone)
	}
	if l.State().Main().Region("b") != nil || l.State().Main().Region("a") == nil {
		t.Errorf("regions are %v", l.State().Main().Regions)
	}
	ok(t, l, "touch a", "expect return 4", "mmap b 4")
}

// MAP_GROWSDOWN: an access right below the mapping makes it longer.
func TestGrowsDown(t *testing.T) {
	l := opened(t, memops.Options{})
	// Room below it, with no other mapping as near as the guard gap of stacks.
	ok(t, l, "mmap room 1G none noreserve", "mmap a 4 grows_down at room[2000]", "munmap room[0..1999]")
	base := l.State().Main().Region("a").Base
	ok(t, l, fmt.Sprintf("touch %#x,1", base-8), "expect minor 1", "touch a", "expect alive")
	vmas := sampled(l).VMAs
	if k := slices.IndexFunc(vmas, func(v model.VMA) bool { return v.End == base+4*uint64(pageBytes) }); k < 0 || vmas[k].Start != base-uint64(pageBytes) {
		t.Errorf("the VMA of a did not grow: %+v", vmas)
	}
}

// The budget holds where a mapping comes into memory by another way than a touch.
func TestMappingWithinTheBudget(t *testing.T) {
	within := func(l *memops.Lab, scripts [][]string) {
		for _, script := range scripts {
			last := script[len(script)-1]
			ok(t, l, script[:len(script)-1]...)
			if e := do(t, l, last); e.Refused == "" || e.Call != "" {
				t.Errorf("%s after %v was not refused: %s", last, script[:len(script)-1], e.Strace())
			}
			ok(t, l, "munlockall")
			if l.State().Main().Region("a") != nil {
				ok(t, l, "munmap a")
			}
		}
	}
	l := opened(t, memops.Options{Memory: 64 << 20})
	path, _ := userFileOf(t, 1)
	within(l, [][]string{
		{"mmap a 1G populate"}, {"mmap a 1G memfd shared populate"}, {"mmap a 1G", "madvise a collapse"}, {"mmap a 1G", "madvise a populate_write"},
	})
	ok(t, l, "mmap a 1G populate file '"+path+"'", "munmap a", "mmap a 1G none populate", "expect rss < 32M") // these take little
	needsLock(t, l, 4<<30)
	ok(t, l, "munmap a", "mmap one 1")
	within(l, [][]string{
		{"mmap a 1G locked"}, {"mlockall future", "mmap a 1G"}, {"mlockall future", "mmap a 1G memfd"}, {"mlockall future", "shmget a 1G"},
		{"mlockall future", "mmap a 1G none", "mprotect a rw"}, {"mmap a 1G none locked", "mprotect a[0..] rw"}, {"mlock one", "mremap one 1G"},
	})
	// What takes nothing is not refused.
	ok(t, l, "mlockall future onfault", "mmap a 1G", "mprotect a r", "mprotect a rw", "mremap a 2G", "munmap a", "munlockall",
		"mmap a 1G none locked", "munmap a", "mmap a 1G", "mprotect a r", "mprotect a rw", "mlock2 one onfault", "mremap one 1G", "expect rss < 32M")
}
