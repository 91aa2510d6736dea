package calls_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/modeltest"
)

// looked puts what was looked at into an event.
func looked(change func(*model.Looked)) func(*world) {
	return func(w *world) { change(w.e.Looked) }
}

// behind is a file of so many bytes behind a, and what else there is to be seen of it.
func behind(f model.FileLook) func(*world) {
	return looked(func(l *model.Looked) { f.Region = "a"; l.Files = append(l.Files, f) })
}

// setting is a number of the system.
func setting(name string, n int64) func(*world) {
	return looked(func(l *model.Looked) { l.Settings = map[string]int64{name: n} })
}

// spaces are the limits of a process on its address space and its private writable memory.
func spaces(space, data int64) func(*world) {
	return func(w *world) {
		l := &w.p.Limits
		l.Known, l.Space, l.Data, l.Stack, l.FileSize = true, space, data, 8<<20, model.Unlimited
		w.p.Stat.VmSize, w.p.Stat.VmData = 1<<20, 512<<10
	}
}

// all is one change after the other.
func all(changes ...func(*world)) func(*world) {
	return func(w *world) {
		for _, f := range changes {
			f(w)
		}
	}
}

// ends says where the addresses of the process end.
func ends(w *world) { w.p.Limits.AddressEnd = 1<<47 - modeltest.PageSize }

// namespace is a process in a user namespace of its own.
func namespace(w *world) { w.p.Limits.InNamespace = true }

// apart parts a into two VMAs that differ in such flags, and where the pages are mapped have pages
// of their own.
func apart(low, high string) func(*world) {
	return func(w *world) {
		advised(w)
		w.p.VMAs[0].Flags, w.p.VMAs[1].Flags = model.ParseVMAFlags(low), model.ParseVMAFlags(high)
		w.p.Name = model.Main
	}
}

// sameFile puts one file behind the two VMAs of a, opened once or twice.
func sameFile(offset uint64, fd int) func(*world) {
	return func(w *world) {
		apart("rd", "rd")(w)
		r := modeltest.Region("c", modeltest.BaseA+modeltest.PageSize, []model.Page{modeltest.MappedPage})
		w.p.Regions[0].Backing, w.p.Regions[0].FD, w.p.Regions[0].Pages = model.FileOf, 6, model.Runs[model.Page]{}.Add(1, modeltest.MappedPage).Add(1, modeltest.HolePage)
		r.Backing, r.FD = model.FileOf, fd
		w.p.Regions = append(w.p.Regions, r)
		for i := range 2 {
			w.p.VMAs[i].Path, w.p.VMAs[i].Dev, w.p.VMAs[i].Inode = "/bin/sh", 1, 7
		}
		w.p.VMAs[1].Offset = offset
	}
}

// happened are events before the call.
func happened(events ...model.Event) func(*world) {
	return func(w *world) { w.s.Events = events }
}

// kid makes the process a child of main that knows what main has done.
func kid(events ...model.Event) func(*world) {
	return func(w *world) {
		w.p.Name, w.p.Parent, w.e.Proc = "kid", model.Main, "kid"
		w.s.Events = events
	}
}

// of is the range of pages of a as arguments.
func of(lo, hi uint64) []model.Arg {
	return []model.Arg{modeltest.Addr(modeltest.BaseA + lo*modeltest.PageSize), modeltest.Bytes((hi - lo) * modeltest.PageSize)}
}

var (
	hasForked  = model.Event{Call: "clone", Proc: model.Main, Result: "kid"}
	notForKids = model.Event{Call: "madvise", Proc: model.Main, Command: modeltest.Parsed("madvise a[1] dontfork"), Args: of(1, 2)}
	forKids    = model.Event{Call: "madvise", Proc: model.Main, Command: modeltest.Parsed("madvise a[1] dofork"), Args: of(1, 2)}
	dug        = model.Event{Call: "munmap", Proc: "kid", Command: modeltest.Parsed("munmap a[1]"), Args: of(1, 2)}
)

