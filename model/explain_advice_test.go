package model_test

import (
	"testing"

	"incore/model"
)

const old = "5.10.0-debian"

var (
	fileAbsent = model.Page{Mapping: model.InVMA | model.File, Residency: model.Absent, Prot: rw}

	hugeNotThere = model.Page{Mapping: model.InVMA, Residency: model.Absent, Prot: rw}
)

// ofMemfd and ofFile make what is behind a a memory file, or a file of the user's.
var ofMemfd, ofFile = fileBehind(model.Memfd), fileBehind(model.FileOf)

var adviceCases = []explainCase{
	{"too new", "madvise a populate_read", "madvise", "EINVAL", old, two, nil, `?`, `?`},
	{"too new for guards", "madvise a guard_remove", "madvise", "EINVAL", "6.12.9", two, nil, `?`, `?`},
	{"new enough", "madvise a pageout", "madvise", "EINVAL", old, two, nil, "", ""},
	{"unaligned", "madvise a+1,1 dontneed", "madvise", "EINVAL", "", two, nil, `?`, `?`},
	{"a block of malloc", "madvise a dontneed", "madvise", "EINVAL", "", two, mallocked, `?`, `?`},
	{"wraps", "madvise 0x1000,18446744073709551615 dontneed", "madvise", "EINVAL", "", two, nil, `?`, `?`},
	{"wraps when rounded", "madvise 0x0,18446744073709551615 dontneed", "madvise", "EINVAL", "", two, nil, `?`, `?`},
	{"locked", "madvise a dontneed", "madvise", "EINVAL", "", []model.Page{mappedPage, lockedPage, lockedPage, mappedPage}, nil, `?`, `?`},
	{"locked, before dontneed_locked", "madvise a dontneed", "madvise", "EINVAL", old, []model.Page{lockedPage, mappedPage}, nil, `?`, `?`},
	{"locked, in a child", "in kid madvise a cold", "madvise", "EINVAL", "", []model.Page{lockedPage, mappedPage}, nil, `?`, `?`},
	{"locked, willneed does not mind", "madvise a willneed", "madvise", "EINVAL", "", []model.Page{lockedPage}, nil, "", ""},
	{"hugetlb", "madvise a cold", "madvise", "EINVAL", "", make1024(), hugeTLB, `?`, `?`},
	{"a part of a hugetlb page", "madvise a[1..] dontneed", "madvise", "EINVAL", "", make1024(), hugeTLB, `?`, `?`},
	{"free of a memfd", "madvise a free", "madvise", "EINVAL", "", two, ofMemfd, `?`, `?`},
	{"wipeonfork of a memfd", "madvise a wipeonfork", "madvise", "EINVAL", "", two, ofMemfd, `?`, `?`},
	{"guard of a memfd", "madvise a guard_install", "madvise", "EINVAL", "6.14", two, ofMemfd, `?`, `?`},
	{"remove of private memory", "madvise a remove", "madvise", "EINVAL", "", two, nil, `?`, `?`},
	{"populate without access", "madvise a populate_write", "madvise", "EINVAL", "", []model.Page{mappedPage, readOnlyPage}, nil, `?`, `?`},
	{"populate PROT_NONE", "madvise a populate_read", "madvise", "EINVAL", "", []model.Page{noAccessPage}, nil, `?`, `?`},
	{"collapse of less than a huge page", "madvise a collapse", "madvise", "EINVAL", "", two, nil, `?`, `?`},
	{"collapse", "madvise a collapse", "madvise", "EINVAL", "", make1024(), nil, `?`, `?`},
	{"without THP", "madvise a hugepage", "madvise", "EINVAL", "", two, nil, `?`, `?`},
	{"without KSM", "madvise a mergeable", "madvise", "EINVAL", "", two, nil, `?`, `?`},
	{"hole", "madvise a dontneed", "madvise", "ENOMEM", "", []model.Page{absentPage, holePage, absentPage}, nil, `?`, `?`},
	{"populate a hole", "madvise a populate_write", "madvise", "ENOMEM", "", []model.Page{mappedPage, holePage, absentPage}, nil, `?`, `?`},
	{"collapse without memory", "madvise a collapse", "madvise", "ENOMEM", "", two, nil, `?`, `?`},
	{"no memory", "madvise a guard_install", "madvise", "ENOMEM", "", two, nil, `?`, `?`},
	{"populate a guard", "madvise a populate_write", "madvise", "EFAULT", "", []model.Page{mappedPage, guardPage, absentPage}, nil, `?`, `?`},
	{"populate past the end", "madvise a populate_write", "madvise", "EFAULT", "", []model.Page{mappedPage, fileAbsent}, ofFile, `?`, `?`},
	{"populate hugetlb pages", "madvise a populate_write", "madvise", "EFAULT", "", []model.Page{hugeNotThere}, hugeTLB, `?`, `?`},
	{"remove by a private mapping", "madvise a remove", "madvise", "EACCES", "", two, func(w *world) {
		ofMemfd(w)
		w.p.VMAs[0].Shared = false
	}, `?`, `?`},
	{"remove of a file of the user's", "madvise a remove", "madvise", "EACCES", "", two, ofFile, `?`, `?`},
	{"remove where no holes are", "madvise a remove", "madvise", "EOPNOTSUPP", "", two, fileBehind(model.Scratch), `?`, `?`},
	{"sealed", "madvise a dontneed", "madvise", "EPERM", "", []model.Page{mappedPage, readOnlyPage}, sealedFrom(0), `?`, `?`},
	{"too many VMAs", "madvise a[0] random", "madvise", "EAGAIN", "", two, crowded(65530), `?`, `?`},
	{"busy", "madvise a collapse", "madvise", "EAGAIN", "", two, nil, `?`, `?`},
	{"short of memory", "madvise a[0] random", "madvise", "EAGAIN", "", two, nil, `?`, `?`},
	{"over the memory cgroup", "madvise a collapse", "madvise", "EBUSY", "", two, nil, `?`, `?`},
	{"without swap", "madvise a willneed", "madvise", "EBADF", "", two, nil, `?`, `?`},
	{"a disk that fails", "madvise a remove", "madvise", "EIO", "", two, fileBehind(model.Scratch), `?`, `?`},
	{"broken memory", "madvise a populate_read", "madvise", "EHWPOISON", "", two, nil, `?`, `?`},
}

func TestExplainAdvice(t *testing.T) { runExplain(t, adviceCases) }
