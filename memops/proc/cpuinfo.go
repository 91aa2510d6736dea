package proc

import (
	"strings"
)

// CPUFlags are the flags of the first processor of x86-64's /proc/cpuinfo; nil elsewhere.
func CPUFlags(cpuinfo []byte) []string {
	for line := range strings.Lines(string(cpuinfo)) {
		if key, rest, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "flags" {
			return strings.Fields(rest)
		}
	}
	return nil
}
