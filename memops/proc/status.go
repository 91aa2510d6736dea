package proc

import (
	"bytes"
	"math/bits"

	"incore/model"
)

// seccompFilter is SECCOMP_MODE_FILTER (linux/seccomp.h).
const seccompFilter = 2

// capIPCLock is the number of CAP_IPC_LOCK (linux/capability.h).
const capIPCLock = 14

// Status holds the fields of /proc/PID/status (proc_pid_status(5)). Sizes are in bytes.
type Status struct {
	// VmRSS, VmLck, VmSwap, VmSize and VmData. All are 0 of a process that is ending.
	RSS, VmLck, Swap, VmSize, VmData int64

	Tables  int64  // page tables of all levels
	Shmem   int64  // the part of RSS that is shared memory (RssShmem, Linux 4.5)
	IPCLock bool   // CAP_IPC_LOCK is effective
	Caps    uint64 // the effective capabilities, a bit each by its number
}

// ParseStatus reads /proc/PID/status. Lines it does not know, or that are not as it
// expects, leave their field 0: a process that is ending has no Vm lines.
func ParseStatus(text []byte) Status {
	var s Status
	for line := range bytes.Lines(text) {
		key, rest, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		switch string(key) {
		case "VmRSS":
			s.RSS = kibibytes(rest)
		case "RssShmem":
			s.Shmem = kibibytes(rest)
		case "VmPTE", "VmPMD": // before Linux 4.15 each level has a line of its own (fs/proc/task_mmu.c)
			s.Tables += kibibytes(rest)
		case "VmLck":
			s.VmLck = kibibytes(rest)
		case "VmSwap":
			s.Swap = kibibytes(rest)
		case "VmSize":
			s.VmSize = kibibytes(rest)
		case "VmData":
			s.VmData = kibibytes(rest)
		case "CapEff":
			s.Caps, _ = hexNumber(bytes.TrimSpace(rest))
			s.IPCLock = s.Caps>>capIPCLock&1 != 0
		}
	}
	return s
}

// kibibytes reads "   123 kB" and returns bytes.
func kibibytes(field []byte) int64 {
	n, _ := decimal(bytes.TrimLeft(field, " \t"))
	return int64(n << 10)
}

// decimal reads the digits that b begins with, and returns what follows them. A
// number that does not fit is cut off at its low 64 bits.
func decimal(b []byte) (n uint64, rest []byte) {
	i := 0
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		n = n*10 + uint64(b[i]-'0')
	}
	return n, b[i:]
}

// hexNumber reads the hexadecimal digits that b begins with, at most 16, and returns
// what follows them.
func hexNumber(b []byte) (n uint64, rest []byte) {
	i := 0
	for ; i < len(b) && i < bits.UintSize/4; i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			n = n<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | uint64(c-'a'+10)
		default:
			return n, b[i:]
		}
	}
	return n, b[i:]
}

// ParseFaults returns the minor and major faults of a /proc/PID/task/TID/stat line
// (proc_pid_stat(5), fields 10 and 12). The name in parentheses may contain anything,
// so the fields are counted from its last parenthesis on.
func ParseFaults(text []byte) (minor, major int64) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const first = 3 // the number of the field behind the name
	if len(fields) <= 12-first {
		return 0, 0
	}
	lo, _ := decimal(fields[10-first])
	hi, _ := decimal(fields[12-first])
	return int64(lo), int64(hi)
}

func (s Status) stat(minor, major int64) model.ProcStat {
	return model.ProcStat{RSS: s.RSS, VmLck: s.VmLck, Swap: s.Swap, VmSize: s.VmSize, VmData: s.VmData, Minor: minor, Major: major}
}

// Filtered reports whether incore, and so all of its processes, runs under a filter of system calls, as the text
// of /proc/self/status tells (proc_pid_status(5), Seccomp). What a filter answers a call with is told nowhere.
func Filtered(status []byte) bool {
	for line := range bytes.Lines(status) {
		if mode, ok := bytes.CutPrefix(line, []byte("Seccomp:")); ok {
			return Number(bytes.TrimSpace(mode)) == seccompFilter
		}
	}
	return false
}
