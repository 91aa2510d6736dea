package calls

import (
	"fmt"
	"slices"
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
		more: func(_ *reacher, c lang.Mprotect) []model.Arg { return []model.Arg{model.ProtFlags.Arg(uint64(c.Prot))} },
		past: "ENOMEM",
		effect: func(r *reacher, c lang.Mprotect, t model.Span) string {
			return r.pagesOf(t.Len) + " with protection " + c.Prot.String()
		},
		mapping: func(r *reacher, c lang.Mprotect, v model.VMA, st *stop) { r.protectStop(c.Prot, v, st) },
		page:    func(r *reacher, _ lang.Mprotect, _ model.Range, pg model.Page, st *stop) { r.protectHoleStop(pg, st) },
	}.reach,
}, {
	call: "pkey_mprotect", verb: "pkey_mprotect", page: "pkey_mprotect(2)", what: "Sets what may be done with pages, and their protection key.",
	ok: done, round: roundsLength, since: sincePkeys, without: noPkeys,
	args: []argument{argStart, argLength, arg("prot", explainFlags("")), arg("pkey", explainKey)},
	causes: causes{
		"EINVAL": {unaligned, keyNotTaken, hugeSplit, keptByKernel("has the new protection; nothing after it has")},
		"ENOMEM": {
			wrapsAround, protectHole, protectProcessLimit, protectNotPromised, splitTooManyVMAs,
			leftover("the kernel had no memory for its own tables"),
		},
		"EACCES": {protectReadOnlySegment, protectReadOnlyFile, kernelsProtected, protectSecret, protectNoExec, protectGainsExec, protectForbidden},
		"EPERM":  {protectSealed},
	},
	reach: ranged[lang.PkeyMprotect]{
		on: func(c lang.PkeyMprotect) model.Target { return c.T },
		more: func(r *reacher, c lang.PkeyMprotect) []model.Arg {
			return []model.Arg{model.ProtFlags.Arg(uint64(c.Prot)), r.keyNumber(c.Key)}
		},
		first:  (*reacher).knowsKey,
		charge: (*reacher).keyIsTaken,
		past:   "ENOMEM",
		effect: func(r *reacher, c lang.PkeyMprotect, t model.Span) string {
			words := "key of " + c.Key
			if k := r.p.Key(c.Key); k != nil {
				words = r.p.KeyWords(k.Number)
			}
			return r.pagesOf(t.Len) + " with protection " + c.Prot.String() + " and " + words
		},
		mapping: func(r *reacher, c lang.PkeyMprotect, v model.VMA, st *stop) { r.protectStop(c.Prot, v, st) },
		page: func(r *reacher, _ lang.PkeyMprotect, _ model.Range, pg model.Page, st *stop) {
			r.protectHoleStop(pg, st)
		},
	}.reach,
}, {
	call: "pkey_alloc", verb: "pkey_alloc", page: "pkey_alloc(2)", what: "Makes a protection key, and sets what the thread may do by it.",
	ok: value("the number of the key"), since: sincePkeys, without: noPkeys,
	args: []argument{arg("flags", explainedAs("none: there are none yet")), arg("access_rights", explainConstant)},
	constants: map[string]string{
		"PKEY_DISABLE_ACCESS": "the thread may neither read nor write by it",
		"PKEY_DISABLE_WRITE":  "the thread may read and not write by it",
	},
	causes: causes{"EINVAL": {noKeys}, "ENOSPC": {noKeys, keysTaken, leftover("the kernel has a key of its own for what may be executed alone")}},
	reach:  following((*reacher).allocatesKey),
}, {
	call: "pkey_free", verb: "pkey_free", page: "pkey_free(2)", what: "Frees a protection key. Pages keep its number.", ok: done, since: sincePkeys, without: noPkeys,
	args:   []argument{arg("pkey", explainKey)},
	causes: causes{"EINVAL": {keyNotTaken}},
	reach:  following((*reacher).freesKey),
}}

// protectsOverLimit reports whether RLIMIT_DATA stops mprotect at an address. It is asked for what a VMA has of the range (mm/mprotect.c,
// mprotect_fixup), and only where RLIMIT_AS would not refuse so much as well: then neither is looked at.
func (r *reacher) protectsOverLimit(at uint64) bool {
	l, stat := r.p.Limits, r.p.Stat
	first, more, ok := r.gains()
	return ok && l.Known && first == at && r.over(r.dataLimit(), stat.VmData, more) > 0 && r.over(l.Space, stat.VmSize, more) == 0
}

