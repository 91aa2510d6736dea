package memops

import (
	"bytes"
	"math/bits"

	"incore/model"
)

// capIPCLock is the number of CAP_IPC_LOCK (linux/capability.h).
const capIPCLock = 14

// status is what is read of /proc/PID/status (proc_pid_status(5)).
type status struct {
	rss, vmlck, swap, size int64  // bytes
	tables                 int64  // bytes of page tables of all levels
	data                   int64  // bytes: VmData
	shmem                  int64  // bytes of rss that are of shared memory (RssShmem, Linux 4.5)
	ipcLock                bool   // CAP_IPC_LOCK is effective
	caps                   uint64 // the effective capabilities, a bit each by its number
}

// parseStatus reads /proc/PID/status. Lines it does not know, or that are not as it
// expects, leave their field 0: a process that is ending has no Vm lines.
func parseStatus(text []byte) status {
	var s status
	for line := range bytes.Lines(text) {
		key, rest, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		switch string(key) {
		case "VmRSS":
			s.rss = kibibytes(rest)
		case "RssShmem":
			s.shmem = kibibytes(rest)
		case "VmPTE", "VmPMD": // before Linux 4.15 each level has a line of its own (fs/proc/task_mmu.c)
			s.tables += kibibytes(rest)
		case "VmLck":
			s.vmlck = kibibytes(rest)
		case "VmSwap":
			s.swap = kibibytes(rest)
		case "VmSize":
			s.size = kibibytes(rest)
		case "VmData":
			s.data = kibibytes(rest)
		case "CapEff":
			s.caps, _ = hexNumber(bytes.TrimSpace(rest))
			s.ipcLock = s.caps>>capIPCLock&1 != 0
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

// parseFaults returns the minor and major faults of a /proc/PID/task/TID/stat line
// (proc_pid_stat(5), fields 10 and 12). The name in parentheses may contain anything,
// so the fields are counted from its last parenthesis on.
func parseFaults(text []byte) (minor, major int64) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const first = 3 // the number of the field behind the name
	if len(fields) <= 12-first {
		return 0, 0
	}
	lo, _ := decimal(fields[10-first])
	hi, _ := decimal(fields[12-first])
	return int64(lo), int64(hi)
}

func (s status) stat(minor, major int64) model.ProcStat {
	return model.ProcStat{RSS: s.rss, VmLck: s.vmlck, Swap: s.swap, VmSize: s.size, VmData: s.data, Minor: minor, Major: major}
}
