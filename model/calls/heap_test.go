package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

// heapUpTo is a heap that ended there before the call.
func heapUpTo(end uint64, also ...func(*world)) func(*world) {
	return func(w *world) {
		w.s.Events = append(w.s.Events, model.Event{Seq: 1, Proc: w.e.Proc, Call: "brk", Ret: int64(end)})
		for _, f := range also {
			f(w)
		}
	}
}

// futureSaid is a process that made a successful call before, as the log has it.
func futureSaid(events ...model.Event) func(*world) {
	return func(w *world) {
		for i, e := range events {
			if e.Proc == "" {
				e.Proc = w.e.Proc
			}
			e.Seq = i + 1
			w.s.Events = append(w.s.Events, e)
		}
	}
}

var futureNow = futureSaid(model.Event{Call: "mlockall", Command: modeltest.Parsed("mlockall current future")})

// noLonger is a process at its limit on a machine that promises anything, after such calls.
func noLonger(events ...model.Event) func(*world) {
	return func(w *world) {
		futureSaid(events...)(w)
		limit(64<<10, 16<<10)(w)
		vmSize(1<<20, always)(w)
		w.s.Events = append(w.s.Events, model.Event{Seq: 9, Proc: w.e.Proc, Call: "brk", Ret: baseHeap})
	}
}

// heapRegion is the region of a heap of 4 pages that ends at baseHeap.
func heapRegion(w *world) {
	r := modeltest.Region("heap", baseHeap-4*modeltest.PageSize, []model.Page{modeltest.MappedPage, modeltest.MappedPage, modeltest.MappedPage, modeltest.MappedPage})
	r.Backing = model.Heap
	w.p.Regions = append(w.p.Regions, r)
	w.p.VMAs = append([]model.VMA{{Start: r.Base, End: baseHeap, Prot: modeltest.RW, Path: "[heap]"}}, w.p.VMAs...)
}

// next is a mapping that begins so many bytes after the heap.
func next(after uint64, growsDown bool) func(*world) {
	return func(w *world) {
		w.p.VMAs = append([]model.VMA{{Start: baseHeap + after, End: baseHeap + after + modeltest.PageSize, GrowsDown: growsDown}}, w.p.VMAs...)
	}
}

// refusedAsides are calls of a malloc that failed before it did.
func refusedAsides(events ...model.Event) func(*world) {
	return func(w *world) {
		w.e.Seq = 9
		for i, e := range events {
			e.Seq, e.Command, e.Aside = 5+i, w.e.Command, true
			w.s.Events = append(w.s.Events, e)
		}
		w.s.Events = append(w.s.Events, w.e)
	}
}

