package model

import "strings"

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
		return !p.Has(Mapped)
	case "swapped":
		// The kernel reports a guard marker as a swap entry too.
		return p.Has(Swapped) && !p.Has(Guard)
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
		return p.Has(InVMA) && !p.Has(File) && !p.Has(Guard)
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

// axisWord is what the page is on the axis that a state is of.
func (p Page) axisWord(s PageState) string {
	switch {
	case !p.Has(InVMA):
		return "a hole"
	case s == "resident" || s == "absent" || s == "unknowable":
		return [...]string{"not sampled", "absent", "resident", "unknowable"}[p.Residency&3]
	case s == "locked" || s == "onfault" || s == "unlocked":
		return [...]string{"unlocked", "locked", "onfault", "locked"}[p.Lock&3]
	case strings.HasPrefix(string(s), "prot="):
		return "prot=" + p.Prot.String()
	case p.Has(Guard):
		return "guard"
	case p.Has(Swapped):
		return "swapped"
	case !p.Has(Mapped):
		return "unmapped"
	}
	words := "mapped"
	for _, w := range []PageState{"zero", "huge", "anon", "file", "exclusive", "shared"} {
		if p.Is(w) {
			words += " " + string(w)
		}
	}
	return words
}
