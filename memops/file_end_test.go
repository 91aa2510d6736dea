//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"incore/memops"
)

// An access behind the end of the file is SIGBUS: what is kept of the file's length says so
// before it is tried (mmap(2)).
func TestPastTheEndOfTheFile(t *testing.T) {
	l := opened(t, memops.Options{})
	ps := pageBytes
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
		r := l.State().Main().Region(tt.name)
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

// What a truncate takes away is gone for all who map the file, copies of private mappings too, and
// an access there is SIGBUS; what it gives is zero and not in memory.
func TestTruncate(t *testing.T) {
	for name, lines := range map[string][]string{
		"shorter, for all that map it": {
			"mmap m 8 memfd shared", "mmap p 8 private alias m", "fork kid", "touch m", "touch p", "in kid touch m read", "truncate m 3", "expect ok",
			"expect count m resident 3", "expect count p resident 3", "in kid expect count m resident 3",
			"in kid touch m[3] read", "expect signal SIGBUS BUS_ADRERR in m[3]", "touch p[2..5]", "expect signal SIGBUS BUS_ADRERR in p[3]",
		},
		"by a child": {
			"mmap m 8 memfd shared", "touch m", "fork kid", "in kid truncate m 2", "touch m[2]", "expect signal SIGBUS", "touch m[1]", "expect ok",
		},
		"within a page": {
			"mmap m 2 memfd shared", "memset m 7", "truncate m 100B", "expect all m[0] resident", "touch m[1]", "expect signal SIGBUS", "truncate m 2",
			"mmap z 2", "touch z read", "memcmp m[1] z[1]", "expect return 0", "memcmp m+100,1000 z+100,1000", "expect return 0",
			"memset z 7", "memcmp m+0,100 z+0,100", "expect return 0", "memcmp m+100,1 z+100,1", "expect return != 0",
		},
		"longer": {
			"mmap m 2 scratch shared tidy", "mremap m 8", "touch m[2]", "expect signal SIGBUS", "truncate m 8", "touch m[2]", "expect ok", "expect all m[3..] absent",
		},
		"locked pages go too": {"mmap m 4 memfd shared", "mlock m", "expect vmlck 4", "truncate m 1", "expect no m[1..] resident", "expect ok", "munlock m", "expect ok"},
		"what cannot be": {
			"mmap m 1 memfd", "truncate m 8388608T", "expect errno EINVAL", "touch m", "expect ok",
		},
	} {
		t.Run(name, script(name, lines...))
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap m 4 memfd shared", "mmap o 4 alias m", "fork kid", "truncate o 100B")
	for _, proc := range []string{"main", "kid"} {
		for _, region := range []string{"m", "o"} {
			if r := l.State().Process(proc).Region(region); r == nil || r.FileLen != 100 {
				t.Errorf("%s of %s: %+v", region, proc, r)
			}
		}
	}
	for line, want := range map[string]string{
		"mmap a 1; truncate a 0": "no file lies behind it", "truncate nothing 1": "no such region", "mmap s 1 scratch; truncate s 1048576T": "file system",
		"mmap f 1 r file /etc/passwd; truncate f 0": "of the user's",
	} {
		last := ""
		for cmd := range strings.SplitSeq(line, "; ") {
			last = do(t, l, cmd).Refused
		}
		if !strings.Contains(last, want) {
			t.Errorf("%s: refused %q, want %q", line, last, want)
		}
	}
}
