package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

// sealedFrom seals a from a page on.
func sealedFrom(page uint64) func(*world) {
	return func(w *world) {
		var out []model.VMA
		for _, v := range w.p.VMAs {
			cut := modeltest.BaseA + page*modeltest.PageSize
			if v.Start < cut && cut < v.End {
				low := v
				low.End, v.Start = cut, cut
				out = append(out, low)
			}
			v.Sealed = v.Start >= cut && v.Start < modeltest.BaseB
			out = append(out, v)
		}
		w.p.VMAs = out
	}
}

// system is the machine of a case.
func system(s model.System) func(*world) { return func(w *world) { w.s.System = s } }

// mallocked makes a a block of malloc that begins in the middle of its first page.
func mallocked(w *world) {
	r := w.p.Regions[0]
	r.Malloc, r.Start, r.Size, r.Backing = model.FromBrk, modeltest.BaseA+16, uint64(r.Pages.Len())*modeltest.PageSize-32, model.Heap
}

// halfway puts a mapping in the middle of the addresses, of which 64T are below it.
func halfway(w *world) {
	w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0x400000000000, End: 0x400000001000})
}

var two = []model.Page{modeltest.MappedPage, modeltest.MappedPage}

var mapCases = []explainCase{
	{"length 0", "mmap c 0", "mmap", "EINVAL", "", nil, nil,
		"The length is 0; mmap needs at least one byte.",
		"Give a size of 1 page or more."},
	{"at an unaligned address", "mmap c 1 at a+100,1", "mmap", "EINVAL", "", nil, nil,
		"A mapping begins at a page, and 0x7f0000000064 is not a multiple of the page size, 4096.",
		"Name a page: at a."},
	{"grows down and shared", "mmap c 1 shared grows_down", "mmap", "EINVAL", "", nil, nil,
		"Only private anonymous memory of ordinary pages grows down, as a stack does.",
		"Map it private anon, without hugetlb."},
	{"grows down with a file", "mmap c 1 memfd grows_down", "mmap", "EINVAL", "", nil, nil,
		"Only private anonymous memory of ordinary pages grows down, as a stack does.",
		"Map it private anon, without hugetlb."},
	{"an offset within a page", "mmap c 1 memfd offset 5000B", "mmap", "EINVAL", "", nil, nil,
		"A mapping begins at a page of its file, and the offset, 5000, is not a multiple of the page size, 4096.",
		"Give a multiple: offset 4K."},
	{"an offset that no file has", "mmap c 1 file /f offset 8388608T", "mmap", "EOVERFLOW", "", nil, nil,
		"The mapping would end 8E and 4K into the file, and the file system has no files of that length.",
		"Give a smaller offset."},
	{"droppable and locked", "mmap c 1 droppable locked", "mmap", "EINVAL", "", nil, nil,
		"MAP_DROPPABLE is for anonymous memory of ordinary pages that is not locked and does not grow: the kernel is to drop it where memory is short.",
		"Leave out droppable, or what else is said."},
	{"droppable before there was such", "mmap c 1 droppable", "mmap", "EINVAL", "6.10", nil, nil,
		"MAP_DROPPABLE came with Linux 6.11; this is 6.10.",
		"Leave out droppable; madvise free lets the kernel drop what is there by then."},
	{"something lies there", "mmap c 1 at a[1] noreplace", "mmap", "EEXIST", "", two, nil,
		"a[1] is mapped, and MAP_FIXED_NOREPLACE takes the place of nothing. Nothing was changed.",
		"munmap a[1] first, or leave out noreplace, which replaces it."},
	{"more than there are of low addresses", "mmap c 2G low32", "mmap", "ENOMEM", "", nil, nil,
		"MAP_32BIT takes addresses between 1G and 2G alone, and the longest stretch of those that is free has 1G; this is 2G.",
		"Map less, or leave out low32."},
	{"as many as there are of low addresses", "mmap c 1G low32", "mmap", "ENOMEM", "", nil, nil,
		"MAP_32BIT takes addresses between 1G and 2G alone, and the longest stretch of those that is free has 1G; this is 1G. That would fit, but where addresses are random the search begins up to 32M above 1G.",
		"Map less, or leave out low32."},
	{"nothing wrong to be seen", "mmap c 1", "mmap", "EINVAL", "", nil, nil, "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"too long", "mmap c 200T noreserve", "mmap", "ENOMEM", "", nil, nil,
		"That is 200T; a process has addresses for 128T.",
		"Map less."},
	{"too long for 48 bits", "mmap c 300T noreserve", "mmap", "ENOMEM", "", nil, func(w *world) {
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0xfffff0000000, End: 0xfffff0001000, Path: "[stack]"})
	},
		"That is 300T; a process has addresses for 256T.",
		"Map less."},
	{"too many VMAs", "mmap c 1", "mmap", "ENOMEM", "", nil, crowded(65531),
		"The process has 65531 VMAs, and vm.max_map_count, the most it may have, is 65530: mmap may not make another.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"as many VMAs as there may be", "mmap c 1", "mmap", "ENOMEM", "", nil, crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: mmap may not make another.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"no room between", "mmap c 100T noreserve", "mmap", "ENOMEM", "", nil, func(w *world) {
		halfway(w)
		w.s.System = model.System{MemTotal: 1 << 34, Overcommit: 1}
	},
		"That is 100T, and the longest stretch of addresses that is free has 64T.",
		"munmap something first, or map less."},
	{"at where no addresses are", "mmap c 1 at 0x7ffffffff000,4096", "mmap", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{modeltest.Addr(0x7ffffffff000), modeltest.Bytes(1 << 20)}
	},
		"From 0x7ffffffff000 on a process has fewer addresses than 1M.",
		"Give an address within a region."},
	{"in the middle of a VMA, with too many", "mmap c 1 at a[1]", "mmap", "ENOMEM", "", two, crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: mmap would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"MAP_LOCKED", "mmap c 64K locked", "mmap", "EAGAIN", "", nil, limit(64<<10, 16<<10),
		"MAP_LOCKED locks the mapping as it is made. RLIMIT_MEMLOCK is 64K; 16K was locked before, and this would lock 64K more: 16K too much. Nothing was mapped.",
		"Leave out locked, or map less. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"MCL_FUTURE", "mmap c 64K none", "mmap", "EAGAIN", "", nil, limits(64<<10, 8<<20, 16<<10),
		"mlockall future is in force, so a new mapping is locked, even one that may not be accessed. RLIMIT_MEMLOCK is 64K; 16K was locked before, and this would lock 64K more: 16K too much. Nothing was mapped.",
		"munlockall, or mlockall current, ends that. Or map less. setrlimit memlock 80K allows it: the hard limit is 8M."},
	{"MAP_LOCKED of hugetlb pages", "mmap c 1 hugetlb locked", "mmap", "EAGAIN", "", nil, func(w *world) {
		limit(64<<10, 0)(w)
		hugeTLB(w)
	},
		"MAP_LOCKED locks the mapping as it is made. RLIMIT_MEMLOCK is 64K; 0B was locked before, and this would lock 2M more: 1.9M too much. Nothing was mapped.",
		"Leave out locked, or map less. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"the limit is not the cause", "mmap c 64K", "mmap", "EAGAIN", "", nil, limit(128<<10, 16<<10), "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"MAP_LOCKED at limit 0", "mmap c 1 locked", "mmap", "EPERM", "", nil, limit(0, 0),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"MAP_LOCKED at limit 0 with more locked before", "mmap c 4 locked", "mmap", "EPERM", "", nil, limits(0, 8<<20, 44<<10),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"setrlimit memlock 60K allows it: the hard limit is 8M."},
	{"over a seal", "mmap c 2 at a", "mmap", "EPERM", "", two, sealedFrom(1),
		"a[1] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed.",
		"exec ends a seal, with the whole address space; nothing less does."},
	{"at a low address", "mmap c 1 at 0x1000,4096", "mmap", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"noexec", "mmap c 1 file /tmp/x rx", "mmap", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"a filter", "mmap c 1", "mmap", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"a shared file to be written", "mmap c 1 shared file /tmp/x", "mmap", "EACCES", "", nil, nil,
		"incore opens a file for reading alone, so that nothing can change it, and a shared mapping that may be written needs it open for writing.",
		"Map it private, where a write makes a copy of the page, or shared r; scratch is a file that may be written."},
	{"an alias to be written", "mmap c 1 shared alias a", "mmap", "EACCES", "", nil, fileBehind(model.FileOf),
		"incore opens a file for reading alone, so that nothing can change it, and a shared mapping that may be written needs it open for writing.",
		"Map it private, where a write makes a copy of the page, or shared r; scratch is a file that may be written."},
	{"a security module, x", "mmap c 1 rwx", "mmap", "EACCES", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor).",
		""},
	{"a security module", "mmap c 1 file /tmp/x", "mmap", "EACCES", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor).",
		""},
	{"a directory", "mmap c 1 file /tmp", "mmap", "ENODEV", "", nil, func(w *world) {
		w.e.Looked = &model.Looked{Files: []model.FileLook{{Dir: true, Kernel: "proc"}}}
	},
		"/tmp is a directory, and a directory has no mmap operation: there are no pages of it to map.",
		"Give the path of a file."},
	{"a file that the kernel makes", "mmap c 1 file /sys/x", "mmap", "ENODEV", "", nil, func(w *world) {
		w.e.Looked = &model.Looked{Files: []model.FileLook{{Kernel: "sysfs"}}}
	},
		"/sys/x lies on sysfs: the kernel makes its content when it is read, no page of it is kept, and so it has no mmap operation.",
		"Copy what it says to a file, and map that."},
	{"an entry of procfs", "mmap c 1 file /proc/x", "mmap", "EIO", "", nil, func(w *world) {
		w.e.Looked = &model.Looked{Files: []model.FileLook{{Kernel: "proc"}}}
	},
		"/proc/x is an entry of procfs without a mapping of its own: the kernel makes its content when it is read, and no page of it is kept.",
		"Copy what it says to a file, and map that."},
	{"a disk that fails", "mmap c 1 file /tmp/x", "mmap", "EIO", "", nil, nil, "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"a file that cannot be mapped", "mmap c 1 file /tmp/x", "mmap", "ENODEV", "", nil, nil,
		"The file system on which the file lies cannot map files.",
		"Copy the file to another file system, or take memfd."},
	{"all files open", "mmap c 1 shared", "mmap", "ENFILE", "", nil, nil,
		"The system has as many files open as it may (fs.file-max). Shared memory, segments and memory files are files too.",
		""},

	{"unaligned", "munmap a+100,50", "munmap", "EINVAL", "", two, nil,
		"The address 0x7f0000000064 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; munmap refuses it.",
		"Name whole pages: a[0]."},
	{"a block of malloc", "munmap a", "munmap", "EINVAL", "", two, mallocked,
		"The address 0x7f0000000010 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; munmap refuses it. malloc returns addresses in the middle of a page, which other blocks may share. It is malloc's to give back.",
		"free a."},
	{"a block of malloc within the heap", "in kid munmap a+5000,100", "munmap", "EINVAL", "", two, func(w *world) {
		heap := *w.p.Regions[0]
		mallocked(w)
		heap.Name, heap.Backing = "heap", model.Heap
		w.p.Regions = append([]*model.Region{&heap}, w.p.Regions...)
	},
		"The address 0x7f0000001398 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; munmap refuses it. malloc returns addresses in the middle of a page, which other blocks may share. It is malloc's to give back.",
		"in kid free a."},
	{"a part of a block of malloc, to another call", "mincore a", "mincore", "EINVAL", "", two, mallocked,
		"The address 0x7f0000000010 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; mincore refuses it. malloc returns addresses in the middle of a page, which other blocks may share.",
		"Name whole pages: a[0..1]."},
	{"length 0", "munmap a+0,0", "munmap", "EINVAL", "", nil, nil,
		"The length is 0; munmap needs at least one byte.",
		"Give a size of 1 page or more."},
	{"outside", "munmap 0xffff_8000_0000_0000,4096", "munmap", "EINVAL", "", nil, nil,
		"The range from 0xffff800000000000, 4096 bytes, reaches out of the part of the address space that a process may use.",
		"Give an address and a length within a region."},
	{"a part of a hugetlb page", "munmap a[1..2]", "munmap", "EINVAL", "", make1024(), hugeTLB,
		"a is of hugetlb pages, and 0x7f0000001000 lies in the middle of one: munmap takes them as a whole, 2M each.",
		"Name whole ones: a[0..511]."},
	{"sealed", "munmap a", "munmap", "EPERM", "", two, sealedFrom(0),
		"a is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed.",
		"exec ends a seal, with the whole address space; nothing less does."},
	{"sealed in the middle", "in kid munmap a", "munmap", "EPERM", "", two, sealedFrom(1),
		"a[1] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed.",
		"in kid exec ends a seal, with the whole address space; nothing less does."},
	{"too many VMAs", "munmap a[1]", "munmap", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage, modeltest.MappedPage}, crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: munmap would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
}

