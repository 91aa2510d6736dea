package model_test

import (
	"testing"

	"incore/model"
)

var protectCases = []explainCase{
	{"unaligned over two pages", "mprotect a+4095,2 r", "mprotect", "EINVAL", "", []model.Page{mappedPage, mappedPage, mappedPage}, nil, `?`, `?`},
	{"a part of a hugetlb page", "mprotect a[512..600] r", "mprotect", "EINVAL", "", make1024(), hugeTLB, `?`, `?`},
	{"wraps", "mprotect 0x1000,18446744073709551615 r", "mprotect", "ENOMEM", "", nil, nil, `?`, `?`},
	{"wraps when rounded", "mprotect 0xfffffffffffff000,4000 r", "mprotect", "ENOMEM", "", nil, nil, `?`, `?`},
	{"hole", "mprotect a r", "mprotect", "ENOMEM", "", []model.Page{readOnlyPage, holePage, mappedPage}, nil, `?`, `?`},
	{"hole first", "mprotect a r", "mprotect", "ENOMEM", "", []model.Page{holePage, mappedPage}, nil, `?`, `?`},
	{"too many VMAs", "mprotect a[0] r", "mprotect", "ENOMEM", "", two, crowded(65530), `?`, `?`},
	{"not promised", "mprotect a rw", "mprotect", "ENOMEM", "", []model.Page{mappedPage, readOnlyPage, readOnlyPage}, func(w *world) {
		w.s.System = never
		w.s.System.Committed = never.CommitLimit
	}, `?`, `?`},
	{"a limit of the process", "mprotect a rw", "mprotect", "ENOMEM", "", []model.Page{readOnlyPage}, vmSize(1<<20, always), `?`, `?`},
	{"nothing to be seen", "mprotect a r", "mprotect", "ENOMEM", "", two, nil, "", ""},
	{"a file of the user's", "mprotect a rw", "mprotect", "EACCES", "", []model.Page{readOnlyPage}, fileBehind(model.FileOf), `?`, `?`},
	{"x on a file", "mprotect a rx", "mprotect", "EACCES", "", []model.Page{readOnlyPage}, fileBehind(model.FileOf), `?`, `?`},
	{"x", "mprotect a rwx", "mprotect", "EACCES", "", two, nil, `?`, `?`},
	{"a security module", "mprotect a r", "mprotect", "EACCES", "", two, nil, `?`, `?`},
	{"sealed", "mprotect a r", "mprotect", "EPERM", "", []model.Page{readOnlyPage, mappedPage}, sealedFrom(1), `?`, `?`},
	{"sealed, before seals were looked for one by one", "mprotect a r", "mprotect", "EPERM", "6.10.3", two, sealedFrom(1), `?`, `?`},

	{"unaligned", "mincore a+1,1", "mincore", "EINVAL", "", two, nil, `?`, `?`},
	{"wraps", "mincore 0x1000,18446744073709551615", "mincore", "ENOMEM", "", two, nil, `?`, `?`},
	{"hole", "mincore a", "mincore", "ENOMEM", "", []model.Page{mappedPage, holePage}, nil, `?`, `?`},
	{"no memory", "mincore a", "mincore", "EAGAIN", "", two, system(heuristic), `?`, `?`},
}

func TestExplainProtect(t *testing.T) { runExplain(t, protectCases) }
