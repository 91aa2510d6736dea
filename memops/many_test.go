//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/model"
)

// manyLocks is how many pages the tests here lock, every second one: more than
// vm.max_map_count has room for where nobody set it.
const manyLocks = 33_000

// mapCount is how many VMAs a process has that count against vm.max_map_count, and that
// limit.
func mapCount(t testing.TB, pid int) (count, most int) {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(maps) {
		if !bytes.Contains(line, []byte("[vsyscall]")) { // the kernel's own, of no process
			count++
		}
	}
	text, err := os.ReadFile("/proc/sys/vm/max_map_count")
	if err != nil {
		t.Fatal(err)
	}
	if most, err = strconv.Atoi(string(bytes.TrimSpace(text))); err != nil {
		t.Fatal(err)
	}
	return count, most
}

// Locking a page within a VMA splits it twice, and a split needs room below
// vm.max_map_count (mm/vma.c, split_vma). Which call is the first to find none can be
// told beforehand.
func TestMaxMapCount(t *testing.T) {
	if testing.Short() {
		t.Skip("33,000 calls")
	}
	l := opened(t, memops.Options{})
	if !sampled(l).Limits.IPCLock {
		t.Skip("without CAP_IPC_LOCK RLIMIT_MEMLOCK refuses so many locks first")
	}
	ok(t, l, fmt.Sprintf("mmap a %d noreserve", 2*manyLocks), "munlock a")
	count, most := mapCount(t, l.State().Main().PID)
	if most < count+16 || most > 2*manyLocks-16 {
		t.Skipf("vm.max_map_count is %d", most)
	}
	full, base := false, l.State().Main().Region("a").Base
	for i := range manyLocks {
		splits := 2
		if i == 0 {
			splits = 1 // the first page has nothing before it
		}
		want := ""
		if count+splits > most {
			want, full = "ENOMEM", true
			splits = most - count
		}
		count += splits
		if count < most-200 { // the call alone, since a command takes ten times as long
			r, err := memops.SubjectOf(l, model.Main).Actor.Call(unix.SYS_MLOCK, base+uint64(2*i)*uint64(pageBytes), uint64(pageBytes), 0, 0, 0, 0)
			if err != nil || r.Ret != 0 {
				t.Fatalf("lock number %d with %d VMAs of %d: %d, %v", i+1, count, most, r.Ret, err)
			}
			continue
		}
		memops.SamplerOf(l, model.Main).ChangesVMAs()
		e := do(t, l, fmt.Sprintf("mlock a[%d]", 2*i))
		if e.Errno != want {
			t.Fatalf("lock number %d with %d VMAs of %d: errno is %q, want %q", i+1, count, most, e.Errno, want)
		}
	}
	if !full {
		t.Error("vm.max_map_count was never reached")
	}
	// What splits fails from here on, what merges works.
	if e := do(t, l, "mprotect a[1] none"); e.Errno != "" {
		t.Errorf("an mprotect of a whole VMA: %s", e.Strace())
	}
	ok(t, l, "munlock a[0]", "munlockall", "expect no a locked")
}

// BenchmarkLocks is what a lock of one page costs beside few VMAs and beside many, with a
// screen and without one; and how long a command had to wait at most with a screen.
func BenchmarkLocks(b *testing.B) {
	for _, screen := range []bool{false, true} {
		for _, before := range []int{0, 30_000} {
			b.Run(fmt.Sprintf("screen=%v/locks=%d", screen, before), func(b *testing.B) {
				l := opened(b, memops.Options{Sampling: screen})
				if !l.Refresh(b.Context(), "").Limits.IPCLock {
					b.Skip("RLIMIT_MEMLOCK refuses so many locks")
				}
				ok(b, l, fmt.Sprintf("mmap a %d noreserve", 2*manyLocks))
				for i := range before {
					do(b, l, fmt.Sprintf("mlock a[%d]", 2*i))
				}
				var slowest time.Duration
				for b.Loop() {
					for _, line := range []string{"mlock a[65000]", "munlock a[65000]"} {
						begin := time.Now()
						do(b, l, line)
						slowest = max(slowest, time.Since(begin))
					}
				}
				b.ReportMetric(float64(slowest)/1e6, "ms-slowest")
			})
		}
	}
}
