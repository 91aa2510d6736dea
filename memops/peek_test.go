//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
)

// cursorOn is what a sample tells of a page that the screen's cursor comes to. Each call is a new look.
func cursorOn(t testing.TB, l *memops.Lab, name, region string, page int64) model.Frame {
	t.Helper()
	l.Look(model.View{Proc: name, Region: region, Pages: model.Range{Hi: page + 1}, Cursor: page})
	s := l.Refresh(t.Context(), name)
	if s.Frame == nil || s.Frame.Region != region || s.Frame.Page != page {
		t.Fatalf("the frame of %s[%d] in %s: %+v", region, page, name, s.Frame)
	}
	return *s.Frame
}

// referenced are the lines of smaps that looking may change: it marks a page as accessed.
var referenced = regexp.MustCompile(`Referenced: .*`)

// traces are what looking at a page could leave: the process's faults, its sizes, and all else that samples
// and smaps say of its pages.
func traces(t testing.TB, l *memops.Lab, name string) string {
	t.Helper()
	pid := l.State().Process(name).PID
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	smaps, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		t.Fatal(err)
	}
	l.Look(model.View{})
	s := withSharing(t, l, name)
	minor, major := proc.ParseFaults(stat)
	return fmt.Sprintf("faults %d %d, %+v, pages %+v\n%s", minor, major, s.Stat, s.Regions, referenced.ReplaceAll(smaps, nil))
}

// look looks at a page twice, and fails where that left a trace.
func look(t testing.TB, l *memops.Lab, name, region string, page int64) model.Frame {
	t.Helper()
	traces(t, l, name) // the observer's first answers take pages of its own
	was := traces(t, l, name)
	f := cursorOn(t, l, name, region, page)
	cursorOn(t, l, name, region, page)
	if diff := cmp.Diff(was, traces(t, l, name)); diff != "" {
		t.Errorf("looking at %s[%d] in %s changed (-was +is):\n%s", region, page, name, diff)
	}
	return f
}

func TestBytesUnderCursor(t *testing.T) {
	path, content := userFileOf(t, 4)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 16", "memset a[0] 0x41", "touch a[1] read", "memset a[3] 0x42", "mprotect a[3..4] none", "munmap a[7]",
		"memset a[8] 0x43", "mprotect a[8] r", "memset a[9] 0x44", "mlock a[9]",
		"mmap f 4 private r file '"+path+"'", "touch f[2] read", "mmap g 4 private r alias f", "mmap m 4 shared memfd", "memset m[1] 0x45")
	absent := "not mapped: looking would fault it in"
	for _, tt := range []struct {
		region string
		page   int64
		bytes  string
		why    string
	}{
		{"a", 0, strings.Repeat("A", 16), ""},
		{"a", 1, strings.Repeat("\x00", 16), ""},
		{"a", 2, "", absent},
		{"a", 3, "", "PROT_NONE: nobody may read it"},
		{"a", 4, "", "PROT_NONE: nobody may read it"},
		{"a", 7, "", "nothing is mapped here"},
		{"a", 8, strings.Repeat("C", 16), ""},
		{"a", 9, strings.Repeat("D", 16), ""},
		{"g", 0, "", absent}, // in the page cache, and not mapped
		{"f", 2, string(content[2*pageBytes : 2*pageBytes+16]), ""},
		{"m", 0, "", absent},
		{"m", 1, strings.Repeat("E", 16), ""},
	} {
		if f := look(t, l, "main", tt.region, tt.page); f.Bytes != tt.bytes || f.BytesWhy != tt.why {
			t.Errorf("%s[%d] has %q, %q; want %q, %q", tt.region, tt.page, f.Bytes, f.BytesWhy, tt.bytes, tt.why)
		}
	}
	if kernel.Probe().Advices["guard_install"] {
		ok(t, l, "madvise a[5] guard_install")
		if f := look(t, l, "main", "a", 5); f.BytesWhy != "a guard page: an access is SIGSEGV" {
			t.Errorf("a guard page: %+v", f)
		}
	}
}

