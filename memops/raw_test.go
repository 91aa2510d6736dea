//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"incore/memops/kernel"
	"incore/memops/subject"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// ownPages are the pages of the subject's own memory and what may be done with each. A lock splits VMAs, and changes none of them.
func ownPages(t *testing.T, l *Lab) (pages []string) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", mainOf(l).sub.PID))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		lo, hi, _ := strings.Cut(fields[0], "-")
		from, err1 := strconv.ParseUint(lo, 16, 64)
		to, err2 := strconv.ParseUint(hi, 16, 64)
		if err1 != nil || err2 != nil {
			t.Fatal(line)
		}
		for at := from; at < to && at < subject.OwnEnd; at += uint64(pageBytes) {
			pages = append(pages, fmt.Sprintf("%#x %s %s", at, fields[1], fields[4]))
		}
	}
	if len(pages) == 0 {
		t.Fatal("nothing is mapped where the subject's own memory is")
	}
	return pages
}

// unharmed fails where the subject does not do what it did before.
func unharmed(t *testing.T, l *Lab, was []string) {
	t.Helper()
	if is := ownPages(t, l); !slices.Equal(is, was) {
		t.Errorf("the subject's own memory was\n%s\nand is\n%s", strings.Join(was, "\n"), strings.Join(is, "\n"))
	}
	ok(t, l, "munlockall", "mmap unharmed 4", "memset unharmed 7", "touch unharmed read", "mincore unharmed", "expect all unharmed resident",
		"fork kid", "in kid touch unharmed", "in kid kill SIGKILL", "munmap unharmed", "expect alive")
}

// No argument of a raw call reaches the subject's own memory, or what is not of a region.
func TestSyscallAttacks(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 16", "memset a 1", "mmap f 4 memfd shared")
	was := ownPages(t, l)
	own := "the subject's own memory"
	for _, tag := range []uint64{0, 0x5 << 56, 0xff << 56} {
		if tag != 0 && kernel.Untagged(tag, "arm64") == tag {
			t.Fatal("no tag")
		}
		for _, at := range []uint64{subject.OwnStart, subject.OwnStart - uint64(pageBytes), subject.OwnEnd - uint64(pageBytes), subject.StampsAddr, subject.StampsAddr + 100} {
			for _, n := range []string{"1", "4096", "0x10000", "-1", "-4096", "0x7fffffffffffffff", "0x8000000000000000"} {
				for _, call := range []string{
					"munmap %#x %s", "mprotect %#x %s 0", "mprotect %#x %s 7", "mprotect %#x %s PROT_READ|PROT_WRITE|PROT_GROWSDOWN", "mprotect %#x %s PROT_SEM",
					"madvise %#x %s MADV_DONTNEED", "madvise %#x %s MADV_REMOVE", "madvise %#x %s MADV_DONTFORK", "madvise %#x %s MADV_WIPEONFORK",
					"madvise %#x %s MADV_GUARD_INSTALL", "madvise %#x %s MADV_PAGEOUT", "madvise %#x %s 9999", "mseal %#x %s 0", "mseal %#x %s 1",
				} {
					e := do(t, l, "syscall "+fmt.Sprintf(call, at|tag, n))
					// A tag is a part of the address but on arm64, and the kernel has none that lies so.
					if e.Refused == "" && e.OK() || tag == 0 && !strings.Contains(e.Refused, own) {
						t.Errorf("%s: %s %s", e.Command, e.Strace(), e.Refused)
					}
				}
			}
			for _, line := range []string{"mincore a 65536 %#x", "mincore a 1 %#x", "mincore 0 4096 %#x"} {
				e := do(t, l, "syscall "+fmt.Sprintf(line, at|tag))
				if tag == 0 && !strings.Contains(e.Refused, own) || e.Refused == "" && e.OK() {
					t.Errorf("%s: %s %s", e.Command, e.Strace(), e.Refused)
				}
			}
		}
	}
	for _, line := range []string{
		fmt.Sprintf("mincore a 65536 %#x", subject.OwnStart-uint64(pageBytes)-15), "mincore 0 -1 a", "mincore a 65536 -1", "mincore a 65536 0xfffffffffffffff8",
		"madvise a 4096 MADV_HWPOISON", "madvise a 4096 MADV_SOFT_OFFLINE", "madvise a 4096 0x64", "madvise a 4096 101", "madvise a 4096 26", "madvise a 4096 255",
		"mremap a 4096 8192 MREMAP_MAYMOVE 0", "mremap a 0 4096 MREMAP_MAYMOVE 0", "mremap a 4096 4096 MREMAP_MAYMOVE|MREMAP_FIXED 0x200000",
		fmt.Sprintf("mremap %#x 4096 8192 MREMAP_MAYMOVE 0", subject.OwnStart), fmt.Sprintf("mremap %#x 0 65536 7 a", subject.OwnStart), "mremap a 4096 4096 8 0",
		"mmap 0 4096 3 MAP_PRIVATE|MAP_ANONYMOUS -1 0", fmt.Sprintf("mmap %#x 4096 7 MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED -1 0", subject.OwnStart),
		"mmap 0 1 3 0x24 -1 0", "mmap 0 4096 3 MAP_SHARED_VALIDATE|MAP_ANONYMOUS -1 0", "mmap 0 0x1000000000 3 MAP_SHARED|MAP_ANONYMOUS|MAP_POPULATE -1 0",
	} {
		if e := do(t, l, "syscall "+line); e.Refused == "" && (e.OK() || e.Call == "madvise" || e.Call == "mmap" || e.Call == "mremap") {
			t.Errorf("%s: %s", e.Command, e.Strace())
		}
	}
	for fd := range 16 { // of which some are the subject's own
		for _, flags := range []string{"MAP_SHARED", "MAP_PRIVATE", "0", "MAP_SHARED|MAP_FIXED", "MAP_SHARED_VALIDATE"} {
			if e := do(t, l, fmt.Sprintf("syscall mmap 0 0 3 %s %d 0", flags, fd)); e.Refused == "" {
				t.Errorf("%s: %s", e.Command, e.Strace())
			}
		}
	}
	for _, line := range []string{"mmap 0 4096 3 1 0x100000003 0", "mlock2 a 4096 0x100000000", "madvise a 4096 0x100000064", "mlockall -4294967295", "msync a 1 -4294967292"} {
		if c, err := lang.Parse("syscall " + line); err == nil {
			t.Errorf("%s: the kernel would drop the upper half of an int", c)
		}
	}
	unharmed(t, l, was)
}

