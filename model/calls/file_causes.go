package calls

import (
	"fmt"
	"math"

	"incore/model"
	"incore/model/lang"
)

// msync, posix_fadvise, and the files behind regions.

// syncMode is the mode that msync was given, or "".
func (f failure) syncMode() lang.SyncMode {
	c, _ := f.cmd.(lang.Msync)
	return c.Mode
}

// syncHole: msync goes on after a hole, but for MS_ASYNC, which does nothing but look for
// holes; MS_INVALIDATE alone looks for locks as well (mm/msync.c).
func syncHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	done := " msync skips holes: what is mapped in the range, before and after, was synced all the same."
	switch f.syncMode() {
	case "async":
		done = " MS_ASYNC only looks whether the range is mapped: it starts no writing, and nothing was changed."
	case "invalidate":
		done = " MS_INVALIDATE alone only looks for holes and locks: it syncs nothing, and nothing was changed."
	}
	return f.holeAt(at) + done, "Name pages that are mapped."
}

// syncLocked: MS_INVALIDATE alone writes nothing; that is what MS_SYNC is for.
func syncLocked(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.Lock != model.Unlocked })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is locked, and MS_INVALIDATE may not take locked pages away. Nothing was changed: MS_INVALIDATE alone syncs nothing.", f.part(at, v)),
		f.run("munlock %s first.", f.part(at, v))
}

func syncFailed(f failure) (why, try string) {
	if f.Errno == "EIO" {
		return "The file behind the range could not be written to its disk: the file system reported an error, now or since the last msync.", ""
	}
	return "The file behind the range could not be written: its disk, or the user's part of it, is full.", "Make room on the disk."
}

func fadviseNoFile(f failure) (why, try string) {
	c, ok := f.cmd.(lang.PosixFadvise)
	if !ok {
		return "", ""
	}
	try = f.run("madvise %s %s is the same advice about memory.", c.T, c.Advice)
	if c.Advice == "dontneed" { // which drops the cache of a file, and contents without one
		try = f.run("madvise %s pageout takes the pages out of core and keeps what is in them, where there is swap; madvise %s dontneed would throw it away.", c.T, c.T)
	}
	r := f.p.Region(c.T.Region)
	if c.T.Form == model.RawSpan || r == nil {
		return fmt.Sprintf("posix_fadvise is about files, and no file of a region lies behind %s.", c.T), try
	}
	if r.Malloc != "" { // whose blocks are no pages
		try = ""
	}
	return fmt.Sprintf("posix_fadvise is about files, and none lies behind %s, which is %s memory.", r.Name, r.Backing), try
}

// fadviseTooLong: the length is a signed number to this call (mm/fadvise.c).
func fadviseTooLong(f failure) (why, try string) {
	n := f.length(1)
	if n <= math.MaxInt64 {
		return "", ""
	}
	return fmt.Sprintf("The length, %d, is negative as a signed number of 64 bits, which the length of a file is.", n), "Give a shorter length."
}

// path is the file that an mmap names, as a sentence begins.
func (f failure) path() string {
	if c, ok := f.mapping(); ok && c.Backing == model.FileOf {
		return c.Path
	}
	return "The path"
}

func openNoFile(f failure) (why, try string) {
	return fmt.Sprintf("%s: there is no such file, or a directory on the way to it is missing.", f.path()), "Give a path from the root, such as /etc/passwd."
}

func openNotDirectory(f failure) (why, try string) {
	return fmt.Sprintf("%s: something on the way to it is a file and no directory.", f.path()), "Give the path of a file."
}

func openLoop(f failure) (why, try string) {
	return fmt.Sprintf("%s: more than 40 symbolic links lie on the way to it, or they lead in a circle.", f.path()), "Give the path of the file itself."
}

func openNameTooLong(f failure) (why, try string) {
	return fmt.Sprintf("%s: a part of it is longer than a file's name may be, 255 bytes.", f.path()), "Give a shorter path."
}

