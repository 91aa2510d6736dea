//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/model"
)

// Private anonymous memory, of which nothing leaves but what was given up.
var anonStates = []pageState{
	{"a_untouched", "mmap a 64; expect all a absent unmapped anon unlocked prot=rw", "minor", "minor"},
	{"a_read", "mmap a 64; touch a read; expect all a resident mapped zero", "none", "minor"},
	{"a_write", "mmap a 64; touch a; expect all a resident mapped anon exclusive; expect no a zero", "none", "none"},
	{"a_dontneed", "mmap a 64; touch a; madvise a dontneed; expect all a absent unmapped", "minor", "minor"},
	{"a_free", "mmap a 64; touch a; madvise a free; expect all a resident mapped anon exclusive", young, young},
	{"a_free_pageout", "mmap a 64; touch a; " + freed + "madvise a pageout; expect all a absent unmapped; expect no a swapped", "minor", "minor"},
	{"a_free_press", "memcg max; mmap a 64; touch a; " + freed + pressFiles + "press files; expect all a absent unmapped; expect no a swapped", "minor", "minor"},
	{"a_cold", "mmap a 64; touch a; madvise a cold; expect all a resident mapped anon exclusive", young, young},
	{"a_untouched_willneed", "mmap a 64; madvise a willneed; expect all a absent unmapped", "minor", "minor"},
	{"a_popread", "mmap a 64; madvise a populate_read; expect all a resident mapped zero", "none", "minor"},
	{"a_popwrite", "mmap a 64; madvise a populate_write; expect all a resident mapped anon exclusive", "none", "none"},
	{"a_mappopulate", "mmap a 64 populate; expect all a resident mapped anon exclusive unlocked", "none", "none"},
	{"a_maplocked", "mmap a 64 locked; expect all a resident mapped anon exclusive locked; expect no a onfault; expect vmlck 64", "none", "none"},
	{"a_protnone", "mmap a 64; touch a; mprotect a none; expect all a resident mapped anon exclusive prot=none", accerr, accerr},
	{"a_protread", "mmap a 64; touch a; mprotect a r; expect all a resident mapped anon exclusive prot=r", "none", accerr},
	{"a_protnone_back", "mmap a 64; touch a; mprotect a none; mprotect a rw; expect all a resident mapped anon exclusive prot=rw", "none", backAgain},
	{"a_mlock", "mmap a 64; mlock a; expect all a resident mapped anon exclusive locked; expect vmlck 64", "none", "none"},
	{"a_mlock_protnone", "mmap a 64 none; mlock a; expect errno ENOMEM; expect all a absent unmapped locked prot=none; expect vmlck 64", accerr, accerr},
	{"a_mlock2", "mmap a 64; mlock2 a onfault; expect all a absent unmapped onfault; expect vmlck 64", "minor", "minor"},
	{"a_mlock2_touched", "mmap a 64; mlock2 a onfault; touch a; expect all a resident mapped anon exclusive onfault", "none", "none"},
	{"a_mlock2_readtouched", "mmap a 64; mlock2 a onfault; touch a read; expect all a resident mapped zero onfault", "none", "minor"},
	{"a_munlock", "mmap a 64; mlock a; munlock a; expect all a resident mapped anon exclusive unlocked; expect vmlck 0", "none", "none"},
	{"a_mlock_pageout", "memcg max; mmap a 64; mlock a; " + lockedStay + pressFiles + "expect all a resident mapped anon exclusive locked", "none", "none"},
	{"a_fork_cow", "mmap a 64; touch a; fork c; expect all a resident mapped anon shared; in c expect all a resident mapped anon shared", "none", "minor"},
	{"a_fork_mlocked", "mmap a 64; mlock a; fork c; expect all a resident mapped anon shared locked; expect vmlck 64; " +
		"in c expect all a resident mapped anon shared unlocked; in c expect vmlck 0", "none", "minor"},
}

