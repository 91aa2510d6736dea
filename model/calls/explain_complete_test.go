package calls_test

import (
	"slices"
	"strings"
	"testing"

	"incore/model/calls"
	"incore/model/lang"
)

// callsOf are the calls that each verb makes, itself and beside its own; none where the verb
// asks the kernel for nothing that can fail, or for nothing at all.
var callsOf = map[string]string{
	"mmap": "mmap openat memfd_create memfd_secret ftruncate close shmat madvise", "munmap": "munmap close", "mremap": "mremap", "mseal": "mseal",
	"mlock": "mlock", "mlock2": "mlock2", "munlock": "munlock", "mlockall": "mlockall", "munlockall": "munlockall",
	"mprotect": "mprotect", "pkey_alloc": "pkey_alloc", "pkey_mprotect": "pkey_mprotect", "pkey_free": "pkey_free", "madvise": "madvise", "posix_fadvise": "fadvise64", "msync": "msync", "mincore": "mincore",
	"touch": "touch", "memset": "memset", "memcpy": "memcpy", "memmove": "memmove", "memcmp": "memcmp",
	"truncate": "ftruncate", "read": "read memfd_create ftruncate close", "write": "write memfd_create close",
	"brk": "brk", "malloc": "malloc brk mmap madvise", "calloc": "calloc brk mmap madvise", "aligned_alloc": "aligned_alloc brk mmap madvise", "realloc": "realloc brk mmap mremap munmap madvise", "free": "free brk munmap", "malloc_trim": "malloc_trim brk madvise", "mallopt": "mallopt",
	"shmget": "shmget shmat shmctl", "shmat": "shmat", "shmdt": "shmdt", "shmctl": "shmctl",
	"fork": "clone", "exec": "execve", "exit": "", "kill": "kill", "signal": "rt_sigaction",
	"setrlimit": "prlimit64", "prctl": "prctl", "capset": "capget capset",
	"syscall": "mmap munmap mremap mprotect mlock mlock2 munlock mlockall madvise msync mincore mseal",
	"in":      "", "memcg": "", "reset": "", "say": "", "wait": "", "speed": "", "look": "", "expect": "",
}

// answersOf are the errnos and signals that a call of incore's can get, from the section
// ERRORS of its man page and the kernel's source. Left out is what the arguments that incore
// passes rule out: EFAULT of structures that it places itself, EINVAL of flags that the
// language cannot say, EBADF of descriptors that are open, EEXIST of MAP_FIXED_NOREPLACE,
// EOVERFLOW of 32-bit machines, ETXTBSY of swap files, ESPIPE of pipes, EINTR of the calls
// that a fatal signal alone interrupts. ENOSYS and EPERM can come of every call, from a
// filter; they are listed where a kernel can lack the call or has a reason of its own.
var answersOf = map[string]string{
	"mmap":    "EACCES EAGAIN EEXIST EINVAL EIO ENFILE ENODEV ENOMEM EOVERFLOW EPERM",
	"openat":  "EACCES EDQUOT EINTR EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENOENT ENOSPC ENOTDIR EOPNOTSUPP EROFS",
	"munmap":  "EINVAL ENOMEM EPERM",
	"mremap":  "EAGAIN EFAULT EINVAL ENOMEM EPERM",
	"mseal":   "EINVAL ENOMEM ENOSYS",
	"mlock":   "EAGAIN EINVAL ENOMEM EPERM",
	"mlock2":  "EAGAIN EINVAL ENOMEM ENOSYS EPERM",
	"munlock": "EINVAL ENOMEM", "munlockall": "EPERM", "mlockall": "EINVAL ENOMEM EPERM",
	"mprotect": "EACCES EINVAL ENOMEM EPERM", "pkey_mprotect": "EACCES EINVAL ENOMEM ENOSYS EPERM", "pkey_alloc": "EINVAL ENOSPC ENOSYS", "pkey_free": "EINVAL ENOSYS",
	"madvise": "EACCES EAGAIN EBADF EBUSY EFAULT EHWPOISON EINVAL EIO ENOMEM EOPNOTSUPP EPERM",
	"mincore": "EAGAIN EINVAL ENOMEM",
	"msync":   "EBUSY EDQUOT EINVAL EIO ENOMEM ENOSPC",

	"fadvise64":    "EBADF EINVAL",
	"memfd_create": "EACCES EINVAL EMFILE ENFILE ENODEV ENOSYS", "memfd_secret": "EMFILE ENFILE ENOMEM ENOSYS",
	"ftruncate": "EFBIG EINVAL ENOSPC", "close": "EDQUOT EIO ENOSPC",

	"read": "EFAULT", "write": "EFAULT EFBIG",
	"touch": "SIGSEGV SIGBUS", "memset": "SIGSEGV SIGBUS", "memcpy": "SIGSEGV SIGBUS", "memmove": "SIGSEGV SIGBUS",
	"memcmp": "SIGSEGV SIGBUS", "malloc": "ENOMEM SIGSEGV SIGBUS", "calloc": "ENOMEM SIGSEGV SIGBUS", "aligned_alloc": "EINVAL ENOMEM SIGSEGV SIGBUS", "realloc": "ENOMEM SIGSEGV SIGBUS", "free": "SIGSEGV SIGBUS", "malloc_trim": "SIGSEGV SIGBUS", "mallopt": "SIGSEGV SIGBUS",
	"brk":    "ENOMEM",
	"shmget": "EEXIST EINVAL ENFILE ENOMEM ENOSPC", "shmat": "EACCES EAGAIN EIDRM EINVAL ENOMEM EPERM",
	"shmdt":  "EINVAL",
	"shmctl": "EIDRM EINVAL ENOMEM EPERM",
	"clone":  "EAGAIN ENOMEM", "execve": "EACCES EAGAIN ENOMEM ETXTBSY",
	"kill": "EPERM ESRCH SIGBUS SIGFPE SIGILL SIGSEGV SIGTRAP", "rt_sigaction": "EPERM",
	"prlimit64": "EINVAL EPERM", "prctl": "EINVAL", "capget": "EPERM", "capset": "EPERM",
}

