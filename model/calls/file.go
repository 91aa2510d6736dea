package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// fileFamily has the calls about the files behind regions.
var fileFamily = []dossier{
	{
		call: "msync", verb: "msync", page: "msync(2)", what: "Has changes of a shared mapping written to its file.", ok: done, round: roundsLength,
		args: []argument{argStart, argLength, arg("flags", explainFlags(""))},
		flags: map[model.Flag]string{
			model.MsSync:       "write now, and return when it is written",
			model.MsAsync:      "to be written some time: on Linux it does nothing, since that is so anyway",
			model.MsInvalidate: "other mappings of the file shall see it; fails where pages are locked",
		},
		causes: causes{
			"EINVAL": {unaligned, syncBoth, syncSecret}, "ENOMEM": {wrapsAround, syncHole}, "EBUSY": {syncLocked},
			"EIO": {syncFailed}, "ENOSPC": {syncFailed}, "EDQUOT": {syncFailed},
		},
		reach: ranged[lang.Msync]{
			on:    func(c lang.Msync) model.Target { return c.T },
			more:  func(_ *reacher, c lang.Msync) []model.Arg { return []model.Arg{syncArg(c.Mode)} },
			first: (*reacher).syncsOneWay,
			past:  "ENOMEM", mayEnd: true,
			mapping: func(r *reacher, c lang.Msync, v model.VMA, st *stop) {
				switch {
				case !v.Secret():
				case c.Mode.Has(syncInvalidate) && v.Lock != model.Unlocked:
					st.answer, st.why = "EBUSY", r.name(st.at)+" is locked, and munlock leaves secret memory so"
				case c.Mode.Has(syncSync):
					st.answer, st.why = "EINVAL", r.name(st.at)+" is secret memory, which has no disk to be written to"
				}
			},
			page: func(r *reacher, c lang.Msync, _ model.Range, pg model.Page, st *stop) {
				switch {
				case !pg.Has(model.InVMA):
					st.answer, st.why, st.goesOn = "ENOMEM", r.hasHole(st.at, "what is mapped is written all the same"), true
				case c.Mode.Has(syncInvalidate) && (pg.Lock == model.Locked || pg.Lock == model.OnFault):
					st.answer, st.why = "EBUSY", r.name(st.at)+" is locked"
				}
			},
		}.reach,
	},
	{
		call: "fadvise64", verb: "posix_fadvise", page: "posix_fadvise(2)", what: "Tells the kernel how a file will be used.", ok: done,
		args: []argument{argFile, arg("offset", explainOffset), arg("len", explainLength), arg("advice", explainConstant)},
		constants: map[string]string{
			"POSIX_FADV_NORMAL":     "no advice, the default",
			"POSIX_FADV_RANDOM":     "accesses will be at random: read(2) reads nothing ahead; a touch of a mapped page still may",
			"POSIX_FADV_SEQUENTIAL": "accesses will be in order: read further ahead",
			"POSIX_FADV_WILLNEED":   "will be used soon: begin to read it in",
			"POSIX_FADV_DONTNEED":   "will not be used soon: drop whole pages that are clean and that nobody maps",
			"POSIX_FADV_NOREUSE":    "will be used once: does nothing before Linux 6.3; since then a use by this opening does not count as a reason to keep a page",
		},
		telling: telling{failed: "The error %s. posix_fadvise returns it, and leaves errno alone."},
		causes:  causes{"EBADF": {fadviseNoFile}, "EINVAL": {fadviseTooLong}},
		reach:   following((*reacher).advisesFile),
	},
	{
		call: "read", verb: "read", page: "read(2)", what: "Has the kernel write to memory what a file has.", ok: value("how many bytes were read"), round: reachesPages,
		args:   []argument{argFile, argStart, argLength},
		causes: causes{"EFAULT": {transferPastEnd, transferFault}},
		reach:  following(func(r *reacher, c lang.ReadFile) { r.transfers("read", c.T) }),
	},
	{
		call: "write", verb: "write", page: "write(2)", what: "Has the kernel write what is in memory to a file.", ok: value("how many bytes were written"), round: reachesPages,
		args:   []argument{argFile, argStart, argLength},
		causes: causes{"EFAULT": {transferPastEnd, transferFault}, "EFBIG": {transferTooLong}},
		reach:  following(func(r *reacher, c lang.WriteFile) { r.transfers("write", c.T) }),
	},
	{
		call: "memfd_create", page: "memfd_create(2)", what: "Makes a file that lies in memory.", ok: value("the descriptor of the file"),
		since: model.Version{3, 17}, without: "no region on a memfd: memory that has two places (alias)",
		args: []argument{arg("name", explainedAs("for /proc alone; two may have the same")), arg("flags", explainFlags("none"))},
		flags: map[model.Flag]string{
			model.MfdCloexec: "closed by execve",
			model.MfdHugeTLB: "of huge pages, from the pool that the system keeps for them",
		},
		causes: causes{
			"EINVAL": {memfdFlags}, "ENODEV": {memfdNoHuge}, "EACCES": {memfdNoExec, leftover(securityModule)},
		},
	},
	{
		call: "memfd_secret", page: "memfd_secret(2)", what: "Makes a file whose memory is nowhere but in the page tables of those who map it.", ok: value("the descriptor of the file"),
		since:   model.Version{5, 14},
		without: fmt.Sprintf("no region of secret memory (mmap ... secret); before Linux %v it is off unless the kernel is started with secretmem.enable=1", sinceSecretOn),
		args:    []argument{arg("flags", explainFlags("none"))},
		flags:   map[model.Flag]string{model.SecretCloexec: "closed by execve"},
		causes:  causes{"ENOSYS": {secretOff}, "ENOMEM": {leftover("the kernel had no memory for a file")}},
	},
	{
		call: "ftruncate", verb: "truncate", page: "ftruncate(2)", what: "Gives a file its length.", ok: done,
		args:   []argument{argFile, argLength},
		causes: causes{"EINVAL": {fileTooLong, fileOfHugePages, secretHasLength}, "EFBIG": {fileTooLong}, "ENOSPC": {openNoSpace}},
		reach:  following((*reacher).truncates),
	},
	{
		call: "openat", page: "openat(2)", what: "Opens a file.", ok: value("the descriptor of the file"),
		args: []argument{
			arg("dirfd", explainConstant), arg("pathname", explainPath), arg("flags", explainFlags("")),
			arg("mode", explainedAs("its owner may read and write it, nobody else")),
		},
		flags: map[model.Flag]string{
			model.OpenReadOnly:  "for reading alone",
			model.OpenReadWrite: "for reading and writing",
			model.OpenCreate:    "made where it is not there",
			model.OpenExclusive: "has to be new",
			model.OpenNoTTY:     "does not become the controlling terminal",
			model.OpenNonblock:  "does not wait",
			model.OpenCloexec:   "closed by execve",
			model.OpenTmpfile:   "a file without a name, in that directory",
		},
		constants: map[string]string{"AT_FDCWD": "a path that is not from the root counts from the working directory"},
		causes: causes{
			"ENOENT": {openNoFile}, "ENOTDIR": {openNotDirectory}, "ELOOP": {openLoop}, "ENAMETOOLONG": {openNameTooLong},
			"EACCES": {openForbidden}, "EROFS": {openReadOnlyMount}, "EISDIR": {openNoTmpfile}, "EOPNOTSUPP": {openNoTmpfile},
			"ENOSPC": {openNoSpace}, "EDQUOT": {openNoSpace},
		},
	},
	{
		call: "unlinkat", page: "unlinkat(2)", what: "Takes a file's name away; the file goes with its last descriptor and mapping.", ok: done,
		args: []argument{arg("dirfd", explainConstant), arg("pathname", explainedAs("the file")), arg("flags", explainedAs("none"))},
	},
	{
		call: "close", page: "close(2)", what: "Gives a descriptor back. Mappings of its file stay.", ok: done,
		args:   []argument{argFile},
		causes: causes{"EIO": {closeFailed}, "ENOSPC": {closeFailed}, "EDQUOT": {closeFailed}},
	},
}

