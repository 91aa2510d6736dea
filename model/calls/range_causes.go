package calls

import (
	"fmt"
	"math"
	"strings"

	"incore/model"
)

// Causes that several calls share.

func unaligned(f failure) (why, try string) {
	s, ps := f.span(), uint64(f.p.PageSize)
	if ps == 0 || s.Addr%ps == 0 {
		return "", ""
	}
	p := f.pages()
	why = fmt.Sprintf("The address %#x is not a multiple of the page size, %d. mlock and munlock round such an address down to its page; %s refuses it.",
		s.Addr, ps, f.Call)
	if f.block(s.Addr) != nil {
		why += " malloc returns addresses in the middle of a page, which other blocks may share."
	}
	return why, fmt.Sprintf("Name whole pages: %s.", f.target(p.Addr, p.End()))
}

// blockUnaligned is unaligned of a block: to unmap its pages would tear a hole into malloc's heap.
func blockUnaligned(f failure) (why, try string) {
	if why, _ = unaligned(f); why == "" {
		return "", ""
	}
	if r := f.block(f.span().Addr); r != nil {
		return why + " It is malloc's to give back.", f.run("free %s.", r.Name)
	}
	return "", ""
}

// block returns the block of malloc in which an address lies, or nil. The region of the heap, or
// another block on the same page, may hold the page as well.
func (f failure) block(addr uint64) *model.Region {
	for _, r := range f.p.Regions {
		if r.Malloc != "" && addr >= r.Start && addr-r.Start < max(r.Size, 1) {
			return r
		}
	}
	return nil
}

func lengthZero(f failure) (why, try string) {
	if f.span().Len != 0 {
		return "", ""
	}
	return fmt.Sprintf("The length is 0; %s needs at least one byte.", f.Call), "Give a size of 1 page or more."
}

func wrapsAround(f failure) (why, try string) {
	s, ps := f.span(), uint64(f.p.PageSize)
	switch {
	case s.Len > 0 && s.End()-1 < s.Addr:
		why = fmt.Sprintf("%#x plus %d bytes goes past the last address there is.", s.Addr, s.Len)
	case s.Len > 0 && ps > 0 && (s.End() < s.Addr || s.End() > math.MaxUint64-ps+1):
		why = fmt.Sprintf("%#x plus %d bytes, rounded up to whole pages, goes past the last address there is.", s.Addr, s.Len)
	default:
		return "", ""
	}
	return why, "Give a shorter length."
}

// outsideAddressSpace explains a range outside of the addresses of a process: mm/vma.c, do_vmi_munmap.
func outsideAddressSpace(f failure) (why, try string) {
	s := f.span()
	if end := f.addresses(); s.Addr <= end && s.Len <= end-s.Addr {
		return "", ""
	}
	return fmt.Sprintf("The range from %#x, %d bytes, reaches out of the part of the address space that a process may use.", s.Addr, s.Len),
		"Give an address and a length within a region."
}

// sealed explains what a seal forbids. Linux 6.10 and 6.11 look for seals in the whole
// range before they do anything; later ones VMA by VMA as they come to it, but munmap and
// mmap gather all VMAs before they take the first away (mm/mseal.c; mm/vma.c,
// vms_gather_munmap_vmas).
func sealed(f failure) (why, try string) { return f.sealed("") }

// protectSealed is sealed of mprotect, which goes from VMA to VMA.
func protectSealed(f failure) (why, try string) { return f.sealed("has the new protection") }

// adviceSealed is sealed of madvise, likewise. A seal forbids it alone to throw away what could not be written anew.
func adviceSealed(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.Sealed && !mayDiscard(v) })
	if !ok {
		return "", ""
	}
	return f.sealedAt(at, fmt.Sprintf("%s is sealed, private, anonymous and not writable: mseal forbids to throw its contents away.", f.part(at, v)), "was advised")
}

// sealed explains what a seal forbids any call. did says what became of the pages before it, or is "" where nothing
// was done.
func (f failure) sealed(did string) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.Sealed })
	if !ok {
		return "", ""
	}
	return f.sealedAt(at, fmt.Sprintf("%s is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection.", f.part(at, v)), did)
}

