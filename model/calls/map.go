package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// mapFamily is what makes and unmakes mappings.
var mapFamily = []dossier{
	{
		call: model.CallMmap, verb: "mmap", page: "mmap(2)", what: "Maps new memory.", ok: value("the address where the mapping begins"), round: roundsLength,
		args: []argument{
			arg("addr", addressOr("the kernel chooses where")), argLength, arg("prot", explainFlags("")), arg("flags", explainFlags("")), argFile,
			arg("offset", explainMapOffset),
		},
		flags: map[model.Flag]string{
			model.MapShared:         "changes are seen by all who map it, and reach the file if there is one",
			model.MapPrivate:        "changes are this process's own: a page is copied as it is written",
			model.MapDroppable:      "changes are this process's own, and where memory is short the kernel may drop them: the page reads as zeros then",
			model.MapAnonymous:      "no file: zeroed memory",
			model.MapFixed:          "at exactly this address, in place of what lies there",
			model.MapGrowsDown:      "for a stack: grows when the page below it is touched",
			model.MapLocked:         "locked as by mlock, though it does not fail where not all of it can be brought in",
			model.MapPopulate:       "all of it is brought in at once, as far as that can be done",
			model.MapNoreserve:      "no swap is reserved for it: it does not count against the commit limit, unless that is strict",
			model.MapStack:          "meant for a thread's stack: from Linux 6.7 on it is not made of huge pages by themselves, before that nothing comes of it",
			model.Map32Bit:          "between 1G and 2G, where 31 bits have room for the address; on x86-64 alone, others ignore it",
			model.MapFixedNoreplace: "at exactly this address, unless something lies there; before Linux 4.17 no more than a hint",
			model.MapHugeTLB:        "of huge pages, from the pool that the system keeps for them",
		},
		causes: causes{
			"EINVAL": {offsetUnaligned, lengthZero, fixedUnaligned, hugeNone, hugeFile, fixedHugeUnaligned, growsDownFile, mapDroppableAlone, mapSecretPrivate, kernelsKept},
			"ENOMEM": {
				mapTooLong, mapTooManyVMAs, mapPastEnd, mapNoRoomLow, mapNoRoom, mapProcessLimit, mapNotPromised, mapFullOfVMAs, mapHugePool,
				leftover("the kernel had no memory for its own tables", "a memory cgroup has no room for them"),
			},
			"EPERM":     {mapLockForbidden, sealed, fixedBelowMin, mapNoExec, mapSecretExec},
			"EAGAIN":    {mapSecretOverLimit, mapLockedOverLimit},
			"EEXIST":    {placeTaken},
			"EOVERFLOW": {offsetTooFar},
			"EACCES":    {mapReadOnlyFile, mapGainsExec, leftover(securityModule)},
			"ENODEV":    {mapNoDevice},
			"EIO":       {mapNoEntry},
		},
		reach:   following((*reacher).mmaps),
		mapping: func(f failure) (lang.Mmap, bool) { c, ok := f.cmd.(lang.Mmap); return c, ok },
	},
	{
		call: model.CallMunmap, verb: "munmap", page: "munmap(2)", what: "Takes mappings away: any access is SIGSEGV after that.", ok: done, round: roundsLength,
		args:   []argument{argStart, argLength},
		unmade: "Nothing was unmapped",
		causes: causes{
			"EINVAL": {blockUnaligned, unaligned, lengthZero, hugeSplit, kernelsKept, outsideAddressSpace},
			"EPERM":  {sealed},
			"ENOMEM": {splitTooManyVMAs},
		},
		reach: ranged[lang.Munmap]{
			on:       func(c lang.Munmap) model.Target { return c.T },
			nonempty: true,
			effect:   func(r *reacher, _ lang.Munmap, t model.Span) string { return r.unmaps(t) },
			mapping: func(r *reacher, _ lang.Munmap, v model.VMA, st *stop) {
				if v.Sealed {
					st.answer, st.why, st.nothing = "EPERM", r.name(st.at)+" is sealed: nothing is unmapped", true
				}
			},
		}.reach,
	},
	{
		call: model.CallMremap, verb: "mremap", page: "mremap(2)", what: "Makes a mapping longer or shorter, or moves it.", ok: value("the address where the mapping begins now"), round: roundsLength,
		args: []argument{
			arg("old_address", explainAddress), arg("old_size", explainLength), arg("new_size", explainLength), arg("flags", explainFlags("it may not move")),
			arg("new_address", addressOr("the kernel chooses where")),
		},
		flags: map[model.Flag]string{
			model.MremapMayMove:   "it may move to another address where it cannot grow in place",
			model.MremapFixed:     "to exactly this address, in place of what lies there",
			model.MremapDontUnmap: "its pages move, and an empty mapping stays where they were",
		},
		telling: telling{mapped: "is now at"},
		causes: causes{
			"EINVAL": {
				unaligned, remapToNothing, remapTooLong, remapPastEnd, remapToUnaligned, remapCannotStay, remapKeepsLength, remapOverlaps, remapCopies, remapDontUnmapNew,
				remapHuge,
			},
			"EFAULT": {remapHole, remapSeveral},
			"EPERM":  {sealed, remapOntoSealed},
			"EAGAIN": {remapLockedOverLimit},
			"ENOMEM": {remapTooLong, remapStays, remapProcessLimit, remapTooManyVMAs, remapNoRoom, remapNotPromised},
		},
		reach: following((*reacher).remaps),
	},
	{
		call: "mseal", verb: "mseal", page: "mseal(2)", what: "Seals mappings: from then on they cannot be unmapped, moved or given another protection.", ok: done, round: roundsLength,
		since: model.Version{6, 10}, without: "no memory can be sealed",
		args: []argument{argStart, argLength, arg("flags", explainedAs("no flags exist yet"))},
		causes: causes{
			"EINVAL": {unaligned, wrapsAround, keptByKernel("was sealed; nothing after it was")},
			"ENOMEM": {sealHole, splitTooManyVMAs},
		},
		reach: ranged[lang.Mseal]{
			on:   func(c lang.Mseal) model.Target { return c.T },
			more: func(*reacher, lang.Mseal) []model.Arg { return []model.Arg{wordOf("0")} },
			effect: func(r *reacher, _ lang.Mseal, t model.Span) string {
				return r.pagesOf(t.Len) + " can then not be unmapped, moved or protected"
			},
			page: wholeOnly[lang.Mseal],
		}.reach,
	},
}

