package model

// Residency is mincore(2)'s answer for one page.
type Residency uint8

// The values of the residency axis.
const (
	NotAsked   Residency = iota // no sample has reached the page yet
	Absent                      // mincore says 0: not in core
	Resident                    // mincore says 1: in core, which is not "mapped here" nor "will not fault"
	Unknowable                  // a file that the user neither owns nor may write: mincore says 1 of every page (since Linux 5.2), so its answer means nothing
)

// Mapping is a set of what the page table and the VMA list say of one page.
type Mapping uint16

// The bits of the mapping axis. Zero means a hole: no VMA covers the page.
const (
	InVMA     Mapping = 1 << iota // a VMA covers the page (/proc/PID/maps)
	Mapped                        // the page table maps a frame (pagemap bit 63, PAGEMAP_SCAN PRESENT)
	Swapped                       // the page table holds a swap entry (bit 62 without bit 58)
	ZeroPage                      // the shared zero page is mapped (PAGEMAP_SCAN PFNZERO, Linux 6.7)
	Huge                          // mapped by a PMD: a transparent or hugetlb page (PAGEMAP_SCAN HUGE)
	Guard                         // a guard marker: any access is SIGSEGV (bit 58, PAGEMAP_SCAN GUARD; Linux 6.13)
	File                          // backed by the page cache or shmem, not anonymous (bit 61, PAGEMAP_SCAN FILE)
	Exclusive                     // mapped by this process alone (bit 56); needs a read of pagemap
	Shared                        // mapped, and bit 56 clear: other page tables may map the frame as well; needs a read of pagemap

	// What a kernel that is too old does not tell. The bit without its Maybe is clear then.
	MaybeHuge  // mapped, and nobody knows whether by a PMD (before PAGEMAP_SCAN, Linux 6.7)
	MaybeZero  // mapped and shared, and nobody knows whether it is the zero page (before PAGEMAP_SCAN, Linux 6.7)
	MaybeGuard // a swap entry or a guard marker, which the page table shows alike (Linux 6.13 and 6.14)

	Unread // nobody has asked what the page table holds: of a mapping too long to be read (before PAGEMAP_SCAN, Linux 6.7), or outside of all regions
)

// Lock is the lock flag of the VMA that covers a page (smaps VmFlags lo, lf), or that of
// the segment behind it.
type Lock uint8

// The values of the lock axis. A page can be locked and absent.
const (
	Unlocked  Lock = iota
	Locked         // VmFlags lo: mlock, mlockall, MAP_LOCKED
	OnFault        // VmFlags lo lf: locked as it is faulted in (MLOCK_ONFAULT)
	ShmLocked      // SHM_LOCK of its segment: locked as it is faulted in, without lo and not in VmLck (shmctl(2))
)

// Prot is a set of access rights of a VMA. Zero is PROT_NONE.
type Prot uint8

// The bits of Prot have the values of PROT_READ, PROT_WRITE and PROT_EXEC
// (asm-generic/mman-common.h), so a Prot can be passed to mmap and mprotect.
const (
	ProtNone  Prot = 0
	ProtRead  Prot = 1
	ProtWrite Prot = 2
	ProtExec  Prot = 4
)

// String returns the protection as the command language writes it: none, r, w,
// rw, rx, rwx (and wx or x, which the language does not ask for but a kernel may show).
func (p Prot) String() string {
	if p == ProtNone {
		return "none"
	}
	var s []byte
	for i, c := range []byte("rwx") {
		if p&(1<<i) != 0 {
			s = append(s, c)
		}
	}
	return string(s)
}

// FrameState is what /proc/kpageflags says of the frame that a page is mapped to, as far as an expect has asked: it is
// told to root alone.
type FrameState uint8

// The bits of FrameState. Zero says that it was not asked.
const (
	FrameAsked FrameState = 1 << iota
	FrameKSM              // equal pages were merged into it (KPF_KSM)
	FrameDirty            // it has something that its file, or its place in swap, does not have (KPF_DIRTY)
)

// Page is everything that one sample says of one page, on axes that are never
// folded into each other. It is comparable; equal neighbors make a run.
type Page struct {
	Residency Residency  // mincore's answer
	Lock      Lock       // of the VMA or the segment; Unlocked in a hole and before the first sample
	Prot      Prot       // of the VMA; ProtNone in a hole and before the first sample
	Frame     FrameState // of the frame that it is mapped to
	Mapping   Mapping    // what the page table and the VMA list say; 0 is a hole
}

// Has reports whether all bits of m are set in the page's mapping axis.
func (p Page) Has(m Mapping) bool { return p.Mapping&m == m }

// IsLocked reports whether the page lies in a locked VMA, on fault or not.
func (p Page) IsLocked() bool { return p.Lock != Unlocked }

// Range is a half-open span [Lo, Hi) of page indexes within a region.
type Range struct {
	Lo, Hi int64
}

// Len returns the number of pages in r; an inverted range has none.
func (r Range) Len() int64 { return max(0, r.Hi-r.Lo) }

// Contains reports whether page i lies in r.
func (r Range) Contains(i int64) bool { return r.Lo <= i && i < r.Hi }

// Intersect returns the pages that lie in both ranges; where there are none the
// result's Len is 0.
func (r Range) Intersect(o Range) Range {
	return Range{max(r.Lo, o.Lo), min(r.Hi, o.Hi)}
}
