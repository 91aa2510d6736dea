package calls

import (
	"fmt"
	"math"

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
		},
		causes: causes{"EPERM": {limitAboveHard}, "EINVAL": {limitSoftAboveHard}},
		reach:  following((*reacher).limits),
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

// limits is setrlimit of RLIMIT_MEMLOCK. A hard limit that is not named stays as it is.
func (r *reacher) limits(c lang.Setrlimit) {
	bytes := func(a lang.Amount) int64 {
		if n := a.Size.Bytes(r.p.PageSize); !a.Unlimited && n <= math.MaxInt64 {
			return int64(n)
		}
		return model.Unlimited
	}
	soft, hard := bytes(c.Soft), r.p.Limits.MemlockHard
	if c.Hard != nil {
		hard = bytes(*c.Hard)
	}
	r.call("prlimit64", wordOf("0"), wordOf("RLIMIT_MEMLOCK"), wordOf(fmt.Sprintf("{rlim_cur=%s, rlim_max=%s}", limitWord(soft), limitWord(hard))), wordOf("NULL"))
	r.out.Effect = "from now on " + model.FormatLimit(soft) + " may be locked"
	switch {
	case hard != model.Unlimited && (soft == model.Unlimited || soft > hard):
		r.fails("EINVAL", "the soft limit, %s, would be above the hard one, %s", model.FormatLimit(soft), model.FormatLimit(hard))
	case r.p.Limits.IPCLock:
		r.out.Note = "CAP_IPC_LOCK puts the process above it"
	case soft != model.Unlimited && r.p.Stat.VmLck > soft:
		r.out.Note = model.FormatBytes(r.p.Stat.VmLck) + " is locked already, and stays so"
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
	hard := f.p.Limits.MemlockHard
	if !ok || c.Hard == nil || hard == model.Unlimited || !c.Hard.Unlimited && c.Hard.Size.Bytes(f.p.PageSize) <= uint64(hard) {
		return "", ""
	}
	who := "only a process with CAP_SYS_RESOURCE may raise it"
	if f.p.Limits.InNamespace {
		who = "only a process with CAP_SYS_RESOURCE in the system's first user namespace may raise it"
	}
	return fmt.Sprintf("The hard limit is %s, and %s, to %s.", exact(uint64(hard)), who, f.amount(*c.Hard)),
		f.run("setrlimit memlock %s is the most that this process may have.", sizeWord(uint64(hard)))
}

func limitSoftAboveHard(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Setrlimit)
	if !ok {
		return "", ""
	}
	hard := lang.Amount{Unlimited: true}
	if n := f.p.Limits.MemlockHard; n != model.Unlimited {
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
	most := f.p.Limits.MemlockHard
	if within := most == model.Unlimited || !c.Soft.Unlimited && c.Soft.Size.Bytes(ps) <= uint64(most); !within && !f.p.Limits.SysResource {
		return why, f.run("setrlimit memlock %s is the most that this process may have.", sizeWord(uint64(most)))
	}
	return why, f.run("setrlimit memlock %s %s sets both.", c.Soft, c.Soft)
}

// amount returns a limit in words.
func (f failure) amount(a lang.Amount) string {
	if a.Unlimited {
		return "unlimited"
	}
	return exact(a.Size.Bytes(f.p.PageSize))
}
