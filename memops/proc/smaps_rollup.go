package proc

import (
	"bytes"
	"strconv"
)

// Pss is a process's share of what it has in memory, and what of that is shared memory, bytes, as
// smaps_rollup tells. ok is false where the kernel does not tell both.
func Pss(pid int) (all, shmem int64, ok bool) {
	return parsePss(ReadText("/proc/" + strconv.Itoa(pid) + "/smaps_rollup"))
}

// parsePss is the process's share of what it has in memory, and what of that is shared memory
// (proc_pid_smaps(5)), bytes. ok is false where the kernel does not tell both apart: Pss_Shmem
// of smaps_rollup is there since Linux 5.3.
func parsePss(text []byte) (all, shmem int64, ok bool) {
	for line := range bytes.Lines(text) {
		if rest, found := bytes.CutPrefix(line, []byte("Pss:")); found {
			all = kibibytes(rest)
		} else if rest, found := bytes.CutPrefix(line, []byte("Pss_Shmem:")); found {
			shmem, ok = kibibytes(rest), true
		}
	}
	return all, shmem, ok
}