// sealedAt adds to why what became of the pages before a seal.
func (f failure) sealedAt(at uint64, why, did string) (all, try string) {
	done := ""
	if did != "" && f.since(sinceSealByVMA) {
		done = f.before(at, did, "")
	}
	if done == "" {
		done = strings.TrimSpace(f.unchanged("Nothing was changed."))
	}
	return strings.TrimSpace(why + " " + done), f.run("exec") + " ends a seal, with the whole address space; nothing less does."
}

// mayDiscard reports whether a seal leaves MADV_DONTNEED and its like alone (mm/madvise.c,
// can_madvise_modify).
func mayDiscard(v model.VMA) bool { return !privateAnon(v) || v.Prot&model.ProtWrite != 0 }

// hugeSplit explains an end of the range within a hugetlb page. A mapping of hugetlb pages can be parted between two of them alone
// (mm/hugetlb.c, hugetlb_vm_op_split).
func hugeSplit(f failure) (why, try string) {
	size := uint64(f.sys.HugeSize)
	if size == 0 {
		return "", ""
	}
	s := f.pages()
	for _, end := range []uint64{s.Addr, s.End()} {
		v, ok := f.vmaAt(end)
		if !ok || !v.HugeTLB || end == v.Start || end%size == 0 {
			continue
		}
		lo, hi := max(v.Start, s.Addr-s.Addr%size), min(v.End, f.rounded(s.End(), size))
		return fmt.Sprintf("%s is of hugetlb pages, and %#x lies in the middle of one: %s takes them as a whole, %s each.",
			f.target(v.Start, v.End), end, f.Call, model.FormatBytes(f.sys.HugeSize)), fmt.Sprintf("Name whole ones: %s.", f.target(lo, hi))
	}
	return "", ""
}

// vmaCount returns how many VMAs count against vm.max_map_count: [vsyscall] of x86-64, which
// comes last, is in no process's count.
func (f failure) vmaCount() int64 {
	n := len(f.p.VMAs)
	if n > 0 && f.p.VMAs[n-1].Path == "[vsyscall]" {
		n--
	}
	return int64(n)
}

// maxVMAs is vm.max_map_count, or what it is where nobody set it.
func (f failure) maxVMAs() int64 {
	if f.sys.MaxMapCount > 0 {
		return f.sys.MaxMapCount
	}
	return 65530
}

// tooManyVMAs returns the sentence for a process that has at least most VMAs, what the call may
// find and still make others.
func (f failure) tooManyVMAs(most int64, what string) (why, try string) {
	n := f.vmaCount()
	if n < most {
		return "", ""
	}
	return fmt.Sprintf("The process has %d VMAs, and vm.max_map_count, the most it may have, is %d: %s.", n, f.maxVMAs(), what),
		fmt.Sprintf("Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, %s, sysctl vm.max_map_count=%d allows more.",
			f.root(), 2*f.maxVMAs())
}

// splitTooManyVMAs explains too many VMAs for a split. A VMA is not split where there are as many as there may be (mm/vma.c,
// split_vma).
func splitTooManyVMAs(f failure) (why, try string) {
	return f.tooManyVMAs(f.maxVMAs(), f.Call+" would split one more")
}

func shortOfMemory(f failure) (why, try string) {
	available := ""
	if f.sys.MemTotal > 0 {
		available = fmt.Sprintf(" MemAvailable is %s.", model.FormatBytes(f.sys.MemAvailable))
	}
	return fmt.Sprintf("The kernel had no memory for what %s needs.%s", f.Call, available), "Try again when more memory is free."
}

func processFiles(f failure) (why, try string) {
	return "The process has as many files open as it may (RLIMIT_NOFILE): each memfd, scratch and file region has one.",
		f.run("munmap") + " a region that has one, or start incore with a higher limit (ulimit -n)."
}

func systemFiles(f failure) (why, try string) {
	return "The system has as many files open as it may (fs.file-max). Shared memory, segments and memory files are files too.", ""
}

func interrupted(f failure) (why, try string) {
	return "A signal came while the call waited, and ended it before it was done.", "Try again."
}
