package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// limitFamily is what sets how much a process may lock, and how much memory it may have.
var limitFamily = []dossier{
	{
		call: "prlimit64", verb: "setrlimit", page: "prlimit(2), as setrlimit(3) calls it", what: "Sets a limit.", ok: done,
		args: []argument{
			arg("pid", explainedAs("the process itself")), arg("resource", explainConstant), arg("new_limit", explainedAs("the soft limit counts; the hard one is how far it may be raised")),
			arg("old_limit", explainedAs("what was so before is not asked")),
		},
		constants: map[string]string{
			"RLIMIT_MEMLOCK": "how much memory a process may lock",
			"RLIMIT_AS":      "how much address space a process may have mapped (VmSize)",
			"RLIMIT_DATA":    "how much private writable memory a process may have, the heap included (VmData)",
			"RLIMIT_STACK":   "how long a mapping that grows down may become",
		},
		causes: causes{"EPERM": {limitAboveHard}, "EINVAL": {limitSoftAboveHard}},
		reach:  following((*reacher).limits),
	},
	{
		call: "prctl", verb: "prctl", page: "prctl(2)", what: "Sets an attribute of the process.", ok: done,
		args: []argument{arg("option", explainConstant), arg("arg2", explainConstant), arg("arg3", explainedAs("not used")), arg("arg4", explainedAs("not used")), arg("arg5", explainedAs("not used"))},
		constants: map[string]string{
			"PR_SET_MDWE":              "memory that may be written is not to be executed, nor to become so",
			"PR_MDWE_REFUSE_EXEC_GAIN": "a mapping that may be both, and x where it was not, are EACCES; for good, and for children too",
			"PR_SET_THP_DISABLE":       "no transparent huge pages are made for the process, nor for its children",
			"1":                        "set",
		},
		causes: causes{"EINVAL": {attributeNew}},
		reach:  following((*reacher).setsAttribute),
	},
	{
		call: "capget", page: "capget(2)", what: "Tells which capabilities the thread has.", ok: done,
		args: []argument{arg("hdrp", explainedAs("the thread itself")), arg("datap", explainedAs("what it has, a bit each by its number"))},
	},
	{
		call: "capset", verb: "capset", page: "capset(2)", what: "Sets which capabilities the thread has.", ok: done,
		args:  []argument{arg("hdrp", explainedAs("the thread itself")), arg("datap", explainedAs("what it keeps, a bit each by its number"))},
		reach: following((*reacher).drops),
	},
	{
		verb: "memcg",
		reach: following(func(r *reacher, c lang.Memcg) {
			r.out.Effect = "a memory cgroup of its own, which may have " + r.amount(c.Limit)
			if c.Limit.Unlimited {
				r.out.Effect = "a memory cgroup of its own, without a limit"
			}
		}),
	},
}

// capIPCLock is the capability that puts a process above RLIMIT_MEMLOCK, as capset names it.
const capIPCLock = "ipc_lock"

// drops is capset.
func (r *reacher) drops(c lang.Capset) {
	r.call("capget", wordOf("…"), wordOf("…"))
	r.call("capset", wordOf("…"), wordOf("…"))
	r.out.Effect = "drops CAP_" + upper(c.Drop)
	if l := r.p.Limits; c.Drop == capIPCLock && l.IPCLock {
		r.out.Note = "RLIMIT_MEMLOCK holds for the process then: " + model.FormatLimit(l.MemlockSoft)
	}
}

// limit returns a limit of the process, soft and hard.
func (f failure) limit(of lang.Limit) (soft, hard int64) { return of.In(f.p.Limits) }

