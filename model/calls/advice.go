package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// adviceFamily is what gives advices about pages.
var adviceFamily = []dossier{{
	call: model.CallMadvise, verb: "madvise", page: "madvise(2)", what: "Tells the kernel how memory will be used, or has it do something at once.", ok: done, round: roundsLength,
	args:      []argument{argStart, argLength, arg("advice", explainConstant)},
	constants: adviceConstants(),
	causes: causes{
		"EINVAL": {
			adviceTooNew, unaligned, wrapsAround, adviceSecret, adviceOnLocked, adviceHuge, adviceHugeFork, hugeSplit, adviceAnonymousOnly, adviceGuardOnFile,
			adviceRemoveNoFile, adviceAccess, adviceKeyed, adviceDodumpDroppable, adviceOnKernels, collapseDisabled, notCollapsed, adviceNotBuiltIn,
		},
		"ENOMEM":     {adviceHole, adviceNoHugePage, leftover("the kernel had no memory for what it needs")},
		"EFAULT":     {adviceFault},
		"EACCES":     {adviceRemovePrivate},
		"EPERM":      {adviceSealed},
		"EOPNOTSUPP": {adviceRemoveUnsupported},
		"EAGAIN":     {splitTooManyVMAs, adviceBusy, leftover("the kernel was short of memory for its own tables for a moment")},
		"EBUSY":      {adviceOverMemcg},
		"EBADF":      {adviceNoSwapFile},
		"EIO":        {fileUnreadable},
		"EHWPOISON":  {brokenPage},
	},
	reach: ranged[lang.Madvise]{
		on:      func(c lang.Madvise) model.Target { return c.T },
		more:    func(_ *reacher, c lang.Madvise) []model.Arg { return []model.Arg{wordOf(adviceConstant(c.Advice))} },
		first:   (*reacher).knowsAdvice,
		special: func(_ lang.Madvise, v model.VMA) bool { return v.Sealed },
		reads:   func(c lang.Madvise) bool { return advices[c.Advice].populates() },
		mapping: func(r *reacher, c lang.Madvise, v model.VMA, st *stop) {
			st.answer, st.why = r.adviceStop(c.Advice, v, r.name(st.at))
		},
		page: (*reacher).advisedPage,
	}.reach,
}}

// advice describes one advice.
type advice struct {
	words     string        // what it asks for
	since     model.Version // the version of Linux that brought it (madvise(2)); zero where that was before 3.0
	needs     model.Prot    // it populates, and that is what the pages have to allow
	takesAway bool          // it takes pages away, so that those that are locked are refused
	anonOnly  bool          // it is for private anonymous memory
	notHuge   bool          // hugetlb pages do not know it
	guards    bool          // it is about guard pages
	ofTHP     bool          // it is for transparent huge pages
	ofKSM     bool          // it is for KSM
}

// populates reports whether it brings pages in.
func (a advice) populates() bool { return a.needs != 0 }

// The advices that explanations tell apart by name.
const (
	adviceWillneed   lang.Advice = "willneed"
	adviceDontneed   lang.Advice = "dontneed"
	adviceRemove     lang.Advice = "remove"
	adviceDontfork   lang.Advice = "dontfork"
	adviceDofork     lang.Advice = "dofork"
	adviceCollapse   lang.Advice = "collapse"
	adviceDodump     lang.Advice = "dodump"
	adviceKeeponfork lang.Advice = "keeponfork"
)

// adviceDontneedLocked is what takes locked pages away.
const adviceDontneedLocked lang.Advice = "dontneed_locked"

// advices are all that madvise(2) knows and the language has. Guard pages are of Linux 6.13 (mm/madvise.c,
// madvise_guard_install).
var advices = map[lang.Advice]advice{
	"normal":             {words: "no special treatment, the default"},
	"random":             {words: "accesses will be at random: reading ahead is of little use"},
	"sequential":         {words: "accesses will be in order: read ahead, and drop what was read soon"},
	adviceWillneed:       {words: "will be used soon: begin to read it in"},
	adviceDontneed:       {words: "the pages go now; the next access finds zeros, or what the file has", takesAway: true},
	"free":               {words: "the pages may go when memory is short; a write to one cancels that", since: model.Version{4, 5}, takesAway: true, anonOnly: true, notHuge: true},
	adviceRemove:         {words: "the pages go, and so does their part of the file: a hole of zeros is left", takesAway: true},
	adviceDontfork:       {words: "a child will not have this memory"},
	adviceDofork:         {words: "undoes MADV_DONTFORK"},
	"mergeable":          {words: "pages of equal content may be merged into one (KSM)", ofKSM: true},
	"unmergeable":        {words: "undoes MADV_MERGEABLE, and what was merged", ofKSM: true},
	"hugepage":           {words: "may be made of huge pages", ofTHP: true},
	"nohugepage":         {words: "is not to be made of huge pages", ofTHP: true},
	adviceCollapse:       {words: "is to be made of huge pages now", since: model.Version{6, 1}},
	"wipeonfork":         {words: "a child will find zeros here", since: model.Version{4, 14}, anonOnly: true},
	"keeponfork":         {words: "undoes MADV_WIPEONFORK", since: model.Version{4, 14}},
	"cold":               {words: "to be among the first to go when memory is short; nothing is lost", since: model.Version{5, 4}, takesAway: true, notHuge: true},
	"pageout":            {words: "to be taken out of memory now, to swap or the file; nothing is lost", since: model.Version{5, 4}, takesAway: true, notHuge: true},
	"populate_read":      {words: "all pages are brought in, as reads would do it", since: model.Version{5, 14}, needs: model.ProtRead},
	"populate_write":     {words: "all pages are brought in, as writes would do it", since: model.Version{5, 14}, needs: model.ProtWrite},
	adviceDontneedLocked: {words: "like MADV_DONTNEED, of locked pages too; they stay locked", since: model.Version{5, 18}},
	"guard_install":      {words: "the pages go, and any access is SIGSEGV from now on", since: model.Version{6, 13}, takesAway: true, notHuge: true, guards: true},
	"dontdump":           {words: "a core dump leaves this memory out", since: model.Version{3, 4}},
	adviceDodump:         {words: "undoes MADV_DONTDUMP", since: model.Version{3, 4}},
	"guard_remove":       {words: "guard pages are plain pages again", since: model.Version{6, 13}, notHuge: true, guards: true},
}