// knownCases are causes that a look finds: at limits, settings, files, flags of VMAs, the VMAs
// around the call, and what was done before.
var knownCases = []explainCase{
	{"past the end of the addresses", "mmap c 1 at 0x7ffffffff000,4096", "mmap", "ENOMEM", "", nil, ends, "The addresses that a process can have end at 0x7ffffffff000 (TASK_SIZE), and 4K from 0x7ffffffff000 on would reach past that. Nothing was changed.", "Give an address within a region."},
	{"a hole past the end of the addresses", "mlock 0x7ffffffff000,4096", "mlock", "ENOMEM", "", nil, ends, "0x7ffffffff000 lies past the addresses that a process can have: they end at 0x7ffffffff000 (TASK_SIZE). It is the first page of the range, so nothing was locked.", "Name pages that are mapped."},
	{"past the end of the addresses", "munmap 0x7ffffffff000,4096", "munmap", "EINVAL", "", nil, ends, "The range from 0x7ffffffff000, 4096 bytes, reaches out of the part of the address space that a process may use.", "Give an address and a length within a region."},
	{"within the addresses", "munmap 0x7fffffffe000,4096", "munmap", "EINVAL", "", nil, ends, "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"past the end of the addresses", "mmap c 1 shared alias s at 0x7ffffffff000,4096", "shmat", "ENOMEM", "", nil, ends, "The addresses that a process can have end at 0x7ffffffff000 (TASK_SIZE), and 4K from 0x7ffffffff000 on would reach past that. Nothing was changed.", "Give an address within a region."},
	{"below the lowest address", "mmap c 1 at 0x1000,4096", "mmap", "EPERM", "", nil, setting("vm.mmap_min_addr", 65536), "0x1000 is below vm.mmap_min_addr, which is 65536: only a process with CAP_SYS_RAWIO may map there.", "Give an address within a region."},
	{"below the lowest address", "mmap c 1 shared alias s at 0x1000,4096", "shmat", "EPERM", "", nil, setting("vm.mmap_min_addr", 65536), "0x1000 is below vm.mmap_min_addr, which is 65536: only a process with CAP_SYS_RAWIO may map there.", "Give an address within a region."},
	{"above the lowest address", "mmap c 1 at 0x10000,4096", "mmap", "EPERM", "", nil, setting("vm.mmap_min_addr", 65536), "The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).", ""},
	{"noexec", "mmap c 1 file /tmp/x rx", "mmap", "EPERM", "", nil,
		looked(func(l *model.Looked) { l.Files = []model.FileLook{{Len: 1, NoExec: true}} }), "The file behind the mapping lies where nothing may be executed (a noexec mount).", "Map it without x, or copy the file to a directory of another file system."},
	{"noexec", "mmap c 1 scratch rx", "mmap", "EPERM", "", nil,
		looked(func(l *model.Looked) { l.Files = []model.FileLook{{Len: 1, NoExec: true}} }), "The file behind the mapping lies where nothing may be executed (a noexec mount).", "Map it without x, or set TMPDIR to a directory of another file system before incore is started."},
	{"noexec", "mprotect a rx", "mprotect", "EACCES", "", nil, all(ofFile, behind(model.FileLook{Len: 1, NoExec: true})), "The file behind a lies where nothing may be executed (a noexec mount). Nothing was changed.", "Leave out x, or map a copy of the file in a directory of another file system."},
	{"a file that may be executed", "mprotect a rx", "mprotect", "EACCES", "", nil, all(ofFile, behind(model.FileLook{Len: 1})), "The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor); the process itself (PR_SET_MDWE) forbids to make such memory executable.", "Leave out x."},
	{"RLIMIT_AS", "mmap c 4M r", "mmap", "ENOMEM", "", nil, spaces(2<<20, model.Unlimited), "RLIMIT_AS, which is of the address space of the process, is 2M; VmSize is 1M, and this needs 4M more: 3M too much.", "Ask for less, or start incore with a higher limit: ulimit -v says it."},
	{"RLIMIT_AS, in the place of another", "mmap c 1 at a[0]", "mmap", "ENOMEM", "", nil, spaces(1<<20, model.Unlimited), "The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.", ""},
	{"RLIMIT_DATA", "mmap c 4M", "mmap", "ENOMEM", "", nil, spaces(model.Unlimited, 2<<20), "RLIMIT_DATA, which is of the private writable memory of the process, is 2M; VmData is 512K, and this needs 4M more: 2.5M too much.", "Ask for less, or start incore with a higher limit: ulimit -d says it."},
	{"RLIMIT_DATA is not of what may not be written", "mmap c 4M r", "mmap", "ENOMEM", "", nil, spaces(model.Unlimited, 2<<20), "The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.", ""},
	{"RLIMIT_AS", "shmget s 4M", "shmat", "ENOMEM", "", nil, spaces(2<<20, 2<<20), "RLIMIT_AS, which is of the address space of the process, is 2M; VmSize is 1M, and this needs 4M more: 3M too much.", "Ask for less, or start incore with a higher limit: ulimit -v says it."},
	{"RLIMIT_AS", "mremap a 4M", "mremap", "ENOMEM", "", nil, spaces(2<<20, model.Unlimited), "RLIMIT_AS, which is of the address space of the process, is 2M; VmSize is 1M, and this needs 4.0M more: 3.0M too much.", "Ask for less, or start incore with a higher limit: ulimit -v says it."},
	{"RLIMIT_DATA", "mprotect a rw", "mprotect", "ENOMEM", "", []model.Page{modeltest.ReadOnlyPage}, spaces(model.Unlimited, 512<<10), "RLIMIT_DATA, which is of the private writable memory of the process, is 512K; VmData is 512K, and this would make 4K more writable: 4K too much. Nothing was changed.", "Make fewer pages writable, or start incore with a higher limit: ulimit -d says it."},
	{"RLIMIT_DATA", "brk +4M", "brk", "ENOMEM", "", nil, all(spaces(model.Unlimited, 2<<20), brkBefore), "RLIMIT_DATA, which is of the private writable memory of the process, is 2M; VmData is 512K, and this needs 4M more: 2.5M too much.", "Ask for less, or start incore with a higher limit: ulimit -d says it."},
	{"RLIMIT_STACK", "touch 0x7f000f000000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", 0x7f000f000000, growing(), spaces(model.Unlimited, model.Unlimited)), "d begins at 0x7f0010000000 and grows down where what lies below it is accessed, but not as far as 0x7f000f000000: it would be 16.0M long then, and RLIMIT_STACK is 8M.", "Access the page right below it, or start incore with a higher limit: ulimit -s says it."},
	{"RLIMIT_AS under a stack", "touch 0x7f000fff0000,1", "touch", "SIGSEGV", "", some, answered("SEGV_MAPERR", 0x7f000fff0000, growing(), spaces(1<<20, model.Unlimited)), "d begins at 0x7f0010000000 and grows down where what lies below it is accessed, but not as far as 0x7f000fff0000: it would be 72K long then. RLIMIT_AS, which is of the address space of the process, is 1M; VmSize is 1M, and this needs 64K more: 64K too much.", "Ask for less, or start incore with a higher limit: ulimit -v says it."},
	{"RLIMIT_FSIZE", "mmap c 100T scratch", "ftruncate", "EFBIG", "", nil, func(w *world) {
		spaces(model.Unlimited, model.Unlimited)(w)
		w.p.Limits.FileSize = 1 << 20
		w.e.Args = []model.Arg{modeltest.Text("3"), modeltest.Bytes(100 << 40)}
	}, "The file behind the mapping would be 100T long, and RLIMIT_FSIZE (ulimit -f) is 1M. A program that does not ignore SIGXFSZ, as this one does, is ended by it here.", "Map less of it, or anon memory; or start incore with a higher limit."},
	{"noexec memory files", "mmap c 1 memfd", "memfd_create", "EACCES", "", nil, setting("vm.memfd_noexec", 2), "vm.memfd_noexec is 2: a memory file may be made only where it says that it is not executable, and incore's does not say so.", "Take scratch, or anon."},
	{"too many bytes", "shmget s 1T", "shmget", "EINVAL", "", nil, setting("kernel.shmmax", 1<<30), "1T is more than a segment may have: kernel.shmmax is 1G.", "Ask for less."},
	{"as many as there may be", "shmget s 1T", "shmget", "ENOSPC", "", nil,
		looked(func(l *model.Looked) { l.Settings = map[string]int64{"kernel.shmmni": 4096, "segments": 4096} }), "The system has 4096 segments, and kernel.shmmni, the most it may have, is 4096. Segments stay until somebody removes them.", "As their owner, ipcs -m shows them and ipcrm -m removes one."},
	{"as many pages as there may be", "shmget s 1T", "shmget", "ENOSPC", "", nil,
		looked(func(l *model.Looked) { l.Settings = map[string]int64{"kernel.shmmni": 4096, "segments": 1} }), "The system has as many pages in segments as it may (kernel.shmall): of segments it has 1, and 4096 may be (kernel.shmmni). Segments stay until somebody removes them.", "As their owner, ipcs -m shows them and ipcrm -m removes one."},
	{"the pool is reserved", "mmap c 4M hugetlb", "mmap", "ENOMEM", "", nil, func(w *world) {
		hugeTLB(w)
		w.s.System.HugeFree, w.s.System.HugeReserved = 2, 1
	}, "This needs 2 hugetlb pages of 2M, and of the 2 that are free in the pool 1 are reserved for other mappings (HugePages_Rsvd): 1 too few.", "As root, sysctl vm.nr_hugepages=5 makes the pool larger, where memory in such pieces is free."},
	{"without THP", "madvise a hugepage", "madvise", "EINVAL", "", nil, system(model.System{MemTotal: 1 << 30}), "This kernel was built without transparent huge pages: there is no /sys/kernel/mm/transparent_hugepage.", ""},
	{"without KSM", "madvise a mergeable", "madvise", "EINVAL", "", nil, system(model.System{MemTotal: 1 << 30}), "This kernel was built without KSM, the merging of equal pages.", ""},
	{"with KSM", "madvise a mergeable", "madvise", "EINVAL", "", nil, system(model.System{MemTotal: 1 << 30, KSM: "0"}), "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"without hugetlb pages", "mmap c 1 memfd hugetlb", "memfd_create", "EINVAL", "", nil, system(model.System{MemTotal: 1 << 30}), "This kernel was built without hugetlb pages: /proc/meminfo tells no size of them.", "Leave out hugetlb."},
	{"no x for a security module", "mmap c 1 shared alias s", "shmat", "EACCES", "", nil, nil, "The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor).", ""},

	{"a namespace of its own", "mlock a", "mlock", "ENOMEM", "", two, all(limits(4<<10, 4<<10, 0), namespace), "RLIMIT_MEMLOCK is 4K; 0B was locked before, and this would lock 8K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.", "Lock at most 1 page more. Start incore with a higher limit (ulimit -l), or outside of this user namespace as a user who has CAP_IPC_LOCK: what a namespace gives does not count here."},
	{"a namespace of its own", "setrlimit memlock 16M 16M", "prlimit64", "EPERM", "", two, all(limits(4<<10, 8<<20, 0), namespace), "The hard limit is 8M, and only a process with CAP_SYS_RESOURCE in the system's first user namespace may raise it, to 16M.", "setrlimit memlock 8M is the most that this process may have."},
	{"a namespace of its own", "mlock a[0]", "mlock", "ENOMEM", "", two, all(crowded(65530), namespace), "The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: mlock would split one more.", "Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root outside of this user namespace, sysctl vm.max_map_count=131060 allows more."},
	{"a soft limit over the hard one, for who may raise that", "setrlimit memlock 16M", "prlimit64", "EINVAL", "", two, func(w *world) {
		w.p.Limits.SysResource, w.p.Limits.MemlockHard = true, 8<<20
	}, "The soft limit, 16M, would be above the hard one, 8M.", "setrlimit memlock 16M 16M sets both."},
	{"nothing is locked", "mlock a", "mlock", "ENOMEM", "", two, limits(100, 100, 0), "RLIMIT_MEMLOCK is 100 bytes, 0 whole pages; 0B was locked before, and this would lock 8K more: 8K too much. Over the limit it is all or nothing, so nothing was locked.", "Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"what lies there is locked", "mmap c 2 locked at a", "mmap", "EAGAIN", "", []model.Page{modeltest.LockedPage, modeltest.LockedPage}, limit(8<<10, 8<<10), "The mapping is locked as it is made. RLIMIT_MEMLOCK is 8K; 8K was locked before, and this would lock 8K more: 8K too much. What lies there, a, is locked and counts until it is dropped, which comes after this check. Nothing was changed.", "munlock a first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},

	{"past the end of a file", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofFile, behind(model.FileLook{Len: 4096})), "a[1] is mapped, but nothing is behind it: the file has 4K, and the page begins behind its end.", "Stay within what there is."},
	{"within a file", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofFile, behind(model.FileLook{Len: 4097})), "a[1] is mapped, and the kernel could not bring it in: it lies within the file, and why the kernel could not bring it in is not known; possible is an error of the disk.", ""},
	{"past the end of a memfd", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd, behind(model.FileLook{Len: 4096})), "a[1] is mapped, but nothing is behind it: the memory file has 4K, and the page begins behind its end.", "Stay within what there is."},
	{"within a memfd, in mode 2", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), ofMemfd, behind(model.FileLook{Len: 8192}),
		system(model.System{MemTotal: 1 << 30, Overcommit: 2, CommitLimit: 8192, Committed: 8192})), "a[1] is mapped, and the kernel could not bring it in: the kernel does not promise the memory (vm.overcommit_memory is 2).", ""},
	{"a full disk", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch), behind(model.FileLook{Len: 8192, Disk: true})), "a[1] is mapped, and the kernel could not bring it in: the disk has no room for it.", ""},
	{"a disk with room", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Scratch), behind(model.FileLook{Len: 8192, Disk: true, Room: 1 << 20})), "a[1] is mapped, and the kernel could not bring it in: it lies within the file, and why the kernel could not bring it in is not known; possible is an error of the disk.", ""},
	{"past the end of shared anonymous memory", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Anon), sized(4096)), "a[1] is mapped, but nothing is behind it: shared anonymous memory stays as long as it was mapped first, 4K, and mremap made the mapping longer.", "Stay within what there is."},
	{"past the end of a segment", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), fileBehind(model.Shm), sized(4096)), "a[1] is mapped, but nothing is behind it: the segment has 4K, and the page begins behind its end.", "Stay within what there is."},
	{"hugetlb, past the end", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(1), hugeTLB, ofMemfd, behind(model.FileLook{Len: 4096})), "a[1] is mapped, but nothing is behind it: the memory file has 4K, and the page begins behind its end.", "Stay within what there is."},
	{"hugetlb, a free page", "touch a", "touch", "SIGBUS", "", two, answered("BUS_ADRERR", at(0), hugeTLB, func(w *world) { w.s.System.HugeFree = 1 }), "a[0] is of hugetlb pages, and none was to be had. Why is not known: of the 4 in the pool 1 are free.", "As root, sysctl vm.nr_hugepages=5 makes the pool larger, where memory in such pieces is free."},
	{"past the end", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.LockedPage, {Mapping: model.InVMA, Residency: model.Absent, Lock: model.Locked, Prot: modeltest.RW}},
		all(ofFile, behind(model.FileLook{Len: 4096})), "a[1] could not be brought in: the file has 4K, and the page begins behind its end. The whole range is locked all the same. Before it, a[0] was brought in; nothing after it was.", "Lock only as much as there is."},
	{"swap that cannot be read", "touch a", "touch", "SIGBUS", "", []model.Page{{Mapping: model.InVMA | model.Swapped, Residency: model.Absent, Prot: modeltest.RW}}, answered("BUS_ADRERR", at(0)), "a[0] is in swap and could not be read back. Why is not known; possible is an error of the disk.", ""},
	{"sent", "touch a", "touch", "SIGSEGV", "", two, answered("SI_USER", 0), "A process sent the signal (kill, SI_USER): no access was answered with it.", ""},

	{"kept from a child", "in kid touch a", "touch", "SIGSEGV", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, answered("SEGV_MAPERR", at(1), kid(notForKids, hasForked)), "a[1] is not mapped in kid: main had it advised MADV_DONTFORK as it forked, so the child did not get it.", "Name pages that are mapped; mmap makes new ones."},
	{"kept from a child, and given again", "in kid touch a", "touch", "SIGSEGV", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, answered("SEGV_MAPERR", at(1), kid(notForKids, forKids, hasForked)), "a[1] is a hole: no mapping covers it.", "Name pages that are mapped; mmap makes new ones."},
	{"kept from later children", "in kid touch a", "touch", "SIGSEGV", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, answered("SEGV_MAPERR", at(1), kid(hasForked, notForKids)), "a[1] is a hole: no mapping covers it.", "Name pages that are mapped; mmap makes new ones."},
	{"dug by the child", "in kid touch a", "touch", "SIGSEGV", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, answered("SEGV_MAPERR", at(1), kid(notForKids, hasForked, dug)), "a[1] is a hole: no mapping covers it.", "Name pages that are mapped; mmap makes new ones."},
	{"kept from a child", "in kid mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, kid(notForKids, hasForked), "a[1] is not mapped in kid: main had it advised MADV_DONTFORK as it forked, so the child did not get it. Before it, a[0] has its lock, but the call ended before it brought anything in; nothing after it was locked.", "in kid mlock a[0], and what is mapped after the hole by itself."},

	{"collapse of one of two", "madvise a collapse", "madvise", "EINVAL", "", hugeAnd(modeltest.MappedPage), nil, "a[512..1023] did not become a huge page, and why is not known. Of the 1024 pages of the range 512 are in huge pages now.", ""},
	{"collapse of what was not touched", "madvise a collapse", "madvise", "EINVAL", "", hugeAnd(modeltest.AbsentPage), nil, "No page of a[512..1023] has been touched, so there is nothing to make a huge page of. Of the 1024 pages of the range 512 are in huge pages now.", "Touch it first."},
	{"collapse beside a hole", "madvise a collapse", "madvise", "EINVAL", "", append(hugeAnd(modeltest.MappedPage)[:700], append([]model.Page{modeltest.HolePage}, pagesLike(modeltest.MappedPage, 323)...)...), nil, "a[256..259] is a mapping of its own and holds no whole huge page, which is 2M long and begins at a multiple of that. Of the 1024 pages of the range 512 are in huge pages now.", "Name a range that is one mapping."},
	{"collapse around a guard page", "madvise a collapse", "madvise", "EINVAL", "", append(hugeAnd(modeltest.MappedPage)[:1023], modeltest.GuardPage), nil, "a[1023] is a guard page, so a[512..1023], in which it lies, cannot become a huge page. Of the 1024 pages of the range 512 are in huge pages now.", "madvise a[1023] guard_remove first."},
	{"collapse of nohugepage", "madvise a collapse", "madvise", "EINVAL", "", pagesLike(modeltest.MappedPage, 1024), func(w *world) { w.p.VMAs[0].Flags = model.VMAFlag("nh") }, "a is advised nohugepage, so no part of it may become a huge page.", "madvise a hugepage first."},

	{"dontfork", "mremap a 8", "mremap", "EFAULT", "", two, apart("rd wr", "rd wr dc"), "mremap takes one mapping as a whole, and at a[1] another one begins: one of the two is advised dontfork. Nothing was changed.", "madvise a dofork first."},
	{"random", "mremap a 8", "mremap", "EFAULT", "", two, apart("rd wr rr", "rd wr"), "mremap takes one mapping as a whole, and at a[1] another one begins: one of the two is advised random. Nothing was changed.", "madvise a normal first."},
	{"counted", "mremap a 8", "mremap", "EFAULT", "", two, apart("rd wr ac", "rd wr"), "mremap takes one mapping as a whole, and at a[1] another one begins: one of the two is counted as memory that is promised, as what was written once stays. Nothing was changed.", "munmap a, and map it anew."},
	{"some flag", "mremap a 8", "mremap", "EFAULT", "", two, apart("rd wr mm", "rd wr"), "mremap takes one mapping as a whole, and at a[1] another one begins: their flags in smaps differ: mm. Nothing was changed.", "Give its pages the same locks, protection and advice, so that they are one mapping."},
	{"soft-dirty alone", "mremap a 8", "mremap", "EFAULT", "", two, apart("rd wr sd", "rd wr"), "mremap takes one mapping as a whole, and at a[1] another one begins: the two are alike in all that smaps shows, but each has pages of its own, which were first touched while the two still differed. Each then has an anon_vma of its own, and such mappings never become one again. Nothing was changed.", "munmap a, and map it anew."},
	{"pages of their own", "mremap a 8", "mremap", "EFAULT", "", two, apart("rd wr", "rd wr"), "mremap takes one mapping as a whole, and at a[1] another one begins: the two are alike in all that smaps shows, but each has pages of its own, which were first touched while the two still differed. Each then has an anon_vma of its own, and such mappings never become one again. Nothing was changed.", "munmap a, and map it anew."},
	{"no pages of their own", "mremap a 8", "mremap", "EFAULT", "", []model.Page{modeltest.MappedPage, modeltest.AbsentPage}, apart("rd wr", "rd wr"), "mremap takes one mapping as a whole, and at a[1] another one begins: the two are alike in all that smaps shows, and why they are two is not known. Possible, and not checked: each has had pages of its own, first touched while the two still differed. Nothing was changed.", "munmap a, and map it anew."},
	{"in a child", "in kid mremap a 8", "mremap", "EFAULT", "", two, all(apart("rd wr", "rd wr"), kid()), "mremap takes one mapping as a whole, and at a[1] another one begins: the two are alike in all that smaps shows, but each has pages of its own, which were first touched while the two still differed, or before the fork while they were two. Each then has an anon_vma of its own, and such mappings never become one again. Nothing was changed.", "in kid munmap a, and map it anew."},
	{"moved", "mremap a 8", "mremap", "EFAULT", "", two, all(apart("rd wr", "rd wr"), happened(
		model.Event{Call: "mremap", Proc: model.Main, Ret: int64(modeltest.BaseA), Args: []model.Arg{modeltest.Addr(modeltest.BaseB), modeltest.Bytes(modeltest.PageSize), modeltest.Bytes(modeltest.PageSize)}})), "mremap takes one mapping as a whole, and at a[1] another one begins: the two are alike in all that smaps shows, and one was moved there by mremap: its pages keep the places that they were first touched at, so the two do not go on from one to the other. Nothing was changed.", "munmap a, and map it anew."},
	{"split by a call that failed", "mremap a 8", "mremap", "EFAULT", "", two, all(apart("rd wr", "rd wr"), happened(
		model.Event{Call: "munmap", Proc: model.Main, Errno: "EPERM", Args: of(1, 2), Looked: &model.Looked{Before: 1, After: 2}})), "mremap takes one mapping as a whole, and at a[1] another one begins: a call that failed has split them there, munmap with EPERM, and nothing has joined them since. Nothing was changed.", "madvise a dontfork, then madvise a dofork: the kernel joins what is alike where a call changes it."},
	{"one file opened twice", "mremap a 8", "mremap", "EFAULT", "", two, sameFile(modeltest.PageSize, 7), "mremap takes one mapping as a whole, and at c[0] another one begins: it is one file, opened twice: a has descriptor 6, c 7 (mmap … alias a maps it by the one descriptor). Nothing was changed.", "munmap a, and map it anew."},
	{"parts of a file", "mremap a 8", "mremap", "EFAULT", "", two, sameFile(0, 6), "mremap takes one mapping as a whole, and at c[0] another one begins: other parts of one file lie behind the two. Nothing was changed.", "munmap a, and map it anew."},
	{"a segment", "mremap a 8", "mremap", "EFAULT", "", two, all(apart("rd wr", "rd wr"), fileBehind(model.Shm)), "mremap takes one mapping as a whole, and at a[1] another one begins: an attached segment that was split stays split. Nothing was changed.", "munmap a, and map it anew."},

	{"a VMA was split", "munmap a[0..1]", "munmap", "EPERM", "", two, all(sealedFrom(1), looked(func(l *model.Looked) { l.Before, l.After, l.Same, l.Kept = 3, 4, false, true })), "a[1] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was unmapped, but a VMA was split: in and beside the range there were 3, and are 4 now.", "exec ends a seal, with the whole address space; nothing less does."},
	{"nobody looked", "munmap a[0..1]", "munmap", "EPERM", "", two, all(sealedFrom(1), looked(func(l *model.Looked) { *l = model.Looked{} })), "a[1] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection.", "exec ends a seal, with the whole address space; nothing less does."},
	{"VMAs were joined", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, looked(func(l *model.Looked) { l.Before, l.After, l.Same = 4, 3, false }), "a[1] is a hole: no mapping covers it. Before it, a[0] has its lock, but the call ended before it brought anything in; nothing after it was locked. VMAs were joined: in and beside the range there were 4, and are 3 now.", "mlock a[0], and what is mapped after the hole by itself."},
}

