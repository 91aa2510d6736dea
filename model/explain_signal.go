package model

import (
	"fmt"
	"slices"
)

// access is what the command did at the address at which it got its signal.
func (f failure) access() (need Prot, did string) {
	switch c := f.cmd.(type) {
	case Touch:
		switch c.Access {
		case Read:
			return ProtRead, "read from"
		case Exec:
			return ProtExec, "executed"
		}
		return ProtWrite, "wrote to"
	case Memset:
		return ProtWrite, "wrote to"
	case Memcmp:
		return ProtRead, "read from"
	case Memcpy:
		return f.copied(c.Dst, c.Src)
	case Memmove:
		return f.copied(c.Dst, c.Src)
	}
	return 0, ""
}

// copied tells the writing side of a copy from the reading one. Where the address
// lies in both, the side whose access the page does not allow is meant.
func (f failure) copied(dst, src Target) (need Prot, did string) {
	in := func(t Target) bool {
		s, err := f.p.Resolve(t)
		return err == nil && f.Signal.Addr >= s.Addr && f.Signal.Addr-s.Addr < s.Len
	}
	switch to, from := in(dst), in(src); {
	case from && (!to || f.page().Prot&ProtRead == 0):
		return ProtRead, "read from"
	case to:
		return ProtWrite, "wrote to"
	}
	return 0, ""
}

// page is what is known of the page at which the signal was sent.
func (f failure) page() Page {
	for _, pg := range f.p.PagesIn(Span{f.Signal.Addr, 1}) {
		return pg
	}
	return Page{}
}

// atLeastRead is the protection with r, where it has any right: processors give no
// w or x alone, and the language writes rw and rx.
func (p Prot) atLeastRead() Prot {
	if p == ProtNone {
		return p
	}
	return p | ProtRead
}

// noCanonicalAddress: x86-64 answers an address that does not fit its 48 bits with
// a general protection fault, which tells no address.
func noCanonicalAddress(f failure) (why, try string) {
	if f.Signal.Code != "SI_KERNEL" {
		return "", ""
	}
	return "The address is not one that the processor takes: its upper bits are not all the same. The processor does not say which it was.",
		"Give an address within a region."
}

func guardPage(f failure) (why, try string) {
	if !f.page().Has(Guard) {
		return "", ""
	}
	name := f.name(f.Signal.Addr)
	return fmt.Sprintf("%s is a guard page (MADV_GUARD_INSTALL): any access to it is SIGSEGV, whatever its protection.", name),
		fmt.Sprintf("madvise %s guard_remove.", name)
}

func noMapping(f failure) (why, try string) {
	if f.Signal.Code != "SEGV_MAPERR" || f.page().Has(InVMA) {
		return "", ""
	}
	return f.holeAt(f.Signal.Addr), "Name pages that are mapped; mmap makes new ones."
}

func noAccess(f failure) (why, try string) {
	pg := f.page()
	need, did := f.access()
	if f.Signal.Code != "SEGV_ACCERR" || did == "" || !pg.Has(InVMA) || pg.Prot&need != 0 {
		return "", ""
	}
	name := f.name(f.Signal.Addr)
	if pg.Prot == ProtNone {
		why = fmt.Sprintf("%s is PROT_NONE: any access to it is SIGSEGV, resident or not. %s %s it.", name, f.Call, did)
	} else {
		why = fmt.Sprintf("%s has protection %s, and %s %s it.", name, pg.Prot, f.Call, did)
	}
	if need == ProtExec && f.Minor > f.Ret {
		// arch/x86/mm/fault.c, access_error: a fetch of an absent page is a read like any
		// other; only with the page present does it fail for not being executable.
		why += " The kernel first served the fetch as a read, which brought the page in; then it was refused."
	}
	return why, fmt.Sprintf("mprotect %s %s.", f.typed(f.Signal.Addr), (pg.Prot | need).atLeastRead())
}

// typed is the page that holds an address as a target that can be typed.
func (f failure) typed(addr uint64) string {
	ps := uint64(f.p.PageSize)
	lo := addr - addr%ps
	return f.target(lo, lo+ps)
}

func busError(f failure) (why, try string) {
	name := f.name(f.Signal.Addr)
	switch code := f.Signal.Code; {
	case code == "BUS_ADRALN":
		return fmt.Sprintf("The access at %s was not aligned as the processor asks.", name), ""
	case code == "BUS_ADRERR":
		return fmt.Sprintf("%s is mapped, but nothing is behind it: it lies past the end of its file, or no memory or space for it could be had.", name),
			"Stay within the file, or make it longer."
	case slices.Contains([]string{"BUS_MCEERR_AR", "BUS_MCEERR_AO"}, code):
		return fmt.Sprintf("The memory behind %s is broken: the hardware reported an error.", name), ""
	}
	return "", ""
}
