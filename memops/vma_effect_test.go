//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/sampler"
	"incore/model"
	"incore/model/calls"
)

// mendAlways has lists of VMAs mended, however short they are.
func mendAlways(t *testing.T) {
	was := sampler.MendFrom
	sampler.MendFrom = 0
	t.Cleanup(func() { sampler.MendFrom = was })
}

// A list that was mended is that of smaps, whatever was called in between, and whatever failed.
func TestMendedVMAs(t *testing.T) {
	mendAlways(t)
	l := opened(t, memops.Options{})
	file := "scratch"
	ok(t, l, "mmap a 32", "mmap b 32 shared", "mmap c 24 "+file, "mmap n 8 none")
	rng := rand.New(rand.NewPCG(7, uint64(time.Now().UnixNano())))
	target := func() string {
		name := []string{"a", "b", "c", "n", "a", "a"}[rng.IntN(6)]
		lo := rng.IntN(24)
		return fmt.Sprintf("%s[%d..%d]", name, lo, lo+rng.IntN(12))
	}
	lines := []func() string{
		func() string { return "mlock " + target() },
		func() string { return "mlock2 " + target() + " onfault" },
		func() string { return "munlock " + target() },
		func() string { return "mprotect " + target() + " " + []string{"none", "r", "rw"}[rng.IntN(3)] },
		func() string {
			return "madvise " + target() + " " + []string{"dontfork", "dofork", "random", "normal", "willneed"}[rng.IntN(5)]
		},
		func() string { return "munmap " + target() },
		func() string { return "touch " + target() },
		func() string {
			return fmt.Sprintf("mmap z%d %d %s", rng.IntN(5), 1+rng.IntN(3), []string{"", "locked", "none"}[rng.IntN(3)])
		},
		func() string { return fmt.Sprintf("munmap z%d", rng.IntN(5)) },
		func() string { return fmt.Sprintf("mmap a 32 at a[%d]", rng.IntN(8)) },
		func() string {
			return []string{"mlockall future", "munlockall", "mlockall current future onfault"}[rng.IntN(3)]
		},
		func() string { return "mseal " + fmt.Sprintf("c[%d]", rng.IntN(24)) },
		func() string { return fmt.Sprintf("mmap q%d 2 at b[%d]", rng.IntN(9), rng.IntN(30)) },
		func() string { return fmt.Sprintf("mremap z%d %d", rng.IntN(5), 1+rng.IntN(5)) },
	}
	sampled(l)
	s := memops.SamplerOf(l, model.Main)
	var calls []string
	for i := range 1500 {
		for range 1 + rng.IntN(3) {
			k := rng.IntN(len(lines))
			if k > 8 && rng.IntN(5) > 0 {
				k = rng.IntN(9)
			}
			calls = append(calls, lines[k]())
			do(t, l, calls[len(calls)-1])
		}
		got := sampled(l).VMAs
		want, err := s.Files().ReadVMAs(64, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k := range want { // of what has been asked anew VmFlags are not told
			if k < len(got) && got[k].Flags == 0 {
				want[k].Flags = 0
			}
		}
		if !slices.Equal(got, want) {
			for k := range min(len(got), len(want)) {
				if got[k] != want[k] {
					t.Errorf("mended: %+v, smaps: %+v", got[k], want[k])
					break
				}
			}
			t.Fatalf("after call %d, %d VMAs and %d; the last were %q", i, len(got), len(want), calls[max(0, len(calls)-6):])
		}
	}
	if !s.Scans() {
		t.Skip("all agree; without PAGEMAP_SCAN none is mended, since smaps is read for its counts of huge pages")
	}
	read, mended := s.Readings()
	if mended < 300 {
		t.Errorf("%d lists were mended and %d read", mended, read)
	}
	t.Logf("%d lists were mended and %d read", mended, read)
}

// manyVMAs is a process whose VMAs are about as many as it may have.
func manyVMAs(t testing.TB, l *memops.Lab) {
	count, most := mapCount(t, l.State().Main().PID)
	if most > 70_000 {
		t.Skipf("vm.max_map_count is %d", most)
	}
	ok(t, l, fmt.Sprintf("mmap a %d noreserve", most+64))
	for i := 0; count+2 <= most-1; i++ {
		if e := do(t, l, fmt.Sprintf("mprotect a[%d] none", 2*i+1)); e.Errno != "" {
			break
		}
		count += 2
	}
}

// processorTime is what incore itself has taken of the processors.
func processorTime() time.Duration {
	var r unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// What a call that fails costs a script with as many VMAs as there may be: the call, a look at the process
// and the explanation. The bare call is beside it.
func BenchmarkFailingCall(b *testing.B) {
	l := opened(b, memops.Options{})
	manyVMAs(b, l)
	l.Refresh(b.Context(), "")
	n := fmt.Sprint(len(l.State().Main().VMAs))
	page := l.State().Main().Region("a").Base + 65_540*uint64(pageBytes)
	b.Run("bare mprotect", func(b *testing.B) {
		for b.Loop() {
			if _, err := memops.SubjectOf(l, model.Main).Actor.Call(unix.SYS_MPROTECT, page, uint64(pageBytes), 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, lines := range [][]string{
		{"mprotect a[65540] none"}, {"mlock a[65540]"}, {"munlock a+1,50"}, {"madvise a[65540] dontfork"}, {"munmap a[65540]"},
		{"mprotect a[65540..65541] none", "mlock a[65540]"}, {"mmap a2 1 r at a[65540]"},
	} {
		b.Run(lines[0]+" of "+n+" VMAs", func(b *testing.B) {
			readings, _ := memops.SamplerOf(l, model.Main).Readings()
			cpu := processorTime()
			for b.Loop() {
				for _, line := range lines {
					if e := do(b, l, line); !e.OK() {
						l.Refresh(b.Context(), "")
						calls.Explain(e, l.State())
					}
				}
			}
			calls := float64(b.N * len(lines))
			b.ReportMetric(float64(b.Elapsed().Microseconds())/calls/1000, "ms/call")
			b.ReportMetric(float64((processorTime()-cpu).Microseconds())/calls/1000, "cpu-ms/call") // on a busy machine
			read, _ := memops.SamplerOf(l, model.Main).Readings()
			b.ReportMetric(float64(read-readings)/calls, "smaps/call")
		})
	}
	b.Run("expect vmas", func(b *testing.B) {
		for b.Loop() {
			do(b, l, "mprotect a[1] r")
			do(b, l, "expect vmas a[0..2] >= 1")
			do(b, l, "mprotect a[1] none")
			do(b, l, "expect vmas a[0..2] >= 1")
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(2*b.N)/1000, "ms/expect")
	})
}

// A touch below a VMA that grows down makes it longer without any call: what is asked of the
// VMAs next is asked of those that are there then.
func TestVMAsAfterGrowth(t *testing.T) {
	for _, loop := range []string{"touch %s", "touch %s read", "memset %s 1", "memcpy %s b+0,1"} {
		t.Run(fmt.Sprintf(loop, "below"), func(t *testing.T) {
			l := opened(t, memops.Options{})
			ok(t, l, "mmap b 1", "touch b", "mmap room 1G none noreserve", "mmap a 4 grows_down at room[2000]", "munmap room[0..1999]")
			base := l.State().Main().Region("a").Base
			for i := range uint64(3) {
				below := base - (i+1)*uint64(pageBytes)
				ok(t, l, fmt.Sprintf("expect vmas %#x,1 0", below), "expect vmas a 1",
					fmt.Sprintf(loop, fmt.Sprintf("%#x,1", below)), fmt.Sprintf("expect vmas %#x,1 1", below))
				readings, _ := memops.SamplerOf(l, model.Main).Readings()
				ok(t, l, fmt.Sprintf(loop, fmt.Sprintf("%#x,1", below)), "expect vmas a 1")
				// Without PAGEMAP_SCAN they are read for the count of huge pages too (mayBeHuge).
				if read, _ := memops.SamplerOf(l, model.Main).Readings(); read != readings && kernel.Probe().Scan {
					t.Errorf("the VMAs were read %d times more, though none changed", read-readings)
				}
			}
		})
	}
}
