package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// Nearest is the name that C's constant s stands for, or else the one that takes the fewest
// edits to come from s, of nearest length among several, or "" where none is near enough to
// be meant: one that has nothing in common with s is not.
func Nearest(s string, names []string) string {
	if name := ofConstant(s); slices.Contains(names, name) {
		return name
	}
	const longest = 40
	if len(s) > longest {
		return ""
	}
	meant := []rune(strings.ToLower(s))
	best, least, off := "", 1+max(1, min(3, len(meant)/2)), 0
	for _, n := range names {
		name := []rune(strings.ToLower(n))
		d, o := edits(meant, name), max(len(meant)-len(name), len(name)-len(meant))
		if d >= max(len(meant), len(name)) {
			continue
		}
		if d < least || d == least && best != "" && o < off {
			best, least, off = n, d, o
		}
	}
	return best
}

// ofConstant is the word of the language for a constant of the C headers: dontneed for
// MADV_DONTNEED, rw for PROT_READ|PROT_WRITE; "" for what is none.
func ofConstant(s string) string {
	if rest, ok := strings.CutPrefix(s, "PROT_"); ok {
		rights := map[string]model.Prot{"NONE": model.ProtNone, "READ": model.ProtRead, "WRITE": model.ProtWrite, "EXEC": model.ProtExec}
		all := model.ProtNone
		for right := range strings.SplitSeq(rest, "|") {
			p, known := rights[strings.TrimPrefix(right, "PROT_")]
			if !known {
				return ""
			}
			all |= p
		}
		return all.String()
	}
	for _, prefix := range []string{"MADV_", "POSIX_FADV_", "MS_", "MCL_", "MLOCK_", "MAP_", "SHM_", "IPC_"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			switch rest {
			case "ANONYMOUS":
				return "anon"
			case "GROWSDOWN":
				return "grows_down"
			case "32BIT":
				return "low32"
			case "FIXED_NOREPLACE":
				return "noreplace"
			case "FIXED":
				return "at"
			}
			return strings.ToLower(rest)
		}
	}
	return ""
}

// edits is the number of insertions, deletions, substitutions and swaps of
// neighbors that turn a into b (optimal string alignment).
func edits(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
