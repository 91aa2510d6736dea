//go:build linux && (amd64 || arm64)

package memops

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/strace"
	"incore/model"
)

// Before Linux 6.12 a MAP_FIXED that fails may have unmapped what lay there. Unmapping it
// behind incore's back leaves the same.
func TestTorn(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 8", "mmap b 8")
	a := mainOf(l).here().Region("a").Span()
	page := uint64(pageBytes)
	for _, pages := range [][2]uint64{{2, 3}, {0, 8}} {
		part := model.Span{Addr: a.Addr + pages[0]*page, Len: (pages[1] - pages[0]) * page}
		if gone := mainOf(l).torn(part); len(gone) != 0 {
			t.Errorf("before, %v are gone", gone)
		}
		if _, err := mainOf(l).syscall("munmap", unix.SYS_MUNMAP, strace.Addr(part.Addr), strace.Len(part.Len)); err != nil {
			t.Fatal(err)
		}
		want := []string(nil)
		if pages[1] == 8 {
			want = []string{"a"}
		}
		if gone := mainOf(l).torn(part); !slices.Equal(gone, want) {
			t.Errorf("after pages %v are unmapped, %v are gone, want %v", pages, gone, want)
		}
		if !mainOf(l).holes.At("a", int64(pages[0])) || mainOf(l).holes.At("b", 2) {
			t.Errorf("the hole at page %d is not noted, or one of b is", pages[0])
		}
	}
}
