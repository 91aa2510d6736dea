package model_test

import (
	"testing"

	"incore/model"
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

// heapRegion is the region of a heap of 4 pages that ends at baseHeap.
func heapRegion(w *world) {
	r := region("heap", baseHeap-4*pageSize, []model.Page{mappedPage, mappedPage, mappedPage, mappedPage})
	r.Backing = model.Heap
	w.p.Regions = append(w.p.Regions, r)
	w.p.VMAs = append([]model.VMA{{Start: r.Base, End: baseHeap, Prot: rw, Path: "[heap]"}}, w.p.VMAs...)
}

// next is a mapping that begins so many bytes after the heap.
func next(after uint64, growsDown bool) func(*world) {
	return func(w *world) {
		w.p.VMAs = append([]model.VMA{{Start: baseHeap + after, End: baseHeap + after + pageSize, GrowsDown: growsDown}}, w.p.VMAs...)
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
	{"too long", "brk +200T", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap), `?`, `?`},
	{"shorter and sealed", "brk -8K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, heapRegion, func(w *world) {
		w.p.VMAs[0].Sealed = true
		w.e.Args = []model.Arg{addr(baseHeap - 8192)}
	}), `?`, `?`},
	{"shorter than nothing", "brk -1M", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, heapRegion, func(w *world) {
		w.e.Args = []model.Arg{addr(baseHeap - 1<<20)}
	}), `?`, `?`},
	{"shorter and empty", "in kid brk -1M", "brk", "ENOMEM", "", nil, func(w *world) {
		heapUpTo(baseHeap)(w)
		w.e.Args = []model.Arg{addr(baseHeap - 1<<20)}
	}, `?`, `?`},
	{"something in the way", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, heapRegion, next(64<<10, false)), `?`, `?`},
	{"something that grows down in the way", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, next(1<<20, true)), `?`, `?`},
	{"MCL_FUTURE", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, limit(64<<10, 16<<10)), `?`, `?`},
	{"too many VMAs", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, crowded(65531)), `?`, `?`},
	{"not promised", "brk +3G", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, system(never)), `?`, `?`},
	{"a limit of the process", "brk +64K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, vmSize(1<<20, always)), `?`, `?`},
	{"an end that is not known", "brk +64K", "brk", "ENOMEM", "", nil, limit(64<<10, 16<<10), "", ""},
	{"a brk of malloc", "malloc c 60K", "brk", "ENOMEM", "", nil, heapUpTo(baseHeap, limit(64<<10, 16<<10), func(w *world) {
		w.e.Args, w.e.Aside = []model.Arg{addr(baseHeap + 200<<10)}, true
	}), `?`, `?`},

	{"too long", "malloc c 8388608T", "malloc", "ENOMEM", "", nil, nil, `?`, `?`},
	{"both refused", "malloc c 32G", "malloc", "ENOMEM", "", nil, func(w *world) {
		w.s.System = heuristic
		refusedAsides(
			model.Event{Call: "brk", Errno: "ENOMEM", Ret: -1, Args: []model.Arg{addr(baseHeap + 33<<30)}},
			model.Event{Call: "mmap", Errno: "ENOMEM", Ret: -1, Args: []model.Arg{text("NULL"), bytes(32<<30 + pageSize)}},
		)(w)
	}, `?`, `?`},
	{"nothing told of", "malloc c 1", "malloc", "ENOMEM", "", nil, refusedAsides(model.Event{Call: "brk"}), "", ""},
}

func TestExplainHeap(t *testing.T) { runExplain(t, heapCases) }

// segment makes a the region of a segment of 4 pages, and b that of another, which is locked.
func segment(w *world) {
	a, b := &w.p.Regions[0], &w.p.Regions[1]
	a.Backing, a.ShmID, b.Backing, b.ShmID = model.Shm, 7, model.Shm, 8
	b.Pages = model.Runs[model.Page]{}.Add(4, model.Page{Mapping: model.InVMA | model.File, Lock: model.ShmLocked, Prot: rw})
}

