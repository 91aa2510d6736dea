//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"incore/memops/proc"
	"incore/model"
)

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
	l := opened(t, Options{Memory: 64 << 20})
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

// Memory that several have, or one has twice, is counted once.
func TestBudgetCountsOnce(t *testing.T) {
	for name, lines := range map[string][]string{
		"an alias":        {"mmap a 20M shared memfd", "touch a", "mmap b 20M shared alias a", "touch b", "mmap d 20M shared alias a", "touch d"},
		"a child":         {"mmap a 20M shared memfd", "touch a", "fork c", "in c touch a", "fork d", "in d touch a"},
		"a child's piece": {"mmap a 20M shared", "touch a", "fork c", "in c munmap a[1..]", "munmap a[0]", "fork d", "in d touch a[1..]"},
		"what is there":   {"mmap a 40M shared", "touch a", "madvise a dontneed", "touch a", "madvise a dontneed", "memset a 1"},
		"a segment twice": {"shmget a 20M", "touch a", "mmap b 20M shared alias a", "touch b", "fork c", "in c touch a", "in c touch b"},
		"never touched":   {"mmap a 8G shared noreserve", "munmap a[1..]", "mmap b 8G shared noreserve", "fork c", "in c munmap b[1..1000]", "munmap b", "mmap d 8G shared memfd"},
	} {
		t.Run(name, func(t *testing.T) {
			l := opened(t, Options{Memory: 64 << 20})
			ok(t, l, lines...)
			l.account = account{}
			ok(t, l, "mmap z 20M populate")
		})
	}
}
