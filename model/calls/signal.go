package calls

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// signalFamily is what sends signals, and what says what they do.
var signalFamily = []dossier{
	{
		call: model.CallKill, verb: "kill", page: "kill(2)", what: "Sends a signal. incore made this call, to the process.", ok: said("0: it was sent"),
		args:      []argument{arg("pid", explainedAs("the process")), arg("sig", explainConstant)},
		constants: signals,
		telling:   telling{sends: true},
		causes: causes{
			"ESRCH": {killNobody}, "EPERM": {leftover("the process has rights that incore has not", securityModule)},
			"SIGSEGV": {killAnswered}, "SIGBUS": {killAnswered}, "SIGILL": {killAnswered}, "SIGTRAP": {killAnswered}, "SIGFPE": {killAnswered},
		},
		reach: following((*reacher).kills),
	},
	{
		call: "rt_sigaction", verb: "signal", page: "sigaction(2)", what: "Says what a signal does.", ok: done,
		args: []argument{
			arg("signum", explainConstant), arg("act", explainHandler), arg("oldact", explainedAs("what was so before is not asked")), arg("sigsetsize", explainedAs("how many bytes a set of signals has")),
		},
		reach: following((*reacher).setsSignal),
	},
}

// signals says of each what it is about, and what it does to a process by default (signal(7)).
var signals = map[string]string{
	"SIGHUP":    "the terminal is gone; ends it",
	"SIGINT":    "ctrl+c; ends it",
	"SIGQUIT":   "ctrl+\\; ends it",
	"SIGILL":    "an instruction that there is not",
	"SIGTRAP":   "a breakpoint",
	"SIGABRT":   "abort(3); ends it",
	"SIGBUS":    "an access behind the end of a file, or to memory that is broken",
	"SIGFPE":    "a wrong calculation",
	"SIGKILL":   "ends it, and cannot be caught",
	"SIGUSR1":   "for users; ends it",
	"SIGSEGV":   "an access to memory that may not be",
	"SIGUSR2":   "for users; ends it",
	"SIGPIPE":   "nobody reads the pipe; ends it",
	"SIGALRM":   "alarm(2); ends it",
	"SIGTERM":   "asks it to end; ends it",
	"SIGSTKFLT": "unused; ends it",
	"SIGCHLD":   "a child has ended; ignored",
	"SIGCONT":   "go on after a stop; ignored by one that runs",
	"SIGSTOP":   "stops it, and cannot be caught",
	"SIGTSTP":   "ctrl+z; stops it",
	"SIGTTIN":   "reads from the terminal in the background; stops it",
	"SIGTTOU":   "writes to it in the background; stops it",
	"SIGURG":    "urgent data; ignored",
	"SIGXCPU":   "its time is up; ends it",
	"SIGXFSZ":   "a file too long; ends it",
	"SIGVTALRM": "a timer of its own time; ends it",
	"SIGPROF":   "a timer for profiling; ends it",
	"SIGWINCH":  "another window size; ignored",
	"SIGIO":     "I/O is possible; ends it",
	"SIGPWR":    "the power fails; ends it",
	"SIGSYS":    "a bad system call; ends it",
}

// setsSignal is rt_sigaction.
func (r *reacher) setsSignal(c lang.SetSignal) {
	handler, effect := "catch", "is an answer from now on"
	if c.Die {
		handler, effect = "SIG_DFL", "ends the process from now on"
	}
	r.call("rt_sigaction", wordOf(c.Signal), wordOf(handler), wordOf("NULL"), wordOf("8"))
	r.out.Effect = c.Signal + " " + effect
}

