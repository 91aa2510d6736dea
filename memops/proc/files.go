//go:build linux && (amd64 || arm64)

package proc

import (
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"

	"incore/model"
)

// Files holds the open /proc files of one process. They are plain descriptors and no os.File:
// nothing closes them while an ioctl runs, and a read is one system call.
type Files struct {
	status, stat, smaps, maps, pagemap int
	text                               []byte // what the last read returned; used again
	caps                               uint64 // the effective capabilities, as status was read last
	Entries                            int64  // of pagemap that were read, ever
}

// Open opens the files of the process pid, and of its thread tid for faults.
func Open(pid, tid int) (*Files, error) {
	f := &Files{status: -1, stat: -1, smaps: -1, maps: -1, pagemap: -1}
	dir := "/proc/" + strconv.Itoa(pid) + "/"
	for _, file := range []struct {
		fd   *int
		name string
	}{
		{&f.status, "status"}, {&f.stat, "task/" + strconv.Itoa(tid) + "/stat"},
		{&f.smaps, "smaps"}, {&f.maps, "maps"}, {&f.pagemap, "pagemap"},
	} {
		fd, err := unix.Open(dir+file.name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("open(%s%s): %w", dir, file.name, err)
		}
		*file.fd = fd
	}
	return f, nil
}

// Close closes the files.
func (f *Files) Close() {
	f.text = nil
	for _, fd := range []int{f.status, f.stat, f.smaps, f.maps, f.pagemap} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// read returns the file's whole text, valid until the next read. rest is called after each
// breath of a long text, where it is not nil.
func (f *Files) read(fd int, rest func()) ([]byte, error) {
	if f.text == nil {
		f.text = make([]byte, 16<<10)
	}
	n, breath := 0, readBreath
	for {
		if n == len(f.text) {
			f.text = append(f.text, make([]byte, len(f.text))...)
		}
		if n >= breath && rest != nil {
			rest()
			breath = n + readBreath
		}
		k, err := unix.Pread(fd, f.text[n:min(len(f.text), n+readBreath)], int64(n))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if k == 0 {
			break
		}
		n += k
	}
	text := f.text[:n]
	if len(f.text) > 4<<20 {
		f.text = nil // a list of 65,000 VMAs is 47 MB of text, and not the rule
	}
	return text, nil
}

// readBreath is how many bytes of a file are read in one go: some milliseconds of smaps.
const readBreath = 1 << 20

// Stat reads the sizes of the process and the faults of the thread, and reports whether the process is above
// RLIMIT_MEMLOCK. Of a dead process all is zero.
func (f *Files) Stat() (model.ProcStat, bool) {
	text, err := f.read(f.status, nil)
	if err != nil {
		return model.ProcStat{}, false
	}
	s := ParseStatus(text)
	f.caps = s.Caps
	minor, major := f.Faults()
	return s.stat(minor, major), s.IPCLock && CapsCount()
}

// Status reads /proc/PID/status.
func (f *Files) Status() (Status, error) {
	text, err := f.read(f.status, nil)
	if err != nil {
		return Status{}, err
	}
	return ParseStatus(text), nil
}

// Smaps reads smaps. The text is valid until the next read.
func (f *Files) Smaps() ([]byte, error) { return f.read(f.smaps, nil) }

// Maps reads maps. The text is valid until the next read.
func (f *Files) Maps() ([]byte, error) { return f.read(f.maps, nil) }

// Caps are the effective capabilities, a bit each by its number, as Stat has read them last.
func (f *Files) Caps() uint64 { return f.caps }

// Entry reads the page table's entry of a page, by the page's number from address 0 on.
func (f *Files) Entry(page uint64) (uint64, error) { return readWord(f.pagemap, page) }

// ReadEntries reads entries, of 8 bytes each, from that of a page on. It returns how many bytes it has read.
func (f *Files) ReadEntries(raw []byte, page int64) (int, error) {
	return unix.Pread(f.pagemap, raw, 8*page)
}

// Faults returns how many faults the thread has had since it began.
func (f *Files) Faults() (minor, major int64) {
	text, err := f.read(f.stat, nil)
	if err != nil {
		return 0, 0
	}
	return ParseFaults(text)
}

// ReadVMAs reads the VMA list with its lock flags into fresh memory. Where rest lets a call
// in, what was read before it may be as it was before that call.
func (f *Files) ReadVMAs(sizeHint int, rest func()) ([]model.VMA, error) {
	text, err := f.read(f.smaps, rest)
	if err != nil {
		return nil, fmt.Errorf("read(smaps): %w", err)
	}
	return ParseVMAs(text, make([]model.VMA, 0, sizeHint)), nil
}

// ReadHuge is ReadVMAs, and reads besides how many bytes of each VMA are mapped by huge pages.
func (f *Files) ReadHuge(sizeHint int, rest func()) (vmas []model.VMA, huge []int64, err error) {
	text, err := f.read(f.smaps, rest)
	if err != nil {
		return nil, nil, fmt.Errorf("read(smaps): %w", err)
	}
	vmas = ParseVMAs(text, make([]model.VMA, 0, sizeHint))
	return vmas, parseHuge(text, len(vmas)), nil
}

// AppendPages appends the mappings of the pages from start to end by reading pagemap, for kernels
// without PAGEMAP_SCAN and where exclusive and shared must be told apart.
func (f *Files) AppendPages(runs model.Runs[model.Mapping], start, end uint64, pageSize int64) (model.Runs[model.Mapping], error) {
	const chunk = 64 << 10 // bytes of pagemap, 8 a page
	if len(f.text) < chunk {
		f.text = make([]byte, chunk)
	}
	for at, stop := int64(start)/pageSize*8, int64(end)/pageSize*8; at < stop; {
		n, err := unix.Pread(f.pagemap, f.text[:min(chunk, stop-at)], at)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err == nil && n < 8 {
			err = errors.New("unexpected end of file")
		}
		if err != nil {
			return runs, fmt.Errorf("pread(pagemap, %#x): %w", at, err)
		}
		n &^= 7
		f.Entries += int64(n / 8)
		runs = appendPagemap(runs, f.text[:n])
		at += int64(n)
	}
	return runs, nil
}
