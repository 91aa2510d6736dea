//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/strace"
	"incore/memops/subject"
)

// errNotRun is what touch exec ends with at content that it does not run.
var errNotRun = errors.New("incore runs a page only where it begins with an instruction that reaches no other memory, " +
	"since a file of commands could write any: " + harmlessWords())

// harmlessAMD64 are the instructions that touch exec runs: they reach no memory but what
// the registers point at, which is scratch memory of the subject.
var harmlessAMD64 = [][]byte{
	{0x00, 0x00}, // add %al,(%rax): what zeroed memory holds
	{0x90},       // nop
	{0xc3},       // ret
	{0xcc},       // int3
	{0xf4},       // hlt, which raises SIGSEGV
	{0x0f, 0x0b}, // ud2
}

func harmlessWords() string {
	if runtime.GOARCH == "arm64" {
		return "an undefined one, as zeroed memory holds"
	}
	return "00 00 (zeroed memory), 90, c3, cc, f4, 0f 0b"
}

// harmless refuses to have a page executed that is not known to begin with something harmless:
// one instruction with an address in it is enough to turn the subject, whose registers and
// frames lie in its own memory, to anything. Where a page may not be executed it is the kernel that
// answers, whatever the page holds, and nothing is read. Else the reading is the fault that the
// fetch would be, and of the same kind. Nothing runs meanwhile that could change what was read.
// It reports whether the fetch fails for sure.
func (t *touching) harmless(addr uint64) (fails bool, err error) {
	if t.fetches == nil {
		t.fetches = t.in.fetchable()
	}
	if t.fetches.Refused(addr) || misaligned(addr, runtime.GOARCH) {
		return true, nil
	}
	const most = 4 // bytes: an instruction of arm64
	n := min(most, uint64(t.in.lab.pageSize)-addr%uint64(t.in.lab.pageSize))
	before := t.e.Signal
	r, err := t.in.loop(&t.e, subject.CopyUp, subject.ArgsAddr, addr, n)
	t.e.Signal = before
	if err != nil {
		return false, err
	}
	code := t.in.sub.Args[:n]
	switch {
	case r.Signal == 0 && knownHarmless(code, runtime.GOARCH):
		return false, nil
	case r.Signal == 0:
		return false, fmt.Errorf("%#x begins with % x: %w", addr, code, errNotRun)
	case r.Signal == int32(unix.SIGSEGV) && r.Code != strace.SegvMapErr && t.fetches.Allowed(addr):
		// Memory that may be executed alone: by a protection key (mprotect(2), PROT_EXEC), or on arm64 as such.
		return false, fmt.Errorf("%#x may be executed and not read, so that nobody knows what it begins with: %w", addr, errNotRun)
	}
	return false, nil // there is nothing to fetch either, and the kernel will say so
}

// misaligned reports whether no instruction can begin at an address. On arm64 one begins at a multiple of 4; another
// address is answered with SIGBUS, whatever is there (do_sp_pc_abort in arch/arm64/mm/fault.c).
func misaligned(addr uint64, arch string) bool { return arch == "arm64" && addr%4 != 0 }

// fetchable reads what may be executed in the process. Where it cannot be known, or where the
// machine lets everything be executed, there is nothing in it.
func (p *process) fetchable() proc.Fetches {
	f := proc.ReadFetches(p.sub.PID)
	if !p.sub.OwnsPID() || !p.lab.mindsExec {
		return proc.Fetches{}
	}
	return f
}

// mindsExec reports whether this machine keeps memory without PROT_EXEC from being executed, which an x86-64
// processor without NX does not. It is tried in the subject's own scratch memory, where that is harmless.
func mindsExec(sub *subject.Subject) bool {
	r, err := sub.Actor.Call(subject.TouchExec, subject.ScratchAddr, 0, 1, 0)
	return err == nil && r.Signal == int32(unix.SIGSEGV) && r.Code == strace.SegvAccErr
}

// knownHarmless reports whether code begins with an instruction that may be run.
func knownHarmless(code []byte, arch string) bool {
	if arch == "arm64" {
		// UDF, permanently undefined: the high half is zero (Arm ARM, C6.2).
		return len(code) == 4 && binary.LittleEndian.Uint32(code)>>16 == 0
	}
	for _, begin := range harmlessAMD64 {
		if bytes.HasPrefix(code, begin) {
			return true
		}
	}
	return false
}
