package sampler

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"incore/model"
)

// appendResidency appends n pages, whose residency are the bits of buf, the lowest
// first. It takes 64 pages at a time and visits only the places where a bit differs from the
// one before it.
func appendResidency(runs model.Runs[model.Residency], buf []byte, n int64) model.Runs[model.Residency] {
	at := runs.Len()
	for ; n > 0; n, buf = n-64, buf[8:] {
		count := min(n, 64)
		runs = appendWord(runs, at, binary.LittleEndian.Uint64(buf), int(count))
		at += count
	}
	return runs
}

// appendWord appends the lowest n bits of word as the pages from at on, where runs ends.
func appendWord(runs model.Runs[model.Residency], at int64, word uint64, n int) model.Runs[model.Residency] {
	const toggle = model.Absent ^ model.Resident
	value := model.Absent
	if word&1 != 0 {
		value = model.Resident
	}
	if k := len(runs); k == 0 || runs[k-1].Val != value {
		runs = append(runs, model.Run[model.Residency]{Val: value})
	}
	// A bit of turns is set where a run begins. The first page's was settled above.
	turns := (word ^ word<<1) &^ 1 & (^uint64(0) >> (64 - n))
	runs = slices.Grow(runs, bits.OnesCount64(turns))
	last := len(runs) - 1
	for ; turns != 0; turns &= turns - 1 {
		value ^= toggle
		runs[last].End = at + int64(bits.TrailingZeros64(turns))
		runs = append(runs, model.Run[model.Residency]{Val: value})
		last++
	}
	runs[last].End = at + int64(n)
	return runs
}
