//go:build linux && (amd64 || arm64)

package kernel

import (
	"errors"
	"fmt"
	"sort"
	"sync"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/model/calls"
	"incore/model/lang"
)

// Features is what this kernel has, found out by asking it.
type Features struct {
	Release  string               // uname -r
	Scan     bool                 // PAGEMAP_SCAN
	Guards   bool                 // PAGEMAP_SCAN tells guard pages
	Unasked  error                // why nobody could ask for it, or nil
	Mlock2   bool                 // mlock2(2), Linux 4.4
	Advices  map[lang.Advice]bool // whether madvise(2) takes it, for each advice of the language
	ZeroPage bool                 // a read of private memory maps the shared zero page
}

// ScanSince is the version of Linux that brought PAGEMAP_SCAN
// (Documentation/admin-guide/mm/pagemap.rst).
const ScanSince = "6.7"

// Probe asks in incore's own process, which has the same kernel as the subject: each
// question is a call on no bytes, so it does nothing but tell whether it is known.
var Probe = sync.OnceValue(func() Features {
	f := Features{Advices: map[lang.Advice]bool{}}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		f.Release = unix.ByteSliceToString(u.Release[:])
	}
	f.Scan, f.Guards, f.Unasked = proc.ProbeScan()
	_, _, errno := unix.Syscall(unix.SYS_MLOCK2, 0, 0, 1) // MLOCK_ONFAULT
	f.Mlock2 = !errors.Is(errno, unix.ENOSYS)
	for a, value := range Advices {
		// A length of 0 does nothing, and an advice that is not known is EINVAL all the
		// same (mm/madvise.c, madvise_behavior_valid).
		_, _, errno := unix.Syscall(unix.SYS_MADVISE, 0, 0, uintptr(value))
		f.Advices[a] = errno == 0
	}
	f.ZeroPage = mapsZeroPage()
	return f
})

// Missing says what this kernel does not have, and what that means here.
func (f Features) Missing() []string {
	var out []string
	switch {
	case f.Unasked != nil:
		out = append(out, fmt.Sprintf("PAGEMAP_SCAN cannot be asked for (%v): pagemap is read instead; which pages are huge is known only where the counts of smaps decide it", f.Unasked))
	case !f.Scan:
		out = append(out, fmt.Sprintf("no PAGEMAP_SCAN (Linux %s): pagemap is read instead; which pages are huge is known only where the counts of smaps decide it", ScanSince))
	}
	if f.Scan && f.Advices["guard_install"] && !f.Guards {
		out = append(out, "no sign of guard pages in the page table (Linux 6.15): they are not told from pages that are swapped out")
	}
	if !f.ZeroPage {
		out = append(out, "no zero page: a read of private memory gets a page of its own, as a write does")
	}
	if !f.Mlock2 {
		out = append(out, fmt.Sprintf("no mlock2 (Linux %s): nothing can be locked on fault", calls.CallSince("mlock2")))
	}
	var names []string
	for a, has := range f.Advices {
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
