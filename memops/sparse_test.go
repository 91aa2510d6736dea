//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
)

// long is a session without PAGEMAP_SCAN with a mapping of 64T, a.
func long(t *testing.T) *memops.Lab {
	t.Helper()
	l := unscanned(t)
	if e := do(t, l, "mmap a 64T noreserve"); e.Errno != "" {
		t.Skipf("mmap of 64T: %s", e.Strace())
	}
	return l
}

// readFor is how many entries of pagemap a look at all pages takes.
func readFor(l *memops.Lab) int64 {
	before := memops.SamplerOf(l, model.Main).Files().Entries
	sampled(l)
	return memops.SamplerOf(l, model.Main).Files().Entries - before
}

// Without PAGEMAP_SCAN what a look costs goes with what is in a mapping, and not with its length.
func TestLongIsReadWhereSomethingIs(t *testing.T) {
	last := int64(64<<40)/pageBytes - 1
	at := func(page int64) string { return fmt.Sprintf("a[%d]", page) }
	for _, tt := range []struct {
		name, lines string
		resident    int64
	}{
		{"untouched", "", 0},
		{"touched", "touch a[0]; touch " + at(last/5) + "; touch " + at(last), 3},
		{"read", "touch a[7] read; expect all a[7] mapped", 1},
		{"every", fmt.Sprintf("touch a[0..%d] every %d", last/2, last/20), 11},
		{"given back", "touch " + at(last/3) + "; touch a[1]; madvise a[1] dontneed", 1},
		{"in a fork", "touch " + at(last/3) + "; fork c; in c touch a[5]; in c expect count a resident 2", 1},
		{"unmapped", "mmap b 64M; touch b; touch a[3]; munmap b", 1},
		{"protected", "touch a[3]; mprotect " + at(last/2) + " r; touch " + at(last/2+1), 2},
		{"in a smaller one", "mmap b 64M; touch b; madvise b dontneed; touch a[3]", 1},
		{"filled", fmt.Sprintf("memset a[%d..%d] 7", last/7, last/7+9), 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := long(t)
			if tt.lines != "" {
				ok(t, l, strings.Split(tt.lines, "; ")...)
			}
			if n := readFor(l); n > 1<<20 {
				t.Errorf("a look reads %d entries of pagemap", n)
			}
			ok(t, l, fmt.Sprintf("expect count a resident %d", tt.resident), fmt.Sprintf("expect count a absent %d", last+1-tt.resident),
				"expect no a swapped")
		})
	}
}

// What was not read is not claimed to be anything, and up to a length all is read. Here a page is touched of which
// nothing is noted.
func TestLongIsNotClaimedToBeEmpty(t *testing.T) {
	l := long(t)
	memops.SamplerOf(l, model.Main).ForgoPlaces()
	ok(t, l, "touch a[1000000]")
	for _, line := range []string{"expect all a absent", "expect no a resident", "expect all a unmapped", "expect no a huge", "expect count a resident 1"} {
		refuted(t, l, line)
	}
	ok(t, l, "munmap a", "mmap b 16G noreserve", "touch b[1000000]", "expect count b resident 1", "expect all b[1000000] resident")
}

// Tables that were emptied are no sign that something lies elsewhere; a table that nothing explains is.
func TestTablesAreCounted(t *testing.T) {
	l := long(t)
	s := memops.SamplerOf(l, model.Main)
	empty := func() bool {
		t.Helper()
		sampled(l)
		return s.EmptyElsewhere()
	}
	if !empty() {
		t.Error("something is elsewhere before anything was touched")
	}
	ok(t, l, "touch a[5]", "touch a[1000000]", "madvise a[1000000] dontneed")
	if !empty() {
		t.Error("a table that was emptied counts as something elsewhere")
	}
	s.ForgoPlaces()
	ok(t, l, "touch a[3000000]")
	if empty() {
		t.Error("a page that nothing is noted of does not count")
	}
}

// On a screen a long mapping is swept at once, and what commands do to it is seen.
func TestLongOnScreen(t *testing.T) {
	s := onScreen(t)
	memops.SamplerOf(s.lab, model.Main).ForgoScan()
	s.submit("mmap a 64T noreserve")
	s.until("the mapping", s.idle(1))
	if !s.state.Last.OK() {
		t.Skipf("mmap of 64T: %s", s.state.Last.Strace())
	}
	s.submit("touch a[1000000000]")
	s.until("all of it", func() bool {
		r := s.state.Main().Region("a")
		all := model.Range{Hi: r.Pages.Len()}
		return r.Pages.At(1000000000).Residency == model.Resident &&
			r.Pages.Count(all, func(p model.Page) bool { return p.Residency == model.Absent }) == all.Hi-1
	})
}