// limits is setrlimit. A hard limit that is not named stays as it is.
func (r *reacher) limits(c lang.Setrlimit) {
	bytes := func(a lang.Amount) int64 {
		if n := a.Size.Bytes(r.p.PageSize); !a.Unlimited && n <= math.MaxInt64 {
			return int64(n)
		}
		return model.Unlimited
	}
	soft := bytes(c.Soft)
	_, hard := r.limit(c.Of)
	if c.Hard != nil {
		hard = bytes(*c.Hard)
	}
	known := c.Hard != nil || r.p.Limits.Known || c.Of == lang.LimitMemlock
	word := "…"
	if known {
		word = limitWord(hard)
	}
	r.call("prlimit64", wordOf("0"), wordOf(c.Of.Constant()), wordOf(fmt.Sprintf("{rlim_cur=%s, rlim_max=%s}", limitWord(soft), word)), wordOf("NULL"))
	r.out.Effect = "from now on " + model.FormatLimit(soft) + " " + map[lang.Limit]string{
		lang.LimitMemlock: "may be locked", lang.LimitAS: "may be mapped (VmSize)", lang.LimitData: "may be private and writable (VmData)",
		lang.LimitStack: "is the most that a mapping may grow down to",
	}[c.Of]
	if known && hard != model.Unlimited && (soft == model.Unlimited || soft > hard) {
		r.fails("EINVAL", "the soft limit, %s, would be above the hard one, %s", model.FormatLimit(soft), model.FormatLimit(hard))
		return
	}
	has, what := int64(0), "is mapped already, and stays so"
	switch stat := r.p.Stat; {
	case c.Of == lang.LimitAS:
		has = stat.VmSize
	case c.Of == lang.LimitData:
		has = stat.VmData
	case c.Of != lang.LimitMemlock:
	case r.p.Limits.IPCLock:
		r.out.Note = "CAP_IPC_LOCK puts the process above it"
	default:
		has, what = stat.VmLck, "is locked already, and stays so"
	}
	if soft != model.Unlimited && has > soft {
		r.out.Note = model.FormatBytes(has) + " " + what
	}
}

// limitWord returns a limit as strace(1) prints it: 64*1024, RLIM64_INFINITY.
func limitWord(n int64) string {
	switch {
	case n == model.Unlimited:
		return "RLIM64_INFINITY"
	case n > 1024 && n%1024 == 0:
		return fmt.Sprintf("%d*1024", n/1024)
	}
	return fmt.Sprint(n)
}

func limitAboveHard(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Setrlimit)
	_, hard := f.limit(c.Of)
	if !ok || c.Hard == nil || hard == model.Unlimited || !c.Hard.Unlimited && c.Hard.Size.Bytes(f.p.PageSize) <= uint64(hard) {
		return "", ""
	}
	who := "only a process with CAP_SYS_RESOURCE may raise it"
	if f.p.Limits.InNamespace {
		who = "only a process with CAP_SYS_RESOURCE in the system's first user namespace may raise it"
	}
	return fmt.Sprintf("The hard limit is %s, and %s, to %s.", exact(uint64(hard)), who, f.amount(*c.Hard)),
		f.run("setrlimit %s %s is the most that this process may have.", c.Of, sizeWord(uint64(hard)))
}

func limitSoftAboveHard(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Setrlimit)
	if !ok {
		return "", ""
	}
	hard := lang.Amount{Unlimited: true}
	_, most := f.limit(c.Of)
	if n := most; n != model.Unlimited {
		hard = lang.Amount{Size: model.Size{N: uint64(n), Unit: model.Bytes}}
	}
	if c.Hard != nil {
		hard = *c.Hard
	}
	ps := f.p.PageSize
	if hard.Unlimited || !c.Soft.Unlimited && c.Soft.Size.Bytes(ps) <= hard.Size.Bytes(ps) {
		return "", ""
	}
	why = fmt.Sprintf("The soft limit, %s, would be above the hard one, %s.", f.amount(c.Soft), f.amount(hard))
	if within := most == model.Unlimited || !c.Soft.Unlimited && c.Soft.Size.Bytes(ps) <= uint64(most); !within && !f.p.Limits.SysResource {
		return why, f.run("setrlimit %s %s is the most that this process may have.", c.Of, sizeWord(uint64(most)))
	}
	return why, f.run("setrlimit %s %s %s sets both.", c.Of, c.Soft, c.Soft)
}

// amount returns a limit in words.
func (f failure) amount(a lang.Amount) string {
	if a.Unlimited {
		return "unlimited"
	}
	return exact(a.Size.Bytes(f.p.PageSize))
}

