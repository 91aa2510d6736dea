package model

import "fmt"

// Version is a kernel version, major and minor.
type Version [2]int

// String returns the version as it is written: 6.12.
func (v Version) String() string { return fmt.Sprintf("%d.%d", v[0], v[1]) }

// Before reports whether v came before w.
func (v Version) Before(w Version) bool { return v[0] < w[0] || v[0] == w[0] && v[1] < w[1] }

// KernelVersion reads the version of a kernel's release, as uname(2) has it: 6.12.48-amd64.
func KernelVersion(release string) (v Version, ok bool) {
	n, _ := fmt.Sscanf(release, "%d.%d", &v[0], &v[1])
	return v, n == 2
}
