//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
)

func TestMalloc(t *testing.T) {
	for name, lines := range map[string][]string{
		// A page of malloc's begins 16 bytes into a page, so it lies on two.
		"the textbook's malloc of a page, locked": {
			"malloc p 1", "expect ok", "mlock p", "expect count p locked 2", "expect vmlck 2", "munlock p", "expect no p locked",
			"mlock p+0,1", "expect count p locked 1",
		},
		// The header before the block, and that of what is left behind it.
		"malloc itself touches the first page": {
			"malloc p 4", "expect minor 2", "expect all p[0] resident", "expect all p[1..3] absent", "expect all p[4] resident",
			"malloc q 1M", "expect minor 1", "expect all q[0] resident", "expect all q[1..] absent", "touch p", "expect minor 3",
		},
		"what is freed is taken again": {
			"malloc p 64B", "malloc q 64B", "memset p 7", "free p", "expect ok", "malloc r 64B", "expect minor 0", "memset r 1",
			"free q", "free r", "malloc s 64B", "expect minor 0", "expect all heap[0] resident",
		},
		"a small block that is freed goes to the tcache, and what lies before it does not reach the top": {
			"malloc a 100K", "malloc b 100K", "malloc pin 16B", "memset a 1", "memset b 1", "free a", "free b", "expect count heap resident >= 50",
			"free pin", "expect ok", "expect count heap resident >= 50", "malloc again 16B", "expect minor 0",
		},
		"nothing is asked for": {"malloc p 0", "expect ok", "malloc q 0", "expect count p[0] resident 1", "free p", "free q", "expect ok"},
		"calloc clears what is not new": {
			"calloc p 1000 100B", "expect ok", "expect minor >= 24", "expect all p resident", "free p", "malloc q 1", "memset q 9",
			"free q", "calloc p 1 4096B", "expect minor 0", "calloc z 0 0", "expect ok",
		},
		// Two VMAs cannot grow (mm/mremap.c), so the block is copied, and what it leaves is no hole of it.
		"realloc where mremap cannot": {
			"malloc p 1M", "touch p", "mprotect p[100] r", "realloc p 2M", "expect ok", "expect all p prot=rw", "expect all p[0..255] resident",
			"expect count p mapped 257", "touch p", "expect ok", "free p", "expect ok",
		},
		"calloc does not touch a mapping of its own": {
			"malloc first 24B", "calloc p 1024 1K", "expect minor 1", "expect all p[0] resident", "expect all p[1..] absent",
		},
		"aligned_alloc": {
			"aligned_alloc p 4K 1", "expect ok", "expect count p absent 1", "mlock p", "expect count p locked 1", "expect vmlck 1", "munlock p",
			"aligned_alloc q 64B 10B", "aligned_alloc r 48B 100000B", "touch r", "malloc s 3000B", "expect minor 0", "free p", "free q", "free r", "expect ok",
		},
		"aligned_alloc of a mapping": {
			"aligned_alloc p 2M 1M", "expect ok", "expect minor <= 2", "touch p", "expect all p resident", "realloc p 2M", "expect ok",
			"expect count p resident 256", "free p", "expect ok", "aligned_alloc p 4K 64", "touch p", "free p", "expect ok",
		},
		"aligned_alloc in NULL": {
			"aligned_alloc p 8388609T 1", "expect errno EINVAL", "aligned_alloc p 8388608T 1", "expect errno ENOMEM",
			"aligned_alloc p 64B 8388608T", "expect errno ENOMEM", "aligned_alloc p 64B 9223372036854775807B", "expect errno ENOMEM",
			"aligned_alloc p 4K 1024T", "expect errno ENOMEM", "aligned_alloc p 0 1", "expect ok", "free p",
		},
		"aligned_alloc in a heap that may not be written": {
			"malloc p 100B", "mprotect heap r", "aligned_alloc q 64B 100B", "expect signal SIGSEGV SEGV_ACCERR in heap", "expect alive",
		},
		"malloc_trim gives back what is free": {
			"malloc p 100K", "memset p 1", "malloc wall 2000B", "free p", "expect count heap resident >= 26", "malloc_trim 0", "expect return 1",
			"expect count heap resident <= 3", "malloc_trim 0", "expect return 1", "malloc q 100K", "expect minor 0", "touch q", "expect minor 24", "free q", "free wall",
		},
		"malloc_trim gives back the end of the heap, but for a pad": {
			"malloc_trim 0", "expect return 0", "malloc p 24B", "malloc_trim 64K", "expect return 1", "expect count heap mapped 1", "expect vmas heap 1",
			"malloc_trim 64K", "expect return 0", "malloc_trim 0", "expect return 1", "malloc q 1000B", "expect ok",
		},
		"malloc_trim leaves what waits in the tcache": {
			"malloc p 1000B", "memset p 1", "free p", "malloc_trim 0", "expect return 1", "malloc q 1000B", "expect minor 0",
		},
		"malloc_trim does not look whether madvise worked": {
			"malloc p 100K", "memset p 1", "malloc wall 2000B", "free p", "mlock heap[2..5]", "malloc_trim 1M", "expect return 1",
			"expect all heap[2..5] resident locked",
		},
		"malloc_trim in a heap that may not be read": {
			"malloc p 100K", "malloc wall 2000B", "free p", "mprotect heap[0] none", "malloc_trim 0", "expect signal SIGSEGV SEGV_ACCERR in heap[0]", "expect alive",
		},
		"mallopt top_pad": {
			"mallopt top_pad 0", "expect return 1", "malloc p 1000B", "expect count heap mapped 1", "expect count heap absent 0", "malloc q 2", "expect count heap absent >= 1",
			"mallopt top_pad 1M", "expect return 1", "malloc r 4", "expect count heap absent >= 250",
		},
		"mallopt trim_threshold": {
			"malloc p 100K", "free p", "expect count heap absent >= 20", "mallopt trim_threshold 0", "expect return 1", "mallopt top_pad 0", "malloc p 64K", "free p",
			"expect count heap absent 0", "mallopt trim_threshold 2147483647B", "expect return 1", "malloc p 64K", "free p", "expect count heap absent >= 15",
			"mallopt trim_threshold -1", "expect return 1", "mallopt mmap_max 0", "malloc p 1M", "free p", "expect count heap absent >= 250", "mallopt trim_threshold 64K", "malloc p 1M", "free p", "expect count heap absent < 250",
		},
		"mallopt mmap_max": {
			"mallopt mmap_max 1", "expect return 1", "malloc p 1M", "malloc q 1M", "expect vmas heap 1", "expect count heap absent >= 256", "free p", "malloc r 2M",
			"expect count heap absent <= 300", "mallopt mmap_max 0", "free r", "malloc r 2M", "expect count heap absent >= 700",
		},
		"mallopt empties the fastbins": {
			"malloc p 24B", "mallopt mmap_threshold 2147483647B", "expect return 1", "mprotect heap r", "mallopt top_pad 1", "expect return 1",
			"mprotect heap rw", "malloc a 24B", "malloc b 24B", "malloc c 24B", "malloc d 24B", "malloc e 24B", "malloc f 24B", "malloc g 24B",
			"free a", "free b", "free c", "free d", "free e", "free f", "free g", "free p", "mprotect heap none", "mallopt top_pad 1",
			"expect signal SIGSEGV SEGV_ACCERR in heap[0]", "expect alive",
		},
		"calloc sees a product that does not fit": {
			"calloc p 4294967296 16777215T", "expect errno ENOMEM", "calloc p 9223372036854775807 2B", "expect errno ENOMEM",
			"calloc p 3 100B", "expect ok", "in main expect all p resident",
		},
		"calloc in a heap that may not be written": {
			"malloc p 100B", "mprotect heap r", "calloc q 1 100B", "expect signal SIGSEGV SEGV_ACCERR in heap", "expect alive",
		},
		"realloc in its place": {
			"malloc p 1000B", "realloc p 2000B", "expect ok", "expect minor 0", "realloc p 64K", "expect ok", "expect all p[0] resident",
			"realloc p 24B", "malloc q 40000B", "expect minor <= 1", "realloc p 0", "expect ok", "malloc p 1", "expect ok",
		},
		"realloc moves what has no room": {
			"malloc p 5000B", "memset p 7", "malloc wall 24B", "realloc p 9000B", "expect ok", "expect all p resident", "touch p", "expect minor 0",
			"malloc q 5000B", "expect minor 0", "free p", "free q", "free wall",
		},
		"realloc has a mapping moved, and copies nothing": {
			"malloc p 1M", "touch p[0..9]", "mmap wall 1", "realloc p 64M", "expect ok", "expect minor 0", "expect count p resident 10",
			"realloc p 200K", "expect count p resident 10", "realloc p 100B", "expect ok", "expect alive", "free p",
		},
		"realloc of a block that may not be read": {
			"malloc p 10000B", "memset p 7", "malloc wall 24B", "mprotect heap[1] none", "realloc p 20000B",
			"expect signal SIGSEGV SEGV_ACCERR in heap[1]", "expect alive",
		},
		"realloc that fails leaves the block": {
			"malloc p 100B", "realloc p 8388608T", "expect errno ENOMEM", "realloc p 1024T", "expect errno ENOMEM", "touch p", "expect ok",
			"malloc q 1M", "touch q[0..3]", "realloc q 1024T", "expect errno ENOMEM", "expect count q resident 4", "free q", "expect ok",
		},
		"a child's realloc is its own": {
			"malloc p 1M", "touch p[0..9]", "fork child", "in child realloc p 8M", "expect ok", "in child touch p", "expect count p resident 10",
			"free p", "in child free p", "expect ok",
		},
		"a heap that may not be written": {
			"malloc p 100B", "mprotect heap r", "malloc q 100B", "expect signal SIGSEGV SEGV_ACCERR in heap", "expect alive",
			"mprotect heap none", "free p", "expect signal SIGSEGV SEGV_ACCERR in heap[0]", "mprotect heap rw", "free p", "expect ok",
			"malloc r 100B", "expect ok", "touch r",
		},
		"a block whose pages are gone": {
			"malloc q 1M", "munmap q[0]", "free q", "expect signal SIGSEGV SEGV_MAPERR in q[0]", "expect alive",
			"malloc r 1M", "expect ok", "free r",
		},
		"the address is malloc's, not a page's": {"malloc p 1", "munmap p", "expect errno EINVAL", "mlock p", "expect ok", "mprotect p r", "expect errno EINVAL"},
		"a heap that is locked": {
			"mlockall future", "malloc p 1", "expect all heap locked resident", "malloc q 1M", "expect all q locked resident", "free q",
			"free p", "munlockall",
		},
		"a child's malloc is its own": {
			"malloc p 1", "memset p 1", "fork child", "in child free p", "in child malloc q 1", "in child expect minor >= 1", "in child memset q 2",
			"malloc r 1", "memset r 3", "expect all p resident", "free p", "in child free q", "expect ok",
			"exec", "malloc p 1", "expect ok",
		},
		"dontfork takes the heap from the child": {
			"malloc p 1", "madvise heap dontfork", "fork child", "in child malloc q 1", "expect signal SIGSEGV SEGV_MAPERR", "in child expect alive",
		},
	} {
		t.Run(name, script(name, lines...))
	}
}

