package calls

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// protectFamily is what sets the protection of pages.
var protectFamily = []dossier{{
	call: "mprotect", verb: "mprotect", page: "mprotect(2)", what: "Sets what may be done with pages.", ok: done, round: roundsLength,
	args: []argument{argStart, argLength, arg("prot", explainFlags(""))},
	flags: map[model.Flag]string{
		model.RightNone:  "any access is SIGSEGV",
		model.RightRead:  "may be read",
		model.RightWrite: "may be written",
		model.RightExec:  "may be executed",
	},
	causes: causes{
		"EINVAL": {unaligned, hugeSplit, keptByKernel("has the new protection; nothing after it has")},
		"ENOMEM": {
			wrapsAround, protectHole, protectProcessLimit, protectNotPromised, splitTooManyVMAs,
			leftover("the kernel had no memory for its own tables"),
		},
		"EACCES": {protectReadOnlySegment, protectReadOnlyFile, kernelsProtected, protectSecret, protectNoExec, protectGainsExec, protectForbidden},
		"EPERM":  {protectSealed},
	},
	reach: ranged[lang.Mprotect]{
		on:   func(c lang.Mprotect) model.Target { return c.T },
		more: func(c lang.Mprotect) []model.Arg { return []model.Arg{model.ProtFlags.Arg(uint64(c.Prot))} },
		past: "ENOMEM",
		effect: func(r *reacher, c lang.Mprotect, t model.Span) string {
			return r.pagesOf(t.Len) + " with protection " + c.Prot.String()
		},
		mapping: func(r *reacher, c lang.Mprotect, v model.VMA, st *stop) {
			reg := r.regionAt(st.at)
			switch {
			case gainsExec(v, c.Prot) && (!v.Sealed || r.since(sinceSealByVMA)) && r.setsMDWE():
				st.answer, st.why = "EACCES", "the process has PR_SET_MDWE: "+r.name(st.at)+" has protection "+v.Prot.String()+", and gets no x"
			case v.Sealed:
				st.answer, st.why, st.nothing = "EPERM", r.name(st.at)+" is sealed", !r.since(sinceSealByVMA)
			case attachedReadOnly(reg, v) && c.Prot&model.ProtWrite != 0:
				st.answer, st.why = "EACCES", r.name(st.at)+" is attached for reading alone"
			case v.Secret() && c.Prot&model.ProtExec != 0:
				st.answer, st.why = "EACCES", r.name(st.at)+" is secret memory, which may not be executed"
			case v.Shared && reg != nil && reg.Backing == model.FileOf && c.Prot&model.ProtWrite != 0:
				st.answer, st.why = "EACCES", r.name(st.at)+" is shared, and its file is open for reading alone"
			case r.protectsOverLimit(st.at):
				st.answer, st.why = "ENOMEM", "over RLIMIT_DATA, which private memory that may be written counts as: "+model.FormatLimit(r.p.Limits.Data)
			}
		},
		page: func(r *reacher, _ lang.Mprotect, _ model.Range, pg model.Page, st *stop) {
			if !pg.Has(model.InVMA) {
				st.answer, st.why = "ENOMEM", r.stopsAtHole(st.at, "protected", ", nothing after it")
			}
		},
	}.reach,
}}

// protectsOverLimit reports whether RLIMIT_DATA stops mprotect at an address. It is asked for what a VMA has of the range (mm/mprotect.c,
// mprotect_fixup), and only where RLIMIT_AS would not refuse so much as well: then neither is looked at.
func (r *reacher) protectsOverLimit(at uint64) bool {
	l, stat := r.p.Limits, r.p.Stat
	first, more, ok := r.gains()
	return ok && l.Known && first == at && r.over(l.Data, stat.VmData, more) > 0 && r.over(l.Space, stat.VmSize, more) == 0
}

func protectHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " " + f.before(at, "has the new protection; nothing after it has",
		"It is the first page of the range, so nothing was changed."), "Name pages that are mapped."
}

// attachedReadOnly reports whether a VMA is of a segment that was attached with SHM_RDONLY: it may never be written (ipc/shm.c, do_shmat;
// VM_MAYWRITE, which is mw in smaps).
func attachedReadOnly(r *model.Region, v model.VMA) bool {
	return r != nil && r.Backing == model.Shm && v.Flags != 0 && !v.Flags.Has("mw")
}

// protectReadOnlySegment explains a segment that may not be written here.
func protectReadOnlySegment(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mprotect)
	if !ok || c.Prot&model.ProtWrite == 0 {
		return "", ""
	}
	var of string
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		r := f.regionAt(max(v.Start, f.pages().Addr))
		if !attachedReadOnly(r, v) {
			return false
		}
		of = r.Name
		return true
	})
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is of a segment that was attached for reading alone (SHM_RDONLY), which no mprotect changes. %s",
		f.part(at, v), strings.TrimSpace(f.protectedBefore(at))), f.run("shmat again of %s is one that may be written.", of)
}

// protectReadOnlyFile explains a file that may not be written. A shared mapping of a file that is not open for writing may never be
// made writable. incore opens the user's files so.
func protectReadOnlyFile(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mprotect)
	if !ok || c.Prot&model.ProtWrite == 0 {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		r := f.regionAt(max(v.Start, f.pages().Addr))
		return v.Shared && r != nil && r.Backing == model.FileOf
	})
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is a shared mapping of a file, which incore opens for reading alone, so that nothing can change it. %s",
		f.part(at, v), strings.TrimSpace(f.protectedBefore(at))), "Map the file private: a write then makes a copy of the page."
}

// protectNoExec explains a noexec mount. The file behind a mapping may lie on a mount where nothing may be executed.
func protectNoExec(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mprotect)
	if !ok || c.Prot&model.ProtExec == 0 {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		r := f.regionAt(max(v.Start, f.pages().Addr))
		if r == nil {
			return false
		}
		file, looked := f.Looked.File(r.Name)
		return looked && file.NoExec && !privateAnon(v)
	})
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("The file behind %s lies where nothing may be executed (a noexec mount).%s", f.part(at, v), f.protectedBefore(at)),
		"Leave out x, or map a copy of the file in a directory of another file system."
}

func protectForbidden(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mprotect)
	if _, looked := f.Looked.Setting("PR_GET_MDWE"); !ok || c.Prot&model.ProtExec == 0 || looked {
		return unknown(securityModule), ""
	}
	return unknown(securityModule, "the process itself (PR_SET_MDWE) forbids to make such memory executable"), "Leave out x."
}
