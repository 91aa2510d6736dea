//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"incore/model"
	"incore/model/lang"
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

// Where the kernel counts VmRSS late, no expect of its change holds, not even one of no change.
func TestLateChangeIsNotTold(t *testing.T) {
	l := opened(t, Options{})
	l.rssLags = true
	const want = " changed VmRSS is not known: this kernel counts it late, some faults at a time"
	for _, line := range []string{"mmap a 64", "touch a[0..7]", "touch a[8..15] at 10000/s", "calloc b 1 100B", "munmap a", "fork kid"} {
		ok(t, l, line)
		for _, expect := range []string{"expect rss +0", "expect rss != +1000", "expect rss >= -1000"} {
			asked, err := lang.Parse(expect)
			if err != nil {
				t.Fatal(err)
			}
			checked := slices.ContainsFunc(run(l, asked), func(item model.Item) bool {
				c, is := item.(model.Checked)
				return is && !c.OK && strings.HasSuffix(c.Got, want)
			})
			if !checked {
				t.Errorf("%s: %s holds, or the reason is not said", line, expect)
			}
		}
		ok(t, l, "expect vmlck +0")
	}
}