var heapCases = []explainCase{
	{"too long", "brk +200T", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap),
		"That is 200T; a process has addresses for 128T.",
		"Map less."},
	{"shorter and sealed", "brk -8K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, heapRegion, func(w *world) {
		w.p.VMAs[0].Sealed = true
		w.e.Args = []model.Arg{modeltest.Addr(baseHeap - 8192)}
	}),
		"heap[2..3] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed.",
		"exec ends a seal, with the whole address space; nothing less does."},
	{"shorter than nothing", "brk -1M", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, heapRegion, func(w *world) {
		w.e.Args = []model.Arg{modeltest.Addr(baseHeap - 1<<20)}
	}),
		"The heap has 4 pages, and its end cannot move below where it began.",
		"Give a smaller size."},
	{"shorter and empty", "in kid brk -1M", "brk", "ENOMEM", "", nil, func(w *world) {
		heapUpTo(baseHeap)(w)
		w.e.Args = []model.Arg{modeltest.Addr(baseHeap - 1<<20)}
	},
		"The heap is empty, and its end cannot move below where it began.",
		"in kid brk +64K makes it longer."},
	{"something in the way", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, heapRegion, next(64<<10, false)),
		"The pages of the heap end at 0x500000, and 0x510000 is in the way: 64K are free up to it, and 1 page must stay free between.",
		"Add less, or munmap what is in the way."},
	{"something that grows down in the way", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, next(1<<20, true)),
		"The pages of the heap end at 0x500000, and 0x600000 is in the way: 1M are free up to it, and 256 pages must stay free between.",
		"Add less, or munmap what is in the way."},
	{"MCL_FUTURE", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, futureNow, limit(64<<10, 16<<10)),
		"mlockall future is in force, so what is added to the heap is locked. RLIMIT_MEMLOCK is 64K; 16K was locked before, and this would lock 64K more: 16K too much. Nothing was added.",
		"munlockall, or mlockall current, ends that. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"too many VMAs", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, crowded(65531)),
		"The process has 65531 VMAs, and vm.max_map_count, the most it may have, is 65530: brk may not make another.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"as many VMAs as there may be", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, crowded(65530)),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: brk may not make another.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"not promised", "brk +3G", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, system(never)),
		"vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is 12G, 10G is promised already (Committed_AS), and this needs 3G: 1G too much.",
		"Ask for less."},
	{"a limit of the process", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, vmSize(1<<20, always)),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE, and munlockall", "brk +64K", "brk", "ENOMEM", "", nil, noLonger(model.Event{Call: "mlockall", Command: modeltest.Parsed("mlockall future")}, model.Event{Call: "munlockall"}),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE, and mlockall current", "brk +64K", "brk", "ENOMEM", "", nil, noLonger(model.Event{Call: "mlockall", Command: modeltest.Parsed("mlockall future")}, model.Event{Call: "mlockall", Command: modeltest.Parsed("mlockall current")}),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE, which failed", "brk +64K", "brk", "ENOMEM", "", nil, noLonger(model.Event{Call: "mlockall", Command: modeltest.Parsed("mlockall future"), Errno: "ENOMEM"}),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE, and exec", "brk +64K", "brk", "ENOMEM", "", nil, noLonger(model.Event{Call: "mlockall", Command: modeltest.Parsed("mlockall future")}, model.Event{Call: "execve"}),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE, and reset", "brk +64K", "brk", "ENOMEM", "", nil, noLonger(model.Event{Call: "mlockall", Command: modeltest.Parsed("mlockall future")}, model.Event{Command: modeltest.Parsed("reset")}),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE of another", "brk +64K", "brk", "ENOMEM", "", nil, noLonger(model.Event{Call: "mlockall", Command: modeltest.Parsed("in kid mlockall future"), Proc: "kid"}),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE of the parent", "in kid brk +64K", "brk", "ENOMEM", "", nil, func(w *world) {
		w.s.Events = []model.Event{
			{Seq: 1, Proc: "main", Call: "brk", Ret: baseHeap}, {Seq: 2, Proc: "main", Call: "mlockall", Command: modeltest.Parsed("mlockall future")},
			{Seq: 3, Proc: "main", Call: "clone", Command: modeltest.Parsed("fork kid"), Result: "kid"},
		}
		limit(64<<10, 16<<10)(w)
		vmSize(1<<20, always)(w)
	},
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"MCL_FUTURE, perhaps", "brk +64K", "brk", "ENOMEM", "", nil, func(w *world) {
		limit(64<<10, 16<<10)(w)
		w.s.Events = []model.Event{{Seq: 70_000, Proc: w.e.Proc, Call: "brk", Ret: baseHeap}}
	},
		"Where mlockall future is in force, what is added to the heap is locked: that was too long ago to be known here. RLIMIT_MEMLOCK is 64K; 16K was locked before, and this would lock 64K more: 16K too much. Nothing was added.",
		"munlockall, or mlockall current, ends that. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"MCL_FUTURE onfault", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, limit(64<<10, 16<<10), futureSaid(model.Event{Call: "mlockall", Command: modeltest.Parsed("in kid mlockall future onfault")})),
		"mlockall future is in force, so what is added to the heap is locked. RLIMIT_MEMLOCK is 64K; 16K was locked before, and this would lock 64K more: 16K too much. Nothing was added.",
		"munlockall, or mlockall current, ends that. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"an end that is not known", "brk +64K", "brk", "ENOMEM", "", nil, limit(64<<10, 16<<10), "The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.", ""},
	{"a brk of malloc", "malloc c 60K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, futureNow, limit(64<<10, 16<<10), func(w *world) {
		w.e.Args, w.e.Aside = []model.Arg{modeltest.Addr(baseHeap + 200<<10)}, true
	}),
		"mlockall future is in force, so what is added to the heap is locked. RLIMIT_MEMLOCK is 64K; 16K was locked before, and this would lock 200K more: 152K too much. Nothing was added.",
		"munlockall, or mlockall current, ends that. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},

	{"too long", "malloc c 8388608T", "malloc", "ENOMEM", "", nil, func(w *world) { w.e.Args = []model.Arg{modeltest.Bytes(1 << 63)} },
		"9223372036854775808 bytes are more than malloc gives anyone, which is 2^63-1: it did not even ask the kernel.",
		"Ask for less."},
	{"both refused", "malloc c 32G", "malloc", "ENOMEM", "", nil, func(w *world) {
		w.s.System = heuristic
		refusedAsides(
			model.Event{Call: "brk", Errno: "ENOMEM", Ret: -1, Args: []model.Arg{modeltest.Addr(baseHeap + 33<<30)}},
			model.Event{Call: "mmap", Errno: "ENOMEM", Ret: -1, Args: []model.Arg{modeltest.Text("NULL"), modeltest.Bytes(32<<30 + modeltest.PageSize)}},
		)(w)
	},
		"Neither brk nor mmap gave malloc the memory. Of mmap: vm.overcommit_memory is 0, and 32.0G is more than all memory and swap of the machine, 20G: 12.0G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Ask for less."},
	{"a product that does not fit", "calloc c 4294967296 8388608T", "calloc", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{{Value: 1 << 32}, modeltest.Bytes(1 << 63)}
	},
		"4294967296 times 9223372036854775808 bytes do not fit into 64 bits. calloc looks at that: malloc(n * size) would have got a block that is far too small.",
		"Ask for less."},
	{"a product that is too long", "calloc c 2 4194304T", "calloc", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{{Value: 2}, modeltest.Bytes(1 << 62)}
	},
		"9223372036854775808 bytes are more than calloc gives anyone, which is 2^63-1: it did not even ask the kernel.",
		"Ask for less."},
	{"both refused calloc", "calloc c 1 32G", "calloc", "ENOMEM", "", nil, func(w *world) {
		w.s.System = heuristic
		refusedAsides(model.Event{Call: "mmap", Errno: "ENOMEM", Ret: -1, Args: []model.Arg{modeltest.Text("NULL"), modeltest.Bytes(32<<30 + modeltest.PageSize)}})(w)
	},
		"Neither brk nor mmap gave calloc the memory. Of mmap: vm.overcommit_memory is 0, and 32.0G is more than all memory and swap of the machine, 20G: 12.0G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Ask for less."},
	{"an alignment that is too large", "aligned_alloc c 8388609T 1", "aligned_alloc", "EINVAL", "", nil, func(w *world) {
		w.e.Args = []model.Arg{modeltest.Bytes(8388609 << 40), modeltest.Bytes(4096)}
	},
		"An alignment is a power of two, and none in 64 bits is as large as 9223373136366403584.",
		"Ask for a smaller alignment: 4K is a page, 2M a huge page."},
	{"an aligned block that is too long", "aligned_alloc c 64B 8388608T", "aligned_alloc", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{modeltest.Bytes(64), modeltest.Bytes(1 << 63)}
	},
		"9223372036854775808 bytes are more than aligned_alloc gives anyone, which is 2^63-1: it did not even ask the kernel.",
		"Ask for less."},
	{"an aligned block that is too long with its room", "aligned_alloc c 8388608T 1", "aligned_alloc", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{modeltest.Bytes(1 << 63), modeltest.Bytes(4096)}
	},
		"aligned_alloc takes 9223372036854775808 bytes more to find an aligned place in them, and all that is more than glibc gives anyone, which is 2^63-1 bytes: it did not even ask the kernel.",
		"Ask for a smaller alignment."},
	{"both refused aligned_alloc", "aligned_alloc c 4K 32G", "aligned_alloc", "ENOMEM", "", nil, func(w *world) {
		w.s.System = heuristic
		refusedAsides(model.Event{Call: "mmap", Errno: "ENOMEM", Ret: -1, Args: []model.Arg{modeltest.Text("NULL"), modeltest.Bytes(32<<30 + modeltest.PageSize)}})(w)
	},
		"Neither brk nor mmap gave aligned_alloc the memory. Of mmap: vm.overcommit_memory is 0, and 32.0G is more than all memory and swap of the machine, 20G: 12.0G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Ask for less."},
	{"a block that is too long", "realloc a 8388608T", "realloc", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{modeltest.Addr(baseHeap), modeltest.Bytes(1 << 63)}
	},
		"9223372036854775808 bytes are more than realloc gives anyone, which is 2^63-1: it did not even ask the kernel.",
		"Ask for less."},
	{"a chunk that is too long", "realloc a 9223372036854775807B", "realloc", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{modeltest.Addr(baseHeap), modeltest.Bytes(1<<63 - 1)}
	},
		"With the header of its chunk that is more than realloc gives anyone, which is 2^63-1 bytes: it did not even ask the kernel.",
		"Ask for less."},
	{"both refused realloc", "realloc a 32G", "realloc", "ENOMEM", "", nil, func(w *world) {
		w.s.System = heuristic
		refusedAsides(model.Event{Call: "mmap", Errno: "ENOMEM", Ret: -1, Args: []model.Arg{modeltest.Text("NULL"), modeltest.Bytes(32<<30 + modeltest.PageSize)}})(w)
	},
		"Neither brk nor mmap gave realloc the memory. Of mmap: vm.overcommit_memory is 0, and 32.0G is more than all memory and swap of the machine, 20G: 12.0G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Ask for less."},
	{"nothing told of", "malloc c 1", "malloc", "ENOMEM", "", nil, refusedAsides(model.Event{Call: "brk"}), "The cause is not known: nothing that incore can look at refuses this.", ""},
}

