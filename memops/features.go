//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sort"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/model"
)

// features is what this kernel has, found out by asking it.
type features struct {
	kernel     string // uname -r
	scan       bool   // PAGEMAP_SCAN
	mlock2     bool
	advices    map[model.Advice]bool
	hugeAlways bool // transparent huge pages come unasked
	zeroPage   bool // a read of private anonymous memory maps the kernel's page of zeros, and takes none
}

// scanSince is the version of Linux that brought PAGEMAP_SCAN
// (Documentation/admin-guide/mm/pagemap.rst).
const scanSince = "6.7"

// probe asks in incore's own process, which has the same kernel as the subject: each
// question is a call on no bytes, so it does nothing but tell whether it is known.
var probe = sync.OnceValue(func() features {
	f := features{advices: map[model.Advice]bool{}}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		f.kernel = unix.ByteSliceToString(u.Release[:])
	}
	if fd, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0); err == nil {
		_, err := newScanner(fd)
		f.scan = err == nil
		unix.Close(fd)
	}
	_, _, errno := unix.Syscall(unix.SYS_MLOCK2, 0, 0, mlockOnFault)
	f.mlock2 = !errors.Is(errno, unix.ENOSYS)
	for a, value := range advices {
		// A length of 0 does nothing, and an advice that is not known is EINVAL all the
		// same (mm/madvise.c, madvise_behavior_valid).
		_, _, errno := unix.Syscall(unix.SYS_MADVISE, 0, 0, uintptr(value))
		f.advices[a] = errno == 0
	}
	text, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	f.hugeAlways = err == nil && bytes.Contains(text, []byte("[always]"))
	f.zeroPage = readsZeroPage()
	return f
})

// readsZeroPage reads a page of private anonymous memory and tells whether that took none. It takes
// one where the kernel was built or started without its page of zeros.
func readsZeroPage() bool {
	page, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Munmap(page) }()
	at := uint64(uintptr(unsafe.Pointer(&page[0])))
	inside := page[0] != 0 // never: it is the read
	for line := range bytes.Lines(readText("/proc/self/smaps")) {
		if v, ok := parseVMA(line, nil); ok {
			inside = v.Start <= at && at < v.End
		} else if rss, ok := bytes.CutPrefix(line, []byte("Rss:")); ok && inside {
			return kibibytes(rss) == 0 // the page of zeros is of no RSS (mm/memory.c, vm_normal_page)
		}
	}
	return true
}

// missing says what this kernel does not have, and what that means here.
func (f features) missing() []string {
	var out []string
	if !f.scan {
		out = append(out, fmt.Sprintf("no PAGEMAP_SCAN (Linux %s): pagemap is read instead; huge pages are not told apart", scanSince))
	}
	if !f.mlock2 {
		out = append(out, fmt.Sprintf("no mlock2 (Linux %s): nothing can be locked on fault", model.CallSince("mlock2")))
	}
	var names []string
	for a, has := range f.advices {
		if !has {
			name := string(a)
			if v := model.AdviceSince(a); v != "" {
				name += " (Linux " + v + ")"
			}
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, n := range names {
		out = append(out, "madvise does not know "+n)
	}
	return out
}
