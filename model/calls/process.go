package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// maxProcesses is how many processes of a session live at a time.
const maxProcesses = 64

// wholeSession is what a command of the session as a whole comes to; false where it is of one
// process.
func (r *reacher) wholeSession(c model.Command) bool {
	switch c := c.(type) {
	case nil:
	case lang.Reset:
		r.out.Effect = "ends every process and starts a fresh subject, without regions"
		for i := range r.s.Procs {
			if p := &r.s.Procs[i]; p.Death == nil && p.PageSize > 0 {
				r.whole(p)
			}
		}
	case lang.Say:
		r.out.Effect = "shows a text"
	case lang.Wait:
		r.out.Effect = "does nothing for " + c.For.String()
	case lang.Speed:
		r.out.Effect = "a touch that names no pace goes at " + c.Rate.String()
	default:
		return false
	}
	return true
}

// expects is what expect asks about. It changes nothing.
func (r *reacher) expects(x lang.Expect) {
	r.out.Effect = "checks, and changes nothing"
	asks := x.In
	switch x.Kind {
	case lang.ExpectAll, lang.ExpectNo, lang.ExpectCount, lang.ExpectVMAs:
		asks = true
	}
	if !asks {
		return
	}
	if s, ok := r.resolve(x.T); ok {
		r.reaches(r.p, r.outwards(s))
	}
}

// changesProcess is what a command comes to that is about the process as a whole.
func (r *reacher) changesProcess(c model.Command) {
	switch c := c.(type) {
	case lang.Fork:
		r.forks(c)
	case lang.Execve:
		r.call("execve", wordOf(`"/proc/self/exe"`), wordOf(`["incore-subject"]`), wordOf("[]"))
		r.out.Effect = "a fresh program in the same process: its regions and locks are gone"
		r.whole(r.p)
	case lang.Exit:
		r.call("exit_group", wordOf(fmt.Sprint(c.Code)))
		r.out.Effect = r.Proc + " ends, and its pages with it"
		r.whole(r.p)
	case lang.Kill:
		r.kills(c)
	case lang.SetSignal:
		handler, effect := "catch", "is an answer from now on"
		if c.Die {
			handler, effect = "SIG_DFL", "ends the process from now on"
		}
		r.call("rt_sigaction", wordOf(c.Signal), wordOf(handler), wordOf("NULL"), wordOf("8"))
		r.out.Effect = c.Signal + " " + effect
	case lang.Setrlimit:
		r.limits(c)
	case lang.Capset:
		r.call("capget", wordOf("…"), wordOf("…"))
		r.call("capset", wordOf("…"), wordOf("…"))
		r.out.Effect = "drops CAP_" + upper(c.Drop)
		if l := r.p.Limits; c.Drop == "ipc_lock" && l.IPCLock {
			r.out.Note = "RLIMIT_MEMLOCK holds for the process then: " + model.FormatLimit(l.MemlockSoft)
		}
	case lang.Memcg:
		r.out.Effect = "a memory cgroup of its own, which may have " + r.amount(c.Limit)
		if c.Limit.Unlimited {
			r.out.Effect = "a memory cgroup of its own, without a limit"
		}
	}
}

func (r *reacher) forks(c lang.Fork) {
	living := 0
	for i := range r.s.Procs {
		p := &r.s.Procs[i]
		if p.Death != nil {
			continue
		}
		living++
		if p.Name == c.Name {
			r.refuse("there is a process " + c.Name + " already: take another name")
			return
		}
	}
	if living >= maxProcesses {
		r.refuse(fmt.Sprintf("a session has at most %d processes at a time", maxProcesses))
		return
	}
	r.call("clone", wordOf("CLONE_PARENT|SIGCHLD"), wordOf("NULL"))
	r.out.Effect = fmt.Sprintf("a child, %s: each page is copied when one of the two writes it", c.Name)
	if r.p.Stat.VmLck > 0 {
		r.out.Note = "it does not inherit the locks"
	}
}

// Signals by what they come to (signal(7)): those that stop a process, which the session
// refuses, those that do nothing to one without a handler, and those that the subject answers.
var (
	stoppingSignals = []string{"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"}
	ignoredSignals  = []string{"SIGCHLD", "SIGURG", "SIGWINCH", "SIGCONT"}
	answeredSignals = []string{"SIGSEGV", "SIGBUS", "SIGILL", "SIGTRAP", "SIGFPE"}
)

func (r *reacher) kills(c lang.Kill) {
	if slices.Contains(stoppingSignals, c.Signal) {
		r.refuse(c.Signal + " stops a process, and one that is stopped cannot be asked about its pages")
		return
	}
	r.call("kill", wordOf(fmt.Sprint(r.p.PID)), wordOf(c.Signal))
	switch {
	case slices.Contains(ignoredSignals, c.Signal):
		r.out.Effect = "is ignored, as it always is without a handler"
	case slices.Contains(lang.HeldSignals, c.Signal):
		r.out.Effect = "is answered; it ends the process where signal " + c.Signal + " die was said"
	case slices.Contains(answeredSignals, c.Signal):
		r.out.Effect = "is answered: no memory is accessed"
	default:
		r.out.Effect = r.Proc + " ends, and its pages with it"
		r.whole(r.p)
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

// limitWord is a limit as strace(1) prints it: 64*1024, RLIM64_INFINITY.
func limitWord(n int64) string {
	switch {
	case n == model.Unlimited:
		return "RLIM64_INFINITY"
	case n > 1024 && n%1024 == 0:
		return fmt.Sprintf("%d*1024", n/1024)
	}
	return fmt.Sprint(n)
}