func TestExplainHeap(t *testing.T) { runExplain(t, heapCases) }

// segment makes a the region of a segment of 4 pages, and b that of another, which is locked.
func segment(w *world) {
	a, b := w.p.Regions[0], w.p.Regions[1]
	a.Backing, a.ShmID, b.Backing, b.ShmID = model.Shm, 7, model.Shm, 8
	b.Pages = model.Runs[model.Page]{}.Add(4, model.Page{Mapping: model.InVMA | model.File, Lock: model.ShmLocked, Prot: modeltest.RW})
}

// segments is segment in a process with that limit.
func segments(soft int64) func(*world) {
	return func(w *world) {
		segment(w)
		limit(soft, 0)(w)
	}
}

var segmentCases = []explainCase{
	{"no bytes", "shmget s 0", "shmget", "EINVAL", "", nil, nil,
		"A segment has at least one byte.",
		"Give a size of 1 page or more."},
	{"too many bytes", "shmget s 1T", "shmget", "EINVAL", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this.",
		""},
	{"as many as there may be", "shmget s 1", "shmget", "ENOSPC", "", nil, nil,
		"The system has as many segments, or as many pages in segments, as it may; which of the two is not known (kernel.shmmni, kernel.shmall). Segments stay until somebody removes them.",
		"As their owner, ipcs -m shows them and ipcrm -m removes one."},
	{"no length of a file", "shmget s 8388608T", "shmget", "EINVAL", "", nil, nil,
		"A segment cannot be 8E long: its length is a signed 64-bit number, as that of a file.",
		"Ask for less."},
	{"not promised", "shmget s 32G", "shmget", "ENOMEM", "", nil, system(heuristic),
		"vm.overcommit_memory is 0, and 32G is more than all memory and swap of the machine, 20G: 12G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Ask for less."},
	{"no memory", "shmget s 1", "shmget", "ENOMEM", "", nil, system(heuristic),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for the segment; a memory cgroup has no room for its tables.",
		""},
	{"the key is taken", "shmget s 1", "shmget", "EEXIST", "", nil, nil,
		"Somebody else made a segment with the same random key in this very moment.",
		"Try again."},
	{"all files of the system open", "shmget s 1", "shmget", "ENFILE", "", nil, nil,
		"The system has as many files open as it may (fs.file-max). Shared memory, segments and memory files are files too.",
		""},
	{"MCL_FUTURE", "shmget s 64K", "shmat", "EAGAIN", "", nil, limit(64<<10, 16<<10),
		"mlockall future is in force, so a new mapping is locked, even one that may not be accessed. RLIMIT_MEMLOCK is 64K; 16K was locked before, and this would lock 64K more: 16K too much. Nothing was mapped.",
		"munlockall, or mlockall current, ends that. Or map less. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"unaligned", "shmat t of a at a+1,1", "shmat", "EINVAL", "", two, nil,
		"A mapping begins at a page, and 0x7f0000000001 is not a multiple of the page size, 4096.",
		"Name a page: at a[0]. Or say round, which rounds it down (SHM_RND)."},
	{"occupied", "shmat t of a at a+1,1 round", "shmat", "EINVAL", "", two, nil,
		"a is mapped, and shmat takes the place of nothing unless it is told to (SHM_REMAP).",
		"munmap a first, or mmap … shared alias a at a+1,1, which is SHM_REMAP."},
	{"past the last address", "shmat t of a at 0xfffffffffffff000,1", "shmat", "EINVAL", "", two, nil,
		"0xfffffffffffff000 plus 8K goes past the last address there is.",
		"Give an address within a region."},
	{"no segment", "shmdt a", "shmdt", "EINVAL", "", two, nil,
		"No segment is attached at 0x7f0000000000: a is anon memory.",
		"munmap a unmaps it."},
	{"nothing left to detach", "shmdt a", "shmdt", "EINVAL", "", two, fileBehind(model.Shm),
		"No segment is attached from 0x7f0000000000 on: nothing of one is left here, or what is left was moved (mremap) and begins elsewhere.",
		"munmap a unmaps what is there."},
	{"detached within a page", "shmdt a", "shmdt", "EINVAL", "", two, func(w *world) { w.e.Args = []model.Arg{modeltest.Addr(0x7f0000000010)} },
		"A segment is attached from the start of a page on, and 0x7f0000000010 is not a multiple of the page size, 4096.",
		"Name a region that shmget or shmat made."},
	{"gone", "mmap c 1 shared alias s", "shmat", "EINVAL", "", nil, nil,
		"The segment is gone: it was removed (IPC_RMID), and no process has it attached any more.",
		"Make another one with shmget."},
	{"gone a moment ago", "mmap c 1 shared alias s", "shmat", "EIDRM", "", nil, nil,
		"The segment is gone: it was removed (IPC_RMID), and no process has it attached any more.",
		"Make another one with shmget."},
	{"at an unaligned address", "mmap c 1 shared alias s at a+1,1", "shmat", "EINVAL", "", nil, nil,
		"A mapping begins at a page, and 0x7f0000000001 is not a multiple of the page size, 4096.",
		"Name a page: at a."},
	{"to be executed", "mmap c 1 shared rx alias s", "shmat", "EACCES", "", nil, nil,
		"The segment's mode, 0600, lets nobody execute what is in it, but a process with CAP_IPC_OWNER.",
		"Attach it r or rw."},
	{"over a seal", "mmap c 2 shared alias s at a", "shmat", "EPERM", "", two, sealedFrom(1),
		"a[1] is sealed: mseal forbids to unmap it, to move it, to map over it and to change its protection. Nothing was changed.",
		"exec ends a seal, with the whole address space; nothing less does."},
	{"at a low address", "mmap c 1 shared alias s at 0x1000,4096", "shmat", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"too long", "shmget s 200T", "shmat", "ENOMEM", "", nil, nil,
		"That is 200T; a process has addresses for 128T.",
		"Map less."},
	{"too many VMAs", "shmget s 1", "shmat", "ENOMEM", "", nil, crowded(65531),
		"The process has 65531 VMAs, and vm.max_map_count, the most it may have, is 65530: shmat may not make another.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"no room", "shmget s 100T", "shmat", "ENOMEM", "", nil, halfway,
		"That is 100T, and the longest stretch of addresses that is free has 64T.",
		"munmap something first, or map less."},
	{"in the middle of a VMA, with too many", "mmap c 1 shared alias s at a[1]", "shmat", "ENOMEM", "", two, crowded(65530),
		"The process has 65530 VMAs, and vm.max_map_count, the most it may have, is 65530: shmat would split one more.",
		"Give neighboring pages the same locks, protection and advice, so that their VMAs merge. Or, as root, sysctl vm.max_map_count=131060 allows more."},
	{"a limit of the process", "shmget s 1G", "shmat", "ENOMEM", "", nil, vmSize(1<<30, heuristic),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables.",
		""},
	{"gone", "shmctl s lock", "shmctl", "EINVAL", "", nil, nil,
		"The segment is gone: it was removed (IPC_RMID), and no process has it attached any more.",
		"Make another one with shmget."},
	{"gone a moment ago", "shmctl s rmid", "shmctl", "EIDRM", "", nil, nil,
		"The segment is gone: it was removed (IPC_RMID), and no process has it attached any more.",
		"Make another one with shmget."},
	{"limit 0", "shmctl a lock", "shmctl", "EPERM", "", nil, segments(0),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"limit 0 that can be raised", "shmctl a lock", "shmctl", "EPERM", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage}, func(w *world) {
		segment(w)
		limits(0, 8<<20, 44<<10)(w)
	},
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"setrlimit memlock 24K allows it: the hard limit is 8M."},
	{"limit 0, and not attached", "shmctl s lock", "shmctl", "EPERM", "", nil, segments(0),
		"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
		"Raise the limit to the length of all segments that are to be locked."},
	{"a filter", "shmctl a unlock", "shmctl", "EPERM", "", nil, segments(0),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"over the budget", "shmctl a lock", "shmctl", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage}, segments(20 << 10),
		"SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, 20K, and apart from that of mlock. a has 8K, and other segments of this session have locked 16K: 4K too much.",
		"shmctl b unlock first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"over the budget with others", "shmctl a lock", "shmctl", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.MappedPage}, segments(64 << 10),
		"SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, 64K, and apart from that of mlock. a has 8K, and other segments of this session have locked 16K. That would fit: what other programs of the user have locked counts too, and is not known here.",
		"shmctl b unlock first. As the same user, ipcs -m shows the segments that there are."},
	{"over the budget, and not attached", "shmctl s lock", "shmctl", "ENOMEM", "", nil, segments(20 << 10),
		"SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, 20K, and apart from that of mlock. This segment does not fit into it.",
		"shmctl b unlock first."},
}

func TestExplainSegments(t *testing.T) { runExplain(t, segmentCases) }
