//go:build linux && (amd64 || arm64)

package kernel

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// AddressEnd is where the addresses of a process end (TASK_SIZE), in bytes, or 0 where that
// cannot be told: 2^47 less a page on x86-64, 2^48 on most of arm64, and more with five levels
// of page tables. The kernel refuses to map past it before it asks for anything else
// (mm/mmap.c, __get_unmapped_area). It is asked in incore's own process, which has the same
// kernel: a mapping that nothing may access, where nothing lies, and which is taken back at once.
var AddressEnd = sync.OnceValue(func() uint64 {
	page := uint64(os.Getpagesize())
	if !isAddress(1<<32, page) {
		return 0 // refused for another reason: RLIMIT_AS
	}
	var end uint64
	for bits := 36; bits < 63; bits++ {
		if isAddress(1<<bits-2*page, page) {
			end = 1 << bits
		}
	}
	if end > 0 && !isAddress(end-page, page) {
		end -= page
	}
	return end
})

// isAddress reports whether a page lies within what a process may map.
func isAddress(at, page uint64) bool {
	got, _, errno := unix.Syscall6(unix.SYS_MMAP, uintptr(at), uintptr(page), unix.PROT_NONE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE|unix.MAP_FIXED_NOREPLACE, uintptr(^uint64(0)), 0)
	if errno != 0 {
		return errors.Is(errno, unix.EEXIST)
	}
	_, _, _ = unix.Syscall(unix.SYS_MUNMAP, got, uintptr(page), 0)
	return uint64(got) == at // before Linux 4.17 the address is a hint
}