// block mallocs and tells where it came from.
func block(t *testing.T, l *memops.Lab, name, size string) (model.Origin, model.Event) {
	t.Helper()
	e := do(t, l, "malloc "+name+" "+size)
	if !e.OK() || e.Mapped == nil {
		t.Fatalf("malloc of %s: %s", size, e.Strace())
	}
	m := e.Mapped
	if m.Start != uint64(e.Ret) || m.Start%16 != 0 || m.Base > m.Start || m.Base+m.Len < m.Start+m.Size {
		t.Errorf("%s: %+v", e.Strace(), m)
	}
	return m.Malloc, e
}

// The threshold is asked only where neither a free chunk nor top will do, and it grows with
// what is freed, until mallopt says otherwise.
func TestMmapThreshold(t *testing.T) {
	l := opened(t, memops.Options{})
	from := func(name, size string, want model.Origin) {
		t.Helper()
		got, e := block(t, l, name, size)
		backing := map[model.Origin]model.Backing{model.FromBrk: model.Heap, model.FromMmap: model.Anon}[want]
		if got != want || e.Mapped.Backing != backing || !strings.HasPrefix(e.Result, string(want)) {
			t.Errorf("malloc of %s is from %s, not %s: %s", size, got, want, e.Strace())
		}
	}
	freed := func(name, says string) {
		t.Helper()
		if e := do(t, l, "free "+name); !strings.Contains(e.Result, says) || len(e.Gone) != 1 {
			t.Errorf("free %s: %s, not %q", name, e.Strace(), says)
		}
	}
	from("a", "131048B", model.FromBrk)
	from("b", "131064B", model.FromMmap) // the chunk has 8 bytes more: the threshold
	from("a2", "100K", model.FromBrk)
	from("b2", "131064B", model.FromBrk) // there is room in top
	freed("b2", "kept")
	from("c", "1M", model.FromMmap)
	freed("c", "munmap; mmap_threshold is 1.0M")
	from("c", "1M", model.FromBrk)
	from("d", "33M", model.FromMmap)
	freed("d", "munmap")
	from("d", "33M", model.FromMmap) // over 32 MiB it does not grow
	freed("b", "munmap")
	freed("c", "kept")
	ok(t, l, "mallopt mmap_threshold 64K", "expect return 1")
	from("c", "512K", model.FromBrk) // there is room
	from("e", "2M", model.FromMmap)
	freed("e", "munmap")
	from("e", "2M", model.FromMmap)
	freed("e", "munmap")
	freed("d", "munmap")
	freed("a", "kept")
	freed("c", "kept")
	ok(t, l, "reset")
	from("a", "100K", model.FromBrk)
	from("b", "100K", model.FromBrk)
	from("c", "100K", model.FromBrk)
	freed("b", "kept")
	freed("c", "the top of the heap went back: brk")
	if p := l.State().Main(); len(p.Regions) != 2 || p.Region("heap").Len >= 300<<10 {
		t.Errorf("after free there are %d regions, and heap has %d bytes", len(p.Regions), p.Region("heap").Len)
	}
	if e := do(t, l, "mallopt mmap_threshold 2G"); e.Refused == "" {
		t.Errorf("mallopt takes an int: %s", e.Strace())
	}
}

