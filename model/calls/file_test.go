package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

var fileCases = []explainCase{
	{"unaligned", "msync a+1,1 sync", "msync", "EINVAL", "", two, nil,
		"The address 0x7f0000000001 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; msync refuses it.",
		"Name whole pages: a[0]."},
	{"wraps", "msync 0x1000,0xffffffffffffe001 sync", "msync", "ENOMEM", "", two, nil,
		"0x1000 plus 18446744073709543425 bytes, rounded up to whole pages, goes past the last address there is.",
		"Give a shorter length."},
	{"hole", "msync a sync", "msync", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, nil,
		"a[1] is a hole: no mapping covers it. msync skips holes: what is mapped in the range, before and after, was synced all the same.",
		"Name pages that are mapped."},
	{"locked", "msync a invalidate", "msync", "EBUSY", "", []model.Page{modeltest.MappedPage, modeltest.LockedPage}, ofFile,
		"a[1] is locked, and MS_INVALIDATE may not take locked pages away. Nothing was changed: MS_INVALIDATE alone syncs nothing.",
		"munlock a[1] first."},
	{"read into a hole", "read a", "read", "EFAULT", "", []model.Page{modeltest.HolePage, modeltest.MappedPage}, nil,
		"a[0] is a hole, and the kernel was to access it for the process. A touch that did the same would be SIGSEGV; a call ends with EFAULT. No byte of it was written to.",
		"Name pages that are mapped and may be written."},
	{"read past the addresses", "read 0xfffffffffffff000,8192", "read", "EFAULT", "", two, nil,
		"0xfffffffffffff000 plus 8K goes past the last address of a process. The kernel looks at that first, and transferred nothing.",
		"Give a shorter length."},
	{"write of what may not be read", "write a", "write", "EFAULT", "", []model.Page{modeltest.NoAccessPage}, nil,
		"a[0] is PROT_NONE, and the kernel was to access it for the process. A touch that did the same would be SIGSEGV; a call ends with EFAULT. No byte of it was read.",
		"Name pages that are mapped and may be read."},
	{"write past the addresses", "write 0xfffffffffffff000,8192", "write", "EFAULT", "", two, nil,
		"0xfffffffffffff000 plus 8K goes past the last address of a process. The kernel looks at that first, and transferred nothing.",
		"Give a shorter length."},
	{"write over a limit", "write a", "write", "EFBIG", "", two, func(w *world) { w.p.Limits.Known, w.p.Limits.FileSize = true, 4096 },
		"RLIMIT_FSIZE (ulimit -f), of the files of the process, is 4K.",
		"Start incore with a higher limit."},
	{"sync and async", "msync a sync,async", "msync", "EINVAL", "", two, nil,
		"MS_SYNC waits until all is written, and MS_ASYNC waits for nothing: the two exclude each other. Nothing was changed.",
		"Say one of them."},
	{"locked, sync", "msync a sync,invalidate", "msync", "EBUSY", "", []model.Page{modeltest.MappedPage, modeltest.LockedPage}, ofFile,
		"a[1] is locked, and MS_INVALIDATE may not take locked pages away. Before it, a[0] was written; nothing after it was.",
		"munlock a[1] first."},
	{"hole, async", "msync a async", "msync", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, ofFile,
		"a[1] is a hole: no mapping covers it. MS_ASYNC only looks whether the range is mapped: it starts no writing, and nothing was changed.",
		"Name pages that are mapped."},
	{"hole, invalidate", "msync a invalidate", "msync", "ENOMEM", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, ofFile,
		"a[1] is a hole: no mapping covers it. MS_INVALIDATE alone only looks for holes and locks: it syncs nothing, and nothing was changed.",
		"Name pages that are mapped."},
	{"a disk that fails", "msync a sync", "msync", "EIO", "", two, fileBehind(model.Scratch),
		"The file behind the range could not be written to its disk: the file system reported an error, now or since the last msync.",
		""},
	{"a disk that is full", "msync a sync", "msync", "ENOSPC", "", two, fileBehind(model.Scratch),
		"The file behind the range could not be written: its disk, or the user's part of it, is full.",
		"Make room on the disk."},
	{"a quota that is full", "msync a sync", "msync", "EDQUOT", "", two, fileBehind(model.Scratch),
		"The file behind the range could not be written: its disk, or the user's part of it, is full.",
		"Make room on the disk."},
	{"no file", "posix_fadvise a dontneed", "fadvise64", "EBADF", "", two, nil,
		"posix_fadvise is about files, and none lies behind a, which is anon memory.",
		"madvise a pageout takes the pages out of core and keeps what is in them, where there is swap; madvise a dontneed would throw it away."},
	{"no file, random", "posix_fadvise a random", "fadvise64", "EBADF", "", two, nil,
		"posix_fadvise is about files, and none lies behind a, which is anon memory.",
		"madvise a random is the same advice about memory."},
	{"no file at an address", "in kid posix_fadvise 0x1000,4096 willneed", "fadvise64", "EBADF", "", two, nil,
		"posix_fadvise is about files, and no file of a region lies behind 0x1000,4096.",
		"in kid madvise 0x1000,4096 willneed is the same advice about memory."},
	{"too long", "posix_fadvise 0x7f0000000000,0xffffffffffffffff dontneed", "fadvise64", "EINVAL", "", two, ofFile,
		"The length, 18446744073709551615, is negative as a signed number of 64 bits, which the length of a file is.",
		"Give a shorter length."},
}