// Private anonymous memory where there is no swap: nothing of it leaves.
var noSwapStates = []pageState{
	{"a_press", "memcg max; mmap a 64; touch a; " + pressFiles + stays, "none", "none"},
	{"a_pageout", "mmap a 64; touch a; madvise a pageout; " + stays, young, young},
	{"a_pageout_wait", "mmap a 64; touch a; madvise a pageout; wait 50ms; " + stays, young, young},
	{"a_pageout_press", "memcg max; mmap a 64; touch a; madvise a pageout; " + pressFiles + stays, young, young},
	{"a_pageout_willneed", "mmap a 64; touch a; madvise a pageout; madvise a willneed; " + stays, young, young},
	{"a_swapin_read", "mmap a 64; touch a; madvise a pageout; touch a read; " + stays, "none", young},
	{"a_swapped_mlock", "mmap a 64; touch a; madvise a pageout; mlock a; " + stays + "; expect all a locked", young, young},
}

const stays = "expect all a resident mapped anon exclusive; expect no a swapped; expect swap 0"

// Locked pages are neither aged nor dropped: madvise refuses it (mm/madvise.c, can_madv_lru_vma).
const lockedStay = "madvise a pageout; expect errno EINVAL; madvise a cold; expect errno EINVAL; " +
	"madvise a free; expect errno EINVAL; madvise a dontneed; expect errno EINVAL; "

// freed gives up what a holds.
const freed = "madvise a free; " + drained

// drained empties the lists in which each processor gathers pages that are to change their place
// (mm/swap.c, lru_add_drain_all): as long as they are there reclaim cannot take them. The
// kernel does so where a page of a file that it is to drop is in use (mm/fadvise.c).
const drained = "mmap d 1 shared scratch; touch d; posix_fadvise d dontneed; munmap d; "

// pressFiles has the kernel reclaim memory of the process's cgroup, of which there is enough
// in the page cache. It begins with the oldest.
const pressFiles = "mmap w 8M shared scratch; touch w; msync w sync; madvise w dontneed; " +
	"memcg 4M; expect count w absent > 0; "

// young is an access to a page that was mapped as one that is neither accessed nor written to. Where
// the processor does not note that by itself the kernel does, in a fault. x86-64 does, and of
// arm64 some.
var young = map[string]string{"amd64": "none"}[runtime.GOARCH]

// backAgain is a write to a page of which the protection was taken away and given back. Old kernels give the
// page table's entry back without the right to write, and the fault mends that.
var backAgain = map[bool]string{true: "none", false: "minor"}[kernelSince(6, 1)]

func TestAnonStates(t *testing.T) {
	for _, s := range anonStates {
		t.Run(s.name, func(t *testing.T) { s.testAnon(t, 21, 1) })
	}
}

func TestAnonStatesWithoutSwap(t *testing.T) {
	withoutSwap(t)
	for _, s := range noSwapStates {
		t.Run(s.name, func(t *testing.T) { s.testAnon(t, 21, 1) })
	}
	t.Run("a_thp_pageout", func(t *testing.T) { pageoutOfHuge(t, "resident mapped anon exclusive; expect swap 0") })
}

// testAnon makes the state twice, and reads a page of a once and writes to it once. An access that
// faults maps as many pages as given, and any other none; 0 where that is not promised.
func (s pageState) testAnon(t *testing.T, page, maps int64) {
	if len(largeFolios()) > 0 {
		maps = 0 // a fault may bring several
	}
	for access, want := range map[string]string{"read": s.read, "write": s.write} {
		t.Run(access, func(t *testing.T) {
			l := opened(t, memops.Options{})
			s.makeOf(t, l)
			if t.Failed() {
				return
			}
			before := mappedOf(l)
			e := do(t, l, fmt.Sprintf("touch a[%d] %s", page, access))
			got := firstTouch(e)
			noted := want == "" // young: a fault there may be about the access alone
			if noted && (got == "none" || got == "minor") {
				want = got
			}
			if got != want {
				t.Errorf("%s: %s, want %s", access, got, want)
			}
			faulted := got == "minor" || got == "major"
			switch n := mappedOf(l) - before; {
			case (access == "write" || noted) && got == "minor" && n == 0: // the page was mapped, not for writing, or young
			case faulted && maps > 0 && n != maps, !faulted && n != 0:
				t.Errorf("%s mapped %d pages", access, n)
			}
		})
	}
}

