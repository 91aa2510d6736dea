package look

import (
	"incore/model"
)

// Kind is what a cell shows of a page: what backs it, as one of the states that
// have a glyph and a hue of their own. Lock and protection are drawn on top of
// it, so they are no kinds.
type Kind uint8

const (
	Hole       Kind = iota // no VMA covers the page
	NotAsked               // no sample has reached the page
	Absent                 // not in core
	Zero                   // the shared zero page
	Anon                   // anonymous memory
	File                   // page cache or shmem, mapped here
	Cached                 // in the page cache, not mapped here
	Shared                 // anonymous, its frame shared copy-on-write
	Swapped                // in swap
	SwapCache              // in swap, and in memory still or again
	Huge                   // part of a huge page
	Guard                  // a guard marker
	Unknowable             // mincore's answer means nothing
	// Kinds is the number of kinds.
	Kinds
)

// kindTable has the words and the colors of each kind.
var kindTable = [Kinds]struct {
	name    string  // the word of the legend
	text    string  // what the help says it means
	glyph   rune    // of the cell
	letters [2]rune // in ASCII: of a writable page, and of a read-only one
	hue     hueID
}{
	Hole:       {"unmapped hole", "nothing mapped: SIGSEGV", ' ', [2]rune{' ', ' '}, hueAbsent},
	NotAsked:   {"not asked yet", "no sample has reached it yet", ' ', [2]rune{' ', ' '}, hueAbsent},
	Absent:     {"absent", "not in memory: an access faults", '·', [2]rune{'.', ','}, hueAbsent},
	Zero:       {"zero page", "read, never written: no RSS", '▁', [2]rune{'0', 'o'}, hueZero},
	Anon:       {"anonymous", "in memory, mapped here", '▇', [2]rune{'A', 'a'}, HueAnon},
	File:       {"file or shmem", "page cache or shmem, mapped", '▇', [2]rune{'F', 'f'}, hueFile},
	Cached:     {"cached only", "in the page cache, not mapped", '▃', [2]rune{'c', 'c'}, hueCached},
	Shared:     {"shared (COW)", "in memory, shared until written", '▖', [2]rune{'s', 's'}, hueShared},
	Swapped:    {"swapped out", "an access is a major fault", '▾', [2]rune{'z', 'z'}, hueSwapped},
	SwapCache:  {"swap cache", "in memory too: a minor fault", '▴', [2]rune{'Z', 'Z'}, hueSwapped},
	Huge:       {"huge page", "in memory, part of a huge page", '▇', [2]rune{'H', 'h'}, hueHuge},
	Guard:      {"guard", "any access is SIGSEGV", '╳', [2]rune{'x', 'x'}, hueGuard},
	Unknowable: {"unknowable", "of a file that is not yours", '?', [2]rune{'?', '?'}, hueUnknowable},
}

// Name returns the word of the legend for the kind.
func (k Kind) Name() string { return kindTable[k].name }

// Text returns what the help says that the kind means.
func (k Kind) Text() string { return kindTable[k].text }

// tank reports whether a full cell of the kind is a full tank.
func (k Kind) tank() bool { return k == Anon || k == File || k == Huge }

// InCore reports whether a page of the kind counts as resident.
func (k Kind) InCore() bool {
	switch k {
	case Zero, Anon, File, Cached, Shared, SwapCache, Huge:
		return true
	}
	return false
}

// KindOf returns the kind of a page. privateAnon is true if the region's pages can only be anonymous memory.
func KindOf(p model.Page, privateAnon bool) Kind {
	switch {
	case p.Mapping == 0:
		return Hole
	case p.Has(model.Guard):
		return Guard
	case p.Has(model.Swapped) && p.Residency == model.Resident:
		return SwapCache
	case p.Has(model.Swapped):
		return Swapped
	case p.Has(model.ZeroPage):
		return Zero
	case p.Has(model.Huge):
		return Huge
	case p.Has(model.Mapped | model.File):
		return File
	case p.Has(model.Mapped | model.Shared):
		return Shared
	case p.Has(model.Mapped):
		return Anon
	case p.Residency == model.Unknowable:
		return Unknowable
	case p.Residency == model.Absent:
		return Absent
	case p.Residency == model.NotAsked:
		return NotAsked
	case privateAnon:
		// In core and not in the page table as far as was asked: only mincore answered.
		return Anon
	}
	return Cached
}

// PrivateAnon reports whether the region's pages can only be anonymous memory.
func PrivateAnon(r *model.Region) bool {
	return !r.Shared && (r.Backing == model.Anon || r.Backing == model.Heap)
}

// Access is what a cell shows of the protection.
type Access uint8

const (
	// Writable is a protection with w.
	Writable Access = iota
	ReadOnly        // any protection without w, but none
	NoAccess        // PROT_NONE
	accesses
)

// AccessOf returns what a cell shows of a protection.
func AccessOf(p model.Prot) Access {
	switch {
	case p == model.ProtNone:
		return NoAccess
	case p&model.ProtWrite == 0:
		return ReadOnly
	}
	return Writable
}
