package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

// sent is a signal that kill sent.
func sent(w *world) { w.e.Signal.Code = "SI_USER" }

// oneLarge is two regions, e and above it d, that are one mapping, on a machine of 20G with swap.
func oneLarge(e, d uint64) func(*world) {
	return func(w *world) {
		w.s.System = heuristic
		for _, r := range []struct {
			name      string
			base, len uint64
		}{{"e", baseE, e}, {"d", baseE + e, d}} {
			w.p.Regions = append(w.p.Regions, &model.Region{
				RegionInfo: model.RegionInfo{Name: r.name, Base: r.base, Len: r.len, Backing: model.Anon},
				Pages:      model.Runs[model.Page]{}.Add(int64(r.len/modeltest.PageSize), modeltest.AbsentPage),
			})
		}
		w.p.VMAs = append(w.p.VMAs, model.VMA{Start: baseE, End: baseE + e + d, Prot: modeltest.RW})
	}
}

// baseE is far above the other regions.
const baseE = 0x7f8000000000

// limitsAt are settings that were looked at, each a name and a number.
func limitsAt(pairs ...any) func(*world) {
	return looked(func(l *model.Looked) {
		l.Settings = map[string]int64{}
		for i := 0; i < len(pairs); i += 2 {
			l.Settings[pairs[i].(string)] = int64(pairs[i+1].(int))
		}
	})
}

