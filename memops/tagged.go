//go:build linux && (amd64 || arm64)

package memops

import (
	"runtime"

	"incore/model"
)

// tagBits are the upper bits of an address that the processor ignores: a byte on arm64, none on x86-64.
//
// arm64 runs user programs with Top Byte Ignore. What is reached at an address with a tag, by an access or
// by a call, is what lies at the address without it, and that is also the address that a signal names
// (Documentation/arch/arm64/tagged-pointers.rst).
func tagBits(arch string) int {
	if arch == "arm64" {
		return 8
	}
	return 0
}

// untagged returns an address as the processor takes it. The highest bit that counts fills up the ignored ones.
func untagged(addr uint64, arch string) uint64 {
	n := tagBits(arch)
	return uint64(int64(addr<<n) >> n)
}

// reached is the memory that a span reaches, which a tag in its address does not change.
func reached(s model.Span) model.Span {
	return model.Span{Addr: untagged(s.Addr, runtime.GOARCH), Len: s.Len}
}

// wraps reports whether a span goes past the last address that the processor tells apart. A loop over
// it would then go on with the first.
func wraps(s model.Span, arch string) bool {
	if s.Len == 0 {
		return false
	}
	last := s.Addr + s.Len - 1
	n := 64 - tagBits(arch)
	return last < s.Addr || last>>n != s.Addr>>n
}