// The calls that malloc makes are seen, and their cost is malloc's.
func TestMallocAsides(t *testing.T) {
	l := opened(t, memops.Options{})
	asides := func(line string) (calls string) {
		from := len(l.State().Events)
		do(t, l, line)
		for _, e := range l.State().Events[from:] {
			if e.Aside && e.Call != "madvise" { // where the system gives huge pages unasked
				calls += e.Call + " "
			}
		}
		return calls
	}
	for _, c := range []struct{ line, want string }{
		{"malloc a 100B", "brk brk "}, {"malloc b 100B", ""}, {"malloc c 1M", "mmap "}, {"free b", ""}, {"free c", "munmap "},
		{"malloc d 1M", "brk "}, {"malloc e 1M", "brk "}, {"free e", ""}, {"free d", "brk "},
	} {
		if got := asides(c.line); got != c.want {
			t.Errorf("%s calls %q, not %q", c.line, got, c.want)
		}
	}
}

// Where brk and mmap give nothing, malloc is NULL, and where only brk does not, an mmap
// stands in for it.
func TestMallocWithoutMemory(t *testing.T) {
	l := opened(t, memops.Options{})
	for _, size := range []string{"1000000G", "16777215T"} {
		e := do(t, l, "malloc a "+size)
		if e.Errno != "ENOMEM" || e.Ret != 0 || e.Mapped != nil || !strings.HasPrefix(e.Result, "NULL") {
			t.Errorf("malloc of %s: %s %q", size, e.Strace(), e.Result)
		}
	}
	ok(t, l, "malloc a 100B", "free a", "brk +1", "brk -1", "malloc a 100000B")
	heap := l.State().Main().Region("heap")
	wall := fmt.Sprintf("mmap wall 1 none at %#x,1", heap.Base+heap.Len+uint64(pageBytes))
	ok(t, l, wall)
	origin, e := block(t, l, "b", "130000B")
	if origin != model.FromMmap || e.Mapped.Backing != model.Anon || !strings.Contains(e.Result, "stands in") {
		t.Errorf("%s", e.Strace())
	}
	if c, e := block(t, l, "c", "130000B"); c != model.FromMmap || e.Mapped.Start <= l.State().Main().Region("b").Start {
		t.Errorf("%s", e.Strace())
	}
	ok(t, l, "touch b", "touch c", "free b", "free c", "free a", "malloc a 100B", "expect alive")
}