// The modes of msync that explanations tell apart.
const (
	syncSync       lang.SyncMode = "sync"
	syncAsync      lang.SyncMode = "async"
	syncInvalidate lang.SyncMode = "invalidate"
)

// syncArg returns the flags of a mode of msync.
func syncArg(m lang.SyncMode) model.Arg {
	a := model.MsyncFlags.Arg(0)
	for mode, flag := range map[lang.SyncMode]model.Flag{syncSync: model.MsSync, syncAsync: model.MsAsync, syncInvalidate: model.MsInvalidate} {
		if m.Has(mode) {
			a.Value |= flag.Bits()
		}
	}
	return a
}

// syncsOneWay checks the flags, which the kernel does where the address is aligned (mm/msync.c).
func (r *reacher) syncsOneWay(c lang.Msync) bool {
	s, err := r.p.Resolve(c.T)
	if err != nil || s.Addr%uint64(r.p.PageSize) != 0 || !c.Mode.Has(syncSync) || !c.Mode.Has(syncAsync) {
		return true
	}
	r.fails("EINVAL", "MS_SYNC and MS_ASYNC exclude each other")
	return false
}

func syncBoth(f failure) (why, try string) {
	if m := f.syncMode(); !m.Has(syncSync) || !m.Has(syncAsync) {
		return "", ""
	}
	return "MS_SYNC waits until all is written, and MS_ASYNC waits for nothing: the two exclude each other. Nothing was changed.", "Say one of them."
}

