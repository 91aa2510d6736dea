//go:build linux && (amd64 || arm64)

package memops

import (
	"strings"
	"testing"

	"incore/memops/proc"
	"incore/model"
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

// Memory that several have, or one has twice, is counted once.
func TestBudgetCountsOnce(t *testing.T) {
	for name, lines := range map[string][]string{
		"an alias":        {"mmap a 20M shared memfd", "touch a", "mmap b 20M shared alias a", "touch b", "mmap d 20M shared alias a", "touch d"},
		"a child":         {"mmap a 20M shared memfd", "touch a", "fork c", "in c touch a", "fork d", "in d touch a"},
		"a child's piece": {"mmap a 20M shared", "touch a", "fork c", "in c munmap a[1..]", "munmap a[0]", "fork d", "in d touch a[1..]"},
		"what is there":   {"mmap a 40M shared", "touch a", "madvise a dontneed", "touch a", "madvise a dontneed", "memset a 1"},
		"a segment twice": {"shmget a 20M", "touch a", "mmap b 20M shared alias a", "touch b", "fork c", "in c touch a", "in c touch b"},
		"never touched":   {"mmap a 8G shared noreserve", "munmap a[1..]", "mmap b 8G shared noreserve", "fork c", "in c munmap b[1..1000]", "munmap b", "mmap d 8G shared memfd"},
	} {
		t.Run(name, func(t *testing.T) {
			l := allowed(t)
			ok(t, l, lines...)
			l.account = account{}
			ok(t, l, "mmap z 20M populate")
		})
	}
}

// What another process wrote and left behind before anyone looked counts as held; what is
// not mapped any more by who lives is as it was.
func TestSharedAnonIsLost(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 64 shared", "fork c", "munmap a[1..]", "in c touch a[8..15]")
	if n := l.held() / pageBytes; n != 8 {
		t.Errorf("8 pages are written: %d are held", n)
	}
	ok(t, l, "in c munmap a[32..]")
	if n := l.held() / pageBytes; n != 8 {
		t.Errorf("the child gave up pages that nobody wrote to: %d are held", n)
	}
	do(t, l, "in c touch a[20]")
	do(t, l, "in c exit")
	if n := l.held() / pageBytes; n != 31 {
		t.Errorf("31 pages went with the child: %d are held", n)
	}
	ok(t, l, "munmap a")
	if n := l.held(); n != 0 {
		t.Errorf("nothing is mapped any more, and %d bytes are held", n)
	}
}

// Swapped out, it is held too.
func TestSharedAnonInSwap(t *testing.T) {
	a := &sharedAnon{}
	core := model.Runs[model.Residency]{}.Add(2, model.Absent).Add(3, model.Resident).Add(5, model.Absent)
	a.see(core, proc.SharedAnon{Offset: uint64(4 * pageBytes), Swap: 4 * pageBytes}, nil, pageBytes)
	want := model.Runs[bool]{}.Add(4, false).Add(7, true).Add(3, false)
	if !a.held.Equal(want) {
		t.Errorf("held are %v, want %v", a.held, want)
	}
}
