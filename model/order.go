package model

import "math/bits"

// Order is an order of the numbers below n that looks random, is the same each time and takes
// no memory: that of a touch at random.
type Order struct {
	n    uint64
	bits int // of the power of two that n fits into
}

// NewOrder returns the order of the numbers below n.
func NewOrder(n uint64) Order {
	return Order{n, max(bits.Len64(n-1), 1)}
}

// At returns the number at position i, for i below n. Multiplying by an odd number and
// folding the high half into the low one both map the numbers of so many bits onto
// themselves; a number that comes out at n or above is sent through again.
func (o Order) At(i uint64) uint64 {
	mask := uint64(1)<<o.bits - 1
	for x := i; ; {
		for _, odd := range []uint64{0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb} {
			x = (x*odd + odd>>17) & mask
			x ^= x >> (o.bits/2 + o.bits&1)
		}
		if x < o.n {
			return x
		}
	}
}
