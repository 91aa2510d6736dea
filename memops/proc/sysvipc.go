package proc

import (
	"bytes"
	"strconv"
)

// SegmentsHold adds up what /proc/sysvipc/shm says that some segments have in memory and in
// swap: its last two columns, bytes (ipc/shm.c, sysvipc_shm_proc_show).
func SegmentsHold(text []byte, ids map[int]bool) (n int64) {
	for line := range bytes.Lines(text) {
		columns := bytes.Fields(line)
		if len(columns) < 16 {
			continue
		}
		if id, err := strconv.Atoi(string(columns[1])); err == nil && ids[id] {
			n += Number(columns[14]) + Number(columns[15])
		}
	}
	return n
}
