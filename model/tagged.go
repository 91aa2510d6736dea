package model

import "slices"

// arm64 ignores the top byte of an address, which a program may use for a tag. What an access reaches is what lies
// at the address without it, and so it is with the calls that look for what is mapped
// (Documentation/arch/arm64/tagged-address-abi.rst); those that say where something is to be mapped take the
// address as it is since Linux 5.6 (mm/mmap.c, mm/mremap.c, ipc/shm.c).

// untagging are the calls that drop the tag of the address they begin with: untagged_addr in mm/mlock.c, mm/mprotect.c,
// mm/madvise.c, mm/msync.c, mm/mincore.c, mm/mmap.c (munmap), mm/mremap.c (where it was) and mm/mseal.c.
var untagging = []string{"mlock", "mlock2", "munlock", "mprotect", "pkey_mprotect", "madvise", "msync", "mincore", "munmap", "mremap", "mseal"}

// accessing are the subject's loops, whose addresses the processor takes.
var accessing = []string{"touch", "memset", "memcpy", "memmove", "memcmp"}

// Reached returns the address that an access of a process comes to: the highest bit that counts fills up the ignored
// ones.
func (l Limits) Reached(addr uint64) uint64 { return uint64(int64(addr<<l.TagBits) >> l.TagBits) }

// Untagged returns an address as a call takes it that looks for what is mapped. A tag is dropped of the user's half of
// the addresses alone (arch/arm64/include/asm/uaccess.h, untagged_addr).
func (l Limits) Untagged(addr uint64) uint64 { return addr & l.Reached(addr) }

// Meant returns an address as a call or a loop takes it.
func (l Limits) Meant(call string, addr uint64) uint64 {
	switch {
	case l.TagBits == 0:
	case slices.Contains(untagging, call):
		return l.Untagged(addr)
	case slices.Contains(accessing, call):
		return l.Reached(addr)
	}
	return addr
}

// Wraps reports whether a span goes past the last address that the processor tells apart.
func (l Limits) Wraps(s Span) bool {
	last, n := s.Addr+s.Len-1, 64-l.TagBits
	return s.Len > 0 && (last < s.Addr || last>>n != s.Addr>>n)
}

// Tagged reports whether a call was handed an address that it takes without its tag.
func (l Limits) Tagged(e *Event) bool {
	return slices.ContainsFunc(e.Args, func(a Arg) bool { return a.Kind == ArgAddr && l.Meant(e.Call, a.Value) != a.Value })
}