// sized is how long what lies behind a is.
func sized(n uint64) func(*world) {
	return func(w *world) { w.p.Regions[0].Sized, w.p.Regions[0].FileLen = true, n }
}

// brkBefore is a heap of a page that ends at baseHeap.
func brkBefore(w *world) {
	w.s.Events = []model.Event{{Seq: 1, Call: "brk", Ret: baseHeap}}
	w.e.Args = []model.Arg{modeltest.Addr(baseHeap + 4<<20)}
}

func pagesLike(p model.Page, n int) []model.Page { return slices.Repeat([]model.Page{p}, n) }

// hugeAnd are the pages of a huge page, and as many others.
func hugeAnd(p model.Page) []model.Page {
	huge := modeltest.MappedPage
	huge.Mapping |= model.Huge
	return append(pagesLike(huge, 512), pagesLike(p, 512)...)
}

func TestExplainKnown(t *testing.T) { runExplain(t, knownCases) }

// oneCause are the answers that a call of incore's gets for one reason alone, so that they are
// the check of it, with the place in the source of Linux 6.18 that holds for that. Of "" each
// call may get them.
var oneCause = map[string]string{
	" EMFILE": "fs/file.c, alloc_fd: RLIMIT_NOFILE", " ENFILE": "fs/file_table.c, alloc_empty_file: fs.file-max",
	" EINTR": "a signal that came while it waited", " ENOSYS": "two reasons, of which both are named",
	"openat ENOENT": "fs/namei.c", "openat ENOTDIR": "fs/namei.c", "openat ELOOP": "fs/namei.c", "openat ENAMETOOLONG": "fs/namei.c",
	"openat EACCES": "fs/namei.c, may_open", "openat EROFS": "fs/namei.c, mnt_want_write", "openat EISDIR": "open(2): no O_TMPFILE",
	"openat EOPNOTSUPP": "fs/namei.c, vfs_tmpfile", "openat ENOSPC": "the file system", "openat EDQUOT": "the file system",
	"ftruncate ENOSPC": "the file system", "close EIO": "close(2)", "close ENOSPC": "close(2)", "close EDQUOT": "close(2)",
	"memfd_create ENODEV": "fs/hugetlbfs/inode.c, hugetlb_file_setup", "mmap ENODEV": "mm/mmap.c, do_mmap: no mmap of the file system",
	"mlock EAGAIN": "mm/mlock.c, __mlock_posix_error_return", "mlock2 EAGAIN": "mm/mlock.c, __mlock_posix_error_return",
	"mincore EAGAIN": "mm/mincore.c, no page for the vector", "madvise EBUSY": "mm/khugepaged.c, madvise_collapse_errno",
	"madvise EHWPOISON": "mm/gup.c, a page that is broken", "madvise EBADF": "mm/madvise.c, madvise_willneed without swap",
	"madvise EOPNOTSUPP": "fs/open.c, vfs_fallocate", "madvise EIO": "the file system; says that no more is known",
	"madvise EACCES": "mm/madvise.c, madvise_remove",
	"msync EIO":      "msync(2)", "msync ENOSPC": "msync(2)", "msync EDQUOT": "msync(2)", "fadvise64 EBADF": "mm/fadvise.c: no file is there",
	"shmget EEXIST": "ipc/util.c, ipcget_public", "shmat EINVAL": "ipc/shm.c: aligned, and nothing lies there, so there is no such segment",
	"shmat EIDRM": "ipc/shm.c", "shmctl EINVAL": "ipc/shm.c: there is no such segment", "shmctl EIDRM": "ipc/shm.c",
	"execve EAGAIN": "fs/exec.c: RLIMIT_NPROC", "execve ETXTBSY": "fs/exec.c, deny_write_access", "kill ESRCH": "kill(2)",
	"kill SIGBUS": "kill sent it", "kill SIGFPE": "kill sent it", "kill SIGILL": "kill sent it", "kill SIGSEGV": "kill sent it", "kill SIGTRAP": "kill sent it",
}