// make1024 are the pages of two hugetlb pages of 2M.
func make1024() []model.Page {
	out := make([]model.Page, 1024)
	for i := range out {
		out[i] = modeltest.MappedPage
	}
	return out
}

func TestExplainMap(t *testing.T) { runExplain(t, mapCases) }

var hugeCases = []explainCase{
	{"no hugetlb pages", "mmap c 1 hugetlb", "mmap", "EINVAL", "", nil, system(model.System{MemTotal: 1 << 34}),
		"This kernel was built without hugetlb pages.",
		"Leave out hugetlb; madvise hugepage asks for transparent huge pages."},
	{"MAP_HUGETLB of a file", "mmap c 1 file /tmp/x hugetlb", "mmap", "EINVAL", "", nil, hugeTLB,
		"MAP_HUGETLB is for anonymous memory and for files of hugetlb pages, and what lies behind this mapping is neither.",
		"Leave out hugetlb, or take anon or memfd."},
	{"hugetlb at where none lies", "mmap c 1 hugetlb at b[1]", "mmap", "EINVAL", "", nil, hugeTLB,
		"Hugetlb pages lie at multiples of their size, 2M, and 0x7f0000101000 is none.",
		"Leave out at, or give an address that is one."},
	{"grows down and hugetlb", "mmap c 1 hugetlb grows_down", "mmap", "EINVAL", "", nil, hugeTLB,
		"Only private anonymous memory of ordinary pages grows down, as a stack does.",
		"Map it private anon, without hugetlb."},
	{"the pool is empty", "mmap c 5M hugetlb", "mmap", "ENOMEM", "", nil, hugeTLB,
		"This needs 3 hugetlb pages of 2M, and of the 4 in the pool 0 are free: 3 too few.",
		"As root, sysctl vm.nr_hugepages=7 makes the pool larger, where memory in such pieces is free."},
	{"the pool is reserved", "mmap c 4M hugetlb", "mmap", "ENOMEM", "", nil, func(w *world) {
		hugeTLB(w)
		w.s.System.HugeFree = 2
	},
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.",
		""},
	{"an alias of hugetlb pages", "mmap c 2M shared alias a", "mmap", "ENOMEM", "", nil, hugeTLB,
		"This needs 1 hugetlb page of 2M, and of the 4 in the pool 0 are free: 1 too few.",
		"As root, sysctl vm.nr_hugepages=5 makes the pool larger, where memory in such pieces is free."},
}

func TestExplainHuge(t *testing.T) { runExplain(t, hugeCases) }
