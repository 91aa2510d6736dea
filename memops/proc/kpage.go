//go:build linux && (amd64 || arm64)

package proc

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"incore/model"
)

// Frames are /proc/kpageflags and /proc/kpagecount, which tell of frames by their number
// (Documentation/admin-guide/mm/pagemap.rst). They open for root alone, and pagemap
// tells numbers of frames with CAP_SYS_ADMIN alone.
type Frames struct {
	once         sync.Once
	flags, count int
	err          error         // why they cannot be asked
	zero         atomic.Uint64 // the number of the zero page, once one was seen
}

// Open opens the files at its first call. The error says why they cannot be asked.
func (f *Frames) Open() error {
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

// Close closes the files. Nothing is asked any more.
func (f *Frames) Close() {
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

// IsZero reports whether a frame is the zero page, and is false where that cannot be asked.
func (f *Frames) IsZero(pfn uint64) bool {
	const zeroPage = 1 << 24 // KPF_ZERO_PAGE (linux/kernel-page-flags.h, Linux 4.0)
	switch {
	case pfn == 0 || f.Open() != nil:
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

// Describe fills in the frame that its entry of the page table leads to, or why there is none to tell of.
func (f *Frames) Describe(to *model.Frame) {
	switch {
	case to.Entry&EntryGuard != 0:
		to.Why = "no frame: a guard marker"
	case to.Entry&EntryPresent != 0:
		if to.PFN = to.Entry & EntryFrame; to.PFN == 0 {
			to.Why = "frame numbers need CAP_SYS_ADMIN (pagemap shows 0)"
			return
		}
		if err := f.ask(to); err != nil {
			to.Why = err.Error()
		}
	case to.Entry&EntrySwapped != 0:
		to.Why = "no frame: the page table has a place in swap"
	default:
		to.Why = "no frame: nothing is mapped here"
	}
}

// State reads what the flags of a frame say that a page of it can be asked about.
func (f *Frames) State(pfn uint64) (model.FrameState, error) {
	const dirty, ksm = 1 << 4, 1 << 21 // KPF_DIRTY, KPF_KSM (Documentation/admin-guide/mm/pagemap.rst)
	if err := f.Open(); err != nil {
		return 0, err
	}
	flags, err := readWord(f.flags, pfn)
	if err != nil {
		return 0, fmt.Errorf("/proc/kpageflags: %w", err)
	}
	state := model.FrameAsked
	if flags&ksm != 0 {
		state |= model.FrameKSM
	}
	if flags&dirty != 0 {
		state |= model.FrameDirty
	}
	return state, nil
}

// ask reads the flags and the count of a frame.
func (f *Frames) ask(to *model.Frame) (err error) {
	if err := f.Open(); err != nil {
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
