//go:build linux && (amd64 || arm64)

package memops_test

import (
	"strings"
	"testing"
)

// What shared memory holds stays where nobody has it in a page table any more, and it counts:
// of 64M there is room for three times 20M.
func TestBudgetOfDroppedPages(t *testing.T) {
	fill := func(by string) []string {
		return []string{"mmap @ 20M shared" + by, "touch @"}
	}
	for name, c := range map[string]struct {
		begin, round []string // @ is the name of a region
		refused      string
		free         []string
	}{
		"memfd":     {nil, append(fill(" memfd"), "madvise @ dontneed"), "mmap z 20M shared memfd populate", []string{"madvise a remove"}},
		"anonymous": {nil, append(fill(""), "madvise @ dontneed"), "mmap z 20M shared populate", []string{"madvise a remove"}},
		"a piece of a memfd": {nil, append(fill(" memfd"), "munmap @[1..]"), "mmap z 20M shared memfd populate",
			[]string{"munmap a"}},
		"a piece of anonymous memory": {nil, append(fill(""), "munmap @[1..]"), "mmap z 20M populate", []string{"munmap a"}},
		"mapped over": {nil, append(fill(""), "mmap @2 4 none at @[0..3]", "mmap @3 19M none at @[4]", "munmap @3"), "mmap z 20M populate",
			[]string{"munmap a"}},
		"made shorter": {nil, append(fill(""), "mremap @ 1"), "mmap z 20M populate", []string{"munmap a"}},
		"a segment":    {nil, []string{"shmget @ 20M", "touch @", "munmap @"}, "mmap z 20M populate", []string{"shmctl a rmid"}},
		"a removed segment": {nil, []string{"shmget @ 20M", "touch @", "shmctl @ rmid", "madvise @ dontneed"}, "mmap z 20M populate",
			[]string{"munmap a"}},
		"what a child leaves": {nil, []string{"mmap @ 20M shared", "fork child", "munmap @[1..]", "in child touch @", "in child exit"}, "mmap z 20M populate",
			[]string{"munmap a"}},
		"what a child has": {[]string{"fork child"}, []string{"in child mmap @ 20M shared memfd", "in child touch @", "in child madvise @ dontneed"}, "mmap z 20M populate",
			[]string{"in child exec"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := allowed(t)
			ok(t, l, c.begin...)
			for _, region := range []string{"a", "b", "c"} {
				for _, line := range c.round {
					do(t, l, strings.ReplaceAll(line, "@", region))
				}
			}
			refusedForMemory(t, l, c.refused, "and it has 6")
			ok(t, l, c.free...)
			ok(t, l, "mmap y 18M populate")
		})
	}
}
