package faults

import (
	"math/bits"
	"time"
)

// Histogram counts times in buckets that are an eighth of a power of two wide, so a
// median read from it is right to within some 6 %.
type Histogram struct {
	N       int64         // how many times were counted
	Slowest time.Duration // the longest of them; 0 before the first
	buckets [64 * 8]int64
}

// Add counts a time.
func (h *Histogram) Add(d time.Duration) {
	h.N++
	h.Slowest = max(h.Slowest, d)
	h.buckets[bucketOf(uint64(max(d, 0)))]++
}

// bucketOf is the number's binary exponent and the three bits below its highest.
func bucketOf(v uint64) int {
	if v < 8 {
		return int(v)
	}
	exp := bits.Len64(v) - 4
	return (exp+1)*8 + int(v>>exp)&7
}

// Median is the middle of the bucket in which the median lies.
func (h *Histogram) Median() time.Duration {
	var seen int64
	for b, count := range h.buckets {
		seen += count
		if 2*seen >= h.N && count > 0 {
			if b < 8 {
				return time.Duration(b)
			}
			exp := b/8 - 1
			// The middle of the highest bucket can be above all that fell into it.
			return min(time.Duration(uint64(8+b%8)<<exp+1<<exp>>1), h.Slowest)
		}
	}
	return 0
}
