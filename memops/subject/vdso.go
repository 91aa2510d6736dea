//go:build linux && (amd64 || arm64)

package subject

import (
	"bufio"
	"bytes"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// unmapVDSO unmaps what the kernel puts into every program for the C library: its clock
// data and code, [vvar] and [vdso] (vdso(7)). The subject uses neither, and the first region
// would lie right below them: a target that reaches past its end is to find nothing there,
// and not memory of the kernel's with rules of its own. Where the kernel seals them
// (CONFIG_MSEAL_SYSTEM_MAPPINGS, Linux 6.16) they stay.
func (s *Subject) unmapVDSO() error {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", s.PID))
	if err != nil {
		return step("reading /proc", err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := lines.Bytes()
		if !bytes.HasSuffix(line, []byte("[vdso]")) && !bytes.Contains(line, []byte("[vvar")) {
			continue
		}
		var lo, hi uint64
		if n, _ := fmt.Sscanf(string(line), "%x-%x", &lo, &hi); n < 2 {
			continue
		}
		if _, err := s.Actor.Call(unix.SYS_MUNMAP, lo, hi-lo); err != nil {
			return step("munmap of [vdso]", err)
		}
	}
	return nil
}
