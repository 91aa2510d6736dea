//go:build linux && (amd64 || arm64)

package proc

import (
	"bytes"
	"sort"
	"strconv"
)

// Fetches are the mapped parts of an address space, sorted, and whether they may be executed.
type Fetches []struct {
	start, end uint64 // bytes
	exec       bool
}

// ReadFetches reads maps of a process. Where it cannot be read there is nothing in it.
func ReadFetches(pid int) Fetches {
	f := Fetches{}
	for line := range bytes.Lines(ReadText("/proc/" + strconv.Itoa(pid) + "/maps")) { // 7f12-7f34 r-xp …
		span, rest, _ := bytes.Cut(line, []byte(" "))
		from, to, ok := bytes.Cut(span, []byte("-"))
		start, err1 := strconv.ParseUint(string(from), 16, 64)
		end, err2 := strconv.ParseUint(string(to), 16, 64)
		if !ok || err1 != nil || err2 != nil || len(rest) < 4 {
			return Fetches{}
		}
		f = append(f, struct {
			start, end uint64
			exec       bool
		}{start, end, rest[2] == 'x'})
	}
	return f
}

// CountVMAs is how many lines maps of a process has, or 0 where it cannot be read.
func CountVMAs(pid int) int {
	return bytes.Count(ReadText("/proc/"+strconv.Itoa(pid)+"/maps"), []byte("\n"))
}

// Refused reports whether a fetch from an address is surely answered with a signal: something is
// mapped there, and may not be executed. A hole is not surely one, since a mapping may grow down into it.
func (f Fetches) Refused(addr uint64) bool {
	exec, ok := f.at(addr)
	return ok && !exec
}

// Allowed reports whether what is mapped at an address may be executed.
func (f Fetches) Allowed(addr uint64) bool {
	exec, _ := f.at(addr)
	return exec
}

func (f Fetches) at(addr uint64) (exec, mapped bool) {
	i := sort.Search(len(f), func(i int) bool { return f[i].end > addr })
	if i == len(f) || f[i].start > addr {
		return false, false
	}
	return f[i].exec, true
}
