//go:build linux && (amd64 || arm64)

package faults

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"incore/model"
)

// What is told of accesses is each of them once, in order of address, with as many faults of each
// kind as were counted, which the slowest took.
func TestAccessesAreRanked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const stride = 8192
		a := Accesses{stride: stride, watched: true}
		var addrs []uint64
		var times []time.Duration
		addr := uint64(1 << 20)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			addr += stride * rapid.Uint64Range(0, 3).Draw(t, "gap")
			step := make([]time.Duration, rapid.IntRange(0, 8).Draw(t, "accesses"))
			for i := range step {
				step[i] = time.Duration(rapid.IntRange(0, 5).Draw(t, "time"))
				addrs, times = append(addrs, addr+uint64(i)*stride), append(times, step[i])
			}
			a.Made(addr, step...)
			addr += uint64(len(step)) * stride
		}
		n := int64(len(times))
		minor, major := rapid.Int64Range(-1, 50).Draw(t, "minor"), rapid.Int64Range(-1, 50).Draw(t, "major")
		a.settle(minor, major)
		var got [model.FaultKinds]int64
		slowest, shortest := [model.FaultKinds]time.Duration{}, [model.FaultKinds]time.Duration{99, 99, 99}
		at := 0
		for _, r := range inOrder(a.runs) {
			for i := range uint64(r.Count) {
				if at >= len(addrs) || r.Addr+i*r.Stride != addrs[at] {
					t.Fatalf("run %+v is not of the accesses %#x", r, addrs)
				}
				got[r.Fault]++
				slowest[r.Fault], shortest[r.Fault] = max(slowest[r.Fault], times[at]), min(shortest[r.Fault], times[at])
				at++
			}
			if r.Count == 1 && r.Stride != 0 {
				t.Fatalf("a single access has a stride: %+v", r)
			}
		}
		wantMajor := min(max(major, 0), n)
		wantMinor := min(max(minor, 0), n-wantMajor)
		if int64(at) != n || got != [model.FaultKinds]int64{n - wantMajor - wantMinor, wantMinor, wantMajor} {
			t.Fatalf("%v accesses without, with minor and major faults, of %d with %d and %d counted", got, n, minor, major)
		}
		if slowest[0] > shortest[1] || slowest[1] > shortest[2] || slowest[0] > shortest[2] {
			t.Fatalf("the slowest are %v, the fastest %v", slowest, shortest)
		}
		if sum := a.untold; sum.Count(model.NoFault) != got[0] || sum.Count(model.MinorFault) != got[1] || sum.Count(model.MajorFault) != got[2] {
			t.Fatalf("%v accesses are timed as %v", got, sum)
		}
	})
}

func TestNthLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 9), func(i int) time.Duration { return time.Duration(i) }), 1, 60).Draw(t, "list")
		k := rapid.IntRange(1, len(list)).Draw(t, "k")
		sorted := slices.SortedFunc(slices.Values(list), func(a, b time.Duration) int { return cmp.Compare(b, a) })
		if got := nthLargest(list, k); got != sorted[k-1] {
			t.Fatalf("the %d-th of %v is %v", k, sorted, got)
		}
	})
}
