package lang

import (
	"slices"
	"strconv"
	"strings"

	"incore/model"
)

// signal is the name of a signal; those of first are offered first.
func signal(first ...string) kind[string] {
	words := slices.Clone(first)
	for _, s := range signals {
		if !slices.Contains(first, s) {
			words = append(words, s)
		}
	}
	example := append(slices.Clone(first), "SIGTERM")[0]
	return kind[string]{
		Kind:  Kind{Form: FormWord, Usage: "SIGNAL", What: "the name of a signal, such as " + example, Words: words},
		read:  signalNamed,
		write: model.Visible,
	}
}

// heldSignal is a signal that an access to memory can be answered with.
func heldSignal() kind[string] {
	return kind[string]{
		Kind: Kind{
			Form: FormWord, Usage: strings.Join(HeldSignals, "|"), What: "a signal, " + strings.Join(HeldSignals, " or "), Words: HeldSignals,
		},
		read: func(w token) (string, *ParseError) {
			if slices.Contains(HeldSignals, w.text) {
				return w.text, nil
			}
			hint := signalMeant(w.text)
			if !slices.Contains(HeldSignals, hint) || slices.Contains(signals, w.text) {
				hint = ""
			}
			return "", w.wrong("signal is about SIGSEGV and SIGBUS alone", hint)
		},
		write: model.Visible,
	}
}

func signalNamed(w token) (string, *ParseError) {
	if !slices.Contains(signals, w.text) {
		return "", w.wrong("no such signal", signalMeant(strings.TrimPrefix(w.text, "-")))
	}
	return w.text, nil
}

// signalMeant guesses at the signal that is meant by what kill(1) takes: 9, -9, TERM.
func signalMeant(s string) string {
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(signals) {
		return signals[n-1]
	}
	if name := "SIG" + strings.ToUpper(s); slices.Contains(signals, name) {
		return name
	}
	return Nearest(s, signals)
}

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