// unmaps says what munmap leaves of the regions.
func (r *reacher) unmaps(t model.Span) string {
	for _, reg := range r.p.Regions {
		if reg.Base >= t.Addr && reg.Base+reg.Len <= t.End() {
			return r.pagesOf(r.mapped(t)) + ": " + reg.Name + " is gone then"
		}
	}
	return r.pagesOf(r.mapped(t)) + ": a hole is left"
}

// Why openat, memfd_create, ftruncate and close fail, by which mmap has a file that it maps.

// path returns the file that an mmap names, as a sentence begins.
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

// openNoTmpfile explains a file system without O_TMPFILE. EISDIR is what a kernel says that takes the flags for O_DIRECTORY alone.
func openNoTmpfile(f failure) (why, try string) {
	if f.Errno == "EISDIR" && !f.since(sinceTmpfile) {
		return fmt.Sprintf("O_TMPFILE came with Linux %v; this is %s. incore makes a file with a name and removes the name.", sinceTmpfile, f.kernel), ""
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
	if v := sinceMfdHugetlb; !f.since(v) {
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

// memfdNoExec explains vm.memfd_noexec: memfd_create(2), proc_sys_vm(5).
func memfdNoExec(f failure) (why, try string) {
	if n, ok := f.Looked.Setting("vm.memfd_noexec"); !ok || n < 2 {
		return "", ""
	}
	return "vm.memfd_noexec is 2: a memory file may be made only where it says that it is not executable, and incore's does not say so.", "Take scratch, or anon."
}

// fileTooLong explains a length that a file cannot have: fs/open.c, do_truncate and its callers; setrlimit(2), RLIMIT_FSIZE.
func fileTooLong(f failure) (why, try string) {
	less := "Map less."
	if _, ok := f.cmd.(lang.Truncate); ok {
		less = "Give less."
	}
	n := f.length(0)
	limit := f.p.Limits.FileSize
	switch {
	case n > math.MaxInt64:
		return fmt.Sprintf("The file behind the mapping cannot be %s long: a file's length is a signed 64-bit number.", model.FormatSize(n)), less
	case f.Errno != "EFBIG":
		return "", ""
	case f.p.Limits.Known && limit != model.Unlimited && n > uint64(limit):
		return fmt.Sprintf("The file behind the mapping would be %s long, and RLIMIT_FSIZE (ulimit -f) is %s. A program that does not ignore SIGXFSZ, as this one does, is ended by it here.", model.FormatSize(n), model.FormatLimit(limit)),
			"Map less of it, or anon memory; or start incore with a higher limit."
	}
	if !f.p.Limits.Known {
		return unknown("the file system has no files of that length", "RLIMIT_FSIZE, of the files of the process"), less
	}
	return fmt.Sprintf("The file system has no files of %s: no limit of the process refuses that.", model.FormatSize(n)), less
}

// fileOfHugePages explains a length that a file of hugetlb cannot have (fs/hugetlbfs/inode.c, hugetlbfs_setattr).
func fileOfHugePages(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Truncate)
	span, err := f.p.Resolve(model.Target{Region: c.Name})
	if !ok || err != nil {
		return "", ""
	}
	huge := slices.ContainsFunc(f.p.VMAsIn(span), func(v model.VMA) bool { return v.HugeTLB })
	if size := uint64(f.sys.HugeSize); huge && size > 0 && f.length(0)%size != 0 {
		return fmt.Sprintf("The file is of huge pages, and %s is not a multiple of theirs, %s.", model.FormatSize(f.length(0)), model.FormatSize(size)),
			"Give a multiple of that."
	}
	return "", ""
}

// closeFailed explains what was not written. The descriptor is closed all the same (close(2)).
func closeFailed(f failure) (why, try string) {
	return "What was still to be written to the file could not be. The descriptor is closed all the same.", ""
}