// adviceConstants returns the constants of all advices, with what each asks for.
func adviceConstants() map[string]string {
	words := map[string]string{}
	for name, a := range advices {
		words[adviceConstant(name)] = a.words
	}
	return words
}

// AdviceSince returns the version of Linux that brought an advice, "6.13", or "" of one that was there before 3.0.
func AdviceSince(a lang.Advice) string { return since(advices[a].since) }

// knowsAdvice checks the advice, which the kernel looks at before it looks at the range (mm/madvise.c,
// madvise_behavior_valid).
func (r *reacher) knowsAdvice(c lang.Madvise) bool {
	v := advices[c.Advice].since
	if r.since(v) {
		return true
	}
	r.fails("EINVAL", "%s came with Linux %v; this is %s", adviceConstant(c.Advice), v, r.kernel)
	return false
}

// adviceStop returns what of a mapping does not go with an advice.
func (r *reacher) adviceStop(name lang.Advice, v model.VMA, at string) (answer, why string) {
	switch a := advices[name]; {
	case v.Lock != model.Unlocked && a.takesAway && v.Secret():
		return "EINVAL", at + " is secret memory, which stays locked"
	case v.Lock != model.Unlocked && a.takesAway:
		return "EINVAL", at + " is locked: munlock it first"
	case v.Secret() && a.populates():
		return "EINVAL", at + " is secret memory: the kernel cannot bring it in"
	case v.Secret() && name == adviceRemove:
		return "EOPNOTSUPP", at + " is secret memory: no hole can be punched into it"
	case v.Secret() && name == adviceCollapse:
		return "EINVAL", at + " is secret memory, which is of single pages"
	case a.anonOnly && !privateAnon(v):
		return "EINVAL", at + " is not private anonymous memory"
	case (name == adviceDodump || name == adviceKeeponfork) && droppable(v):
		return "EINVAL", at + " is droppable: it is never dumped, and always wiped in a child"
	case name == adviceRemove && privateAnon(v):
		return "EINVAL", at + " has no file to punch a hole into"
	case name == adviceRemove && !v.Shared:
		return "EACCES", at + " is private: a hole is punched through a shared mapping"
	case a.populates() && v.Prot&a.needs == 0 && a.needs == model.ProtWrite:
		return "EINVAL", at + " may not be written"
	case a.populates() && v.Prot&a.needs == 0:
		return "EINVAL", at + " may not be read"
	case a.populates() && v.Key != 0 && r.p.KeyRights(v.Key).Denies(a.needs):
		return "EINVAL", at + " has " + r.p.KeyWords(v.Key)
	}
	return "", ""
}

// advisedPage is what of pages an advice meets. It skips holes, and tells of them in the end; populating stops at one
// since Linux 6.10.
func (r *reacher) advisedPage(c lang.Madvise, rg model.Range, pg model.Page, st *stop) {
	populates := advices[c.Advice].populates()
	switch {
	case !pg.Has(model.InVMA) && populates && r.since(sincePopulateInOne):
		st.answer, st.why = "ENOMEM", r.stopsAtHole(st.at, "brought in", "")
	case !pg.Has(model.InVMA):
		st.answer, st.why, st.goesOn = "ENOMEM", r.hasHole(st.at, "the rest is advised all the same"), true
	case populates && pg.Has(model.Guard):
		st.answer, st.why = "EFAULT", r.name(st.at)+" is a guard page: what lies before it is brought in"
	case populates:
		if end, ok := r.fileEnd(st.at, pg); ok && end < uint64(rg.Hi) {
			st.at = max(st.at, end*uint64(r.p.PageSize))
			st.answer, st.why = "EFAULT", r.name(st.at)+" lies behind the end of its file: what lies before it is brought in"
		}
	}
}

// advice returns the advice that was given, or "".
func (f failure) advice() lang.Advice {
	c, _ := f.cmd.(lang.Madvise)
	return c.Advice
}

// adviceConstant returns an advice as C writes it: MADV_DONTNEED.
func adviceConstant(a lang.Advice) string { return "MADV_" + upper(string(a)) }

func adviceTooNew(f failure) (why, try string) {
	a := f.advice()
	v := advices[a].since
	if f.since(v) {
		return "", ""
	}
	return fmt.Sprintf("%s came with Linux %v; this is %s.", adviceConstant(a), v, f.kernel), ""
}
