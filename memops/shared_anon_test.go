//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"

	"incore/memops/proc"
	"incore/model"
)

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
