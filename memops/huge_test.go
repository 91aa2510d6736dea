//go:build linux && (amd64 || arm64)

package memops_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
	"incore/model/lang"
)

// unscanned has everything found without PAGEMAP_SCAN.
func unscanned(t *testing.T) *memops.Lab {
	t.Helper()
	l := opened(t, memops.Options{})
	memops.SamplerOf(l, model.Main).ForgoScan()
	return l
}

// needsOneHuge skips a test where the kernel had no huge page to give, as where memory is fragmented: smaps counts none.
func needsOneHuge(t *testing.T, l *memops.Lab) {
	t.Helper()
	sampled(l)
	_, huge, err := memops.SamplerOf(l, model.Main).Files().ReadHuge(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, bytes := range huge {
		if bytes > 0 {
			return
		}
	}
	t.Skip("no page became huge")
}

// doBriefly runs a command, and interrupts it where it goes on for long. An expect that does not hold is asked again
// until then, and not as long as in a script.
func doBriefly(t *testing.T, l *memops.Lab, c model.Command) []model.Item {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	return l.Do(ctx, c)
}

// refuted runs an expect that must not hold, and returns what it got.
func refuted(t *testing.T, l *memops.Lab, line string) string {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range doBriefly(t, l, c) {
		if it, ok := item.(model.Checked); ok {
			if it.OK {
				t.Errorf("%s holds: %s", line, it.Got)
			}
			return it.Got
		}
	}
	t.Fatalf("%s was not checked", line)
	return ""
}

// Without PAGEMAP_SCAN a huge page is told where smaps decides, and else nothing is claimed of it.
func TestHugeWithoutScan(t *testing.T) {
	const unknown = "this kernel does not tell which pages are huge"
	n := pmdPages(t)
	// Three times as long, so that a whole huge page lies in it wherever it begins; then it is cut to be that.
	begin := []string{fmt.Sprintf("mmap a %d", 3*n), "madvise a hugepage"}
	huge := func(t *testing.T, l *memops.Lab) int64 {
		t.Helper()
		got := countOf(l, func(p model.Page) bool { return p.Has(model.Huge) })
		if maybe := countOf(l, func(p model.Page) bool { return p.Has(model.MaybeHuge) }); maybe > 0 {
			t.Errorf("of %d pages nothing is known", maybe)
		}
		return got
	}
	t.Run("a small region has none", func(t *testing.T) {
		l := unscanned(t)
		ok(t, l, "mmap a 4", "touch a", "expect no a huge", "expect count a huge 0")
	})
	t.Run("untouched", func(t *testing.T) {
		l := unscanned(t)
		ok(t, l, append(begin, "expect no a huge")...)
	})
	t.Run("all that can be", func(t *testing.T) {
		l := unscanned(t)
		ok(t, l, append(begin, fmt.Sprintf("touch a[%d]", n+n/2))...)
		needsOneHuge(t, l)
		ok(t, l, fmt.Sprintf("expect count a huge %d", n), fmt.Sprintf("expect all a[%d] huge", n+n/2))
		if got := huge(t, l); got != n {
			t.Errorf("%d pages are huge, want %d", got, n)
		}
		refuted(t, l, "expect no a huge")
		// A part of it with another protection: the huge page is taken apart.
		ok(t, l, fmt.Sprintf("mprotect a[%d] r", n+n/2), "expect no a huge", fmt.Sprintf("expect count a mapped %d", n))
	})
	t.Run("the huge zero page", func(t *testing.T) {
		needsZeroPage(t)
		l := unscanned(t)
		ok(t, l, append(begin, fmt.Sprintf("touch a[%d] read", n+n/2), fmt.Sprintf("expect all a[%d] zero", n+n/2))...)
		if maybe := countOf(l, func(p model.Page) bool { return p.Has(model.MaybeHuge) }); maybe > 0 { // an old kernel
			if got := refuted(t, l, "expect no a huge"); !strings.Contains(got, unknown) {
				t.Error(got)
			}
			return
		}
		ok(t, l, fmt.Sprintf("expect count a huge %d", n))
	})
	t.Run("some of what can be", func(t *testing.T) {
		l := unscanned(t)
		// The first touches come before the advice, so these pages are mapped one by one. A child shares them, which keeps
		// khugepaged from making huge pages of them while they are looked at (max_ptes_shared).
		ok(t, l, fmt.Sprintf("mmap a %d", 5*n), "madvise a nohugepage", fmt.Sprintf("touch a[0..%d]", 3*n), "fork c", "madvise a hugepage", fmt.Sprintf("touch a[%d]", 4*n-1+n/2))
		needsOneHuge(t, l)
		for _, line := range []string{"expect no a huge", "expect count a huge 0", fmt.Sprintf("expect count a huge %d", n), fmt.Sprintf("expect count a huge != %d", n)} {
			if got := refuted(t, l, line); !strings.Contains(got, unknown) {
				t.Errorf("%s: %s", line, got)
			}
		}
		ok(t, l, fmt.Sprintf("expect count a huge <= %d", 5*n), "expect no a[0] swapped")
		r := l.State().Main().Region("a")
		words := strings.Join(r.Pages.At(2*n).Words(r.RegionInfo, false), "; ")
		if !strings.Contains(words, "huge page or not: this kernel does not tell") {
			t.Errorf("the page is said to be %q", words)
		}
	})
	t.Run("hugetlb", func(t *testing.T) {
		hugePool(t, 2)
		l := unscanned(t)
		ok(t, l, fmt.Sprintf("mmap a %dB hugetlb", 2*proc.ReadMeminfo().HugeSize), "expect no a huge", "touch a[0]", "expect all a[0] huge", "expect no a[0] zero")
	})
}

// thp sets when transparent huge pages come: always, madvise or never.
func thp(t *testing.T, when string) {
	t.Helper()
	tuned(t, "/sys/kernel/mm/transparent_hugepage/enabled", func(string) string { return when })
}

// madvised counts the advices that were given beside the commands' own calls.
func madvised(l *memops.Lab) (n int) {
	for _, e := range l.State().Events {
		if e.Aside && e.Call == model.CallMadvise && e.OK() {
			n++
		}
	}
	return n
}

// Nothing is advised that was not asked for: where huge pages come unasked, one touch brings all of one. tidy declines them.
func TestNothingIsAdvisedUnasked(t *testing.T) {
	n := pmdPages(t)
	needsHugeTold(t)
	thp(t, "always")
	l := opened(t, memops.Options{})
	ok(t, l, fmt.Sprintf("mmap a %d", 3*n), fmt.Sprintf("touch a[%d]", n+n/2))
	needsOneHuge(t, l)
	ok(t, l, fmt.Sprintf("expect count a huge %d", n), fmt.Sprintf("expect count a resident %d", n), "malloc b 8M", "brk +4M", "mmap f 64 memfd shared")
	if got := madvised(l); got != 0 {
		t.Errorf("%d advices were given that nobody asked for", got)
	}
	ok(t, l, fmt.Sprintf("mmap c %d tidy", 3*n), "touch c", "expect no c huge", fmt.Sprintf("expect minor %d", 3*n), "mmap m 64 memfd tidy")
	if got := madvised(l); got != 2 {
		t.Errorf("%d advices were given, and tidy was said twice", got)
	}
	// A huge page is more than was named: the budget counts it.
	small := opened(t, memops.Options{Memory: 8 << 20})
	ok(t, small, fmt.Sprintf("mmap a %d", 64*n))
	if e := do(t, small, fmt.Sprintf("touch a every %d", n)); !strings.Contains(e.Refused, "more memory than incore lets a session take") {
		t.Errorf("64 huge pages: %s %s", e.Strace(), e.Refused)
	}
	ok(t, small, fmt.Sprintf("mmap b %d tidy", 64*n), fmt.Sprintf("touch b every %d", n))
}
