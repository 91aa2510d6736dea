package model_test

import (
	"testing"

	"incore/model"
)

// advised parts a into two VMAs by something that is not seen.
func advised(w *world) {
	v := w.p.VMAs[0]
	low := v
	low.End, v.Start = baseA+pageSize, baseA+pageSize
	w.p.VMAs = append([]model.VMA{low, v}, w.p.VMAs[1:]...)
}

var remapCases = []explainCase{
	{"length 0", "mremap a 0", "mremap", "EINVAL", "", nil, nil, `?`, `?`},
	{"hugetlb", "mremap a 4M", "mremap", "EINVAL", "", nil, hugeTLB, `?`, `?`},
	{"too long", "mremap a 200T", "mremap", "EINVAL", "", nil, nil, `?`, `?`},
	{"the first page is gone", "mremap a 8", "mremap", "EFAULT", "", []model.Page{holePage, mappedPage}, nil, `?`, `?`},
	{"a hole", "mremap a 8", "mremap", "EFAULT", "", []model.Page{mappedPage, holePage}, nil, `?`, `?`},
	{"a lock", "mremap a 8", "mremap", "EFAULT", "", []model.Page{mappedPage, lockedPage}, nil, `?`, `?`},
	{"two locks", "mremap a 8", "mremap", "EFAULT", "", []model.Page{{Mapping: model.InVMA, Lock: model.OnFault, Prot: rw}, lockedPage}, nil, `?`, `?`},
	{"a protection", "mremap a 8", "mremap", "EFAULT", "", []model.Page{mappedPage, readOnlyPage}, nil, `?`, `?`},
	{"a seal", "mremap a 8", "mremap", "EFAULT", "", two, sealedFrom(1), `?`, `?`},
	{"an advice", "mremap a 8", "mremap", "EFAULT", "", two, advised, `?`, `?`},
	{"sealed", "mremap a 8", "mremap", "EPERM", "", two, sealedFrom(0), `?`, `?`},
	{"locked, over the limit", "mremap a 8", "mremap", "EAGAIN", "", []model.Page{lockedPage, lockedPage}, limit(16<<10, 8<<10), `?`, `?`},
	{"locked, within the limit", "mremap a 4", "mremap", "EAGAIN", "", []model.Page{lockedPage, lockedPage}, limit(16<<10, 8<<10), "", ""},
	{"too long for the addresses", "mremap a 200T", "mremap", "ENOMEM", "", nil, nil, `?`, `?`},
	{"too many VMAs", "mremap a 8", "mremap", "ENOMEM", "", nil, crowded(65527), `?`, `?`},
	{"no room", "mremap a 127T", "mremap", "ENOMEM", "", nil, func(w *world) {
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: 0x7ffff0000000, End: 0x7ffff0001000, Path: "[stack]"})
	}, `?`, `?`},
	{"not promised", "mremap a 32G", "mremap", "ENOMEM", "", nil, system(heuristic), `?`, `?`},
	{"a limit of the process", "mremap a 1G", "mremap", "ENOMEM", "", []model.Page{readOnlyPage}, vmSize(1<<30, heuristic), `?`, `?`},

	{"unaligned", "mseal a+1,1", "mseal", "EINVAL", "", two, nil, `?`, `?`},
	{"wraps", "mseal 0x1000,18446744073709551615", "mseal", "EINVAL", "", two, nil, `?`, `?`},
	{"hole", "mseal a", "mseal", "ENOMEM", "", []model.Page{mappedPage, holePage}, nil, `?`, `?`},
	{"too many VMAs", "mseal a[0]", "mseal", "ENOMEM", "", two, crowded(65530), `?`, `?`},
	{"an old kernel", "mseal a", "mseal", "ENOSYS", "6.1.0", two, nil, `?`, `?`},
	{"a new kernel", "mseal a", "mseal", "ENOSYS", "", two, nil, `?`, `?`},
}

func TestExplainRemap(t *testing.T) { runExplain(t, remapCases) }
