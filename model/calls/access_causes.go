package calls

import (
	"fmt"
	"slices"
	"sort"

	"incore/model"
	"incore/model/lang"
)

// access returns what the command did at the address at which it got its signal.
func (f failure) access() (need model.Prot, did string) {
	if access := ofCommand(f.cmd).access; access != nil {
		return access(f)
	}
	return 0, ""
}

// copied tells the writing side of a copy from the reading one. Where the address
// lies in both, the side whose access the page does not allow is meant.
func (f failure) copied(dst, src model.Target) (need model.Prot, did string) {
	in := func(t model.Target) bool {
		s, err := f.p.Resolve(t)
		return err == nil && f.Signal.Addr >= s.Addr && f.Signal.Addr-s.Addr < s.Len
	}
	switch to, from := in(dst), in(src); {
	case from && (!to || f.page().Prot&model.ProtRead == 0):
		return model.ProtRead, didRead
	case to:
		return model.ProtWrite, didWrite
	}
	return 0, ""
}

// page returns what is known of the page at which the signal was sent.
func (f failure) page() model.Page {
	for _, pg := range f.p.PagesIn(model.Span{Addr: f.Signal.Addr, Len: 1}) {
		return pg
	}
	return model.Page{}
}

// atLeastRead returns the protection with r, where it has any right: processors give no
// w or x alone, and the language writes rw and rx.
func atLeastRead(p model.Prot) model.Prot {
	if p == model.ProtNone {
		return p
	}
	return p | model.ProtRead
}

// noCanonicalAddress explains an address that the processor does not take. X86-64 answers an address that does not fit its 48 bits with
// a general protection fault, which tells no address.
func noCanonicalAddress(f failure) (why, try string) {
	if f.Signal.Code != "SI_KERNEL" || !f.namesNoAddress() {
		return "", ""
	}
	return "The address is not one that the processor takes: its upper bits are not all the same. The processor does not say which it was.",
		"Give an address within a region."
}

// namesNoAddress reports whether the call was handed a range with an address that does not fit 48 bits. A processor
// with five levels of page tables takes 57, and answers what lies between as any hole, without SI_KERNEL.
func (f failure) namesNoAddress() bool {
	const bits = 48
	fits := func(addr uint64) bool { return uint64(int64(addr<<(64-bits))>>(64-bits)) == addr }
	n := f.span().Len
	for _, a := range f.Args {
		if a.Kind == model.ArgAddr && n > 0 && (!fits(a.Value) || !fits(a.Value+n-1) || a.Value>>(bits-1) != (a.Value+n-1)>>(bits-1)) {
			return true
		}
	}
	return false
}

func guardPage(f failure) (why, try string) {
	if !f.page().Has(model.Guard) {
		return "", ""
	}
	name := f.name(f.Signal.Addr)
	return fmt.Sprintf("%s is a guard page (MADV_GUARD_INSTALL): any access to it is SIGSEGV, whatever its protection.", name),
		f.run("madvise %s guard_remove.", name)
}

func noMapping(f failure) (why, try string) {
	if f.Signal.Code != "SEGV_MAPERR" || f.page().Has(model.InVMA) {
		return "", ""
	}
	if f.Signal.Addr >= 1<<63 {
		return f.holeAt(f.Signal.Addr), "Give an address within a region."
	}
	return f.tagDropped() + f.holeAt(f.Signal.Addr), "Name pages that are mapped; mmap makes new ones."
}

// tagDropped says why the signal names another address than the command: arm64 ignores the top byte of an
// address, which a program may use for a tag, and reports the address without it
// (Documentation/arch/arm64/tagged-pointers.rst).
func (f failure) tagDropped() string {
	n := f.span().Len
	for _, a := range f.Args {
		if is := uint64(int64(a.Value<<8) >> 8); a.Kind == model.ArgAddr && is != a.Value && f.Signal.Addr-is < n {
			return fmt.Sprintf("The processor ignores the top byte of an address: %#x is %#x. ", a.Value, is)
		}
	}
	return ""
}

// farBelow is how far below a mapping that grows down an access has nothing to do with it:
// a thousand times the usual RLIMIT_STACK.
const farBelow = 8 << 30

// guardGap is how many pages stay free between a mapping that grows down and the next one
// below it, unless the kernel was started with another number (mm/vma.c, stack_guard_gap).
const guardGap = 256

// notGrown explains a mapping that did not grow down. An access below a mapping that grows down makes it longer, down to the page
// of the access, where that is allowed (mm/vma.c, expand_downwards, acct_stack_growth). The
// subject's own stack is not what a command is about.
func notGrown(f failure) (why, try string) {
	ps, addr := uint64(f.p.PageSize), f.Signal.Addr
	if f.Signal.Code != "SEGV_MAPERR" || ps == 0 || f.page().Has(model.InVMA) {
		return "", ""
	}
	k := sort.Search(len(f.p.VMAs), func(k int) bool { return f.p.VMAs[k].End > addr })
	if k == len(f.p.VMAs) || !f.p.VMAs[k].GrowsDown || f.p.VMAs[k].Path == "[stack]" || f.p.VMAs[k].Start-addr > farBelow {
		return "", ""
	}
	v := f.p.VMAs[k]
	lo := addr - addr%ps
	size := model.FormatBytes(int64(v.End - lo))
	why = fmt.Sprintf("%s begins at %#x and grows down where what lies below it is accessed, but not as far as %#x: ", f.grower(v), v.Start, addr)
	if k > 0 {
		below := f.p.VMAs[k-1]
		if gap := (lo - below.End) / ps; !below.GrowsDown && below.Prot != model.ProtNone && gap < guardGap {
			return fmt.Sprintf("%s%s would be left between it and the mapping below, and the kernel keeps %d.", why, model.Plural(int64(gap), "page"), guardGap),
				f.run("munmap") + " what lies below it first."
		}
	}
	if charge := f.charge(v.Start - lo); charge != "" && v.Lock != model.Unlocked {
		return why + "it is locked, so what is added is locked too. " + charge, f.run("munlock %s first.", f.target(v.Start, v.End))
	}
	long := fmt.Sprintf("%sit would be %s long then", why, size)
	if l := f.p.Limits; l.Known && f.over(l.Stack, 0, v.End-lo) > 0 {
		return fmt.Sprintf("%s, and RLIMIT_STACK is %s.", long, model.FormatLimit(l.Stack)), "Access the page right below it, or " + f.higher(lang.LimitStack, v.End-lo, "-s")
	}
	if limit, more := f.processLimit(v.Start-lo, false); limit != "" {
		return long + ". " + limit, more
	}
	return long + ". Why the kernel refuses that is not known.", "Access the page right below it."
}

