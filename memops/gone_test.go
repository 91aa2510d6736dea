//go:build linux && (amd64 || arm64)

package memops_test

import (
	"strconv"
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// A name of which every page is gone stands for its last addresses, and the kernel answers what is asked of them.
func TestGoneNamesAreTargets(t *testing.T) {
	for name, lines := range map[string]string{
		"munmap":    "mmap a 4; touch a; munmap a; touch a; expect signal SIGSEGV SEGV_MAPERR in a[0]; touch a[2..3] read; expect signal SIGSEGV SEGV_MAPERR in a[2]",
		"loops":     "mmap a 1; mmap b 1; munmap a; memset a 1; expect signal SIGSEGV SEGV_MAPERR in a; memcpy b a; expect signal SIGSEGV SEGV_MAPERR in a; memcmp a b; expect signal SIGSEGV SEGV_MAPERR in a; touch a exec; expect signal SIGSEGV SEGV_MAPERR in a",
		"mlock":     "mmap a 4; munmap a; mlock a; expect errno ENOMEM; mlock2 a onfault; expect errno ENOMEM; munlock a; expect errno ENOMEM",
		"mprotect":  "mmap a 4; munmap a; mprotect a r; expect errno ENOMEM",
		"munmap 2":  "mmap a 4; munmap a; munmap a; expect ok; munmap a[1]; expect ok",
		"madvise":   "mmap a 4; munmap a; madvise a cold; expect errno ENOMEM; madvise a[1..] dontneed; expect errno ENOMEM",
		"mincore":   "mmap a 4; munmap a; mincore a; expect errno ENOMEM",
		"msync":     "mmap a 4; munmap a; msync a async; expect errno ENOMEM",
		"fadvise":   "mmap a 4 memfd; munmap a; posix_fadvise a dontneed; expect errno EBADF",
		"expect":    "mmap a 4; munmap a; expect all a unmapped; expect no a mapped; expect count a unmapped 4; expect vmas a 0",
		"in pieces": "mmap a 4; munmap a[0..1]; touch a[3]; expect ok; munmap a[2..3]; touch a[3]; expect signal SIGSEGV SEGV_MAPERR in a[3]",
		"mapped over": "mmap a 4; touch a; mmap b 4 r at a; touch a read; expect ok; touch a; expect signal SIGSEGV SEGV_ACCERR in a[0]; expect all a prot=r; munmap b; " +
			"touch a; expect signal SIGSEGV SEGV_MAPERR in b[0]",
		"mapped there again": "mmap a 4; munmap a; mmap b 4 at a; touch a[1]; expect ok; expect all b[1] mapped; expect count b mapped 1",
		"taken again":        "mmap a 4; munmap a; mmap c 4; mmap a 2; touch a; expect ok; expect count a mapped 2",
		"shrunk heap":        "brk +4; brk -4; touch heap[1]; expect signal SIGSEGV SEGV_MAPERR in heap[1]",
		"free":               "malloc x 100B; malloc y 100B; memset x 1; free x; memset x 2; expect ok",
		"free of a mapping":  "malloc x 1M; touch x; free x; touch x; expect signal SIGSEGV SEGV_MAPERR in x[0]",
		"realloc to nothing": "malloc x 1M; realloc x 0; touch x; expect signal SIGSEGV SEGV_MAPERR in x[0]",
		"exec":               "mmap a 4; touch a; exec; touch a; expect signal SIGSEGV SEGV_MAPERR in a[0]",
		"DONTFORK": "mmap mem 3; touch mem; madvise mem dontfork; fork kid; in kid touch mem; in kid expect signal SIGSEGV SEGV_MAPERR in mem[0]; " +
			"touch mem; expect ok; in kid mmap mem 1; in kid touch mem; in kid expect ok",
		"before a fork": "mmap a 2; munmap a; fork kid; in kid touch a; in kid expect signal SIGSEGV SEGV_MAPERR in a[0]; mmap a 1; in kid mlock a; in kid expect errno ENOMEM",
		"mremap": "mmap room 8 none; mmap a 4; munmap a; mremap a 8; expect errno EFAULT; mremap a 4 at room; expect errno EFAULT; mremap a[1] 2 stay; expect errno EFAULT; " +
			"mmap b 2; munmap b; mmap c 2 at b; mremap b 4; expect ok; expect all c prot=rw; malloc x 1M; free x; mremap x 4M; expect errno EINVAL; touch room; expect alive",
		"seal": "mmap a 2; munmap a; mseal a; expect errno ENOMEM",
	} {
		t.Run(name, func(t *testing.T) {
			l := opened(t, memops.Options{})
			for line := range strings.SplitSeq(lines, "; ") {
				if line == "mseal a" && do(t, l, "mseal 0x1000,0").Errno == "ENOSYS" {
					t.Skip("this kernel has no mseal")
				}
				if e := do(t, l, line); e.Refused != "" {
					t.Errorf("%s: %s", line, e.Refused)
				}
			}
		})
	}
}

// Where a command names a region that is gone it is told, before the call and after it.
func TestGoneNamesAreExplained(t *testing.T) {
	for _, x := range []struct{ lines, foreseen, after string }{
		{"mmap a 4; munmap a; touch a", "a[0] is a hole (a is gone since munmap a)", "a[0] is a hole: a is gone since munmap a, and nothing is mapped where it lay."},
		{"mmap a 4; munmap a; mlock a", "nothing is mapped at a[0] (a is gone since munmap a)", "a[0] is a hole: a is gone since munmap a, and nothing is mapped where it lay."},
		{"mmap a 4; munmap a; mremap a 8", "a[0] is a hole (a is gone since munmap a)", "a[0] is a hole: a is gone since munmap a, and nothing is mapped where it lay. mremap looks for the mapping at the first address. Map a new one."},
		{"mmap a 4; munmap a; munmap a", "a is gone since munmap a: nothing is mapped there", "a is gone since munmap a: nothing is mapped there"},
		{"mmap a 4; mmap b 4 at a; touch a", "a is gone since mmap b 4 at a: b lies there now", "a is gone since mmap b 4 at a: b lies there now"},
		{"mmap a 4; mmap b 4 r at a; touch a", "b[0] has protection r", "b[0] has protection r, and touch wrote to it. a is gone since mmap b 4 r at a: b lies there now."},
		{"malloc x 100B; munmap heap; touch x", "is gone since munmap heap", "is gone since munmap heap"},
		{"malloc x 1M; free x; touch x", "x[0] is a hole (x is gone since free x)", "x[0] is a hole: x is gone since free x, and nothing is mapped where it lay."},
		{"mmap m 4; madvise m dontfork; fork kid; in kid touch m", "m[0] is a hole (m did not come with the fork: main had it advised MADV_DONTFORK)",
			"m[0] is not mapped in kid: main had it advised MADV_DONTFORK as it forked, so the child did not get it."},
		{"mmap m 4; madvise m dontfork; fork kid; in kid mmap b 4 at m; in kid touch m", "m did not come with the fork: main had it advised MADV_DONTFORK: b lies there now",
			"m did not come with the fork: main had it advised MADV_DONTFORK: b lies there now"},
		{"malloc x 100B; malloc y 100B; free x; free x", "x is gone since free x: to free it again is undefined", "x is gone since free x: to free it again is undefined"},
		{"malloc x 1M; free x; realloc x 8K", "x is gone since free x: to free it again is undefined", "x is gone since free x: to free it again is undefined"},
		{"mmap a 4; munmap a; truncate a 4", "a: no such region any more: a is gone since munmap a", "a: no such region any more: a is gone since munmap a"},
	} {
		t.Run(x.lines, func(t *testing.T) {
			l := opened(t, memops.Options{})
			lines := strings.Split(x.lines, "; ")
			last := lines[len(lines)-1]
			ok(t, l, lines[:len(lines)-1]...)
			l.Refresh(t.Context(), model.Main)
			l.Refresh(t.Context(), "kid")
			c, err := lang.Parse(last)
			if err != nil {
				t.Fatal(err)
			}
			r := calls.Foresee(c, l.State())
			if got := r.Why + r.Note; !strings.Contains(got, x.foreseen) {
				t.Errorf("%s is foreseen as %q, not %q", last, got, x.foreseen)
			}
			e := do(t, l, last)
			l.Refresh(t.Context(), e.Proc)
			why, try := calls.Explain(e, l.State())
			if got := strings.TrimSpace(why+" "+try) + e.Result + e.Refused; !strings.Contains(got, x.after) {
				t.Errorf("%s is told as %q, not %q", last, got, x.after)
			}
		})
	}
}

// Of regions that are gone so many are remembered, and the oldest are forgotten first.
func TestGoneNamesAreBounded(t *testing.T) {
	l := opened(t, memops.Options{})
	for i := range model.GoneKept + 1 {
		name := "r" + strconv.Itoa(i)
		do(t, l, "mmap "+name+" 1")
		do(t, l, "munmap "+name)
	}
	if n := len(l.State().Main().Gone); n > model.GoneKept || n < model.GoneKept/2 {
		t.Errorf("%d are remembered", n)
	}
	if e := do(t, l, "touch r0"); e.Refused != "r0: no such region" {
		t.Errorf("the oldest is still known: %s %s", e.Strace(), e.Refused)
	}
	ok(t, l, "munmap r"+strconv.Itoa(model.GoneKept))
}

// A name that is gone reaches no more than its addresses: neither the subject's own memory nor more than the budget.
func TestGoneNamesKeepToTheWalls(t *testing.T) {
	l := opened(t, memops.Options{Memory: 64 << 20})
	ok(t, l, "mmap a 1T noreserve", "munmap a", "mmap b 1T noreserve at a")
	if e := do(t, l, "touch a"); !strings.Contains(e.Refused, memops.ErrBudget.Error()) {
		t.Errorf("touch of what was a: %s %s", e.Strace(), e.Refused)
	}
	if e := do(t, l, "mlock a"); e.Refused == "" && e.OK() {
		t.Errorf("mlock of what was a: %s", e.Strace())
	}
	ok(t, l, "munmap b")
	for _, line := range []string{"munmap a+0,140000000000000", "touch a[0..34000000000] write"} {
		if e := do(t, l, line); e.Refused == "" && e.OK() {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
}