// makeOf runs the lines, all of them on one processor: madvise puts the pages through that wait
// in the lists of its own (mm/madvise.c, madvise_pageout: lru_add_drain).
func (s pageState) makeOf(t *testing.T, l *memops.Lab) {
	t.Helper()
	pinned(t, l)
	if strings.Contains(s.lines, "scratch") {
		needsScratch(t, l)
	}
	if strings.Contains(s.lines, "lock") {
		needsLock(t, l, 64*pageBytes)
	}
	for line := range strings.SplitSeq(s.lines, "; ") {
		failed := t.Failed()
		switch line {
		case "press":
			press(t, l)
			continue
		case "press files":
			pressMoreFiles(t, l)
			continue
		}
		switch e := do(t, l, line); {
		case e.Refused != "" && line == "memcg max":
			t.Skip(e.Refused)
		case e.Refused != "":
			t.Errorf("%s: %s", line, e.Refused)
		case e.Errno == "EINVAL" && strings.Contains(line, "populate_"):
			t.Skip("this kernel has no MADV_POPULATE_READ (Linux 5.14)")
		}
		if t.Failed() && !failed {
			t.Logf("that was %s", line)
		}
	}
}

// pressMoreFiles goes on with pressFiles until nothing of a is in memory: in which order the kernel reclaims
// is its own, and pages of the cache may be first. So the limit goes down until few of them are left. A page
// that somebody holds for a moment when it is to go stays, and is given up no more (mm/rmap.c, try_to_unmap_one):
// so each time a is given up anew. The
// multi-generational LRU (Linux 6.1) may leave a where it is all the same, as 7.3 does: without it, a goes there too.
func pressMoreFiles(t *testing.T, l *memops.Lab) {
	t.Helper()
	limit := 4 << 20
	text, _ := os.ReadFile("/sys/kernel/mm/lru_gen/enabled")
	generations := strings.HasPrefix(string(text), "0x") && strings.TrimSpace(string(text)) != "0x0000"
	begin := time.Now()
	for until := begin.Add(patient); !t.Failed(); limit = max(limit/2, 1<<20) {
		left := countOf(l, func(p model.Page) bool { return p.Residency == model.Resident })
		if left == 0 {
			return
		}
		if generations && time.Since(begin) > 10*time.Second {
			t.Skipf("the multi-generational LRU (lru_gen) leaves %d pages in memory", left)
		}
		if time.Now().After(until) {
			t.Fatalf("reclaim leaves %d pages in memory", left)
		}
		ok(t, l, append([]string{"memcg max", "touch a"}, strings.Split(strings.TrimSuffix(freed, "; "), "; ")...)...)
		ok(t, l, "touch w", "msync w sync", "madvise w dontneed", fmt.Sprintf("memcg %d", limit))
	}
}

// pinned keeps the process on the processor that it may run on first.
func pinned(t *testing.T, l *memops.Lab) {
	t.Helper()
	var may, one unix.CPUSet
	tid := memops.SubjectOf(l, model.Main).Actor.TID
	if err := unix.SchedGetaffinity(tid, &may); err != nil {
		t.Fatal(err)
	}
	cpu := 0
	for !may.IsSet(cpu) {
		cpu++
	}
	one.Set(cpu)
	if err := unix.SchedSetaffinity(tid, &one); err != nil {
		t.Skipf("sched_setaffinity: %v", err)
	}
}

// mappedOf is how many pages of a are mapped.
func mappedOf(l *memops.Lab) int64 {
	return countOf(l, func(p model.Page) bool { return p.Has(model.Mapped) })
}

// countOf is how many pages of a are as wanted, now.
func countOf(l *memops.Lab, want func(model.Page) bool) (n int64) {
	for _, r := range sampled(l).Regions {
		if r.Name == "a" {
			n += r.Pages.Count(model.Range{Hi: r.Pages.Len()}, want)
		}
	}
	return n
}

// firstTouch is what a touch of one page was answered with.
func firstTouch(e model.Event) string {
	switch {
	case e.Signal != nil:
		return e.Signal.Name + " " + e.Signal.Code
	case e.Major == 1 && e.Minor == 0:
		return "major"
	case e.Minor == 1 && e.Major == 0:
		return "minor"
	case e.Minor+e.Major > 0:
		return fmt.Sprintf("%d minor and %d major faults", e.Minor, e.Major)
	}
	return "none"
}