// A page that a parent and its child share stays shared, however often both are looked at:
// pinning it, as process_vm_readv does, would copy it.
func TestLookingCopiesNothing(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "memset a 0x46", "fork kid")
	for range 3 {
		for _, name := range []string{"main", "kid"} {
			if f := look(t, l, name, "a", 2); f.Bytes != strings.Repeat("F", 16) {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	ok(t, l, "expect all a shared", "in kid expect all a shared", "touch a[2]", "expect minor 1", "in kid touch a[2] read", "in kid expect minor 0")
}

// The bytes are read when the cursor comes, when a command has ended and when the entry has changed;
// not with each sample, because reading marks the page as accessed.
func TestBytesAreReadSeldom(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "memset a[0..1] 0x41")
	// Nobody else may see this write: it is no command.
	put := func(page, b uint64) {
		t.Helper()
		base := l.State().Main().Region("a").Base
		if r, err := memops.SubjectOf(l, model.Main).Actor.Call(subject.Fill, base+page*uint64(pageBytes), b, 32); err != nil || r.Signal != 0 {
			t.Fatal(r, err)
		}
	}
	is := func(what string, page int64, want byte) {
		t.Helper()
		if f := cursorOn(t, l, "main", "a", page); f.Bytes != strings.Repeat(string(want), 16) {
			t.Errorf("%s it has %q, not %c", what, f.Bytes, want)
		}
	}
	is("at first", 0, 'A')
	put(0, 'B')
	is("with the next sample", 0, 'A')
	ok(t, l, "say anything")
	is("after a command", 0, 'B')
	put(0, 'C')
	is("elsewhere", 1, 'A')
	is("come back", 0, 'C')
	put(0, 'D')
	// While a call is watched nothing is read.
	release := memops.SessionOf(l).Gate.Hold(func() {})
	is("while a call runs", 0, 'C')
	if f := cursorOn(t, l, "main", "a", 1); f.Bytes != "" || f.BytesWhy != "a call is running: they are read when it has ended" {
		t.Errorf("a page that the cursor comes to while a call runs: %+v", f)
	}
	release()
	is("then", 0, 'C')
	ok(t, l, "say more")
	is("in the end", 0, 'D')
}

func TestBytesOfSwapped(t *testing.T) {
	newSwapTest(t).onZram()
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 64", "touch a")
	pageOut(t, l)
	ok(t, l, "expect all a swapped unmapped")
	if f := look(t, l, "main", "a", 20); f.Bytes != "" || f.BytesWhy != "in swap: looking would fault it in" {
		t.Errorf("a page in swap: %+v", f)
	}
	ok(t, l, "expect all a[20] swapped unmapped absent", "memset a[20] 0x47")
	if f := look(t, l, "main", "a", 20); f.Bytes != strings.Repeat("G", 16) {
		t.Errorf("once it is back: %+v", f)
	}
}

func TestBytesOfHugetlb(t *testing.T) {
	n := hugePool(t, 1)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 1 hugetlb")
	if f := look(t, l, "main", "a", n/2); f.BytesWhy != "not mapped: looking would fault it in" {
		t.Errorf("before the first touch: %+v", f)
	}
	ok(t, l, fmt.Sprintf("memset a[%d] 0x48", n/2))
	if f := look(t, l, "main", "a", n/2); f.Bytes != strings.Repeat("H", 16) {
		t.Errorf("after it: %+v", f)
	}
}

// frameNumberOf is the number of the frame that a process has at a page. It needs CAP_SYS_ADMIN.
func frameNumberOf(t testing.TB, l *memops.Lab, name, region string, page int64) uint64 {
	t.Helper()
	base := l.State().Process(name).Region(region).Base
	entry, err := memops.SamplerOf(l, name).Files().Entry(base/uint64(pageBytes) + uint64(page))
	if err != nil {
		t.Fatal(err)
	}
	if entry&proc.EntryFrame == 0 {
		t.Skip("frame numbers need CAP_SYS_ADMIN (pagemap shows 0)")
	}
	return entry & proc.EntryFrame
}

// onOneProcessor keeps the actor of a process on one processor. A page that has come in on one
// processor waits in that one's list of pages to add, which holds a reference (mm/swap.c); a write on another
// one then finds a second holder, whoever looks or not.
func onOneProcessor(t testing.TB, l *memops.Lab, name string) {
	t.Helper()
	var may, one unix.CPUSet
	err := unix.SchedGetaffinity(0, &may)
	for cpu := 0; err == nil && one.Count() == 0; cpu++ {
		if may.IsSet(cpu) {
			one.Set(cpu)
			err = unix.SchedSetaffinity(l.State().Process(name).PID, &one)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The last one who has a page after a fork gets it back and no copy, whoever has looked at it and
// when: looking takes no reference, and leaves none behind in a list of pages to activate.
func TestLookingLeavesTheFrame(t *testing.T) {
	type at struct {
		proc string
		page int64
	}
	first, other := at{"main", 0}, at{"main", 1}
	for _, tt := range []struct {
		name                         string
		touched, forked, childsWrite []at // looked at after
	}{
		{"nobody looks", nil, nil, nil},
		{"before the fork and after the child's write", []at{first}, nil, []at{first}},
		{"twice before the fork", []at{first, other, first}, nil, nil},
		{"after each command, twice", []at{first, other, first}, []at{first, other, first}, []at{first, other, first}},
		{"in the child too", []at{first}, []at{{"kid", 0}, first, {"kid", 1}, {"kid", 0}}, []at{{"kid", 0}, first, other, first}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 20 {
				l := opened(t, memops.Options{})
				onOneProcessor(t, l, "main")
				lookAt := func(list []at) {
					for _, at := range list {
						if f := cursorOn(t, l, at.proc, "a", at.page); f.Bytes == "" {
							t.Errorf("%s has no bytes to show of a[%d]: %s", at.proc, at.page, f.BytesWhy)
						}
					}
				}
				ok(t, l, "mmap a 8", "touch a")
				lookAt(tt.touched)
				ok(t, l, "fork kid")
				lookAt(tt.forked)
				was := frameNumberOf(t, l, "main", "a", 0)
				ok(t, l, "in kid touch a[0]")
				lookAt(tt.childsWrite)
				if is := frameNumberOf(t, l, "kid", "a", 0); is == was {
					t.Error("the child's write copied nothing")
				}
				ok(t, l, "touch a[0]", "expect minor 1")
				if is := frameNumberOf(t, l, "main", "a", 0); is != was {
					t.Errorf("the parent, which has the page alone, was given a copy: frame %#x, and was %#x", is, was)
				}
				if err := l.Close(); err != nil {
					t.Error(err)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}
