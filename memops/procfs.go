//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"

	"incore/model"
)

// procfs holds the open /proc files of one subject. Plain descriptors, not os.File:
// nothing closes them behind an ioctl's back, and a read is one system call.
type procfs struct {
	status, stat, smaps, maps, pagemap int
	text                               []byte // what the last read returned; used again
	caps                               uint64 // the effective capabilities, as status was read last
	entries                            int64  // of pagemap that were read, ever
}

// openProcfs opens the files of the process pid, and of its thread tid for faults.
func openProcfs(pid, tid int) (*procfs, error) {
	p := &procfs{status: -1, stat: -1, smaps: -1, maps: -1, pagemap: -1}
	dir := "/proc/" + strconv.Itoa(pid) + "/"
	for _, f := range []struct {
		fd   *int
		name string
	}{
		{&p.status, "status"}, {&p.stat, "task/" + strconv.Itoa(tid) + "/stat"},
		{&p.smaps, "smaps"}, {&p.maps, "maps"}, {&p.pagemap, "pagemap"},
	} {
		fd, err := unix.Open(dir+f.name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			p.close()
			return nil, fmt.Errorf("open(%s%s): %w", dir, f.name, err)
		}
		*f.fd = fd
	}
	return p, nil
}

func (p *procfs) close() {
	p.text = nil
	for _, fd := range []int{p.status, p.stat, p.smaps, p.maps, p.pagemap} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// read returns the file's whole text, valid until the next read. rest is called after each
// breath of a long text, where it is not nil.
func (p *procfs) read(fd int, rest func()) ([]byte, error) {
	if p.text == nil {
		p.text = make([]byte, 16<<10)
	}
	n, breath := 0, readBreath
	for {
		if n == len(p.text) {
			p.text = append(p.text, make([]byte, len(p.text))...)
		}
		if n >= breath && rest != nil {
			rest()
			breath = n + readBreath
		}
		k, err := unix.Pread(fd, p.text[n:min(len(p.text), n+readBreath)], int64(n))
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
	text := p.text[:n]
	if len(p.text) > 4<<20 {
		p.text = nil // a list of 65,000 VMAs is 47 MB of text, and not the rule
	}
	return text, nil
}

// readBreath is how many bytes of a file are read in one go: some milliseconds of smaps.
const readBreath = 1 << 20

// readStatus reads the process's sizes and its actor's faults, and whether it is above RLIMIT_MEMLOCK. A dead process has
// none of either: the zero values.
func (p *procfs) readStatus() (model.ProcStat, bool) {
	text, err := p.read(p.status, nil)
	if err != nil {
		return model.ProcStat{}, false
	}
	s := parseStatus(text)
	p.caps = s.caps
	minor, major := p.faults()
	return s.stat(minor, major), s.ipcLock && capsCount()
}

// faults are those of the thread whose stat was opened, since it began.
func (p *procfs) faults() (minor, major int64) {
	text, err := p.read(p.stat, nil)
	if err != nil {
		return 0, 0
	}
	return parseFaults(text)
}

// readVMAs reads the VMA list with its lock flags into fresh memory. Where rest lets a call
// in, what was read before it may be as it was before that call.
func (p *procfs) readVMAs(sizeHint int, rest func()) ([]model.VMA, error) {
	text, err := p.read(p.smaps, rest)
	if err != nil {
		return nil, fmt.Errorf("read(smaps): %w", err)
	}
	return parseSmaps(text, make([]model.VMA, 0, sizeHint)), nil
}

// readHuge is readVMAs, and reads besides how many bytes of each VMA are mapped by huge pages.
func (p *procfs) readHuge(sizeHint int, rest func()) (vmas []model.VMA, huge []int64, err error) {
	text, err := p.read(p.smaps, rest)
	if err != nil {
		return nil, nil, fmt.Errorf("read(smaps): %w", err)
	}
	vmas = parseSmaps(text, make([]model.VMA, 0, sizeHint))
	return vmas, parseHuge(text, len(vmas)), nil
}

// readLimits reads RLIMIT_MEMLOCK of process pid.
func readLimits(pid int, ipcLock bool) model.Limits {
	var r unix.Rlimit
	l := model.Limits{MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited, IPCLock: ipcLock}
	if unix.Prlimit(pid, unix.RLIMIT_MEMLOCK, nil, &r) != nil {
		return l
	}
	if r.Cur != unix.RLIM_INFINITY {
		l.MemlockSoft = int64(r.Cur)
	}
	if r.Max != unix.RLIM_INFINITY {
		l.MemlockHard = int64(r.Max)
	}
	return l
}

// addLimits reads the limits beside that of locking, and what stands above them; status has
// been read before. What cannot be read is no limit.
func (p *procfs) addLimits(l *model.Limits, pid int) {
	l.InNamespace = !capsCount()
	l.SysResource = p.caps>>unix.CAP_SYS_RESOURCE&1 != 0 && !l.InNamespace
	l.Known, l.AddressEnd, l.TagBits = true, addressEnd(), tagBits(runtime.GOARCH)
	for _, r := range []struct {
		resource int
		limit    *int64
	}{
		{unix.RLIMIT_AS, &l.Space}, {unix.RLIMIT_DATA, &l.Data}, {unix.RLIMIT_STACK, &l.Stack}, {unix.RLIMIT_FSIZE, &l.FileSize},
	} {
		var now unix.Rlimit
		if *r.limit = model.Unlimited; unix.Prlimit(pid, r.resource, nil, &now) != nil {
			l.Known = false
		} else if now.Cur <= math.MaxInt64 {
			*r.limit = int64(now.Cur)
		}
	}
}

// appendPread appends the pages from start to end by reading pagemap, for kernels
// without PAGEMAP_SCAN and where exclusive and shared must be told apart.
func (p *procfs) appendPread(runs model.Runs[model.Mapping], start, end uint64, pageSize int64) (model.Runs[model.Mapping], error) {
	const chunk = 64 << 10 // bytes of pagemap, 8 a page
	if len(p.text) < chunk {
		p.text = make([]byte, chunk)
	}
	for at, stop := int64(start)/pageSize*8, int64(end)/pageSize*8; at < stop; {
		n, err := unix.Pread(p.pagemap, p.text[:min(chunk, stop-at)], at)
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
		p.entries += int64(n / 8)
		runs = appendPagemap(runs, p.text[:n])
		at += int64(n)
	}
	return runs, nil
}