func TestExplainFiles(t *testing.T) { runExplain(t, fileCases) }

var openCases = []explainCase{
	{"no such file", "mmap c 1 file /tmp/x", "openat", "ENOENT", "", nil, nil,
		"/tmp/x: there is no such file, or a directory on the way to it is missing.",
		"Give a path from the root, such as /etc/passwd."},
	{"no directory", "mmap c 1 file /etc/passwd/x", "openat", "ENOTDIR", "", nil, nil,
		"/etc/passwd/x: something on the way to it is a file and no directory.",
		"Give the path of a file."},
	{"links in a circle", "mmap c 1 file /tmp/x", "openat", "ELOOP", "", nil, nil,
		"/tmp/x: more than 40 symbolic links lie on the way to it, or they lead in a circle.",
		"Give the path of the file itself."},
	{"a long name", "mmap c 1 file /tmp/x", "openat", "ENAMETOOLONG", "", nil, nil,
		"/tmp/x: a part of it is longer than a file's name may be, 255 bytes.",
		"Give a shorter path."},
	{"no right", "mmap c 1 file /etc/shadow", "openat", "EACCES", "", nil, nil,
		"/etc/shadow: the user may not read it, or not search a directory on the way to it.",
		"Start incore as a user who may read it, or take scratch."},
	{"no right to make one", "mmap c 1 scratch", "openat", "EACCES", "", nil, nil,
		"The user may not make files in this directory; incore tries the next one.",
		"Set TMPDIR to a directory of yours."},
	{"a mount that is read-only", "mmap c 1 scratch", "openat", "EROFS", "", nil, nil,
		"The file system is mounted read-only, so that no file can be made on it; incore tries the next directory.",
		"Set TMPDIR to a directory that can be written."},
	{"before O_TMPFILE", "mmap c 1 scratch", "openat", "EISDIR", "3.10.0", nil, nil,
		"O_TMPFILE came with Linux 3.11; this is 3.10.0. incore makes a file with a name and removes the name.",
		""},
	{"without O_TMPFILE", "mmap c 1 scratch", "openat", "EISDIR", "", nil, nil,
		"This file system knows no files without a name (O_TMPFILE). incore makes one with a name and removes the name.",
		""},
	{"without O_TMPFILE", "mmap c 1 scratch", "openat", "EOPNOTSUPP", "", nil, nil,
		"This file system knows no files without a name (O_TMPFILE). incore makes one with a name and removes the name.",
		""},
	{"not of whole huge pages", "truncate a 3M", "ftruncate", "EINVAL", "", nil, func(w *world) {
		hugeTLB(w)
		w.e.Args = []model.Arg{{Text: "6"}, modeltest.Bytes(3 << 20)}
	},
		"The file is of huge pages, and 3M is not a multiple of theirs, 2M.",
		"Give a multiple of that."},
	{"truncate to no length", "truncate a 8388608T", "ftruncate", "EINVAL", "", nil, func(w *world) {
		w.e.Args = []model.Arg{{Text: "6"}, modeltest.Bytes(1 << 63)}
	},
		"The file behind the mapping cannot be 8E long: a file's length is a signed 64-bit number.",
		"Give less."},
	{"a full disk", "mmap c 1 scratch", "openat", "ENOSPC", "", nil, nil,
		"The disk, or the user's part of it, is full.",
		"Make room on the disk, or set TMPDIR to another."},
	{"a full quota", "mmap c 1 scratch", "openat", "EDQUOT", "", nil, nil,
		"The disk, or the user's part of it, is full.",
		"Make room on the disk, or set TMPDIR to another."},
	{"all files open", "mmap c 1 scratch", "openat", "EMFILE", "", nil, nil,
		"The process has as many files open as it may (RLIMIT_NOFILE): each memfd, scratch and file region has one.",
		"munmap a region that has one, or start incore with a higher limit (ulimit -n)."},
	{"all files of the system open", "mmap c 1 scratch", "openat", "ENFILE", "", nil, nil,
		"The system has as many files open as it may (fs.file-max). Shared memory, segments and memory files are files too.",
		""},
	{"interrupted", "mmap c 1 file /mnt/x", "openat", "EINTR", "", nil, nil,
		"A signal came while the call waited, and ended it before it was done.",
		"Try again."},
	{"all files open", "mmap c 1 memfd", "memfd_create", "EMFILE", "", nil, nil,
		"The process has as many files open as it may (RLIMIT_NOFILE): each memfd, scratch and file region has one.",
		"munmap a region that has one, or start incore with a higher limit (ulimit -n)."},
	{"all files of the system open", "mmap c 1 memfd", "memfd_create", "ENFILE", "", nil, nil,
		"The system has as many files open as it may (fs.file-max). Shared memory, segments and memory files are files too.",
		""},
	{"before MFD_HUGETLB", "mmap c 1 memfd hugetlb", "memfd_create", "EINVAL", "4.9.0", nil, nil,
		"MFD_HUGETLB came with Linux 4.14; this is 4.9.0.",
		"Leave out hugetlb, or take anon."},
	{"no hugetlb pages", "mmap c 1 memfd hugetlb", "memfd_create", "EINVAL", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this.",
		""},
	{"no hugetlb pages of the size", "mmap c 1 memfd hugetlb", "memfd_create", "ENODEV", "", nil, nil,
		"This kernel has no hugetlb pages of that size.",
		"Leave out hugetlb."},
	{"must be noexec", "mmap c 1 memfd", "memfd_create", "EACCES", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a security module (SELinux, AppArmor).",
		""},
	{"an old kernel", "mmap c 1 memfd", "memfd_create", "ENOSYS", "3.10.0", nil, nil,
		"memfd_create came with Linux 3.17; this is 3.10.0.",
		""},
	{"memfd too long", "mmap c 8388608T memfd", "ftruncate", "EINVAL", "", nil, nil,
		"The file behind the mapping cannot be 8E long: a file's length is a signed 64-bit number.",
		"Map less."},
	{"file too long", "mmap c 100T scratch", "ftruncate", "EFBIG", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the file system has no files of that length; RLIMIT_FSIZE, of the files of the process.",
		"Map less."},
	{"not of whole huge pages", "truncate a 3M", "ftruncate", "EINVAL", "", nil, func(w *world) {
		hugeTLB(w)
		w.e.Args = []model.Arg{{Text: "6"}, modeltest.Bytes(3 << 20)}
	},
		"The file is of huge pages, and 3M is not a multiple of theirs, 2M.",
		"Give a multiple of that."},
	{"truncate to no length", "truncate a 8388608T", "ftruncate", "EINVAL", "", nil, func(w *world) {
		w.e.Args = []model.Arg{{Text: "6"}, modeltest.Bytes(1 << 63)}
	},
		"The file behind the mapping cannot be 8E long: a file's length is a signed 64-bit number.",
		"Give less."},
	{"a full disk", "mmap c 1 scratch", "ftruncate", "ENOSPC", "", nil, nil,
		"The disk, or the user's part of it, is full.",
		"Make room on the disk, or set TMPDIR to another."},
	{"a disk that fails", "munmap a", "close", "EIO", "", nil, nil,
		"What was still to be written to the file could not be. The descriptor is closed all the same.",
		""},
	{"a full disk", "munmap a", "close", "ENOSPC", "", nil, nil,
		"What was still to be written to the file could not be. The descriptor is closed all the same.",
		""},
	{"a full quota", "munmap a", "close", "EDQUOT", "", nil, nil,
		"What was still to be written to the file could not be. The descriptor is closed all the same.",
		""},
}

