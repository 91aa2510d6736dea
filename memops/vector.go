package memops

import (
	"encoding/binary"
	"math/bits"

	"incore/model"
)

// appendVector appends the answers of a mincore(2) vector, one byte a page of which
// only the lowest bit is defined. It takes 64 pages at a time: the eight low bits of
// eight bytes are gathered by one multiplication, and a run ends where a bit differs
// from the one before it.
func appendVector(runs model.Runs[model.Residency], vec []byte) model.Runs[model.Residency] {
	for len(vec) >= 64 {
		var word uint64
		for i := range 8 {
			b := binary.LittleEndian.Uint64(vec[8*i:]) & 0x0101010101010101
			word |= b * 0x0102040810204080 >> 56 << (8 * i)
		}
		runs = appendBits(runs, word, 64)
		vec = vec[64:]
	}
	var word uint64
	for i, b := range vec {
		word |= uint64(b&1) << i
	}
	return appendBits(runs, word, len(vec))
}

// appendBits appends the low n bits of word, the lowest first.
func appendBits(runs model.Runs[model.Residency], word uint64, n int) model.Runs[model.Residency] {
	for n > 0 {
		value, same := model.Absent, bits.TrailingZeros64(word)
		if word&1 != 0 {
			value, same = model.Resident, bits.TrailingZeros64(^word)
		}
		same = min(same, n)
		runs = runs.Add(int64(same), value)
		word >>= same
		n -= same
	}
	return runs
}
