//go:build linux && (amd64 || arm64)

package subject

import (
	"encoding/binary"
	"runtime"

	"golang.org/x/sys/unix"
)

// caught are the signals that the subject answers with a reply instead of dying:
// those that an access, or an instruction run by TouchExec, can raise.
var caught = []unix.Signal{unix.SIGSEGV, unix.SIGBUS, unix.SIGILL, unix.SIGTRAP, unix.SIGFPE}

// Flags of sigaction(2) that x/sys does not have: asm-generic/signal-defs.h.
const (
	saSiginfo  = 0x4
	saRestorer = 0x04000000 // x86-64 only, where the kernel demands a restorer
	saOnstack  = 0x08000000
	saNodefer  = 0x40000000 // the handler never returns, so the signal must not stay blocked
)

// catchSignals gives the actor a signal stack, so that a stack overflow too is an
// answer, and installs the handler.
func (s *Subject) catchSignals() error {
	put := func(words ...uint64) {
		for i, w := range words {
			binary.LittleEndian.PutUint64(s.Args[8*i:], w)
		}
	}
	put(WindowAddr+actorBlock+sigStack, 0, sigStackSize) // struct sigaltstack: ss_sp, ss_flags, ss_size
	if err := s.must("sigaltstack", unix.SYS_SIGALTSTACK, ArgsAddr, 0); err != nil {
		return err
	}
	// struct kernel_sigaction: handler, flags, restorer (x86-64), mask
	const flags = saSiginfo | saOnstack | saNodefer
	if runtime.GOARCH == "amd64" {
		put(s.handler, flags|saRestorer, s.handler, 0)
	} else {
		put(s.handler, flags, 0, 0)
	}
	for _, sig := range caught {
		if err := s.must("rt_sigaction "+unix.SignalName(sig), unix.SYS_RT_SIGACTION, uint64(sig), ArgsAddr, 0, 8); err != nil {
			return err
		}
	}
	return nil
}
