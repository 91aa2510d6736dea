package csource

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// limitVerbs is what sets how much may be locked, and how much memory a process may have.
var limitVerbs = []verb{
	{
		name:  "setrlimit",
		write: writes((*cProgram).setrlimit),
		again: repeats(func(t *cTold, _ *cStep, c lang.Setrlimit) {
			if c.Of != lang.LimitMemlock {
				t.setrlimit(c)
				return
			}
			t.limited(c)
			if t.lim.MemlockHard == 0 && c.Hard == nil { // it is not known
				t.setrlimit(c)
				return
			}
			t.setLimit(t.lim.MemlockSoft, t.lim.MemlockHard)
		}),
		asks: func(s *cSlice, st *cStep) {
			_, locks := lockLimit(st.command)
			s.limit = locks
		},
		kind:   asked(func(c lang.Setrlimit) string { return c.Verb() + " " + string(c.Of) }),
		limits: true,
	},
	{
		name: "prctl",
		write: writes(func(p *cProgram, c lang.Prctl) {
			p.header("sys/prctl.h")
			if c.Set == lang.THPDisable {
				p.check("prctl", "PR_SET_THP_DISABLE", "1UL", "0UL", "0UL", "0UL")
				return
			}
			p.define("PR_SET_MDWE", "65", "Linux 6.3")
			p.define("PR_MDWE_REFUSE_EXEC_GAIN", "1UL", "Linux 6.3")
			p.check("prctl", "PR_SET_MDWE", "(unsigned long)PR_MDWE_REFUSE_EXEC_GAIN", "0UL", "0UL", "0UL")
		}),
		wanted: func(s *cSlice, st *cStep, _ bool) bool {
			c, _ := st.command.(lang.Prctl)
			return st.event.OK() && (c.Set == lang.THPDisable || s.target.event.Errno == "EACCES")
		},
		kind:       asked(func(c lang.Prctl) string { return c.Verb() + " " + string(c.Set) }),
		everywhere: true,
	},
	{
		name:   "capset",
		write:  writes((*cProgram).capset),
		again:  repeats(func(t *cTold, _ *cStep, c lang.Capset) { t.capset(c) }),
		asks:   func(s *cSlice, _ *cStep) { s.limit = true },
		limits: true,
	},
	{name: "memcg", write: writes((*cProgram).memcg), tells: true},
}

// lockLimit returns the setrlimit of what may be locked that a command is.
func lockLimit(c model.Command) (lang.Setrlimit, bool) {
	set, ok := c.(lang.Setrlimit)
	return set, ok && set.Of == lang.LimitMemlock
}

// otherLimits says that a limit is left out which may have refused the call: what is charged against it has what the program itself is
// made of, and that is more here than in the session.
func (t *cTold) otherLimits(target *cStep) {
	if _, sets := target.command.(lang.Setrlimit); sets || target.event.OK() {
		return
	}
	for i := range t.slice.steps {
		st := &t.slice.steps[i]
		if c, ok := st.command.(lang.Setrlimit); ok && c.Of != lang.LimitMemlock && st.event.OK() {
			t.cannot(c.Of.Constant() + " of the session is left out, since what a program with libc is made of counts too")
		}
	}
}

// capIPCLock is the capability that puts a process above RLIMIT_MEMLOCK, as capset names it.
const capIPCLock = "ipc_lock"

// limitFirst reports whether a limit is set before anything that it could refuse.
func (t *cTold) limitFirst() bool {
	for _, i := range t.kept {
		st := &t.slice.steps[i]
		if _, sets := lockLimit(st.command); sets || st.verb.needsOld {
			return sets
		}
	}
	return false
}

// begins sets the limit that the session began with.
func (t *cTold) begins() {
	if t.lim == (model.Limits{}) {
		return
	}
	t.say("RLIMIT_MEMLOCK as the session had it, soft and hard")
	t.setLimit(t.lim.MemlockSoft, t.lim.MemlockHard)
}

