package model

import "strings"

// PageState is a state of a page as expect names it: resident, locked, prot=rw.
type PageState string

// Is reports whether the page is in a state as expect names it. A state that
// cannot be told (residency before the first sample, exclusive or shared where
// the page table was not read for it) does not hold, and neither does its
// opposite. A page that no VMA covers is unmapped and neither locked nor unlocked.
func (p Page) Is(s PageState) bool {
	switch s {
	case "resident":
		return p.Residency == Resident
	case "absent":
		return p.Residency == Absent
	case "unknowable":
		return p.Residency == Unknowable
	case "mapped":
		return p.Has(Mapped)
	case "unmapped":
		return !p.Has(Mapped) && !p.Has(Unread)
	case "swapped":
		// The kernel reports a guard marker as a swap entry too.
		return p.Has(Swapped) && !p.Has(Guard) && !p.Has(MaybeGuard)
	case "zero":
		return p.Has(ZeroPage)
	case "huge":
		return p.Has(Huge)
	case "guard":
		return p.Has(Guard)
	case "exclusive":
		return p.Has(Exclusive)
	case "shared":
		return p.Has(Shared)
	case "anon":
		return p.Has(InVMA) && !p.Has(File) && !p.Has(Guard) && !p.Has(MaybeGuard) && !p.Has(Unread)
	case "file":
		return p.Has(File)
	case "locked":
		return p.Has(InVMA) && p.IsLocked()
	case "onfault":
		return p.Has(InVMA) && p.Lock == OnFault
	case "unlocked":
		return p.Has(InVMA) && p.Lock == Unlocked
	}
	prot, ok := strings.CutPrefix(string(s), "prot=")
	return ok && p.Has(InVMA) && p.Prot.String() == prot
}

// CanTell reports whether it is known that the page is in a state, or that it is not. Where it is not
// known, Is reports false of the state and of its opposite.
func (p Page) CanTell(s PageState) bool {
	if !p.Has(InVMA) {
		return true // a hole is in no state but unmapped
	}
	switch s {
	case "resident", "absent":
		return p.Residency == Resident || p.Residency == Absent
	case "mapped", "unmapped", "swapped", "zero", "huge", "guard", "exclusive", "shared", "anon", "file":
		if p.Has(Unread) {
			return false
		}
	}
	switch s {
	case "huge":
		return !p.Has(MaybeHuge)
	case "zero":
		return !p.Has(MaybeZero)
	case "guard", "swapped", "anon":
		return !p.Has(MaybeGuard)
	case "exclusive", "shared":
		return !p.Has(Mapped) || p.Mapping&(Exclusive|Shared) != 0
	}
	return true
}

// IsUnsampled reports whether the page's word on the axis of a state says by itself that nothing is known.
func (p Page) IsUnsampled(s PageState) bool {
	return (s == "resident" || s == "absent") && !p.CanTell(s)
}

// Untold says why a state of the page is not known.
func (p Page) Untold(s PageState) string {
	switch s {
	case "resident", "absent":
		if p.Residency == Unknowable {
			return "of a file that is not this user's mincore says resident of every page"
		}
		return "no sample has reached it yet"
	}
	if p.Has(Unread) {
		return "the page table was not read there"
	}
	switch s {
	case "huge":
		return "this kernel does not tell which pages are huge (PAGEMAP_SCAN, Linux 6.7)"
	case "zero":
		return "this kernel does not tell the zero page from one that is shared (PAGEMAP_SCAN, Linux 6.7; root is told)"
	case "guard", "swapped", "anon":
		return "this kernel does not tell a guard page from one that is swapped out (Linux 6.15 does)"
	}
	return "the page table was not asked who shares it"
}

// AxisWord is what the page is on the axis that a state is of.
func (p Page) AxisWord(s PageState) string {
	switch {
	case !p.Has(InVMA):
		return "a hole"
	case s == "resident" || s == "absent" || s == "unknowable":
		return [...]string{"not sampled", "absent", "resident", "unknowable"}[p.Residency&3]
	case s == "locked" || s == "onfault" || s == "unlocked":
		return [...]string{"unlocked", "locked", "onfault", "locked"}[p.Lock&3]
	case strings.HasPrefix(string(s), "prot="):
		return "prot=" + p.Prot.String()
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
	for _, w := range []PageState{"zero", "huge", "anon", "file", "exclusive", "shared"} {
		if p.Is(w) {
			words += " " + string(w)
		} else if (w == "zero" || w == "huge") && !p.CanTell(w) {
			words += " (" + string(w) + " or not)"
		}
	}
	return words
}
