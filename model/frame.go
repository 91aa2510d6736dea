package model

import (
	"fmt"
	"math/bits"
)

// frameFlags are the names of the bits of /proc/kpageflags: up to 26 as
// Documentation/admin-guide/mm/pagemap.rst has them, and from 32 on as
// include/linux/kernel-page-flags.h has those that the kernel does not promise to keep.
var frameFlags = [64]string{
	0: "LOCKED", 1: "ERROR", 2: "REFERENCED", 3: "UPTODATE", 4: "DIRTY", 5: "LRU", 6: "ACTIVE", 7: "SLAB",
	8: "WRITEBACK", 9: "RECLAIM", 10: "BUDDY", 11: "MMAP", 12: "ANON", 13: "SWAPCACHE", 14: "SWAPBACKED",
	15: "COMPOUND_HEAD", 16: "COMPOUND_TAIL", 17: "HUGE", 18: "UNEVICTABLE", 19: "HWPOISON", 20: "NOPAGE",
	21: "KSM", 22: "THP", 23: "OFFLINE", 24: "ZERO_PAGE", 25: "IDLE", 26: "PGTABLE",
	32: "RESERVED", 33: "MLOCKED", 34: "OWNER_2", 35: "PRIVATE", 36: "PRIVATE_2", 37: "OWNER_PRIVATE",
	38: "ARCH", 39: "UNCACHED", 40: "SOFTDIRTY", 41: "ARCH_2", 42: "ARCH_3",
}

// entryBits are the names of the bits of a /proc/PID/pagemap entry that are not of a number
// (Documentation/admin-guide/mm/pagemap.rst). 56 says so of a present page since Linux 4.2, 57 since
// 5.13, 58 since 6.15.
var entryBits = [64]string{
	55: "soft-dirty", 56: "exclusive", 57: "uffd-wp", 58: "guard", 61: "file or shared anon", 62: "swapped", 63: "present",
}

// FlagNames returns the names of the frame's flags that are set, lowest bit first: UPTODATE,
// LRU, ANON. One without a name is told by its number: bit 50.
func (f Frame) FlagNames() []string { return namesOf(f.Flags, &frameFlags) }

// Bits returns the names of the bits that are set in the pagemap entry, beside the frame number
// of a present page and the place of a swapped one, lowest bit first.
func (f Frame) Bits() []string {
	const numbers = 1<<55 - 1 // the frame number, or the swap type and offset
	return namesOf(f.Entry&^numbers, &entryBits)
}

// Sharing returns Exclusive or Shared as the entry of a present page has it, and 0 of any other.
func (f Frame) Sharing() Mapping {
	const present, exclusive = 1 << 63, 1 << 56 // fs/proc/task_mmu.c, PM_PRESENT and PM_MMAP_EXCLUSIVE
	switch {
	case f.Entry&present == 0:
		return 0
	case f.Entry&exclusive != 0:
		return Exclusive
	}
	return Shared
}

// GivenUp says of a page that MADV_FREE has given it up, or that pages beside it are; "" where none of its VMA is. Of the
// page itself the flags of its frame say so: it is anonymous and no longer backed by swap (mm/swap.c, lru_lazyfree). A write
// has the page back, which shows in its VMA's sum at once, and in its own flags only when the kernel comes by.
func (f Frame) GivenUp() string {
	const anon, swapBacked = 1 << 12, 1 << 14 // KPF_ANON, KPF_SWAPBACKED
	of := FormatBytes(f.LazyFree) + " of its VMA"
	switch {
	case f.LazyFree == 0:
		return ""
	case f.PFN == 0 || f.Why != "":
		return of + " is given up: the kernel may take it (MADV_FREE)"
	case f.Flags&anon == 0 || f.Flags&swapBacked != 0:
		return "not this page, but " + of + " is given up (MADV_FREE)"
	}
	return "given up: the kernel may take it, unless it was written since (MADV_FREE); " + of + " is given up"
}

// namesOf returns the names of the bits that are set in v.
func namesOf(v uint64, names *[64]string) (list []string) {
	for ; v != 0; v &= v - 1 {
		bit := bits.TrailingZeros64(v)
		name := names[bit]
		if name == "" {
			name = fmt.Sprintf("bit %d", bit)
		}
		list = append(list, name)
	}
	return list
}