// grower returns what a mapping that grows down is called: the region that ends where it does.
func (f failure) grower(v model.VMA) string {
	if r := f.regionAt(v.End - 1); r != nil {
		return r.Name
	}
	return "The mapping above it"
}

func noAccess(f failure) (why, try string) {
	pg := f.page()
	need, did := f.access()
	if f.Signal.Code != "SEGV_ACCERR" || did == "" || !pg.Has(model.InVMA) || pg.Prot&need != 0 {
		return "", ""
	}
	name := f.name(f.Signal.Addr)
	if pg.Prot == model.ProtNone {
		why = fmt.Sprintf("%s is PROT_NONE: any access to it is SIGSEGV, resident or not. %s %s it.", name, f.Call, did)
	} else {
		why = fmt.Sprintf("%s has protection %s, and %s %s it.", name, pg.Prot, f.Call, did)
	}
	if need == model.ProtExec && f.Minor > f.Ret {
		// arch/x86/mm/fault.c, access_error: a fetch of an absent page is a read like any
		// other; only with the page present does it fail for not being executable.
		why += " The kernel first served the fetch as a read, which brought the page in; then it was refused."
	}
	if v, ok := f.vmaAt(f.Signal.Addr); ok && need == model.ProtWrite {
		switch r := f.regionAt(f.Signal.Addr); {
		case attachedReadOnly(r, v):
			return why, f.run("shmat again of %s is one that may be written: here it was attached with SHM_RDONLY, and mprotect would be EACCES.", r.Name)
		case v.Shared && r != nil && r.Backing == model.FileOf:
			return why, "Map the file private: it is open for reading alone, and mprotect would be EACCES."
		}
	}
	return why, f.run("mprotect %s %s.", f.typed(f.Signal.Addr), atLeastRead((pg.Prot | need)))
}

// typed returns the page that holds an address as a target that can be typed.
func (f failure) typed(addr uint64) string {
	ps := uint64(f.p.PageSize)
	lo := addr - addr%ps
	return f.target(lo, lo+ps)
}

func badAlignment(f failure) (why, try string) {
	if f.Signal.Code != "BUS_ADRALN" {
		return "", ""
	}
	return fmt.Sprintf("The access at %s was not aligned as the processor asks.", f.name(f.Signal.Addr)), ""
}

func brokenMemory(f failure) (why, try string) {
	if !slices.Contains([]string{"BUS_MCEERR_AR", "BUS_MCEERR_AO"}, f.Signal.Code) {
		return "", ""
	}
	return fmt.Sprintf("The kernel has marked the memory behind %s as broken: the hardware reported an error, or somebody asked for it (MADV_HWPOISON). Which of the two is not known.", f.name(f.Signal.Addr)), ""
}

func hugePoolEmpty(f failure) (why, try string) {
	if v, ok := f.vmaAt(f.Signal.Addr); !ok || !v.HugeTLB || f.Signal.Code != "BUS_ADRERR" {
		return "", ""
	}
	return f.noHugePage(f.name(f.Signal.Addr), f.Signal.Addr), f.largerPool(1)
}

// swapUnreadable explains a page that could not be read from swap. The kernel gives up a page whose reading failed (mm/memory.c, do_swap_page). Private anonymous memory has nothing else that can fail to be read.
func swapUnreadable(f failure) (why, try string) {
	v, ok := f.vmaAt(f.Signal.Addr)
	if !ok || !privateAnon(v) || f.Signal.Code != "BUS_ADRERR" || !f.page().Has(model.Swapped) || f.page().Has(model.Guard) {
		return "", ""
	}
	return fmt.Sprintf("%s is in swap and could not be read back. Why is not known; possible is an error of the disk.", f.name(f.Signal.Addr)), ""
}

func pastEnd(f failure) (why, try string) {
	if f.Signal.Code != "BUS_ADRERR" {
		return "", ""
	}
	if why, past := f.pastFile(f.Signal.Addr); past {
		return fmt.Sprintf("%s is mapped, but nothing is behind it: %s.", f.name(f.Signal.Addr), why), "Stay within what there is."
	}
	return "", ""
}

// unreadBehind is about a page that lies within its file, or of which that is not known.
func unreadBehind(f failure) (why, try string) {
	if f.Signal.Code != "BUS_ADRERR" {
		return "", ""
	}
	return fmt.Sprintf("%s is mapped, and the kernel could not bring it in: %s.", f.name(f.Signal.Addr), f.behindPage(f.Signal.Addr)), ""
}