// protects returns the protection that a command of mprotect or pkey_mprotect sets.
func protects(c model.Command) (prot model.Prot, ok bool) {
	if c, ok := c.(lang.Mprotect); ok {
		return c.Prot, true
	}
	keyed, ok := c.(lang.PkeyMprotect)
	return keyed.Prot, ok
}

// keyIn returns the name of the protection key that a command is about, or "".
func keyIn(c model.Command) string {
	if c, ok := c.(lang.PkeyMprotect); ok {
		return c.Key
	}
	free, _ := c.(lang.PkeyFree)
	return free.Name
}

// protectStop says what of a mapping stops mprotect.
func (r *reacher) protectStop(prot model.Prot, v model.VMA, st *stop) {
	reg := r.regionAt(st.at)
	switch {
	case gainsExec(v, prot) && (!v.Sealed || r.since(sinceSealByVMA)) && r.setsMDWE():
		st.answer, st.why = "EACCES", "the process has PR_SET_MDWE: "+r.name(st.at)+" has protection "+v.Prot.String()+", and gets no x"
	case v.Sealed:
		st.answer, st.why, st.nothing = "EPERM", r.name(st.at)+" is sealed", !r.since(sinceSealByVMA)
	case attachedReadOnly(reg, v) && prot&model.ProtWrite != 0:
		st.answer, st.why = "EACCES", r.name(st.at)+" is attached for reading alone"
	case v.Secret() && prot&model.ProtExec != 0:
		st.answer, st.why = "EACCES", r.name(st.at)+" is secret memory, which may not be executed"
	case v.Shared && reg != nil && reg.Backing == model.FileOf && prot&model.ProtWrite != 0:
		st.answer, st.why = "EACCES", r.name(st.at)+" is shared, and its file is open for reading alone"
	case r.protectsOverLimit(st.at):
		st.answer, st.why = "ENOMEM", "over RLIMIT_DATA, which private memory that may be written counts as: "+model.FormatLimit(r.dataLimit())
	}
}

