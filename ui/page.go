package ui

import (
	"incore/model"
)

// kind is what a cell shows of a page: what backs it, as one of the states that
// have a glyph and a hue of their own. Lock and protection are drawn on top of
// it, so they are no kinds.
type kind uint8

const (
	kindHole       kind = iota // no VMA covers the page
	kindNotAsked               // no sample has reached the page
	kindAbsent                 // not in core
	kindZero                   // the shared zero page
	kindAnon                   // anonymous memory
	kindFile                   // page cache or shmem, mapped here
	kindCached                 // in the page cache, not mapped here
	kindShared                 // anonymous, its frame shared copy-on-write
	kindSwapped                // in swap
	kindSwapCache              // in swap, and in memory still or again
	kindHuge                   // part of a huge page
	kindGuard                  // a guard marker
	kindUnknowable             // mincore's answer means nothing
	kinds
)

// kindNames are the words of the legend.
var kindNames = [kinds]string{
	kindHole: "unmapped hole", kindNotAsked: "not asked yet", kindAbsent: "absent", kindZero: "zero page",
	kindAnon: "anonymous", kindFile: "file or shmem", kindCached: "cached only", kindShared: "shared (COW)",
	kindSwapped: "swapped out", kindSwapCache: "swap cache", kindHuge: "huge page", kindGuard: "guard", kindUnknowable: "unknowable",
}

// kindTexts say in the help what each kind means.
var kindTexts = [kinds]string{
	kindHole:       "nothing mapped: SIGSEGV",
	kindNotAsked:   "no sample has reached it yet",
	kindAbsent:     "not in memory: an access faults",
	kindZero:       "read, never written: no RSS",
	kindAnon:       "in memory, mapped here",
	kindFile:       "page cache or shmem, mapped",
	kindCached:     "in the page cache, not mapped",
	kindShared:     "in memory, shared until written",
	kindSwapped:    "an access is a major fault",
	kindSwapCache:  "in memory too: a minor fault",
	kindHuge:       "in memory, part of a huge page",
	kindGuard:      "any access is SIGSEGV",
	kindUnknowable: "of a file that is not yours",
}

// tank reports whether a full cell of the kind is a full tank.
func (k kind) tank() bool { return k == kindAnon || k == kindFile || k == kindHuge }

// inCore reports whether a page of the kind counts as resident.
func (k kind) inCore() bool {
	switch k {
	case kindZero, kindAnon, kindFile, kindCached, kindShared, kindSwapCache, kindHuge:
		return true
	}
	return false
}

// kindOf is the kind of a page of a region with the given backing.
func kindOf(p model.Page, privateAnon bool) kind {
	switch {
	case p.Mapping == 0:
		return kindHole
	case p.Has(model.Guard):
		return kindGuard
	case p.Has(model.Swapped) && p.Residency == model.Resident:
		return kindSwapCache
	case p.Has(model.Swapped):
		return kindSwapped
	case p.Has(model.ZeroPage):
		return kindZero
	case p.Has(model.Huge):
		return kindHuge
	case p.Has(model.Mapped | model.File):
		return kindFile
	case p.Has(model.Mapped | model.Shared):
		return kindShared
	case p.Has(model.Mapped):
		return kindAnon
	case p.Residency == model.Unknowable:
		return kindUnknowable
	case p.Residency == model.Absent:
		return kindAbsent
	case p.Residency == model.NotAsked:
		return kindNotAsked
	case privateAnon:
		// In core and not in the page table as far as was asked: only mincore answered.
		return kindAnon
	}
	return kindCached
}

// privateAnon reports whether the region's pages can only be anonymous memory.
func privateAnon(r *model.Region) bool {
	return !r.Shared && (r.Backing == model.Anon || r.Backing == model.Heap)
}

// access is what a cell shows of the protection.
type access uint8

const (
	writable access = iota
	readOnly        // any protection without w, but none
	noAccess        // PROT_NONE
	accesses
)

func accessOf(p model.Prot) access {
	switch {
	case p == model.ProtNone:
		return noAccess
	case p&model.ProtWrite == 0:
		return readOnly
	}
	return writable
}
