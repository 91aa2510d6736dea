//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
)

// allowed is a Lab whose processes may have 64M between them.
func allowed(t *testing.T) *memops.Lab { return opened(t, memops.Options{Memory: 64 << 20}) }

// refusedForMemory runs a line that must be refused for the memory that it would take.
func refusedForMemory(t *testing.T, l *memops.Lab, line string, words ...string) {
	t.Helper()
	e := do(t, l, line)
	for _, w := range append(words, memops.ErrBudget.Error(), "64M, as --memory says, while ", "start incore with a larger --memory") {
		if !strings.Contains(e.Refused, w) {
			t.Errorf("%s: %q is missing in %q", line, w, e.Refused)
		}
	}
	if e.Call != "" {
		t.Errorf("%s was called", line)
	}
}

// However memory is taken it counts, and what has been let through before counts too.
func TestBudget(t *testing.T) {
	small := []string{"mmap a 16M", "mmap b 16M", "mmap c 16M", "mmap d 17M"}
	compares := []string{"memcmp a b"} // a with what is there, which takes nothing where there is a page of zeros
	if !kernel.Probe().ZeroPage {
		compares = nil
	}
	for name, c := range map[string]struct {
		first   []string
		refused string
		words   string
		then    []string
	}{
		"one touch": {[]string{"mmap a 65M"}, "touch a", "touch of up to 65M and ", []string{"touch a[0..9]", "touch a every 8"}},
		"many touches": {append(small, "touch a", "touch b", "touch c"), "touch d", "touch of up to 17M and ",
			[]string{"touch a", "touch d[0..9]", "munmap a", "touch d"}},
		"a memset":            {[]string{"mmap a 65M"}, "memset a 1", "memset of up to 65M and ", nil},
		"a copy":              {[]string{"mmap a 33M", "mmap b 33M", "touch b"}, "memcpy a b", "memcpy of up to 33M and ", compares},
		"shared memory":       {[]string{"mmap a 65M shared"}, "touch a", "touch of up to 65M and ", nil},
		"populate":            {nil, "mmap a 65M populate", "mmap of up to 65M and ", []string{"mmap a 32M populate"}},
		"MADV_POPULATE_WRITE": {[]string{"mmap a 65M"}, "madvise a populate_write", "madvise of up to 65M and ", nil},
		"the zero page": {[]string{"mmap a 40M", "mmap b 40M", "touch a read", "touch b read", "touch a"}, "touch b", "touch of up to 40M is ",
			[]string{"touch b read"}}, // the reads have made the tables
		"a child's copies": {[]string{"mmap a 40M", "touch a", "fork c"}, "in c touch a", "touch of up to 40M is ",
			[]string{"in c touch a read", "in c touch a[0..9]"}},
		"a parent's copies": {[]string{"mmap a 40M", "touch a", "fork c"}, "memset a 1", "memset of up to 40M is ", nil},
		"all of many children": {[]string{"mmap a 20M", "touch a", "fork c", "in c touch a", "fork d", "in d touch a"}, "in d mmap b 20M populate", "mmap of up to 20M and ",
			[]string{"in c mmap b 1M populate"}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "a copy" || name == "the zero page" { // reads of what nobody has written are let through
				needsZeroPage(t)
			}
			l := allowed(t)
			if name == "the zero page" && !kernel.Probe().ZeroPage {
				t.Skip("this kernel has no page of zeros to map")
			}
			ok(t, l, c.first...)
			refusedForMemory(t, l, c.refused, c.words)
			ok(t, l, c.then...)
			ok(t, l, "reset", "mmap a 32M", "touch a")
		})
	}
}

// What the kernel refuses anyway, and what takes no memory, is the kernel's to answer.
func TestBudgetLetsThrough(t *testing.T) {
	l := allowed(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, make([]byte, pageBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	ok(t, l, "mmap a 8G noreserve", "touch a[0..9]", "mmap r 1G r noreserve", "mmap n 1G none noreserve", "touch a every 1000000")
	for _, line := range []string{"touch r", "touch n", "memset n 1"} {
		if e := do(t, l, line); e.Signal == nil || e.Refused != "" {
			t.Errorf("%s: %s %s", line, e.Strace(), e.Refused)
		}
	}
	if kernel.Probe().ZeroPage {
		// A read of private memory maps the zero page.
		ok(t, l, "mmap z 128M noreserve", "touch z read", "expect all z zero", "memcmp z z", "mlock2 z[0..1] onfault")
	} else {
		ok(t, l, "mmap z 128M noreserve")
		refusedForMemory(t, l, "touch z read", "touch of up to 128M and ")
	}
	ok(t, l, "capset -ipc_lock", "setrlimit memlock 4K")
	for _, line := range []string{"mlock a", "mlockall current", "mmap m 1G locked"} {
		if e := do(t, l, line); e.Errno == "" || e.Refused != "" {
			t.Errorf("%s over RLIMIT_MEMLOCK: %s %s", line, e.Strace(), e.Refused)
		}
	}
}

// Locks count where the user may make them.
func TestBudgetOfLocks(t *testing.T) {
	for name, c := range map[string]struct {
		first   []string
		refused string
	}{
		"mlock":            {[]string{"mmap a 65M"}, "mlock a"},
		"mlock2":           {[]string{"mmap a 65M"}, "mlock2 a"},
		"MAP_LOCKED":       {nil, "mmap a 65M locked"},
		"mlockall current": {[]string{"mmap a 30M", "mmap b 20M", "mmap c 20M"}, "mlockall current"},
		"mlockall future":  {[]string{"mlockall future", "mmap a 40M"}, "mmap b 40M"},
		"future and brk":   {[]string{"mlockall future", "mmap a 40M"}, "brk +40M"},
		"mremap":           {[]string{"mmap a 10M", "mlock a"}, "mremap a 70M"},
		"mprotect":         {[]string{"mmap a 65M", "mlock2 a onfault", "mprotect a none", "mmap b 65M none locked"}, "mprotect b rw"},
		"a child's":        {[]string{"mmap a 40M", "touch a", "fork c"}, "in c mlock a"},
	} {
		t.Run(name, func(t *testing.T) {
			l := allowed(t)
			if memops.OverLimit(l, 200<<20) {
				t.Skip("this user may not lock 200M")
			}
			ok(t, l, c.first...)
			refusedForMemory(t, l, c.refused)
			ok(t, l, "munlockall", "mmap z 1M", "touch z")
		})
	}
	l := allowed(t)
	if !memops.OverLimit(l, 200<<20) {
		ok(t, l, "mmap a 65M", "mlockall current onfault", "expect vmlck >= 65M", "munlockall", "mlockall future onfault", "mmap b 65M",
			"munlockall", "mlock2 a onfault")
		if kernel.Probe().ZeroPage {
			ok(t, l, "mmap r 65M r", "mlock r", "expect all r zero")
		}
	}
}

// Within a memory cgroup its own OOM killer is what ends the process, and nobody else.
func TestBudgetInMemcg(t *testing.T) {
	needsNoSwap(t)
	l := opened(t, memops.Options{Memory: 64 << 20})
	if e := do(t, l, "memcg 16M"); e.Refused != "" {
		t.Skip(e.Refused)
	}
	ok(t, l, "mmap a 128M")
	do(t, l, "touch a")
	ok(t, l, "expect dead SIGKILL", "reset", "mmap a 128M", "memcg max")
	refusedForMemory(t, l, "touch a")
}
