//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// allowed is a Lab whose processes may have 64M between them.
func allowed(t *testing.T) *Lab { return opened(t, Options{Memory: 64 << 20}) }

// refusedForMemory runs a line that must be refused for the memory that it would take.
func refusedForMemory(t *testing.T, l *Lab, line string, words ...string) {
	t.Helper()
	e := do(t, l, line)
	for _, w := range append(words, errBudget.Error(), "64M, as --memory says, while ", "start incore with a larger --memory") {
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
			if name == "the zero page" && !l.features.ZeroPage {
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
	if l.features.ZeroPage {
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
			if mainOf(l).overLimit(200 << 20) {
				t.Skip("this user may not lock 200M")
			}
			ok(t, l, c.first...)
			refusedForMemory(t, l, c.refused)
			ok(t, l, "munlockall", "mmap z 1M", "touch z")
		})
	}
	l := allowed(t)
	if !mainOf(l).overLimit(200 << 20) {
		ok(t, l, "mmap a 65M", "mlockall current onfault", "expect vmlck >= 65M", "munlockall", "mlockall future onfault", "mmap b 65M",
			"munlockall", "mlock2 a onfault")
		if l.features.ZeroPage {
			ok(t, l, "mmap r 65M r", "mlock r", "expect all r zero")
		}
	}
}

// Without --memory it is half of what there is, and the message has the numbers.
func TestBudgetUnasked(t *testing.T) {
	l := opened(t, Options{})
	b := l.readBudget(false)
	total := b.available + b.taken
	if b.asked || b.allowed != total/2 || b.taken <= 0 || b.taken > 16<<20 {
		t.Errorf("the budget is %+v", b)
	}
	ok(t, l, fmt.Sprintf("mmap a %dB noreserve", total))
	e := do(t, l, "touch a")
	for _, w := range []string{"touch of up to " + model.FormatBytes((total+pageBytes-1)&^(pageBytes-1)), "half of the ", " that are available", "start incore with --memory"} {
		if !strings.Contains(e.Refused, w) {
			t.Errorf("%q is missing in %q", w, e.Refused)
		}
	}
	ok(t, l, "touch a[0..1]")
}

// Over the budget, as where others took memory meanwhile, what is there may be used on.
func TestBudgetOverdrawn(t *testing.T) {
	l := allowed(t)
	ok(t, l, "mmap a 32M", "mmap b 4", "touch a")
	l.opts.Memory, l.account = 1<<20, account{}
	ok(t, l, "touch a", "touch a read", "memset a[3] 1", "mlock2 b onfault", "expect all b absent")
	e := do(t, l, "touch b[0]")
	if want := "1M, as --memory says"; !strings.Contains(e.Refused, want) || !strings.Contains(e.Refused, "it has 32") {
		t.Errorf("touch of one page more: %q", e.Refused)
	}
	ok(t, l, "munmap a", "touch b[0]")
}

