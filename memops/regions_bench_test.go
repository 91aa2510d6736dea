//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"testing"
	"time"

	"incore/memops"
)

// BenchmarkRegions is what commands cost beside few regions and beside many. What maps and unmaps,
// touches and locks is to cost the same; an expect looks at all regions, and is to stay cheap.
func BenchmarkRegions(b *testing.B) {
	for _, n := range []int{1_000, 5_000, 20_000} {
		b.Run(fmt.Sprintf("regions=%d", n), func(b *testing.B) {
			l := opened(b, memops.Options{})
			begin := time.Now()
			for i := range n {
				ok(b, l, fmt.Sprintf("mmap r%d 1", i))
			}
			each := time.Since(begin) / time.Duration(n)
			b.Logf("%v a mmap of the first %d", each, n)
			for _, c := range []struct {
				name  string
				lines []string
			}{
				{"mmap and munmap", []string{"mmap z 1", "munmap z"}},
				{"touch", []string{"touch r7"}},
				{"mprotect", []string{"mprotect r9 r", "mprotect r9 rw"}},
				{"a call that fails", []string{"mprotect r9+1,4096 r"}},
				{"expect", []string{"expect all r7 resident"}},
				{"expect after a call", []string{"mprotect r9 r", "expect all r9 prot=r", "mprotect r9 rw", "expect all r9 prot=rw"}},
			} {
				b.Run(c.name, func(b *testing.B) {
					for b.Loop() {
						for _, line := range c.lines {
							do(b, l, line)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(c.lines))/1000, "µs/command")
				})
			}
			b.Run("look", func(b *testing.B) { // what --plain does around each command
				b.ReportAllocs()
				for b.Loop() {
					l.Refresh(b.Context(), "")
				}
			})
		})
	}
}