// The advices of posix_fadvise that are about the pages of a range.
const (
	fileWillneed lang.FileAdvice = "willneed"
	fileDontneed lang.FileAdvice = "dontneed"
	fileNoreuse  lang.FileAdvice = "noreuse"
)

// advisesFile is posix_fadvise: it is about the file, whose pages those of the region are. What
// is to be read is rounded outwards, and what is to be dropped inwards, but at the end of the
// file; the others are about the file as a whole (mm/fadvise.c).
func (r *reacher) advisesFile(c lang.PosixFadvise) {
	s, ok := r.resolve(c.T)
	if !ok {
		return
	}
	reg := r.p.Region(c.T.Region)
	if reg == nil { // raw memory, or where a region lay that is gone
		reg = r.regionAt(s.Addr)
	}
	fd, offset := "fd", uint64(0)
	if reg == nil || reg.Backing != model.Memfd && reg.Backing != model.Secret && reg.Backing != model.Scratch && reg.Backing != model.FileOf {
		fd = "-1"
	} else {
		offset = reg.Offset + s.Addr - reg.Base
	}
	r.call("fadvise64", wordOf(fd), lenOf(offset), lenOf(s.Len), wordOf("POSIX_FADV_"+upper(string(c.Advice))))
	if fd == "-1" {
		r.fails("EBADF", "no file lies behind it")
		return
	}
	ps := uint64(r.p.PageSize)
	end := offset + s.Len
	if s.Len == 0 || end < offset || end > math.MaxInt64 {
		end = math.MaxInt64 - ps
	}
	r.out.Effect = "about the file, whoever maps it"
	switch c.Advice {
	case fileWillneed:
		end = min(end, math.MaxInt64-ps) + ps - 1
	case fileDontneed:
		offset = min(offset, math.MaxInt64) + ps - 1
		if reg.Sized && end == reg.FileLen {
			end += ps - 1
		}
		r.out.Note = "only whole pages are dropped, and none that is mapped or dirty"
	case fileNoreuse:
		r.out.Effect = "about all uses of this opening of the file, by a touch and by read(2): they do not count as a reason to keep pages"
		if !r.since(sinceNoreuse) {
			r.out.Effect = fmt.Sprintf("nothing: before Linux %v the kernel takes the advice and does nothing", sinceNoreuse)
		}
		return
	default:
		r.out.Effect = "about all of the file as it is read from now on"
		return
	}
	before := int64(reg.Offset / ps) // pages of the file, before the region
	r.add(r.p, reg, model.Range{Lo: max(0, int64(offset/ps)-before), Hi: int64(end/ps) - before})
}

