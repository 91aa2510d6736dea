//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sort"
	"sync"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/model/calls"
	"incore/model/lang"
)

// features is what this kernel has, found out by asking it.
type features struct {
	kernel     string // uname -r
	scan       bool   // PAGEMAP_SCAN
	guards     bool   // PAGEMAP_SCAN tells guard pages
	unasked    error  // why nobody could ask for it, or nil
	mlock2     bool
	advices    map[lang.Advice]bool
	hugeAlways bool // transparent huge pages come unasked
	zeroPage   bool // a read of private memory maps the shared zero page
}

// scanSince is the version of Linux that brought PAGEMAP_SCAN
// (Documentation/admin-guide/mm/pagemap.rst).
const scanSince = "6.7"

// probe asks in incore's own process, which has the same kernel as the subject: each
// question is a call on no bytes, so it does nothing but tell whether it is known.
var probe = sync.OnceValue(func() features {
	f := features{advices: map[lang.Advice]bool{}}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		f.kernel = unix.ByteSliceToString(u.Release[:])
	}
	f.scan, f.guards, f.unasked = proc.ProbeScan()
	_, _, errno := unix.Syscall(unix.SYS_MLOCK2, 0, 0, mlockOnFault)
	f.mlock2 = !errors.Is(errno, unix.ENOSYS)
	for a, value := range advices {
		// A length of 0 does nothing, and an advice that is not known is EINVAL all the
		// same (mm/madvise.c, madvise_behavior_valid).
		_, _, errno := unix.Syscall(unix.SYS_MADVISE, 0, 0, uintptr(value))
		f.advices[a] = errno == 0
	}
	f.zeroPage = mapsZeroPage()
	text, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	f.hugeAlways = err == nil && bytes.Contains(text, []byte("[always]"))
	return f
})

// missing says what this kernel does not have, and what that means here.
func (f features) missing() []string {
	var out []string
	switch {
	case f.unasked != nil:
		out = append(out, fmt.Sprintf("PAGEMAP_SCAN cannot be asked for (%v): pagemap is read instead; which pages are huge is known only where the counts of smaps decide it", f.unasked))
	case !f.scan:
		out = append(out, fmt.Sprintf("no PAGEMAP_SCAN (Linux %s): pagemap is read instead; which pages are huge is known only where the counts of smaps decide it", scanSince))
	}
	if f.scan && f.advices["guard_install"] && !f.guards {
		out = append(out, "no sign of guard pages in the page table (Linux 6.15): they are not told from pages that are swapped out")
	}
	if !f.zeroPage {
		out = append(out, "no zero page: a read of private memory gets a page of its own, as a write does")
	}
	if !f.mlock2 {
		out = append(out, fmt.Sprintf("no mlock2 (Linux %s): nothing can be locked on fault", calls.CallSince("mlock2")))
	}
	var names []string
	for a, has := range f.advices {
		if !has {
			name := string(a)
			if v := calls.AdviceSince(a); v != "" {
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