// segments is segment in a process with that limit.
func segments(soft int64) func(*world) {
	return func(w *world) {
		segment(w)
		limit(soft, 0)(w)
	}
}

var segmentCases = []explainCase{
	{"no bytes", "shmget s 0", "shmget", "EINVAL", "", nil, nil, `?`, `?`},
	{"too many bytes", "shmget s 1T", "shmget", "EINVAL", "", nil, nil, `?`, `?`},
	{"as many as there may be", "shmget s 1", "shmget", "ENOSPC", "", nil, nil, `?`, `?`},
	{"more than all may have", "shmget s 8388608T", "shmget", "ENOSPC", "", nil, nil, `?`, `?`},
	{"not promised", "shmget s 32G", "shmget", "ENOMEM", "", nil, system(heuristic), `?`, `?`},
	{"no memory", "shmget s 1", "shmget", "ENOMEM", "", nil, system(heuristic), `?`, `?`},
	{"the key is taken", "shmget s 1", "shmget", "EEXIST", "", nil, nil, `?`, `?`},
	{"all files of the system open", "shmget s 1", "shmget", "ENFILE", "", nil, nil, `?`, `?`},
	{"MCL_FUTURE", "shmget s 64K", "shmat", "EAGAIN", "", nil, limit(64<<10, 16<<10), `?`, `?`},
	{"gone", "mmap c 1 shared alias s", "shmat", "EINVAL", "", nil, nil, `?`, `?`},
	{"gone a moment ago", "mmap c 1 shared alias s", "shmat", "EIDRM", "", nil, nil, `?`, `?`},
	{"at an unaligned address", "mmap c 1 shared alias s at a+1,1", "shmat", "EINVAL", "", nil, nil, `?`, `?`},
	{"to be executed", "mmap c 1 shared rx alias s", "shmat", "EACCES", "", nil, nil, `?`, `?`},
	{"over a seal", "mmap c 2 shared alias s at a", "shmat", "EPERM", "", two, sealedFrom(1), `?`, `?`},
	{"at a low address", "mmap c 1 shared alias s at 0x1000,4096", "shmat", "EPERM", "", nil, nil, `?`, `?`},
	{"too long", "shmget s 200T", "shmat", "ENOMEM", "", nil, nil, `?`, `?`},
	{"too many VMAs", "shmget s 1", "shmat", "ENOMEM", "", nil, crowded(65531), `?`, `?`},
	{"no room", "shmget s 127T", "shmat", "ENOMEM", "", nil, func(w *world) {
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0x7ffff0000000, End: 0x7ffff0001000, Path: "[stack]"})
	}, `?`, `?`},
	{"in the middle of a VMA, with too many", "mmap c 1 shared alias s at a[1]", "shmat", "ENOMEM", "", two, crowded(65530), `?`, `?`},
	{"a limit of the process", "shmget s 1G", "shmat", "ENOMEM", "", nil, vmSize(1<<30, heuristic), `?`, `?`},
	{"gone", "shmctl s lock", "shmctl", "EINVAL", "", nil, nil, `?`, `?`},
	{"gone a moment ago", "shmctl s rmid", "shmctl", "EIDRM", "", nil, nil, `?`, `?`},
	{"limit 0", "shmctl a lock", "shmctl", "EPERM", "", nil, segments(0), `?`, `?`},
	{"a filter", "shmctl a unlock", "shmctl", "EPERM", "", nil, segments(0), `?`, `?`},
	{"over the budget", "shmctl a lock", "shmctl", "ENOMEM", "", []model.Page{mappedPage, mappedPage}, segments(20 << 10), `?`, `?`},
	{"over the budget with others", "shmctl a lock", "shmctl", "ENOMEM", "", []model.Page{mappedPage, mappedPage}, segments(64 << 10), `?`, `?`},
	{"over the budget, and not attached", "shmctl s lock", "shmctl", "ENOMEM", "", nil, segments(20 << 10), `?`, `?`},
}

func TestExplainSegments(t *testing.T) { runExplain(t, segmentCases) }
