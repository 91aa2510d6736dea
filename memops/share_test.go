//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"incore/memops"
	"incore/model"
)

// What several processes map is divided among them: RSS counts it in each, and Pss comes to what there
// is. A process alone is not asked.
func TestPss(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 64", "touch a", "expect rss >= 64")
	if s := l.State().Main().Stat; s.Pss != 0 {
		t.Errorf("alone: %+v", s)
	}
	ok(t, l, "fork x", "fork y", "fork z")
	look := func(proc string) model.ProcStat {
		ok(t, l, "in "+proc+" expect rss >= 64")
		return l.State().Process(proc).Stat
	}
	if s := look("x"); s.Pss == 0 {
		t.Skip("this kernel's smaps_rollup does not tell Pss_Shmem (Linux 5.3)")
	}
	pages := int64(64) * pageBytes
	for _, proc := range []string{"main", "x", "y", "z"} {
		if s := look(proc); s.Pss < pages/4 || s.Pss > s.RSS-pages/2 {
			t.Errorf("%s: Pss %d of RSS %d, and a quarter of 64 pages is %d", proc, s.Pss, s.RSS, pages/4)
		}
	}
	ok(t, l, "in y touch a")
	if own, other := look("y"), look("x"); own.Pss < pages || other.Pss < pages/3 || other.Pss >= pages {
		t.Errorf("after y wrote to all: its Pss is %d, that of x %d", own.Pss, other.Pss)
	}
}
