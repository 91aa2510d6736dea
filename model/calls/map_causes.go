package calls

import (
	"fmt"
	"math"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// privateAnon reports whether the VMA is private memory without a file behind it;
// maps gives some of those names in brackets, and /dev/zero mapped privately is such (drivers/char/mem.c, mmap_zero).
func privateAnon(v model.VMA) bool {
	return !v.Shared && (v.Path == "" || v.Path == "/dev/zero" || strings.HasPrefix(v.Path, "["))
}

// defaultSpace is how many addresses x86-64 gives a process that asks for no more, and
// arm64 with the commonest configurations not fewer than half of: 47 bits.
const defaultSpace = 1 << 47

// addresses returns how many addresses the process has. Where that was not found out, it is the power
// of two that its highest VMA reaches up to, which is the stack's or lies above it.
func (f failure) addresses() uint64 {
	if end := f.p.Limits.AddressEnd; end > 0 {
		return end
	}
	n := f.vmaCount()
	space := uint64(defaultSpace)
	for n > 0 && space < f.p.VMAs[n-1].End && space < 1<<63 {
		space <<= 1
	}
	return space
}

// tooLong returns the sentence for a mapping that no address space has room for.
func (f failure) tooLong(n uint64) (why, try string) {
	if n <= f.addresses() {
		return "", ""
	}
	return fmt.Sprintf("That is %s; a process has addresses for %s.", model.FormatSize(n), model.FormatSize(f.addresses())), "Map less."
}

func mapTooLong(f failure) (why, try string) { return f.tooLong(max(f.span().Len, f.asked())) }

// mapPastEnd explains a mapping past the last address. A fixed mapping has to end where the addresses do, or before (mm/mmap.c,
// __get_unmapped_area).
func mapPastEnd(f failure) (why, try string) {
	c, ok := f.mapping()
	end, s := f.p.Limits.AddressEnd, f.span()
	if !ok || c.At == nil || end == 0 || s.Addr <= end && f.asked() <= end-s.Addr {
		return "", ""
	}
	return fmt.Sprintf("The addresses that a process can have end at %#x (TASK_SIZE), and %s from %#x on would reach past that.%s",
		end, model.FormatSize(f.asked()), s.Addr, f.unchanged("Nothing was changed.")), "Give an address within a region."
}

// mapTooManyVMAs explains too many VMAs. Mmap and brk themselves make one VMA more than vm.max_map_count (mm/mmap.c,
// do_mmap; mm/vma.c, do_brk_flags).
func mapTooManyVMAs(f failure) (why, try string) {
	return f.tooManyVMAs(f.maxVMAs()+1, f.Call+" may not make another")
}

// mapFullOfVMAs explains too many VMAs for a split. MAP_FIXED in the middle of a VMA splits it, which nothing may that makes more
// than vm.max_map_count. A later kernel may count so for every mapping, so this is asked where
// nothing else is seen.
func mapFullOfVMAs(f failure) (why, try string) {
	if f.span().Addr != 0 {
		return splitTooManyVMAs(f)
	}
	return heapFullOfVMAs(f)
}

// longestFree returns the length of the longest stretch of addresses in [lo, hi) that nothing is mapped in, with a mapping
// behind it or the end.
func (f failure) longestFree(lo, hi uint64, end bool) (longest uint64) {
	at := lo
	for _, v := range f.p.VMAs {
		if v.Start > hi {
			break
		}
		longest, at = max(longest, v.Start-min(v.Start, at)), max(at, v.End)
	}
	if end {
		longest = max(longest, hi-min(hi, at))
	}
	return longest
}

// Where MAP_32BIT looks for addresses: arch/x86/kernel/sys_x86_64.c, find_start_end. Where addresses are random, the first 32M
// of them can be left out.
const (
	lowBegin, lowEnd = 1 << 30, 1 << 31
	lowRandom        = 32 << 20
	x86End           = 1 << 47 // TASK_SIZE of x86-64, where nothing is asked for above it
)

// lowRoom returns the longest stretch of those addresses that is free; where they mean nothing, that is all.
func (f failure) lowRoom() uint64 {
	if f.vmaCount() == 0 {
		return math.MaxUint64
	}
	for _, v := range f.p.VMAs {
		if v.Start >= x86End && kernels(v) == "" { // the stack lies higher on arm64
			return math.MaxUint64
		}
	}
	return f.longestFree(lowBegin, lowEnd, true)
}

// mapNoRoomLow explains MAP_32BIT where what it asks for fits nowhere between 1G and 2G.
func mapNoRoomLow(f failure) (why, try string) {
	c, ok := f.mapping()
	n, room := f.asked(), f.lowRoom()
	if !ok || !c.Low32 || room == math.MaxUint64 || n+lowRandom <= room {
		return "", ""
	}
	why = fmt.Sprintf("MAP_32BIT takes addresses between 1G and 2G alone, and the longest stretch of those that is free has %s; this is %s.", model.FormatSize(room), model.FormatSize(n))
	if n <= room {
		why += " That would fit, but where addresses are random the search begins up to 32M above 1G."
	}
	return why, "Map less, or leave out low32."
}

// placeTaken explains MAP_FIXED_NOREPLACE where something lies (mm/mmap.c, do_mmap: before the limit of locks is asked).
func placeTaken(f failure) (why, try string) {
	c, ok := f.mapping()
	at := model.Span{Addr: f.span().Addr, Len: f.asked()}
	vmas := f.p.VMAsIn(at)
	if !ok || !c.Noreplace || len(vmas) == 0 {
		return "", ""
	}
	lo, hi := max(at.Addr, vmas[0].Start), min(at.End(), vmas[0].End)
	return fmt.Sprintf("%s is mapped, and MAP_FIXED_NOREPLACE takes the place of nothing.%s", f.target(lo, hi), f.unchanged("Nothing was changed.")),
		f.run("munmap %s first, or leave out noreplace, which replaces it.", f.target(lo, hi))
}

// noRoom returns the sentence for a mapping that fits nowhere between those that there are.
func (f failure) noRoom(n uint64) (why, try string) {
	longest := f.longestFree(0, f.addresses(), false)
	if len(f.p.VMAs) == 0 || n <= longest {
		return "", ""
	}
	return fmt.Sprintf("That is %s, and the longest stretch of addresses that is free has %s.", model.FormatSize(n), model.FormatSize(longest)),
		f.run("munmap") + " something first, or map less."
}

func mapNoRoom(f failure) (why, try string) {
	if c, ok := f.mapping(); ok && c.At != nil {
		s := f.span()
		if space := f.addresses(); s.Addr <= space && f.asked() <= space-s.Addr {
			return "", ""
		}
		return fmt.Sprintf("From %#x on a process has fewer addresses than %s.", s.Addr, model.FormatSize(f.asked())), "Give an address within a region."
	}
	return f.noRoom(f.asked())
}

func fixedUnaligned(f failure) (why, try string) {
	s, ps := f.span(), uint64(f.p.PageSize)
	if c, ok := f.mapping(); !ok || c.At == nil || ps == 0 || s.Addr%ps == 0 {
		return "", ""
	}
	return fmt.Sprintf("A mapping begins at a page, and %#x is not a multiple of the page size, %d.", s.Addr, ps),
		fmt.Sprintf("Name a page: at %s.", f.target(s.Addr-s.Addr%ps, s.Addr-s.Addr%ps+ps))
}

// explainMapOffset explains where in the file a mapping begins.
func explainMapOffset(w asked) (string, []Bit) {
	if w.Value == 0 || w.pageSize == 0 {
		return "from the first byte of the file on, if there is one", nil
	}
	if w.Value%w.pageSize != 0 {
		return fmt.Sprintf("from byte %d of the file on; it has to be a multiple of the page size", w.Value), nil
	}
	return fmt.Sprintf("from page %d of the file on, counted from 0", w.Value/w.pageSize), nil
}

// offsetUnaligned explains an offset within a page, which is asked before all else (arch/x86/kernel/sys_x86_64.c, arch/arm64/kernel/sys.c:
// mmap). A file of hugetlb pages counts in those (fs/hugetlbfs/inode.c, hugetlbfs_file_mmap).
func offsetUnaligned(f failure) (why, try string) {
	c, ok := f.mapping()
	off, unit := c.Offset.Bytes(f.p.PageSize), uint64(f.p.PageSize)
	if f.isHuge(c) && off%unit == 0 && f.behind(c) != model.Anon && f.sys.HugeSize > 0 {
		unit = uint64(f.sys.HugeSize)
	}
	if !ok || off%unit == 0 {
		return "", ""
	}
	what := "the page size"
	if unit != uint64(f.p.PageSize) {
		what = "the size of its huge pages"
	}
	return fmt.Sprintf("A mapping begins at a page of its file, and the offset, %d, is not a multiple of %s, %d.", off, what, unit),
		fmt.Sprintf("Give a multiple: offset %s.", model.FormatSize(off-off%unit))
}

// offsetTooFar explains an offset that no file has (mm/mmap.c, file_mmap_ok).
func offsetTooFar(f failure) (why, try string) {
	c, ok := f.mapping()
	if !ok || c.Offset.N == 0 {
		return "", ""
	}
	return fmt.Sprintf("The mapping would end %s and %s into the file, and the file system has no files of that length.", model.FormatSize(c.Offset.Bytes(f.p.PageSize)), model.FormatSize(f.asked())),
		"Give a smaller offset."
}

// fixedBelowMin explains vm.mmap_min_addr. The lowest addresses are kept from being mapped, so that a NULL pointer
// of the kernel's cannot be made to point to something (security/commoncap.c, cap_mmap_addr).
func fixedBelowMin(f failure) (why, try string) {
	least, known := f.Looked.Setting("vm.mmap_min_addr")
	if c, ok := f.mapping(); !ok || c.At == nil || !known || f.span().Addr >= uint64(max(0, least)) {
		return "", ""
	}
	return fmt.Sprintf("%#x is below vm.mmap_min_addr, which is %d: only a process with CAP_SYS_RAWIO may map there.", f.span().Addr, least),
		"Give an address within a region."
}

// growsDownFile explains MAP_GROWSDOWN of other memory. What grows down is private anonymous memory (mm/mmap.c, do_mmap).
func growsDownFile(f failure) (why, try string) {
	c, ok := f.mapping()
	if !ok || !c.GrowsDown || !c.Shared && f.behind(c) == model.Anon && !c.HugeTLB {
		return "", ""
	}
	return "Only private anonymous memory of ordinary pages grows down, as a stack does.", "Map it private anon, without hugetlb."
}

// mapDroppableAlone explains MAP_DROPPABLE with what it does not go with (mm/mmap.c, do_mmap), and of a kernel without it.
func mapDroppableAlone(f failure) (why, try string) {
	c, ok := f.mapping()
	switch {
	case !ok || !c.Droppable:
		return "", ""
	case !f.since(sinceDroppable):
		return fmt.Sprintf("MAP_DROPPABLE came with Linux %v; this is %s.", sinceDroppable, f.kernel), "Leave out droppable; madvise free lets the kernel drop what is there by then."
	case c.DroppableWithMore():
		return "MAP_DROPPABLE is for anonymous memory of ordinary pages that is not locked and does not grow: the kernel is to drop it where memory is short.",
			"Leave out droppable, or what else is said."
	}
	return "", ""
}

// behind returns what lies behind the region that an mmap would make.
func (f failure) behind(c lang.Mmap) model.Backing {
	if r := f.p.Region(c.Alias); c.Alias != "" && r != nil {
		return r.Backing
	}
	return c.Backing
}

func mapNoExec(f failure) (why, try string) {
	c, ok := f.mapping()
	if file, looked := f.Looked.File(""); !ok || f.behind(c) == model.Anon || f.behind(c) == model.Secret || c.Prot&model.ProtExec == 0 || !looked || !file.NoExec {
		return "", ""
	}
	return "The file behind the mapping lies where nothing may be executed (a noexec mount).", f.elsewhere("Map it without x")
}

// elsewhere returns what to try where a file may not be executed: a file in another directory may.
func (f failure) elsewhere(without string) string {
	if c, ok := f.mapping(); ok && f.behind(c) == model.Scratch {
		return without + ", or set TMPDIR to a directory of another file system before incore is started."
	}
	return without + ", or copy the file to a directory of another file system."
}

// mapReadOnlyFile explains a shared writable mapping of a file. Incore opens a file of the user's for reading alone.
func mapReadOnlyFile(f failure) (why, try string) {
	c, ok := f.mapping()
	if !ok || f.behind(c) != model.FileOf || !c.Shared || c.Prot&model.ProtWrite == 0 {
		return "", ""
	}
	return "incore opens a file for reading alone, so that nothing can change it, and a shared mapping that may be written needs it open for writing.",
		"Map it private, where a write makes a copy of the page, or shared r; scratch is a file that may be written."
}

func mapNoDevice(f failure) (why, try string) {
	if c, ok := f.mapping(); !ok || f.behind(c) == model.Anon {
		return "", ""
	}
	switch file, _ := f.Looked.File(""); {
	case file.Dir:
		return fmt.Sprintf("%s is a directory, and a directory has no mmap operation: there are no pages of it to map.", f.path()), "Give the path of a file."
	case file.Kernel != "":
		return fmt.Sprintf("%s lies on %s: the kernel makes its content when it is read, no page of it is kept, and so it has no mmap operation.", f.path(), file.Kernel),
			"Copy what it says to a file, and map that."
	}
	return "The file system on which the file lies cannot map files.", "Copy the file to another file system, or take memfd."
}

// mapNoEntry explains what an entry of procfs answers. The operations of all entries have an mmap, which has EIO for those that have
// none of their own (fs/proc/inode.c, proc_reg_mmap).
func mapNoEntry(f failure) (why, try string) {
	file, _ := f.Looked.File("")
	if c, ok := f.mapping(); !ok || f.behind(c) == model.Anon || file.Kernel != "proc" {
		return "", ""
	}
	return fmt.Sprintf("%s is an entry of procfs without a mapping of its own: the kernel makes its content when it is read, and no page of it is kept.", f.path()),
		"Copy what it says to a file, and map that."
}

// Hugetlb pages come from a pool of their own, which is empty unless somebody filled it.

// isHuge reports whether an mmap is of hugetlb pages.
func (f failure) isHuge(c lang.Mmap) bool {
	if r := f.p.Region(c.Alias); c.Alias != "" && r != nil {
		v, ok := f.vmaAt(r.Base)
		return ok && v.HugeTLB
	}
	return c.HugeTLB
}

func hugeNone(f failure) (why, try string) {
	if c, ok := f.mapping(); !ok || !c.HugeTLB || f.sys.MemTotal == 0 || f.sys.HugeSize != 0 {
		return "", ""
	}
	return "This kernel was built without hugetlb pages.", "Leave out hugetlb; madvise hugepage asks for transparent huge pages."
}

// hugeFile explains MAP_HUGETLB of an ordinary file. MAP_HUGETLB takes no file but one of hugetlb pages (mm/mmap.c, ksys_mmap_pgoff).
func hugeFile(f failure) (why, try string) {
	c, ok := f.mapping()
	if !ok || !c.HugeTLB || f.behind(c) == model.Anon || c.Alias == "" && c.Backing == model.Memfd || c.Alias != "" && f.isHuge(c) {
		return "", ""
	}
	return "MAP_HUGETLB is for anonymous memory and for files of hugetlb pages, and what lies behind this mapping is neither.",
		"Leave out hugetlb, or take anon or memfd."
}

func fixedHugeUnaligned(f failure) (why, try string) {
	c, ok := f.mapping()
	size, s := uint64(f.sys.HugeSize), f.span()
	if !ok || c.At == nil || !f.isHuge(c) || size == 0 || s.Addr%size == 0 {
		return "", ""
	}
	return fmt.Sprintf("Hugetlb pages lie at multiples of their size, %s, and %#x is none.", model.FormatBytes(f.sys.HugeSize), s.Addr),
		"Leave out at, or give an address that is one."
}

// mapHugePool explains too small a pool of hugetlb pages. The pages of a private mapping are reserved as it is made, unless it says
// noreserve (mm/hugetlb.c, hugetlb_reserve_pages).
func mapHugePool(f failure) (why, try string) {
	c, ok := f.mapping()
	size := uint64(f.sys.HugeSize)
	if !ok || !f.isHuge(c) || c.Noreserve || size == 0 {
		return "", ""
	}
	need := int64(min(f.asked()/size, math.MaxInt64))
	if short := need - f.sys.HugeFree - f.sys.HugeSurplus; short > 0 {
		return fmt.Sprintf("This needs %s of %s, and of the %d in the pool %d are free: %d too few.", model.Plural(need, "hugetlb page"),
			model.FormatBytes(f.sys.HugeSize), f.sys.HugeTotal, f.sys.HugeFree, short), f.largerPool(short)
	}
	if short := need - (f.sys.HugeFree - f.sys.HugeReserved + f.sys.HugeSurplus); short > 0 {
		return fmt.Sprintf("This needs %s of %s, and of the %d that are free in the pool %d are reserved for other mappings (HugePages_Rsvd): %d too few.",
			model.Plural(need, "hugetlb page"), model.FormatBytes(f.sys.HugeSize), f.sys.HugeFree, f.sys.HugeReserved, short), f.largerPool(short)
	}
	return "", ""
}

// largerPool returns how the pool comes to have more pages.
func (f failure) largerPool(more int64) string {
	return fmt.Sprintf("%s, sysctl vm.nr_hugepages=%d makes the pool larger, where memory in such pieces is free.", capital(f.root()), f.sys.HugeTotal+more)
}

// poolIsEmpty reports whether a page of hugetlb pages can have none for want of a free one. A
// free one that is reserved is for the mapping that it was promised to.
func (f failure) poolIsEmpty() bool { return f.sys.HugeFree-f.sys.HugeReserved <= 0 }

// noHugePage returns the sentence for a page of hugetlb pages that did not come in.
func (f failure) noHugePage(name string, at uint64) string {
	if why, past := f.pastFile(at); past {
		return fmt.Sprintf("%s could not be brought in: %s.", name, why)
	}
	if !f.poolIsEmpty() {
		return fmt.Sprintf("%s is of hugetlb pages, and none was to be had. Why is not known: of the %d in the pool %d are free.", name, f.sys.HugeTotal, f.sys.HugeFree)
	}
	return fmt.Sprintf("%s is of hugetlb pages without a reservation, and none was free: the pool has %d, of which %d are free.",
		name, f.sys.HugeTotal, f.sys.HugeFree)
}

// asked returns how many bytes a call was to map, as the kernel counts them against its limits.
func (f failure) asked() uint64 {
	unit := uint64(0)
	if c, ok := f.mapping(); ok && f.isHuge(c) {
		unit = uint64(f.sys.HugeSize)
	}
	return f.rounded(min(f.span().Len, math.MaxInt64), unit)
}
