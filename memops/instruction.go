//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"

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

// harmless reads what a page that is about to be executed begins with, and refuses it
// where it is not known to be harmless: one instruction with an address in it is enough to
// turn the subject, whose registers and frames lie in its own memory, to anything. The
// reading is the fault that the fetch would be, and of the same kind; where it is answered
// with a signal, so will be the fetch.
func (t *touching) harmless(addr uint64) error {
	const most = 4 // bytes: an instruction of arm64
	n := min(most, uint64(t.lab.pageSize)-addr%uint64(t.lab.pageSize))
	before := t.e.Signal
	r, err := t.lab.loop(&t.e, subject.CopyUp, subject.ArgsAddr, addr, n)
	t.e.Signal = before
	if err != nil || r.Signal != 0 {
		return err
	}
	code := t.lab.cur.sub.Args[:n]
	if !knownHarmless(code, runtime.GOARCH) {
		return fmt.Errorf("%#x begins with % x: %w", addr, code, errNotRun)
	}
	return nil
}

// knownHarmless tells whether code begins with an instruction that may be run.
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
