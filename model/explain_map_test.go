package model_test

import (
	"testing"

	"incore/model"
)

// sealedFrom seals a from a page on.
func sealedFrom(page uint64) func(*world) {
	return func(w *world) {
		var out []model.VMA
		for _, v := range w.p.VMAs {
			cut := baseA + page*pageSize
			if v.Start < cut && cut < v.End {
				low := v
				low.End, v.Start = cut, cut
				out = append(out, low)
			}
			v.Sealed = v.Start >= cut && v.Start < baseB
			out = append(out, v)
		}
		w.p.VMAs = out
	}
}

// system is the machine of a case.
func system(s model.System) func(*world) { return func(w *world) { w.s.System = s } }

// mallocked makes a a block of malloc that begins in the middle of its first page.
func mallocked(w *world) {
	r := &w.p.Regions[0]
	r.Malloc, r.Start, r.Size, r.Backing = model.FromBrk, baseA+16, uint64(r.Pages.Len())*pageSize-32, model.Heap
}

var two = []model.Page{mappedPage, mappedPage}

var mapCases = []explainCase{
	{"length 0", "mmap c 0", "mmap", "EINVAL", "", nil, nil, `?`, `?`},
	{"at an unaligned address", "mmap c 1 at a+100,1", "mmap", "EINVAL", "", nil, nil, `?`, `?`},
	{"grows down and shared", "mmap c 1 shared grows_down", "mmap", "EINVAL", "", nil, nil, `?`, `?`},
	{"grows down with a file", "mmap c 1 memfd grows_down", "mmap", "EINVAL", "", nil, nil, `?`, `?`},
	{"nothing wrong to be seen", "mmap c 1", "mmap", "EINVAL", "", nil, nil, "", ""},
	{"too long", "mmap c 200T noreserve", "mmap", "ENOMEM", "", nil, nil, `?`, `?`},
	{"too long for 48 bits", "mmap c 300T noreserve", "mmap", "ENOMEM", "", nil, func(w *world) {
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0xfffff0000000, End: 0xfffff0001000, Path: "[stack]"})
	}, `?`, `?`},
	{"too many VMAs", "mmap c 1", "mmap", "ENOMEM", "", nil, crowded(65531), `?`, `?`},
	{"no room between", "mmap c 127T noreserve", "mmap", "ENOMEM", "", nil, func(w *world) {
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0x7ffff0000000, End: 0x7ffff0001000, Path: "[stack]"})
		w.s.System = model.System{MemTotal: 1 << 34, Overcommit: 1}
	}, `?`, `?`},
	{"at where no addresses are", "mmap c 1 at 0x7ffffffff000,4096", "mmap", "ENOMEM", "", nil, func(w *world) {
		w.e.Args = []model.Arg{addr(0x7ffffffff000), bytes(1 << 20)}
	}, `?`, `?`},
	{"in the middle of a VMA, with too many", "mmap c 1 at a[1]", "mmap", "ENOMEM", "", two, crowded(65530), `?`, `?`},
	{"MAP_LOCKED", "mmap c 64K locked", "mmap", "EAGAIN", "", nil, limit(64<<10, 16<<10), `?`, `?`},
	{"MCL_FUTURE", "mmap c 64K none", "mmap", "EAGAIN", "", nil, limits(64<<10, 8<<20, 16<<10), `?`, `?`},
	{"MAP_LOCKED of hugetlb pages", "mmap c 1 hugetlb locked", "mmap", "EAGAIN", "", nil, func(w *world) {
		limit(64<<10, 0)(w)
		hugeTLB(w)
	}, `?`, `?`},
	{"the limit is not the cause", "mmap c 64K", "mmap", "EAGAIN", "", nil, limit(128<<10, 16<<10), "", ""},
	{"MAP_LOCKED at limit 0", "mmap c 1 locked", "mmap", "EPERM", "", nil, limit(0, 0), `?`, `?`},
	{"over a seal", "mmap c 2 at a", "mmap", "EPERM", "", two, sealedFrom(1), `?`, `?`},
	{"at a low address", "mmap c 1 at 0x1000,4096", "mmap", "EPERM", "", nil, nil, `?`, `?`},
	{"noexec", "mmap c 1 file /tmp/x rx", "mmap", "EPERM", "", nil, nil, `?`, `?`},
	{"a filter", "mmap c 1", "mmap", "EPERM", "", nil, nil, `?`, `?`},
	{"a shared file to be written", "mmap c 1 shared file /tmp/x", "mmap", "EACCES", "", nil, nil, `?`, `?`},
	{"an alias to be written", "mmap c 1 shared alias a", "mmap", "EACCES", "", nil, fileBehind(model.FileOf), `?`, `?`},
	{"a security module, x", "mmap c 1 rwx", "mmap", "EACCES", "", nil, nil, `?`, `?`},
	{"a security module", "mmap c 1 file /tmp/x", "mmap", "EACCES", "", nil, nil, `?`, `?`},
	{"a file that cannot be mapped", "mmap c 1 file /tmp/x", "mmap", "ENODEV", "", nil, nil, `?`, `?`},
	{"all files open", "mmap c 1 shared", "mmap", "ENFILE", "", nil, nil, `?`, `?`},

	{"unaligned", "munmap a+100,50", "munmap", "EINVAL", "", two, nil, `?`, `?`},
	{"a block of malloc", "munmap a", "munmap", "EINVAL", "", two, mallocked, `?`, `?`},
	{"length 0", "munmap a+0,0", "munmap", "EINVAL", "", nil, nil, `?`, `?`},
	{"outside", "munmap 0xffff_8000_0000_0000,4096", "munmap", "EINVAL", "", nil, nil, `?`, `?`},
	{"a part of a hugetlb page", "munmap a[1..2]", "munmap", "EINVAL", "", make1024(), hugeTLB, `?`, `?`},
	{"sealed", "munmap a", "munmap", "EPERM", "", two, sealedFrom(0), `?`, `?`},
	{"sealed in the middle", "in kid munmap a", "munmap", "EPERM", "", two, sealedFrom(1), `?`, `?`},
	{"too many VMAs", "munmap a[1]", "munmap", "ENOMEM", "", []model.Page{mappedPage, mappedPage, mappedPage}, crowded(65530), `?`, `?`},
}

