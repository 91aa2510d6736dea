package model_test

import (
	"testing"

	"incore/model"
)

// sent is a signal that kill sent.
func sent(w *world) { w.e.Signal.Code = "SI_USER" }

var processCases = []explainCase{
	{"too many", "fork kid", "clone", "EAGAIN", "", nil, nil, `?`, `?`},
	{"not promised", "fork kid", "clone", "ENOMEM", "", nil, func(w *world) {
		w.s.System = never
		w.p.VMAs[0].End += 4 << 30
	}, `?`, `?`},
	{"no memory", "fork kid", "clone", "ENOMEM", "", nil, system(heuristic), `?`, `?`},
	{"no memory in mode 2", "fork kid", "clone", "ENOMEM", "", nil, system(never), `?`, `?`},
	{"forbidden", "exec", "execveat", "EACCES", "", nil, nil, `?`, `?`},
	{"too many processes", "exec", "execveat", "EAGAIN", "", nil, nil, `?`, `?`},
	{"no memory", "exec", "execveat", "ENOMEM", "", nil, system(heuristic), `?`, `?`},
	{"busy", "exec", "execveat", "ETXTBSY", "", nil, nil, `?`, `?`},
	{"an old kernel", "exec", "execveat", "ENOSYS", "3.16.0", nil, nil, `?`, `?`},
	{"above the hard limit", "setrlimit memlock 16M 16M", "prlimit64", "EPERM", "", nil, limit(8<<20, 0), `?`, `?`},
	{"unlimited", "setrlimit memlock unlimited unlimited", "prlimit64", "EPERM", "", nil, limit(10000, 0), `?`, `?`},
	{"a filter", "setrlimit memlock 4M 4M", "prlimit64", "EPERM", "", nil, limit(8<<20, 0), `?`, `?`},
	{"soft above hard", "setrlimit memlock 16M", "prlimit64", "EINVAL", "", nil, limit(8<<20, 0), `?`, `?`},
	{"soft above the hard one that is given", "in kid setrlimit memlock unlimited 4", "prlimit64", "EINVAL", "", nil, limit(8<<20, 0), `?`, `?`},
	{"nothing wrong to be seen", "setrlimit memlock 4M", "prlimit64", "EINVAL", "", nil, limits(8<<20, model.Unlimited, 0), "", ""},
	{"a filter", "capset -ipc_lock", "capset", "EPERM", "", nil, nil, `?`, `?`},
	{"a filter", "capset -ipc_lock", "capget", "EPERM", "", nil, nil, `?`, `?`},
	{"a filter", "signal SIGSEGV die", "rt_sigaction", "EPERM", "", nil, nil, `?`, `?`},
	{"nobody there", "kill SIGTERM", "kill", "ESRCH", "", nil, nil, `?`, `?`},
	{"not allowed", "kill SIGTERM", "kill", "EPERM", "", nil, nil, `?`, `?`},
	{"answered", "kill SIGSEGV", "kill", "SIGSEGV", "", nil, sent, `?`, `?`},
	{"answered", "in kid kill SIGBUS", "kill", "SIGBUS", "", nil, sent, `?`, `?`},
	{"answered", "kill SIGILL", "kill", "SIGILL", "", nil, sent, `?`, `?`},
	{"answered", "kill SIGTRAP", "kill", "SIGTRAP", "", nil, sent, `?`, `?`},
	{"answered", "kill SIGFPE", "kill", "SIGFPE", "", nil, sent, `?`, `?`},
}

func TestExplainProcess(t *testing.T) { runExplain(t, processCases) }
