package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

// advised parts a into two VMAs by something that is not seen.
func advised(w *world) {
	v := w.p.VMAs[0]
	low := v
	low.End, v.Start = modeltest.BaseA+modeltest.PageSize, modeltest.BaseA+modeltest.PageSize
	w.p.VMAs = append([]model.VMA{low, v}, w.p.VMAs[1:]...)
}

// replaced puts a region c of such memory in the place of a[1].
func replaced(v model.VMA) func(*world) {
	return func(w *world) {
		c := modeltest.Region("c", modeltest.BaseA+modeltest.PageSize, []model.Page{modeltest.MappedPage})
		c.Backing, c.Shared = model.Memfd, v.Shared
		w.p.Regions[0].Pages = model.Runs[model.Page]{}.Add(1, modeltest.MappedPage).Add(1, modeltest.HolePage).Add(1, modeltest.MappedPage)
		w.p.Regions = append(w.p.Regions, c)
		v.Start, v.End, v.Prot = c.Base, c.Base+modeltest.PageSize, modeltest.RW
		low, high := w.p.VMAs[0], w.p.VMAs[0]
		low.End, high.Start = v.Start, v.End
		w.p.VMAs = append([]model.VMA{low, v, high}, w.p.VMAs[1:]...)
	}
}

var remapCases = []explainCase{
	{"length 0", "mremap a 0", "mremap", "EINVAL", "", nil, nil,
		"The new length is 0; mremap needs at least one byte.",
		"Give a size of 1 page or more, or munmap it."},
	{"hugetlb", "mremap a 4M", "mremap", "EINVAL", "", nil, hugeTLB,
		"A mapping of hugetlb pages can be made shorter, but not longer: its pages were reserved as it was mapped.",
		"Map a new one of the size that is needed."},
	{"hugetlb, cut within a page", "mremap a 1", "mremap", "EINVAL", old, make1024(), hugeTLB,
		"A mapping of hugetlb pages is cut only between two of them, and 4K is no multiple of 2M. Since Linux 5.16 the kernel rounds it up; this is 5.10.0-debian. Nothing was changed.",
		"mremap a 2M."},
	{"hugetlb, made longer by an old kernel", "mremap a 8M", "mremap", "EINVAL", old, make1024(), hugeTLB,
		"A mapping of hugetlb pages can be made shorter, but not longer: its pages were reserved as it was mapped.",
		"Map a new one of the size that is needed."},
	{"hugetlb, made shorter, so the cause is another", "mremap a 2M", "mremap", "EINVAL", old, make1024(), hugeTLB, "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"too long", "mremap a 200T", "mremap", "EINVAL", "", nil, nil,
		"That is 200T; a process has addresses for 128T.",
		"Map less."},
	{"the first page is gone", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.HolePage, modeltest.MappedPage}, nil,
		"a[0] is a hole: no mapping covers it. mremap looks for the mapping at the first address. Nothing was changed.",
		"munmap what is left, and map anew."},
	{"a hole", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, nil,
		"a[1] is a hole: no mapping covers it. mremap takes one mapping as a whole, and this one ends there. Nothing was changed.",
		"munmap what is left, and map anew."},
	{"a lock", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.LockedPage}, nil,
		"mremap takes one mapping as a whole, and at a[1] another one begins: one of the two is locked. Nothing was changed.",
		"munlock a first."},
	{"two locks", "mremap a 8", "mremap", "EFAULT", "", []model.Page{{Mapping: model.InVMA, Lock: model.OnFault, Prot: modeltest.RW}, modeltest.LockedPage}, nil,
		"mremap takes one mapping as a whole, and at a[1] another one begins: one of the two is locked on fault. Nothing was changed.",
		"munlock a first."},
	{"a protection", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.ReadOnlyPage}, nil,
		"mremap takes one mapping as a whole, and at a[1] another one begins: the protections are rw and r. Nothing was changed.",
		"mprotect a rw first."},
	{"a seal", "mremap a 8", "mremap", "EFAULT", "", two, sealedFrom(1),
		"mremap takes one mapping as a whole, and at a[1] another one begins: one of the two is sealed. Nothing was changed.",
		"exec ends a seal, with the whole address space; nothing less does."},
	{"an advice", "mremap a 8", "mremap", "EFAULT", "", two, advised,
		"mremap takes one mapping as a whole, and at a[1] another one begins: why is not known, since the flags of their VMAs were not told. Nothing was changed.",
		"munmap a, and map it anew."},
	{"another kind of memory", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage, modeltest.MappedPage}, replaced(model.VMA{Shared: true, Path: "/memfd:c (deleted)"}),
		"mremap takes one mapping as a whole, and at c[0] another one begins: one is private anonymous memory, the other shared memfd memory. Nothing was changed.",
		"munmap both, and map anew: memory of two kinds does not become one mapping."},
	{"another file", "in kid mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.LockedPage}, func(w *world) {
		fileBehind(model.Memfd)(w)
		w.p.VMAs[1].Path = "/memfd:c (deleted)"
	},
		"mremap takes one mapping as a whole, and at a[1] another one begins: different files lie behind the two. Nothing was changed.",
		"in kid munmap both, and map anew: memory of two kinds does not become one mapping."},
	{"hugetlb pages behind it", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage, modeltest.MappedPage}, replaced(model.VMA{HugeTLB: true}),
		"mremap takes one mapping as a whole, and at c[0] another one begins: one is private anonymous memory, the other private hugetlb pages. Nothing was changed.",
		"munmap both, and map anew: memory of two kinds does not become one mapping."},
	{"a lock of a file", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.LockedPage}, fileBehind(model.Memfd),
		"mremap takes one mapping as a whole, and at a[1] another one begins: one of the two is locked. Nothing was changed.",
		"munlock a first."},
	{"sealed", "mremap a 8", "mremap", "EPERM", "", two, sealedFrom(0),
		"a is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed.",
		"exec ends a seal, with the whole address space; nothing less does."},
	{"locked, over the limit", "mremap a 8", "mremap", "EAGAIN", "", []model.Page{modeltest.LockedPage, modeltest.LockedPage}, limit(16<<10, 8<<10),
		"a is locked, so what is added to it is locked too. RLIMIT_MEMLOCK is 16K; 8K was locked before, and this would lock 24K more: 16K too much. Nothing was changed.",
		"munlock a first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"locked, within the limit", "mremap a 4", "mremap", "EAGAIN", "", []model.Page{modeltest.LockedPage, modeltest.LockedPage}, limit(16<<10, 8<<10), "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"too long for the addresses", "mremap a 200T", "mremap", "ENOMEM", "", nil, nil,
		"That is 200T; a process has addresses for 128T.",
		"Map less."},
	{"too many VMAs", "mremap a 8", "mremap", "ENOMEM", "", nil, crowded(65527),
		"The process has 65527 VMAs, and vm.max_map_count, the most it may have, is 65530: to move one can take three more for a moment.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"no room", "mremap a 100T", "mremap", "ENOMEM", "", nil, halfway,
		"That is 100T, and the longest stretch of addresses that is free has 64T.",
		"munmap something first, or map less."},
	{"not promised", "mremap a 32G", "mremap", "ENOMEM", "", nil, system(heuristic),
		"vm.overcommit_memory is 0, and 32.0G is more than all memory and swap of the machine, 20G: 12.0G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Ask for less."},
	{"a limit of the process", "mremap a 1G", "mremap", "ENOMEM", "", []model.Page{modeltest.ReadOnlyPage}, vmSize(1<<30, heuristic),
		"The cause is not known: nothing that incore can look at refuses this.",
		""},

	{"of a part that is not aligned", "mremap a+1,4096 2", "mremap", "EINVAL", "", two, nil,
		"The address 0x7f0000000001 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; mremap refuses it.",
		"Name whole pages: a."},
	{"past the last address", "mremap a 2 at 0x7fffffffe000,0", "mremap", "EINVAL", "", two, func(w *world) { w.p.Limits.AddressEnd = 0x7ffffffff000 },
		"The addresses that a process can have end at 0x7ffffffff000 (TASK_SIZE), and 8K from 0x7fffffffe000 on would reach past that. Nothing was changed.",
		"Give an address within a region."},
	{"to the middle of a page", "mremap a 2 at b+1,0", "mremap", "EINVAL", "", two, nil,
		"A mapping begins at a page, and 0x7f0000100001 is not a multiple of the page size, 4096.",
		"Name a page: at b[0]."},
	{"moved where it may not move", "mremap a 2 at b stay", "mremap", "EINVAL", "", two, nil,
		"stay leaves MREMAP_MAYMOVE away, and what goes to another place has to be allowed to move.",
		"mremap a 2 at b."},
	{"left there with another length", "mremap a 3 dontunmap", "mremap", "EINVAL", "", two, nil,
		"With MREMAP_DONTUNMAP the length stays what it is: 8K, and not 12K.",
		"Give the size that it has."},
	{"onto itself", "mremap a 2 at a[1]", "mremap", "EINVAL", "", two, nil,
		"The new place, 0x7f0000001000,8192, and the old one, a, overlap.",
		"Give an address where none of it lies."},
	{"private pages a second time", "mremap a+0,0 2", "mremap", "EINVAL", "", two, nil,
		"An old size of 0 maps the pages a second time, and only shared pages can be at two places: these are private.",
		"Map it shared."},
	{"an old kernel that leaves nothing there", "mremap a 2 dontunmap", "mremap", "EINVAL", "5.4.0", two, nil,
		"MREMAP_DONTUNMAP came with Linux 5.7; this is 5.4.0.", ""},
	{"an old kernel that leaves no file there", "mremap a 2 dontunmap", "mremap", "EINVAL", old, two, fileBehind(model.Memfd),
		"Before Linux 5.13 MREMAP_DONTUNMAP is for private anonymous memory alone; this is 5.10.0-debian.", ""},
	{"several at once, on an old kernel", "mremap a 2 at b", "mremap", "EFAULT", old, []model.Page{modeltest.MappedPage, modeltest.HolePage}, nil,
		"a[1] is a hole: no mapping covers it. mremap takes one mapping as a whole, and this one ends there. Linux 6.17 and later move several at once where the length stays; this is 5.10.0-debian. Nothing was changed.",
		"munmap what is left, and map anew."},
	{"onto what is sealed", "mremap b 2 at a", "mremap", "EPERM", "", two, sealedFrom(1),
		"a[1] is sealed, and the mapping was to take its place: mseal forbids to unmap it. Nothing was changed.",
		"Give another address."},
	{"stays, and the mapping goes on", "mremap a[0] 2 stay", "mremap", "ENOMEM", "", two, nil,
		"It may not move (stay), and the mapping goes on behind it, at a[1]. Nothing was changed.",
		"mremap a[0] 2 lets it move."},
	{"stays, and something is behind it", "mremap a 512 stay", "mremap", "ENOMEM", "", two, nil,
		"It may not move (stay), and b[0] lies behind it. Nothing was changed.",
		"mremap a 512 lets it move."},
	{"stays, of pages that are to be mapped a second time", "mremap a+0,0 2 stay", "mremap", "ENOMEM", "", two, fileBehind(model.Memfd),
		"It may not move (stay), and a second mapping of the same pages lies elsewhere. Nothing was changed.",
		"mremap a+0,0 2 lets it move."},

	{"unaligned", "mseal a+1,1", "mseal", "EINVAL", "", two, nil,
		"The address 0x7f0000000001 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; mseal refuses it.",
		"Name whole pages: a[0]."},
	{"wraps", "mseal 0x1000,18446744073709551615", "mseal", "EINVAL", "", two, nil,
		"0x1000 plus 18446744073709551615 bytes goes past the last address there is.",
		"Give a shorter length."},
	{"hole", "mseal a", "mseal", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, nil,
		"a[1] is a hole: no mapping covers it. mseal seals a range that is mapped throughout, or nothing.",
		"Name pages that are mapped."},
	{"too many VMAs", "mseal a[0]", "mseal", "ENOMEM", "", two, crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: mseal would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"an old kernel", "mseal a", "mseal", "ENOSYS", "6.1.0", two, nil,
		"mseal came with Linux 6.10; this is 6.1.0.",
		""},
	{"a new kernel", "mseal a", "mseal", "ENOSYS", "", two, nil,
		"mseal came with Linux 6.10, and this is 6.18.44: a filter hides it (seccomp), or the kernel was built without it.",
		""},
}

func TestExplainRemap(t *testing.T) { runExplain(t, remapCases) }