// protectHoleStop says that a hole stops mprotect.
func (r *reacher) protectHoleStop(pg model.Page, st *stop) {
	if !pg.Has(model.InVMA) {
		st.answer, st.why = "ENOMEM", r.stopsAtHole(st.at, "protected", ", nothing after it")
	}
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
	prot, ok := protects(f.cmd)
	if !ok || prot&model.ProtWrite == 0 {
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
	prot, ok := protects(f.cmd)
	if !ok || prot&model.ProtWrite == 0 {
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
	prot, ok := protects(f.cmd)
	if !ok || prot&model.ProtExec == 0 {
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
	prot, ok := protects(f.cmd)
	if _, looked := f.Looked.Setting("PR_GET_MDWE"); !ok || prot&model.ProtExec == 0 || looked {
		return unknown(securityModule), ""
	}
	return unknown(securityModule, "the process itself (PR_SET_MDWE) forbids to make such memory executable"), "Leave out x."
}

// noPkeys says what cannot be done on a kernel without the calls of protection keys.
const noPkeys = "pages cannot be given a protection key"

// keyNumber returns the argument that is a key, as the kernel will get it.
func (r *reacher) keyNumber(name string) model.Arg {
	if k := r.p.Key(name); k != nil {
		return model.Arg{Value: uint64(k.Number), Text: fmt.Sprint(k.Number)}
	}
	return wordOf(name)
}

// knowsKey refuses a key that never was.
func (r *reacher) knowsKey(c lang.PkeyMprotect) bool { return r.hasKey(c.Key) }

func (r *reacher) hasKey(name string) bool {
	if r.p.Key(name) != nil {
		return true
	}
	r.refuse(r.p.NoKey(name).Error())
	r.out.Unknown = true
	return false
}

// keyIsTaken is the check of the key, which comes right behind that of the range (mm/mprotect.c, do_mprotect_pkey).
func (r *reacher) keyIsTaken(t model.Span) bool {
	c, _ := r.cmd.(lang.PkeyMprotect)
	k := r.p.Key(c.Key)
	if k == nil || t.Len == 0 || t.End() < t.Addr || r.p.KeyTaken(k.Number) {
		return true
	}
	r.fails("EINVAL", "the protection key %s was freed", c.Key)
	return false
}

// allocatesKey is pkey_alloc.
func (r *reacher) allocatesKey(c lang.PkeyAlloc) {
	if k := r.p.Key(c.Name); k != nil && !k.Freed {
		r.refuse(fmt.Sprintf("there is a protection key %s already: take another name, or pkey_free it", c.Name))
		return
	}
	rights := map[model.KeyRights]string{"": "0", model.KeyNoAccess: "PKEY_DISABLE_ACCESS", model.KeyNoWrite: "PKEY_DISABLE_WRITE"}[c.Rights]
	r.call(c.Verb(), wordOf("0"), wordOf(rights))
	most := r.p.Limits.ProtectionKeys
	switch taken := len(r.takenKeys()); {
	case !r.p.Limits.Known:
	case most == 0:
		r.out.Note = "it will fail: " + processorHasNoKeys
		return
	case taken >= most-1:
		r.fails("ENOSPC", "all %d keys are taken", most-1)
		return
	}
	r.out.Effect = "a protection key, by which the thread " + c.Rights.Words()
}

// freesKey is pkey_free, which looks at no page.
func (r *reacher) freesKey(c lang.PkeyFree) {
	if !r.hasKey(c.Name) {
		return
	}
	r.call(c.Verb(), r.keyNumber(c.Name))
	number := r.p.Key(c.Name).Number
	if !r.p.KeyTaken(number) {
		r.fails("EINVAL", "the protection key %s was freed", c.Name)
		return
	}
	r.out.Effect = "key " + fmt.Sprint(number) + " may be another one's from now on"
	for _, v := range r.p.VMAs {
		if v.Key == number {
			r.out.Note = r.name(v.Start) + " has it, and keeps it"
			return
		}
	}
}

// takenKeys returns the numbers of the keys that are known to be taken: those that were made and not freed, and the kernel's own for
// what may be executed alone, where something has it (arch/x86/mm/pkeys.c, __execute_only_pkey).
func (f failure) takenKeys() (numbers []int) {
	for i := range f.p.Keys {
		if n := f.p.Keys[i].Number; (f.p.KeyTaken(n) || f.p.KernelsKey(n)) && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	for _, v := range f.p.VMAs {
		if f.p.KernelsKey(v.Key) && !slices.Contains(numbers, v.Key) {
			numbers = append(numbers, v.Key)
		}
	}
	return numbers
}

// processorHasNoKeys is what /proc/cpuinfo says.
const processorHasNoKeys = "this processor has no protection keys, or the kernel does not use them (no ospke in /proc/cpuinfo; on arm64 no poe)"

// noKeys explains a processor without protection keys. On x86-64 the first call of an address space then takes a key that it cannot set up,
// and does not give it back (arch/x86/include/asm/pkeys.h, mm_pkey_free): it is EINVAL, and those after it find none left.
func noKeys(f failure) (why, try string) {
	if !f.p.Limits.Known || f.p.Limits.ProtectionKeys > 0 {
		return "", ""
	}
	why = strings.ToUpper(processorHasNoKeys[:1]) + processorHasNoKeys[1:] + "."
	if f.p.Limits.TagBits == 0 {
		why += " Linux on x86-64 says EINVAL the first time that an address space asks, and ENOSPC after that."
	}
	return why, "Run it on a machine whose processor has them."
}

// keysTaken explains that there are no more keys.
func keysTaken(f failure) (why, try string) {
	taken := f.takenKeys()
	if len(taken) < f.p.Limits.ProtectionKeys-1 {
		return "", ""
	}
	var names []string
	for _, n := range taken {
		if !f.p.KernelsKey(n) {
			names = append(names, f.p.KeyOf(n).Name)
		}
	}
	why = fmt.Sprintf("A process has %d protection keys. Key 0 is the default one, and all others are taken: %s", f.p.Limits.ProtectionKeys, strings.Join(names, " "))
	if own := len(taken) - len(names); own > 0 {
		why += ", and one is the kernel's, for what may be executed alone"
	}
	return why + ".", f.run("pkey_free one of them.")
}

// keyNotTaken explains a key that was freed.
func keyNotTaken(f failure) (why, try string) {
	name := keyIn(f.cmd)
	k := f.p.Key(name)
	if k == nil || f.p.KeyTaken(k.Number) {
		return "", ""
	}
	why = fmt.Sprintf("The protection key %s, number %d, was freed, and no pkey_alloc has returned that number since.", name, k.Number)
	if f.p.KernelsKey(k.Number) {
		why = fmt.Sprintf("The protection key %s, number %d, was freed, and the kernel has given that number to what may be executed alone.", name, k.Number)
	}
	return why + f.unchanged("Nothing was changed."), f.run("pkey_alloc %s makes it anew.", name)
}

// explainKey explains the number of a protection key.
func explainKey(w asked) (string, []Bit) {
	return "the number of the protection key " + keyIn(lang.Inner(w.event.Command)), nil
}

// keyDenied returns the first mapping of a span of which the key forbids an access that needs one of the rights.
func (f failure) keyDenied(s model.Span, need model.Prot) (at uint64, v model.VMA, ok bool) {
	for _, v := range f.p.VMAsIn(s) {
		if v.Key != 0 && f.p.KeyRights(v.Key).Denies(need) {
			return max(v.Start, s.Addr), v, true
		}
	}
	return 0, model.VMA{}, false
}

// keyForbids explains SEGV_PKUERR. The kernel tells which key it was.
func keyForbids(f failure) (why, try string) {
	if f.Signal.Code != "SEGV_PKUERR" || f.Signal.Key == 0 {
		return "", ""
	}
	need, did := f.access()
	name, pg := f.name(f.Signal.Addr), f.page()
	why = fmt.Sprintf("%s has %s, by which the thread %s", name, f.p.KeyWords(f.Signal.Key), f.p.KeyRights(f.Signal.Key).Words())
	switch {
	case did == "" || !pg.Has(model.InVMA):
	case f.p.KernelsKey(f.Signal.Key):
		return why + fmt.Sprintf(", and %s %s it.", f.Call, did), f.run("mprotect %s %s.", f.typed(f.Signal.Addr), atLeastRead((pg.Prot | need)))
	case pg.Prot&need != 0:
		why += fmt.Sprintf(", and %s %s it. Its protection, %s, would allow that", f.Call, did, pg.Prot)
	default:
		why += fmt.Sprintf(", and %s %s it. Its protection, %s, would not allow that either", f.Call, did, pg.Prot)
	}
	return why + ".", f.run("pkey_mprotect %s %s with a key that was made without %s.", f.typed(f.Signal.Addr), atLeastRead((pg.Prot | need)), f.p.KeyRights(f.Signal.Key))
}

// populateNeed is the access by which a lock brings in a mapping: private memory that may be written is written
// (mm/gup.c, populate_vma_page_range).
func populateNeed(v model.VMA) model.Prot {
	if !v.Shared && v.Prot&model.ProtWrite != 0 {
		return model.ProtWrite
	}
	return model.ProtRead
}

// lockKeyStop says that a lock of what a key forbids to access brings nothing in there (mm/gup.c, check_vma_flags).
func (r *reacher) lockKeyStop(v model.VMA, st *stop) {
	if v.Key != 0 && r.p.KeyRights(v.Key).Denies(populateNeed(v)) {
		st.answer, st.goesOn = "ENOMEM", true
		st.why = fmt.Sprintf("%s has %s: locked, and not brought in", r.name(st.at), r.p.KeyWords(v.Key))
	}
}

// lockKeyDenied explains a lock that a key keeps from bringing pages in.
func lockKeyDenied(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		return v.Key != 0 && v.Lock == model.Locked && f.p.KeyRights(v.Key).Denies(populateNeed(v))
	})
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s has %s, by which the thread %s, so it could not be brought in. The whole range is locked all the same. %s",
			f.part(at, v), f.p.KeyWords(v.Key), f.p.KeyRights(v.Key).Words(),
			f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")),
		f.run("mlock2 %s onfault brings nothing in.", f.target(f.pages().Addr, f.pages().End()))
}
