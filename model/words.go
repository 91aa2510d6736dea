package model

import "strings"

// Words returns the page in plain words: first what it is, then whether it is locked,
// then what an access to it would come to. A hole and a guard page have no lock to
// speak of and come in two parts. r is the region that the page is of, or the zero
// RegionInfo where it is of none; forked says that its process is a child or has had one.
// What none of them tells is left out, never guessed. It goes by the fault counts of Linux 6.0 and later,
// WordsOn by those of the kernel.
func (p Page) Words(r RegionInfo, forked bool) []string { return p.wordsBy(countedOnce, r, forked) }

// retries says what a kernel counts for the first write through a shared mapping. Up to Linux 5.19 it drops its
// lock and tries again (mm/memory.c, fault_dirty_shared_page; VM_FAULT_COMPLETED of 6.0 ended that), and since 5.9
// what was tried again counts as a major fault, whatever it read (mm_account_fault).
type retries int

const (
	countedOnce    retries = iota // minor
	countedAsMajor                // the fault that makes the page dirty
	countUnknown
)

// retriesOf returns what a kernel counts, by its version.
func retriesOf(kernel string) retries {
	switch v, ok := KernelVersion(kernel); {
	case !ok || v.Before(Version{5, 9}):
		return countUnknown
	case v.Before(Version{6, 0}):
		return countedAsMajor
	}
	return countedOnce
}

func (p Page) wordsBy(by retries, r RegionInfo, forked bool) []string {
	switch {
	case !p.Has(InVMA):
		return []string{"a hole: nothing is mapped here", "any access is SIGSEGV (SEGV_MAPERR)"}
	case p.Has(Guard):
		return []string{"a guard page", "any access is SIGSEGV (SEGV_MAPERR)"}
	}
	words := []string{p.what(r), p.lockWordsIn(r)}
	if access := p.accessWords(by, r, forked); access != "" {
		words = append(words, access)
	}
	return words
}

// WordsOn is [Page.Words] on the machine of a session, as far as that was read: where it has no swap, nothing was
// swapped out, and where its kernel counts otherwise, or is not known, so do the words.
func (p Page) WordsOn(s State, r RegionInfo, forked bool) []string {
	words := p.wordsBy(retriesOf(s.Kernel), r, forked)
	if s.System.MemTotal > 0 && s.System.SwapTotal == 0 {
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], majorIfSwapped, "")
		}
	}
	return words
}

// WordsPastEnd is [Page.Words] of a page that lies behind the end of its file ([RegionInfo.PastEnd]).
// What is in memory there shows that the file has grown since.
func (p Page) WordsPastEnd(r RegionInfo) []string {
	if !p.Has(InVMA) || p.Has(Guard) || p.Has(Mapped) || p.Has(Swapped) || p.Residency == Resident {
		return p.Words(r, false)
	}
	end := "is SIGBUS: the file ends before this page"
	if r.Backing == FileOf {
		end = "is SIGBUS: the file ended before this page when it was mapped"
	}
	write := end
	if p.Prot&ProtWrite == 0 {
		write = segvAccess
	}
	words := []string{"past the end of the file: nothing is there", p.lockWords()}
	if p.Prot&(ProtRead|ProtWrite) == 0 { // SIGSEGV comes first
		return append(words, p.accessWords(countUnknown, r, false))
	}
	return append(words, access(end, write))
}

// what returns where the page is and what lies behind it.
func (p Page) what(r RegionInfo) string {
	switch {
	case p.Has(Mapped):
		return p.mappedWords(r)
	case p.Has(Swapped) && p.Residency == Resident:
		return "swapped out, and still in memory (the swap cache has it)"
	case p.Has(MaybeGuard):
		return "swapped out or a guard page: this kernel does not tell"
	case p.Has(Swapped):
		return "swapped out"
	case p.Residency == Resident:
		return "resident, but not mapped here"
	case p.Residency == Unknowable:
		return "unknowable: of this file mincore says resident of every page"
	case p.Residency == NotAsked:
		return "not sampled yet"
	}
	return "absent: nothing is in memory"
}

func (p Page) mappedWords(r RegionInfo) string {
	s := "mapped"
	if p.Residency == Resident {
		s = "resident"
	}
	switch {
	case p.Has(ZeroPage):
		s += ", the zero page that all share: no memory of its own"
	case p.Has(File) && r.Backing == Memfd:
		s += ", of a memfd"
	case p.Has(File) && r.Backing == Secret:
		s += ", of secret memory"
	case p.Has(File) && r.Backing == Shm:
		s += ", of a shared memory segment"
	case p.Has(File) && r.Backing == Anon:
		s += ", shared memory"
	case p.Has(File):
		s += ", of a file"
	case r.Malloc == FromBrk, r.Backing == Heap:
		s += ", anonymous, of the heap"
	default:
		s += ", anonymous"
	}
	if p.Has(Huge) {
		s += ", part of a huge page"
	}
	if p.Has(MaybeHuge) {
		s += ", part of a huge page or not: this kernel does not tell"
	}
	switch {
	case p.Has(ZeroPage):
	case p.Has(Exclusive):
		s += ", mapped by this process alone"
	case p.Has(Shared) && p.Has(File):
		s += ", others may map it too"
	case p.Has(MaybeZero):
		s += ", shared with others copy-on-write or the zero page: this kernel does not tell"
	case p.Has(Shared):
		s += ", shared with others copy-on-write"
	}
	return s
}

