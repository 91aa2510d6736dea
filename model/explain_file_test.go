package model_test

import (
	"testing"

	"incore/model"
)

var fileCases = []explainCase{
	{"unaligned", "msync a+1,1 sync", "msync", "EINVAL", "", two, nil, `?`, `?`},
	{"wraps", "msync 0x1000,0xffffffffffffe001 sync", "msync", "ENOMEM", "", two, nil, `?`, `?`},
	{"hole", "msync a sync", "msync", "ENOMEM", "", []model.Page{mappedPage, holePage}, nil, `?`, `?`},
	{"locked", "msync a invalidate", "msync", "EBUSY", "", []model.Page{mappedPage, lockedPage}, ofFile, `?`, `?`},
	{"a disk that fails", "msync a sync", "msync", "EIO", "", two, fileBehind(model.Scratch), `?`, `?`},
	{"a disk that is full", "msync a sync", "msync", "ENOSPC", "", two, fileBehind(model.Scratch), `?`, `?`},
	{"a quota that is full", "msync a sync", "msync", "EDQUOT", "", two, fileBehind(model.Scratch), `?`, `?`},
	{"no file", "posix_fadvise a dontneed", "fadvise64", "EBADF", "", two, nil, `?`, `?`},
	{"no file at an address", "in kid posix_fadvise 0x1000,4096 willneed", "fadvise64", "EBADF", "", two, nil, `?`, `?`},
	{"too long", "posix_fadvise 0x7f0000000000,0xffffffffffffffff dontneed", "fadvise64", "EINVAL", "", two, ofFile, `?`, `?`},
}

func TestExplainFiles(t *testing.T) { runExplain(t, fileCases) }

var openCases = []explainCase{
	{"no such file", "mmap c 1 file /tmp/x", "openat", "ENOENT", "", nil, nil, `?`, `?`},
	{"no directory", "mmap c 1 file /etc/passwd/x", "openat", "ENOTDIR", "", nil, nil, `?`, `?`},
	{"links in a circle", "mmap c 1 file /tmp/x", "openat", "ELOOP", "", nil, nil, `?`, `?`},
	{"a long name", "mmap c 1 file /tmp/x", "openat", "ENAMETOOLONG", "", nil, nil, `?`, `?`},
	{"no right", "mmap c 1 file /etc/shadow", "openat", "EACCES", "", nil, nil, `?`, `?`},
	{"no right to make one", "mmap c 1 scratch", "openat", "EACCES", "", nil, nil, `?`, `?`},
	{"a mount that is read-only", "mmap c 1 scratch", "openat", "EROFS", "", nil, nil, `?`, `?`},
	{"before O_TMPFILE", "mmap c 1 scratch", "openat", "EISDIR", "3.10.0", nil, nil, `?`, `?`},
	{"without O_TMPFILE", "mmap c 1 scratch", "openat", "EISDIR", "", nil, nil, `?`, `?`},
	{"without O_TMPFILE", "mmap c 1 scratch", "openat", "EOPNOTSUPP", "", nil, nil, `?`, `?`},
	{"a full disk", "mmap c 1 scratch", "openat", "ENOSPC", "", nil, nil, `?`, `?`},
	{"a full quota", "mmap c 1 scratch", "openat", "EDQUOT", "", nil, nil, `?`, `?`},
	{"all files open", "mmap c 1 scratch", "openat", "EMFILE", "", nil, nil, `?`, `?`},
	{"all files of the system open", "mmap c 1 scratch", "openat", "ENFILE", "", nil, nil, `?`, `?`},
	{"interrupted", "mmap c 1 file /mnt/x", "openat", "EINTR", "", nil, nil, `?`, `?`},
	{"all files open", "mmap c 1 memfd", "memfd_create", "EMFILE", "", nil, nil, `?`, `?`},
	{"all files of the system open", "mmap c 1 memfd", "memfd_create", "ENFILE", "", nil, nil, `?`, `?`},
	{"before MFD_HUGETLB", "mmap c 1 memfd hugetlb", "memfd_create", "EINVAL", "4.9.0", nil, nil, `?`, `?`},
	{"no hugetlb pages", "mmap c 1 memfd hugetlb", "memfd_create", "EINVAL", "", nil, nil, `?`, `?`},
	{"no hugetlb pages of the size", "mmap c 1 memfd hugetlb", "memfd_create", "ENODEV", "", nil, nil, `?`, `?`},
	{"must be noexec", "mmap c 1 memfd", "memfd_create", "EACCES", "", nil, nil, `?`, `?`},
	{"an old kernel", "mmap c 1 memfd", "memfd_create", "ENOSYS", "3.10.0", nil, nil, `?`, `?`},
	{"memfd too long", "mmap c 8388608T memfd", "ftruncate", "EINVAL", "", nil, nil, `?`, `?`},
	{"file too long", "mmap c 100T scratch", "ftruncate", "EFBIG", "", nil, nil, `?`, `?`},
	{"a full disk", "mmap c 1 scratch", "ftruncate", "ENOSPC", "", nil, nil, `?`, `?`},
	{"a disk that fails", "munmap a", "close", "EIO", "", nil, nil, `?`, `?`},
	{"a full disk", "munmap a", "close", "ENOSPC", "", nil, nil, `?`, `?`},
	{"a full quota", "munmap a", "close", "EDQUOT", "", nil, nil, `?`, `?`},
}

func TestExplainOpen(t *testing.T) { runExplain(t, openCases) }