// plainLines are commands of which nothing but the answer says that something is wrong.
var plainLines = []string{
	"mmap c 1", "mmap c 1 shared", "mmap c 1 memfd", "mmap c 1 rx scratch", "mmap c 1 rx file /x", "mmap c 1 locked", "mmap c 1 hugetlb", "mmap c 1 at a[0]",
	"mmap c 1 noreserve populate", "mmap c 1 shared r alias a", "munmap a", "mremap a 4", "mseal a", "mlock a", "mlock2 a onfault", "munlock a", "mlockall current future", "munlockall",
	"mprotect a rw", "mprotect a rx", "mprotect a none", "posix_fadvise a willneed", "msync a sync", "msync a invalidate", "mincore a",
	"touch a", "touch a read", "touch a exec", "memset a 1", "memcpy a b", "memmove a b", "memcmp a b", "brk +1", "brk -1", "malloc c 1", "free a",
	"shmget s 1", "shmctl a lock", "fork kid", "exec", "kill SIGSEGV", "setrlimit memlock 4M", "capset -ipc_lock", "signal SIGSEGV die",
}

// Where nothing can be checked, what is said is that the cause is not known; but for answers
// that have one cause.
func TestExplainSaysThatItIsNotKnown(t *testing.T) {
	lines := slices.Clone(plainLines)
	for _, a := range lang.Advices() {
		lines = append(lines, "madvise a "+string(a))
	}
	seen := map[string]bool{}
	for _, line := range lines {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		for call := range strings.FieldsSeq(callsOf[c.Verb()]) {
			for answer := range strings.FieldsSeq(answersOf[call]) {
				seen[call+" "+answer], seen[" "+answer] = true, true
				if oneCause[call+" "+answer] != "" || oneCause[" "+answer] != "" {
					continue
				}
				tt := explainCase{line: line, call: call, answer: answer, pages: two, change: func(w *world) {
					w.e.Looked, w.p.Limits = nil, model.Limits{MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited}
					if call != c.Verb() && (call == "madvise" || call == "mmap" || call == "munmap") { // made beside the command's own
						w.e.Args = of(0, 2)
					}
					if w.e.Signal != nil {
						w.e.Signal.Addr, w.e.Signal.Code = modeltest.BaseA, map[string]string{"SIGSEGV": "SEGV_ACCERR", "SIGBUS": "BUS_ADRERR"}[answer]
						w.p.Regions[0].Pages = model.Runs[model.Page]{}.Add(2, model.Page{Mapping: model.InVMA | model.Mapped, Prot: modeltest.RW | model.ProtExec})
					}
				}}
				e, s := tt.make(t)
				why, _ := calls.Explain(e, s)
				if !strings.Contains(why, "not known") && !argumentsTell(line, call, answer) {
					t.Errorf("%s, %s %s: %s", line, call, answer, why)
				}
			}
		}
	}
	for _, row := range slices.Sorted(maps.Keys(oneCause)) {
		if !seen[row] {
			t.Errorf("%q is in no table of answers", row)
		}
	}
}

// argumentsTell reports whether what the command asks for is a cause by itself.
func argumentsTell(line, call, answer string) bool {
	switch call + " " + answer {
	case "brk ENOMEM": // a heap that is empty cannot become shorter
		return line == "brk -1"
	case "shmat EACCES": // a segment's mode has no x
		return strings.Contains(line, "rx")
	case "mmap EACCES": // a file is opened for reading alone
		return strings.Contains(line, "shared") && strings.Contains(line, "file")
	case "madvise EINVAL": // no huge page fits, or there is no file
		return slices.Contains([]string{"madvise a collapse", "madvise a remove"}, line)
	case "madvise EAGAIN", "madvise ENOMEM": // mm/khugepaged.c, madvise_collapse_errno
		return line == "madvise a collapse"
	}
	return false
}