func (r *reacher) kills(c lang.Kill) {
	if slices.Contains(stoppingSignals, c.Signal) {
		r.refuse(c.Signal + " stops a process, and one that is stopped cannot be asked about its pages")
		return
	}
	r.call(model.CallKill, wordOf(fmt.Sprint(r.p.PID)), wordOf(c.Signal))
	switch {
	case slices.Contains(ignoredSignals, c.Signal):
		r.out.Effect = "is ignored, as it always is without a handler"
	case slices.Contains(lang.HeldSignals, c.Signal):
		r.out.Effect = "is answered; it ends the process where signal " + c.Signal + " die was said"
	case slices.Contains(answeredSignals, c.Signal):
		r.out.Effect = "is answered: no memory is accessed"
	default:
		r.ended()
	}
}

// Signals by what they come to (signal(7)): those that stop a process, which the session
// refuses, those that do nothing to one without a handler, and those that the subject answers.
var (
	stoppingSignals = []string{"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"}
	ignoredSignals  = []string{"SIGCHLD", "SIGURG", "SIGWINCH", "SIGCONT"}
	answeredSignals = []string{"SIGSEGV", "SIGBUS", "SIGILL", "SIGTRAP", "SIGFPE"}
)

func killNobody(f failure) (why, try string) {
	return "The process ended just before the signal was sent.", "reset starts a fresh one."
}

func killAnswered(f failure) (why, try string) {
	why = fmt.Sprintf("kill sent it, and the subject answers a %s: no memory was accessed.", f.Signal.Name)
	if slices.Contains(lang.HeldSignals, f.Signal.Name) {
		try = f.run("signal %s die makes it the end.", f.Signal.Name)
	}
	return why, try
}

// signalWords are the codes of the signals that an access can be answered with (sigaction(2)).
var signalWords = map[string]string{
	"SEGV_MAPERR":   "nothing is mapped there, or a guard page is",
	"SEGV_ACCERR":   "it is mapped, and its protection forbids the access",
	"SEGV_PKUERR":   "a protection key forbids the access",
	"BUS_ADRALN":    "the address is not aligned",
	"BUS_ADRERR":    "the page lies behind the end of its file, or cannot be had",
	"BUS_OBJERR":    "the hardware failed",
	"BUS_MCEERR_AR": "the memory is broken",
	"BUS_MCEERR_AO": "memory is broken, and was not needed yet",
	"SI_USER":       "a process sent it, with kill(2)",
	"SI_TKILL":      "a process sent it to the thread",
	"SI_QUEUE":      "a process sent it, with sigqueue(3)",
	"SI_KERNEL":     "the kernel gives no more precise reason",
}

// codeMeans are the codes of SIGSEGV that name a cause of their own (asm-generic/siginfo.h).
var codeMeans = map[string]string{
	"SEGV_BNDERR":  "the access was out of the bounds that it was checked for (MPX)",
	"SEGV_PKUERR":  "a protection key forbids the access (pkeys(7))",
	"SEGV_MTEAERR": "the tag of the address is not that of the memory (arm64's MTE; told late, without the address)",
	"SEGV_MTESERR": "the tag of the address is not that of the memory (arm64's MTE)",
	"SEGV_CPERR":   "a return address is not the one on the shadow stack",
}

// codeSays explains a signal by its code. Here the kernel itself tells the cause.
func codeSays(f failure) (why, try string) {
	if means, ok := codeMeans[f.Signal.Code]; ok {
		return fmt.Sprintf("The kernel's code for it, %s, means that %s.", f.Signal.Code, means), ""
	}
	return "", ""
}

// explainHandler explains what rt_sigaction was told.
func explainHandler(w asked) (string, []Bit) {
	if c, _ := lang.Inner(w.event.Command).(lang.SetSignal); c.Die {
		return "what the kernel does by default: it ends the process", nil
	}
	return "a handler, which tells incore and goes back", nil
}

// sentByProcess explains a signal that was sent. SI_USER is 0, and SI_TKILL is tgkill's (sigaction(2)).
func sentByProcess(f failure) (why, try string) {
	switch f.Signal.Code {
	case "SI_USER", "SI_TKILL", "SI_QUEUE":
		return "A process sent the signal (kill, " + f.Signal.Code + "): no access was answered with it.", ""
	}
	return "", ""
}
