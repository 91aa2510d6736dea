//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
)

// coldFile has a scratch file behind a region on the disk alone.
func coldFile(t *testing.T, l *memops.Lab, region string) {
	t.Helper()
	ok(t, l, "msync "+region+" sync", "madvise "+region+" dontneed", "posix_fadvise "+region+" dontneed", "expect all "+region+" absent unmapped")
}

// seenOf counts pages of a region, as a sample finds them.
func seenOf(l *memops.Lab, region string, is func(model.Page) bool) int64 {
	sampled(l)
	r := l.State().Main().Region(region)
	return r.Pages.Count(model.Range{Hi: r.Pages.Len()}, is)
}

func isMapped(p model.Page) bool   { return p.Has(model.Mapped) }
func isResident(p model.Page) bool { return p.Residency == model.Resident }

// What comes beside the page that was asked for is what a look at all pages finds: read ahead, and
// mapped around.
func TestUnaskedOfAFile(t *testing.T) {
	l := opened(t, memops.Options{})
	needsScratch(t, l)
	ok(t, l, "mmap f 256 scratch shared", "touch f")
	coldFile(t, l, "f")
	e := do(t, l, "touch f[100] read")
	want := model.Unasked{ReadAhead: seenOf(l, "f", isResident) - 1, Mapped: seenOf(l, "f", isMapped) - 1}
	if e.Unasked != want {
		t.Errorf("touch f[100] read: %+v, want %+v", e.Unasked, want)
	}
	if want.ReadAhead > 1 && !strings.Contains(e.Costs(), fmt.Sprintf("unasked: %d pages read ahead", want.ReadAhead)) {
		t.Error(e.Costs())
	}
	// Of what the page cache has, the neighbors are mapped.
	ok(t, l, "madvise f[128..255] dontneed", "touch f[128..255]", "madvise f dontneed", "expect all f unmapped")
	e = do(t, l, "touch f[200..201] read")
	if want := (model.Unasked{Mapped: seenOf(l, "f", isMapped) - 2}); e.Unasked != want {
		t.Errorf("touch f[200..201] read: %+v, want %+v", e.Unasked, want)
	}
	if e := do(t, l, "touch f[200..201] read"); e.Unasked != (model.Unasked{}) {
		t.Errorf("without a fault: %+v", e.Unasked)
	}
	// What lies between the pages of a touch of every 64th is not asked for.
	ok(t, l, "madvise f dontneed")
	e = do(t, l, "touch f every 64 read")
	if want := (seenOf(l, "f", isMapped) - 4); e.Unasked.Mapped != want {
		t.Errorf("touch f every 64 read: %+v, want %d mapped", e.Unasked, want)
	}
	// All of it is asked for, and so nothing is told.
	coldFile(t, l, "f")
	if e := do(t, l, "memset f 1"); e.Unasked != (model.Unasked{}) {
		t.Errorf("memset f 1: %+v", e.Unasked)
	}
	coldFile(t, l, "f")
	ok(t, l, "madvise f random")
	if e := do(t, l, "touch f[100] read"); e.Unasked != (model.Unasked{}) || e.Major != 1 {
		t.Errorf("MADV_RANDOM, touch f[100] read: %+v, %d major", e.Unasked, e.Major)
	}
}

// A call that brings pages in is told of like an access, and so are the two ranges of a copy.
func TestUnaskedOfACall(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap m 64 memfd shared", "touch m")
	lines := []string{"mlock m[20]", "memcpy m[20] m[40]", "memcmp m[40] m[41]"}
	if kernel.Probe().Advices["populate_read"] {
		lines = append(lines, "madvise m[20] populate_read")
	}
	needsLock(t, l, pageBytes)
	for _, line := range lines {
		ok(t, l, "munlock m", "madvise m dontneed", "expect all m unmapped")
		e := do(t, l, line)
		asked := int64(1)
		if strings.HasPrefix(line, "mem") {
			asked = 2
		}
		if want := (model.Unasked{Mapped: seenOf(l, "m", isMapped) - asked}); e.Unasked != want {
			t.Errorf("%s: %+v, want %+v", line, e.Unasked, want)
		}
	}
	ok(t, l, "madvise m dontneed")
	if e := do(t, l, "touch m[20] read at 1000/s"); e.Unasked != (model.Unasked{}) {
		t.Errorf("at a pace nothing is known: %+v", e.Unasked)
	}
}

// Of a huge page one page is asked for, and all the others come.
func TestUnaskedHuge(t *testing.T) {
	needsHugeTold(t)
	n := pmdPages(t)
	l := opened(t, memops.Options{})
	ok(t, l, fmt.Sprintf("mmap a %d", 3*n), "madvise a hugepage")
	e := do(t, l, fmt.Sprintf("touch a[%d]", n+n/2))
	needsOneHuge(t, l)
	if want := (model.Unasked{Huge: n - 1}); e.Unasked != want {
		t.Errorf("%+v, want %+v", e.Unasked, want)
	}
	ok(t, l, "mmap b 64")
	if e := do(t, l, "touch b[10..20]"); e.Unasked != (model.Unasked{}) {
		t.Errorf("small pages: %+v", e.Unasked)
	}
}
