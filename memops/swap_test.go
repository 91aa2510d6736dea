//go:build linux && (amd64 || arm64)

package memops_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
)

// What swap makes of pages, wherever it lies.
var swapStates = []pageState{
	{"a_press", "memcg max; mmap a 64; touch a; press; " + pressedOut + "; expect swap >= 64", "major", "major"},
	{"a_cold", "mmap a 64; touch a; madvise a cold; expect all a resident mapped anon exclusive; expect no a swapped; expect swap 0", young, young},
	{"a_pageout_press", "memcg max; mmap a 64; touch a; madvise a pageout; press; " + pressedOut, "major", "major"},
	{"a_pageout_willneed", "memcg max; mmap a 64; touch a; press; " + pressedOut + "; memcg max; madvise a willneed; " +
		"expect count a resident 64; expect all a swapped unmapped", "minor", "minor"},
	{"a_mlock_pageout", "memcg max; mmap a 64; mlock a; " + lockedStay + pressMemory +
		"expect all a resident mapped anon exclusive locked; expect no a swapped", "none", "none"},
	{"a_swapped_mlock", "mmap a 64; touch a; madvise a pageout; expect all a swapped; mlock a; " +
		"expect all a resident mapped anon locked; expect swap 0", "none", "none"},
	{"a_swapped_mlock_press", "memcg max; mmap a 64; touch a; madvise a pageout; mlock a; " + pressMemory +
		"expect all a resident mapped anon locked; expect no a swapped", "none", "none"},
	{"s_shmlock_pageout", "shmget a 64; shmctl a lock; touch a; madvise a pageout; expect all a resident mapped file locked", young, young},
}

// swappedIn is a write to a page that a read has brought back from swap. Old kernels map it without the right to
// write where it was a read (mm/memory.c, do_swap_page; 6.1 was asked), and the write's fault mends that.
var swappedIn = map[bool]string{true: young, false: ""}[kernelSince(6, 12)]

// A swap file: what was written out stays in memory for a while, in the swap cache, and a fault
// that finds it there is minor.
var swapFileStates = []pageState{
	{"a_pageout", "mmap a 64; touch a; madvise a pageout; " + inSwapCache, "minor", "minor"},
	{"a_pageout_wait", "mmap a 64; touch a; madvise a pageout; wait 50ms; " + inSwapCache, "minor", "minor"},
	{"a_swapin_read", "mmap a 64; touch a; madvise a pageout; touch a read; expect minor 64; expect major 0; " +
		"expect all a resident mapped anon exclusive; expect swap 0", "none", swappedIn},
	{"m_pageout", "memcg max; mmap a 64 shared memfd; touch a; press; expect all a unmapped; expect all a[16..47] absent; expect no a swapped", "major", "major"},
	{"m_pageout, in the cache", "mmap a 64 shared memfd; touch a; madvise a pageout; expect all a resident unmapped; expect no a swapped", "minor", "minor"},
	{"a_swapin_neighbor", "memcg max; mmap a 64; touch a; press; " + pressedOut + "; memcg max; touch a[60] read; expect major 1; " +
		"expect count a mapped 1; expect all a[21] swapped absent", "major", "major"},
}

// zram is memory, and has written when the call returns: a page is out at once, and comes
// back alone.
var zramStates = []pageState{
	{"a_pageout", "mmap a 64; touch a; madvise a pageout; " + outOfMemory, "major", "major"},
	{"a_pageout_wait", "mmap a 64; touch a; madvise a pageout; wait 50ms; " + outOfMemory, "major", "major"},
	{"a_swapin_read", "mmap a 64; touch a; madvise a pageout; touch a read; expect minor 0; expect major 64; " +
		"expect all a resident mapped anon exclusive; expect swap 0", "none", swappedIn},
	{"m_pageout", "mmap a 64 shared memfd; touch a; madvise a pageout; expect all a absent unmapped; expect no a swapped; expect swap 0", "major", "major"},
	{"a_swapin_neighbor", "mmap a 64; touch a; madvise a pageout; touch a[20] read; expect major 1; " +
		"expect count a mapped 1; expect count a resident 1; expect all a[21] swapped absent", "major", "major"},
}

