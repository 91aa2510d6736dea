package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// mremap, mseal. The order is that of mm/mremap.c, do_mremap.

func remapToNothing(f failure) (why, try string) {
	if f.length(1) != 0 {
		return "", ""
	}
	return "The new length is 0; mremap needs at least one byte.", "Give a size of 1 page or more, or munmap it."
}

// remapHuge explains a length that hugetlb pages cannot have: mm/mremap.c, align_hugetlb. Before Linux 5.16 a new length that is no longer was cut off as munmap
// does it, and a longer one refused.
func remapHuge(f failure) (why, try string) {
	v, ok := f.vmaAt(f.span().Addr)
	if !ok || !v.HugeTLB {
		return "", ""
	}
	if size := uint64(f.sys.HugeSize); f.length(1) <= f.span().Len {
		since := sinceHugeRemap
		c, named := f.cmd.(lang.Mremap)
		if f.since(since) || size == 0 || f.length(1)%size == 0 || !named || f.toPlace() {
			return "", ""
		}
		return fmt.Sprintf("A mapping of hugetlb pages is cut only between two of them, and %s is no multiple of %s. Since Linux %v the kernel rounds it up; this is %s. Nothing was changed.",
				model.FormatSize(f.length(1)), model.FormatSize(size), since, f.kernel),
			f.run("mremap %s %s.", c.T, model.FormatSize((f.length(1)+size-1)/size*size))
	}
	return "A mapping of hugetlb pages can be made shorter, but not longer: its pages were reserved as it was mapped.",
		"Map a new one of the size that is needed."
}

func remapTooLong(f failure) (why, try string) { return f.tooLong(f.length(1)) }

// remapHole explains a hole. The mapping is looked for at its first address.
func remapHole(f failure) (why, try string) {
	s := f.span()
	if _, ok := f.vmaAt(s.Addr); ok {
		return "", ""
	}
	why = f.holeAt(s.Addr) + " mremap looks for the mapping at the first address." + f.unchanged("Nothing was changed.")
	if f.goneRegion(s.Addr) != nil {
		return why, "Map a new one."
	}
	return why, f.run("munmap") + " what is left, and map anew."
}

// remapSeveral explains several mappings in the range. One call takes one VMA (mm/mremap.c, remap_is_valid).
func remapSeveral(f failure) (why, try string) {
	s := f.pages()
	v, ok := f.vmaAt(s.Addr)
	if !ok || v.End >= s.End() {
		return "", ""
	}
	next, ok := f.vmaAt(v.End)
	if !ok {
		return f.holeAt(v.End) + " mremap takes one mapping as a whole, and this one ends there." + f.several() + f.unchanged("Nothing was changed."),
			f.run("munmap") + " what is left, and map anew."
	}
	const several = "mremap takes one mapping as a whole, and at %s another one begins: %s.%s"
	nothing := f.several() + f.unchanged("Nothing was changed.")
	if kinds := f.kinds(v, next); kinds != "" {
		return fmt.Sprintf(several, f.name(v.End), kinds, nothing), f.run("munmap") + " both, and map anew: memory of two kinds does not become one mapping."
	}
	why, try = f.apart(v, next)
	return fmt.Sprintf(several, f.name(v.End), why, nothing), try
}

// several says that a later kernel moves several VMAs at once, where they keep their lengths and are told where to go (mm/mremap.c,
// remap_move).
func (f failure) several() string {
	if !f.toPlace() || f.since(sinceMoveSeveral) || f.rounded(f.length(0), 0) != f.rounded(f.length(1), 0) {
		return ""
	}
	return fmt.Sprintf(" Linux %v and later move several at once where the length stays; this is %s.", sinceMoveSeveral, f.kernel)
}

// kinds says that two neighbors are different kinds of memory, which nothing makes one
// VMA, and is "" where they are alike.
func (f failure) kinds(a, b model.VMA) string {
	x, y := f.kind(a), f.kind(b)
	switch {
	case x != y:
		return fmt.Sprintf("one is %s, the other %s", x, y)
	case !privateAnon(a) && a.Path != b.Path:
		return "different files lie behind the two"
	}
	return ""
}

// kind returns what kind of memory a VMA is of.
func (f failure) kind(v model.VMA) string {
	switch {
	case kernels(v) != "":
		return v.Path + " of the kernel"
	case privateAnon(v) && v.HugeTLB:
		return "private hugetlb pages"
	case privateAnon(v):
		return "private anonymous memory"
	}
	word, what := "private", "file"
	if v.Shared {
		word = "shared"
	}
	if r := f.regionAt(v.Start); r != nil {
		what = string(r.Backing)
	}
	if v.HugeTLB {
		what += " hugetlb"
	}
	return fmt.Sprintf("%s %s memory", word, what)
}

// remapTooManyVMAs explains too many VMAs. To move a mapping may take four VMAs for a moment (mm/mremap.c,
// prep_move_vma).
func remapTooManyVMAs(f failure) (why, try string) {
	return f.tooManyVMAs(f.maxVMAs()-3, "to move one can take three more for a moment")
}

func remapNoRoom(f failure) (why, try string) { return f.noRoom(f.length(1)) }

// sealHole explains a hole. Holes are looked for before anything is sealed (mm/mseal.c).
func sealHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " mseal seals a range that is mapped throughout, or nothing.", "Name pages that are mapped."
}

// remapLockedOverLimit explains RLIMIT_MEMLOCK. What is added to a locked mapping is locked as well (mm/mremap.c).
func remapLockedOverLimit(f failure) (why, try string) {
	old, size := f.rounded(f.length(0), 0), f.rounded(f.length(1), 0)
	v, ok := f.vmaAt(f.span().Addr)
	if !ok || v.Lock == model.Unlocked || size <= old {
		return "", ""
	}
	charge := f.charge(size - old)
	if charge == "" {
		return "", ""
	}
	before, _, _ := f.lockBudget()
	return fmt.Sprintf("%s is locked, so what is added to it is locked too. %s%s", f.target(f.span().Addr, f.span().End()), charge, f.unchanged("Nothing was changed.")),
		f.run("munlock %s first.", f.target(f.span().Addr, f.span().End())) + " " + f.raise(uint64(before)+size-old)
}
