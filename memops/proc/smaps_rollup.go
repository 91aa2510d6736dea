package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
)

// Pss is a process's share of what it has in memory, and what of that is shared memory, bytes, as
// smaps_rollup tells. ok is false where the kernel does not tell both.
func Pss(pid int) (all, shmem int64, ok bool) {
	return parsePss(ReadText("/proc/" + strconv.Itoa(pid) + "/smaps_rollup"))
}

// Share is a process's share of what it has in memory, bytes: RSS with each page divided by how many map it. An error
// says why it cannot be told.
func Share(pid int) (int64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	switch all, _, _ := parsePss(text); {
	case errors.Is(err, fs.ErrNotExist):
		return 0, fmt.Errorf("%w (Linux has it from 4.14 on)", err)
	case err != nil:
		return 0, err
	case all == 0:
		return 0, errors.New("smaps_rollup has no Pss")
	default:
		return all, nil
	}
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
