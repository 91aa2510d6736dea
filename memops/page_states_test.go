//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// pageState is what the kernel says of page 21 of a region a after some commands, and of
// the first access to it then.
type pageState struct {
	name        string
	lines       string // commands and expects, with semicolons between; pageout is pageOut
	read, write string // what the first touch is answered with: none, minor, major, a signal, or young
}

// cold takes the pages of w, a scratch file mapped shared, out of the page cache.
const cold = "mmap w 64 shared scratch; touch w; msync w sync; madvise w dontneed; posix_fadvise w dontneed; expect all w absent unmapped; "

// cached leaves them there, clean and not mapped.
const cached = "mmap w 64 shared scratch; touch w; msync w sync; madvise w dontneed; expect all w resident unmapped; "

const accerr, adrerr, maperr = "SIGSEGV SEGV_ACCERR", "SIGBUS BUS_ADRERR", "SIGSEGV SEGV_MAPERR"

// File pages, shared memory and segments.
var fileStates = []pageState{
	{"m_hole", "mmap a 64 shared memfd; expect all a absent unmapped file", "minor", "minor"},
	{"m_readhole", "mmap a 64 shared memfd; touch a read; expect all a resident mapped file exclusive", "none", young},
	{"m_write", "mmap a 64 shared memfd; touch a; expect all a resident mapped file exclusive", "none", "none"},
	{"m_alloc_unmapped", "mmap w 64 shared memfd; touch w; mmap a 64 shared alias w; expect all a resident unmapped file", "minor", "minor"},
	{"m_dontneed", "mmap a 64 shared memfd; touch a; madvise a dontneed; expect all a resident unmapped file", "minor", "minor"},
	{"m_free", "mmap a 64 shared memfd; touch a; madvise a free; expect errno EINVAL; expect all a resident mapped", "none", "none"},
	{"m_mlock", "mmap a 64 shared memfd; mlock a; expect all a resident mapped file locked", "none", young},
	{"anonshared", "mmap a 64 shared; touch a; expect all a resident mapped file exclusive", "none", "none"},
	{"s_shmlock", "shmget a 64; shmctl a lock; expect all a absent unmapped file locked; expect no a onfault; expect vmlck 0", "minor", "minor"},
	{"s_shmlock_pageout", "shmget a 64; shmctl a lock; touch a; madvise a pageout; expect all a resident mapped file locked", young, young},

	{"fp_cached", cached + "mmap a 64 private alias w; expect all a resident unmapped file", "minor", "minor"},
	{"fp_cached_norand", cached + "mmap a 64 private alias w tidy; expect all a resident unmapped file", "minor", "minor"},
	{"fp_cold", cold + "mmap a 64 private alias w; expect all a absent unmapped file", "major", "major"},
	{"fp_cold_random", cold + "mmap a 64 private alias w tidy; touch a[3] read; expect major 1; expect count a mapped 1; expect all a[21] absent unmapped", "major", "major"},
	{"fp_willneed", cold + "mmap a 64 private alias w; madvise a willneed; expect count a resident 64; expect all a unmapped", "minor", "minor"},
	{"fp_read", cached + "mmap a 64 private alias w; touch a read; expect all a resident mapped file", "none", "minor"},
	{"fp_write", cached + "mmap a 64 private alias w; touch a; expect all a resident mapped anon exclusive", "none", "none"},
	{"fp_write_dontneed", cached + "mmap a 64 private alias w; touch a; madvise a dontneed; expect all a resident unmapped file", "minor", "minor"},
	{"fp_mlock_ro", cached + "mmap a 64 r private alias w; mlock a; expect all a resident mapped file locked", "none", accerr},
	{"fp_mlock", cached + "mmap a 64 private alias w; mlock a; expect all a resident mapped anon locked", "none", "none"},
	{"fs_cached", cached + "mmap a 64 shared alias w; expect all a resident unmapped file", "minor", "minor"},
	{"fs_cold", cold + "mmap a 64 shared alias w; expect all a absent unmapped file", "major", "major"},
	{"fs_cold_random", cold + "mmap a 64 shared alias w tidy; touch a[3] read; expect major 1; expect count a resident 1; expect all a[21] absent unmapped", "major", "major"},
	{"fs_read", cached + "mmap a 64 shared alias w; touch a read; expect all a resident mapped file", "none", "minor"},
	{"fs_write", cached + "mmap a 64 shared alias w; touch a; expect all a resident mapped file", "none", "none"},
	{"fs_read_fadvise", cached + "mmap a 64 shared alias w; touch a read; posix_fadvise a dontneed; expect all a resident mapped file", "none", "minor"},
	{"fs_cached_fadvise", cached + "mmap a 64 shared alias w; posix_fadvise a dontneed; expect all a absent unmapped file", "major", "major"},
	{"fs_mlock", cached + "mmap a 64 shared alias w; mlock a; expect all a resident mapped file locked", "none", "minor"},
	{"fs_truncated", "mmap a 64 shared scratch; touch a; truncate a 0; expect all a absent unmapped", adrerr, adrerr},
	{"fs_beyond_eof", "mmap w 1 shared scratch; mmap a 64 shared alias w; expect all a unmapped; expect all a[1..] absent", adrerr, adrerr},
	{"fp_read_pageout", cached + "mmap a 64 private alias w; munmap w; touch a read; pageout; expect all a absent unmapped file", "major", "major"},
	{"fs_read_pageout", cached + "mmap a 64 shared alias w; munmap w; touch a read; pageout; expect all a absent unmapped file", "major", "major"},
	{"fs_write_pageout", "mmap a 64 shared scratch; touch a; pageout; expect all a resident unmapped", "minor", "minor"},
	{"fs_popread", cold + "mmap a 64 shared alias w; madvise a populate_read; expect all a resident mapped file", "none", "minor"},
}

