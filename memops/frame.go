//go:build linux && (amd64 || arm64)

package memops

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"incore/model"
)

// frameFiles are /proc/kpageflags and /proc/kpagecount, which tell of frames by their number
// (Documentation/admin-guide/mm/pagemap.rst). Who is not root can open neither, and who
// has no CAP_SYS_ADMIN is told no number to ask about.
type frameFiles struct {
	once         sync.Once
	flags, count int
	err          error         // why they cannot be asked
	zero         atomic.Uint64 // the number of the zero page, once one was seen
}

// open opens them when they are first asked.
func (f *frameFiles) open() error {
	f.once.Do(func() {
		f.flags, f.count = -1, -1
		if f.flags, f.err = openFrames("/proc/kpageflags"); f.err == nil {
			f.count, f.err = openFrames("/proc/kpagecount")
		}
	})
	return f.err
}

func openFrames(path string) (int, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("%s: %w", path, err)
	}
	return fd, nil
}

// close gives back what open opened. Nothing is asked any more.
func (f *frameFiles) close() {
	f.once.Do(func() { f.flags, f.count = -1, -1 })
	for _, fd := range []int{f.flags, f.count} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// readWord reads the n-th word of a file of 64-bit words.
func readWord(fd int, n uint64) (uint64, error) {
	var b [8]byte
	k, err := unix.Pread(fd, b[:], int64(8*n))
	if err == nil && k < len(b) {
		err = io.ErrUnexpectedEOF
	}
	return binary.NativeEndian.Uint64(b[:]), err
}

// isZero tells whether a frame is the zero page, and is false where that cannot be asked.
func (f *frameFiles) isZero(pfn uint64) bool {
	const zeroPage = 1 << 24 // KPF_ZERO_PAGE (linux/kernel-page-flags.h, Linux 4.0)
	switch {
	case pfn == 0 || f.open() != nil:
		return false
	case pfn == f.zero.Load():
		return true
	}
	flags, err := readWord(f.flags, pfn)
	if err != nil || flags&zeroPage == 0 {
		return false
	}
	f.zero.Store(pfn)
	return true
}

// frame is what is known of the frame behind the page under the cursor, where that is of this
// process. pages are those of its region as the sample has them.
func (s *sampler) frame(region *model.Region, pages model.Runs[model.Page]) *model.Frame {
	v := s.lab.view.Load()
	if v == nil || v.Proc != s.of.name || v.Region != region.Name || !v.Pages.Contains(v.Cursor) || v.Cursor >= pages.Len() {
		return nil
	}
	f := &model.Frame{Region: v.Region, Page: v.Cursor}
	page := pages.At(v.Cursor)
	if !page.Has(model.InVMA) {
		f.Why = "no frame: nothing is mapped here" // or it is another region that fills the hole
		f.BytesWhy = "nothing is mapped here"
		return f
	}
	addr := region.Base + uint64(v.Cursor)*uint64(s.lab.pageSize)
	var err error
	f.Entry, err = readWord(s.proc.pagemap, addr/uint64(s.lab.pageSize))
	if err != nil {
		f.Why = fmt.Sprintf("/proc/%d/pagemap: %v", s.sub.PID, err)
		f.BytesWhy = "not known whether looking would fault it in"
		return f
	}
	s.lab.frames.describe(f)
	s.peek(f, addr, page)
	return f
}

// describe fills in what the entry leads to.
func (f *frameFiles) describe(to *model.Frame) {
	switch {
	case to.Entry&pagemapGuard != 0:
		to.Why = "no frame: a guard marker"
	case to.Entry&pagemapPresent != 0:
		if to.PFN = to.Entry & frameNumber; to.PFN == 0 {
			to.Why = "frame numbers need CAP_SYS_ADMIN (pagemap shows 0)"
			return
		}
		if err := f.ask(to); err != nil {
			to.Why = err.Error()
		}
	case to.Entry&pagemapSwapped != 0:
		to.Why = "no frame: the page table has a place in swap"
	default:
		to.Why = "no frame: nothing is mapped here"
	}
}

// ask reads the flags and the count of a frame.
func (f *frameFiles) ask(to *model.Frame) (err error) {
	if err := f.open(); err != nil {
		return err
	}
	if to.Flags, err = readWord(f.flags, to.PFN); err != nil {
		return fmt.Errorf("/proc/kpageflags: %w", err)
	}
	if to.Count, err = readWord(f.count, to.PFN); err != nil {
		return fmt.Errorf("/proc/kpagecount: %w", err)
	}
	return nil
}