const (
	inSwapCache = "expect all a swapped unmapped anon; expect all a resident; expect swap 64"
	outOfMemory = "expect all a swapped unmapped anon; expect all a absent; expect swap 64"
)

// pressedOut leaves out the first and the last pages: they are next, in swap, to pages that the
// subject needs itself, and come in with these.
const pressedOut = "expect all a swapped unmapped; expect all a[16..47] absent"

// pressMemory has the kernel reclaim memory of the process's cgroup, where all has to be
// swapped. It begins with the oldest.
const pressMemory = "memcg 4M; mmap b 16M; touch b; "

// press does so until nothing of a is in memory. Reclaim by a limit leaves a page now and then: one
// that became active while it was written, as long as there are enough that are not. So it
// is told in the end to take what there is.
func press(t *testing.T, l *memops.Lab) {
	t.Helper()
	ok(t, l, "memcg 4M", "mmap b 8M", "touch b", "munmap b")
	h, dir := memops.GroupOf(l, model.Main)
	file, all := "memory.force_empty", "0"
	if h.V2 {
		file, all = "memory.reclaim", "1G"
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		left := countOf(l, func(p model.Page) bool { return p.Residency == model.Resident })
		if left == 0 || t.Failed() {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("reclaim leaves %d pages in memory", left)
		}
		switch err := memops.WriteFile(filepath.Join(dir, file), all); {
		case errors.Is(err, fs.ErrNotExist): // memory.reclaim is of Linux 5.19
			t.Skip(err)
		case err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EBUSY): // not all of it could be taken
			t.Fatal(err)
		}
	}
}

func TestSwapFile(t *testing.T) {
	newSwapTest(t).onFile()
	for _, s := range slices.Concat(swapStates, swapFileStates) {
		t.Run(s.name, func(t *testing.T) { s.testAnon(t, 21, 1) })
	}
	t.Run("a_thp_pageout", func(t *testing.T) { pageoutOfHuge(t, "swapped unmapped") })
	t.Run("words", swapWords)
}

func TestZram(t *testing.T) {
	newSwapTest(t).onZram()
	for _, s := range slices.Concat(swapStates, zramStates) {
		t.Run(s.name, func(t *testing.T) { s.testAnon(t, 21, 1) })
	}
	t.Run("a_thp_pageout", func(t *testing.T) {
		n := pmdPages(t)
		lines := fmt.Sprintf("mmap a %d; madvise a hugepage; touch a[%d]; %smadvise a pageout; ", 3*n, n+n/2, leftAlone)
		l := opened(t, memops.Options{})
		pageState{lines: strings.TrimSuffix(lines, "; ")}.makeOf(t, l)
		if out := countOf(l, func(p model.Page) bool { return p.Is("swapped") }); out == 1 {
			// Without CONFIG_THP_SWAP, or without room for all of it at one place.
			pageoutOfHuge(t, "swapped unmapped")
			return
		}
		pageState{"a_thp_pageout", lines + fmt.Sprintf("expect count a swapped %d; expect count a resident 0; expect swap %[1]d", n), "major", "major"}.
			testAnon(t, n+n/2+1, 0)
	})
}

// leftAlone keeps khugepaged from making one huge page again of what a was taken apart into: to it
// zero pages are as good as none (mm/khugepaged.c, max_ptes_none).
const leftAlone = "madvise a nohugepage; "

