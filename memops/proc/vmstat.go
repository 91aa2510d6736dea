package proc

// MachineKills is how many processes the OOM killer has ended since the system began
// (oom_kill of /proc/vmstat, Linux 4.13).
func MachineKills() int64 {
	n, _ := Keyed(ReadText("/proc/vmstat"), "oom_kill")
	return n
}
