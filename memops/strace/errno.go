//go:build linux && (amd64 || arm64)

package strace

import (
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"incore/model"
)

// Errno names an errno and gives strerror's text of it: ENOMEM, "Cannot allocate memory".
func Errno(e syscall.Errno) (name, text string) {
	name = unix.ErrnoName(e)
	switch { // some have two names
	case name == "":
		name = strconv.Itoa(int(e))
	case e == unix.EOPNOTSUPP: // ENOTSUP
		name = "EOPNOTSUPP"
	case e == unix.EUCLEAN: // EFSCORRUPTED
		name = "EUCLEAN"
	}
	text = e.Error()
	if text != "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return name, text
}

// codes are the names of si_code that the signals a subject can meet come with
// (sigaction(2); asm-generic/siginfo.h).
var codes = map[syscall.Signal]map[int32]string{
	unix.SIGSEGV: {1: "SEGV_MAPERR", 2: "SEGV_ACCERR", 3: "SEGV_BNDERR", 4: "SEGV_PKUERR", 8: "SEGV_MTEAERR", 9: "SEGV_MTESERR", 10: "SEGV_CPERR"},
	unix.SIGBUS:  {1: "BUS_ADRALN", 2: "BUS_ADRERR", 3: "BUS_OBJERR", 4: "BUS_MCEERR_AR", 5: "BUS_MCEERR_AO"},
	unix.SIGILL:  {1: "ILL_ILLOPC", 2: "ILL_ILLOPN", 3: "ILL_ILLADR", 4: "ILL_ILLTRP", 5: "ILL_PRVOPC", 6: "ILL_PRVREG", 7: "ILL_COPROC", 8: "ILL_BADSTK"},
	unix.SIGTRAP: {1: "TRAP_BRKPT", 2: "TRAP_TRACE", 3: "TRAP_BRANCH", 4: "TRAP_HWBKPT"},
	unix.SIGFPE:  {1: "FPE_INTDIV", 2: "FPE_INTOVF", 3: "FPE_FLTDIV", 4: "FPE_FLTOVF", 5: "FPE_FLTUND", 6: "FPE_FLTRES", 7: "FPE_FLTINV", 8: "FPE_FLTSUB"},
}

// The codes that any signal may come with (asm-generic/siginfo.h).
const (
	siUser   = 0    // sent by kill(2)
	SIKernel = 0x80 // raised by the kernel without a code of its own

	SegvMapErr = 1 // those of SIGSEGV that are asked for
	SegvAccErr = 2
)

// Signal is a signal by its number, its si_code and its address.
func Signal(number, code int32, addr uint64) *model.Signal {
	sig := syscall.Signal(number)
	s := &model.Signal{Number: int(number), Name: unix.SignalName(sig), Addr: addr, Code: codes[sig][code]}
	switch {
	case s.Code != "":
	case code == SIKernel:
		s.Code = "SI_KERNEL"
	case code == siUser: // kill(2): who sent it lies where an address would (sigaction(2))
		s.Code, s.Addr = "SI_USER", 0
	default:
		s.Code = strconv.Itoa(int(code))
	}
	return s
}
