package calls

import (
	"fmt"
	"strings"

	"incore/model"
)

// MADV_COLLAPSE (mm/khugepaged.c, madvise_collapse): it goes on from one huge page to the next,
// and its answer is about the last that could not be made, so others may have been.

// collapseSize returns the size of a transparent huge page: what a table of the lowest level maps, which is a page of
// entries of 8 bytes (x86-64 and arm64): 2 MiB of pages of 4 KiB, 32 MiB of 16 KiB.
func (f failure) collapseSize() int64 { return int64(f.p.PageSize) / 8 * int64(f.p.PageSize) }

func notCollapsed(f failure) (why, try string) {
	if f.advice() != adviceCollapse {
		return "", ""
	}
	size, s := uint64(f.collapseSize()), f.pages()
	if f.rounded(s.Addr, size)+size > s.End() {
		return fmt.Sprintf("The range holds no whole huge page, which is %s long and begins at a multiple of that.", model.FormatSize(size)),
			"Name a range of at least twice that size: some huge page lies in it."
	}
	for _, v := range f.p.VMAsIn(s) {
		if why, try = f.notAllCollapsed(v, size); why != "" {
			return strings.TrimSpace(why + " " + f.collapsed()), try
		}
	}
	return strings.TrimSpace(notKnown + " " + f.collapsed()), ""
}

// collapsed says how many pages of the range are huge ones now.
func (f failure) collapsed() string {
	var huge, all int64
	for rg, pg := range f.p.PagesIn(f.pages()) {
		if all += rg.Len(); pg.Has(model.Huge) {
			huge += rg.Len()
		}
	}
	if huge == 0 {
		return ""
	}
	return fmt.Sprintf("Of the %d pages of the range %d are in huge pages now.", all, huge)
}

// notAllCollapsed returns why the part of a VMA that lies in the range is not all in huge pages.
func (f failure) notAllCollapsed(v model.VMA, size uint64) (why, try string) {
	s := f.pages()
	lo, hi := max(v.Start, s.Addr), min(v.End, s.End())
	name := f.target(lo, hi)
	if v.Flags.Has("nh") {
		return fmt.Sprintf("%s is advised nohugepage, so no part of it may become a huge page.", name), f.run("madvise %s hugepage first.", name)
	}
	first, end := f.rounded(lo, size), hi-hi%size
	if first >= end {
		return fmt.Sprintf("%s is a mapping of its own and holds no whole huge page, which is %s long and begins at a multiple of that.", name, model.FormatSize(size)),
			"Name a range that is one mapping."
	}
	for at := first; at < end; at += size {
		if why, try = f.chunkNotCollapsed(v, at, size); why != "" {
			return why, try
		}
	}
	return "", ""
}

// chunkNotCollapsed returns why a stretch that a huge page could take is not one.
func (f failure) chunkNotCollapsed(v model.VMA, at, size uint64) (why, try string) {
	name := f.target(at, at+size)
	huge, touched := true, false
	for rg, pg := range f.p.PagesIn(model.Span{Addr: at, Len: size}) {
		if huge = huge && pg.Has(model.Huge); pg.Has(model.Guard) {
			guard := f.name(max(at, uint64(rg.Lo)*uint64(f.p.PageSize)))
			return fmt.Sprintf("%s is a guard page, so %s, in which it lies, cannot become a huge page.", guard, name), f.run("madvise %s guard_remove first.", guard)
		}
		touched = touched || pg.Has(model.Mapped) || pg.Has(model.Swapped) || pg.Residency == model.NotAsked || pg.Residency == model.Unknowable
	}
	switch {
	case huge:
		return "", ""
	case privateAnon(v) && !touched:
		return fmt.Sprintf("No page of %s has been touched, so there is nothing to make a huge page of.", name), "Touch it first."
	}
	return fmt.Sprintf("%s did not become a huge page, and why is not known.", name), ""
}
