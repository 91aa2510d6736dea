//go:build linux && (amd64 || arm64)

package memops_test

import (
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
)

func TestBrk(t *testing.T) {
	for name, lines := range map[string][]string{
		"the heap follows the break": {
			"brk +8", "expect ok", "expect count heap absent 8", "expect all heap anon prot=rw unlocked", "touch heap[1..7]", "expect minor 7",
			"brk -4", "expect ok", "expect count heap resident 3", "expect count heap absent 1", "brk +4", "expect count heap resident 3",
			"expect count heap absent 5", "expect vmas heap 1",
		},
		"the break need not end a page": {
			"brk +100B", "expect ok", "expect count heap absent 1", "brk +100B", "expect count heap absent 1", "touch heap",
			"brk +1", "expect count heap resident 1", "expect count heap absent 1", "brk -1", "expect count heap resident 1", "brk -100B",
			"expect count heap resident 1",
		},
		"not below where it began": {
			"brk -1", "expect errno ENOMEM", "brk +2", "brk -3", "expect errno ENOMEM", "expect count heap absent 2",
			"brk +16776192T", "expect errno ENOMEM", "brk -16776192T", "expect errno ENOMEM", "expect count heap absent 2",
		},
		"what comes is locked under mlockall future": {
			"mlockall future", "brk +4", "expect all heap locked resident", "expect vmlck 4", "brk -1", "expect vmlck 3",
			"munlockall", "brk +1", "expect count heap locked 0", "mlockall future onfault", "brk +1", "expect count heap onfault 1",
			"expect count heap absent 2",
		},
		"locks of the heap end with it": {"brk +4", "mlock heap", "expect vmlck 4", "brk -3", "expect vmlck 1", "brk -1", "expect vmlck 0"},
		"a child has a heap of its own": {
			"brk +4", "touch heap", "fork child", "in child brk -2", "expect all heap resident", "in child expect count heap resident 2",
			"in child brk +8", "brk +1", "in child expect count heap absent 8", "expect count heap absent 1",
			"exec", "brk +1", "expect count heap absent 1",
		},
	} {
		t.Run(name, script(name, lines...))
	}
}

// Over the limit, brk is ENOMEM where mmap is EAGAIN, and at the limit it is not.
func TestBrkOverTheLimit(t *testing.T) {
	needsMemlock(t, 4)
	script("brk", limited("4", "mlockall future", "brk +5", "expect errno ENOMEM", "brk +4", "expect ok", "expect all heap locked resident",
		"brk +1", "expect errno ENOMEM", "mmap a 1", "expect errno EAGAIN", "expect count heap locked 4")...)(t)
}

// What brk takes away is gone for all regions that lie there, and comes back empty.
func TestBrkTakesBlocksAway(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "malloc a 100B", "malloc b 8", "malloc c 1", "touch b", "munmap heap[1]")
	heap := l.State().Main().Region("heap").Len / uint64(pageBytes)
	if e := do(t, l, "brk -"+model.Size{N: heap - 2, Unit: model.Pages}.String()); !e.OK() || len(e.Gone) != 1 || e.Gone[0] != "c" {
		t.Errorf("%s: gone %v", e.Strace(), e.Gone)
	}
	ok(t, l, "expect count b unmapped >= 8", "expect all b[0] resident", "expect all b[1..] unmapped")
	if e := do(t, l, "brk -1"); e.OK() {
		ok(t, l, "expect all heap[0] resident")
	} else if e.Errno != "ENOMEM" {
		t.Error(e.Strace()) // it needs a mapping right before the break
	}
	if e := do(t, l, "malloc d 64"); e.Signal == nil || e.Signal.Code != "SEGV_MAPERR" {
		t.Errorf("malloc does not read the header of its top, which is gone: %s", e.Strace())
	}
	ok(t, l, "expect alive", "reset", "malloc a 100B", "mallopt mmap_threshold 1G", "brk -1")
	if e := do(t, l, "malloc d 4M"); !strings.Contains(e.Refused, "SIGABRT") {
		t.Errorf("malloc goes on with a break that is below its end: %s", e.Strace())
	}
}

// The region is of the name heap, and another one of that name is the user's.
func TestBrkAndTheName(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap heap 4", "touch heap")
	for _, line := range []string{"brk +1", "malloc a 1"} {
		if e := do(t, l, line); e.Refused == "" || e.Call == "brk" {
			t.Errorf("%s beside a region called heap: %s", line, e.Strace())
		}
	}
	ok(t, l, "expect all heap resident", "munmap heap", "brk +1", "expect count heap absent 1")
	for _, line := range []string{"mmap heap 4", "malloc heap 4"} {
		if e := do(t, l, line); e.Refused == "" {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	ok(t, l, "malloc a 1", "munmap heap", "brk +2", "expect ok", "expect count heap absent 2")
}

// Each event says what its call changed, so that a reader of the log can follow.
func TestBrkEvents(t *testing.T) {
	l := opened(t, memops.Options{})
	e := do(t, l, "brk +100B")
	if e.Call != "brk" || !e.RetHex || e.Mapped == nil || e.Mapped.Backing != model.Heap || e.Mapped.Len != uint64(pageBytes) {
		t.Errorf("%s: %+v", e.Strace(), e.Mapped)
	}
	if again := do(t, l, "brk +1B"); again.Ret != e.Ret+1 || again.Mapped != nil {
		t.Errorf("%s after %s: %+v", again.Strace(), e.Strace(), again.Mapped)
	}
	if e := do(t, l, "brk -101B"); len(e.Gone) != 1 || e.Gone[0] != "heap" || e.Mapped != nil {
		t.Errorf("%s: %+v", e.Strace(), e)
	}
	if e := do(t, l, "brk -1B"); e.OK() || e.Ret != -1 || e.Errno != "ENOMEM" || e.Result == "" {
		t.Errorf("%s: %+v", e.Strace(), e)
	}
	asked := 0
	for _, e := range l.State().Events {
		if e.Aside && e.Call == "brk" {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("the break was asked for %d times", asked)
	}
}
