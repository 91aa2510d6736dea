package proc

import (
	"slices"
	"strings"
)

// CPUFlags are the flags of the first processor of x86-64's /proc/cpuinfo; nil elsewhere.
func CPUFlags(cpuinfo []byte) []string { return cpuWords(cpuinfo, "flags") }

// ProtectionKeys is how many protection keys processor and kernel have, by /proc/cpuinfo, the default one with them: 16 on
// x86-64, 8 on arm64, and 0 where they have none (arch_max_pkey). ospke says that the kernel has turned them on.
func ProtectionKeys(cpuinfo []byte) int {
	switch {
	case slices.Contains(CPUFlags(cpuinfo), "ospke"):
		return 16
	case slices.Contains(cpuWords(cpuinfo, "Features"), "poe"):
		return 8
	}
	return 0
}

// cpuWords are the words of the first line of that key.
func cpuWords(cpuinfo []byte, key string) []string {
	for line := range strings.Lines(string(cpuinfo)) {
		if k, rest, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.Fields(rest)
		}
	}
	return nil
}