func TestExplainOpen(t *testing.T) { runExplain(t, openCases) }

// secret makes a a region of secret memory.
func secret(w *world) {
	fileBehind(model.Secret)(w)
	r := w.p.Regions[0]
	r.Sized, r.FileLen = true, r.Len
	for i := range w.p.VMAs {
		if w.p.VMAs[i].Start < modeltest.BaseB {
			w.p.VMAs[i].Path = "/secretmem (deleted)"
		}
	}
}

// secretOver makes the second page of a one of secret memory that could not be brought in, under a limit that counts what is touched.
func secretOver(soft, hard int64) func(*world) {
	return func(w *world) {
		secret(w)
		w.p.Limits.Secrets, w.p.Limits.MemlockSoft, w.p.Limits.MemlockHard = model.SecretsTouched, soft, hard
		w.e.Signal.Addr, w.e.Signal.Code = modeltest.BaseA+4096, "BUS_ADRERR"
	}
}

// secretmem is what was seen of how the kernel was built and started.
func secretmem(built, enabled int64) func(*world) {
	return looked(func(l *model.Looked) {
		l.Settings = map[string]int64{"CONFIG_SECRETMEM": built, "secretmem.enable": enabled}
	})
}

var secretCases = []explainCase{
	{"private", "mmap c 1 secret", "mmap", "EINVAL", "", nil, nil,
		"Secret memory is mapped shared or not at all: a private mapping would copy a page as it is written, and for that the kernel would have to read it.",
		"mmap c 1 shared secret."},
	{"private, in the place of something", "in kid mmap c 2 secret rw at a", "mmap", "EINVAL", "", []model.Page{modeltest.MappedPage, modeltest.HolePage}, looked(func(l *model.Looked) { l.Same, l.After = false, 2 }),
		"Secret memory is mapped shared or not at all: a private mapping would copy a page as it is written, and for that the kernel would have to read it. That is asked when what lay there, which MAP_FIXED takes the place of, is already unmapped: a hole is left. A VMA was split: in and beside the range there were 1, and are 2 now.",
		"in kid mmap c 2 shared secret at a."},
	{"private once more", "mmap c 1 private alias a", "mmap", "EINVAL", "", two, secret,
		"Secret memory is mapped shared or not at all: a private mapping would copy a page as it is written, and for that the kernel would have to read it.",
		"mmap c 1 shared alias a."},
	{"to be executed", "mmap c 1 shared secret rx", "mmap", "EPERM", "", nil, looked(func(l *model.Looked) { l.Files = []model.FileLook{{Len: 1, NoExec: true}} }), // as statfs says on Linux 6.12
		"What memfd_secret makes may not be executed.", "Map it without x."},
	{"more than may be locked", "mmap c 3 shared secret", "mmap", "EAGAIN", "", nil, limit(8<<10, 4<<10),
		"Secret memory has to fit into what may be locked as it is mapped, touched or not. RLIMIT_MEMLOCK is 8K; 4K was locked before, and this would lock 12K more: 8K too much. Nothing was mapped.",
		"Map less. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"where nothing may be locked", "mmap c 1 shared secret", "mmap", "EAGAIN", "", nil, limits(0, 8<<20, 0),
		"Secret memory has to fit into what may be locked as it is mapped, touched or not. RLIMIT_MEMLOCK is 0 bytes; 0B was locked before, and this would lock 4K more: 4K too much. Nothing was mapped.",
		"Map less. setrlimit memlock 4K allows it: the hard limit is 8M."},
	{"more than may be locked, locked", "mmap c 3 shared secret locked", "mmap", "EAGAIN", "", nil, limit(8<<10, 4<<10),
		"MAP_LOCKED locks the mapping as it is made. RLIMIT_MEMLOCK is 8K; 4K was locked before, and this would lock 12K more: 8K too much. Nothing was mapped.",
		"Leave out locked, or map less. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
	{"all files open", "mmap c 1 shared secret", "memfd_secret", "EMFILE", "", nil, nil,
		"The process has as many files open as it may (RLIMIT_NOFILE): each memfd, scratch and file region has one.",
		"munmap a region that has one, or start incore with a higher limit (ulimit -n)."},
	{"all files of the system open", "mmap c 1 shared secret", "memfd_secret", "ENFILE", "", nil, nil,
		"The system has as many files open as it may (fs.file-max). Shared memory, segments and memory files are files too.", ""},
	{"no memory", "mmap c 1 shared secret", "memfd_secret", "ENOMEM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for a file.", ""},
	{"an old kernel", "mmap c 1 shared secret", "memfd_secret", "ENOSYS", "5.10.0", nil, secretmem(0, 0),
		"memfd_secret came with Linux 5.14; this is 5.10.0.", ""},
	{"not built", "mmap c 1 shared secret", "memfd_secret", "ENOSYS", "", nil, looked(func(l *model.Looked) { l.Settings = map[string]int64{"CONFIG_SECRETMEM": 0} }),
		"memfd_secret came with Linux 5.14, and this kernel, 6.18.44, was built without it (CONFIG_SECRETMEM): there is no /sys/module/secretmem.", ""},
	{"switched off", "mmap c 1 shared secret", "memfd_secret", "ENOSYS", "", nil, secretmem(1, 0),
		"memfd_secret is switched off: the kernel was started with secretmem.enable=0.", "Start the kernel with secretmem.enable=1."},
	{"not switched on", "mmap c 1 shared secret", "memfd_secret", "ENOSYS", "6.1.0", nil, secretmem(1, -1),
		"Before Linux 6.5 memfd_secret is off unless the kernel is started with secretmem.enable=1; this is 6.1.0, and it is off.", "Start the kernel with secretmem.enable=1."},
	{"switched on, and hidden", "mmap c 1 shared secret", "memfd_secret", "ENOSYS", "6.1.0", nil, secretmem(1, 1),
		"memfd_secret came with Linux 5.14, and this is 6.1.0: a filter hides it (seccomp), or the kernel was built without it.", ""},
	{"nothing seen", "mmap c 1 shared secret", "memfd_secret", "ENOSYS", "", nil, nil,
		"memfd_secret came with Linux 5.14, and this is 6.18.44: a filter hides it (seccomp), or the kernel was built without it.", ""},
	{"a second length", "truncate a 3", "ftruncate", "EINVAL", "", two, func(w *world) {
		secret(w)
		w.e.Args = []model.Arg{{Text: "6"}, modeltest.Bytes(3 << 12)}
	},
		"Secret memory is given its length once, before it is mapped, and it has 8K.", "Map another, shared secret, of the size that is needed."},
	{"a lock", "mlock a", "mlock", "ENOMEM", "", lockedHere(modeltest.AbsentPage, modeltest.AbsentPage), secret,
		"a is secret memory, on which mlock sets no lock. It then is to bring the pages in, and the kernel's own code cannot get at them, whether they are there or not. It is locked all the same: it was locked as it was mapped.",
		"touch a brings it in."},
	{"a lock in a child", "in kid mlock2 a onfault", "mlock2", "ENOMEM", "", two, secret,
		"a is secret memory, on which mlock2 sets no lock. It then is to bring the pages in, and the kernel's own code cannot get at them, whether they are there or not. This mapping has no lock, and its pages are never taken out of memory all the same.",
		"in kid touch a brings it in."},
	{"locked, and no advice", "madvise a dontneed", "madvise", "EINVAL", "", lockedHere(modeltest.MappedPage), secret,
		"a is locked, and MADV_DONTNEED may not take locked pages away. It is secret memory: munlock leaves its lock as it is. It comes first, so nothing was done.",
		"madvise a dontneed_locked takes them out of the page table; they stay in memory."},
	{"locked, and no pageout", "madvise a pageout", "madvise", "EINVAL", "", lockedHere(modeltest.MappedPage), secret,
		"a is locked, and MADV_PAGEOUT may not take locked pages away. It is secret memory: munlock leaves its lock as it is. It comes first, so nothing was done.",
		""},
	{"populated", "madvise a populate_read", "madvise", "EINVAL", "", lockedHere(modeltest.AbsentPage), secret,
		"a is secret memory, and the kernel's own code, which would bring its pages in, cannot get at them. It comes first, so nothing was brought in.",
		"touch a brings them in."},
	{"collapsed", "madvise a collapse", "madvise", "EINVAL", "", lockedHere(modeltest.MappedPage), secret,
		"a is secret memory, which is of single pages: the kernel could not copy them to a huge one. It comes first, so nothing was done.", ""},
	{"a hole, in a child", "in kid madvise a remove", "madvise", "EOPNOTSUPP", "", two, secret,
		"a is secret memory, into which no hole can be punched (fallocate). It comes first, so nothing was done.", "Take a memfd, mapped shared."},
	{"nothing to be synced with", "msync a sync", "msync", "EINVAL", "", lockedHere(modeltest.MappedPage), secret,
		"a is secret memory, which has no disk: there is nothing that MS_SYNC could have written. It comes first, so nothing was written.", ""},
	{"locked, and invalidated", "msync a invalidate", "msync", "EBUSY", "", lockedHere(modeltest.MappedPage), secret,
		"a is locked, and MS_INVALIDATE may not take locked pages away. Nothing was changed: MS_INVALIDATE alone syncs nothing. It is secret memory: munlock leaves its lock as it is.",
		""},
	{"made executable beside a key", "pkey_mprotect a rx k", "pkey_mprotect", "EACCES", "", lockedHere(modeltest.MappedPage), secret,
		"a is secret memory, and what memfd_secret makes may not be executed. Nothing was changed.", "Leave out x."},
	{"made executable", "mprotect a rx", "mprotect", "EACCES", "", lockedHere(modeltest.MappedPage), secret,
		"a is secret memory, and what memfd_secret makes may not be executed. Nothing was changed.", "Leave out x."},
	{"more than may be touched", "touch a", "touch", "SIGBUS", "", []model.Page{modeltest.MappedPage, modeltest.AbsentPage}, secretOver(4096, 8192),
		"a[1] is mapped, and the kernel could not bring it in: a page of secret memory counts from its first touch on, whoever maps it and whatever capabilities the process has; RLIMIT_MEMLOCK is 4K, and the session has 1 page.",
		"munmap secret memory, all that maps it; setrlimit memlock 8K allows one page more."},
	{"more than may be touched ever", "touch a", "touch", "SIGBUS", "", []model.Page{modeltest.MappedPage, modeltest.AbsentPage}, secretOver(4096, 4096),
		"a[1] is mapped, and the kernel could not bring it in: a page of secret memory counts from its first touch on, whoever maps it and whatever capabilities the process has; RLIMIT_MEMLOCK is 4K, and the session has 1 page.",
		"munmap secret memory, all that maps it, or start incore with a higher limit (ulimit -l)."},
	{"less than may be touched", "touch a", "touch", "SIGBUS", "", []model.Page{modeltest.MappedPage, modeltest.AbsentPage}, secretOver(8192, 8192),
		"a[1] is mapped, and the kernel could not bring it in: it lies within what is behind it, and why the kernel could not bring it in is not known; possible is RLIMIT_MEMLOCK, to which the kernel counts what secret memory and more the user's other processes have.",
		""},
	{"past the end", "touch a", "touch", "SIGBUS", "", lockedHere(modeltest.MappedPage, modeltest.AbsentPage), func(w *world) {
		secret(w)
		w.p.Regions[0].FileLen = 4096
		w.e.Signal.Addr, w.e.Signal.Code = modeltest.BaseA+4096, "BUS_ADRERR"
	},
		"a[1] is mapped, but nothing is behind it: the secret memory has 4K, and the page begins behind its end.", "Stay within what there is."},
}

func TestExplainSecret(t *testing.T) { runExplain(t, secretCases) }
