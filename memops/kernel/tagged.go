//go:build linux && (amd64 || arm64)

package kernel

import (
	"runtime"

	"incore/model"
)

// TagBits are the upper bits of an address that the processor ignores: a byte on arm64, none on x86-64.
//
// arm64 runs user programs with Top Byte Ignore. What is reached at an address with a tag, by an access or
// by a call, is what lies at the address without it, and that is also the address that a signal names
// (Documentation/arch/arm64/tagged-pointers.rst).
func TagBits(arch string) int {
	if arch == "arm64" {
		return 8
	}
	return 0
}

// Untagged returns an address as the processor takes it. The highest bit that counts fills up the ignored ones.
func Untagged(addr uint64, arch string) uint64 {
	n := TagBits(arch)
	return uint64(int64(addr<<n) >> n)
}

// Reached is the memory that a span reaches, which a tag in its address does not change.
func Reached(s model.Span) model.Span {
	return model.Span{Addr: Untagged(s.Addr, runtime.GOARCH), Len: s.Len}
}

// Wraps reports whether a span goes past the last address that the processor tells apart. A loop over
// it would then go on with the first.
func Wraps(s model.Span, arch string) bool {
	if s.Len == 0 {
		return false
	}
	last := s.Addr + s.Len - 1
	n := 64 - TagBits(arch)
	return last < s.Addr || last>>n != s.Addr>>n
}