func openForbidden(f failure) (why, try string) {
	if c, ok := f.mapping(); ok && c.Backing == model.Scratch {
		return "The user may not make files in this directory; incore tries the next one.", "Set TMPDIR to a directory of yours."
	}
	return fmt.Sprintf("%s: the user may not read it, or not search a directory on the way to it.", f.path()), "Start incore as a user who may read it, or take scratch."
}

func openReadOnlyMount(f failure) (why, try string) {
	return "The file system is mounted read-only, so that no file can be made on it; incore tries the next directory.", "Set TMPDIR to a directory that can be written."
}

// openNoTmpfile: EISDIR is what a kernel says that takes the flags for O_DIRECTORY alone.
func openNoTmpfile(f failure) (why, try string) {
	if f.Errno == "EISDIR" && !f.since(flagSince["O_TMPFILE"]) {
		return fmt.Sprintf("O_TMPFILE came with Linux %v; this is %s. incore makes a file with a name and removes the name.", flagSince["O_TMPFILE"], f.kernel), ""
	}
	return "This file system knows no files without a name (O_TMPFILE). incore makes one with a name and removes the name.", ""
}

func openNoSpace(f failure) (why, try string) {
	return "The disk, or the user's part of it, is full.", "Make room on the disk, or set TMPDIR to another."
}

func memfdFlags(f failure) (why, try string) {
	if c, ok := f.mapping(); !ok || !c.HugeTLB {
		return "", ""
	}
	if v := flagSince["MFD_HUGETLB"]; !f.since(v) {
		return fmt.Sprintf("MFD_HUGETLB came with Linux %v; this is %s.", v, f.kernel), "Leave out hugetlb, or take anon."
	}
	if f.sys.MemTotal == 0 || f.sys.HugeSize != 0 {
		return "", ""
	}
	return "This kernel was built without hugetlb pages: /proc/meminfo tells no size of them.", "Leave out hugetlb."
}

func memfdNoHuge(f failure) (why, try string) {
	return "This kernel has no hugetlb pages of that size.", "Leave out hugetlb."
}

// memfdNoExec: memfd_create(2), proc_sys_vm(5).
func memfdNoExec(f failure) (why, try string) {
	if n, ok := f.Looked.Setting("vm.memfd_noexec"); !ok || n < 2 {
		return "", ""
	}
	return "vm.memfd_noexec is 2: a memory file may be made only where it says that it is not executable, and incore's does not say so.", "Take scratch, or anon."
}

// fileTooLong: fs/open.c, do_truncate and its callers; setrlimit(2), RLIMIT_FSIZE.
func fileTooLong(f failure) (why, try string) {
	n := f.span().Len
	limit := f.p.Limits.FileSize
	switch {
	case n > math.MaxInt64:
		return fmt.Sprintf("The file behind the mapping cannot be %s long: a file's length is a signed 64-bit number.", model.FormatSize(n)), "Map less."
	case f.Errno != "EFBIG":
		return "", ""
	case f.p.Limits.Known && limit != model.Unlimited && n > uint64(limit):
		return fmt.Sprintf("The file behind the mapping would be %s long, and RLIMIT_FSIZE (ulimit -f) is %s. A program that does not ignore SIGXFSZ, as this one does, is ended by it here.", model.FormatSize(n), model.FormatLimit(limit)),
			"Map less of it, or anon memory; or start incore with a higher limit."
	}
	if !f.p.Limits.Known {
		return unknown("the file system has no files of that length", "RLIMIT_FSIZE, of the files of the process"), "Map less."
	}
	return fmt.Sprintf("The file system has no files of %s: no limit of the process refuses that.", model.FormatSize(n)), "Map less."
}

// closeFailed: the descriptor is closed all the same (close(2)).
func closeFailed(f failure) (why, try string) {
	return "What was still to be written to the file could not be. The descriptor is closed all the same.", ""
}