// lockWordsIn is lockWords of a page of a region. Secret memory keeps the lock that it was mapped with, which not all kernels
// set, and where it has none, as in a child, its pages stay in memory all the same (mm/secretmem.c, secretmem_mmap, mapping_set_unevictable).
func (p Page) lockWordsIn(r RegionInfo) string {
	in := p.Has(Mapped) || p.Residency == Resident
	switch {
	case r.Backing != Secret || !p.Has(InVMA):
		return p.lockWords()
	case p.Lock == Unlocked:
		return "not locked here, and never taken out of memory: it is secret"
	case p.Lock == Locked && in:
		return "locked, and munlock leaves it so: it is secret"
	case p.Lock == Locked:
		return "to be in memory and locked once it is touched, and munlock leaves that so: it is secret"
	}
	return p.lockWords()
}

func (p Page) lockWords() string {
	in := p.Has(Mapped) || p.Residency == Resident
	switch {
	case p.Lock == Unlocked:
		return "not locked"
	case p.Lock == OnFault && in:
		return "locked (on fault)"
	case p.Lock == OnFault:
		return "to be locked when it is touched (on fault)"
	case p.Lock == ShmLocked && in:
		return "locked by SHM_LOCK (no lo, no VmLck)"
	case p.Lock == ShmLocked:
		return "to be locked when it is touched (SHM_LOCK)"
	case p.Residency == Absent && !in:
		return "locked, yet not in memory"
	}
	return "locked"
}

// The costs of an access.
const (
	costsNothing = "costs nothing"
	minorFault   = "is a minor fault"
	majorFault   = "is a major fault"

	majorIfSwapped = ", a major one if it was swapped out"
	segvAccess     = "is SIGSEGV (SEGV_ACCERR)"
)

// accessWords returns what a read and a write come to. It is "" where not enough is known.
func (p Page) accessWords(by retries, r RegionInfo, forked bool) string {
	if p.Prot == ProtNone {
		return "PROT_NONE: any access " + segvAccess
	}
	// Where x86-64 and arm64 let write they let read, so w alone needs no words of its own.
	read, write := p.costs(r, forked)
	if r.Shared {
		write = p.retried(by, r, write)
	}
	if p.Prot&ProtWrite == 0 {
		write = segvAccess
	}
	if p.Prot&(ProtRead|ProtWrite) == 0 {
		return "may be executed; a write " + segvAccess
	}
	return access(read, write)
}

// access returns what a read and a write come to in one sentence; "" is not known.
func access(read, write string) string {
	switch {
	case read == "" && write == "":
		return ""
	case read == "":
		return "a write " + write
	case read == write:
		return "a read or write " + read
	case write == "":
		return "a read " + read
	}
	return "a read " + read + "; a write " + write
}

// costs returns what a read and a write come to as far as the protection allows them.
func (p Page) costs(r RegionInfo, forked bool) (read, write string) {
	both := func(s string) (string, string) { return s, s }
	inMemory := r.Backing == Memfd || r.Backing == Shm || r.Backing == Anon && r.Shared
	switch {
	case p.Has(Mapped):
		return costsNothing, p.writeCost(r, forked)
	case p.Has(Swapped) && p.Residency == Resident:
		return both(minorFault)
	case p.Has(Swapped):
		return both(majorFault)
	case p.Residency == Resident:
		return both(minorFault)
	case p.Residency == Unknowable:
		return both("is a fault, minor or major")
	case p.Residency != Absent:
		return "", ""
	case r.Backing == Secret: // which is never in swap
		return both(minorFault)
	case inMemory:
		// The page table says nothing of a memfd's page that is out in swap.
		return both(minorFault + majorIfSwapped)
	case r.Backing == Anon, r.Backing == Heap:
		return both(minorFault)
	case r.Backing == Scratch:
		return both(majorFault)
	case r.Backing == FileOf:
		return both("is a major fault, or SIGBUS past the file's end")
	}
	return both("is a fault")
}

// retried returns what a write through a shared mapping comes to, where the kernel may try it again.
func (p Page) retried(by retries, r RegionInfo, write string) string {
	if by == countedOnce || write == costsNothing || write == "" {
		return write
	}
	switch inMemory := r.Backing == Memfd || r.Backing == Secret || r.Backing == Shm || r.Backing == Anon; {
	case p.Has(Mapped) && r.Backing != Scratch && r.Backing != FileOf:
		return write
	case p.Has(Mapped):
		return "costs nothing, or a fault where the file system wants to know"
	case inMemory && by == countedAsMajor && p.Residency == Absent:
		return "is counted as a major fault"
	case write == majorFault, strings.Contains(write, "SIGBUS"):
		return write
	}
	return "is a fault, minor or major" // what is resident may be dirty already, and then nothing is tried again
}

// writeCost returns what a write to a mapped page comes to.
func (p Page) writeCost(r RegionInfo, forked bool) string {
	switch {
	case p.Has(ZeroPage):
		return "is a minor fault, which gives it memory of its own"
	case p.Has(File) && r.Name == "":
		return ""
	case p.Has(File) && !r.Shared:
		return "is a minor fault, which copies it"
	case p.Has(File) && (r.Backing == Scratch || r.Backing == FileOf):
		return "costs nothing, or a minor fault where the file system wants to know"
	case p.Has(File):
		return costsNothing
	case p.Has(Shared):
		return "copies it, a minor fault"
	case p.Has(Exclusive) && forked:
		// fork(2) takes the right to write out of both page tables. Who has the page alone
		// again gets it back by a fault (mm/memory.c, do_wp_page), and no file of /proc tells
		// whether that has been.
		return "may be a minor fault if first since the fork"
	case p.Has(Exclusive):
		return costsNothing
	}
	return "costs nothing, unless it is shared copy-on-write"
}