// make1024 are the pages of two hugetlb pages of 2M.
func make1024() []model.Page {
	out := make([]model.Page, 1024)
	for i := range out {
		out[i] = mappedPage
	}
	return out
}

func TestExplainMap(t *testing.T) { runExplain(t, mapCases) }

var hugeCases = []explainCase{
	{"no hugetlb pages", "mmap c 1 hugetlb", "mmap", "EINVAL", "", nil, system(model.System{MemTotal: 1 << 34}), `?`, `?`},
	{"MAP_HUGETLB of a file", "mmap c 1 file /tmp/x hugetlb", "mmap", "EINVAL", "", nil, hugeTLB, `?`, `?`},
	{"hugetlb at where none lies", "mmap c 1 hugetlb at b[1]", "mmap", "EINVAL", "", nil, hugeTLB, `?`, `?`},
	{"grows down and hugetlb", "mmap c 1 hugetlb grows_down", "mmap", "EINVAL", "", nil, hugeTLB, `?`, `?`},
	{"the pool is empty", "mmap c 5M hugetlb", "mmap", "ENOMEM", "", nil, hugeTLB, `?`, `?`},
	{"the pool is reserved", "mmap c 4M hugetlb", "mmap", "ENOMEM", "", nil, func(w *world) {
		hugeTLB(w)
		w.s.System.HugeFree = 2
	}, `?`, `?`},
	{"an alias of hugetlb pages", "mmap c 2M shared alias a", "mmap", "ENOMEM", "", nil, hugeTLB, `?`, `?`},
}

func TestExplainHuge(t *testing.T) { runExplain(t, hugeCases) }
