//go:build linux && (amd64 || arm64)

package subject

import (
	"encoding/binary"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// caught are the signals that the subject answers with a reply instead of dying:
// those that an access, or an instruction run by TouchExec, can raise.
var caught = []unix.Signal{unix.SIGSEGV, unix.SIGBUS, unix.SIGILL, unix.SIGTRAP, unix.SIGFPE}

// unheard are the signals that the subject ignores, as its children and what it executes do: SIGXFSZ is the kernel's
// for a file that would become longer than RLIMIT_FSIZE, and without it the call answers EFBIG (setrlimit(2)).
var unheard = []unix.Signal{unix.SIGXFSZ}

// Flags of sigaction(2) that x/sys does not have: asm-generic/signal-defs.h.
const (
	saSiginfo  = 0x4
	saRestorer = 0x04000000 // x86-64 only, where the kernel demands a restorer
	saOnstack  = 0x08000000
)

// How the kernel treats a signal that no handler catches: asm-generic/signal-defs.h.
const (
	sigDefault = 0
	sigIgnore  = 1
)

// sigsetSize is the size of a kernel's signal set, in bytes.
const sigsetSize = 8

// catching gives the actor a signal stack, so that a stack overflow too is an answer, and
// installs the handler. A fork inherits both; an execve drops them.
func (s *Subject) catching() []need {
	s.putWords(stackArgs, WindowAddr+actorBlock+sigStack, 0, sigStackSize) // struct sigaltstack: ss_sp, ss_flags, ss_size
	return append([]need{{"sigaltstack", unix.SYS_SIGALTSTACK, []uint64{ArgsAddr + stackArgs, 0}}},
		s.actions(s.handler, caught)...)
}

// CatchSignal has the actor answer a signal with a reply, as it does from the start with
// those that an access can raise, or lets it have its default action again. The reply is
// rt_sigaction's. Args is used. A child inherits it; Exec catches again what it did at the
// start.
func (s *Subject) CatchSignal(sig unix.Signal, catch bool) (Reply, error) {
	handler := uint64(sigDefault)
	if catch {
		handler = s.handler
	}
	n := s.actions(handler, []unix.Signal{sig})[0]
	return s.Actor.Call(n.number, n.args...)
}

// actions set what signals do.
func (s *Subject) actions(handler uint64, signals []unix.Signal) (needs []need) {
	s.putAction(handler)
	for _, sig := range signals {
		needs = append(needs, need{"rt_sigaction " + unix.SignalName(sig), unix.SYS_RT_SIGACTION,
			[]uint64{uint64(sig), ArgsAddr + actionArgs, 0, sigsetSize}})
	}
	return needs
}

// putAction puts a struct kernel_sigaction into Args: handler, flags, restorer, mask.
// While the handler runs the others wait: where two frames do not fit, a second signal would
// end the process, or be put on top of the first (get_sigframe in arch/x86/kernel/signal.c takes
// a stack pointer within 128 bytes of the signal stack's end for one that is not on it).
func (s *Subject) putAction(handler uint64) {
	const flags = saSiginfo | saOnstack
	if runtime.GOARCH == "amd64" {
		s.putWords(actionArgs, handler, flags|saRestorer, s.handler, caughtSet()) // the restorer is not used
	} else {
		s.putWords(actionArgs, handler, flags, 0, caughtSet())
	}
}

// deafen has the observer block the caught signals, as the first thing that it does: it is
// called before the observer is made, and deaf after its first word. A signal that somebody
// sends to the process is then the actor's to tell of, whatever the actor does (complete_signal
// in kernel/signal.c may else choose either). An access of the observer raises none.
func (s *Subject) deafen() error {
	binary.LittleEndian.PutUint64(s.window[observerBlock+observerMask:], caughtSet())
	return s.Observer.Send(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, WindowAddr+observerBlock+observerMask, 0, sigsetSize)
}

// observerMask is where in its block the observer finds the signals to block.
const observerMask = 0x400

func (s *Subject) deaf() error {
	r, err := s.Observer.answer(s.Observer.tag)
	if err == nil && r.Ret < 0 {
		err = syscall.Errno(-r.Ret)
	}
	return err
}

// caughtSet is the signal set of the caught ones.
func caughtSet() (set uint64) {
	for _, sig := range caught {
		set |= 1 << (sig - 1)
	}
	return set
}

// putWords puts words into Args, from a byte offset on, and putText a string with its NUL.
func (s *Subject) putWords(at int, words ...uint64) {
	for i, w := range words {
		binary.LittleEndian.PutUint64(s.Args[at+8*i:], w)
	}
}

func (s *Subject) putText(at int, text string) {
	s.Args[at+copy(s.Args[at:len(s.Args)-1], text)] = 0
}