// The user's own brk makes malloc begin anew above it.
func TestForeignBrk(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "malloc a 100B", "brk +100B", "malloc b 130000B", "touch b", "malloc c 100000B", "touch c")
	p := l.State().Main()
	if b, heap := p.Region("b"), p.Region("heap"); b.Malloc != model.FromBrk || b.Start+b.Size > heap.Base+heap.Len {
		t.Errorf("b is %+v in a heap of %+v", b.RegionInfo, heap.RegionInfo)
	}
	ok(t, l, "free c", "free b", "free a", "expect alive")
}

// glibc aborts where it finds something else than it wrote. Here the command is refused.
func TestMallocCorrupted(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "malloc a 24B", "malloc b 24B", "memset a+0,40 0x41") // over the next header
	if e := do(t, l, "free b"); !strings.Contains(e.Refused, "SIGABRT") {
		t.Errorf("free of a block whose header was overwritten: %s", e.Strace())
	}
	ok(t, l, "free a", "expect alive", "madvise heap dontneed")
	if e := do(t, l, "malloc c 100B"); !strings.Contains(e.Refused, "SIGABRT") {
		t.Errorf("malloc from a heap that was emptied: %s", e.Strace())
	}
}

// A block with a mapping of its own begins 16 bytes into it: a touch of its first page is one of the block, and what writes to all of
// the page reaches what glibc keeps there. A C program of the same accesses is what says how free ends.
func TestTouchBeforeABlock(t *testing.T) {
	l := opened(t, memops.Options{})
	for _, c := range []struct{ lines, last, refused string }{
		{"malloc x 1M; touch x", "free x", ""}, // the block, and not the header
		{"mallopt mmap_threshold 128K; malloc x 1M; memset %s,8 1", "free x", "SIGABRT (munmap_chunk() or mremap_chunk(): invalid pointer)"},
		{"mallopt mmap_threshold 128K; malloc x 1M; memset %s,8 1", "realloc x 2M", "SIGABRT (munmap_chunk() or mremap_chunk(): invalid pointer)"},
		{"mallopt mmap_threshold 128K; malloc x 1M; memset x[0] 0", "free x", "the size of a chunk"},
		{"mallopt mmap_threshold 128K; malloc x 1M; touch x[0]; expect return 1; touch x[0..]; touch x[0..3] random; touch x[0] read", "free x", ""},
		{"malloc a 24B; malloc x 64K; touch x[0]; touch x[0..1] every 2; free a", "free x", ""},
	} {
		ok(t, l, "reset")
		for line := range strings.SplitSeq(c.lines, "; ") {
			if strings.Contains(line, "%s") {
				line = fmt.Sprintf(line, fmt.Sprintf("%#x", l.State().Main().Region("x").Base))
			}
			ok(t, l, line)
		}
		if e := do(t, l, c.last); !strings.Contains(e.Refused, c.refused) || c.refused == "" && !e.OK() {
			t.Errorf("%s; %s: %s, refused %q", c.lines, c.last, e.Strace(), e.Refused)
		}
	}
	ok(t, l, "expect alive")
	cc := compilerOf(t)
	for _, c := range []struct{ access, end string }{{"x[0]", "exit status 0"}, {"x[-16]", "signal: aborted"}} {
		source := "#include <stdlib.h>\nint main(void) { volatile char *x = malloc(1 << 20); " + c.access + " = (char)0xc3; free((void *)x); return 0; }\n"
		program := filepath.Join(t.TempDir(), "free")
		gcc := exec.Command(cc, "-w", "-O0", "-x", "c", "-o", program, "-")
		gcc.Stdin = strings.NewReader(source)
		if out, err := gcc.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		run := exec.Command(program)
		err := run.Run()
		if got := run.ProcessState; got == nil || !strings.HasPrefix(got.String(), c.end) {
			t.Errorf("%s in C: %v (%v), want %s", c.access, got, err, c.end)
		}
	}
}

