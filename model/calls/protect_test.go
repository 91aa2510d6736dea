package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

var protectCases = []explainCase{
	{"unaligned over two pages", "mprotect a+4095,2 r", "mprotect", "EINVAL", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage, modeltest.MappedPage}, nil,
		"The address 0x7f0000000fff is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; mprotect refuses it.",
		"Name whole pages: a[0..1]."},
	{"a part of a hugetlb page", "mprotect a[512..600] r", "mprotect", "EINVAL", "", make1024(), hugeTLB,
		"a is of hugetlb pages, and 0x7f0000259000 lies in the middle of one: mprotect takes them as a whole, 2M each.",
		"Name whole ones: a[512..1023]."},
	{"wraps", "mprotect 0x1000,18446744073709551615 r", "mprotect", "ENOMEM", "", nil, nil,
		"0x1000 plus 18446744073709551615 bytes goes past the last address there is.",
		"Give a shorter length."},
	{"wraps when rounded", "mprotect 0xfffffffffffff000,4000 r", "mprotect", "ENOMEM", "", nil, nil,
		"0xfffffffffffff000 plus 4000 bytes, rounded up to whole pages, goes past the last address there is.",
		"Give a shorter length."},
	{"hole", "mprotect a r", "mprotect", "ENOMEM", "", []model.Page{modeltest.ReadOnlyPage, modeltest.HolePage, modeltest.MappedPage}, nil,
		"a[1] is a hole: no mapping covers it. Before it, a[0] has the new protection; nothing after it has.",
		"Name pages that are mapped."},
	{"hole first", "mprotect a r", "mprotect", "ENOMEM", "", []model.Page{modeltest.HolePage, modeltest.MappedPage}, nil,
		"a[0] is a hole: no mapping covers it. It is the first page of the range, so nothing was changed.",
		"Name pages that are mapped."},
	{"too many VMAs", "mprotect a[0] r", "mprotect", "ENOMEM", "", two, crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: mprotect would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"not promised", "mprotect a rw", "mprotect", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.ReadOnlyPage, modeltest.ReadOnlyPage}, func(w *world) {
		w.s.System = never
		w.s.System.Committed = never.CommitLimit
	},
		"vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is 12G, 12G is promised already (Committed_AS), and this needs 8K: 8K too much. Before it, a[0] has the new protection; nothing after it has.",
		"Make fewer pages writable."},
	{"a limit of the process", "mprotect a rw", "mprotect", "ENOMEM", "", []model.Page{modeltest.ReadOnlyPage}, vmSize(1<<20, always),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"a machine that was not read", "mprotect a rw", "mprotect", "ENOMEM", "", []model.Page{modeltest.ReadOnlyPage}, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"nothing to be seen", "mprotect a r", "mprotect", "ENOMEM", "", two, nil, "The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.", ""},
	{"a segment for reading alone", "mprotect a rw", "mprotect", "EACCES", "", []model.Page{modeltest.ReadOnlyPage}, func(w *world) {
		fileBehind(model.Shm)(w)
		w.p.VMAs[0].Flags = model.ParseVMAFlags("rd sh mr me ms")
	},
		"a is of a segment that was attached for reading alone (SHM_RDONLY), which no mprotect changes. Nothing was changed.",
		"shmat again of a is one that may be written."},
	{"a file of the user's", "mprotect a rw", "mprotect", "EACCES", "", []model.Page{modeltest.ReadOnlyPage}, fileBehind(model.FileOf),
		"a is a shared mapping of a file, which incore opens for reading alone, so that nothing can change it. Nothing was changed.",
		"Map the file private: a write then makes a copy of the page."},
	{"x on a file", "mprotect a rx", "mprotect", "EACCES", "", []model.Page{modeltest.ReadOnlyPage}, fileBehind(model.FileOf),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor); the process itself (PR_SET_MDWE) forbids to make such memory executable.",
		"Leave out x."},
	{"x where none may come to be", "mprotect a rx", "mprotect", "EACCES", "", two, setting("PR_GET_MDWE", 1),
		"The process has set PR_SET_MDWE (prctl mdwe): no mapping becomes executable, nor writable beside that, and a has protection rw. Nothing was changed.",
		"Leave out x, or map it rx. It cannot be taken back, and a child and a program that is run have it too: reset starts a process without it."},
	{"mdwe, on an old kernel", "prctl mdwe", "prctl", "EINVAL", old, two, nil, "PR_SET_MDWE came with Linux 6.3; this is 5.10.0-debian.", ""},
	{"no huge pages at all", "madvise a collapse", "madvise", "EINVAL", "", two, setting("PR_GET_THP_DISABLE", 1),
		"The process has set PR_SET_THP_DISABLE (prctl thp_disable): no huge pages are made for it.", "Ask before it is set; reset starts a process without it."},
	{"w and x at once", "mmap c 1 rwx", "mmap", "EACCES", "", two, setting("PR_GET_MDWE", 1),
		"The process has set PR_SET_MDWE (prctl mdwe): no mapping may be both written and executed. Nothing was mapped.",
		"Map it rx or rw. It cannot be taken back, and a child and a program that is run have it too: reset starts a process without it."},
	{"x", "mprotect a rwx", "mprotect", "EACCES", "", two, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor); the process itself (PR_SET_MDWE) forbids to make such memory executable.",
		"Leave out x."},
	{"a security module", "mprotect a r", "mprotect", "EACCES", "", two, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor).",
		""},
	{"sealed", "mprotect a r", "mprotect", "EPERM", "", []model.Page{modeltest.ReadOnlyPage, modeltest.MappedPage}, sealedFrom(1),
		"a[1] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Before it, a[0] has the new protection.",
		"exec ends a seal, with the whole address space; nothing less does."},
	{"sealed, before seals were looked for one by one", "mprotect a r", "mprotect", "EPERM", "6.10.3", two, sealedFrom(1),
		"a[1] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed.",
		"exec ends a seal, with the whole address space; nothing less does."},

	{"unaligned", "mincore a+1,1", "mincore", "EINVAL", "", two, nil,
		"The address 0x7f0000000001 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; mincore refuses it.",
		"Name whole pages: a[0]."},
	{"wraps", "mincore 0x1000,18446744073709551615", "mincore", "ENOMEM", "", two, nil,
		"0x1000 plus 18446744073709551615 bytes goes past the last address there is.",
		"Give a shorter length."},
	{"hole", "mincore a", "mincore", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, nil,
		"a[1] is a hole: no mapping covers it. mincore answers only for ranges that are mapped throughout.",
		"Name pages that are mapped."},
	{"no memory", "mincore a", "mincore", "EAGAIN", "", two, system(heuristic),
		"The kernel had no memory for what mincore needs. MemAvailable is 9G.",
		"Try again when more memory is free."},
}

func TestExplainProtect(t *testing.T) { runExplain(t, protectCases) }