// truncates follows truncate: what lies behind the new end is taken from all that map the file, copies of a private
// mapping too (mm/truncate.c, truncate_pagecache).
func (r *reacher) truncates(c lang.Truncate) {
	reg := r.p.Region(c.Name)
	switch {
	case reg == nil:
		r.refuse(r.p.NoRegion(c.Name).Error())
		r.out.Unknown = true
		return
	case reg.Backing != model.Memfd && reg.Backing != model.Secret && reg.Backing != model.Scratch:
		r.refuse("truncate is for a memfd, a scratch file and secret memory: " + c.Name + " has none")
		return
	}
	size, ps := c.Size.Bytes(r.p.PageSize), uint64(r.p.PageSize)
	r.call("ftruncate", wordOf("fd"), lenOf(size))
	switch end := int64(size/ps + (size%ps+ps-1)/ps); {
	case size > math.MaxInt64:
		r.fails("EINVAL", "a file's length is a signed 64-bit number")
	case reg.Backing == model.Secret && reg.FileLen > 0:
		r.fails("EINVAL", "secret memory is given its length once, and has %s", model.FormatSize(reg.FileLen))
	case !reg.Sized:
		r.out.Effect = "the file is " + model.FormatSize(size) + " long"
	case size >= reg.FileLen:
		r.out.Effect = fmt.Sprintf("the file gets %s of zeros, none of them in memory", model.FormatSize(size-reg.FileLen))
	default:
		r.out.Effect = "an access behind the new end is SIGBUS"
		r.out.Note = "what lies behind it is gone, private copies too"
		end = max(0, end-int64(reg.Offset/ps))
		r.add(r.p, reg, model.Range{Lo: min(end, reg.Pages.Len()), Hi: reg.Pages.Len()})
	}
}

// explainOffset explains where in a file a range begins.
func explainOffset(w asked) (string, []Bit) {
	if w.Value == 0 {
		return "from the first byte of the file on", nil
	}
	text, _ := explainLength(w)
	return "from there in the file on: " + text, nil
}

// explainPath explains what openat opens.
func explainPath(w asked) (string, []Bit) {
	if slices.ContainsFunc(w.event.Args, func(a model.Arg) bool { return a.Has(model.OpenTmpfile) }) {
		return "the directory that the file is to lie in", nil
	}
	return "the file", nil
}

// syncMode returns the mode that msync was given, or "".
func (f failure) syncMode() lang.SyncMode {
	c, _ := f.cmd.(lang.Msync)
	return c.Mode
}

// syncHole explains a hole. Msync goes on after a hole, but for MS_ASYNC alone, which does nothing but look for
// holes; MS_INVALIDATE without MS_SYNC looks for locks as well (mm/msync.c).
func syncHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	done := " msync skips holes: what is mapped in the range, before and after, was synced all the same."
	switch m := f.syncMode(); {
	case m == syncAsync:
		done = " MS_ASYNC only looks whether the range is mapped: it starts no writing, and nothing was changed."
	case m.Has(syncAsync):
		done = " MS_ASYNC with MS_INVALIDATE only looks for holes and locks: it starts no writing, and nothing was changed."
	case m == syncInvalidate:
		done = " MS_INVALIDATE alone only looks for holes and locks: it syncs nothing, and nothing was changed."
	}
	return f.holeAt(at) + done, "Name pages that are mapped."
}

// syncLocked explains pages that are locked. MS_INVALIDATE alone writes nothing; that is what MS_SYNC is for, which goes VMA by VMA
// (mm/msync.c).
func syncLocked(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.Lock != model.Unlocked })
	if !ok {
		return "", ""
	}
	done := "Nothing was changed: MS_INVALIDATE alone syncs nothing."
	switch m := f.syncMode(); {
	case m.Has(syncAsync):
		done = "Nothing was changed: MS_ASYNC starts no writing."
	case m.Has(syncSync):
		done = f.before(at, "was written; nothing after it was", "It comes first, so nothing was written.")
	}
	why = fmt.Sprintf("%s is locked, and MS_INVALIDATE may not take locked pages away. %s", f.part(at, v), done)
	if v.Secret() {
		return why + secretStaysLocked, ""
	}
	return why, f.run("munlock %s first.", f.part(at, v))
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
	if c.Advice == fileNoreuse { // which madvise has not: what is to go first is cold
		try = f.run("madvise %s cold says of memory that it may go first.", c.T)
	}
	if c.Advice == fileDontneed { // which drops the cache of a file, and contents without one
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

// fadviseTooLong explains a length that is negative. The length is a signed number to this call (mm/fadvise.c).
func fadviseTooLong(f failure) (why, try string) {
	n := f.length(1)
	if n <= math.MaxInt64 {
		return "", ""
	}
	return fmt.Sprintf("The length, %d, is negative as a signed number of 64 bits, which the length of a file is.", n), "Give a shorter length."
}
