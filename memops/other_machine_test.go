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