func TestFileStates(t *testing.T) {
	for _, s := range fileStates {
		t.Run(s.name, func(t *testing.T) {
			s.test(t, 21)
		})
	}
}

// Without swap, shared memory is only unmapped.
func TestPageoutWithoutSwap(t *testing.T) {
	if proc.ReadMeminfo().SwapTotal > 0 {
		t.Skip("there is swap")
	}
	pageState{"m_pageout", "mmap a 64 shared memfd; touch a; pageout; expect all a resident unmapped file", "minor", "minor"}.test(t, 21)
}

// Guard pages (Linux 6.13).
func TestGuardStates(t *testing.T) {
	if !kernel.Probe().Advices["guard_install"] {
		t.Skip("this kernel has no guard pages")
	}
	if !kernel.Probe().Guards {
		t.Skip("this kernel does not tell guard pages (Linux 6.15)")
	}
	for _, s := range []pageState{
		{"a_guard", "mmap a 64; touch a; madvise a[21] guard_install; expect all a[21] guard absent unmapped; expect no a swapped; expect count a resident 63", maperr, maperr},
		{"a_guard_removed", "mmap a 64; touch a; madvise a[21] guard_install; madvise a[21] guard_remove; expect all a[21] absent unmapped; expect no a guard", "minor", "minor"},
		{"a_mlock_guard", "mmap a 64; mlock a; madvise a[21] guard_install; expect errno EINVAL; expect all a resident locked", "none", "none"},
	} {
		t.Run(s.name, func(t *testing.T) {
			s.test(t, 21)
		})
	}
}

// test makes the state twice, and reads a page of a once and writes to it once.
func (s pageState) test(t *testing.T, page int) {
	for access, want := range map[string]string{"read": s.read, "write": s.write} {
		l := opened(t, memops.Options{})
		if strings.Contains(s.lines, "scratch") {
			needsScratch(t, l)
		}
		if strings.Contains(s.lines, "mlock") {
			needsLock(t, l, 6<<20)
		}
		for line := range strings.SplitSeq(s.lines, "; ") {
			failed := t.Failed()
			if line == "pageout" {
				pageOut(t, l)
				continue
			}
			e := do(t, l, line)
			if e.Refused != "" {
				t.Errorf("%s: %s", line, e.Refused)
			}
			if e.Errno == "EINVAL" && strings.Contains(line, "populate_") && !kernel.Probe().Advices["populate_read"] {
				t.Skip("this kernel has no MADV_POPULATE_READ (Linux 5.14)")
			}
			if t.Failed() && !failed {
				t.Logf("that was %s", line)
			}
		}
		e := do(t, l, "touch a["+strconv.Itoa(page)+"] "+access)
		got := "none"
		switch {
		case e.Signal != nil:
			got = e.Signal.Name + " " + e.Signal.Code
		case e.Major == 1 && e.Minor == 0:
			got = "major"
		case e.Minor == 1 && e.Major == 0:
			got = "minor"
		case e.Minor+e.Major > 0:
			got = "several faults"
		}
		if retries := strings.Contains(s.lines, "shared") || strings.Contains(s.lines, "shmget"); retries && want == "minor" && got == "major" &&
			access == "write" && !kernelSince(6, 1) {
			want = got // the fault is tried again after the page was made ready for writing, and then counted as major
		}
		if want == "" && (got == "none" || got == "minor") { // young
			want = got
		}
		if got != want {
			t.Errorf("%s of page %d: %s, want %s", access, page, got, want)
		}
	}
}

