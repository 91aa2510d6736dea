//go:build linux && (amd64 || arm64)

package memops_test

import (
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// frameOf is the frame number behind a page of a process, 0 without CAP_SYS_ADMIN.
func frameOf(t *testing.T, l *memops.Lab, process, region string, page uint64) uint64 {
	t.Helper()
	entry, err := memops.SamplerOf(l, process).Files().Entry(l.State().Process(process).Region(region).Base/uint64(pageBytes) + page)
	if err != nil || entry&proc.EntryPresent == 0 {
		return 0
	}
	return entry & proc.EntryFrame
}

// What is said to be copied is what has another frame afterwards: a page that two processes have is
// copied by the first that writes it, and the last one that has it keeps its frame.
func TestCopiesAreTold(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8", "touch a", "fork child")
	copied := func(line, process string, page uint64, want int64) {
		t.Helper()
		before := frameOf(t, l, process, "a", page)
		e := do(t, l, line)
		after := frameOf(t, l, process, "a", page)
		if e.Copied != want {
			t.Errorf("%s copied %d pages, want %d: %s", line, e.Copied, want, e.Costs())
		}
		if moved := before != after; before != 0 && moved != (want > 0) {
			t.Errorf("%s copied %d pages, and the frame was %#x and is %#x", line, e.Copied, before, after)
		}
		if has := strings.Contains(e.Costs(), "copied 1 page,") || strings.HasSuffix(e.Costs(), "copied 1 page"); has != (want == 1) {
			t.Errorf("%s: %s", line, e.Costs())
		}
	}
	copied("in child touch a[0]", "child", 0, 1)
	copied("in child touch a[0]", "child", 0, 0)
	copied("in child touch a[1] read", "child", 1, 0)
	copied("touch a[1]", "main", 1, 1)
	copied("in child memset a[2..4] 7", "child", 3, 3)
	copied("memcpy a[5] a[6]", "main", 5, 1)
	copied("touch a[6..7] every 2", "main", 6, 1)
	// The parent's write after the child's: the page is the parent's alone. That it was copied all the same, since
	// somebody held a reference for a moment, is told by the frame alone.
	before := frameOf(t, l, model.Main, "a", 0)
	e := do(t, l, "touch a[0]")
	if after := frameOf(t, l, model.Main, "a", 0); e.Minor != 1 || before != 0 && (before != after) != (e.Copied == 1) || before == 0 && e.Copied != 0 {
		t.Errorf("touch a[0] of who has it alone copied %d pages, frame %#x, then %#x: %s", e.Copied, before, after, e.Costs())
	}
	copied("touch a[0]", "main", 0, 0)
}

// A first write, one to the zero page and one to shared memory copy nothing; a private page of a file is the page cache's
// until it is written.
func TestWhatIsNoCopy(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "touch a[0..1] read", "mmap s 4 memfd shared", "touch s", "mmap f 4 memfd", "touch f[0] read", "fork child")
	own := int64(0)
	if !kernel.Probe().ZeroPage {
		own = 2 // the two that were read got pages of their own, which fork has shared
	}
	for _, tt := range []struct {
		line string
		want int64
	}{
		{"touch a", own}, {"in child touch a[0]", 0}, {"touch s", 0}, {"in child touch s", 0},
		{"touch f[0]", 1}, {"touch f[0]", 0}, {"in child touch f[1..2]", 2}, {"mlock f[3]", 1}, {"in child mlock a", 0},
	} {
		e := do(t, l, tt.line)
		if !e.OK() {
			t.Errorf("%s: %s %s", tt.line, e.Errno, e.Refused)
		}
		if e.Copied != tt.want {
			t.Errorf("%s copied %d pages, want %d: %s", tt.line, e.Copied, tt.want, e.Costs())
		}
	}
	// A lock faults in as a write does, and so does MADV_POPULATE_WRITE.
	ok(t, l, "touch a", "fork other")
	if e := do(t, l, "in other mlock a"); e.OK() && e.Copied != 4 {
		t.Errorf("in other mlock a copied %d pages: %s", e.Copied, e.Costs())
	}
	ok(t, l, "fork third")
	if e := do(t, l, "madvise a[1..2] populate_write"); e.OK() && e.Copied != 2 {
		t.Errorf("madvise a[1..2] populate_write copied %d pages: %s", e.Copied, e.Costs())
	}
}

// A touch at random and one at a pace, in many goes, come to the same as one in a row; and to the same without PAGEMAP_SCAN.
func TestCopiesOfManySteps(t *testing.T) {
	for _, line := range []string{"touch a", "touch a random", "touch a at 10000/s", "touch a every 2"} {
		l := opened(t, memops.Options{Sampling: true})
		ok(t, l, "mmap a 64", "touch a[0..31]", "mmap z 4", "touch z read", "fork child")
		want := int64(32)
		if strings.Contains(line, "every") {
			want = 16
		}
		if e := do(t, l, "in child "+line); e.Copied != want {
			t.Errorf("%s copied %d pages, want %d: %s", line, e.Copied, want, e.Costs())
		}
	}
}
