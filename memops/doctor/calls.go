//go:build linux && (amd64 || arm64)

package doctor

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/calls"
)

// A request asks for a call, and does nothing: it has an argument that no kernel takes.
type request struct {
	number uint64
	args   [5]uint64
}

// No flag has this bit, in any of the calls.
const noFlag = 1 << 30

// requests are those of the calls that not every kernel has, by their names.
var requests = map[string]request{
	"memfd_create": {unix.SYS_MEMFD_CREATE, [5]uint64{subject.ArgsAddr, noFlag}},
	"memfd_secret": {unix.SYS_MEMFD_SECRET, [5]uint64{noFlag}},
	"mlock2":       {unix.SYS_MLOCK2, [5]uint64{0, 0, noFlag}},
	"mseal":        {unix.SYS_MSEAL, [5]uint64{0, 0, noFlag}},

	"pkey_alloc":    {unix.SYS_PKEY_ALLOC, [5]uint64{noFlag}},
	"pkey_mprotect": {unix.SYS_PKEY_MPROTECT, [5]uint64{1, 1, noFlag, math.MaxUint64}},
	"pkey_free":     {unix.SYS_PKEY_FREE, [5]uint64{math.MaxUint64}},
}

// calls asks for what came after Linux 3.10.
func (d *doctor) calls() {
	d.group = "calls"
	for _, c := range calls.YoungCalls() {
		if d.lab == nil {
			break
		}
		errno, err := d.answer(requests[c.Call])
		switch {
		case err != nil:
			d.lacks(c.Call, memops.OneLine(err), c.Without)
		case errno == unix.ENOSYS:
			d.lacks(c.Call, "the kernel answers ENOSYS: it came with Linux "+calls.CallSince(c.Call)+", and a filter (seccomp) can hide it", c.Without)
		case errno == unix.EPERM || errno == unix.EACCES:
			name, _ := strace.Errno(errno)
			d.lacks(c.Call, "answered with "+name+": a filter (seccomp) forbids it", c.Without)
		default:
			d.has(c.Call, "since Linux "+calls.CallSince(c.Call), "")
		}
	}
	keys := kernel.ProtectionKeys()
	d.hasIf(keys > 0, "protection keys", fmt.Sprintf("%d, with the default one", keys), "neither ospke nor poe in /proc/cpuinfo: the processor has none, or the kernel does not use them",
		"pkey_alloc fails")
	f := kernel.Probe()
	lacks := "this kernel does not know it: it came with Linux " + kernel.ScanSince
	if f.Unasked != nil {
		lacks = "cannot be asked: " + f.Unasked.Error()
	}
	d.hasIf(f.Scan, "PAGEMAP_SCAN", "since Linux "+kernel.ScanSince, lacks,
		"pagemap is read instead, which takes longer; huge pages are not told from others")
}

// answer returns the errno of a request in the subject.
func (d *doctor) answer(c request) (syscall.Errno, error) {
	copy(d.sub.Args, "incore\x00")
	r, err := d.sub.Actor.Call(c.number, c.args[:]...)
	return syscall.Errno(max(0, -r.Ret)), err
}

// advices asks for those of madvise that came after Linux 3.10; of the older ones it names
// those that are missing, as they are where the kernel was built without what they are for.
func (d *doctor) advices() {
	d.group = "madvise"
	f := kernel.Probe()
	for _, a := range slices.Sorted(maps.Keys(f.Advices)) {
		since, means := calls.AdviceSince(a), fmt.Sprintf("madvise %s fails with EINVAL", a)
		switch {
		case since != "":
			d.hasIf(f.Advices[a], string(a), "since Linux "+since, "this kernel does not know it: it came with Linux "+since, means)
		case !f.Advices[a]:
			d.lacks(string(a), "this kernel was built without it", means)
		}
	}
}

// processFiles looks whether /proc tells what the grid shows.
func (d *doctor) processFiles() {
	d.group = "what /proc tells"
	if d.lab == nil {
		return
	}
	locked, err := d.lockedOnFault()
	switch {
	case err != nil:
		d.lacks("smaps", err.Error(), "neither protections nor locks are shown")
	case locked == model.OnFault:
		d.has("smaps", "the flags of a lock and of one on fault", "")
	case locked == model.Locked:
		d.lacks("smaps", "a lock on fault has no flag of its own", "onfault is shown as locked")
	default:
		d.lacks("smaps", "a lock has no flag (VmFlags, Linux 3.8), or none could be made: see mlock", "locks are not shown")
	}
	d.frames()
}

// lockedOnFault locks a page on fault and returns what smaps says of it.
func (d *doctor) lockedOnFault() (model.Lock, error) {
	if e := d.do("mmap doctor_lock 1"); !e.OK() {
		return 0, fmt.Errorf("mmap: %s", why(e))
	}
	at := d.main().Region("doctor_lock").Base
	d.do("mlock2 doctor_lock onfault")
	vmas, err := d.files.ReadVMAs(0, nil)
	d.do("munmap doctor_lock")
	for _, v := range vmas {
		if v.Start <= at && at < v.End {
			return v.Lock, err
		}
	}
	return model.Unlocked, err
}

// frames looks whether page frame numbers are told (pagemap.rst: CAP_SYS_ADMIN, and 0
// without), and what the kernel says of the frames.
func (d *doctor) frames() {
	d.do("mmap doctor_frame 1")
	d.do("touch doctor_frame")
	var entry [8]byte
	var err error
	if r := d.main().Region("doctor_frame"); r != nil {
		_, err = d.files.ReadEntries(entry[:], int64(r.Base/uint64(os.Getpagesize())))
	}
	d.do("munmap doctor_frame")
	const means = "the inspector does not name the frame behind a page"
	switch {
	case err != nil:
		d.lacks("pagemap", err.Error(), "what is mapped and swapped is not shown")
	case bytes.Equal(entry[:7], make([]byte, 7)):
		d.lacks("frame numbers", "pagemap has 0 in their place: they take CAP_SYS_ADMIN", means)
	default:
		d.has("frame numbers", "pagemap has them", "")
	}
	fd, err := unix.Open("/proc/kpageflags", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		d.lacks("kpageflags", "open(/proc/kpageflags): "+err.Error()+"; it takes root", "clean and dirty pages are not told apart")
		return
	}
	defer unix.Close(fd)
	_, err = unix.Pread(fd, entry[:], 0)
	if err != nil {
		d.lacks("kpageflags", "read(/proc/kpageflags): "+err.Error(), "clean and dirty pages are not told apart")
		return
	}
	d.has("kpageflags", "what the kernel notes of each frame", "")
}