// pageOut advises MADV_PAGEOUT until no page of a is mapped. Pages that lie in another
// processor's batch on their way to the LRU list are passed over (mm/madvise.c, mm/swap.c).
func pageOut(t *testing.T, l *memops.Lab) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		ok(t, l, "madvise a pageout")
		r := sampled(l).Regions
		if k := slices.IndexFunc(r, func(r model.RegionSample) bool { return r.Name == "a" }); k >= 0 &&
			!slices.ContainsFunc(r[k].Pages, func(run model.Run[model.Page]) bool { return run.Val.Has(model.Mapped) }) {
			return
		}
		if time.Now().After(deadline) {
			t.Skip("the kernel does not take all pages out")
		}
	}
}

// needsScratch skips a test where no directory is on a disk.
func needsScratch(t testing.TB, l *memops.Lab) {
	t.Helper()
	if e := do(t, l, "mmap probe 1 scratch"); e.Refused != "" {
		t.Skip(e.Refused)
	}
	ok(t, l, "munmap probe")
}

// needsLock skips a test where that many bytes cannot be locked.
func needsLock(t testing.TB, l *memops.Lab, bytes int64) {
	t.Helper()
	if memops.OverLimit(l, uint64(bytes)) {
		t.Skipf("RLIMIT_MEMLOCK of this user is below %d bytes", bytes)
	}
}

// pmdPages is how many pages a transparent huge page has; it skips the test where there are
// no such pages for those that ask, or they are 32 MiB and more.
func pmdPages(t testing.TB) int64 {
	t.Helper()
	text, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || strings.Contains(string(text), "[never]") {
		t.Skip("this system has no transparent huge pages")
	}
	size := proc.ReadNumber("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
	if size <= 0 || size > 4<<20 {
		t.Skipf("a transparent huge page has %d bytes here", size)
	}
	return size / pageBytes
}

// needsHugeTold skips a test where incore does not see which pages are huge.
func needsHugeTold(t testing.TB) {
	t.Helper()
	if !kernel.Probe().Scan {
		t.Skip("this kernel has no PAGEMAP_SCAN (Linux 6.7): huge pages are not told apart")
	}
}

// Transparent huge pages: one write makes all pages of one resident.
func TestHugeStates(t *testing.T) {
	n := pmdPages(t)
	// Three times as long, so that a whole huge page lies in it wherever it begins.
	begin := "mmap a " + strconv.FormatInt(3*n, 10) + "; madvise a hugepage; "
	at := int(n + n/2) // a page of the one in the middle
	for _, s := range []pageState{
		{"a_thp_untouched", begin + "expect all a absent unmapped", "minor", "minor"},
		{"a_thp_zero", begin + "touch a read; expect all a[" + strconv.Itoa(at) + "] resident zero", "none", "minor"},
		{"a_thp_mlock", begin + "mlock a; expect all a resident mapped locked; expect all a[" + strconv.Itoa(at) + "] huge", "none", "none"},
	} {
		t.Run(s.name, func(t *testing.T) {
			if strings.HasSuffix(s.lines, " huge") {
				needsHugeTold(t)
			}
			s.test(t, at)
		})
	}
	t.Run("a_thp", func(t *testing.T) {
		needsHugeTold(t)
		l := opened(t, memops.Options{})
		whole := "[" + strconv.Itoa(at) + "]"
		ok(t, l, "mmap a "+strconv.FormatInt(3*n, 10), "madvise a hugepage", "touch a"+whole, "expect minor 1",
			"expect count a resident "+strconv.FormatInt(n, 10), "expect count a huge "+strconv.FormatInt(n, 10),
			"touch a"+whole, "expect minor 0", "expect all a"+whole+" anon huge exclusive")
		needsLock(t, l, pageBytes)
		// A lock of one page splits the mapping: the pages stay, each mapped on its own.
		ok(t, l, "mlock a"+whole, "expect no a huge", "expect count a mapped "+strconv.FormatInt(n, 10), "expect count a locked 1")
	})
	t.Run("collapse", func(t *testing.T) {
		if !kernel.Probe().Advices["collapse"] {
			t.Skip("this kernel has no MADV_COLLAPSE")
		}
		needsHugeTold(t)
		l := opened(t, memops.Options{})
		// The advice takes back the MADV_NOHUGEPAGE of where huge pages come unasked.
		ok(t, l, "mmap a "+strconv.FormatInt(3*n, 10), "touch a", "expect no a huge", "madvise a hugepage", "madvise a collapse",
			"expect count a huge >= "+strconv.FormatInt(2*n, 10), "expect all a resident mapped anon")
	})
}
