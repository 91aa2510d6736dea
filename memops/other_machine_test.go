//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"testing"
)

// Where the kernel counts VmRSS late, an expect of it sums up what is mapped: each page counts at once.
func TestLateCountersAreNotAsked(t *testing.T) {
	l := opened(t, Options{})
	l.rssLags = true
	ok(t, l, "mmap a 64", "expect rss > 0")
	before := mainOf(l).here().Stat.RSS
	for n := range int64(7) {
		ok(t, l, fmt.Sprintf("touch a[%d]", n), fmt.Sprintf("expect rss %dB", before+(n+1)*pageBytes), "expect swap 0")
	}
	ok(t, l, "mmap s 8 shared", "touch s", fmt.Sprintf("expect rss %dB", before+15*pageBytes), "munmap s", "munmap a", "expect alive")
}

// Where the system gives huge pages unasked, they are declined before malloc itself touches
// what it got, and the heap stays one VMA.
func TestMallocSmallPages(t *testing.T) {
	l := opened(t, Options{})
	l.features.HugeAlways = true
	ok(t, l, "malloc a 8M", "expect minor 2", "expect no a huge", "mallopt mmap_threshold 1G", "malloc b 8M", "expect minor 1",
		"expect count b resident 2", "touch b", "expect no b huge", "expect vmas heap 1", "brk +4M", "touch heap", "expect no heap huge",
		"expect vmas heap 1")
	declined := 0
	for _, e := range l.State().Events {
		if e.Aside && e.Call == "madvise" && e.OK() {
			declined++
		}
	}
	if declined != 4 { // of what brk brought for the tcache too
		t.Errorf("huge pages were declined %d times", declined)
	}
}