func TestFreeRefused(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "malloc b 1", "malloc c 1M", "munmap c[0..]")
	for _, line := range []string{"free a", "free nothing", "free heap", "free c", "malloc a 1", "malloc b 1"} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	ok(t, l, "free b")
	if e := do(t, l, "free b"); e.Refused == "" {
		t.Errorf("free a second time: %s", e.Strace())
	}
}

// A mapping that munmap leaves there stays on the screen, as nobody's.
func TestFreeSealed(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "malloc a 1M")
	if e := do(t, l, "mseal a[0..]"); !e.OK() {
		t.Skipf("mseal: %s", e.Errno)
	}
	if e := do(t, l, "free a"); !e.OK() || e.Mapped == nil || len(e.Gone) != 0 {
		t.Errorf("%s: %+v", e.Strace(), e)
	}
	ok(t, l, "expect all a[0] resident")
	if e := do(t, l, "free a"); e.Refused == "" {
		t.Errorf("free a second time: %s", e.Strace())
	}
}

// Where a freed block waits is told, and a link that was overwritten there is not followed.
func TestFreedBlocksWait(t *testing.T) {
	l := opened(t, memops.Options{})
	for i := range 9 {
		ok(t, l, fmt.Sprintf("malloc a%d 100B", i))
	}
	for i := range 9 {
		list := "in the tcache"
		if i >= 7 {
			list = "in a fastbin"
		}
		if e := do(t, l, fmt.Sprintf("free a%d", i)); !strings.HasSuffix(e.Result, list) {
			t.Errorf("free %d: %s, not %s", i, e.Strace(), list)
		}
	}
	ok(t, l, "malloc b 24B", "malloc c 24B", "free b", "memset heap+1680,8 0x41")
	if e := do(t, l, "malloc d 24B"); !strings.Contains(e.Refused, "lists of free chunks") {
		t.Errorf("malloc of a block whose link was overwritten: %s", e.Strace())
	}
}