// No raw call takes more memory than the session may have.
func TestSyscallBudget(t *testing.T) {
	const allowed = 32 << 20
	l := opened(t, Options{Memory: allowed})
	ok(t, l, "mmap a 256M noreserve tidy", "mmap w 256G noreserve none tidy", "mmap d 256M noreserve grows_down tidy")
	for _, line := range []string{
		"mlock a 0x10000000", "mlock2 a 0x10000000 0", "mlock2 a 0x10000000 2", "mlock2 a 0x10000000 -2", "mlockall 1", "mlockall 9", "mlockall -1", "mlock a -1", "mlock 0 -1",
		"madvise a 0x10000000 MADV_POPULATE_WRITE", "madvise a 0x10000000 MADV_POPULATE_READ", "madvise a 0x10000000 9999", "madvise a 0x10000000 -1",
		"madvise a 0x10000000 MADV_GUARD_INSTALL", "mincore w 0x4000000000 a", "mincore 0 0x7fffffffffff a",
	} {
		do(t, l, "syscall "+line)
		if stat, _ := mainOf(l).proc.Stat(); stat.RSS > allowed {
			t.Fatalf("%s: RSS is %d", line, stat.RSS)
		}
	}
	ok(t, l, "munlockall", "expect rss < 32M", "expect alive")
}

// Random arguments, of which many are next to something: nothing of the subject's own breaks, and the session goes on.
func TestSyscallRandom(t *testing.T) {
	r, made := rand.New(rand.NewSource(1)), 0
	for range 4 {
		l := opened(t, Options{Memory: 256 << 20})
		ok(t, l, "mmap a 16", "mmap b 16 shared memfd", "mmap c 16 grows_down", "touch a")
		was := ownPages(t, l)
		number := func() string {
			near := []uint64{
				0, 1, 2, 3, 4, 7, 8, 14, 22, 23, 100, 102, 4096, 65536, subject.OwnStart, subject.OwnEnd, subject.StampsAddr, 1 << 31, 1 << 32, 1 << 47, 1 << 56, 1 << 63,
				0x01000000, 0x02000000,
			}
			n := near[r.Intn(len(near))]
			if r.Intn(3) == 0 {
				n += []uint64{1, 4096, ^uint64(0), ^uint64(4095), 100}[r.Intn(5)]
			}
			return lang.RawArg{Value: n}.String()
		}
		parts := lang.Parts("syscall")[0].Forms
		for i := range 700 {
			if i%50 == 49 { // what was unmapped meanwhile
				for _, name := range []string{"a", "b", "c"} {
					if mainOf(l).here().Region(name) == nil {
						do(t, l, "mmap "+name+" 16")
					}
				}
			}
			f := parts[r.Intn(len(parts))]
			line := "syscall " + f.Name
			for _, p := range f.Parts {
				switch w := p.Kind.Words; {
				case p.Kind.Names == lang.OfTarget && r.Intn(2) == 0:
					line += " " + []string{"a", "b", "c", "a[3]", "b[15]", "c+100,1", "a[15]"}[r.Intn(7)]
				case len(w) > 0 && r.Intn(2) == 0:
					line += " " + w[r.Intn(len(w))]
				default:
					line += " " + number()
				}
			}
			c, err := lang.Parse(line)
			if err != nil {
				continue // an int that is none
			}
			if back, err := lang.Parse(c.String()); err != nil || back != c {
				t.Fatalf("%s is printed as %s: %v", line, c, err)
			}
			foreseen := calls.Foresee(c, l.State())
			for _, item := range run(l, c) {
				if plain, _ := c.(lang.Syscall).Plain(mainOf(l).here()); plain == nil {
					asForeseen(t, c, foreseen, item)
				}
				e, is := item.(model.Event)
				if is && !e.Aside && e.Refused == "" {
					made++
				}
				if is && strings.Contains(e.Refused, "dead") {
					t.Fatalf("%s: %s", line, e.Refused)
				}
			}
		}
		unharmed(t, l, was)
	}
	if made < 500 {
		t.Errorf("of 2800 calls %d were made", made)
	}
	t.Logf("%d calls were made", made)
}

// asForeseen fails where a call came to something else than what was said to be certain.
func asForeseen(t *testing.T, c model.Command, f calls.Reach, item model.Item) {
	t.Helper()
	e, is := item.(model.Event)
	switch {
	case !is || e.Aside || f.Why == "":
	case f.Answer == "" && e.Refused == "":
		t.Errorf("%s: was to be refused (%s), and is %s", c, f.Why, e.Strace())
	case f.Answer != "" && e.Refused == "" && e.Errno != f.Answer:
		t.Errorf("%s: foreseen was %s (%s), and it is %s", c, f.Answer, f.Why, e.Strace())
	}
}

// The numbers of advices are those of the headers.
func TestAdviceValues(t *testing.T) {
	for a, v := range kernel.Advices {
		if got := lang.AdviceValue(a); got != v {
			t.Errorf("%s is %d, and %d in the headers", a, got, v)
		}
	}
}
