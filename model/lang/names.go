package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// errnos are the names of errno(3) on Linux, in the order of their numbers
// (asm-generic/errno-base.h, errno.h).
var errnos = strings.Fields(`
	EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY
	EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE
	EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST
	ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT EBFONT ENOSTR ENODATA ETIME ENOSR
	ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD
	EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ
	EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT
	EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN
	ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN
	ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED
	EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON`)

// errnoAliases are second names of the same numbers.
var errnoAliases = map[string]string{
	"EWOULDBLOCK": "EAGAIN",
	"EDEADLOCK":   "EDEADLK",
	"ENOTSUP":     "EOPNOTSUPP",
}

// Errnos lists the error names that expect takes; the caller may change the slice.
func Errnos() []string { return slices.Clone(errnos) }

// signals are the names of signal(7) on Linux, in the order of their numbers on x86-64.
var signals = strings.Fields(`
	SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM
	SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF
	SIGWINCH SIGIO SIGPWR SIGSYS`)

// Signals lists the signals that kill and expect take; the caller may change the slice.
func Signals() []string { return slices.Clone(signals) }

// HeldSignals are those that an access to memory can be answered with, and that signal takes.
var HeldSignals = []string{"SIGSEGV", "SIGBUS"}

// signalCodes are the values of si_code that belong to one signal (sigaction(2)),
// in the order of their numbers from 1.
var signalCodes = map[string][]string{
	"SIGILL": {"ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG", "ILL_COPROC",
		"ILL_BADSTK"},
	"SIGFPE": {"FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV",
		"FPE_FLTSUB"},
	"SIGSEGV": {"SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR", "SEGV_ACCADI", "SEGV_ADIDERR",
		"SEGV_ADIPERR", "SEGV_MTEAERR", "SEGV_MTESERR", "SEGV_CPERR"},
	"SIGBUS":  {"BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR", "BUS_MCEERR_AR", "BUS_MCEERR_AO"},
	"SIGTRAP": {"TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT", "TRAP_UNK", "TRAP_PERF"},
}

// codesOf lists the codes that a signal can come with, those of any signal last.
func codesOf(signal string) []string {
	return append(slices.Clone(signalCodes[signal]), "SI_USER", "SI_KERNEL", "SI_QUEUE", "SI_TKILL")
}

// capabilities are those of Linux without cap_, in the order of their bit numbers from 0
// (linux/capability.h, capabilities(7)).
var capabilities = strings.Fields(`
	chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
	net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin
	sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override
	mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`)

// Capabilities lists the capabilities that capset can drop, each at the index that is its
// bit number; the caller may change the slice.
func Capabilities() []string { return slices.Clone(capabilities) }

// advices are those of madvise(2), by the names of its MADV_ constants.
var advices = []string{
	"normal", "random", "sequential", "willneed", "dontneed", "free", "cold", "pageout", "remove",
	"populate_read", "populate_write", "hugepage", "nohugepage", "collapse", "mergeable", "unmergeable",
	"dontfork", "dofork", "wipeonfork", "keeponfork", "dontneed_locked", "guard_install", "guard_remove",
}

// Advices lists the advices that madvise takes; the caller may change the slice.
func Advices() []string { return slices.Clone(advices) }

// fileAdvices are those of posix_fadvise(2), by the names of its POSIX_FADV_ constants;
// noreuse is left out.
var fileAdvices = []string{"normal", "random", "sequential", "willneed", "dontneed"}

// FileAdvices lists the advices that posix_fadvise takes; the caller may change the slice.
func FileAdvices() []string { return slices.Clone(fileAdvices) }

// syncModes are the flags of msync(2), by the names of its MS_ constants.
var syncModes = []string{"sync", "async", "invalidate"}

// SyncModes lists the modes that msync takes; the caller may change the slice.
func SyncModes() []string { return slices.Clone(syncModes) }

// shmOps are what shmctl does: SHM_LOCK, SHM_UNLOCK, IPC_RMID (shmctl(2)).
var shmOps = []string{"lock", "unlock", "rmid"}

// ShmOps lists what shmctl can do to a segment; the caller may change the slice.
func ShmOps() []string { return slices.Clone(shmOps) }

// prots are the protections that mmap and mprotect take, by their bits.
var prots = []model.Prot{
	model.ProtNone, model.ProtRead, model.ProtWrite, model.ProtRead | model.ProtWrite, model.ProtRead | model.ProtExec, model.ProtRead | model.ProtWrite | model.ProtExec,
}

// Protections lists the protections that mmap and mprotect take; the caller may
// change the slice.
func Protections() []model.Prot { return slices.Clone(prots) }

func protNames() []string {
	out := make([]string, len(prots))
	for i, p := range prots {
		out[i] = p.String()
	}
	return out
}
