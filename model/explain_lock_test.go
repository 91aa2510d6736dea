package model_test

import (
	"testing"

	"incore/model"
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
			if w.p.VMAs[i].Start < baseB {
				w.p.VMAs[i].Shared, w.p.VMAs[i].Path = true, "/memfd:a (deleted)"
			}
		}
	}
}

// crowded is a process with so many VMAs that count.
func crowded(n int) func(*world) {
	return func(w *world) {
		for i := range n - len(w.p.VMAs) {
			at := baseB + uint64(i+9)*2*pageSize
			w.p.VMAs = append(w.p.VMAs, model.VMA{Start: at, End: at + pageSize})
		}
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0xffffffffff600000, End: 0xffffffffff601000, Path: "[vsyscall]"})
	}
}

// hugeTLB makes a region of hugetlb pages of 2M, with an empty pool.
func hugeTLB(w *world) {
	for i := range w.p.VMAs {
		w.p.VMAs[i].HugeTLB = w.p.VMAs[i].Start < baseB
	}
	w.s.System = model.System{MemTotal: 1 << 34, HugeSize: 2 << 20, HugeTotal: 4}
}

var lockCases = []explainCase{
	{"over the limit", "mlock a", "mlock", "ENOMEM", "", []model.Page{absentPage, absentPage, absentPage, absentPage}, limit(12<<10, 4<<10), `?`, `?`},
	{"over the limit, in a child", "in kid mlock a", "mlock", "ENOMEM", "", []model.Page{absentPage, absentPage, absentPage, absentPage}, limits(12<<10, 1<<20, 12<<10), `?`, `?`},
	{"over the soft limit", "mlock a", "mlock", "ENOMEM", "", []model.Page{absentPage, absentPage, absentPage, absentPage}, limits(12<<10, model.Unlimited, 4<<10), `?`, `?`},
	{"over it by more than can be", "mlock a+0,0x7fffffffffffffff", "mlock", "ENOMEM", "", nil, limits(12<<10, model.Unlimited, 4<<10), `?`, `?`},
	{"what is locked counts once", "mlock a", "mlock", "ENOMEM", "", append(lockedHere(absentPage, absentPage), absentPage, absentPage), limit(12<<10, 8<<10), `?`, `?`},
	{"unaligned rounds outwards", "mlock2 a+4000,200 onfault", "mlock2", "ENOMEM", "", []model.Page{absentPage, absentPage}, limit(10000, 4096), `?`, `?`},
	{"full", "mlock a", "mlock", "ENOMEM", "", []model.Page{absentPage}, limit(8<<10, 8<<10), `?`, `?`},
	{"the limit was lowered", "mlock a", "mlock", "ENOMEM", "", lockedHere(mappedPage), limit(4<<10, 8<<10), `?`, `?`},
	{"the limit comes before the hole", "mlock a", "mlock", "ENOMEM", "", []model.Page{absentPage, holePage, absentPage}, limit(8<<10, 0), `?`, `?`},
	{"hole, within the limit", "mlock a", "mlock", "ENOMEM", "", append(lockedHere(absentPage, absentPage), holePage, absentPage), partial, `?`, `?`},
	{"hole, above every limit", "mlock2 a onfault", "mlock2", "ENOMEM", "", append(lockedHere(absentPage, absentPage), holePage), func(w *world) {
		partial(w)
		w.p.Limits = model.Limits{MemlockSoft: 4096, IPCLock: true}
	}, `?`, `?`},
	{"hole first", "mlock a", "mlock", "ENOMEM", "", []model.Page{holePage, absentPage}, nil, `?`, `?`},
	{"past the region", "mlock a[1..5]", "mlock", "ENOMEM", "", lockedHere(absentPage, absentPage), nil, `?`, `?`},
	{"PROT_NONE", "mlock a", "mlock", "ENOMEM", "", lockedHere(mappedPage, mappedPage, noAccessPage, absentPage), partial, `?`, `?`},
	{"PROT_NONE first", "mlock2 a[1..2]", "mlock2", "ENOMEM", "", lockedHere(mappedPage, noAccessPage, noAccessPage), nil, `?`, `?`},
	{"PROT_NONE in the middle of a VMA", "mlock a[2]", "mlock", "ENOMEM", "", lockedHere(mappedPage, noAccessPage, noAccessPage), nil, `?`, `?`},
	{"guard", "mlock a", "mlock", "ENOMEM", "", lockedHere(mappedPage, guardPage, absentPage), nil, `?`, `?`},
	{"a guard before PROT_NONE", "mlock a", "mlock", "ENOMEM", "", lockedHere(guardPage, noAccessPage), nil, `?`, `?`},
	{"hugetlb", "mlock a", "mlock", "ENOMEM", "", []model.Page{absentPage}, hugeTLB, `?`, `?`},
	{"past the end of a file", "mlock a", "mlock", "ENOMEM", "", lockedHere(mappedPage, absentPage), fileBehind(model.FileOf), `?`, `?`},
	{"too many VMAs", "mlock a[0]", "mlock", "ENOMEM", "", []model.Page{mappedPage, mappedPage}, crowded(65530), `?`, `?`},
	{"too many VMAs by another limit", "mlock2 a[0]", "mlock2", "ENOMEM", "", []model.Page{mappedPage, mappedPage}, func(w *world) {
		w.s.System.MaxMapCount = 100
		crowded(100)(w)
	}, `?`, `?`},
	{"one VMA fewer than too many", "mlock a[0]", "mlock", "ENOMEM", "", []model.Page{mappedPage, mappedPage}, crowded(65529), "", ""},
	{"no cause to be seen", "mlock a", "mlock", "ENOMEM", "", nil, nil, "", ""},
	{"no memory", "mlock a", "mlock", "EAGAIN", "", lockedHere(absentPage), nil, `?`, `?`},
	{"no memory", "mlock2 a", "mlock2", "EAGAIN", "", lockedHere(absentPage), nil, `?`, `?`},
	{"limit 0", "mlock a", "mlock", "EPERM", "", nil, limit(0, 0), `?`, `?`},
	{"limit 0 that can be raised", "mlock2 a+1,1", "mlock2", "EPERM", "", nil, limits(0, 8<<20, 0), `?`, `?`},
	{"the limit is not the cause", "mlock a", "mlock", "EPERM", "", nil, limit(4096, 0), `?`, `?`},
	{"wraps", "mlock 0xfffffffffffff000,8192", "mlock", "EINVAL", "", nil, nil, `?`, `?`},
	{"wraps", "mlock2 0xffffffffffffff00,512", "mlock2", "EINVAL", "", nil, nil, `?`, `?`},
	{"wraps", "munlock 0xfffffffffffff000,4097", "munlock", "EINVAL", "", nil, nil, `?`, `?`},
	{"hole", "munlock a", "munlock", "ENOMEM", "", []model.Page{mappedPage, holePage}, nil, `?`, `?`},
	{"hole first", "munlock a", "munlock", "ENOMEM", "", []model.Page{holePage}, nil, `?`, `?`},
	{"too many VMAs", "munlock a[0]", "munlock", "ENOMEM", "", lockedHere(mappedPage, mappedPage), crowded(65530), `?`, `?`},
	{"over the limit", "mlockall current", "mlockall", "ENOMEM", "", nil, func(w *world) {
		limit(64<<10, 0)(w)
		w.p.Stat.VmSize = 1 << 20
	}, `?`, `?`},
	{"the limit is not the cause", "mlockall current", "mlockall", "ENOMEM", "", nil, func(w *world) {
		limit(2<<20, 0)(w)
		w.p.Stat.VmSize = 1 << 20
	}, "", ""},
	{"limit 0", "mlockall future", "mlockall", "EPERM", "", nil, limit(0, 0), `?`, `?`},
	{"without a flag", "mlockall", "mlockall", "EINVAL", "", nil, nil, `?`, `?`},
	{"onfault", "mlockall onfault", "mlockall", "EINVAL", "", nil, nil, `?`, `?`},
	{"onfault on an old kernel", "mlockall current onfault", "mlockall", "EINVAL", "4.3.0", nil, nil, `?`, `?`},
	{"with flags that are right", "mlockall current onfault", "mlockall", "EINVAL", "", nil, nil, "", ""},
}

func TestExplainLocks(t *testing.T) { runExplain(t, lockCases) }
