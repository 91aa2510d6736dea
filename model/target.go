package model

import (
	"fmt"
	"strconv"
)

// Unit is the unit a Size was written in.
type Unit byte

// The units of the language; the letters are those it is written with.
const (
	Pages Unit = 'p' // a bare number
	Bytes Unit = 'B'
	KiB   Unit = 'K'
	MiB   Unit = 'M'
	GiB   Unit = 'G'
	TiB   Unit = 'T'
)

// Size is an amount of memory as it was written: 64 (pages), 4096B, 64K, 1T.
type Size struct {
	N    uint64 // how many of the unit
	Unit Unit   // what N counts: pages, bytes, or one of the larger units
}

// Bytes returns the size in bytes on a kernel with pages of pageSize bytes. It is not
// rounded: rounding up to pages is the kernel's. The parser has refused sizes
// that overflow.
func (s Size) Bytes(pageSize int64) uint64 {
	switch s.Unit {
	case Pages:
		return s.N * uint64(pageSize)
	case KiB:
		return s.N << 10
	case MiB:
		return s.N << 20
	case GiB:
		return s.N << 30
	case TiB:
		return s.N << 40
	}
	return s.N
}

// TargetForm tells which of the written forms a Target has.
type TargetForm uint8

// The forms of a target.
const (
	WholeRegion TargetForm = iota // a
	PageSpan                      // a[3], a[4..7]: both ends included
	PageTail                      // a[4..]: to the region's end
	ByteSpan                      // a+100,50: 50 bytes from byte 100, unaligned as written
	RawSpan                       // 0x7f1234567000,4096: address and length in bytes
	PageBytes                     // a[1]+16,32: 32 bytes from byte 16 of page 1, unaligned as written
)

// Target names memory of the current process. Which fields count depends on Form.
type Target struct {
	Form   TargetForm // how it is written
	Region string     // all forms but RawSpan
	First  int64      // page, PageSpan, PageTail and PageBytes
	Last   int64      // page, included, PageSpan
	Off    uint64     // byte offset in the region for ByteSpan, in the page for PageBytes, address for RawSpan
	Len    uint64     // bytes, ByteSpan, PageBytes and RawSpan
}

// PagesOf returns the target that names pages rg of a region: a[3] for one page,
// a[4..7] for more, and the bare name for all of them.
func PagesOf(r *Region, rg Range) Target {
	if rg.Lo == 0 && rg.Hi == r.Pages.Len() {
		return Target{Form: WholeRegion, Region: r.Name}
	}
	return Target{Form: PageSpan, Region: r.Name, First: rg.Lo, Last: rg.Hi - 1}
}

// Span is a resolved target: what is handed to the kernel.
type Span struct {
	Addr uint64 // bytes
	Len  uint64 // bytes
}

// End returns the first address past the span.
func (s Span) End() uint64 { return s.Addr + s.Len }

// String returns the size as it is written: 64, 4096B, 64K.
func (s Size) String() string {
	n := strconv.FormatUint(s.N, 10)
	switch s.Unit {
	case Pages:
		return n
	case KiB, MiB, GiB, TiB:
		return n + string(rune(s.Unit))
	}
	return n + "B"
}

// String returns the target as it is written: a, a[3], a[4..7], a[4..], a+100,50,
// a[1]+16,32, 0x7f1234567000,4096.
func (t Target) String() string {
	switch t.Form {
	case PageSpan:
		if t.First == t.Last {
			return fmt.Sprintf("%s[%d]", t.Region, t.First)
		}
		return fmt.Sprintf("%s[%d..%d]", t.Region, t.First, t.Last)
	case PageTail:
		return fmt.Sprintf("%s[%d..]", t.Region, t.First)
	case ByteSpan:
		return fmt.Sprintf("%s+%d,%d", t.Region, t.Off, t.Len)
	case PageBytes:
		return fmt.Sprintf("%s[%d]+%d,%d", t.Region, t.First, t.Off, t.Len)
	case RawSpan:
		return fmt.Sprintf("%#x,%d", t.Off, t.Len)
	}
	return t.Region
}
