//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// Page tables are memory like any other: what would take too many of them is refused, and says so.
func TestBudgetOfTables(t *testing.T) {
	reach := int64(kernel.Reaches(pageBytes)[0])
	pages := reach / pageBytes
	sized := func(tables int64) string { return model.FormatBytes(tables * reach) }
	fits, over := (24<<20)/pageBytes, (80<<20)/pageBytes // tables, of 64M
	for name, c := range map[string]struct {
		first   []string
		refused string
		words   string
	}{
		"a read of every table": {[]string{"mmap a " + sized(int64(over)) + " noreserve"}, fmt.Sprintf("touch a read every %d", pages), "of page tables"},
		"guard pages":           {[]string{"mmap a " + sized(int64(over)) + " noreserve"}, "madvise a guard_install", "madvise of up to 80.2M of page tables (4K for each 2M of addresses that it reaches)"},
		"many of them": {[]string{"mmap a " + sized(int64(fits)) + " noreserve", "madvise a guard_install", "mmap b " + sized(int64(fits)) + " noreserve", "madvise b guard_install",
			"mmap c " + sized(int64(fits)) + " noreserve"}, "madvise c guard_install", "and it has 4"},
		"forks": {[]string{"mmap a " + sized(int64(fits)) + " noreserve", "touch a[0]", "madvise a guard_install", "fork c"}, "in c fork d", "fork of up to 24.1M of page tables and "},
	} {
		t.Run(name, func(t *testing.T) {
			l := allowed(t)
			if pageBytes != 4096 {
				t.Skip("the sizes are those of pages of 4K")
			}
			if !kernel.Probe().Advices["guard_install"] {
				t.Skip("this kernel has no guard pages")
			}
			ok(t, l, c.first...)
			refusedForMemory(t, l, c.refused, c.words)
			ok(t, l, "reset", "mmap a 32M", "touch a")
		})
	}
}

// Of every nth page one nth is taken, and not one nth of that. Those that are not there yet can be
// just those that are touched.
func TestBudgetOfEveryNth(t *testing.T) {
	l := allowed(t)
	ok(t, l, "mmap a 256M noreserve")
	refusedForMemory(t, l, "touch a every 2", "touch of up to 128M and ")
	refusedForMemory(t, l, "touch a every 3")
	ok(t, l, "touch a every 8") // 32M
	ok(t, l, "touch a every 8", "touch a every 16")
	refusedForMemory(t, l, "touch a[1..] every 4") // 64M others
	if kernel.Probe().ZeroPage {
		ok(t, l, "touch a read every 2", "touch a[1..] read every 2")
	}
}

// One access of memory that is to get huge pages brings all of one.
func TestBudgetOfHugePages(t *testing.T) {
	if kernel.HugePage() == 0 || !strings.Contains(string(proc.ReadText("/sys/kernel/mm/transparent_hugepage/enabled")), "madvise]") {
		t.Skip("huge pages do not come by an advice here")
	}
	l := allowed(t)
	ok(t, l, "mmap a 256M noreserve", "madvise a hugepage")
	for i := range 24 {
		ok(t, l, fmt.Sprintf("touch a[%d]", 512*i+700))
	}
	if e := do(t, l, fmt.Sprintf("touch a[%d..] every 512", 512*24)); e.Refused == "" {
		t.Errorf("%s: 48M are taken of 64M, and more are let through", e.Strace())
	}
	for i := range 24 {
		if e := do(t, l, fmt.Sprintf("touch a[%d]", 512*(i+30)+700)); e.Refused != "" {
			return
		}
	}
	t.Error("96M in huge pages were let through")
}

// The kernel's own memory for VMAs counts, and a fork takes as much again.
func TestBudgetOfVMAs(t *testing.T) {
	l := opened(t, memops.Options{Memory: 16 << 20})
	const pieces = 12_000
	ok(t, l, fmt.Sprintf("mmap a %d", pieces))
	for i := range pieces / 2 {
		ok(t, l, fmt.Sprintf("mprotect a[%d] none", 2*i))
	}
	if n, _ := mapCount(t, l.State().Main().PID); n < pieces {
		t.Fatalf("%d VMAs", n)
	}
	ok(t, l, "fork c")
	if e := do(t, l, "fork d"); !strings.Contains(e.Refused, "M of VMAs is "+memops.ErrBudget.Error()) || !strings.Contains(e.Refused, "Unmap something first") {
		t.Errorf("a third process with %d VMAs: %q", pieces, e.Refused)
	}
	ok(t, l, "in c exit 0", "munmap a", "fork d")
}