var processCases = []explainCase{
	{"too many", "fork kid", "clone", "EAGAIN", "", nil, nil,
		"There are as many processes and threads as there may be. By which limit is not known: that of the user (RLIMIT_NPROC), of the container or service (pids.max of its cgroup), or of the machine (kernel.threads-max, kernel.pid_max).",
		"exit in a process that is no longer needed, or start incore with a higher limit (ulimit -u)."},
	{"too many of the user", "fork kid", "clone", "EAGAIN", "", nil, limitsAt("rlimit.nproc", 70, "user.tasks", 70, "kernel.threads-max", 100, "tasks", 100),
		"The user has 70 processes and threads, those of incore among them, and RLIMIT_NPROC lets a user have 70.",
		"exit in a process that is no longer needed, or start incore with a higher limit (ulimit -u)."},
	{"too many of the machine", "fork kid", "clone", "EAGAIN", "", nil, limitsAt("rlimit.nproc", 70, "user.tasks", 69, "kernel.threads-max", 100, "tasks", 100),
		"The machine has 100 processes and threads, and kernel.threads-max lets it have 100.",
		"exit in a process that is no longer needed, or as root, sysctl kernel.threads-max sets a higher limit."},
	{"no number is left", "fork kid", "clone", "EAGAIN", "", nil, limitsAt("kernel.pid_max", 1000, "tasks", 699, "kernel.threads-max", 9999),
		"The machine has 699 processes and threads, and kernel.pid_max gives them numbers below 1000, of which the lowest 300 are not given again.",
		"exit in a process that is no longer needed, or as root, sysctl kernel.pid_max sets a higher limit."},
	{"too many of the cgroup", "fork kid", "clone", "EAGAIN", "", nil, limitsAt("kernel.pid_max", 1000, "tasks", 600, "kernel.threads-max", 9999, "pids.max", 20, "pids.current", 20),
		"The cgroup of the process, or one above it, has 20 processes and threads, and its pids.max lets it have 20.",
		"exit in a process that is no longer needed, or raise pids.max of the container or service."},
	{"none of the limits that were seen", "fork kid", "clone", "EAGAIN", "", nil, limitsAt("rlimit.nproc", 70, "user.tasks", 69, "kernel.pid_max", 1000, "tasks", 600, "kernel.threads-max", 9999, "pids.max", 20, "pids.current", 19),
		"There are as many processes and threads as there may be. By which limit is not known: that of the user (RLIMIT_NPROC), of the container or service (pids.max of its cgroup), or of the machine (kernel.threads-max, kernel.pid_max).",
		"exit in a process that is no longer needed, or start incore with a higher limit (ulimit -u)."},
	{"not promised", "fork kid", "clone", "ENOMEM", "", nil, func(w *world) {
		w.s.System = never
		w.p.VMAs[1].End += 4 << 30
	},
		"vm.overcommit_memory is 2, and a child is promised its parent's private writable memory once more, 4.0G, though nothing is copied yet. CommitLimit is 12G, and 10G is promised already (Committed_AS): 2.0G too much.",
		"madvise b dontfork keeps its 16K from the child. Or munmap what the child does not need, or map it shared."},
	{"one mapping larger than the machine", "fork kid", "clone", "ENOMEM", "", nil, oneLarge(12<<30, 16<<30),
		"vm.overcommit_memory is 0, and a child is promised its parent's private writable memory once more, mapping by mapping, though nothing is copied yet. The mapping that begins at e[0] has 28G (neighbors that are alike are one), which is more than all memory and swap of the machine, 20G: 8G too much.",
		"madvise e dontfork keeps that from the child. Or munmap some of it, or map it with noreserve, which is not counted."},
	{"one mapping larger than the machine, in a child", "in kid fork kid2", "clone", "ENOMEM", "", nil, oneLarge(1<<30, 30<<30),
		"vm.overcommit_memory is 0, and a child is promised its parent's private writable memory once more, mapping by mapping, though nothing is copied yet. The mapping that begins at e[0] has 31G (neighbors that are alike are one), which is more than all memory and swap of the machine, 20G: 11G too much.",
		"in kid madvise d dontfork keeps that from the child. Or munmap some of it, or map it with noreserve, which is not counted."},
	{"one mapping as large as the machine", "fork kid", "clone", "ENOMEM", "", nil, oneLarge(4<<30, 16<<30),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for the page tables of the child; a memory cgroup has no room for them.",
		""},
	{"no memory", "fork kid", "clone", "ENOMEM", "", nil, system(heuristic),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for the page tables of the child; a memory cgroup has no room for them.",
		""},
	{"no memory in mode 2", "fork kid", "clone", "ENOMEM", "", nil, system(never),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for the page tables of the child; a memory cgroup has no room for them.",
		""},
	{"forbidden", "exec", "execve", "EACCES", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a memory file may not be executed here, by a security module or a sandbox; the program's file may not be read or executed by this user.",
		"reset starts a fresh process instead."},
	{"too many processes", "exec", "execve", "EAGAIN", "", nil, nil,
		"The user has more processes than RLIMIT_NPROC allows, which exec asks about again.",
		"End some of them."},
	{"no memory", "exec", "execve", "ENOMEM", "", nil, system(heuristic),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for the new address space.",
		""},
	{"busy", "exec", "execve", "ETXTBSY", "", nil, nil,
		"The program's file is open for writing in some process.",
		"Try again."},
	{"above the hard limit", "setrlimit memlock 16M 16M", "prlimit64", "EPERM", "", nil, limit(8<<20, 0),
		"The hard limit is 8M, and only a process with CAP_SYS_RESOURCE may raise it, to 16M.",
		"setrlimit memlock 8M is the most that this process may have."},
	{"unlimited", "setrlimit memlock unlimited unlimited", "prlimit64", "EPERM", "", nil, limit(10000, 0),
		"The hard limit is 10000 bytes, and only a process with CAP_SYS_RESOURCE may raise it, to unlimited.",
		"setrlimit memlock 10000B is the most that this process may have."},
	{"a filter", "setrlimit memlock 4M 4M", "prlimit64", "EPERM", "", nil, limit(8<<20, 0),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"soft above hard", "setrlimit memlock 16M", "prlimit64", "EINVAL", "", nil, limit(8<<20, 0),
		"The soft limit, 16M, would be above the hard one, 8M.",
		"setrlimit memlock 8M is the most that this process may have."},
	{"soft above the hard one that is given", "in kid setrlimit memlock unlimited 4", "prlimit64", "EINVAL", "", nil, limit(8<<20, 0),
		"The soft limit, unlimited, would be above the hard one, 16K.",
		"in kid setrlimit memlock 8M is the most that this process may have."},
	{"nothing wrong to be seen", "setrlimit memlock 4M", "prlimit64", "EINVAL", "", nil, limits(8<<20, model.Unlimited, 0), "The cause is not known: nothing that incore can look at refuses this.", ""},
	{"a filter", "capset -ipc_lock", "capset", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"a filter", "capset -ipc_lock", "capget", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"a filter", "signal SIGSEGV die", "rt_sigaction", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"nobody there", "kill SIGTERM", "kill", "ESRCH", "", nil, nil,
		"The process ended just before the signal was sent.",
		"reset starts a fresh one."},
	{"not allowed", "kill SIGTERM", "kill", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the process has rights that incore has not; a security module (SELinux, AppArmor).",
		""},
	{"answered", "kill SIGSEGV", "kill", "SIGSEGV", "", nil, sent,
		"kill sent it, and the subject answers a SIGSEGV: no memory was accessed.",
		"signal SIGSEGV die makes it the end."},
	{"answered", "in kid kill SIGBUS", "kill", "SIGBUS", "", nil, sent,
		"kill sent it, and the subject answers a SIGBUS: no memory was accessed.",
		"in kid signal SIGBUS die makes it the end."},
	{"answered", "kill SIGILL", "kill", "SIGILL", "", nil, sent,
		"kill sent it, and the subject answers a SIGILL: no memory was accessed.",
		""},
	{"answered", "kill SIGTRAP", "kill", "SIGTRAP", "", nil, sent,
		"kill sent it, and the subject answers a SIGTRAP: no memory was accessed.",
		""},
	{"answered", "kill SIGFPE", "kill", "SIGFPE", "", nil, sent,
		"kill sent it, and the subject answers a SIGFPE: no memory was accessed.",
		""},
}

func TestExplainProcess(t *testing.T) { runExplain(t, processCases) }
