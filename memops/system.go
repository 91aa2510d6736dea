package memops

import (
	"bytes"
	"os"
	"time"

	"incore/model"
)

// systemPause is how often a screen's samples ask the machine about its memory.
const systemPause = time.Second

// systemReader reads what the machine says of its memory, and remembers it for the samples
// that do not need it exact.
type systemReader struct {
	last model.System
	from time.Time // when last is too old
}

// read is the machine's memory now, or as of the last second where now is not needed.
func (r *systemReader) read(now bool) model.System {
	if now || time.Now().After(r.from) {
		r.last, r.from = readSystem(), time.Now().Add(systemPause)
	}
	return r.last
}

// readSystem reads what is asked of the machine as a whole. What cannot be read is 0.
func readSystem() model.System {
	s := readMeminfo()
	s.Overcommit = int(readNumber("/proc/sys/vm/overcommit_memory"))
	s.MaxMapCount = readNumber("/proc/sys/vm/max_map_count")
	s.THP = chosen(readText("/sys/kernel/mm/transparent_hugepage/enabled"))
	s.KSM = string(bytes.TrimSpace(readText("/sys/kernel/mm/ksm/run")))
	s.HugeSurplus = readNumber("/proc/sys/vm/nr_overcommit_hugepages")
	return s
}

// readMeminfo reads the part of it that /proc/meminfo has.
func readMeminfo() model.System { return parseMeminfo(readText("/proc/meminfo")) }

// parseMeminfo reads /proc/meminfo (proc_meminfo(5)). Kernels before 3.14 do not tell
// MemAvailable: there it is what is free or holds files.
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
			s.HugeTotal = number(rest)
		case "HugePages_Rsvd":
			s.HugeReserved = number(rest)
		case "HugePages_Free":
			s.HugeFree = number(rest)
		}
	}
	if !known {
		s.MemAvailable = free + max(0, cached-shmem)
	}
	return s
}

// chosen is the word in brackets of a file such as "always [madvise] never".
func chosen(text []byte) string {
	_, rest, _ := bytes.Cut(text, []byte("["))
	word, _, ok := bytes.Cut(rest, []byte("]"))
	if !ok {
		return ""
	}
	return string(word)
}

// readText is what a file of /proc or /sys says, and nothing where it cannot be read.
func readText(path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}

// readNumber is the number in such a file, or 0.
func readNumber(path string) int64 { return number(readText(path)) }

// number is the decimal number that a field holds behind its blanks, or 0.
func number(field []byte) int64 {
	n, _ := decimal(bytes.TrimLeft(field, " \t"))
	return int64(n)
}
