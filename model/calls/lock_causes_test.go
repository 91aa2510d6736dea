package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

// lockedHere gives pages a lock, as a call that failed half-way left them.
func lockedHere(pages ...model.Page) []model.Page {
	out := make([]model.Page, len(pages))
	for i, pg := range pages {
		pg.Lock = model.Locked
		out[i] = pg
	}
	return out
}

func lockedOnFault(pages ...model.Page) []model.Page {
	out := lockedHere(pages...)
	for i := range out {
		out[i].Lock = model.OnFault
	}
	return out
}

// limit is a process with so much locked before a call, and a limit that it cannot raise.
func limit(soft, locked int64) func(*world) { return limits(soft, soft, locked) }

func limits(soft, hard, locked int64) func(*world) {
	return func(w *world) {
		w.p.Limits.MemlockSoft, w.p.Limits.MemlockHard, w.p.Stat.VmLck = soft, hard, locked
	}
}

// partial is a call that locked two pages.
func partial(w *world) { w.e.VmLck, w.p.Stat.VmLck = 8192, 8192 }

// fileBehind makes a a region of that backing, and its VMAs shared ones of a file.
func fileBehind(backing model.Backing) func(*world) {
	return func(w *world) {
		w.p.Regions[0].Backing, w.p.Regions[0].Shared = backing, true
		for i := range w.p.VMAs {
			if w.p.VMAs[i].Start < modeltest.BaseB {
				w.p.VMAs[i].Shared, w.p.VMAs[i].Path = true, "/memfd:a (deleted)"
			}
		}
	}
}

// crowded is a process with so many VMAs that count.
func crowded(n int) func(*world) {
	return func(w *world) {
		for i := range n - len(w.p.VMAs) {
			at := modeltest.BaseB + uint64(i+9)*2*modeltest.PageSize
			w.p.VMAs = append(w.p.VMAs, model.VMA{Start: at, End: at + modeltest.PageSize})
		}
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0xffffffffff600000, End: 0xffffffffff601000, Path: "[vsyscall]"})
	}
}

// hugeTLB makes a region of hugetlb pages of 2M, with an empty pool.
func hugeTLB(w *world) {
	if w.p.Regions[0].Len > modeltest.BaseB-modeltest.BaseA { // where b would lie
		w.p.Regions = w.p.Regions[:1]
		w.p.VMAs = w.p.VMAs[:1]
	}
	for i := range w.p.VMAs {
		w.p.VMAs[i].HugeTLB = w.p.VMAs[i].Start < modeltest.BaseB
	}
	w.s.System = model.System{MemTotal: 1 << 34, HugeSize: 2 << 20, HugeTotal: 4}
}