// Every verb says which calls it makes, and every one of those what it can be answered.
func TestExplainKnowsEveryVerb(t *testing.T) {
	var made []string
	for _, v := range lang.Verbs() {
		list, ok := callsOf[v.Name]
		if !ok {
			t.Errorf("%s has no row in callsOf: say which calls it makes, and what they can be answered", v.Name)
		}
		made = append(made, strings.Fields(list)...)
	}
	for _, call := range made {
		if answersOf[call] == "" {
			t.Errorf("%s has no row in answersOf: say what it can be answered", call)
		}
	}
	for call := range answersOf {
		if !slices.Contains(made, call) {
			t.Errorf("%s is made by no verb", call)
		}
	}
	for row := range calls.Explainers() {
		if call := row[0]; call != "" && !slices.Contains(strings.Fields(answersOf[call]), row[1]) {
			t.Errorf("%s %s is explained, and is not among what the call can be answered", call, row[1])
		}
	}
}

// Every answer of every call has a case with a cause, and every explainer of the table is the
// one that explains some case.
func TestExplainReachesEverything(t *testing.T) {
	answers := map[[2]string]bool{}
	type explainer struct {
		row [2]string
		nth int
	}
	explainers := map[explainer]bool{}
	for _, tt := range explainCases() {
		e, s := tt.make(t)
		if why, _ := calls.Explain(e, s); why != "" {
			answers[[2]string{tt.call, tt.answer}] = true
			row, nth := calls.ExplainedBy(e, s)
			explainers[explainer{row, nth}] = true
		}
	}
	for call, list := range answersOf {
		for _, answer := range strings.Fields(list) {
			if !answers[[2]string{call, answer}] {
				t.Errorf("no case explains %s %s", call, answer)
			}
		}
	}
	for row, n := range calls.Explainers() {
		for nth := range n {
			if !explainers[explainer{row, nth}] {
				t.Errorf("no case is explained by number %d of %s %s", nth, row[0], row[1])
			}
		}
	}
}

var sharedCases = []explainCase{
	{"an old kernel", "mlock2 a onfault", "mlock2", "ENOSYS", "4.3.0", nil, nil,
		"mlock2 came with Linux 4.4; this is 4.3.0.",
		""},
	{"hidden", "mlock2 a onfault", "mlock2", "ENOSYS", "", nil, nil,
		"mlock2 came with Linux 4.4, and this is 6.18.44: a filter hides it (seccomp), or the kernel was built without it.",
		""},
	{"hidden", "mincore a", "mincore", "ENOSYS", "", nil, nil,
		"This kernel, 6.18.44, does not have mincore, or a filter hides it (seccomp).",
		""},
	{"a filter", "munlockall", "munlockall", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
	{"a filter", "in kid mlock a", "mlock", "EPERM", "", nil, nil,
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: a filter of system calls (seccomp); a security module (SELinux, AppArmor).",
		""},
}

func TestExplainShared(t *testing.T) { runExplain(t, sharedCases) }
