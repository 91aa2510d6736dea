//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"strings"

	"incore/memops/proc"
	"incore/model"
)

// settingsFor are the settings of the system that an answer depends on, by call and errno, as
// proc_sys_vm(5), proc_sys_kernel(5) and proc_sys_fs(5) name them.
var settingsFor = map[string][]string{
	"shmget EINVAL":       {"kernel.shmmax"},
	"shmget ENOSPC":       {"kernel.shmmni", "kernel.shmall"},
	"memfd_create EACCES": {"vm.memfd_noexec"},
	"mmap EPERM":          {"vm.mmap_min_addr"},
	"shmat EPERM":         {"vm.mmap_min_addr"},
}

// settingsOf reads those that the answer of a call depends on.
func settingsOf(e *model.Event) map[string]int64 {
	out := map[string]int64{}
	for _, name := range settingsFor[e.Call+" "+e.Errno] {
		if text := proc.ReadText("/proc/sys/" + strings.ReplaceAll(name, ".", "/")); text != nil {
			out[name] = proc.Number(text)
		}
	}
	if e.Call == "shmget" && e.Errno == "ENOSPC" {
		// Of /proc/sysvipc/shm each line but the first is a segment (proc_sysvipc_shm(5)).
		out["segments"] = int64(max(0, bytes.Count(proc.ReadText("/proc/sysvipc/shm"), []byte("\n"))-1))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
