//go:build linux && (amd64 || arm64)

package proc

import (
	"errors"
	"fmt"
	"math/bits"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/model"
)

// pagemapScan is the number of PAGEMAP_SCAN (linux/fs.h, Linux 6.7).
const pagemapScan = 0xc0606610

// The categories of PAGEMAP_SCAN that are asked for (linux/fs.h). WRITTEN is left
// out: outside of userfaultfd write-protection it says nothing.
const (
	pageIsFile    = 1 << 2
	pageIsPresent = 1 << 3
	pageIsSwapped = 1 << 4
	pageIsPFNZero = 1 << 5
	pageIsHuge    = 1 << 6
	pageIsGuard   = 1 << 8 // Linux 6.15
)

// scanRegions is how many runs one ioctl may return. With more than 512 the kernel
// (6.18) reported the last 512 twice.
const scanRegions = 512

// pmScanArg is struct pm_scan_arg.
type pmScanArg struct {
	size, flags, start, end, walkEnd                              uint64
	vec, vecLen, maxPages                                         uint64
	categoryInverted, categoryMask, categoryAnyofMask, returnMask uint64
}

// pageRegion is struct page_region.
type pageRegion struct{ start, end, categories uint64 }

// Scanner asks PAGEMAP_SCAN. Its memory is used again from one call to the next, so it is
// for one goroutine.
type Scanner struct {
	arg   pmScanArg
	vec   [scanRegions]pageRegion
	known uint64 // the categories that this kernel knows
}

// NewScanner is a scanner of processes. The error is ENOTTY where the kernel has no PAGEMAP_SCAN.
func NewScanner(f *Files) (*Scanner, error) { return newScanner(f.pagemap) }

// ProbeScan asks in incore's own process whether the kernel has PAGEMAP_SCAN, and whether that tells guard
// pages. The error says why nobody could ask.
func ProbeScan() (found, guards bool, err error) {
	fd, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false, false, fmt.Errorf("open(/proc/self/pagemap): %w", err)
	}
	defer unix.Close(fd)
	s, err := newScanner(fd)
	if err != nil {
		return false, false, nil
	}
	return true, s.TellsGuards(), nil
}

// TellsGuards reports whether the kernel tells guard pages from swapped ones.
func (s *Scanner) TellsGuards() bool { return s.known&pageIsGuard != 0 }

// newScanner finds out by asking what the kernel knows; the error is ENOTTY where it
// has no PAGEMAP_SCAN.
func newScanner(pagemap int) (*Scanner, error) {
	s := &Scanner{}
	base := uint64(pageIsFile | pageIsPresent | pageIsSwapped | pageIsPFNZero | pageIsHuge)
	for _, s.known = range []uint64{base | pageIsGuard, base} {
		err := s.ioctl(pagemap, 0, 0, s.known)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, unix.EINVAL) {
			return nil, err
		}
	}
	return nil, unix.EINVAL
}

func (s *Scanner) ioctl(pagemap int, start, end, mask uint64) error {
	s.arg = pmScanArg{
		size: uint64(unsafe.Sizeof(s.arg)), start: start, end: end,
		vec: uint64(uintptr(unsafe.Pointer(&s.vec))), vecLen: scanRegions,
		categoryAnyofMask: mask &^ pageIsFile, returnMask: mask,
	}
	n, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(pagemap), pagemapScan, uintptr(unsafe.Pointer(&s.arg)))
	if errno != 0 {
		return fmt.Errorf("ioctl(pagemap, PAGEMAP_SCAN, %#x-%#x): %w", start, end, errno)
	}
	s.arg.vecLen = uint64(n)
	return nil
}

// Append appends the pages from start to end, both multiples of pageSize. file
// asks for the FILE category too, which makes the kernel look at each page's struct
// and costs several times as much.
func (s *Scanner) Append(runs model.Runs[model.Mapping], f *Files, start, end uint64, pageSize int64, file bool) (model.Runs[model.Mapping], error) {
	mask := s.known
	if !file {
		mask &^= pageIsFile
	}
	for start < end {
		if err := s.ioctl(f.pagemap, start, end, mask); err != nil {
			return runs, err
		}
		stop := s.arg.walkEnd
		if stop <= start {
			return runs, fmt.Errorf("PAGEMAP_SCAN stopped at %#x before %#x", stop, end)
		}
		runs = appendRegions(runs, s.vec[:s.arg.vecLen], start, stop, bits.TrailingZeros64(uint64(pageSize)))
		start = stop
	}
	return runs, nil
}

// appendRegions appends the pages from start to stop, of which those in regions have
// the categories that they say and the others none. It is the innermost loop of a
// sample, and so does by hand what Runs.Add does.
func appendRegions(runs model.Runs[model.Mapping], regions []pageRegion, start, stop uint64, shift int) model.Runs[model.Mapping] {
	first := runs.Len()
	last := ^model.Mapping(0) // no page is all of it
	if k := len(runs); k > 0 {
		last = runs[k-1].Val
	}
	put := func(end uint64, m model.Mapping) {
		at := first + int64((end-start)>>shift)
		if m == last {
			runs[len(runs)-1].End = at
			return
		}
		runs = append(runs, model.Run[model.Mapping]{End: at, Val: m})
		last = m
	}
	at, categories, mapping := start, ^uint64(0), model.Mapping(0)
	for i := range regions {
		r := &regions[i]
		if r.start > at {
			put(r.start, 0)
		}
		if r.categories != categories {
			categories, mapping = r.categories, mappingOfCategories(r.categories)
		}
		put(r.end, mapping)
		at = r.end
	}
	if stop > at {
		put(stop, 0)
	}
	return runs
}

// mappingOfCategories turns categories into the mapping axis. A guard marker counts as
// swapped too, and an untouched hugetlb page as huge: neither is mapped.
func mappingOfCategories(c uint64) model.Mapping {
	var m model.Mapping
	switch {
	case c&pageIsGuard != 0:
		return model.Guard
	case c&pageIsPresent != 0:
		m = model.Mapped
		if c&pageIsPFNZero != 0 {
			m |= model.ZeroPage
		}
		if c&pageIsHuge != 0 {
			m |= model.Huge
		}
	case c&pageIsSwapped != 0:
		m = model.Swapped
	default:
		return 0
	}
	if c&pageIsFile != 0 {
		m |= model.File
	}
	return m
}