// In a container MemAvailable is that of the machine around it.
func TestBudgetAround(t *testing.T) {
	const limit, used, idle = "209715200", "157286400\n", 52428800
	for name, c := range map[string]struct {
		v2     bool
		limits map[string]string // by how far above incore's own cgroup, and file
	}{
		"its own":            {true, map[string]string{"0/memory.max": limit, "1/memory.max": "max", "2/memory.max": "max"}},
		"above it":           {true, map[string]string{"0/memory.max": "max", "1/memory.max": limit, "2/memory.max": "max"}},
		"the least counts":   {true, map[string]string{"0/memory.max": "1073741824", "1/memory.max": limit, "2/memory.max": "536870912"}},
		"memory.high":        {true, map[string]string{"0/memory.max": "1073741824", "0/memory.high": limit, "1/memory.high": "max"}},
		"v1":                 {false, map[string]string{"0/memory.limit_in_bytes": limit, "1/memory.limit_in_bytes": "9223372036854771712"}},
		"v1 above":           {false, map[string]string{"0/memory.limit_in_bytes": "9223372036854771712", "1/memory.limit_in_bytes": limit}},
		"v1 above the mount": {false, map[string]string{"0/memory.limit_in_bytes": "9223372036854771712", "hierarchical": limit}},
	} {
		t.Run(name, func(t *testing.T) {
			l := opened(t, Options{})
			top := t.TempDir()
			dirs := []string{filepath.Join(top, "a", "b"), filepath.Join(top, "a"), top}
			h := proc.Hierarchy{V2: c.v2, Mount: top, Own: dirs[0]}
			if err := os.MkdirAll(h.Own, 0o700); err != nil {
				t.Fatal(err)
			}
			write := func(dir, name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for i, dir := range dirs {
				for _, name := range []string{h.LimitFile(), "memory.high"} {
					if text, found := c.limits[fmt.Sprintf("%d/%s", i, name)]; found {
						write(dir, name, text)
					}
				}
				write(dir, "memory.current", used)
				write(dir, "memory.usage_in_bytes", used)
				stat := fmt.Sprintf("anon 1\ninactive_file %d\ntotal_inactive_file %d\n", idle, idle)
				if n := c.limits["hierarchical"]; n != "" && i == 0 {
					stat += "hierarchical_memory_limit " + n + "\n"
				}
				write(dir, "memory.stat", stat)
			}
			l.groups.in, l.groups.found = h, true
			if b := l.readBudget(false); b.available != 100<<20 {
				t.Errorf("200M are allowed, and 150M used, of which 50M can be given back: %d bytes are said to be available", b.available)
			}
			ok(t, l, "mmap a 51M")
			if e := do(t, l, "touch a"); !strings.Contains(e.Refused, "half of the 100M that are available") && !strings.Contains(e.Refused, "half of the 100.") {
				t.Errorf("touch of 51M: %q", e.Refused)
			}
		})
	}
}

// The same of a cgroup of the kernel's.
func TestBudgetAroundLive(t *testing.T) {
	l := opened(t, Options{})
	if e := do(t, l, "memcg 256M"); e.Refused != "" {
		t.Skip(e.Refused)
	}
	ok(t, l, "mmap a 64M", "touch a")
	in := l.groups.in
	in.Own = mainOf(l).group.get().dir
	l.groups.in, l.account = in, account{}
	b := l.readBudget(false)
	if b.available > (256-64)<<20 || b.available < (256-64-16)<<20 || b.allowed != (b.available+b.taken)/2 {
		t.Errorf("256M are allowed, and somewhat more than 64M used: %+v", b)
	}
	ok(t, l, "mmap b 100M")
	mainOf(l).group.move(nil) // incore's own cgroup is no memcg of the session
	if e := do(t, l, "touch b"); !strings.Contains(e.Refused, "half of the 25") {
		t.Errorf("touch of 100M: %q", e.Refused)
	}
}

// Asking what there is costs more than a small call, so it is not done for each.
func TestBudgetIsAskedSeldom(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 4", "touch a")
	before := l.account
	ok(t, l, "touch a", "touch a", "mlock a[0]")
	if l.account.until != before.until && time.Now().Before(before.until) {
		t.Errorf("the account was read anew: %v, and it was good until %v", l.account.until, before.until)
	}
	if l.account.left >= before.left {
		t.Errorf("what was let through is not taken off: %d left, and before %d", l.account.left, before.left)
	}
}

// Within a memory cgroup its own OOM killer is what ends the process, and nobody else.
func TestBudgetInMemcg(t *testing.T) {
	needsNoSwap(t)
	l := opened(t, Options{Memory: 64 << 20})
	if e := do(t, l, "memcg 16M"); e.Refused != "" {
		t.Skip(e.Refused)
	}
	ok(t, l, "mmap a 128M")
	do(t, l, "touch a")
	ok(t, l, "expect dead SIGKILL", "reset", "mmap a 128M", "memcg max")
	refusedForMemory(t, l, "touch a")
}
