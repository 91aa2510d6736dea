//go:build linux && (amd64 || arm64)

package memops

import (
	"strings"
	"testing"
	"time"

	"incore/model"
)

// pressMemory has the kernel reclaim memory of the process's cgroup, of which all has to be
// swapped. It begins with the oldest.
const pressMemory = "memcg 4M; mmap b 16M; touch b; "

// press does so until nothing of a is in memory. What is being written when the kernel comes by
// is passed over, and what waits in another processor's list has one user too many (mm/vmscan.c,
// shrink_folio_list, __remove_mapping).
func press(t *testing.T, l *Lab) {
	t.Helper()
	ok(t, l, "memcg 4M")
	var left int64
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); {
		ok(t, l, "mmap b 8M", "touch b", "munmap b")
		if left = countOf(l, func(p model.Page) bool { return p.Residency == model.Resident }); left == 0 || t.Failed() {
			return
		}
		ok(t, l, strings.Split(strings.TrimSuffix(drained, "; "), "; ")...)
	}
	t.Errorf("reclaim leaves %d pages in memory", left)
}

// What a swap file makes of pages: what was written out stays in memory for a while, in the
// swap cache, and a fault that finds it there is minor.
var swapFileStates = []pageState{
	{"a_press", "memcg max; mmap a 64; touch a; press; expect all a swapped unmapped absent; expect swap >= 64", "major", "major"},
	{"a_cold", "mmap a 64; touch a; madvise a cold; expect all a resident mapped anon exclusive; expect no a swapped; expect swap 0", young, young},
	{"a_pageout", "mmap a 64; touch a; madvise a pageout; " + cachedSwap, "minor", "minor"},
	{"a_pageout_wait", "mmap a 64; touch a; madvise a pageout; wait 50ms; " + cachedSwap, "minor", "minor"},
	{"a_pageout_press", "memcg max; mmap a 64; touch a; madvise a pageout; press; expect all a swapped unmapped absent", "major", "major"},
	{"a_pageout_willneed", "memcg max; mmap a 64; touch a; press; expect all a swapped absent; memcg max; madvise a willneed; " +
		"expect count a resident 64; expect all a swapped unmapped", "minor", "minor"},
	{"a_swapin_read", "mmap a 64; touch a; madvise a pageout; touch a read; expect minor 64; expect major 0; " +
		"expect all a resident mapped anon exclusive; expect swap 0", "none", young},
	{"a_mlock_pageout", "memcg max; mmap a 64; mlock a; " + lockedStay + pressMemory + "expect all a resident mapped anon exclusive locked; expect no a swapped", "none", "none"},
	{"a_swapped_mlock", "mmap a 64; touch a; madvise a pageout; expect all a swapped; mlock a; " +
		"expect all a resident mapped anon locked; expect swap 0", "none", "none"},
	{"m_pageout", "memcg max; mmap a 64 shared memfd; touch a; press; expect all a absent unmapped; expect no a swapped", "major", "major"},
	{"s_shmlock_pageout", "shmget a 64; shmctl a lock; touch a; madvise a pageout; expect all a resident mapped file locked", "none", "none"},
	{"a_swapped_mlock_press", "memcg max; mmap a 64; touch a; madvise a pageout; mlock a; " + pressMemory +
		"expect all a resident mapped anon locked; expect no a swapped", "none", "none"},
	{"a_swapin_neighbour", "memcg max; mmap a 64; touch a; press; expect all a swapped absent; memcg max; touch a[60] read; expect major 1; " +
		"expect count a mapped 1; expect all a[21] swapped absent", "major", "major"},
}

const cachedSwap = "expect all a swapped unmapped anon; expect all a resident; expect swap 64"

func TestSwapFileStates(t *testing.T) {
	newSwapTest(t).onFile()
	for _, s := range swapFileStates {
		t.Run(s.name, func(t *testing.T) { s.testAnon(t, 21, 1) })
	}
}

// zram is memory, and writing to it is done when the call returns: the page is out at once,
// and comes back alone.
var zramStates = []pageState{
	{"a_press", "memcg max; mmap a 64; touch a; press; expect all a swapped unmapped absent; expect swap >= 64", "major", "major"},
	{"a_cold", "mmap a 64; touch a; madvise a cold; expect all a resident mapped anon exclusive; expect no a swapped; expect swap 0", young, young},
	{"a_pageout", "mmap a 64; touch a; madvise a pageout; " + outOfMemory, "major", "major"},
	{"a_pageout_wait", "mmap a 64; touch a; madvise a pageout; wait 50ms; " + outOfMemory, "major", "major"},
	{"a_pageout_press", "memcg max; mmap a 64; touch a; madvise a pageout; press; expect all a swapped absent", "major", "major"},
	{"a_pageout_willneed", "mmap a 64; touch a; madvise a pageout; madvise a willneed; expect count a resident 64; expect all a swapped unmapped", "minor", "minor"},
	{"a_swapin_read", "mmap a 64; touch a; madvise a pageout; touch a read; expect minor 0; expect major 64; " +
		"expect all a resident mapped anon exclusive; expect swap 0", "none", young},
	{"a_mlock_pageout", "memcg max; mmap a 64; mlock a; " + lockedStay + pressMemory + "expect all a resident mapped anon exclusive locked; expect no a swapped", "none", "none"},
	{"a_swapped_mlock", "mmap a 64; touch a; madvise a pageout; expect all a swapped absent; mlock a; " +
		"expect all a resident mapped anon locked; expect swap 0", "none", "none"},
	{"m_pageout", "mmap a 64 shared memfd; touch a; madvise a pageout; expect all a absent unmapped; expect no a swapped; expect swap 0", "major", "major"},
	{"s_shmlock_pageout", "shmget a 64; shmctl a lock; touch a; madvise a pageout; expect all a resident mapped file locked", "none", "none"},
	{"a_swapped_mlock_press", "memcg max; mmap a 64; touch a; madvise a pageout; mlock a; " + pressMemory +
		"expect all a resident mapped anon locked; expect no a swapped", "none", "none"},
	{"a_swapin_neighbour", "mmap a 64; touch a; madvise a pageout; touch a[3] read; expect major 1; " +
		"expect count a mapped 1; expect count a resident 1; expect all a[21] swapped absent", "major", "major"},
}

const outOfMemory = "expect all a swapped unmapped anon; expect all a absent; expect swap 64"

func TestZramStates(t *testing.T) {
	newSwapTest(t).onZram()
	for _, s := range zramStates {
		t.Run(s.name, func(t *testing.T) { s.testAnon(t, 21, 1) })
	}
}