var lockCases = []explainCase{
	{"over the limit", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.AbsentPage, modeltest.AbsentPage, modeltest.AbsentPage, modeltest.AbsentPage}, limit(12<<10, 4<<10),
		"RLIMIT_MEMLOCK is 12K; 4K was locked before, and this would lock 16K more: 8K too much. Over the limit it is all or nothing, so nothing was locked.",
		"Lock at most 2 pages more. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"over the limit, in a child", "in kid mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.AbsentPage, modeltest.AbsentPage, modeltest.AbsentPage, modeltest.AbsentPage}, limits(12<<10, 1<<20, 12<<10),
		"RLIMIT_MEMLOCK is 12K; 12K was locked before, and this would lock 16K more: 16K too much. Over the limit it is all or nothing, so nothing was locked.",
		"in kid setrlimit memlock 28K allows it: the hard limit is 1M."},
	{"over the soft limit", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.AbsentPage, modeltest.AbsentPage, modeltest.AbsentPage, modeltest.AbsentPage}, limits(12<<10, model.Unlimited, 4<<10),
		"RLIMIT_MEMLOCK is 12K; 4K was locked before, and this would lock 16K more: 8K too much. Over the limit it is all or nothing, so nothing was locked.",
		"Lock at most 2 pages more. setrlimit memlock 20K allows it: the hard limit is unlimited."},
	{"over it by more than can be", "mlock a+0,0x7fffffffffffffff", "mlock", "ENOMEM", "", nil, limits(12<<10, model.Unlimited, 4<<10),
		"RLIMIT_MEMLOCK is 12K; 4K was locked before, and this would lock 8E more: 8.0E too much. Over the limit it is all or nothing, so nothing was locked.",
		"Lock at most 2 pages more. Lock less: a process does not have so many addresses."},
	{"what is locked counts once", "mlock a", "mlock", "ENOMEM", "", append(lockedHere(modeltest.AbsentPage, modeltest.AbsentPage), modeltest.AbsentPage, modeltest.AbsentPage), limit(12<<10, 8<<10),
		"RLIMIT_MEMLOCK is 12K; 8K was locked before, and this would lock 8K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
		"Lock at most 1 page more, or munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"unaligned rounds outwards", "mlock2 a+4000,200 onfault", "mlock2", "ENOMEM", "", []model.Page{modeltest.AbsentPage, modeltest.AbsentPage}, limit(10000, 4096),
		"RLIMIT_MEMLOCK is 10000 bytes, 2 whole pages; 4K was locked before, and this would lock 8K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
		"Lock at most 1 page more, or munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"full", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.AbsentPage}, limit(8<<10, 8<<10),
		"RLIMIT_MEMLOCK is 8K; 8K was locked before, and this would lock 4K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
		"munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"the limit was lowered", "mlock a", "mlock", "ENOMEM", "", lockedHere(modeltest.MappedPage), limit(4<<10, 8<<10),
		"RLIMIT_MEMLOCK is 4K, and 8K is locked already, which is more: what is locked stays so when the limit is lowered or CAP_IPC_LOCK is dropped, but even to lock that again fails. Nothing changed.",
		"munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"the limit comes before the hole", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.AbsentPage, modeltest.HolePage, modeltest.AbsentPage}, limit(8<<10, 0),
		"RLIMIT_MEMLOCK is 8K; 0B was locked before, and this would lock 12K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
		"Lock at most 2 pages more. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"hole, within the limit", "mlock a", "mlock", "ENOMEM", "", append(lockedHere(modeltest.AbsentPage, modeltest.AbsentPage), modeltest.HolePage, modeltest.AbsentPage), partial,
		"a[2] is a hole: no mapping covers it. Before it, a[0..1] has its lock, but the call ended before it brought anything in; nothing after it was locked.",
		"mlock a[0..1], and what is mapped after the hole by itself."},
	{"hole, above every limit", "mlock2 a onfault", "mlock2", "ENOMEM", "", append(lockedHere(modeltest.AbsentPage, modeltest.AbsentPage), modeltest.HolePage), func(w *world) {
		partial(w)
		w.p.Limits = model.Limits{MemlockSoft: 4096, IPCLock: true}
	},
		"a[2] is a hole: no mapping covers it. Before it, a[0..1] has its lock, but the call ended before it brought anything in; nothing after it was locked.",
		"mlock2 a[0..1] onfault, and what is mapped after the hole by itself."},
	{"a hole that no byte was asked of", "mlock a+100,0", "mlock", "ENOMEM", "", []model.Page{modeltest.HolePage, modeltest.AbsentPage}, nil,
		"a[0] is a hole: no mapping covers it. It is the first page of the range, so nothing was locked.", "Name pages that are mapped."},
	{"hole first", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.HolePage, modeltest.AbsentPage}, nil,
		"a[0] is a hole: no mapping covers it. It is the first page of the range, so nothing was locked.",
		"Name pages that are mapped."},
	{"past the region", "mlock a[1..5]", "mlock", "ENOMEM", "", lockedHere(modeltest.AbsentPage, modeltest.AbsentPage), nil,
		"The range reaches past the end of a, which has 2 pages; nothing is mapped at 0x7f0000002000. Before it, a[1] has its lock, but the call ended before it brought anything in; nothing after it was locked.",
		"mlock a[1], and what is mapped after the hole by itself."},
	{"PROT_NONE", "mlock a", "mlock", "ENOMEM", "", lockedHere(modeltest.MappedPage, modeltest.MappedPage, modeltest.NoAccessPage, modeltest.AbsentPage), partial,
		"a[2] is PROT_NONE, so it could not be brought in. The whole range is locked all the same. Before it, a[0..1] was brought in; nothing after it was.",
		"mprotect a[2] r first, or mlock2 a onfault, which brings nothing in."},
	{"PROT_NONE, onfault, on an old kernel", "mlock2 a onfault", "mlock2", "ENOMEM", "5.10.0", lockedOnFault(modeltest.AbsentPage, modeltest.NoAccessPage), nil,
		"a[1] is PROT_NONE, which MLOCK_ONFAULT fails on too until Linux 5.18; this is 5.10.0. The whole range is locked all the same.",
		"mprotect a[1] r first."},
	{"PROT_NONE on an old kernel", "mlock a", "mlock", "ENOMEM", "5.10.0", lockedHere(modeltest.NoAccessPage, modeltest.AbsentPage), nil,
		"a[0] is PROT_NONE, so it could not be brought in. The whole range is locked all the same. It comes first, so nothing was brought in.",
		"mprotect a[0] r first."},
	{"PROT_NONE first", "mlock2 a[1..2]", "mlock2", "ENOMEM", "", lockedHere(modeltest.MappedPage, modeltest.NoAccessPage, modeltest.NoAccessPage), nil,
		"a[1..2] is PROT_NONE, so it could not be brought in. The whole range is locked all the same. It comes first, so nothing was brought in.",
		"mprotect a[1..2] r first, or mlock2 a[1..2] onfault, which brings nothing in."},
	{"PROT_NONE in the middle of a VMA", "mlock a[2]", "mlock", "ENOMEM", "", lockedHere(modeltest.MappedPage, modeltest.NoAccessPage, modeltest.NoAccessPage), nil,
		"a[2] is PROT_NONE, so it could not be brought in. The whole range is locked all the same. It comes first, so nothing was brought in.",
		"mprotect a[2] r first, or mlock2 a[2] onfault, which brings nothing in."},
	{"guard", "mlock a", "mlock", "ENOMEM", "", lockedHere(modeltest.MappedPage, modeltest.GuardPage, modeltest.AbsentPage), nil,
		"a[1] is a guard page, which cannot be brought in. The whole range is locked all the same. Before it, a[0] was brought in; nothing after it was.",
		"madvise a[1] guard_remove first, or lock what lies around it."},
	{"a guard before PROT_NONE", "mlock a", "mlock", "ENOMEM", "", lockedHere(modeltest.GuardPage, modeltest.NoAccessPage), nil,
		"a[0] is a guard page, which cannot be brought in. The whole range is locked all the same. It comes first, so nothing was brought in.",
		"madvise a[0] guard_remove first, or lock what lies around it."},
	{"hugetlb", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.AbsentPage}, hugeTLB,
		"a[0] is of hugetlb pages without a reservation, and none was free: the pool has 4, of which 0 are free. It comes first, so nothing was brought in.",
		"As root, sysctl vm.nr_hugepages=5 makes the pool larger, where memory in such pieces is free."},
	{"past the end of a file", "mlock a", "mlock", "ENOMEM", "", lockedHere(modeltest.MappedPage, modeltest.AbsentPage), fileBehind(model.FileOf),
		"a[1] could not be brought in: whether what is behind it ends before it is not known. The whole range is locked all the same. Before it, a[0] was brought in; nothing after it was.",
		"Lock only as much as there is."},
	{"too many VMAs", "mlock a[0]", "mlock", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage}, crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: mlock would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"too many VMAs by another limit", "mlock2 a[0]", "mlock2", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage}, func(w *world) {
		w.s.System.MaxMapCount = 100
		crowded(100)(w)
	},
		"The process has 100 VMAs, and vm.max_map_count, the most it may have, is 100: mlock2 would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=200 allows more."},
	{"one VMA fewer than too many", "mlock a[0]", "mlock", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage}, crowded(65529), "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"no cause to be seen", "mlock a", "mlock", "ENOMEM", "", nil, nil, "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"no memory", "mlock a", "mlock", "EAGAIN", "", lockedHere(modeltest.AbsentPage), nil,
		"The range is locked, but memory for some of its pages could not be had: they are locked and absent.",
		"munmap or munlock something, or lock less."},
	{"no memory", "mlock2 a", "mlock2", "EAGAIN", "", lockedHere(modeltest.AbsentPage), nil,
		"The range is locked, but memory for some of its pages could not be had: they are locked and absent.",
		"munmap or munlock something, or lock less."},
	{"limit 0", "mlock a", "mlock", "EPERM", "", nil, limit(0, 0),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"limit 0 that can be raised", "mlock2 a+1,1", "mlock2", "EPERM", "", nil, limits(0, 8<<20, 0),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"setrlimit memlock 4K allows it: the hard limit is 8M."},
	{"limit 0 with more locked before", "mlock a", "mlock", "EPERM", "", nil, limits(0, 8<<20, 44<<10),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"setrlimit memlock 48K allows it: the hard limit is 8M."},
	{"limit 0, and a part is locked", "mlock a", "mlock", "EPERM", "", []model.Page{modeltest.LockedPage, modeltest.MappedPage, modeltest.MappedPage}, limits(0, 8<<20, 44<<10),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"setrlimit memlock 52K allows it: the hard limit is 8M."},
	{"limit 0, less than the hard one", "mlock a", "mlock", "EPERM", "", nil, limits(0, 44<<10, 44<<10),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"limit 0, all of it", "mlockall current", "mlockall", "EPERM", "", nil, func(w *world) {
		limits(0, 8<<20, 44<<10)(w)
		w.p.Stat.VmSize = 1 << 20
	},
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"setrlimit memlock 1M allows it: the hard limit is 8M."},
	{"limit 0, the future", "mlockall future", "mlockall", "EPERM", "", nil, limits(0, 8<<20, 44<<10),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"setrlimit memlock 48K allows it: the hard limit is 8M."},
	{"the limit is not the cause", "mlock a", "mlock", "EPERM", "", nil, limit(4096, 0),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"wraps", "mlock 0xfffffffffffff000,8192", "mlock", "EINVAL", "", nil, nil,
		"0xfffffffffffff000 plus 8192 bytes goes past the last address there is.",
		"Give a shorter length."},
	{"wraps", "mlock2 0xffffffffffffff00,512", "mlock2", "EINVAL", "", nil, nil,
		"0xffffffffffffff00 plus 512 bytes goes past the last address there is.",
		"Give a shorter length."},
	{"wraps", "munlock 0xfffffffffffff000,4097", "munlock", "EINVAL", "", nil, nil,
		"0xfffffffffffff000 plus 4097 bytes goes past the last address there is.",
		"Give a shorter length."},
	{"hole", "munlock a", "munlock", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, nil,
		"a[1] is a hole: no mapping covers it. Before it, a[0] was unlocked; nothing after it was.",
		"Name pages that are mapped."},
	{"hole first", "munlock a", "munlock", "ENOMEM", "", []model.Page{modeltest.HolePage}, nil,
		"a[0] is a hole: no mapping covers it. It is the first page of the range, so nothing was unlocked.",
		"Name pages that are mapped."},
	{"too many VMAs", "munlock a[0]", "munlock", "ENOMEM", "", lockedHere(modeltest.MappedPage, modeltest.MappedPage), crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: munlock would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"over the limit", "mlockall current", "mlockall", "ENOMEM", "", nil, func(w *world) {
		limit(64<<10, 0)(w)
		w.p.Stat.VmSize = 1 << 20
	},
		"MCL_CURRENT counts the whole address space of the process, touched or not: VmSize is 1M and RLIMIT_MEMLOCK is 64K, 960K too little. Nothing was locked.",
		"mlock only what has to stay in, or munmap something. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"the limit is not the cause", "mlockall current", "mlockall", "ENOMEM", "", nil, func(w *world) {
		limit(2<<20, 0)(w)
		w.p.Stat.VmSize = 1 << 20
	}, "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"limit 0", "mlockall future", "mlockall", "EPERM", "", nil, limit(0, 0),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"without a flag", "mlockall", "mlockall", "EINVAL", "", nil, nil,
		"No flag says what to lock: what is mapped now, or what will be.",
		"mlockall current, mlockall future, or both."},
	{"onfault", "mlockall onfault", "mlockall", "EINVAL", "", nil, nil,
		"MCL_ONFAULT only says how to lock; what to lock is not said.",
		"mlockall current onfault, or mlockall future onfault."},
	{"onfault on an old kernel", "mlockall current onfault", "mlockall", "EINVAL", "4.3.0", nil, nil,
		"MCL_ONFAULT came with Linux 4.4; this is 4.3.0.",
		"Leave out onfault."},
	{"with flags that are right", "mlockall current onfault", "mlockall", "EINVAL", "", nil, nil, "The cause is not known: nothing that incore can look at refuses this.", ""},
}

func TestExplainLocks(t *testing.T) { runExplain(t, lockCases) }
