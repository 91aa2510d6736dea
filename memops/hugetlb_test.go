//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
)

// hugePool makes sure that so many huge pages are free, and returns how many pages one has.
func hugePool(t *testing.T, need int64) int64 {
	t.Helper()
	have := proc.ReadMeminfo()
	switch {
	case have.HugeSize == 0:
		t.Skip("this kernel has no hugetlb pages")
	case have.HugeSize > 4<<20:
		t.Skipf("a huge page has %d bytes here", have.HugeSize)
	}
	tuned(t, "/proc/sys/vm/nr_hugepages", func(old string) string {
		n, _ := strconv.ParseInt(old, 10, 64)
		return strconv.FormatInt(n+need, 10)
	})
	if free := proc.ReadMeminfo().HugeFree; free < need {
		t.Skipf("the pool has %d huge pages free, and cannot have %d", free, need)
	}
	return have.HugeSize / pageBytes
}

func TestHugetlb(t *testing.T) {
	n := hugePool(t, 6)
	page := func(i int64) string { return "a[" + strconv.FormatInt(i, 10) + "]" }
	count := strconv.FormatInt(n, 10)
	cut := "1" // which the kernel rounds up
	if !kernelSince(5, 16) {
		cut = count
	}
	for name, lines := range map[string][]string{
		"h_untouched": {
			"mmap a 1 hugetlb", "expect all a absent unmapped", "expect no a huge", "touch " + page(n/3), "expect minor 1",
			"expect all a resident mapped huge", "expect rss < 1M",
		},
		"h_untouched, read": {"mmap a 1 hugetlb", "touch " + page(n/3) + " read", "expect minor 1", "expect all a resident mapped huge"},
		"h_touched": {
			fmt.Sprintf("mmap a %d hugetlb", n+1), "touch a[0]", "expect count a resident " + count, "expect count a huge " + count,
			fmt.Sprintf("expect all a[%d..] absent unmapped", n), "touch " + page(n-1), "expect minor 0",
		},
		"pieces":   {fmt.Sprintf("mmap a %d hugetlb", 2*n), "munmap " + page(1), "expect errno EINVAL", fmt.Sprintf("munmap a[%d..]", n), "expect ok", "touch a[0]", "expect ok"},
		"mremap":   {fmt.Sprintf("mmap a %d hugetlb", 2*n), "touch a[0]", "mremap a " + cut, "expect ok", "expect count a huge " + count, fmt.Sprintf("mremap a %d", 2*n), "expect errno EINVAL"},
		"the pool": {fmt.Sprintf("mmap a %d hugetlb", 1<<20*n), "expect errno ENOMEM"},
		"a memfd": {
			"mmap a 1 shared hugetlb memfd", "expect ok", "touch a[0]", "mmap b 1 shared hugetlb alias a", "expect ok",
			// It is in core, and mincore goes by the page table alone (mm/mincore.c, mincore_hugetlb).
			"expect all b absent unmapped", "memset b[1] 7", "expect minor 1", "expect all b resident mapped",
			"mmap c 1", "memset c 7", "memcmp " + page(1) + " c", "expect return 0",
		},
		// They are never swapped: a lock brings them in, even MLOCK_ONFAULT, and is not noted
		// (mm/mlock.c, mlock_fixup).
		"a lock": {
			"mmap a 1 hugetlb locked", "expect ok", "expect all a resident unlocked huge", "expect vmlck 0",
			"mmap b 1 hugetlb", "mlock b", "expect ok", "expect all b resident unlocked huge", "munlock b", "expect ok",
			"mmap c 1 hugetlb", "mlock2 c onfault", "expect ok", "expect all c resident unlocked",
			"mlockall future onfault", "mmap d 1 hugetlb", "expect all d resident unlocked",
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := opened(t, memops.Options{})
			if name == "a lock" {
				needsLock(t, l, n*pageBytes)
			}
			for _, line := range lines {
				do(t, l, line)
			}
			if r := l.State().Main().Region("a"); r != nil && (r.Len%uint64(n*pageBytes) != 0 || r.Pages.Len()%n != 0) {
				t.Errorf("a is %+v", r.RegionInfo)
			}
		})
	}
}

// Without a pool there is nothing to promise, and where nothing is asked for, nothing to give.
func TestHugetlbWithoutAPool(t *testing.T) {
	if m := proc.ReadMeminfo(); m.HugeSize == 0 || m.HugeFree > 0 {
		t.Skip("this system has no hugetlb pages, or some are free")
	}
	if over, _ := os.ReadFile("/proc/sys/vm/nr_overcommit_hugepages"); strings.TrimSpace(string(over)) != "0" {
		t.Skip("huge pages beyond the pool are allowed here")
	}
	script("empty", "mmap a 1 hugetlb", "expect errno ENOMEM", "mmap b 1 hugetlb noreserve", "expect ok", "touch b[0]",
		"expect signal SIGBUS BUS_ADRERR in b[0]", "munmap b", "expect ok", "mmap a 1 hugetlb memfd", "expect errno ENOMEM")(t)
}

// ksmd makes equal pages one, which is no process's own; a write copies it.
func TestKSM(t *testing.T) {
	const run = "/sys/kernel/mm/ksm/run"
	text, err := os.ReadFile(run)
	if err != nil {
		t.Skipf("this kernel has no KSM: %v", err)
	}
	if strings.TrimSpace(string(text)) != "1" {
		tuned(t, run, func(string) string { return "1" })
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 64", "memset a 7", "expect all a exclusive", "madvise a mergeable")
	for deadline := time.Now().Add(30 * time.Second); ; {
		pages := withSharing(t, l, model.Main).Regions[0].Pages
		if n := pages.Count(model.Range{Lo: 0, Hi: 64}, func(p model.Page) bool { return p.Has(model.Shared) }); n == 64 {
			break
		}
		if time.Now().After(deadline) {
			t.Skip("ksmd has merged nothing in 30 s")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if checkedIn(l, "expect no a dirty").OK || checkedIn(l, "expect all a ksm").OK { // this user is told frames
		ok(t, l, "expect all a ksm")
	}
	ok(t, l, "expect all a resident mapped anon shared", "touch a[21] read", "expect minor 0", "touch a[21]", "expect minor 1",
		"expect all a[21] exclusive", "expect count a shared 63", "madvise a unmergeable", "expect all a exclusive resident")
}
