package proc

import (
	"bytes"

	"incore/model"
)

// ReadSystem reads what is asked of the machine as a whole. What cannot be read is 0.
func ReadSystem() model.System {
	s := ReadMeminfo()
	s.Overcommit = int(ReadNumber("/proc/sys/vm/overcommit_memory"))
	s.MaxMapCount = ReadNumber("/proc/sys/vm/max_map_count")
	s.THP = Chosen(ReadText("/sys/kernel/mm/transparent_hugepage/enabled"))
	s.KSM = string(bytes.TrimSpace(ReadText("/sys/kernel/mm/ksm/run")))
	s.HugeSurplus = ReadNumber("/proc/sys/vm/nr_overcommit_hugepages")
	return s
}

// ReadMeminfo reads the part of it that /proc/meminfo has.
func ReadMeminfo() model.System { return parseMeminfo(ReadText("/proc/meminfo")) }

// parseMeminfo reads /proc/meminfo (proc_meminfo(5)). Kernels before 3.14 have no MemAvailable. For them it
// adds up the memory that is free and the memory that holds files.
func parseMeminfo(text []byte) model.System {
	var s model.System
	var free, cached, shmem int64
	known := false
	for line := range bytes.Lines(text) {
		key, rest, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		switch string(key) {
		case "MemTotal":
			s.MemTotal = kibibytes(rest)
		case "MemAvailable":
			s.MemAvailable, known = kibibytes(rest), true
		case "MemFree":
			free = kibibytes(rest)
		case "Cached":
			cached = kibibytes(rest)
		case "Shmem":
			shmem = kibibytes(rest)
		case "SwapTotal":
			s.SwapTotal = kibibytes(rest)
		case "SwapFree":
			s.SwapFree = kibibytes(rest)
		case "CommitLimit":
			s.CommitLimit = kibibytes(rest)
		case "Committed_AS":
			s.Committed = kibibytes(rest)
		case "Hugepagesize":
			s.HugeSize = kibibytes(rest)
		case "HugePages_Total":
			s.HugeTotal = Number(rest)
		case "HugePages_Rsvd":
			s.HugeReserved = Number(rest)
		case "HugePages_Free":
			s.HugeFree = Number(rest)
		}
	}
	if !known {
		s.MemAvailable = free + max(0, cached-shmem)
	}
	return s
}
