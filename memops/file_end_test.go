//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// An access behind the end of the file is SIGBUS: what is kept of the file's length says so
// before it is tried (mmap(2)).
func TestPastTheEndOfTheFile(t *testing.T) {
	l := opened(t, Options{})
	ps := l.pageSize
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, make([]byte, ps+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		lines []string
		in    int64 // pages that the file has
	}{
		{"s", []string{"mmap m 4 scratch shared", "mmap s 8 shared alias m"}, 4},
		{"d", []string{"mmap o 4 memfd", "mmap d 8 alias o"}, 4},
		{"u", []string{"mmap u 8 r file " + path}, 2},
		{"e", []string{"mmap e 8 memfd shared"}, 8},
		{"g", []string{"mmap g 4 shared", "mremap g 8"}, 4},
		{"h", []string{"shmget h 3", "mremap h 8"}, 3},
		{"p", []string{"mmap p 4", "mremap p 8"}, 8},
	} {
		ok(t, l, tt.lines...)
		r := mainOf(l).here().Region(tt.name)
		if r == nil {
			t.Fatalf("%s is not mapped", tt.name)
		}
		for page := range r.Pages.Len() {
			want := page >= tt.in
			if got := r.PastEnd(page, ps); got != want {
				t.Errorf("%s[%d] past the end: %v, want %v", tt.name, page, got, want)
			}
			do(t, l, fmt.Sprintf("touch %s[%d] read", tt.name, page))
			if last := l.State().Last; (last.Signal != nil && last.Signal.Name == "SIGBUS") != want {
				t.Errorf("%s[%d]: %v, want SIGBUS: %v", tt.name, page, last.Signal, want)
			}
		}
	}
	ok(t, l, "fork kid")
	if r := l.State().Process("kid").Region("s"); !r.Sized || r.FileLen != uint64(4*ps) {
		t.Errorf("in the child: %+v", r.RegionInfo)
	}
}