// pageoutOfHuge has a huge page taken apart, since it cannot be swapped as a whole: of its pages
// that hold but zeros the zero page is left, whether there is swap or not (Linux 6.12,
// mm/migrate.c, try_to_map_unused_to_zeropage). written is what becomes of the one that is not.
func pageoutOfHuge(t *testing.T, written string) {
	t.Helper()
	var k kernelVersion
	if _, err := fmt.Sscanf(kernel.Probe().Release, "%d.%d", &k.major, &k.minor); err != nil {
		t.Fatal(err)
	}
	if !k.atLeast(6, 12) {
		t.Skipf("before Linux 6.12 its pages are kept or swapped one by one: this is %s", kernel.Probe().Release)
	}
	n := pmdPages(t)
	at := n + n/2
	pageState{"a_thp_pageout", strings.Join([]string{
		fmt.Sprintf("mmap a %d; madvise a hugepage; touch a[%d]; expect count a huge %d; %smadvise a pageout", 3*n, at, n, leftAlone),
		fmt.Sprintf("expect no a huge; expect all a[%d] %s; expect count a zero %d; expect all a[%d] resident mapped zero", at, written, n-1, at+1),
	}, "; "), "none", "minor"}.testAnon(t, at+1, 0)
}

// swapWords: the words about a page hold, whether it is in memory, in the swap cache or out.
func swapWords(t *testing.T) {
	l := opened(t, memops.Options{Sharing: true})
	pageState{lines: "memcg max; mmap a 64; touch a[0..31]; press; memcg max; touch a[32..41]; madvise a[32..41] pageout; touch a[42..51]; " +
		"expect all a[8..23] swapped absent; expect all a[32..41] swapped resident"}.makeOf(t, l)
	for _, s := range []struct {
		page         int64
		what, access string
		minor, major int64
	}{
		{16, "swapped out", "a read or write is a major fault", 0, 1},
		{36, "swapped out, and still in memory (the swap cache has it)", "a read or write is a minor fault", 1, 0},
		{46, "resident, anonymous, mapped by this process alone", "a read or write costs nothing", 0, 0},
		{56, "absent: nothing is in memory", "a read or write is a minor fault", 1, 0},
	} {
		sampled(l)
		r := l.State().Main().Region("a")
		if got, want := r.Pages.At(s.page).Words(r.RegionInfo, false), []string{s.what, "not locked", s.access}; !slices.Equal(got, want) {
			t.Errorf("a[%d] is said to be %q, want %q", s.page, got, want)
		}
		if e := do(t, l, fmt.Sprintf("touch a[%d]", s.page)); e.Minor != s.minor || e.Major != s.major {
			t.Errorf("a touch of a[%d] was %d minor and %d major faults", s.page, e.Minor, e.Major)
		}
	}
}

// Where nothing can be swapped, the advice to do it says so.
func TestPageoutSaysWithoutSwap(t *testing.T) {
	const says = "no swap is on: nowhere to write them"
	lines := map[string]string{
		"madvise a pageout": says, "madvise a cold": says, "madvise a[3] pageout": says, "madvise s pageout": says, "madvise m pageout": says,
		"madvise b[0] pageout": says, "madvise a dontneed": "", "madvise f pageout": "", "madvise f cold": "", "madvise gone cold": "",
	}
	check := func(t *testing.T, on bool) {
		l := opened(t, memops.Options{})
		needsScratch(t, l)
		ok(t, l, "mmap a 8", "mmap s 8 shared", "mmap m 8 memfd", "mmap f 8 scratch", "malloc b 64K", "touch a", "touch s", "touch m", "touch f", "touch b", "mmap gone 8", "munmap gone[2]")
		for line, want := range lines {
			if on {
				want = ""
			}
			if e := do(t, l, line); (e.Result == says) != (want == says) {
				t.Errorf("%s: %q, want %q", line, e.Result, want)
			}
		}
	}
	t.Run("without", func(t *testing.T) { withoutSwap(t); check(t, false) })
	t.Run("with", func(t *testing.T) { newSwapTest(t).onFile(); check(t, true) })
}
