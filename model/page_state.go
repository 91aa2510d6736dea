package model

import "strings"

// PageState is a state of a page as expect names it: resident, locked, prot=rw.
type PageState string

// The states of a page, by the axis that each is of.
const (
	StateResident   PageState = "resident"
	StateAbsent     PageState = "absent"
	StateUnknowable PageState = "unknowable"

	StateHole PageState = "hole" // no VMA covers it, while unmapped is a page without a frame, in a VMA or not

	StateMapped    PageState = "mapped"
	StateUnmapped  PageState = "unmapped"
	StateSwapped   PageState = "swapped"
	StateZero      PageState = "zero"
	StateHuge      PageState = "huge"
	StateGuard     PageState = "guard"
	StateAnon      PageState = "anon"
	StateFile      PageState = "file"
	StateExclusive PageState = "exclusive"
	StateShared    PageState = "shared"

	StateLocked   PageState = "locked"
	StateOnFault  PageState = "onfault"
	StateUnlocked PageState = "unlocked"

	StateKSM   PageState = "ksm"
	StateDirty PageState = "dirty"
)

// OfFrame reports whether a state is one of the frame that a page is mapped to, which is told to root alone.
func (s PageState) OfFrame() bool { return s == StateKSM || s == StateDirty }

// StateProt is what a state begins with that is a protection: prot=rw.
const StateProt = "prot="

// Is reports whether the page is in a state. A state that cannot be told does not hold, and neither
// does its opposite: residency before the first sample, exclusive or shared where the page table was not
// read for it. A page that no VMA covers is unmapped, and neither locked nor unlocked.
func (p Page) Is(s PageState) bool {
	switch s {
	case StateResident:
		return p.Residency == Resident
	case StateAbsent:
		return p.Residency == Absent
	case StateUnknowable:
		return p.Residency == Unknowable
	case StateHole:
		return !p.Has(InVMA)
	case StateMapped:
		return p.Has(Mapped)
	case StateUnmapped:
		return !p.Has(Mapped) && !p.Has(Unread)
	case StateSwapped:
		// The kernel reports a guard marker as a swap entry too.
		return p.Has(Swapped) && !p.Has(Guard) && !p.Has(MaybeGuard)
	case StateZero:
		return p.Has(ZeroPage)
	case StateHuge:
		return p.Has(Huge)
	case StateGuard:
		return p.Has(Guard)
	case StateExclusive:
		return p.Has(Exclusive)
	case StateShared:
		return p.Has(Shared)
	case StateAnon:
		return p.Has(InVMA) && !p.Has(File) && !p.Has(Guard) && !p.Has(MaybeGuard) && !p.Has(Unread)
	case StateFile:
		return p.Has(File)
	case StateLocked:
		return p.Has(InVMA) && p.IsLocked()
	case StateOnFault:
		return p.Has(InVMA) && p.Lock == OnFault
	case StateUnlocked:
		return p.Has(InVMA) && p.Lock == Unlocked
	case StateKSM:
		return p.Frame&FrameKSM != 0
	case StateDirty:
		return p.Frame&FrameDirty != 0
	}
	prot, ok := strings.CutPrefix(string(s), StateProt)
	return ok && p.Has(InVMA) && p.Prot.String() == prot
}

// CanTell reports whether it is known that the page is in a state, or that it is not. Where that is not
// known, [Page.Is] reports false of the state and of its opposite.
func (p Page) CanTell(s PageState) bool {
	if !p.Has(InVMA) {
		return true // a hole is in no state but hole and unmapped
	}
	switch s {
	case StateResident, StateAbsent:
		return p.Residency == Resident || p.Residency == Absent
	case StateMapped, StateUnmapped, StateSwapped, StateZero, StateHuge, StateGuard, StateExclusive, StateShared, StateAnon, StateFile, StateKSM, StateDirty:
		if p.Has(Unread) {
			return false
		}
	}
	switch s {
	case StateHuge:
		return !p.Has(MaybeHuge)
	case StateZero:
		return !p.Has(MaybeZero)
	case StateGuard, StateSwapped, StateAnon:
		return !p.Has(MaybeGuard)
	case StateExclusive, StateShared:
		return !p.Has(Mapped) || p.Mapping&(Exclusive|Shared) != 0
	case StateKSM:
		return !p.Has(Mapped) || p.Frame&FrameAsked != 0
	case StateDirty: // a page of a file can be in memory, and written back or not, without being mapped
		return p.Frame&FrameAsked != 0 || !p.Has(Mapped) && (!p.Has(File) || p.Residency == Absent)
	}
	return true
}

// IsUnsampled reports whether [Page.AxisWord] says by itself that nothing is known on the axis of a state.
func (p Page) IsUnsampled(s PageState) bool {
	return (s == StateResident || s == StateAbsent) && !p.CanTell(s)
}

// Untold returns why a state of the page is not known.
func (p Page) Untold(s PageState) string {
	switch s {
	case StateResident, StateAbsent:
		if p.Residency == Unknowable {
			return "of a file that is not this user's mincore says resident of every page"
		}
		return "no sample has reached it yet"
	}
	if p.Has(Unread) {
		return "the page table was not read there"
	}
	switch s {
	case StateHuge:
		return "this kernel does not tell which pages are huge (PAGEMAP_SCAN, Linux 6.7)"
	case StateZero:
		return "this kernel does not tell the zero page from one that is shared (PAGEMAP_SCAN, Linux 6.7; root is told)"
	case StateGuard, StateSwapped, StateAnon:
		return "this kernel does not tell a guard page from one that is swapped out (Linux 6.15 does)"
	}
	switch {
	case !s.OfFrame():
		return "the page table was not asked who shares it"
	case !p.Has(Mapped):
		return "the page table does not lead to its frame"
	}
	return "its frame was not asked about (/proc/kpageflags)"
}

// AxisWord returns what the page is on the axis that a state is of.
func (p Page) AxisWord(s PageState) string {
	switch {
	case !p.Has(InVMA):
		return "a hole"
	case s == StateResident || s == StateAbsent || s == StateUnknowable:
		return [...]string{"not sampled", "absent", "resident", "unknowable"}[p.Residency&3]
	case s == StateLocked || s == StateOnFault || s == StateUnlocked:
		return [...]string{"unlocked", "locked", "onfault", "locked"}[p.Lock&3]
	case strings.HasPrefix(string(s), StateProt):
		return StateProt + p.Prot.String()
	case p.Has(Unread):
		return "not read"
	case p.Has(Guard):
		return "guard"
	case p.Has(MaybeGuard):
		return "swapped or guard"
	case p.Has(Swapped):
		return "swapped"
	case !p.Has(Mapped):
		return "unmapped"
	}
	words := "mapped"
	for _, w := range []PageState{StateZero, StateHuge, StateAnon, StateFile, StateExclusive, StateShared, StateKSM, StateDirty} {
		if p.Is(w) {
			words += " " + string(w)
		} else if (w == StateZero || w == StateHuge) && !p.CanTell(w) {
			words += " (" + string(w) + " or not)"
		}
	}
	return words
}
