//go:build linux && (amd64 || arm64)

package kernel

import (
	"encoding/binary"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
)

// mapsZeroPage reports whether a read of private memory that nobody has written maps the shared zero page. Most
// kernels do. Some give such a page a frame of its own, as they may have to under a hypervisor
// (include/linux/mm.h, mm_forbids_zeropage, Linux 6.11): there a read takes as much memory as a write.
//
// It reads a page of this process and looks whether the frame is this process's alone. Where that cannot
// be asked, it is taken to be the zero page.
func mapsZeroPage() bool {
	ps := os.Getpagesize()
	page, err := unix.Mmap(-1, 0, ps, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return true
	}
	defer func() { _ = unix.Munmap(page) }() // one page more is mapped where it fails
	zero := page[0]
	fd, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	var entry [8]byte
	if n, err := unix.Pread(fd, entry[:], int64(uintptr(unsafe.Pointer(&page[0])))/int64(ps)*8); err != nil || n < len(entry) {
		return true
	}
	runtime.KeepAlive(zero)
	return binary.NativeEndian.Uint64(entry[:])&(proc.EntryPresent|proc.EntryExclusive) != proc.EntryPresent|proc.EntryExclusive
}