// setsAttribute is prctl.
func (r *reacher) setsAttribute(c lang.Prctl) {
	none := wordOf("0")
	if c.Set == lang.THPDisable {
		r.call("prctl", wordOf("PR_SET_THP_DISABLE"), wordOf("1"), none, none, none)
		r.out.Effect = "no transparent huge pages are made from now on"
		return
	}
	r.call("prctl", wordOf("PR_SET_MDWE"), wordOf("PR_MDWE_REFUSE_EXEC_GAIN"), none, none, none)
	if !r.since(sinceMDWE) {
		r.fails("EINVAL", "PR_SET_MDWE came with Linux %v; this is %s", sinceMDWE, r.kernel)
		return
	}
	r.out.Effect = "from now on nothing becomes executable, for good"
}

func attributeNew(f failure) (why, try string) {
	if c, ok := f.cmd.(lang.Prctl); !ok || c.Set != lang.MDWE || f.since(sinceMDWE) {
		return "", ""
	}
	return fmt.Sprintf("PR_SET_MDWE came with Linux %v; this is %s.", sinceMDWE, f.kernel), ""
}

// refusesExec reports whether the process had set PR_SET_MDWE as the call failed, by a look at it.
func (f failure) refusesExec() bool {
	set, looked := f.Looked.Setting("PR_GET_MDWE")
	return looked && set&1 != 0
}

// setsMDWE reports whether the log tells that the process has PR_SET_MDWE, or that the one had it that forked it: a child and a program
// that is run have it too (PR_SET_MDWE(2const)).
func (f failure) setsMDWE() bool {
	proc := f.Proc
	for _, e := range slices.Backward(f.s.Events) {
		switch {
		case e.Errno != "":
		case e.Call == "" && e.Command == model.Command(lang.Reset{}):
			return false
		case e.Call == model.CallClone && e.Result == proc:
			proc = e.Proc
		case e.Call == "prctl" && e.Proc == proc:
			if c, ok := lang.Inner(e.Command).(lang.Prctl); ok && c.Set == lang.MDWE {
				return true
			}
		}
	}
	return false
}

// gainsExec reports whether PR_SET_MDWE refuses to give a VMA a protection.
func gainsExec(v model.VMA, to model.Prot) bool {
	return to&model.ProtExec != 0 && (to&model.ProtWrite != 0 || v.Prot&model.ProtExec == 0)
}

const mdweForGood = "It cannot be taken back, and a child and a program that is run have it too: reset starts a process without it."

// mapGainsExec explains PR_SET_MDWE, which refuses a mapping that may be written and executed (mm/util.c, map_deny_write_exec).
func mapGainsExec(f failure) (why, try string) {
	const wx = model.ProtWrite | model.ProtExec
	if c, ok := f.mapping(); !ok || c.Prot&wx != wx || !f.refusesExec() {
		return "", ""
	}
	return "The process has set PR_SET_MDWE (prctl mdwe): no mapping may be both written and executed. Nothing was mapped.", "Map it rx or rw. " + mdweForGood
}

// protectGainsExec explains PR_SET_MDWE: no mapping gets x that had none, nor w beside it. mprotect stops at the first that would.
func protectGainsExec(f failure) (why, try string) {
	prot, ok := protects(f.cmd)
	if !ok || prot&model.ProtExec == 0 || !f.refusesExec() {
		return "", ""
	}
	at, v, found := f.firstVMA(func(v model.VMA) bool { return gainsExec(v, prot) })
	if !found {
		return "", ""
	}
	return fmt.Sprintf("The process has set PR_SET_MDWE (prctl mdwe): no mapping becomes executable, nor writable beside that, and %s has protection %s.%s",
		f.part(at, v), v.Prot, f.protectedBefore(at)), "Leave out x, or map it rx. " + mdweForGood
}

// collapseDisabled explains PR_SET_THP_DISABLE (mm/huge_memory.c, __thp_vma_allowable_orders).
func collapseDisabled(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Madvise)
	if set, looked := f.Looked.Setting("PR_GET_THP_DISABLE"); !ok || c.Advice != "collapse" || !looked || set == 0 {
		return "", ""
	}
	return "The process has set PR_SET_THP_DISABLE (prctl thp_disable): no huge pages are made for it.", "Ask before it is set; reset starts a process without it."
}