// limited notes what a setrlimit that did what it was asked made of the limits.
func (t *cTold) limited(c lang.Setrlimit) {
	t.lim.MemlockSoft = limitOf(c.Soft, t.pageSize)
	if c.Hard != nil {
		t.lim.MemlockHard = limitOf(*c.Hard, t.pageSize)
	}
}

// setLimit sets the limit, soft and hard, in bytes.
func (t *cTold) setLimit(soft, hard int64) {
	p := t.cProgram
	p.header("sys/resource.h")
	value := func(n int64) string {
		if n == model.Unlimited {
			return "RLIM_INFINITY"
		}
		if n >= 1<<20 && n%(1<<20) == 0 {
			return p.size(model.Size{N: uint64(n) >> 20, Unit: model.MiB})
		}
		return p.length(uint64(n))
	}
	p.line(cCall("if (", "setrlimit", []string{"RLIMIT_MEMLOCK", "&(struct rlimit){" + value(soft) + ", " + value(hard) + "}"}, " == -1)")...)
	p.bail("setrlimit")
}

func (p *cProgram) setrlimit(c lang.Setrlimit) {
	p.header("sys/resource.h")
	limit := p.fresh("limit")
	amount := func(a lang.Amount) string {
		if a.Unlimited {
			return "RLIM_INFINITY"
		}
		return p.size(a.Size)
	}
	if c.Hard != nil {
		p.line("struct rlimit " + limit + " = {" + amount(c.Soft) + ", " + amount(*c.Hard) + "}; /* soft, hard */")
	} else {
		p.line("struct rlimit " + limit + ";")
		p.check("getrlimit", c.Of.Constant(), "&"+limit)
		p.line(limit + ".rlim_cur = " + amount(c.Soft) + ";")
	}
	p.line("if (setrlimit(" + c.Of.Constant() + ", &" + limit + ") == -1)" + p.brace())
	p.bail("setrlimit")
}

// capset is made by syscall(2): glibc has no wrapper, libcap has cap_set_proc(3).
func (p *cProgram) capset(c lang.Capset) {
	p.gnu = true
	p.header("linux/capability.h", "sys/syscall.h", "unistd.h")
	name := "CAP_" + strings.ToUpper(c.Drop)
	p.say("glibc has no function for these two calls; libcap has cap_set_proc()")
	head, data := p.fresh("head"), p.fresh("data")
	p.line("struct __user_cap_header_struct "+head+" = {_LINUX_CAPABILITY_VERSION_3, 0};", "struct __user_cap_data_struct "+data+"[2];")
	p.checkAs("capget", "syscall", "SYS_capget", "&"+head, data)
	p.line(data+"[CAP_TO_INDEX("+name+")].effective &= ~CAP_TO_MASK("+name+");",
		data+"[CAP_TO_INDEX("+name+")].permitted &= ~CAP_TO_MASK("+name+");")
	p.checkAs("capset", "syscall", "SYS_capset", "&"+head, data)
}

// memcg writes the files of a cgroup of version 2.
func (p *cProgram) memcg(c lang.Memcg) {
	p.header("stdio.h", "sys/stat.h")
	limit := `"max"`
	if !c.Limit.Unlimited {
		limit = cString(fmt.Sprint(c.Limit.Size.Bytes(p.pageSize)))
	}
	p.top = append(p.top, "static void put(const char *path, const char *text)", "{", cIndent+`FILE *f = fopen(path, "w");`,
		cIndent+"if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)", cIndent+cIndent+"perror(path);", "}")
	const dir = "/sys/fs/cgroup/incore"
	p.say("cgroup v2, as root. incore takes a name of its own, in the cgroup that it is in.")
	p.check("mkdir", cString(dir), "0755")
	p.line("put("+cString(dir+"/memory.max")+", "+limit+");", "put("+cString(dir+"/cgroup.procs")+`, "0"); /* 0: the process that writes it */`)
}
